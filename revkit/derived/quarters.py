"""Months of fiscal quarters, as expressions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from revkit.periods import Calendar


def month_of_quarter(day: Any, quarters: Calendar) -> Any:
    """Return 1, 2 or 3: the month of the fiscal quarter in which each date lies.

    Of thirteen months the last quarter has four.
    """
    quarter = quarters.number_of(day)
    months = replace(quarters, period="month")
    before = quarter * 3 + (quarters.fiscal_year_start - 1)
    if quarters.weeks is not None:
        more = quarters.weeks.months - 12  # months of the years before
        before = quarter * 3 + (quarter / 4).floor() * more
    return (months.number_of(day) - before + 1).cast("int64")
