"""Freshness: tables that end long before the date of a report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any

from revkit.analysis.writing.counts import counted
from revkit.errors import ParameterError
from revkit.language import language
from revkit.periods import local_day
from revkit.schema import TABLES

if TYPE_CHECKING:
    from revkit.dataset import Dataset

TELLING = 6
"""Days with rows below which a table's usual pace is not known."""

_DAYS = {"d": 1, "w": 7}


@dataclass(frozen=True)
class Stale:
    """A table, or all of them (an empty name), that ends too many days before the date."""

    table: str
    last: date
    late: int
    allowed: int

    def __str__(self) -> str:
        words = language()
        how = {
            "day": words.day(self.last),
            "late": counted(self.late, "days", words),
            "allowed": self.allowed,
        }
        if not self.table:
            return words.gettext(
                "The data end on {day}, {late} before the date of this report; allowed: {allowed}.",
                **how,
            )
        return words.gettext(
            "The table {table} ends on {day}, {late} before the date of this report; allowed: "
            "{allowed}.",
            table=self.table,
            **how,
        )


def days(text: str) -> int:
    """Return the number of days that a text such as 3d or 2w stands for.

    >>> days("3d"), days("2w")
    (3, 14)
    """
    found = re.fullmatch(r"(\d{1,4})([dw])", text.strip())
    if found is None:
        raise ParameterError.no_span(text, option="--fresh")
    return int(found[1]) * _DAYS[found[2]]


def stale(data: Dataset, allowed: int) -> tuple[Stale, ...]:
    """Return the tables that end more than some days before the company's date.

    A table with a slower pace of its own, such as one row a month, may be as late as the longest
    time it has been without a row.

    Parameters
    ----------
    allowed
        Days.

    Returns
    -------
    tuple of Stale
        One without a table's name when all of the data end too early.
    """
    ends = {name: end for name in data.tables if (end := _end(name, data)) is not None}
    if not ends:
        return ()
    late = {name: (data.as_of - last).days for name, (last, _) in ends.items()}
    if (least := min(late.values())) > allowed:
        return (Stale("", max(last for last, _ in ends.values()), least, allowed),)
    return tuple(
        Stale(name, last, late[name], allowed)
        for name, (last, longest) in ends.items()
        if longest is not None and late[name] > max(allowed, longest)
    )


def _end(name: str, data: Dataset) -> tuple[date, int | None] | None:
    """Return the last day on which something happened, and the most days between two such.

    None for a table that records no events, or has none; the days are None where they tell
    nothing.
    """
    import ibis

    from revkit.dataset.history.recorded import judged

    table, present = TABLES[name], data.columns(name)
    dated = [
        column.name
        for column in table.columns.values()
        if column.actual and not column.announced and column.name in present
    ]
    if not judged(table) or not dated:
        return None
    expr: Any = data.table(name)
    zone = data.policy.timezone
    parts = [expr.select(day=local_day(expr[column], zone)) for column in dated]
    every = reduce(lambda one, other: one.union(other), parts)
    happened = every.filter(every.day.notnull(), every.day <= ibis.literal(data.as_of)).distinct()
    before = happened.day.lag().over(ibis.window(order_by=happened.day))
    happened = happened.mutate(gap=happened.day.delta(before, unit="day"))
    found = happened.aggregate(
        last=happened.day.max(), longest=happened.gap.max(), days=happened.count()
    )
    row = found.to_pyarrow().to_pylist()[0]
    if row["last"] is None:
        return None
    return row["last"], int(row["longest"]) if row["days"] >= TELLING else None
