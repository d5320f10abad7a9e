"""Turnover: who of the sellers of a year ago is gone, and how often who came since then wins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.statistics import family
from revkit.statistics.intervals import beyond

if TYPE_CHECKING:
    from datetime import date

YEAR, HALF = pd.DateOffset(years=1), pd.DateOffset(months=6)


@dataclass(frozen=True)
class Turnover:
    """The sellers of a year ago, and the wins of those who came since then.

    Parameters
    ----------
    sellers, gone, lately
        How many sold a year ago, left since then, and left in the last six months.
    newcomers
        Share of decided deals that those won who came since then; NaN where it does not differ
        from the others' of the same segments by more than chance.
    others
        What the others won of such deals.
    """

    sellers: int
    gone: int
    lately: int
    newcomers: float = np.nan
    others: float = np.nan

    @property
    def share(self) -> float:
        """The share that left."""
        return self.gone / self.sellers if self.sellers else 0.0


def turnover_of(reps: pd.DataFrame, deals: pd.DataFrame, as_of: date) -> Turnover:
    """Return who left within a year, of those who decided deals in the span.

    Parameters
    ----------
    reps
        As :func:`~revkit.analysis.coaching.people.people` returns them.
    deals
        As :func:`~revkit.analysis.coaching.deals.deals_of` returns them.
    as_of
        The company's day.
    """
    today = pd.Timestamp(as_of)
    then = today - YEAR
    own = reps[reps.index.isin(set(deals["rep_id"]))]
    hired, left = (pd.to_datetime(own[name]) for name in ("hired_on", "left_on"))
    there = own[(hired <= then) & ~(left <= then)]
    gone = pd.to_datetime(there["left_on"])
    counts = len(there), int(gone.notna().sum()), int((gone > today - HALF).sum())
    since = set(own.index[hired > then])
    closed: pd.DataFrame = deals[deals["won"].notna() & (deals["closed_on"] > then)]
    return Turnover(*counts, *_wins(closed.assign(new=closed["rep_id"].isin(since))))


def _wins(deals: pd.DataFrame) -> tuple[float, float]:
    """Return what newcomers won and others of the same segments; NaN where chance may be it.

    The difference is that within segments, pooled as Mantel and Haenszel do.
    """
    each = deals.groupby(["segment", "new"])["won"].agg(["sum", "size"]).astype(float)
    table: pd.DataFrame = each.unstack(fill_value=0.0)  # type: ignore[assignment]  # two columns
    if set(deals["new"]) != {True, False}:
        return np.nan, np.nan
    won, n = table["sum"], table["size"]
    both = (n[True] > 0) & (n[False] > 0)
    won, n = won[both], n[both]
    weight = n[True] * n[False] / (n[True] + n[False])
    rate = won / n
    spread = sum(rate[one] * (1 - rate[one]) / n[one] for one in (True, False))
    error = float(np.sqrt((weight**2 * spread).sum()))
    gap = float((weight * (rate[True] - rate[False])).sum())
    if not error > 0 or not family.claimed(beyond(gap / error, np.inf)):
        return np.nan, np.nan
    mine = float(won[True].sum() / n[True].sum())
    return mine, mine - gap / float(weight.sum())
