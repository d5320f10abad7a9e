"""Sentences about a lasting change: since when a share or a count is at another level, and where.

A comparison of the last period with the one before, or a year before, is blind to what began in
between. Here all months are read at once, and the months since each one held against those before
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.analysis.writing.differences import level_of, periods_a_year
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import groups, period_of, quantity
from revkit.analysis.writing.shifts import shifts_of_counts, shifts_of_shares
from revkit.analysis.writing.unfinished import names_unfinished
from revkit.arguments import result as checked
from revkit.catalogue import known
from revkit.errors import ParameterError, PeriodError
from revkit.language import message
from revkit.statistics.steps import A_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from revkit.analysis.writing.shifts import Shift

COLUMNS = ("period", "value", "low", "high", "n", "complete")


HIGHER, LOWER = (
    message(
        "{title} has been higher since {since}: {now} since then and {before} before "
        "({difference}, {level} interval {span}; {rows})."
    ),
    message(
        "{title} has been lower since {since}: {now} since then and {before} before "
        "({difference}, {level} interval {span}; {rows})."
    ),
)
HIGHER_HERE, LOWER_HERE = (
    message(
        "{title} of {group} has been higher since {since}: {now} since then and {before} before "
        "({difference}, {level} interval {span}; {rows}), elsewhere {rest_now} and {rest_before}."
    ),
    message(
        "{title} of {group} has been lower since {since}: {now} since then and {before} before "
        "({difference}, {level} interval {span}; {rows}), elsewhere {rest_now} and {rest_before}."
    ),
)
MORE, FEWER = (
    message(
        "{title}: more since {since}, {now} a month since then and {before} a month in the "
        "{months} months before ({difference}, {level} interval {span})."
    ),
    message(
        "{title}: fewer since {since}, {now} a month since then and {before} a month in the "
        "{months} months before ({difference}, {level} interval {span})."
    ),
)
"""Sentences of a lasting change, of a share, of a group's share and of a count."""

READ = {"proportion": shifts_of_shares, "count": shifts_of_counts}
"""The reader of lasting changes, by the interval method of a metric."""


@names_unfinished
def step(result: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say since when a share or a count has been higher or lower, if it has, and in which group.

    Parameters
    ----------
    result
        What a metric that counts rows, or is a share of counted rows, returned by month: a count as
        a whole, a share as a whole or by one dimension. By a dimension, each group's moves are
        taken apart from those of all others.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Finding
        Quiet where nothing lasting is clear enough for a report. A drift, a season, a variation
        beyond sampling and, for a count, steady growth stand against a step: where they explain
        the months as well, there is none. The first months of a count, before it reaches half of
        its median, are not read.

    Raises
    ------
    ParameterError
        When the metric neither counts rows nor is a share of them, or is not by month.

    Examples
    --------
    >>> from revkit.metrics import win_rate
    >>> print(step(win_rate(example("deals"))))
    Win rate: too few months or rows to tell a lasting change.
    """
    of_months(result)
    what, found = quantity(result, language), shifts(result)
    words = what.words
    if not found:
        return Finding(
            words.gettext(
                "{title}: too few months or rows to tell a lasting change.", title=what.title
            ),
            quiet=True,
        )
    surest = found[0]
    if not surest.sure:
        return Finding(
            words.gettext("{title}: no lasting change beyond noise.", title=what.title),
            quiet=True,
        )
    moved, *span = surest.ends
    values: dict[str, Any] = {
        "title": what.title,
        "since": period_of(result, surest.since, words),
        "now": what.text(surest.after[0]),
        "before": what.text(surest.before[0]),
        "difference": what.difference(moved),
        "level": words.level(level_of(result)),
        "span": what.difference_span(*span),
        "rows": what.counted(surest.rows),
        "months": surest.months,
    }
    if known()[what.name].interval == "count":
        return Finding(words.gettext(MORE if moved > 0 else FEWER, **values), about=what.name)
    if surest.rest is None:
        return Finding(words.gettext(HIGHER if moved > 0 else LOWER, **values), about=what.name)
    values["group"] = surest.group
    values["rest_before"], values["rest_now"] = (what.text(value) for value in surest.rest)
    text = HIGHER_HERE if moved > 0 else LOWER_HERE
    return Finding(words.gettext(text, **values), about=what.name)


def shifts(result: pd.DataFrame) -> list[Shift]:
    """Return the likeliest lasting change of each group, or of the whole, the surest first."""
    return READ[known()[result.attrs["metric"]].interval](result)


def of_months(result: Any) -> None:
    """Refuse what is neither a count by month nor a share of counted rows by month."""
    where = "rk.say.step"
    checked(result, "result", where, columns=COLUMNS, source="a metric by month")
    metric = known().get(str(result.attrs.get("metric")))
    overlap = int(result.attrs.get("trailing") or 1) > 1
    by, monthly = groups(result), result.attrs.get("period", "month") == "month"
    if metric is None or metric.interval not in READ or overlap or len(by) > 1 or not monthly:
        raise ParameterError.no_monthly_share(where)
    if by and metric.interval == "count":
        raise ParameterError.not_whole_count(where, metric.name, by)
    pattern = result.attrs.get("calendar")
    if periods_a_year(result) != A_YEAR:
        raise PeriodError.thirteen_months(where, pattern)
    if pattern is not None and metric.interval == "count":
        raise PeriodError.uneven_months(where, pattern)
