"""Recorded days: from when to when a table was kept, told from the rows it has.

Before its first row a table was not kept, and nothing is known of those days. It is on record from
the first day of the month of that row, since a small company's first deal may well be of the 14th;
where so many days, or whole weeks, of a month without a row are improbable by its own first half
year, as in an export cut on the 14th, from the row itself. A quarter or a year that begins earlier
lacks days, unless the months between are no more than those that the table leaves empty at times:
spend that is booked once a quarter is on record from its first quarter on.

Its end is harder: a small table may be quiet for a month and be complete, while one with rows every
day that has none for a month has stopped. Each table is therefore measured by its own last two
years, in weeks and in months:

- it has ended when the weeks (two or more) or months (one or more) without a row at its end are
  more than it ever had in a row, and so many are improbable: with ``e`` of ``u`` past weeks or
  months empty, an empty one has the probability (e + 1) / (u + 2), and k in a row its k-th power,
  which must be 1 % at most for days and weeks, 5 % for months. Fewer than thirty days, twelve weeks
  or six months with rows tell nothing.
- spend is booked month by month: where none of its months is empty, one empty month at its end is
  its end after six with rows, two are after three;
- the end of a subscription that was requested before says nothing, since it is known ahead;
- a table of one figure a month (finance, usage) has ended with its last month; quotas are on record
  by the months from the first that one begins in to the last that one ends in.

Subscriptions of a company that changed its system may all begin on the day of the change. Where ten
accounts or more begin on the first day, and over three times as many as on any of ten or more later
ones, they are customers from before: on record from that day on, and not new on it.

A table that has ended in weeks is on record to its last row, one that has ended in months to the
end of that month.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from revkit.dataset.history.days import Recorded
from revkit.periods import Calendar, local_day
from revkit.schema import TABLES, TableSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir

REGISTERS = ("accounts", "reps", "campaigns", "exchange_rates", "rep_history")
"""Tables that list what there is, rather than what happens."""

IMPROBABLE = {"day": 0.01, "week": 0.01, "month": 0.05}
"""Probability at which so many empty units in a row are the end, or the beginning, of the table."""

TELLING = {"day": 30, "week": 12, "month": 6}
"""Days, weeks or months with rows below which nothing is told from them."""

BOOKED = ("spend",)
"""Tables of what is booked every month."""

PAST = 730
"""Days before its last row by which a table is measured; how it began says nothing of its end.
Months are empty at its beginning as they are in as many days after its first row."""

LEAST, TIMES, DAYS_AFTER = 10, 3, 10
"""Accounts that begin on the first day, times those of any later day, that are a stock, and later
days on which others begin, below which nothing is told from them."""

EARLY = 182
"""Days from its first row on by which its beginning is measured, before the company grew."""

DAYS, WEEKS, MONTHS = Calendar("day"), Calendar("week"), Calendar("month")
CALENDARS = {"day": DAYS, "week": WEEKS, "month": MONTHS}


@dataclass(frozen=True)
class Filled:
    """Units of a table: the first, the last, those with rows, the longest empty run."""

    unit: str
    first: int
    last: int
    filled: int
    longest: int

    def over(self, empty: int) -> bool:
        """Report whether so many empty units in a row mean that the table was not kept."""
        units = self.last - self.first + 1
        chance = (units - self.filled + 1) / (units + 2)
        improbable = empty > self.longest and chance**empty <= IMPROBABLE[self.unit]
        return self.filled >= TELLING[self.unit] and improbable

    def stopped(self, empty: int) -> bool:
        """Report whether so many empty units end a table that had a row in each, as far as told."""
        return self.longest == 0 and self.filled > 1 and self.filled * empty >= TELLING[self.unit]

    @property
    def usual(self) -> int:
        """The empty units in a row that it had at most; 0 where it has too few to tell."""
        return self.longest if self.filled >= TELLING[self.unit] else 0


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
    first, row, weeks, months = found.first, found.last, found.weeks, found.months
    monthly = MONTHS.last_day(MONTHS.number(row))
    if table.known_on == ("month",):
        first, last = MONTHS.first_day(MONTHS.number(first)), min(monthly, as_of)
        return Recorded(first, last, last, first, last, ended=_empty(MONTHS, months, as_of) > 0)
    begun = since = first
    stock = _stock(expr, timezone, as_of) if name == "subscriptions" else 0
    if not stock and not _cut(found):
        begun = MONTHS.first_day(MONTHS.number(first))
        since = MONTHS.first_day(MONTHS.number(first) - found.early["month"].usual)
    silent = _empty(WEEKS, weeks, as_of)
    if silent > 1 and weeks.over(silent):
        settled = min(WEEKS.last_day(weeks.last), as_of)
        return Recorded(begun, row, row, since, settled, ended=True, stock=stock)
    quiet = _empty(MONTHS, months, as_of)
    if months.over(quiet) or (name in BOOKED and months.stopped(quiet)):
        last = min(monthly, as_of)
        return Recorded(begun, last, row, since, last, ended=True, stock=stock)
    return Recorded(begun, as_of, row, since, as_of, ended=False, stock=stock)


def _stock(subscriptions: Any, timezone: str, as_of: date) -> int:
    """Return how many accounts the first day of subscriptions has from before; 0 where none."""
    import ibis

    rows = subscriptions.mutate(begins=local_day(subscriptions.started_on, timezone))
    accounts = rows.group_by("account_id").aggregate(begins=rows.begins.min())
    accounts = accounts.filter(accounts.begins <= ibis.literal(as_of))
    days = accounts.group_by("begins").aggregate(accounts=accounts.count())
    days = days.mutate(first=days.begins.min().over(ibis.window()))
    found = days.aggregate(
        first=days.accounts.sum(where=days.begins == days["first"]),
        most=days.accounts.max(where=days.begins > days["first"]),
        later=(days.begins > days["first"]).sum(),
    )
    row = found.to_pyarrow().to_pylist()[0]
    first, most = int(row["first"] or 0), int(row["most"] or 0)
    tells = int(row["later"] or 0) >= DAYS_AFTER
    return first if tells and first >= LEAST and first > TIMES * most else 0


def _happened(table: TableSchema, expr: Any, column: str, columns: frozenset[str]) -> Any:
    """Return the rows whose date is an event: not those of an end that was requested before."""
    request = table.requested.get(column)
    return expr.filter(expr[request].isnull()) if request in columns else expr


@dataclass(frozen=True)
class Kept:
    """The first and the last day of a table, and how it fills its first units and its last."""

    first: date
    last: date
    early: dict[str, Filled]
    weeks: Filled
    months: Filled


def _cut(found: Kept) -> bool:
    """Report whether a table was cut at its first row: too many days of the month lack one."""
    opens = MONTHS.first_day(MONTHS.number(found.first))
    days, weeks = found.early["day"], found.early["week"]
    whole = WEEKS.number(opens - timedelta(days=1)) + 1  # the first week that begins in the month
    empty = max(weeks.first - whole, 0)
    return days.over((found.first - opens).days) or weeks.over(empty)


def _filled(dated: Iterable[Any], as_of: date) -> Kept | None:
    """Return a table's first and last day up to a date, and how it fills its units."""
    import ibis

    parts = [day.name("day_on").as_table() for day in dated]
    every = parts[0]
    for part in parts[1:]:
        every = every.union(part)
    days = every.filter(every.day_on <= ibis.literal(as_of)).distinct()
    whole, order = ibis.window(), ibis.window(order_by="day_on")
    units = {unit: calendar.number_of(days.day_on) for unit, calendar in CALENDARS.items()}
    days = days.mutate(
        **units, first=days.day_on.min().over(whole), last=days.day_on.max().over(whole)
    )
    days = days.mutate(
        before=days.day_on.lag().over(order),
        **{f"{unit}_gap": days[unit] - days[unit].lag().over(order) for unit in CALENDARS},
    )
    early, first = (days.day_on.delta(days["first"], unit="day") < n for n in (EARLY, PAST))
    late = days["last"].delta(days.day_on, unit="day") <= PAST
    after = late & (days["last"].delta(days.before, unit="day") <= PAST)
    sums: dict[str, Any] = {"first": days["first"].min(), "last": days["last"].max()}
    for name, unit, rows, gaps in (
        ("early_days", "day", early, early),
        ("early_weeks", "week", early, early),
        ("early_months", "month", first, first),
        ("weeks", "week", late, after),
        ("months", "month", late, after),
    ):
        sums |= {
            f"{name}_first": days[unit].min(where=rows),
            f"{name}_last": days[unit].max(where=rows),
            f"{name}_filled": days[unit].nunique(where=rows),
            f"{name}_gap": days[f"{unit}_gap"].max(where=gaps),
        }
    row = days.aggregate(**sums).to_pyarrow().to_pylist()[0]
    if row["first"] is None:
        return None

    def filled(name: str, unit: str) -> Filled:
        first, last, found = (int(row[f"{name}_{what}"]) for what in ("first", "last", "filled"))
        return Filled(unit, first, last, found, max(int(row[f"{name}_gap"] or 0) - 1, 0))

    return Kept(
        row["first"],
        row["last"],
        {unit: filled(f"early_{unit}s", unit) for unit in CALENDARS},
        filled("weeks", "week"),
        filled("months", "month"),
    )


def recorded_quotas(targets: ir.Table, as_of: date) -> Recorded | None:
    """Find the months that have quotas, by one query; None where there is none.

    Quotas of periods to come are no end: up to the company's date, they are on record.
    """
    rows = targets.filter(targets.kind == "quota")
    span = rows.aggregate(first=rows.starts_on.min(), end=rows.ends_on.max())
    found = span.to_pyarrow().to_pylist()[0]
    if found["first"] is None or found["end"] is None:
        return None
    first = MONTHS.first_day(MONTHS.number(found["first"]))
    last = min(found["end"] - timedelta(days=1), as_of)
    first = min(first, last)
    return Recorded(first, last, last, first, last, ended=last < as_of)


def _empty(calendar: Calendar, filled: Filled, as_of: date) -> int:
    """Return how many whole units without a row lie after the last one, up to a date."""
    return max(calendar.number(as_of + timedelta(days=1)) - filled.last - 1, 0)
