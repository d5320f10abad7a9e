"""Differences of estimates: between two periods, between a group and the others.

The interval of a difference of two independent estimates is put together from theirs by the
method of variance estimates recovery, which for two Wilson intervals is Newcombe's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit import arguments as check
from revkit.analysis.writing.formatting import groups, quantity
from revkit.catalogue import known
from revkit.errors import DimensionError, ParameterError
from revkit.periods import calendar_by
from revkit.statistics import change as statistics
from revkit.statistics import family
from revkit.statistics.intervals import normal
from revkit.statistics.usual import SAME, surprise

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
    p
        The probability that the metric moves as far where nothing happens; NaN where too little is
        on record to say.
    """

    before: pd.Series[Any]
    now: pd.Series[Any]
    value: float
    low: float
    high: float
    census: bool
    p: float = 0.0

    @property
    def usual(self) -> bool | None:
        """True where the change is not clear enough for a report, None where none can tell."""
        return None if math.isnan(self.p) else not family.claimed(self.p)

    @property
    def few(self) -> bool:
        """True where one of the two periods is too small to tell."""
        return bool(self.before["small"] or self.now["small"] or math.isnan(self.low))

    @property
    def verdict(self) -> statistics.Verdict:
        """The verdict of the one rule that scorecards, sentences and reports share."""
        certain = self.low > 0 or self.high < 0
        return statistics.verdict(
            self.value, certain, few=self.few, census=self.census, usual=self.usual
        )

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
    return changed(result, int(known[-1]), periods) if len(known) else None


def changed(rows: pd.DataFrame, at: int, periods: int) -> Change | None:
    """Return the change of a series up to the row at a position; None without an earlier row."""
    before, now = earlier(rows, at, periods), rows.iloc[at]
    if before is None:
        return None
    moved = difference(estimate(before), estimate(now))
    if abs(moved[0]) <= SAME * max(abs(before["value"]), abs(now["value"])):
        moved = (0.0, *moved[1:])
    census = quantity(rows).census
    return Change(before, now, *moved, census, _odds(rows, at, periods))


A_YEAR = {"day": 365, "week": 52}
"""Periods in a year, of those that do not make up one."""


def periods_a_year(result: pd.DataFrame) -> int:
    """Return how many periods of a result there are in a year; of a whole range, of months.

    >>> from revkit.metrics import win_rate
    >>> periods_a_year(win_rate(example("deals"), period="quarter"))
    4
    """
    period = result.attrs.get("period") or "month"
    return A_YEAR.get(period) or calendar_by(result.attrs, period).a_year()


def _odds(rows: pd.DataFrame, at: int, periods: int) -> float:
    """Return the probability that a series moves as far as in the row where nothing happens.

    Amounts and counts that are positive from their beginning on are compared by their logarithms,
    as they grow by factors.
    """
    past = np.array(rows.attrs.get("earlier", ()), dtype=np.float64).reshape(-1, 3)
    here = rows.iloc[: at + 1]
    series = np.array(here[["value", "low", "high"]], dtype=np.float64)
    series[~here["complete"].to_numpy(dtype=bool)] = np.nan
    series = np.concatenate([past, series])
    value, percent = series[:, 0], quantity(rows).percent
    if not percent:  # zeros before a series begins are no past
        value[: next(iter(np.flatnonzero(np.nan_to_num(value))), 0)] = np.nan
    if percent or not (value[~np.isnan(value)] > 0).all():
        value, low, high = series.T
    else:
        value, low, high = np.log(np.where(series > 0, series, np.nan)).T
        low = np.where(np.isnan(low), 2 * value - high, low)
    errors = np.nan_to_num((high - low) / (2 * normal(level_of(rows))))
    return surprise(value, errors, lag=periods, season=periods_a_year(rows))


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


COUNTED = ("count", "proportion", "odds", "known over count", "quantile", "daily")
"""Interval methods that read counts or ranks alone, and no variance of amounts."""


def is_counted(result: pd.DataFrame) -> bool:
    """Report whether a metric's interval reads counts or ranks alone."""
    metric = known().get(str(result.attrs.get("metric")))
    return metric is not None and metric.interval in COUNTED


def level_of(result: pd.DataFrame) -> float:
    """Return the confidence level of a result."""
    return float(result.attrs.get("level", 0.95))
