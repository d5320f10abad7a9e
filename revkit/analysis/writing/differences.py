"""Differences of estimates: between two periods, between a group and the others.

The interval of a difference of two independent estimates is put together from theirs by the
method of variance estimates recovery, which for two Wilson intervals is Newcombe's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from revkit.analysis.writing.formatting import quantity

if TYPE_CHECKING:
    import pandas as pd


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
    value = second[0] - first[0]
    down = math.hypot(second[0] - second[1], first[2] - first[0])
    up = math.hypot(second[2] - second[0], first[0] - first[1])
    return value, value - down, value + up


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
        """Whether one of the two periods is too small to tell."""
        return bool(self.before["small"] or self.now["small"] or math.isnan(self.low))

    @property
    def sure(self) -> bool:
        """Whether the difference is more than noise."""
        if self.census:
            return self.value != 0
        return not self.few and not self.low <= 0 <= self.high


def compare(result: pd.DataFrame, *, periods: int = 1) -> Change | None:
    """Compare the last complete period with the one `periods` earlier; None where it is missing.

    Windows of several periods overlap: the one that shares no period is the nearest taken.
    Past amounts read from present ones (`from_history` False) are compared with nothing.
    """
    rows = latest(result)
    if result.attrs.get("from_history") is False:
        return None
    periods = max(periods, int(result.attrs.get("trailing", 1)))
    if "period" not in rows or len(rows) <= periods:
        return None
    before, now = rows.iloc[-1 - periods], rows.iloc[-1]
    return Change(
        before, now, *difference(estimate(before), estimate(now)), quantity(result).census
    )


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


def mean_of(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Return the mean of groups, weighted by `n`, with its interval."""
    weight = rows["n"] / rows["n"].sum()
    value = float((weight * rows["value"]).sum())
    down = math.hypot(*(weight * (rows["value"] - rows["low"])))
    up = math.hypot(*(weight * (rows["high"] - rows["value"])))
    return value, value - down, value + up


def widened(
    estimate: tuple[float, float, float], result: pd.DataFrame, comparisons: int
) -> tuple[float, float, float]:
    """Widen an interval for a number of comparisons (Bonferroni)."""
    value, low, high = estimate
    tail = (1 - level_of(result)) / 2
    normal = NormalDist()
    wider = normal.inv_cdf(1 - tail / comparisons) / normal.inv_cdf(1 - tail)
    return value, value - wider * (value - low), value + wider * (high - value)


def level_of(result: pd.DataFrame) -> float:
    """Return the confidence level of a result."""
    return float(result.attrs.get("level", 0.95))
