"""Sentences about groups: which of them differs from all others, or the highest from the lowest.

A group is held against the value of all other groups together, which the metric computes from
their sums (``compare="rest"``), never against a mean of their rates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit import arguments as check
from revkit.analysis.writing.differences import (
    difference,
    estimate,
    is_counted,
    last_period,
    level_of,
    of_metric,
)
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import (
    Quantity,
    groups,
    period_of,
    quantity,
    spanned,
)
from revkit.analysis.writing.frames.headings import dimension_name
from revkit.analysis.writing.unfinished import names_unfinished
from revkit.dimensions import placed
from revkit.language import message
from revkit.statistics import family

if TYPE_CHECKING:
    import pandas as pd


NONE = message("{title}: no {name} differs from the others by more than noise.")
SELDOM = message(
    "{title}: {groups}. That is no finding: a report compares a hundred things, and chance alone "
    "leaves a gap this clear in one report of {count}."
)
OFTEN = message(
    "{title}: {groups}. That is no finding: a report compares a hundred things, and chance alone "
    "leaves a gap this clear in most reports."
)


@dataclass(frozen=True)
class Difference:
    """A group's value less that of the rest, or of another group, with its interval.

    ``other`` is the other group's name, empty for the rest; ``p`` the probability that any of the
    differences it was picked from is as large where there is none.
    """

    group: str
    value: float
    than: float
    other: str
    ends: tuple[float, float, float]
    p: float


@names_unfinished
def contrast(result: pd.DataFrame, *, most: int = 2, language: str | None = None) -> Finding:
    """Say which groups differ from the others by more than noise.

    Parameters
    ----------
    result
        What a metric returned by one dimension; of several periods the last complete one
        counts. With ``compare="rest"`` each group is held against all others together. Without
        it (a median has no rest) the highest group is held against the lowest.
    most
        How many groups to name, the surest first.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Finding
        Quiet where no difference is clear enough for a report, all of whose tests are one family
        (:mod:`revkit.statistics.family`): at most one report in twenty on a company where nothing
        differs claims anything.

    Examples
    --------
    >>> from revkit.metrics import win_rate
    >>> rates = win_rate(example("deals"), by="segment", period=None, compare="rest")
    >>> print(contrast(rates))
    Win rate: too few or too unequal rows to compare one segment with another.
    """
    of_metric(result, "rk.say.contrast", grouped=True)
    check.whole(most, "most", "rk.say.contrast", what="number of groups", example=2)
    what, by = quantity(result, language), groups(result)
    words = what.words
    what = replace(what, title=spanned(what.title, result.attrs, words))
    name = ", ".join(dimension_name(one, words) for one in by)
    rows, known = _comparable(result), placed(last_period(result), by)
    if rows.empty and len(known) > 1 and known["value"].min() == known["value"].max():
        return Finding(
            words.gettext(
                "{title} is the same in each {name}: {value}.",
                title=what.title,
                name=name,
                value=what.text(known["value"].iloc[0]),
            ),
            quiet=True,
        )
    if rows.empty:
        return Finding(
            words.gettext(
                "{title}: too few or too unequal rows to compare one {name} with another.",
                title=what.title,
                name=name,
            ),
            quiet=True,
        )
    sure = named(result)
    if not sure:
        return Finding(_unclaimed(what, name, _doubtful(result)), quiet=True)
    values = {
        "title": what.title,
        "name": name,
        "groups": "; ".join(_part(what, one) for one in sure[:most]),
        "level": words.level(level_of(result)),
    }
    if "period" not in rows.columns:
        return Finding(
            words.gettext("{title} differs by {name}: {groups} ({level} intervals).", **values)
        )
    values["period"] = period_of(result, rows.iloc[0]["period"], words)
    return Finding(
        words.gettext(
            "{title} differs by {name} in {period}: {groups} ({level} intervals).", **values
        )
    )


def named(result: pd.DataFrame) -> list[Difference]:
    """Return the groups of a result that clearly differ from the others, the surest first."""
    sure = [one for one in _apart(result) if family.claimed(one.p)]
    if len(placed(last_period(result), groups(result))) == 2:  # one difference is the other's
        return [one for one in sure if one.ends[0] > 0] or sure[:1]
    return sure


def mentioned(result: pd.DataFrame) -> list[Difference]:
    """Return the groups that a sentence may name: those that differ, else the doubtful one."""
    return named(result) or _doubtful(result)


def _doubtful(result: pd.DataFrame) -> list[Difference]:
    """Return the surest difference, where it is clear alone and not among all that are tested.

    Where no group is so clear against the rest, two may be against each other: a reader sees that
    their intervals do not meet.
    """
    alone = [one for one in _apart(result)[:1] if one.p <= family.LEVEL]
    return alone or _clearest_pair(result)


def _unclaimed(what: Quantity, name: str, doubtful: list[Difference]) -> str:
    """Return the sentence where nothing is claimed: why, where a group or two lie apart."""
    words = what.words
    if not doubtful:
        return words.gettext(NONE, title=what.title, name=name)
    (one,) = doubtful
    values = {"title": what.title, "groups": _part(what, one)}
    chance = family.by_chance(one.p)
    if chance > 0.5:
        return words.gettext(OFTEN, **values)
    return words.gettext(SELDOM, **values, count=words.count(round(1 / chance)))


def _apart(result: pd.DataFrame) -> list[Difference]:
    """Return the groups that differ from the others, the surest first, however surely they do."""
    rows, by = _comparable(result), groups(result)
    if rows.empty:
        return []
    if not _has_rest(result):
        return _highest_from_lowest(result, rows, by)
    return _from_rest(result, rows, by)


def _has_rest(result: pd.DataFrame) -> bool:
    return bool(result.attrs.get("compare") == "rest")


def _comparable(result: pd.DataFrame) -> pd.DataFrame:
    """Return the groups of the last period that can be compared; none where it is only one."""
    rows = placed(last_period(result), groups(result))
    rows = rows[~rows["small"].astype(bool) & rows["low"].notna() & (rows["n"] > 0)]
    if _has_rest(result):
        return rows[rows["change_low"].notna()]
    return rows if len(rows) > 1 else rows.iloc[:0]


def _from_rest(result: pd.DataFrame, rows: pd.DataFrame, by: list[str]) -> list[Difference]:
    """Return the groups whose intervals differ from the rest, the surest first."""
    level, counted = level_of(result), is_counted(result)
    many = len(rows) if len(rows) > 2 else 1  # of two groups, one difference is the other's
    found = []
    for _, row in rows[rows["certain"].astype(bool)].iterrows():
        ends = float(row["change"]), float(row["change_low"]), float(row["change_high"])
        p = family.probability(*ends, level, counted=counted) * many
        than = float(row["value"]) - ends[0]
        found.append(Difference(_name(row, by), float(row["value"]), than, "", ends, p))
    found.sort(key=lambda one: (one.p, -abs(one.ends[0])))
    return found


def _highest_from_lowest(
    result: pd.DataFrame, rows: pd.DataFrame, by: list[str]
) -> list[Difference]:
    """Return the difference between the highest and the lowest group."""
    value = rows["value"].to_numpy(dtype=np.float64)
    return [_of_two(result, rows, by, int(value.argmax()), int(value.argmin()))]


def _clearest_pair(result: pd.DataFrame) -> list[Difference]:
    """Return the clearest difference of two groups whose intervals do not meet, if there are."""
    rows, by = _comparable(result), groups(result)
    value, low, high = (rows[name].to_numpy(dtype=np.float64) for name in ("value", "low", "high"))
    reach = np.hypot.outer(value - low, high - value)  # of the higher downwards, the lower upwards
    apart = np.where(low[:, None] > high[None, :], value[:, None] - value[None, :], 0.0)
    if not apart.any():
        return []
    clear = np.divide(apart, reach, out=np.where(apart > 0, np.inf, 0.0), where=reach > 0)
    above, below = np.unravel_index(int(clear.argmax()), clear.shape)
    return [_of_two(result, rows, by, int(above), int(below))]


def _of_two(
    result: pd.DataFrame, rows: pd.DataFrame, by: list[str], above: int, below: int
) -> Difference:
    """Return the difference of two groups, the clearest of all pairs of them."""
    high, low = rows.iloc[above], rows.iloc[below]
    ends = difference(estimate(low), estimate(high))
    pairs = len(rows) * (len(rows) - 1) // 2
    p = family.probability(*ends, level_of(result), counted=is_counted(result)) * pairs
    names = _name(high, by), _name(low, by)
    return Difference(names[0], float(high["value"]), float(low["value"]), names[1], ends, p)


def _name(row: pd.Series[Any], by: list[str]) -> str:
    return " · ".join(str(row[name]) for name in by)


def _part(what: Quantity, one: Difference) -> str:
    values = {
        "group": one.group,
        "value": what.text(one.value),
        "rest": what.text(one.than),
        "difference": what.difference(one.ends[0]),
        "span": what.difference_span(*one.ends[1:]),
    }
    if one.other:
        return what.words.gettext(
            "{group} {value} against {rest} in {other} ({difference}, {span})",
            **values,
            other=one.other,
        )
    return what.words.gettext(
        "{group} {value} against {rest} elsewhere ({difference}, {span})", **values
    )
