"""Days of moments in a time zone, and expressions of them that any engine understands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from inspect import Parameter, Signature
from typing import Any
from zoneinfo import ZoneInfo

from revkit.errors import PeriodError


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


def days_after(day: Any, days: Any = 1) -> Any:
    """Return the dates so many days after others, a number or an expression, as an expression."""
    import ibis

    later = ibis.interval(days=days) if isinstance(days, int) else days.as_interval("D")
    # a date and an interval are a timestamp on some engines, whatever Ibis says
    return (day.cast("timestamp") + later).cast("date")


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
