"""Days as a number of months, so that twelve months from any day are exactly twelve."""

from __future__ import annotations

from datetime import date
from typing import Any

DAYS_A_MONTH = 365.25 / 12


def months(day: date) -> float:
    """Return a day as a number of months: whole ones on the first, parts of one after it.

    >>> months(date(2027, 1, 15)) - months(date(2026, 1, 15))
    12.0
    """
    return day.year * 12 + day.month + (day.day - 1) / DAYS_A_MONTH


def months_of(day: Any) -> Any:
    """Return :func:`months` of a date column, as an expression."""
    whole = (day.year() * 12 + day.month()).cast("float64")
    return whole + (day.day() - 1).cast("float64") / DAYS_A_MONTH
