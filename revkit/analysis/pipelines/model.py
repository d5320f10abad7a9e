"""Chances of open deals month by month, by the outcomes of deals like them, and later deals.

A deal's chance to be won one, two, … months from now is that of the deals of its kind; of its kind
that were expected to close then; of those in its stage as well; and of its age. Each finer group
is drawn towards the coarser one by as much as it has too few deals to speak for itself, and all
are scaled so that they add up to what was won.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from revkit.analysis.forecasts.origins import Record, ahead_of
from revkit.analysis.forecasts.seasons import Series
from revkit.analysis.pipelines.snapshots import DUE_IN, KEYS, Snapshots

DEALS = 15
"""Deals of a coarser group that a finer one is worth in addition to its own."""

MEMORY = 36
"""Snapshots that tell of the chances of today."""

RECENT = 24
"""Snapshots through which the line of deals not created yet is drawn."""

ORIGIN_FROM = 12
"""Snapshots before the first past forecast."""


@dataclass(frozen=True)
class PipelineModel:
    """The chances of open deals and the amounts of later ones, as known at each snapshot.

    Parameters
    ----------
    seen
        The snapshots.
    """

    seen: Snapshots

    @cached_property
    def _horizon(self) -> int:
        return int(self.seen.later.shape[1])

    @cached_property
    def _places(self) -> tuple[list[Any], pd.MultiIndex]:
        """Return the index of each cell's group at every level, and the finest groups."""
        cells = self.seen.cells
        finest = pd.MultiIndex.from_frame(cells[list(KEYS)].drop_duplicates(ignore_index=True))
        groups = finest.to_frame(index=False)
        depths = range(1, len(KEYS) + 1)
        return [groups.groupby(list(KEYS[:d])).ngroup().to_numpy() for d in depths], finest

    @cached_property
    def _sums(self) -> tuple[Series, Series, Series]:
        """Return deals and sizes (snapshot × finest group), and gains (× months ahead)."""
        cells, (_, finest) = self.seen.cells, self._places
        n = len(self.seen.months)
        place = finest.get_indexer(pd.MultiIndex.from_frame(cells[list(KEYS)]))
        taken = cells["taken"].to_numpy(dtype=np.int64)
        deals, size = np.zeros((n, len(finest))), np.zeros((n, len(finest)))
        gain = np.zeros((n, len(finest), self._horizon))
        np.add.at(deals, (taken, place), cells["deals"].to_numpy(dtype=np.float64))
        np.add.at(size, (taken, place), cells["size"].to_numpy(dtype=np.float64))
        ahead = cells["won_in"].to_numpy(dtype=np.int64) - self.seen.lag
        won = ahead >= 0
        np.add.at(
            gain,
            (taken[won], place[won], ahead[won]),
            cells["gain"].to_numpy(dtype=np.float64)[won],
        )
        return deals, size, gain

    def rates(self, origin: int) -> pd.DataFrame:
        """Return, by kind, due, stage and age, the share of the amount won 1, 2, … months ahead.

        Parameters
        ----------
        origin
            Index of the snapshot at whose day they are asked.

        Returns
        -------
        pandas.DataFrame
            Index: the groups of deals; one column a month ahead, from 0.
        """
        levels, finest = self._places
        deals, size, gain = self._sums
        found = np.zeros((len(finest), self._horizon))
        for ahead in range(self._horizon if len(finest) else 0):  # of none there are no chances
            over = origin - ahead  # snapshots whose month ahead was over
            known = slice(max(0, over - MEMORY), max(0, over))
            number, amount = deals[known].sum(axis=0), size[known].sum(axis=0)
            won = gain[known, :, ahead].sum(axis=0)
            share = np.full(len(finest), won.sum() / amount.sum() if amount.sum() > 0 else 0.0)
            for level in levels:
                n, a, w = (np.bincount(level, of) for of in (number, amount, won))
                coarser = np.zeros(len(n))
                coarser[level] = share
                usual = DEALS * np.divide(a, n, out=np.zeros_like(a), where=n > 0)
                own = np.divide(w + usual * coarser, a + usual, out=coarser.copy(), where=a > 0)
                share = own[level]
            fitted = amount @ share
            found[:, ahead] = share * (won.sum() / fitted if fitted > 0 else 1.0)
        return pd.DataFrame(found, index=finest)

    def of_open(self, cells: pd.DataFrame, rates: pd.DataFrame) -> tuple[Series, Series]:
        """Return what open deals are expected to bring by month ahead, and its variance by chance.

        Parameters
        ----------
        cells
            Open deals: kind, due, stage, age, size and squares.
        rates
            Their chances, as :meth:`rates` returned them.
        """
        if cells.empty:
            return np.zeros(self._horizon), np.zeros(self._horizon)
        groups = pd.MultiIndex.from_frame(cells[list(KEYS)])
        usual = rates.mean(axis=0).to_numpy()
        chance = rates.reindex(groups).fillna(dict(enumerate(usual))).to_numpy()
        size = cells["size"].to_numpy(dtype=np.float64)
        squares = cells["squares"].to_numpy(dtype=np.float64)
        return size @ chance, squares @ (chance * np.clip(1 - chance, 0, 1))

    def of_later(self, origin: int) -> Series:
        """Return what deals not created yet are expected to bring by month ahead.

        Renewals follow the MRR of terms that end; the rest follows a line through what such deals
        brought in the last two years.
        """
        other = [
            _line((self.seen.later - self.seen.later_renewals)[self._known(origin, ahead), ahead],
                  ahead + self.seen.lag)
            for ahead in range(self._horizon)
        ]  # fmt: skip
        return np.array(other) + self.of_renewals(origin)

    def of_renewals(self, origin: int) -> Series:
        """Return what renewals not created yet are expected to bring by month ahead."""
        seen, found = self.seen, np.zeros(self._horizon)
        for ahead in range(self._horizon):
            known = self._known(origin, ahead)
            renewed, due = seen.later_renewals[known, ahead], seen.due[known, ahead]
            ratio = renewed.sum() / due.sum() if due.sum() > 0 else 0.0
            found[ahead] = ratio * seen.due[origin, ahead]
        return found

    @staticmethod
    def _known(origin: int, ahead: int) -> slice:
        """Return the snapshots of two years whose months ahead are over at an origin."""
        over = max(0, origin - ahead)
        return slice(max(0, over - RECENT), over)

    def expected(self, origin: int) -> tuple[Series, Series, Series]:
        """Return what is won already, of open deals, and of later ones, by month ahead."""
        cells = self.seen.cells
        already = np.zeros(self._horizon)
        if not self.seen.lag:
            already[0] = self.seen.won_before[origin]
        now = cells[cells["taken"] == origin]
        return already, self.of_open(now, self.rates(origin))[0], self.of_later(origin)

    @property
    def complete(self) -> Series:
        """The amount won in each month that is over."""
        return self.seen.won if self.seen.lag else self.seen.won[:-1]

    @cached_property
    def promised(self) -> Series:
        """Amounts times probabilities by month of expected close: snapshot × month ahead."""
        cells = self.seen.cells
        found = np.zeros((len(self.seen.months), self._horizon))
        for ahead in range(self._horizon):
            due = cells[cells["due"] == DUE_IN.get(ahead + self.seen.lag)]
            np.add.at(found[:, ahead], due["taken"], due["promised"])
        return found

    @cached_property
    def record(self) -> Record:
        """The forecasts of every past origin, and what came."""
        origins = range(ORIGIN_FROM, len(self.seen.months) - 1)
        forecasts = [np.sum(self.expected(origin), axis=0) for origin in origins]
        first = min(ORIGIN_FROM + self.seen.lag, len(self.complete))
        outcomes = ahead_of(self.complete, self._horizon, first)
        return Record(outcomes, np.reshape(forecasts, outcomes.shape))


def _line(values: Series, ahead: int) -> float:
    """Return a straight line's value after the end of a series, never below 0."""
    if len(values) < 6:
        return float(values.mean()) if len(values) else 0.0
    slope, level = np.polyfit(np.arange(len(values)), values, 1)
    return max(0.0, float(level + slope * (len(values) - 1 + ahead)))
