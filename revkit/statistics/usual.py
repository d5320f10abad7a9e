"""The change of a series against what the series usually does: its own past changes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.intervals import beyond

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SAME = 1e-9
"""Part of a series' size up to which a change is what rounding leaves of none."""

LEAST = 6
"""Past changes below which nothing is known of what is usual for a series counted in full."""

PRIOR = 4
"""Past changes that the assumption of no variation beyond sampling counts for."""

NORMAL, EVEN = 1.4826, 1.2533
"""Standard deviations of a normal distribution in its median, and mean, absolute deviation."""


@dataclass(frozen=True)
class _Changes:
    """Changes of a series less what was expected of them, with their sampling errors.

    The last is in question; ``degrees`` are those of the past ones' spread.
    """

    change: Array
    error: Array
    degrees: int

    @property
    def spread(self) -> float:
        """The standard deviation that the last change has where nothing happens."""
        past, error = self.change[:-1], self.error
        if error[-1] > 0:
            return float(error[-1] * np.sqrt(self.excess))
        if len(past) < LEAST:
            return float("inf")
        size = np.abs(past)
        # the mean too: few large changes among many small ones are usual
        around = max(NORMAL * np.median(size), EVEN * np.mean(size))
        return float(around * np.sqrt(1 + 1 / len(past)))

    @property
    def excess(self) -> float:
        """The variance of the past changes over that of sampling, 1 or more."""
        error = self.error[:-1]
        ratio = self.change[:-1] / np.where(error > 0, error, np.nan)
        ratio = ratio[np.isfinite(ratio)]
        if len(ratio) < LEAST:
            seen = np.mean(ratio**2) if len(ratio) else 1.0
        else:
            seen = (NORMAL * np.median(np.abs(ratio))) ** 2
        return float(max((len(ratio) * seen + PRIOR) / (len(ratio) + PRIOR), 1.0))

    @property
    def probability(self) -> float:
        """The probability of a last change as large where nothing happens; NaN if unknown."""
        distance, spread = abs(self.change[-1]), self.spread
        if distance == 0:
            return 1.0
        if not np.isfinite(spread) or spread == 0:  # too few changes to tell, or none at all
            return math.nan
        sampled = self.error[-1] > 0 and self.excess == 1
        return beyond(distance / spread, np.inf if sampled else self.degrees)


def surprise(values: Array, errors: Array, *, lag: int, season: int) -> float:
    """Return the probability that a series moves as far as it last did where nothing happens.

    The last change is compared with the earlier changes over as many periods: their median is what
    was expected, their median deviation how far the series usually strays from it. Where the same
    season of an earlier year is on record, the change of that season is expected instead, if that
    explains the earlier changes better. An estimate is also held against the mean of the year
    before it, which is surer than the one before it alone.

    Parameters
    ----------
    values
        The series, oldest first; NaN where it is not known.
    errors
        Standard error of each value; 0 where it is counted in full.
    lag
        Periods over which it changed.
    season
        Periods after which a season returns; 1 without one.

    Returns
    -------
    float
        1 where nothing changed, or the value to compare with is unknown. NaN where the earlier
        changes of a series counted in full are too few, or all alike, to tell what is usual for it.

    Examples
    --------
    MRR that gains 3 to 5 a month gains nothing new with 4, but loses something with -20.

    >>> gains = np.array([4, 3, 5, 4, 5, 3, 4, 4, 3, 5, 4], dtype=float)
    >>> steady, fallen = (np.cumsum([100, *gains, last]) for last in (4, -20))
    >>> none = np.zeros(13)
    >>> [bool(surprise(many, none, lag=1, season=12) < 0.001) for many in (steady, fallen)]
    [False, True]
    """
    if len(values) <= lag or not np.isfinite(values[-1] - values[-1 - lag]):
        return 1.0
    change = values[lag:] - values[:-lag]
    change[np.abs(change) <= SAME * np.nanmax(np.abs(values))] = 0.0
    error = np.sqrt(errors[lag:] ** 2 + errors[:-lag] ** 2)
    asked = [_from_median(change, error)]
    if lag % season:
        asked += _from_season(change, error, season)
    if lag == 1:
        asked += _from_year(values, errors, season)
    if asked[0].spread == 0:  # it has always moved alike, or never: the season says no more
        return asked[0].probability
    telling = [one for one in asked if one.spread > 0 or one.change[-1] == 0]
    return min(telling, key=lambda one: one.spread).probability


def _from_median(change: Array, error: Array) -> _Changes:
    """Return changes less the median of the earlier ones; of estimates, less nothing."""
    known = np.isfinite(change)
    change, error = change[known], error[known]
    if error[-1] > 0 or len(change) < 2:
        return _Changes(change, error, len(change) - 1 + PRIOR)
    degrees = max((len(change) - 2) // 2, 1)
    return _Changes(change - np.median(change[:-1]), error, degrees)


def _from_season(change: Array, error: Array, season: int) -> list[_Changes]:
    """Return changes less the mean of the same season's in other years, where there are some."""
    place = np.arange(len(change)) % season
    same = (place[:, None] == place[None, :]) & np.isfinite(change)[None, :]
    np.fill_diagonal(same, val=False)
    others = same.sum(axis=1)
    if not others[-1]:
        return []
    known = np.isfinite(change) & (others > 0)
    expected = same @ np.nan_to_num(change) / np.maximum(others, 1)
    squares = same @ np.nan_to_num(error**2) / np.maximum(others, 1) ** 2
    left, wider = change - expected, np.sqrt(error**2 + squares)
    return [_Changes(left[known], wider[known], max((known.sum() - season) // 2, 1))]


def _from_year(values: Array, errors: Array, season: int) -> list[_Changes]:
    """Return estimates less the mean of those of the year before, which is surer than one alone."""
    exact = np.where(np.isfinite(values) & (errors > 0), errors, np.inf) ** -2.0
    steps = np.subtract.outer(np.arange(len(values)), np.arange(len(values)))
    before = ((steps > 0) & (steps <= season)).astype(np.float64)
    weight = before @ exact
    known = (weight > 0) & (exact > 0)
    if not known[-1]:
        return []
    mean = (before @ (exact * np.nan_to_num(values)))[known] / weight[known]
    error = np.sqrt(1 / exact[known] + 1 / weight[known])
    return [_Changes(values[known] - mean, error, int(known.sum()) - 1 + PRIOR)]
