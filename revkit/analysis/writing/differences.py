"""Differences of estimates: between two periods, between a group and the others.

The interval of a difference of two independent estimates is put together from theirs by the
method of variance estimates recovery, which for two Wilson intervals is Newcombe's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit import arguments as check
from revkit.analysis.writing.formatting import groups, quantity
from revkit.errors import DimensionError, ParameterError
from revkit.statistics import change as statistics

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


RESULT = ("value", "low", "high", "n", "small", "complete")


def of_metric(result: Any, where: str, *, grouped: bool) -> None:
    """Refuse what is not the result of a metric, by groups where one is needed."""
    check.result(result, "result", where, columns=RESULT, source="a metric")
    if by := groups(result):
        if not grouped and len(result[by].drop_duplicates()) > 1:
            raise DimensionError.not_whole(where, by=by)
    elif grouped:
        raise ParameterError.not_grouped(where)


def difference(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Return the difference of two independent estimates with its interval.

    Parameters
    ----------
    first, second
        Value, low and high of each.

    Returns
    -------
    tuple of float
        `second` minus `first`, low, high.

    References
    ----------
    .. [1] R. G. Newcombe, "Interval estimation for the difference between independent
       proportions", Statistics in Medicine 17 (1998), method 10.

    Examples
    --------
    Wilson intervals of 48/80 and 56/70; the paper's table II gives 0.0524 to 0.3339.

    >>> [round(x, 3) for x in difference((0.6, 0.4905, 0.7004), (0.8, 0.6918, 0.8770))]
    [0.2, 0.052, 0.334]
    """
    now, before = (
        (np.array([value]), np.array([low]), np.array([high]))
        for value, low, high in (second, first)
    )
    moved, low, high, _ = statistics.change(now, before)
    return float(moved[0]), float(low[0]), float(high[0])


@dataclass(frozen=True)
class Change:
    """The change of a metric between two complete periods, with its interval.

    Parameters
    ----------
    before, now
        The rows of the result.
    value, low, high
        Difference and its interval, NaN without one.
    census
        Whether the metric is counted in full, so that there is nothing to estimate.
    """

    before: pd.Series[Any]
    now: pd.Series[Any]
    value: float
    low: float
    high: float
    census: bool

    @property
    def few(self) -> bool:
        """True where one of the two periods is too small to tell."""
        return bool(self.before["small"] or self.now["small"] or math.isnan(self.low))

    @property
    def verdict(self) -> statistics.Verdict:
        """The verdict of the one rule that scorecards, sentences and reports share."""
        certain = self.low > 0 or self.high < 0
        return statistics.verdict(self.value, certain, few=self.few, census=self.census)

    @property
    def sure(self) -> bool:
        """True where the difference exceeds noise."""
        return self.verdict == "moved"


def compare(result: pd.DataFrame, *, periods: int = 1) -> Change | None:
    """Compare the last complete period with the one `periods` earlier; None where it is missing.

    Windows of several periods overlap: the one that shares no period is the nearest taken.
    Past amounts read from present ones (`from_history` False) are compared with nothing.
    """
    if result.attrs.get("from_history") is False or "period" not in result:
        return None
    periods = max(periods, int(result.attrs.get("trailing", 1)))
    known = np.flatnonzero(result["complete"].astype(bool) & result["value"].notna())
    before = earlier(result, int(known[-1]), periods) if len(known) else None
    if before is None:
        return None
    now = result.iloc[int(known[-1])]
    return Change(
        before, now, *difference(estimate(before), estimate(now)), quantity(result).census
    )


def earlier(rows: pd.DataFrame, at: int, periods: int) -> pd.Series[Any] | None:
    """Return the row to compare with, so many periods before the one at a position.

    None where there is none, or where it has no value or can still change.
    """
    if at < periods:
        return None
    before = rows.iloc[at - periods]
    return before if before["complete"] and before["value"] == before["value"] else None


def latest(result: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with a value whose period is over, the last of them last."""
    rows = result[result["value"].notna()]
    return rows[rows["complete"].astype(bool)] if "period" in rows else rows


def last_period(result: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the last complete period, or all rows of a whole range."""
    rows = latest(result)
    return rows[rows["period"] == rows["period"].max()] if "period" in rows else rows


def estimate(row: pd.Series[Any]) -> tuple[float, float, float]:
    """Return the value, low and high of a row."""
    return float(row["value"]), float(row["low"]), float(row["high"])


def mean_of_others(n: Array, value: Array, low: Array, high: Array) -> tuple[Array, Array, Array]:
    """Return the mean of all other groups for each group, weighted by `n`, with its interval."""
    rows = _sum_of_others(n)
    mean = _sum_of_others(n * value) / rows
    down = np.sqrt(_sum_of_others((n * (value - low)) ** 2)) / rows
    up = np.sqrt(_sum_of_others((n * (high - value)) ** 2)) / rows
    return mean, mean - down, mean + up


def _sum_of_others(parts: Array) -> Array:
    """Return for each entry the sum of the others; subtracting it would lose digits."""
    before, after = np.zeros(len(parts)), np.zeros(len(parts))
    np.cumsum(parts[:-1], out=before[1:])
    np.cumsum(parts[:0:-1], out=after[-2::-1])
    return np.add(before, after)


def widened(
    estimate: tuple[Array, Array, Array], result: pd.DataFrame, comparisons: int
) -> tuple[Array, Array, Array]:
    """Widen intervals for a number of comparisons (Bonferroni)."""
    value, low, high = estimate
    tail = (1 - level_of(result)) / 2
    normal = NormalDist()
    wider = normal.inv_cdf(1 - tail / comparisons) / normal.inv_cdf(1 - tail)
    return value, value - wider * (value - low), value + wider * (high - value)


def level_of(result: pd.DataFrame) -> float:
    """Return the confidence level of a result."""
    return float(result.attrs.get("level", 0.95))
