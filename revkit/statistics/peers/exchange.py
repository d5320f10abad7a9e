"""Comparison of people with their peers, and how far the furthest would be by chance alone.

Cases, such as deals, are exchanged between people within strata (the same segment and half-year):
if who had a case made no difference, any exchange would be as likely as what was seen. Cases of
one cluster (an account) that one person has in a stratum change hands together, so accounts with
several deals count as one piece of evidence. The variance of a person's sum under all exchanges is
known in closed form (the stratified permutation test of [1]_). How far the furthest of many people
and measures lies is drawn [2]_: so the chance of naming anybody is 5 % for all of them together.

References
----------
.. [1] Mantel, "Chi-square tests with one degree of freedom", JASA 58 (1963).
.. [2] Westfall and Young, "Resampling-Based Multiple Testing" (1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Codes = NDArray[np.int64]

DRAWS = 499
"""Exchanges drawn; the test holds its level at any number of them."""

SEED = 20_261


@dataclass(frozen=True)
class Cases:
    """Cases of people, with what was seen and what was expected of each, by measure.

    Parameters
    ----------
    who, stratum, cluster
        Numbers from 0, one a case: the person, the cases it is exchanged with, the account.
    seen, expected
        A column a measure; NaN where a measure does not apply to a case.
    worse
        By measure 1 where more is worse, -1 where less is.
    """

    who: Codes
    stratum: Codes
    cluster: Codes
    seen: Array
    expected: Array
    worse: Array

    @property
    def people(self) -> int:
        """The number of people."""
        return int(self.who.max(initial=-1)) + 1

    @cached_property
    def _cells(self) -> Codes:
        """The number of the cell (stratum and person) of each case."""
        return self.stratum * self.people + self.who

    def _sums(self, values: Array) -> tuple[Array, Array]:
        """Return sums by cell, and those of the whole stratum beside each."""
        strata = int(self.stratum.max(initial=-1)) + 1
        cells = np.stack([_total(self._cells, one, strata * self.people) for one in values.T], 1)
        by = cells.reshape(strata, self.people, -1)
        return by, np.broadcast_to(by.sum(axis=1, keepdims=True), by.shape)

    @cached_property
    def compared(self) -> NDArray[np.bool_]:
        """The cases that have peers: another person has some of the same stratum."""
        known = ~np.isnan(self.seen)
        own, every = self._sums(known.astype(np.float64))
        return known & ((every - own)[self.stratum, self.who] > 0)

    @cached_property
    def n(self) -> Array:
        """Cases with peers, by person and measure."""
        return self._by_person(self.compared.astype(np.float64))

    @cached_property
    def total(self) -> Array:
        """The sum of what was seen of them."""
        return self._by_person(np.where(self.compared, self.seen, 0.0))

    @cached_property
    def gap(self) -> Array:
        """Sum by which each is off what all people's like cases come to; 0 over all people."""
        return self._exchanged.sums(self._exchanged.blocks_of)

    @cached_property
    def variance(self) -> Array:
        """Variance of each sum under all exchanges."""
        return self._exchanged.variance

    @cached_property
    def distance(self) -> Array:
        """Standard deviations of an exchange by which each is on the worse side of the peers."""
        return self._exchanged.distance(self._exchanged.blocks_of) * self.worse

    def furthest(self, told: NDArray[np.bool_], draws: int = DRAWS, seed: int = SEED) -> Array:
        """Return the largest distance on the worse side in each of many exchanges.

        Parameters
        ----------
        told
            By person and measure, those that are looked at.
        """
        made = np.random.default_rng(seed)
        found = np.full(draws, -np.inf)
        if told.any():
            for at in range(draws):
                who = self._exchanged.exchange(made)
                found[at] = (self._exchanged.distance(who) * self.worse)[told].max()
        return found

    @cached_property
    def _exchanged(self) -> Blocks:
        off = np.where(self.compared, self.seen - self.expected, 0.0)
        (_own, all_off), (_cells, every) = self._sums(off), self._sums(self.compared.astype(float))
        middle = np.divide(all_off, every, out=np.zeros_like(every), where=every > 0)
        off = np.where(self.compared, off - middle[self.stratum, self.who], 0.0)
        return Blocks.of(self, off)

    def _by_person(self, values: Array) -> Array:
        return np.stack([_total(self.who, one, self.people) for one in values.T], axis=1)


@dataclass(frozen=True)
class Blocks:
    """Cases of one account and one person in a stratum, which change hands together."""

    stratum: Codes
    blocks_of: Codes
    off: Array
    people: int

    @classmethod
    def of(cls, cases: Cases, off: Array) -> Blocks:
        """Add up what is off by block; blocks stand in the order of strata."""
        keys = np.stack([cases.stratum, cases.cluster, cases.who], axis=1)
        rows, place = np.unique(keys, axis=0, return_inverse=True)
        place = place.ravel()
        sums = np.stack([_total(place, one, len(rows)) for one in off.T], axis=1)
        first = np.full(len(rows), len(place))
        np.minimum.at(first, place, np.arange(len(place)))
        order = np.lexsort((first, rows[:, 0]))  # in the order of the cases, whoever has them
        return cls(rows[order, 0], rows[order, 2], sums[order], cases.people)

    @cached_property
    def variance(self) -> Array:
        """Variance of each person's sum under all exchanges: draws without replacement."""
        strata = int(self.stratum.max(initial=-1)) + 1
        size = np.bincount(self.stratum, minlength=strata).astype(np.float64)
        held = np.zeros((strata, self.people))
        np.add.at(held, (self.stratum, self.blocks_of), 1.0)
        squares = np.stack([_total(self.stratum, one**2, strata) for one in self.off.T], axis=1)
        spread = squares / np.maximum(size, 1)[:, None]
        drawn = held * (size[:, None] - held) / np.maximum(size - 1, 1)[:, None]
        return np.asarray(drawn.T @ spread)

    def sums(self, who: Codes) -> Array:
        """Return what is off of the blocks that each person has, by measure."""
        return np.stack([_total(who, one, self.people) for one in self.off.T], axis=1)

    def distance(self, who: Codes) -> Array:
        """Return each person's sum over its standard deviation; 0 where nothing can be told."""
        sums, error = self.sums(who), np.sqrt(self.variance)
        return np.divide(sums, error, out=np.zeros_like(sums), where=error > 1e-9)

    def exchange(self, made: np.random.Generator) -> Codes:
        """Return who has each block after an exchange within the strata."""
        found: Codes = self.blocks_of[np.argsort(self.stratum + made.random(len(self.stratum)))]
        return found


def chance_of(distance: Array, told: NDArray[np.bool_], furthest: Sequence[Array]) -> Array:
    """Return how often the furthest of all would be as far if cases were exchanged; NaN untold.

    Parameters
    ----------
    distance, told
        By person and measure.
    furthest
        What :meth:`Cases.furthest` returned, for each kind of case.
    """
    most = np.max(np.stack(list(furthest)), axis=0)
    beyond = (most[None, None, :] >= distance[:, :, None] - 1e-9).sum(axis=2)
    return np.where(told, (1 + beyond) / (1 + len(most)), np.nan)


def _total(place: Codes, values: Any, length: int) -> Array:
    return np.bincount(place, weights=values, minlength=length).astype(np.float64)
