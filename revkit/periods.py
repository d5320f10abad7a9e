"""Calendar: days in a time zone, and numbered periods that any engine can count and shift."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from revkit.errors import PeriodError

if TYPE_CHECKING:
    import ibis.expr.types as ir

FIRST, LAST = date(1970, 1, 1), date(2098, 12, 31)
"""The days that can be; 2099-12-31 and 9999-12-31 stand for an end that is open."""

PERIODS = ("day", "week", "month", "quarter", "year")
_EPOCH = date(1900, 1, 1)  # a Monday, so that weeks begin where seven divides
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


def zone(name: Any) -> ZoneInfo:
    """Return the time zone of an IANA name.

    Raises
    ------
    PeriodError
        When there is no such time zone.

    Examples
    --------
    >>> zone("Europe/Rome").key
    'Europe/Rome'
    """
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError, TypeError):
        from zoneinfo import available_timezones

        raise PeriodError.no_zone(name, known=sorted(available_timezones())) from None


def local_day(column: Any, timezone: str) -> Any:
    """Return the local date of each moment of a column in a time zone.

    The only place where moments become days; a bare ``cast("date")`` would ignore the zone.

    Parameters
    ----------
    column
        Timestamps in UTC, or dates, which are returned as they are; an Ibis expression or a
        deferred one.
    timezone
        The policy's time zone.

    Examples
    --------
    >>> import ibis
    >>> late = ibis.timestamp("2026-03-31 23:30:00")
    >>> [str(local_day(late, zone).to_pyarrow()) for zone in ("UTC", "Europe/Rome")]
    ['2026-03-31', '2026-04-01']
    """
    from ibis.common.deferred import Deferred, deferrable

    if isinstance(column, Deferred):
        return deferrable(local_day)(column, timezone)
    if column.type().is_date():
        return column
    return (column if timezone == "UTC" else _wall_clock(column, timezone)).cast("date")


def elapsed(start: Any, end: Any, seconds: float) -> Any:
    """Return the time between moments in units of so many seconds, as an expression."""
    # of whole numbers Spark would make a decimal with a few digits
    return (end.epoch_seconds() - start.epoch_seconds()).cast("float64") / seconds


def days_after(day: Any, days: int = 1) -> Any:
    """Return the dates so many days after others, as an expression."""
    import ibis

    # a date and an interval are a timestamp on some engines, whatever Ibis says
    return (day.cast("timestamp") + ibis.interval(days=days)).cast("date")


def day_before(day: Any) -> Any:
    """Return the day before each date, as an expression."""
    import ibis

    return (day.cast("timestamp") - ibis.interval(days=1)).cast("date")


def day_of(moment: date, timezone: str) -> date:
    """Return the local date of a moment in UTC; a date is returned as it is.

    >>> day_of(datetime(2026, 3, 31, 23, 30), "Europe/Rome")
    datetime.date(2026, 4, 1)
    """
    if not isinstance(moment, datetime):
        return moment
    known = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return known.astimezone(zone(timezone)).date()


def local_dates(moments: Mapping[str, date], timezone: str) -> dict[str, date]:
    """Return the local date of each of several moments, as :func:`day_of` does for one."""
    return {name: day_of(moment, timezone) for name, moment in moments.items()}


def begin(day: date, timezone: str) -> datetime:
    """Return the moment at which a day begins in a time zone, in UTC without tzinfo.

    >>> begin(date(2026, 4, 1), "Europe/Rome")
    datetime.datetime(2026, 3, 31, 22, 0)
    """
    midnight = datetime.combine(day, time(), zone(timezone))
    return midnight.astimezone(UTC).replace(tzinfo=None)


def _wall_clock(column: Any, timezone: str) -> Any:
    """Return UTC timestamps as local time, by the function that the column's engine has for it."""
    from ibis.common.exceptions import IbisError

    try:
        engine = column.get_backend().name
    except IbisError:  # a table of no engine, of which only the query is asked
        engine = ""
    if engine in ("pyspark", "databricks"):
        converted = _engine_function("convert_timezone", "string", "string", column.type())
        return converted("UTC", timezone, column)
    placed = _engine_function("timezone", "string", column.type(), gives="timestamp('UTC')")
    shown = _engine_function("timezone", "string", "timestamp('UTC')")
    return shown(timezone, placed("UTC", column))


def in_zone(zone: str, moment: Any) -> Any:
    """Return a moment with a zone as that zone's clocks write it, or the other way round."""
    gives = "timestamp('UTC')" if moment.type().timezone is None else "timestamp"
    return _engine_function("timezone", "string", moment.type(), gives=gives)(zone, moment)


def clock_to_utc(moment: Any, timezone: str) -> Any:
    """Return moments that a zone's clocks write as moments in UTC, neither with a zone."""
    if moment.get_backend().name in ("pyspark", "databricks"):
        converted = _engine_function("convert_timezone", "string", "string", moment.type())
        return converted(timezone, "UTC", moment)
    return in_zone("UTC", in_zone(timezone, moment))


@cache  # so that the same day is the same expression wherever it is cut
def _engine_function(name: str, *takes: Any, gives: str = "timestamp") -> Any:
    """Return a built-in function of the engine, by its name and the types of its arguments."""
    import ibis

    def body(*arguments): ...  # type: ignore[no-untyped-def]

    names = ("one", "two", "three")[: len(takes)]
    body.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(name, Parameter.POSITIONAL_ONLY) for name in names]
    )
    return ibis.udf.scalar.builtin(name=name, signature=(takes, gives))(body)


@dataclass(frozen=True)
class Calendar:
    """Consecutive periods, numbered by consecutive integers.

    Parameters
    ----------
    period
        day, week (from Monday), month, quarter or year, or None: one period, number 0, from
        ``start`` to ``end``; days before it have number -1, days after it 1.
    fiscal_year_start
        Month, 1 to 12, in which the fiscal year begins; it moves quarters and years.
    start, end
        First day, and day after the last, of the one period when ``period`` is None.

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
            months = day.year * 12 + day.month - 1
            return (months - self._shift) // _MONTHS[self.period]
        days = (day - _EPOCH).days
        return days // 7 if self.period == "week" else days

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
        elif self.period in _MONTHS:
            number = day.year() * 12 + (day.month() - 1 - self._shift)
            if self.period != "month":
                number = (number / _MONTHS[self.period]).floor()
        else:
            number = day.delta(ibis.literal(_EPOCH), unit="day")
            if self.period == "week":
                number = (number / 7).floor()
        counted: ir.IntegerValue = number.cast("int64")
        return counted

    def first_day(self, number: int) -> date:
        """Return the first day of a period."""
        if self.period is None:
            if number <= 0:
                return self.start or date.min
            return self.end or date.max
        if self.period in _MONTHS:
            months = number * _MONTHS[self.period] + self._shift
            return date(months // 12, months % 12 + 1, 1)
        return _EPOCH + timedelta(days=number * (7 if self.period == "week" else 1))

    def opens(self, number: int) -> date:
        """Return the first day of a period; 1900-01-01 for a whole range without a start."""
        return _EPOCH if self.period is None and self.start is None else self.first_day(number)

    @property
    def start_is_known(self) -> bool:
        """False for a whole range without a start, in which every row counts."""
        return self.period is not None or self.start is not None

    @property
    def months(self) -> int:
        """Months per period; 0 for days, weeks and a whole range."""
        return _MONTHS.get(self.period or "", 0)

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

        >>> Calendar("quarter").season(Calendar("quarter").number(date(2026, 8, 1)))
        7
        """
        first = self.first_day(number)
        return first.weekday() if self.period == "day" else first.month

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
        return number * _MONTHS[self.period] + self._shift

    def number_of_month(self, month: Any) -> Any:
        """Return the number of the first period that opens in or after a numbered month."""
        size = _MONTHS[self.period or "month"]
        return ((month - self._shift) / size).ceil().cast("int64")

    def a_year(self) -> int:
        """Return the periods per year, for comparisons with the year before.

        Raises
        ------
        PeriodError
            For days, weeks and a whole range.
        """
        per_year = {"year": 1, "quarter": 4, "month": 12}
        if self.period not in per_year:
            raise PeriodError.no_year(self.period)
        return per_year[self.period]

    @property
    def _shift(self) -> int:
        """Months by which the fiscal year starts after January; 0 for plain months."""
        return 0 if self.period == "month" else self.fiscal_year_start - 1
