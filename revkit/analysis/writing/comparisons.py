"""Sentences about a result: size, interval, sample; a change only when it exceeds noise.

A difference is claimed only when its interval leaves out zero.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from revkit import arguments as check
from revkit.analysis.writing.differences import (
    Change,
    compare,
    last_period,
    latest,
    level_of,
    of_metric,
    periods_a_year,
)
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import (
    Quantity,
    groups,
    period_of,
    quantity,
)
from revkit.analysis.writing.frames.headings import dimension_name
from revkit.analysis.writing.unfinished import names_unfinished
from revkit.catalogue import known
from revkit.dimensions import placed
from revkit.errors import ParameterError
from revkit.language import Language, message
from revkit.periods import calendar_by

if TYPE_CHECKING:
    import pandas as pd


@names_unfinished
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
    if row["small"]:
        values["evidence"] = words.gettext(
            UNSURE if math.isnan(row["low"]) else UNEVEN, evidence=values["evidence"]
        )
    if "period" not in row.index:
        return Finding(words.gettext("{title} was {value} ({evidence}).", **values), level=True)
    values["period"] = _label(row, result, words)
    said = words.gettext("{title} was {value} in {period} ({evidence}).", **values)
    return Finding(" ".join([said, *_a_year(result, what, row["value"])]), level=True)


def _a_year(result: pd.DataFrame, what: Quantity, value: float) -> list[str]:
    """Return the sentence on what a rate that grows with its period comes to in a year."""
    times = periods_a_year(result)
    if what.name not in LEAVING or times == 1 or int(result.attrs.get("trailing", 1)) > 1:
        return []
    share = what.text(1 - (1 - value) ** times)
    return [what.words.gettext(LEAVING[what.name], share=share)]


LEAVING = {
    "churn_rate": message("At that rate {share} of the accounts leave within a year."),
    "gross_mrr_churn_rate": message("At that rate {share} of the MRR is lost within a year."),
}
"""Sentences on a year of a rate by period, by metric."""

UNSURE, UNEVEN = (
    message("{evidence}; no interval can be given, so read it with care"),
    message("{evidence}; few or very unequal, so read it with care"),
)
"""Evidence that is small: without an interval, and with one that may be too narrow."""

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

USUAL, USUAL_COUNTED, UNTOLD, UNTOLD_ESTIMATE = (
    message(
        "{title} in {today}, {now}, differs from {then} ({difference}, {level} interval {span}) by "
        "no more than it usually does."
    ),
    message(
        "{title} in {today}, {now}, differs from {then} ({difference}) by no more than it usually "
        "does; counted in full."
    ),
    message(
        "{title} in {today}, {now}, differs from {then} ({difference}); counted in full. It is "
        "not known how far it usually moves."
    ),
    message(
        "{title} in {today}, {now}, differs from {then} ({difference}, {level} interval {span}). "
        "It is not known how far it usually moves."
    ),
)
"""Sentences of a change that is no news."""


@names_unfinished
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
        too small to tell, when there is no such earlier period, or when the metric moves as far
        where nothing happens (its own past changes, without their season). All tests of a report
        are one family: at most one report in twenty on a quiet company claims anything.
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
    } | _weeks(result, before, now, words)
    up = moved.value > 0
    if moved.census:
        if moved.value == 0:
            return Finding(words.gettext("{title} stayed at {now}.", **values), quiet=True)
        if not moved.sure:
            text = UNTOLD if moved.verdict == "untold" else USUAL_COUNTED
            return Finding(words.gettext(text, **values), quiet=True)
        if what.percent or min(before["value"], now["value"]) <= 0:
            return Finding(words.gettext(COUNTED_ROSE if up else COUNTED_FELL, **values))
        values["relative"] = _percent(moved.value / before["value"], words)
        return Finding(words.gettext(GREW if up else SHRANK, **values))
    if moved.verdict == "few" or what.vague(moved.low, moved.high):
        return Finding(_too_few(what, moved, values), quiet=True)
    values["level"] = words.level(level_of(result))
    values["span"] = what.difference_span(moved.low, moved.high)
    if moved.verdict == "usual":
        return Finding(words.gettext(USUAL, **values), quiet=True)
    if moved.verdict == "untold":
        return Finding(words.gettext(UNTOLD_ESTIMATE, **values), quiet=True)
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


def _weeks(
    result: pd.DataFrame, before: pd.Series[Any], now: pd.Series[Any], words: Language
) -> dict[str, str]:
    """Return the names of two periods with their weeks, where one has more than the other."""
    calendar = calendar_by(result.attrs, result.attrs.get("period"))
    if not calendar.is_of_weeks:
        return {}
    trailing = int(result.attrs.get("trailing") or 1)
    weeks = {
        name: calendar.weeks_in(calendar.number(row["period"].date()), trailing)
        for name, row in (("then", before), ("today", now))
    }
    if weeks["then"] == weeks["today"]:
        return {}
    return {
        name: words.gettext(
            "{period} ({count} weeks)", period=_label(row, result, words), count=weeks[name]
        )
        for name, row in (("then", before), ("today", now))
    }


def _too_few(what: Quantity, moved: Change, values: dict[str, str]) -> str:
    """Return the sentence on two values that cannot be told apart, with the reason."""
    words = what.words
    if values["now"] == values["before"]:
        return words.gettext("{title} was {now} in {today}, as in {then}.", **values)
    if math.isnan(moved.low):
        return words.gettext(
            "{title} was {now} in {today} and {before} in {then}: without an interval, nothing "
            "tells them apart.",
            **values,
        )
    return words.gettext(
        "{title} was {now} in {today} and {before} in {then}: too few or too unequal {rows} to "
        "tell them apart.",
        **values,
        rows=words.gettext(ROWS_OF.get(what.rows, what.rows)),
    )


ROWS_OF = {
    "opportunities": message("opportunities"), "leads": message("leads"),
    "accounts": message("accounts"), "contracts": message("contracts"),
    "trials": message("trials"), "activities": message("activities"),
    "months": message("months"), "rows": message("rows"), "tickets": message("tickets"),
    "answers": message("answers"), "forecasts": message("forecasts"), "reps": message("reps"),
    "quotas": message("quotas"), "invoice lines": message("invoice lines"),
    "account-months": message("account-months"),
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
    return change(result, periods=periods_a_year(result), language=language)


@names_unfinished
def largest(result: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say which group has the largest part of a sum, and how much that is.

    Parameters
    ----------
    result
        What a metric that adds up returned by one dimension; of several periods the last
        complete one counts.
    language
        "en" or "it"; the default one when omitted.

    Raises
    ------
    ParameterError
        When the metric does not add up over groups, as rates do not.
    """
    of_metric(result, "rk.say.largest", grouped=True)
    metric = known().get(str(result.attrs.get("metric")))
    if metric is not None and not metric.additive:
        raise ParameterError.not_a_sum("rk.say.largest", metric=metric.name)
    what, every, by = quantity(result, language), last_period(result), groups(result)
    words, rows = what.words, placed(every, by)
    total = float(every["value"].sum())
    if total > 0 and rows["value"].sum() < total / 2:
        return Finding(
            words.gettext(
                "{title}: {share} is in no {name}, so that it is not said which has most.",
                title=what.title,
                share=_percent(1 - rows["value"].sum() / total, words).removeprefix("+"),
                name=", ".join(dimension_name(one, words) for one in by),
            ),
            quiet=True,
        )
    if rows.empty or total <= 0:
        return Finding(
            words.gettext("{title}: there is none to divide up.", title=what.title), quiet=True
        )
    row = rows.iloc[int(rows["value"].argmax())]
    nowhere = total - float(rows["value"].sum())
    text = MOSTLY if row["value"] > total / 2 else LARGEST
    text = PLACED if nowhere > row["value"] else text
    return Finding(
        words.gettext(
            text,
            name=", ".join(dimension_name(one, words) for one in by),
            nowhere=what.text(nowhere),
            title=what.title,
            group=row[by[0]],
            value=what.text(row["value"]),
            total=what.text(total),
            share=_percent(row["value"] / total, words).removeprefix("+"),
        )
    )


MOSTLY = message("{title} comes mostly from {group}: {value} of {total} ({share}).")
LARGEST = message("{title}: the largest part is from {group}, {value} of {total} ({share}).")
PLACED = message(
    "{title}: of what is in a {name}, the largest part is from {group}, {value} of {total} in all "
    "({share}); more, {nowhere}, is in none."
)


def _label(row: pd.Series[Any], result: pd.DataFrame, words: Language) -> str:
    return period_of(result, row["period"], words)


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
