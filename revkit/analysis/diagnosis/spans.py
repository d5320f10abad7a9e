"""Periods that are asked about: the last whole one, one by its first day, or any two days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from revkit.errors import PeriodError
from revkit.periods import day

if TYPE_CHECKING:
    from revkit.dataset import Dataset

WORDS = ("month", "quarter", "year")
WHERE = "rk.diagnose"
MONTH, YEAR = re.compile(r"\d{4}-\d{2}"), re.compile(r"\d{4}")


@dataclass(frozen=True)
class Span:
    """Days from the first to the one after the last; of a period, its name."""

    start: date
    end: date
    period: str | None

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - timedelta(days=1)


def asked(value: Any, data: Dataset) -> Span:
    """Return the period that is asked about.

    Raises
    ------
    PeriodError
        When it is none, or is not over on the company's date.
    """
    found = _span(value, data, "period", "month")
    if found.last > data.as_of:
        raise PeriodError.not_over(WHERE, found.start, found.last, data.as_of)
    return found


def against(value: Any, now: Span, data: Dataset) -> Span:
    """Return the period that it is compared with, which has to end before.

    Raises
    ------
    PeriodError
        When it is none, or does not end before the period that is asked about.
    """
    if value in ("previous", "year"):
        found = _earlier(now, data, a_year=value == "year")
    else:
        found = _span(value, data, "versus", now.period or "month")
    if found.end > now.start:
        raise PeriodError.not_before(WHERE, found.start, found.last, now.start)
    return found


def _span(value: Any, data: Dataset, name: str, period: str) -> Span:
    """Return a period from a word, its first day, or two days."""
    if isinstance(value, str) and value in WORDS:
        calendar = data.policy.periods(value)
        number = calendar.number(data.as_of + timedelta(days=1)) - 1
        return Span(calendar.first_day(number), calendar.first_day(number + 1), value)
    if isinstance(value, str) and MONTH.fullmatch(value):
        return _holding(day(f"{value}-01", name=name), "month", data)
    if isinstance(value, str) and YEAR.fullmatch(value):
        return _holding(day(f"{value}-01-01", name=name), "year", data)
    if isinstance(value, tuple | list) and len(value) == 2:
        start, end = (day(one, name=name) for one in value)
        if end <= start:
            raise PeriodError.empty_range(start, end - timedelta(days=1))
        for one in WORDS:
            if (whole := _holding(start, one, data)) and (whole.start, whole.end) == (start, end):
                return whole
        return Span(start, end, None)
    return _holding(day(value, name=name), period, data)


def _holding(start: date, period: str, data: Dataset) -> Span:
    """Return the month, quarter or year that holds a day."""
    calendar = data.policy.periods(period)
    number = calendar.number(start)
    return Span(calendar.first_day(number), calendar.first_day(number + 1), period)


def _earlier(now: Span, data: Dataset, *, a_year: bool) -> Span:
    """Return the period before, or the same a year before."""
    if now.period is not None:
        calendar = data.policy.periods(now.period)
        number = calendar.number(now.start) - (calendar.a_year() if a_year else 1)
        return Span(calendar.first_day(number), calendar.first_day(number + 1), now.period)
    if a_year:
        return Span(_a_year_before(now.start), _a_year_before(now.end), None)
    return Span(now.start - (now.end - now.start), now.start, None)


def _a_year_before(value: date) -> date:
    try:
        return value.replace(year=value.year - 1)
    except ValueError:  # 29 February
        return value.replace(year=value.year - 1, day=28)
