"""The days on record of a call: from which day on its tables tell, and what they lack."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from revkit import derived
from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Stock, Total
from revkit.algebra.formula.nodes import Shifted
from revkit.dataset.history.days import Days
from revkit.dataset.notes import Note
from revkit.periods import Calendar

if TYPE_CHECKING:
    from revkit.algebra.evaluate.evaluation import Evaluation
    from revkit.algebra.formula.nodes import Formula
    from revkit.algebra.request import Call
    from revkit.algebra.values import MetricValues
    from revkit.dataset import Dataset


def kept_days(data: Dataset, tables: Iterable[str]) -> Days | None:
    """Return the days on which every table was kept that some tables are made of."""
    read = {name for table in tables for name in derived.recorded_tables(table)}
    return Days.common(data.recorded(sorted(read)).values())


def common_days(formula: Formula | None, kept: Days | None) -> Days | None:
    """Return the days to which the rows of a formula are restricted.

    None where it reads earlier periods, whose days are others, and for a metric without a formula.
    """
    if formula is None or _reads_earlier(formula):
        return None
    return None if kept is None else kept.of_events


def begun_late(call: Call, values: MetricValues, columns: Iterable[int]) -> dict[str, int]:
    """Return the days that the first period on record lacks, by its first day."""
    shown = [int(values.numbers[n]) for n in columns if not values.begun[n]]
    return {} if call.kept is None else call.kept.begun_late(call.calendar, shown)


def beginnings(
    call: Call, tables: Iterable[str], values: MetricValues, columns: Iterable[int]
) -> tuple[str, ...]:
    """Return the notes on tables before whose first day some of the periods lie."""
    shown = [int(values.numbers[n]) for n in columns if not values.begun[n]]
    if call.kept is None or not shown or min(shown) >= call.calendar.number(call.kept.first):
        return ()
    read = {name for table in tables for name in derived.recorded_tables(table)}
    late = {n: days.first for n, days in call.data.recorded(sorted(read)).items()}
    return tuple(
        str(
            Note(
                name, "begins", f"begins on {first.day} {first:%B %Y}; earlier periods are unknown"
            )
        )
        for name, first in late.items()
        if min(shown) < call.calendar.number(first)
    )


def lacking_days(
    evaluation: Evaluation | None, kept: Days | None, columns: Any
) -> tuple[date, date] | None:
    """Return the days on record, where no period shown has the earlier one that it reads."""
    if evaluation is None or kept is None or not _reads_earlier(evaluation.formula):
        return None
    return (kept.first, kept.settled) if evaluation.unknown()[columns].all() else None


def _reads_earlier(formula: Formula) -> bool:
    """Return whether a formula reads periods before its own."""
    return any(isinstance(part, Shifted) for part in tree.subformulas(formula))


def first_day(formula: Formula | None, kept: Days | None, data: Dataset) -> date | None:
    """Return the first day of a whole range for which the call gives none.

    It is the first day on which all tables of the formula were kept, or the day after it: where the
    formula needs what was there before, of which nothing else is known, and where a table begins
    with a stock, which did not happen on that day. Where a table is on record by month, it is the
    first day of a month. None where the rows of one table are counted: all of them count.
    """
    if formula is None or kept is None:
        return None
    leaves = [leaf for leaf, _ in tree.leaves(formula)]
    closing = all(isinstance(leaf, Stock) and leaf.is_closing for leaf in leaves)
    opening = {leaf.table for leaf in leaves if isinstance(leaf, Stock) and leaf.at_opening}
    if kept.stocked and not closing:
        first = kept.of_events.first
    elif opening:
        before = kept_days(data, opening)
        known = before is not None and before.first < kept.first
        first = kept.first if known else kept.first + timedelta(days=1)
    elif len({leaf.table for leaf in leaves}) > 1:
        first = kept.first
    else:
        return None
    if any(isinstance(leaf, Total) and leaf.at == "month" for leaf in leaves):
        month = Calendar("month")
        first = month.first_day(month.number(first - timedelta(days=1)) + 1)
    return min(first, data.as_of)
