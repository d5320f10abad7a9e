"""Mends of dates in another order: 31/12/2025 among others, where every one tells the order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from revkit.quality.cleaning.cells import Change, row_key
from revkit.quality.company import Company
from revkit.schema import TABLES

NUMBERS = r"^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})$"

UNREADABLE = "_unreadable"
"""The end of the name of the rule for values that cannot be read."""

RULES = tuple(
    dict.fromkeys(
        f"{column.name}{UNREADABLE}"
        for table in TABLES.values()
        for column in table.columns.values()
        if column.type == "date"
    )
)
"""The names of the rules for days."""


def unreadable(company: Company, rule: str) -> Iterator[Change]:
    """Yield the days of a column that cannot be read, in the order that the others show.

    ``03/04/2025`` may be March or April. In a column some of whose days have a number above 12 in
    one place, and none in the other, that place is the day's; else nothing is told, and nothing
    changed.
    """
    column = rule.removesuffix(UNREADABLE)
    for table in company.tables:
        if column not in company.loaded(table) or TABLES[table].columns[column].type != "date":
            continue
        written = company.raw(table)[column]
        if not written.type().is_string():
            continue
        rows = company.raw(table).mutate(__key=row_key(company, table), __written=written.strip())
        text = rows["__written"]
        rows = rows.filter(text.re_search(NUMBERS))
        first, second, year = (text.re_extract(NUMBERS, part) for part in (1, 2, 3))
        rows = rows.select("__key", "__written", first=first, second=second, year=year)
        numbers = {name: rows[name].cast("int64") for name in ("first", "second")}
        said = rows.aggregate(**{name: (n > 12).any() for name, n in numbers.items()})
        above = said.to_pyarrow().to_pylist()[0]
        if bool(above["first"]) == bool(above["second"]):
            continue
        day, month = ("first", "second") if above["first"] else ("second", "first")
        yield Change(table, column, _iso(rows, numbers, day, month))


def _iso(rows: Any, numbers: Any, day: str, month: str) -> Any:
    """Return the cells as ISO days."""
    fits = (numbers[month] >= 1) & (numbers[month] <= 12)
    fits &= (numbers[day] >= 1) & (numbers[day] <= 31)
    parts = (rows.year, rows[month].lpad(2, "0"), rows[day].lpad(2, "0"))
    after = parts[0].concat("-").concat(parts[1]).concat("-").concat(parts[2])
    return rows.filter(fits).select(key="__key", before="__written", after=after)
