"""Recorded days: from when to when a table was kept, told from the rows it has.

Before its first row a table was not kept, and nothing is known of those days. Its end is harder: a
small table may be quiet for a month and be complete, while one with rows every day that has none
for a month has stopped. Each table is therefore measured by its own last two years, in weeks and in
months:

- it has ended when the weeks (two or more) or months (one or more) without a row at its end are
  more than it ever had in a row, and so many are improbable: with ``e`` of ``u`` past weeks or
  months empty, an empty one has the probability (e + 1) / (u + 2), and k in a row its k-th power,
  which must be 1 % at most for weeks, 5 % for months. Fewer than twelve weeks or six months with
  rows tell nothing.
- the end of a subscription that was requested before says nothing, since it is known ahead;
- a table of one figure a month (finance, usage) has ended with its last month.

A table that has ended in weeks is on record to its last row, one that has ended in months to the
end of that month.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from revkit.dataset.notes import Note
from revkit.periods import Calendar, local_day
from revkit.schema import TABLES, TableSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    from numpy.typing import NDArray

REGISTERS = ("accounts", "reps", "campaigns", "exchange_rates", "rep_history")
"""Tables that list what there is, rather than what happens."""

IMPROBABLE = {"week": 0.01, "month": 0.05}
"""Probability at which so many empty weeks or months in a row are the end of the table."""

TELLING = {"week": 12, "month": 6}
"""Weeks or months with rows below which nothing is told from them."""

QUIET = 35
"""Days after a table's last row from which a note says so."""

PAST = 730
"""Days before its last row by which a table is measured; how it began says nothing of its end."""

WEEKS, MONTHS = Calendar("week"), Calendar("month")


@dataclass(frozen=True)
class Recorded:
    """The days on which a table was kept, up to the company's date.

    Parameters
    ----------
    first, last
        The first and the last day on record.
    row
        The day of its last row.
    settled
        The last day of which no row is missing: the end of the week of ``last``.
    ended
        Whether it ended before the company's date.
    """

    first: date
    last: date
    row: date
    settled: date
    ended: bool

    def note(self, table: str, as_of: date) -> Note | None:
        """Return what a reader should know of the table's end; None when nothing is odd."""
        if self.ended:
            text = f"ends on {self.last.day} {self.last:%B %Y}; later periods are unknown"
            return Note(table, "ended", text)
        silent = (as_of - self.row).days
        if silent > QUIET:
            text = (
                f"the last row is of {self.row.day} {self.row:%B %Y}, {silent} days before {as_of}"
            )
            return Note(table, "silent", text)
        return None


@dataclass(frozen=True)
class Days:
    """The days on which all of some tables were kept.

    Parameters
    ----------
    first, last
        The first and the last of them.
    settled
        The last day of which no row is missing.
    """

    first: date
    last: date
    settled: date

    @classmethod
    def common(cls, kept: Collection[Recorded]) -> Days | None:
        """Return the days that several tables have in common; None without a table."""
        if not kept:
            return None
        return cls(
            max(one.first for one in kept),
            min(one.last for one in kept),
            min(one.settled for one in kept),
        )

    @property
    def shown(self) -> tuple[str, str]:
        """The first and the last day, as ISO texts."""
        return self.first.isoformat(), self.last.isoformat()

    def unknown(self, calendar: Calendar, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Report which periods lie wholly before the first or after the last day."""
        first, last = (calendar.number(day) for day in (self.first, self.last))
        return ((numbers < first) | (numbers > last)) & (calendar.period is not None)


@dataclass(frozen=True)
class Filled:
    """Weeks or months of a table: the first, the last, those with rows, the longest empty run."""

    unit: str
    first: int
    last: int
    filled: int
    longest: int

    def over(self, empty: int) -> bool:
        """Report whether so many empty units at the end mean that the table has ended."""
        units = self.last - self.first + 1
        chance = (units - self.filled + 1) / (units + 2)
        improbable = empty > self.longest and chance**empty <= IMPROBABLE[self.unit]
        return self.filled >= TELLING[self.unit] and improbable

    @property
    def dense(self) -> bool:
        """Report that hardly a unit is empty."""
        return self.filled >= TELLING[self.unit] and self.longest <= 1


def judged(table: TableSchema) -> bool:
    """Return whether a table records what happens, so that its silence can be its end."""
    planned = any(table.columns[name].planned for name in table.known_on)
    return bool(table.known_on) and not planned and table.name not in REGISTERS


def recorded(
    name: str, expr: ir.Table, columns: frozenset[str], timezone: str, as_of: date
) -> Recorded | None:
    """Find the days on which a table was kept, by one query; None where it has no row."""
    table = TABLES[name]
    dated = [c.name for c in table.columns.values() if c.actual and c.name in columns]
    days = [
        local_day(_happened(table, expr, column, columns)[column], timezone) for column in dated
    ]
    found = _filled(days, as_of) if days else None
    if found is None:
        return None
    first, row, weeks, months = found
    monthly = MONTHS.last_day(MONTHS.number(row))
    if table.known_on == ("month",):
        last = min(monthly, as_of)
        return Recorded(first, last, last, last, ended=_empty(MONTHS, months, as_of) > 0)
    begun = first if weeks.dense else MONTHS.first_day(MONTHS.number(first))
    silent = _empty(WEEKS, weeks, as_of)
    if silent > 1 and weeks.over(silent):
        settled = min(WEEKS.last_day(weeks.last), as_of)
        return Recorded(begun, row, row, settled, ended=True)
    if months.over(_empty(MONTHS, months, as_of)):
        return Recorded(begun, min(monthly, as_of), row, min(monthly, as_of), ended=True)
    return Recorded(begun, as_of, row, as_of, ended=False)


def _happened(table: TableSchema, expr: Any, column: str, columns: frozenset[str]) -> Any:
    """Return the rows whose date is an event: not those of an end that was requested before."""
    request = table.requested.get(column)
    return expr.filter(expr[request].isnull()) if request in columns else expr


def _filled(dated: Iterable[Any], as_of: date) -> tuple[date, date, Filled, Filled] | None:
    """Return a table's first and last day up to a date, and how it fills weeks and months."""
    import ibis

    parts = [day.name("day").as_table() for day in dated]
    every = parts[0]
    for part in parts[1:]:
        every = every.union(part)
    days = every.filter(every.day <= ibis.literal(as_of)).distinct()
    whole = ibis.window()
    days = days.mutate(
        week=WEEKS.number_of(days.day),
        month=MONTHS.number_of(days.day),
        first=days.day.min().over(whole),
        last=days.day.max().over(whole),
    )
    days = days.filter(days.last.delta(days.day, unit="day") <= PAST)
    order = ibis.window(order_by=days.day)
    gaps = {f"{unit}_gap": days[unit] - days[unit].lag().over(order) for unit in ("week", "month")}
    days = days.mutate(**gaps)
    sums: dict[str, Any] = {
        "first": days["first"].min(), "since": days.day.min(), "last": days.day.max()
    }  # fmt: skip
    for unit in ("week", "month"):
        sums |= {f"{unit}s": days[unit].nunique(), f"{unit}_gap": days[f"{unit}_gap"].max()}
    row = days.aggregate(**sums).to_pyarrow().to_pylist()[0]
    if row["first"] is None:
        return None
    first, last = row["first"], row["last"]
    weeks, months = (
        Filled(
            unit,
            calendar.number(row["since"]),
            calendar.number(last),
            int(row[f"{unit}s"]),
            max(int(row[f"{unit}_gap"] or 0) - 1, 0),
        )
        for unit, calendar in (("week", WEEKS), ("month", MONTHS))
    )
    return first, last, weeks, months


def _empty(calendar: Calendar, filled: Filled, as_of: date) -> int:
    """Return how many whole units without a row lie after the last one, up to a date."""
    return max(calendar.number(as_of + timedelta(days=1)) - filled.last - 1, 0)
