"""Calendar: numbered periods that any engine can count and shift."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from revkit.errors import PeriodError
from revkit.periods.moments import day_before
from revkit.periods.weeks import EPOCH, WEEKDAYS, WeekYear, counted

if TYPE_CHECKING:
    import ibis.expr.types as ir

FIRST, LAST = date(1970, 1, 1), date(2098, 12, 31)
"""The days that can be; 2099-12-31 and 9999-12-31 stand for an end that is open."""

PERIODS = ("day", "week", "month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def day(value: Any, *, name: str) -> date:
    """Return the date given as a date, a timestamp or ISO text.

    Parameters
    ----------
    name
        The parameter it was given as, for the message.

    Raises
    ------
    PeriodError
        When it is none of these, or lies outside of :data:`FIRST` to :data:`LAST`.

    Examples
    --------
    >>> day("2026-03-31", name="as_of")
    datetime.date(2026, 3, 31)
    """
    found = _day(value, name)
    if not FIRST <= found <= LAST:
        raise PeriodError.impossible(name, found, first=FIRST, last=LAST)
    return found


def months_between(first: date, last: date) -> float:
    """Return the length in months of the days from one to another, both included.

    Whole months count one each, the rest as the share of its month.

    Examples
    --------
    >>> months_between(date(2026, 2, 1), date(2026, 3, 31)), months_between(
    ...     date(2026, 1, 17), date(2026, 2, 14)
    ... )
    (2.0, 0.983870967741935...)
    """
    begun, ended = ((day.year * 12 + day.month) for day in (first, last))
    before = (first.day - 1) / monthrange(first.year, first.month)[1]
    return ended - begun + last.day / monthrange(last.year, last.month)[1] - before


def _day(value: Any, name: str) -> date:
    """Return the date given as a date, a timestamp or ISO text, whenever it is."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise PeriodError.not_a_date(name, value) from None
    if value is None or value != value:  # pandas has a moment that is none, NaT
        raise PeriodError.not_a_date(name, value)
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    if hasattr(value, "hour"):
        return date(value.year, value.month, value.day)
    if isinstance(value, date):
        return value
    raise PeriodError.not_a_date(name, value)


@dataclass(frozen=True)
class Calendar:
    """Consecutive periods, numbered by consecutive integers.

    Parameters
    ----------
    period
        day, week, month, quarter or year, or None: one period, number 0, from ``start`` to
        ``end``; days before it have number -1, days after it 1.
    fiscal_year_start
        Month, 1 to 12, in which the fiscal year begins; it moves quarters and years.
    start, end
        First day, and day after the last, of the one period when ``period`` is None.
    week_start
        The weekday on which weeks begin; Monday is 0.
    weeks
        Years of whole weeks, whose months, quarters and years these are; None for months of the
        calendar.

    Raises
    ------
    PeriodError
        When there is no such period.

    Examples
    --------
    >>> quarters = Calendar("quarter", fiscal_year_start=2)
    >>> quarters.first_day(quarters.number(date(2026, 1, 31)))
    datetime.date(2025, 11, 1)
    """

    period: str | None
    fiscal_year_start: int = 1
    start: date | None = None
    end: date | None = None
    week_start: int = 0
    weeks: WeekYear | None = None

    def __post_init__(self) -> None:
        if self.period is not None and self.period not in [*PERIODS]:
            raise PeriodError.unknown(self.period, known=PERIODS)

    def number(self, day: date) -> int:
        """Return the number of a day's period."""
        if self.period is None:
            before = self.start is not None and day < self.start
            after = self.end is not None and day >= self.end
            return -1 if before else 1 if after else 0
        if self.period in _MONTHS:
            if self.weeks is not None:
                return self.weeks.number(self.period, day)
            months = day.year * 12 + day.month - 1
            return (months - self._shift) // _MONTHS[self.period]
        days = (day - EPOCH).days
        return (days - self.week_start) // 7 if self.period == "week" else days

    def number_of(self, day: ir.DateValue) -> ir.IntegerValue:
        """Return the period number of a date column, as an expression."""
        import ibis

        number: Any
        if self.period is None:
            number = ibis.literal(0)
            if self.end is not None:
                number = (day >= ibis.literal(self.end)).ifelse(1, number)
            if self.start is not None:
                number = (day < ibis.literal(self.start)).ifelse(-1, number)
            number = day.notnull().ifelse(number, ibis.null("int64"))
        elif self.period in _MONTHS and self.weeks is not None:
            number = self.weeks.number_of(self.period, day)
        elif self.period in _MONTHS:
            number = day.year() * 12 + (day.month() - 1 - self._shift)
            if self.period != "month":
                number = (number / _MONTHS[self.period]).floor()
        else:
            number = counted(day)
            if self.period == "week":
                number = ((number - self.week_start) / 7).floor()
        whole: ir.IntegerValue = number.cast("int64")
        return whole

    def first_day(self, number: int) -> date:
        """Return the first day of a period."""
        if self.period is None:
            if number <= 0:
                return self.start or date.min
            return self.end or date.max
        if self.period in _MONTHS:
            if self.weeks is not None:
                return self.weeks.first_day(self.period, number)
            months = number * _MONTHS[self.period] + self._shift
            return date(months // 12, months % 12 + 1, 1)
        week = self.period == "week"
        return EPOCH + timedelta(days=number * 7 + self.week_start if week else number)

    def last_day_of(self, day: Any) -> Any:
        """Return the last day of the month, quarter or year of each date, as an expression."""
        return day_before(self._first_day_of(self.number_of(day) + 1))

    def _first_day_of(self, number: Any) -> Any:
        """Return the first day of each numbered month, quarter or year, as an expression."""
        if self.weeks is not None:
            return self.weeks.first_day_of(str(self.period), number)
        return _first_of_month(number * _MONTHS[str(self.period)] + self._shift)

    def opens(self, number: int) -> date:
        """Return the first day of a period; 1900-01-01 for a whole range without a start."""
        return EPOCH if self.period is None and self.start is None else self.first_day(number)

    @property
    def start_is_known(self) -> bool:
        """False for a whole range without a start, in which every row counts."""
        return self.period is not None or self.start is not None

    @property
    def is_of_weeks(self) -> bool:
        """Report whether these are months, quarters or years of whole weeks."""
        return self.weeks is not None and self.period in _MONTHS

    def weeks_in(self, number: int, periods: int = 1) -> int:
        """Return how many whole weeks a period has, or so many periods that end with it."""
        return (self.first_day(number + 1) - self.first_day(number + 1 - periods)).days // 7

    @property
    def months(self) -> int:
        """Calendar months per period; 0 for days, weeks, periods of weeks and a whole range."""
        return 0 if self.weeks is not None else _MONTHS.get(self.period or "", 0)

    def last_day(self, number: int) -> date:
        """Return the last day of a period."""
        return self.first_day(number + 1) - timedelta(days=1)

    def unfinished(self, numbers: Iterable[int], last: date) -> dict[str, int]:
        """Return the days that the period of the last day on record lacks, by its first day.

        Empty where no day is missing, or where the period is none of those numbered.

        >>> months = Calendar("month")
        >>> months.unfinished([months.number(date(2026, 11, 1))], date(2026, 11, 28))
        {'2026-11-01': 2}
        """
        current = self.number(last)
        if self.period is None or current not in [int(number) for number in numbers]:
            return {}
        missing = (self.last_day(current) - last).days
        return {self.first_day(current).isoformat(): missing} if missing else {}

    def season(self, number: int) -> int:
        """Return the season of a period: the month it begins in, the weekday of a day.

        Of months and quarters of whole weeks, their place in the year.

        >>> Calendar("quarter").season(Calendar("quarter").number(date(2026, 8, 1)))
        7
        """
        if self.weeks is not None and self.period in _MONTHS:
            return self.place(number)[1]
        first = self.first_day(number)
        return first.weekday() if self.period == "day" else first.month

    def place(self, number: int) -> tuple[int, int]:
        """Return the fiscal year of a month, quarter or year, and its place in it from 1.

        >>> weeks = WeekYear("4-5-4", "saturday nearest january 31")
        >>> quarters = Calendar("quarter", weeks=weeks)
        >>> quarters.place(quarters.number(date(2024, 2, 3)))
        (2023, 4)
        """
        year, place = divmod(number, self.a_year())
        return year, place + 1

    def opening_month(self, number: Any, default: Any) -> Any:
        """Return the first month of each period number, as an expression.

        Months are numbered ``year * 12 + month - 1``. The one period of a range without a
        ``start`` opens with each row's ``default``.
        """
        import ibis

        if self.period is None:
            if self.start is None:
                return default
            return ibis.literal(self.start.year * 12 + self.start.month - 1)
        if self.weeks is not None:
            first = self._first_day_of(number)
            return (first.year() * 12 + first.month() - 1).cast("int64")
        return number * _MONTHS[self.period] + self._shift

    def number_of_month(self, month: Any) -> Any:
        """Return the number of the first period that opens in or after a numbered month."""
        if self.weeks is not None and self.period is not None:
            return self.number_of(day_before(_first_of_month(month))) + 1
        size = _MONTHS[self.period or "month"]
        return ((month - self._shift) / size).ceil().cast("int64")

    def a_year(self) -> int:
        """Return the periods per year, for comparisons with the year before.

        Raises
        ------
        PeriodError
            For days, weeks and a whole range.
        """
        if self.period not in _MONTHS:
            raise PeriodError.no_year(self.period)
        if self.weeks is not None:
            return self.weeks.a_year(self.period)
        return 12 // _MONTHS[self.period]

    @property
    def _shift(self) -> int:
        """Months by which the fiscal year starts after January; 0 for plain months."""
        return 0 if self.period == "month" else self.fiscal_year_start - 1


def _first_of_month(month: Any) -> Any:
    """Return the first day of months numbered ``year * 12 + month - 1``, as an expression."""
    import ibis

    year = (month / 12).floor()
    return ibis.date(year.cast("int32"), (month - year * 12 + 1).cast("int32"), 1)


def calendar_by(
    rules: Mapping[Any, Any],
    period: str | None,
    start: date | None = None,
    end: date | None = None,
) -> Calendar:
    """Return the calendar of some periods by a policy's rules, or by the ``attrs`` of a result.

    Parameters
    ----------
    rules
        ``fiscal_year_start``, ``week_start``, ``calendar`` and ``year_ends``; any may be absent.
    period, start, end
        As of :class:`Calendar`.

    Examples
    --------
    >>> calendar_by({"week_start": "sunday"}, "week").first_day(0)
    datetime.date(1900, 1, 7)
    """
    pattern = rules.get("calendar")
    weeks = None if pattern is None else WeekYear(pattern, str(rules["year_ends"]))
    begins = WEEKDAYS.index(rules.get("week_start") or WEEKDAYS[0])
    begins = begins if weeks is None else weeks.begins_on
    return Calendar(period, int(rules.get("fiscal_year_start") or 1), start, end, begins, weeks)
