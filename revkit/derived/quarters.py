"""Fiscal quarters of days, as expressions."""

from __future__ import annotations

from typing import Any

from revkit.periods import Calendar, day_before


def quarter_end(day: Any, fiscal_year_start: int) -> Any:
    """Return the last day of the fiscal quarter of each date, as an expression."""
    import ibis

    quarter = Calendar("quarter", fiscal_year_start).number_of(day)
    following = (quarter + 1) * 3 + (fiscal_year_start - 1)  # months since the year 0
    year = (following / 12).floor().cast("int32")
    month = (following % 12 + 1).cast("int32")
    first = ibis.date(year, month, ibis.literal(1, "int32"))
    return day_before(first)


def month_of_quarter(day: Any, fiscal_year_start: int) -> Any:
    """Return 1, 2 or 3: the month of the fiscal quarter in which each date lies."""
    months = day.year() * 12 + (day.month() - fiscal_year_start)
    return (months % 3 + 1).cast("int64")
