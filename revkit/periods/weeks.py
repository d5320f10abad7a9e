"""Fiscal years of whole weeks: 52 or 53 of them, in months by a pattern such as 4-5-4."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any

from revkit.errors import PeriodError
from revkit.periods.moments import days_after

PATTERNS: dict[str, tuple[int, ...]] = {
    "4-4-5": (4, 4, 5) * 4,
    "4-5-4": (4, 5, 4) * 4,
    "5-4-4": (5, 4, 4) * 4,
    "13x4": (4,) * 13,
}
"""The weeks in each month of a year of 52; the 53rd week is the last month's."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

EPOCH = date(1900, 1, 1)
"""The day 0 of counted days: a Monday, so that weeks begin where seven divides."""

_RULE = re.compile(
    rf"(?:last (?P<last>{'|'.join(WEEKDAYS)}) of|(?P<nearest>{'|'.join(WEEKDAYS)}) nearest)"
    rf" (?P<month>{'|'.join(MONTHS)})(?: (?P<day>[0-9]{{1,2}}))?"
)


@dataclass(frozen=True)
class WeekYear:
    """Years that end on a weekday: their months, quarters and weeks as numbered periods.

    Years that end in January or February bear the number of the year before, in which they begin
    and have most of their days, as the National Retail Federation numbers them; all others that
    of the year in which they end.

    Parameters
    ----------
    pattern
        One of :data:`PATTERNS`.
    ends
        ``last WEEKDAY of MONTH`` or ``WEEKDAY nearest MONTH DAY``.

    Raises
    ------
    PeriodError
        When there is no such pattern, or the rule is neither of these.

    Examples
    --------
    >>> retail = WeekYear("4-5-4", "saturday nearest january 31")
    >>> retail.first_day("year", 2023), retail.weeks("year", 2023)
    (datetime.date(2023, 1, 29), 53)
    """

    pattern: str
    ends: str

    def __post_init__(self) -> None:
        if self.pattern not in [*PATTERNS]:
            raise PeriodError.no_pattern(self.pattern, known=PATTERNS)
        _ = self._rule

    @cached_property
    def _rule(self) -> tuple[int, int, int | None]:
        """The weekday (Monday is 0), the month, and the day that is nearest; None for the last."""
        read = _RULE.fullmatch(self.ends) if isinstance(self.ends, str) else None
        if read is None or (read["last"] is None) != (read["day"] is not None):
            raise PeriodError.no_year_end(self.ends, weekdays=WEEKDAYS, months=MONTHS)
        month = MONTHS.index(read["month"]) + 1
        nearest = None if read["day"] is None else int(read["day"])
        days = monthrange(2023, month)[1]  # the 29 February is no day of every year
        if nearest is not None and not 1 <= nearest <= days:
            raise PeriodError.no_year_end(self.ends, weekdays=WEEKDAYS, months=MONTHS)
        return WEEKDAYS.index(read["last"] or read["nearest"]), month, nearest

    @property
    def begins_on(self) -> int:
        """The weekday on which weeks, and years, begin; Monday is 0."""
        return (self._rule[0] + 1) % 7

    @property
    def begins_in(self) -> int:
        """The month in which years begin where they end on the day of the rule, or on its last."""
        _, month, nearest = self._rule
        early = nearest is not None and nearest <= 15
        return month if early else month % 12 + 1

    @property
    def months(self) -> int:
        """Months of a year: 12, or 13."""
        return len(PATTERNS[self.pattern])

    def a_year(self, period: str) -> int:
        """Return how many months, quarters or years there are in a year."""
        return {"month": self.months, "quarter": 4, "year": 1}[period]

    def last_day(self, year: int) -> date:
        """Return the last day of a year, by its number."""
        weekday, month, nearest = self._rule
        year += self._later
        if nearest is None:
            end = date(year, month, monthrange(year, month)[1])
            return end - timedelta(days=(end.weekday() - weekday) % 7)
        end = date(year, month, nearest)
        return end + timedelta(days=(weekday - end.weekday() + 3) % 7 - 3)

    def number(self, period: str, day: date) -> int:
        """Return the number of the month, quarter or year that holds a day."""
        year = day.year - 1
        while self.last_day(year) < day:
            year += 1
        week = ((day - self.last_day(year - 1)).days - 1) // 7
        place = sum(week >= start for start in self._starts(period)) - 1
        return year * self.a_year(period) + place

    def first_day(self, period: str, number: int) -> date:
        """Return the first day of a month, quarter or year."""
        year, place = divmod(number, self.a_year(period))
        return self.last_day(year - 1) + timedelta(days=1 + 7 * self._starts(period)[place])

    def weeks(self, period: str, number: int) -> int:
        """Return how many weeks a month, quarter or year has."""
        return (self.first_day(period, number + 1) - self.first_day(period, number)).days // 7

    def number_of(self, period: str, day: Any) -> Any:
        """Return the number of the month, quarter or year of a date column, as an expression."""
        year, week = self._year_and_week(day)
        return year * self.a_year(period) + self._place(period, week)

    def first_day_of(self, period: str, number: Any) -> Any:
        """Return the first day of numbered months, quarters or years, as an expression."""
        import ibis

        year = (number / self.a_year(period)).floor()
        place = number - year * self.a_year(period)
        block, each = self._blocks(period)
        whole = (place / each).floor()
        weeks = self._first_week(year) + whole * block
        for later, length in enumerate(PATTERNS[self.pattern][: each - 1], start=1):
            weeks = weeks + (place - whole * each >= later).ifelse(length, 0)
        days = (weeks * 7 + self.begins_on).cast("int32")
        return days_after(ibis.literal(EPOCH), days)

    def _year_and_week(self, day: Any) -> tuple[Any, Any]:
        """Return the year of each date, and the weeks of it before the date's, as expressions.

        From 1900 to 2099 each fourth year has a day more, so that years have 1461 / 28 weeks.
        """
        week = ((counted(day) - self.begins_on) / 7).floor()
        year = ((week * 28 + (27 - self._weeks_before)) / 1461).floor()
        return year, week - self._first_week(year)

    def _first_week(self, year: Any) -> Any:
        """Return the first week of each numbered year, counted from the epoch."""
        return ((year * 1461 + self._weeks_before) / 28).floor()

    @cached_property
    def _weeks_before(self) -> int:
        """28 times the weeks before the year 0, by which every year begins in its own week."""
        ends = {year: (self.last_day(year - 1) - EPOCH).days for year in range(1969, 2100)}
        return max(28 * ((end + 1) // 7) - 1461 * year for year, end in ends.items())

    def _place(self, period: str, week: Any) -> Any:
        """Return the place in the year of the month or quarter of a week, as an expression."""
        import ibis

        block, each = self._blocks(period)
        last = self.a_year(period) // each - 1  # the 53rd week is the last one's
        whole = ibis.least((week / block).floor(), last)
        place = whole * each
        for start in [*accumulate(PATTERNS[self.pattern])][: each - 1]:
            place = place + (week - whole * block >= start).ifelse(1, 0)
        return place

    def _blocks(self, period: str) -> tuple[int, int]:
        """Return the weeks after which the pattern of the periods repeats, and the periods in it.

        The quarters of thirteen months have three, the last one four.
        """
        if period == "year":
            return 53, 1
        if self.months == 13:
            return (4, 1) if period == "month" else (12, 1)
        return (13, 3) if period == "month" else (13, 1)

    def _starts(self, period: str) -> tuple[int, ...]:
        """Return the weeks of a year after which its months or quarters begin."""
        months = (0, *accumulate(PATTERNS[self.pattern]))[: self.months]
        return months if period == "month" else months[::3][: self.a_year(period)]

    @property
    def _later(self) -> int:
        """Years from a year's number to the calendar year of its rule."""
        return int(self._rule[1] <= 2)


def counted(day: Any) -> Any:
    """Return dates as days since the epoch, as an expression."""
    import ibis

    return day.delta(ibis.literal(EPOCH), unit="day")
