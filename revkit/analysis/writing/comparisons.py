"""Sentences about a result: size, interval, sample; a change only when it exceeds noise.

A difference is claimed only when its interval leaves out zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from revkit import arguments as check
from revkit.analysis.writing.differences import (
    compare,
    last_period,
    latest,
    level_of,
    mean_of_others,
    of_metric,
    widened,
)
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import (
    Quantity,
    dimension_name,
    groups,
    period_label,
    quantity,
)
from revkit.language import Language, message
from revkit.statistics import change as statistics

if TYPE_CHECKING:
    import pandas as pd

A_YEAR = {"week": 52, "month": 12, "quarter": 4, "year": 1}


def level(result: pd.DataFrame, *, language: str | None = None) -> Finding:
    r"""Say what a metric was in the last complete period, or over the whole range.

    Parameters
    ----------
    result
        What a metric returned, not grouped.
    language
        "en" or "it"; the default one when omitted.

    Examples
    --------
    >>> from revkit.metrics import win_rate
    >>> rates = win_rate(example("deals"), period="quarter")
    >>> print(level(rates, language="it").replace("\xa0", " ").split(" (")[0])
    Tasso di vincita: 75,0 % in T1 2026
    """
    of_metric(result, "rk.say.level", grouped=False)
    what, rows = quantity(result, language), latest(result)
    words = what.words
    if rows.empty:
        return Finding(
            words.gettext("{title} has no complete period with a value yet.", title=what.title),
            quiet=True,
        )
    row = rows.iloc[-1]
    values = {
        "title": what.title,
        "value": what.text(row["value"]),
        "evidence": _evidence(what, row, result),
    }
    if "period" not in row.index:
        if row["small"]:
            return Finding(
                words.gettext(
                    "{title} was {value} ({evidence}; few, so read it with care).", **values
                )
            )
        return Finding(words.gettext("{title} was {value} ({evidence}).", **values))
    values["period"] = _label(row, result, words)
    if row["small"]:
        return Finding(
            words.gettext(
                "{title} was {value} in {period} ({evidence}; few, so read it with care).",
                **values,
            )
        )
    return Finding(words.gettext("{title} was {value} in {period} ({evidence}).", **values))


ROSE, FELL = (
    message(
        "{title} rose from {before} in {then} to {now} in {today} "
        "({difference}, {level} interval {span}; {rows})."
    ),
    message(
        "{title} fell from {before} in {then} to {now} in {today} "
        "({difference}, {level} interval {span}; {rows})."
    ),
)
COUNTED_ROSE, COUNTED_FELL = (
    message(
        "{title} rose from {before} in {then} to {now} in {today} "
        "({difference}; counted in full, not estimated)."
    ),
    message(
        "{title} fell from {before} in {then} to {now} in {today} "
        "({difference}; counted in full, not estimated)."
    ),
)
GREW, SHRANK = (
    message(
        "{title} rose from {before} in {then} to {now} in {today} "
        "({difference}, {relative}; counted in full, not estimated)."
    ),
    message(
        "{title} fell from {before} in {then} to {now} in {today} "
        "({difference}, {relative}; counted in full, not estimated)."
    ),
)
"""Sentences of a change: of an estimate, of a census, of a census with its relative change."""


def change(result: pd.DataFrame, *, periods: int = 1, language: str | None = None) -> Finding:
    """Say whether the last complete period differs from an earlier one by more than noise.

    Parameters
    ----------
    result
        What a metric returned by period, not grouped.
    periods
        How many periods earlier: 1 for the one before, 12 for a year of months.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Finding
        Quiet when the interval of the difference holds zero, when one of the two periods is
        too small to tell, or when there is no such earlier period. A census (a balance, an
        exact sum) has no interval: its change is a fact, and is said so.
    """
    of_metric(result, "rk.say.change", grouped=False)
    check.whole(periods, "periods", "rk.say.change", what="number of periods", example=12)
    what, moved = quantity(result, language), compare(result, periods=periods)
    words = what.words
    if moved is None:
        return Finding(
            words.gettext(
                "{title} has no earlier complete period to compare with.", title=what.title
            ),
            quiet=True,
        )
    before, now = moved.before, moved.now
    values = {
        "title": what.title,
        "before": what.text(before["value"]),
        "then": _label(before, result, words),
        "now": what.text(now["value"]),
        "today": _label(now, result, words),
        "difference": what.difference(moved.value),
    }
    up = moved.value > 0
    if moved.census:
        if moved.value == 0:
            return Finding(words.gettext("{title} stayed at {now}.", **values), quiet=True)
        if what.percent or not before["value"]:
            return Finding(words.gettext(COUNTED_ROSE if up else COUNTED_FELL, **values))
        values["relative"] = _percent(moved.value / before["value"], words)
        return Finding(words.gettext(GREW if up else SHRANK, **values))
    if moved.verdict == "few":
        return Finding(_too_few(what, values), quiet=True)
    values["level"] = words.level(level_of(result))
    values["span"] = what.difference_span(moved.low, moved.high)
    if not moved.sure:
        return Finding(
            words.gettext(
                "{title} in {today}, {now}, is within noise of {then} "
                "({difference}, {level} interval {span}).",
                **values,
            ),
            quiet=True,
        )
    values["rows"] = what.counted(now["n"])
    return Finding(words.gettext(ROSE if up else FELL, **values))


def _too_few(what: Quantity, values: dict[str, str]) -> str:
    rows = what.words.gettext(ROWS_OF.get(what.rows, what.rows))
    return what.words.gettext(
        "{title} was {now} in {today} and {before} in {then}: too few {rows} to tell them apart.",
        **values,
        rows=rows,
    )


ROWS_OF = {
    "opportunities": message("opportunities"), "leads": message("leads"),
    "accounts": message("accounts"), "contracts": message("contracts"),
    "trials": message("trials"), "activities": message("activities"),
    "months": message("months"), "rows": message("rows"),
}  # fmt: skip
"""Names of counted rows within a sentence."""


def year(result: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say whether the last complete period differs from the same one a year before.

    Parameters
    ----------
    result
        What a metric returned by month, quarter, week or year, not grouped.
    language
        "en" or "it"; the default one when omitted.
    """
    of_metric(result, "rk.say.year", grouped=False)
    periods = A_YEAR.get(str(result.attrs.get("period", "month")), 365)
    return change(result, periods=periods, language=language)


def largest(result: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say which group makes up most of a sum, and how much of it.

    Parameters
    ----------
    result
        What a metric that adds up returned by one dimension; of several periods the last
        complete one counts.
    language
        "en" or "it"; the default one when omitted.
    """
    of_metric(result, "rk.say.largest", grouped=True)
    what, rows, by = quantity(result, language), last_period(result), groups(result)
    words = what.words
    total = float(rows["value"].sum())
    if rows.empty or total <= 0:
        return Finding(
            words.gettext("{title}: there is none to divide up.", title=what.title), quiet=True
        )
    row = rows.iloc[int(rows["value"].argmax())]
    return Finding(
        words.gettext(
            "{title} comes most from {group}: {value} of {total} ({share}).",
            title=what.title,
            group=row[by[0]],
            value=what.text(row["value"]),
            total=what.text(total),
            share=_percent(row["value"] / total, words).removeprefix("+"),
        )
    )


def contrast(result: pd.DataFrame, *, most: int = 2, language: str | None = None) -> Finding:
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
    language
        "en" or "it"; the default one when omitted.
    """
    of_metric(result, "rk.say.contrast", grouped=True)
    check.whole(most, "most", "rk.say.contrast", what="number of groups", example=2)
    what, rows, by = quantity(result, language), last_period(result), groups(result)
    words = what.words
    name = dimension_name(by[0], words) if by else words.gettext("group")
    rows = rows[~rows["small"].astype(bool) & rows["low"].notna() & (rows["n"] > 0)]
    if len(rows) < 2:
        return Finding(
            words.gettext(
                "{title}: too few rows to compare one {name} with another.",
                title=what.title,
                name=name,
            ),
            quiet=True,
        )
    compared = len(rows) if len(rows) > 2 else 1
    value, low, high = (rows[end].to_numpy(dtype=np.float64) for end in ("value", "low", "high"))
    own = value, low, high
    rest = mean_of_others(rows["n"].to_numpy(dtype=np.float64), *own)
    moved, lowest, highest, certain = statistics.change(
        widened(own, result, compared), widened(rest, result, compared)
    )
    sure = [
        (
            min(abs(lowest[at]), abs(highest[at])) / abs(highest[at] - lowest[at]),
            rows.iloc[at], rest[0][at], moved[at], lowest[at], highest[at],
        )
        for at in np.flatnonzero(certain)
    ]  # fmt: skip
    if not sure:
        return Finding(
            words.gettext(
                "{title}: no {name} differs from the others by more than noise.",
                title=what.title,
                name=name,
            ),
            quiet=True,
        )
    sure.sort(key=lambda found: -found[0])
    if compared == 1:
        sure = [found for found in sure if found[3] > 0] or sure[:1]
    parts = [
        words.gettext(
            "{group} {value} against {rest} elsewhere ({difference}, {span})",
            group=row[by[0]],
            value=what.text(row["value"]),
            rest=what.text(rest),
            difference=what.difference(value),
            span=what.difference_span(low, high),
        )
        for _, row, rest, value, low, high in sure[:most]
    ]
    values = {
        "title": what.title,
        "name": name,
        "groups": "; ".join(parts),
        "level": words.level(level_of(result)),
    }
    if "period" in rows.columns:
        values["period"] = _label(rows.iloc[0], result, words)
        if compared == 1:
            return Finding(
                words.gettext(
                    "{title} differs by {name} in {period}: {groups} ({level} intervals).", **values
                )
            )
        return Finding(
            words.gettext(
                "{title} differs by {name} in {period}: {groups} "
                "({level} intervals, corrected for {count} comparisons).",
                **values,
                count=compared,
            )
        )
    if compared == 1:
        return Finding(
            words.gettext("{title} differs by {name}: {groups} ({level} intervals).", **values)
        )
    return Finding(
        words.gettext(
            "{title} differs by {name}: {groups} "
            "({level} intervals, corrected for {count} comparisons).",
            **values,
            count=compared,
        )
    )


def _label(row: pd.Series[Any], result: pd.DataFrame, words: Language) -> str:
    return period_label(row["period"], result.attrs.get("period", "month"), words)


def _evidence(what: Quantity, row: pd.Series[Any], result: pd.DataFrame) -> str:
    span, rows = what.span(row["low"], row["high"]), what.counted(row["n"])
    if not span:
        return rows
    return what.words.gettext(
        "{level} interval {span}, {rows}",
        level=what.words.level(level_of(result)),
        span=span,
        rows=rows,
    )


def _percent(fraction: float, words: Language) -> str:
    return Quantity("change", "Change", "share", words=words).text(fraction, signed=True)
