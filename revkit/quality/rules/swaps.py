"""Days and months that were swapped: 3 April read as 4 March."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from revkit.language import message
from revkit.quality.company import Company, counted, first_keys
from revkit.quality.effects import NOTICED
from revkit.quality.finding import Effect, Finding
from revkit.schema import TABLES

PLANNED = {"opportunities": (("created_on", "expected_close_on"),)}
"""Pairs of days that are in order beside those that the schema declares."""

LONGEST = 400
"""Days between two dates up to which it explains their order that day and month are swapped."""

ROWS, DAYS = 100, 6
"""Rows and different days of the month from which on a date after the twelfth is to be expected."""

SWAPPED = message("not in order after {start}, and in order with day and month swapped")
SWAPPED_MEND = message(
    "Find out which comes first at the source; in a mapping, date_format says how it is written."
)
TWELVE = message("{column} is never after the twelfth of a month: day and month may be swapped")
TWELVE_EFFECT = message("{rows} dates may be in another month than they say")


def swap_findings(company: Company, table: str) -> Iterator[Finding]:
    """Yield the dates of a table whose day and month were swapped, as far as it can be told."""
    yield from _out_of_order(company, table)
    yield from _up_to_twelve(company, table)


def _swapped(day: Any) -> Any:
    """Return dates with day and month swapped; null where there is no such day."""
    import ibis

    possible = day.day() <= 12
    month = possible.ifelse(day.day(), day.month())
    number = possible.ifelse(day.month(), day.day())
    return possible.ifelse(ibis.date(day.year(), month, number), ibis.null("date"))


def _out_of_order(company: Company, table: str) -> Iterator[Finding]:
    """Yield the pairs of dates that are in order only with day and month of one of them swapped."""
    values = company.examined(table).values
    raw = company.store.raw[table]
    pairs = [
        (start, end)
        for start, end in (*TABLES[table].order, *PLANNED.get(table, ()))
        if {start, end} <= values.keys()
        and values[start].type().is_date()
        and values[end].type().is_date()
    ]
    if not pairs:
        return
    rows = raw.mutate(**values)
    conditions: dict[str, Any] = {}
    better: dict[str, Any] = {}
    for n, (start, end) in enumerate(pairs):
        first, last = rows[start], rows[end]
        other = _swapped(last)
        gap = other.delta(first, unit="day")
        conditions[f"bad_{n}"] = (first > last) & (gap >= 0) & (gap <= LONGEST)
        conditions[f"of_{n}"] = first.notnull() & last.notnull()
        better[f"bad_{n}"] = other
    found = counted(rows, conditions)
    for n, (start, end) in enumerate(pairs):
        bad, among = found[f"bad_{n}"], found[f"of_{n}"]
        if not bad:
            continue
        words = company.words
        flagged = company.flagged(
            table, rows, conditions[f"bad_{n}"], rows[end], better[f"bad_{n}"]
        )
        yield Finding(
            rule="day_month_swapped",
            table=table,
            column=end,
            what=words.gettext(SWAPPED, start=start),
            bad=bad,
            rows=among,
            severity="serious" if bad >= NOTICED * among else "minor",
            examples=first_keys(flagged),
            mend=words.gettext(SWAPPED_MEND),
            line=f'{end}: {{from: {end}, date_format: "%m/%d/%Y"}}',
            flagged=flagged,
        )


def _up_to_twelve(company: Company, table: str) -> Iterator[Finding]:
    """Yield the columns of dates none of which is after the twelfth of its month."""
    expr = company.table(table)
    names = [
        column.name
        for column in TABLES[table].columns.values()
        if column.dated and column.name in company.loaded(table)
    ]
    sums: dict[str, Any] = {}
    for name in names:
        day = expr[name].day()
        sums |= {f"n_{name}": day.count(), f"m_{name}": day.max(), f"d_{name}": day.nunique()}
    if not sums:
        return
    found = expr.aggregate(**sums).to_pyarrow().to_pylist()[0]
    words = company.words
    for name in names:
        rows = int(found[f"n_{name}"])
        if rows < ROWS or int(found[f"m_{name}"]) > 12 or int(found[f"d_{name}"]) < DAYS:
            continue
        yield Finding(
            rule="no_day_after_twelve",
            table=table,
            column=name,
            what=words.gettext(TWELVE, column=name),
            bad=rows,
            rows=rows,
            severity="serious",
            effect=Effect(words.gettext(TWELVE_EFFECT, rows=words.count(rows))),
            mend=words.gettext(SWAPPED_MEND),
            line=f'{name}: {{from: {name}, date_format: "%d/%m/%Y"}}',
        )
