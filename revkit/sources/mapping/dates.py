"""Dates of a mapping: by formats, moments cut to their day, epochs, open and inclusive ends.

Text that cannot be parsed, or that could be two different days, is refused and never guessed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import combinations
from operator import or_
from typing import TYPE_CHECKING, Any

from revkit.dataset.validation import Problem, read
from revkit.errors import MappingError
from revkit.periods import in_zone, local_day
from revkit.schema import ColumnSchema
from revkit.sources.mapping.model import DateStyle

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOMENT = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?)?$"
_OFFSET = r":\d{2}(\.\d+)? ?(Z|[+-]\d{2}(:?\d{2})?)$"
_WHOLE = r"^-?\d{1,15}(\.0+)?$"
_LAST = 253_402_300_799  # the last second of 9999

Read = tuple[Any, list[Problem]]


def read_dates(column: ir.Column, declared: ColumnSchema, style: DateStyle, file: str) -> Read:
    """Return a column read as dates or timestamps in a style, and the rules of its rows.

    Parameters
    ----------
    declared
        The column of the schema.
    file
        The mapping, for messages.

    Raises
    ------
    MappingError
        When text is to be parsed on another engine than DuckDB.
    DataError
        When no value of this type could become the declared one.
    """
    if style == DateStyle():
        return column, []
    value, problems = _parsed(column, declared, style, file)
    if style.open_ended:
        ends = value.cast("date").isin(list(style.open_ended))
        value = ends.ifelse(value.nullif(value), value)
    if style.inclusive:
        import ibis

        value = (value.cast("timestamp") + ibis.interval(days=1)).cast(value.type())
    return value, problems


def _parsed(column: Any, declared: ColumnSchema, style: DateStyle, file: str) -> Read:
    """Return the dates or timestamps that a column holds, and the rules of its rows."""
    text, local = column.type().is_string(), column.get_backend().name == "duckdb"
    if not local and (style.epoch or (text and (style.formats or style.zone))):
        ways = style.formats or ([f"epoch: {style.epoch}"] if style.epoch else ["moments"])
        raise MappingError.no_parsing(file, column=column.get_name(), formats=ways)
    if style.epoch is not None:
        return _epoch(column, declared, style)
    if text and style.formats:
        return _formatted(column, declared, style)
    if text and style.zone is not None:
        return _written_moments(column, declared, style.zone)
    if style.zone is not None and declared.type == "date" and column.type().is_timestamp():
        moment = read(column, replace(declared, type="timestamp"), table=file, parses=local).value
        return local_day(moment, style.zone), []
    reading = read(column, declared, table=file, parses=local)
    return reading.value, reading.problems(column.get_name())


def _formatted(column: Any, declared: ColumnSchema, style: DateStyle) -> Read:
    """Return text parsed by formats, of which any two that fit must agree."""
    import ibis

    theirs, formats = column.get_name(), style.formats
    moments = [_by_format(column, pattern, declared, style.zone) for pattern in formats]
    value, ways = ibis.coalesce(*moments), " or ".join(formats)
    remedy = "Correct it, or correct date_format in the mapping."
    if "%Y" in ways:
        remedy += ' A time needs a format of its own, such as "%Y-%m-%d %H:%M".'
    what = f"{theirs} is not a day written as {ways}, for {declared.name}"
    problems = [Problem(column.notnull() & value.isnull(), what, (theirs,), remedy)]
    if len(moments) > 1:
        # null where one of the two does not fit, which is no problem
        apart = [(one != other).fill_null(False) for one, other in combinations(moments, 2)]
        what = f"{theirs} could be two different days by {ways}, for {declared.name}"
        remedy = "Give date_format only formats that never read the same text as different days."
        problems.append(Problem(reduce(or_, apart), what, (theirs,), remedy))
    return value, problems


def _by_format(column: Any, pattern: str, declared: ColumnSchema, zone: str | None) -> Any:
    """Return text parsed by one format; null where it does not fit."""
    import ibis

    offset = "%z" in pattern
    gives = "timestamp('UTC')" if offset else "timestamp"

    @ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), gives))
    def parsed(text, pattern): ...  # type: ignore[no-untyped-def]

    moment = parsed(column, pattern)
    if offset:
        return _placed(in_zone("UTC", moment), declared, zone or "UTC")
    return _written(moment, declared, zone)


def _written_moments(column: Any, declared: ColumnSchema, zone: str) -> Read:
    """Return ISO text as days or moments; those with an offset are moved to the zone."""
    import ibis

    theirs = column.get_name()
    iso, offset = column.re_search(_MOMENT), column.re_search(_OFFSET)
    # DuckDB reads an offset after seconds alone, and with its minutes after a colon
    full = column.re_replace(r"^(.{10}[ T]\d{2}:\d{2}) ?(Z|[+-])", r"\1:00\2")
    full = full.re_replace(r" ?([+-]\d{2})(\d{2})$", r"\1:\2")
    moved = (iso & offset).ifelse(full.try_cast("timestamp('UTC')"), ibis.null("timestamp('UTC')"))
    written = (iso & ~offset).ifelse(column.try_cast("timestamp"), ibis.null("timestamp"))
    value = ibis.coalesce(
        _placed(in_zone("UTC", moved), declared, zone), _written(written, declared, zone)
    )
    what = f"{theirs} is not a date or a moment written year-month-day hour:minute"
    remedy = "Correct it, or say in the mapping how it is written: date_format."
    return value, [Problem(column.notnull() & value.isnull(), what, (theirs,), remedy)]


def _epoch(column: Any, declared: ColumnSchema, style: DateStyle) -> Read:
    """Return whole seconds or milliseconds since 1970 as days or moments in UTC."""
    import ibis

    theirs, per_second = column.get_name(), 1000 if style.epoch == "ms" else 1
    number = column
    if not column.type().is_integer():
        text = column.cast("string")
        number = text.re_search(_WHOLE).ifelse(text.try_cast("float64"), ibis.null("float64"))
        number = number.cast("int64")
    fits = number.between(-_LAST * per_second, _LAST * per_second)
    whole = fits.ifelse(number, ibis.null("int64"))
    moment = (whole * (1000 // per_second)).as_timestamp("ms")
    unit = "milliseconds" if style.epoch == "ms" else "seconds"
    what = f"{theirs} is not a whole number of {unit} since 1970, for {declared.name}"
    remedy = "Correct it, or correct epoch in the mapping."
    value = _placed(moment, declared, style.zone or "UTC")
    return value, [Problem(column.notnull() & whole.isnull(), what, (theirs,), remedy)]


def _placed(moment: Any, declared: ColumnSchema, zone: str) -> Any:
    """Return a moment in UTC as it is, or as its day in a zone where a day is declared."""
    return local_day(moment, zone) if declared.type == "date" else moment


def _written(moment: Any, declared: ColumnSchema, zone: str | None) -> Any:
    """Return a moment as a zone's clocks write it: its day, or the moment in UTC."""
    if declared.type == "date":
        return moment.cast("date")
    return moment if zone is None else in_zone("UTC", in_zone(zone, moment))
