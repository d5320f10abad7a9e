"""Sentences that say what a result shows: size, interval, sample, and nothing of mere noise.

A difference is claimed only when its interval leaves out zero. The interval of a difference of
two independent estimates is put together from theirs by the method of variance estimates
recovery, which for two Wilson intervals is Newcombe's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, groups, period_label, quantity

if TYPE_CHECKING:
    import pandas as pd

A_YEAR = {"week": 52, "month": 12, "quarter": 4, "year": 1}


def difference(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Difference of two independent estimates with its interval.

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


def level(result: pd.DataFrame) -> Finding:
    """Say what a metric was in the last complete period, or over the whole range.

    Parameters
    ----------
    result
        What a metric returned, not grouped.
    """
    what, rows = quantity(result), latest(result)
    if rows.empty:
        return Finding(f"{what.title} has no complete period with a value yet.", quiet=True)
    row = rows.iloc[-1]
    few = "; few, so read it with care" if row["small"] else ""
    return Finding(
        f"{what.title} was {what.text(row['value'])}{_when(row, result)} "
        f"({_evidence(what, row, result)}{few})."
    )


def change(result: pd.DataFrame, *, periods: int = 1) -> Finding:
    """Say whether the last complete period differs from an earlier one by more than noise.

    Parameters
    ----------
    result
        What a metric returned by period, not grouped.
    periods
        How many periods earlier: 1 for the one before, 12 for a year of months.

    Returns
    -------
    Finding
        Quiet when the interval of the difference holds zero, when one of the two periods is
        too small to tell, or when there is no such earlier period. A census (a balance, an
        exact sum) has no interval: its change is a fact, and is said so.
    """
    what, moved = quantity(result), compare(result, periods=periods)
    if moved is None:
        return Finding(f"{what.title} has no earlier complete period to compare with.", quiet=True)
    before, now = moved.before, moved.now
    then, today = _label(before, result), _label(now, result)
    from_to = f"from {what.text(before['value'])} in {then} to {what.text(now['value'])} in {today}"
    if moved.census:
        if moved.value == 0:
            return Finding(f"{what.title} stayed at {what.text(now['value'])}.", quiet=True)
        relative = f", {_percent(moved.value / before['value'])}" if before["value"] else ""
        return Finding(
            f"{what.title} {moved.verb} {from_to} ({what.difference(moved.value)}"
            f"{'' if what.percent else relative}; counted in full, not estimated)."
        )
    if moved.few:
        return Finding(
            f"{what.title} was {what.text(now['value'])} in {today} and "
            f"{what.text(before['value'])} in {then}: too few {what.rows} to tell them apart.",
            quiet=True,
        )
    interval = (
        f"{what.difference(moved.value)}, {_interval_name(result)} "
        f"{what.difference_span(moved.low, moved.high)}"
    )
    if not moved.sure:
        return Finding(
            f"{what.title} in {today}, {what.text(now['value'])}, is within noise of {then} "
            f"({interval}).",
            quiet=True,
        )
    return Finding(
        f"{what.title} {moved.verb} {from_to} ({interval}; {int(now['n']):,} {what.rows})."
    )


def year(result: pd.DataFrame) -> Finding:
    """Say whether the last complete period differs from the same one a year before.

    Parameters
    ----------
    result
        What a metric returned by month, quarter, week or year, not grouped.
    """
    periods = A_YEAR.get(str(result.attrs.get("period", "month")), 365)
    return change(result, periods=periods)


def largest(result: pd.DataFrame) -> Finding:
    """Say which group makes up most of a sum, and how much of it.

    Parameters
    ----------
    result
        What a metric that adds up returned by one dimension; of several periods the last
        complete one counts.
    """
    what, rows, by = quantity(result), _last_period(result), groups(result)
    total = float(rows["value"].sum())
    if rows.empty or total <= 0:
        return Finding(f"{what.title}: there is none to divide up.", quiet=True)
    row = rows.iloc[int(rows["value"].argmax())]
    return Finding(
        f"{what.title} comes most from {row[by[0]]}: {what.text(row['value'])} of "
        f"{what.text(total)} ({_percent(row['value'] / total).removeprefix('+')})."
    )


@dataclass(frozen=True)
class Change:
    """One complete period of a metric held against an earlier one.

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

    @property
    def verb(self) -> str:
        """Which way it went."""
        return "rose" if self.value > 0 else "fell"


def compare(result: pd.DataFrame, *, periods: int = 1) -> Change | None:
    """Hold the last complete period against the one `periods` earlier; None where it is missing.

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
        before, now, *difference(_estimate(before), _estimate(now)), quantity(result).census
    )


def contrast(result: pd.DataFrame, *, most: int = 2) -> Finding:
    """Say which groups differ from the others by more than noise.

    Each group is held against the mean of the other groups, weighted by `n`. With several
    groups each interval is widened for the number of comparisons (Bonferroni), so that on a
    company where nothing differs one page in twenty claims something.

    Parameters
    ----------
    result
        What a metric returned by one dimension; of several periods the last complete one
        counts.
    most
        How many groups to name, the surest first.
    """
    what, rows, by = quantity(result), _last_period(result), groups(result)
    name = by[0].replace("_", " ") if by else "group"
    rows = rows[~rows["small"].astype(bool) & rows["low"].notna() & (rows["n"] > 0)]
    if len(rows) < 2:
        return Finding(
            f"{what.title}: too few rows to compare one {name} with another.", quiet=True
        )
    compared = len(rows) if len(rows) > 2 else 1
    sure = []
    for at in range(len(rows)):
        row, others = rows.iloc[at], rows.drop(index=rows.index[at])
        rest = _mean(others)
        value, low, high = difference(
            _widened(rest, result, compared), _widened(_estimate(row), result, compared)
        )
        if low > 0 or high < 0:
            sure.append(
                (min(abs(low), abs(high)) / abs(high - low), row, rest[0], value, low, high)
            )
    if not sure:
        return Finding(
            f"{what.title}: no {name} differs from the others by more than noise.", quiet=True
        )
    sure.sort(key=lambda found: -found[0])
    if compared == 1:
        sure = [found for found in sure if found[3] > 0] or sure[:1]
    parts = [
        f"{row[by[0]]} {what.text(row['value'])} against {what.text(rest)} elsewhere "
        f"({what.difference(value)}, {what.difference_span(low, high)})"
        for _, row, rest, value, low, high in sure[:most]
    ]
    corrected = f", corrected for {compared} comparisons" if compared > 1 else ""
    return Finding(
        f"{what.title} differs by {name}{_when(rows.iloc[0], result)}: {'; '.join(parts)} "
        f"({_interval_name(result)}s{corrected})."
    )


def latest(result: pd.DataFrame) -> pd.DataFrame:
    """Rows with a value whose period is over, the last of them last."""
    rows = result[result["value"].notna()]
    return rows[rows["complete"].astype(bool)] if "period" in rows else rows


def _last_period(result: pd.DataFrame) -> pd.DataFrame:
    rows = latest(result)
    return rows[rows["period"] == rows["period"].max()] if "period" in rows else rows


def _estimate(row: pd.Series[Any]) -> tuple[float, float, float]:
    return float(row["value"]), float(row["low"]), float(row["high"])


def _mean(rows: pd.DataFrame) -> tuple[float, float, float]:
    weight = rows["n"] / rows["n"].sum()
    value = float((weight * rows["value"]).sum())
    down = math.hypot(*(weight * (rows["value"] - rows["low"])))
    up = math.hypot(*(weight * (rows["high"] - rows["value"])))
    return value, value - down, value + up


def _widened(
    estimate: tuple[float, float, float], result: pd.DataFrame, comparisons: int
) -> tuple[float, float, float]:
    value, low, high = estimate
    tail = (1 - _level(result)) / 2
    normal = NormalDist()
    wider = normal.inv_cdf(1 - tail / comparisons) / normal.inv_cdf(1 - tail)
    return value, value - wider * (value - low), value + wider * (high - value)


def _level(result: pd.DataFrame) -> float:
    return float(result.attrs.get("level", 0.95))


def _interval_name(result: pd.DataFrame) -> str:
    return f"{_level(result) * 100:g}\u00a0% interval"


def _label(row: pd.Series[Any], result: pd.DataFrame) -> str:
    return period_label(row["period"], result.attrs.get("period", "month"))


def _when(row: pd.Series[Any], result: pd.DataFrame) -> str:
    return f" in {_label(row, result)}" if "period" in row.index else ""


def _evidence(what: Quantity, row: pd.Series[Any], result: pd.DataFrame) -> str:
    span = what.span(row["low"], row["high"])
    rows = f"{int(row['n']):,} {what.rows}"
    return f"{_interval_name(result)} {span}, {rows}" if span else rows


def _percent(fraction: float) -> str:
    return Quantity("change", "Change", "share").text(fraction, signed=True)
