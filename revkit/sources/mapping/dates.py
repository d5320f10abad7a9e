"""Dates of a mapping: by formats, moments cut to their day, epochs, open and inclusive ends.

Text that cannot be parsed, or that could be two different days, is refused and never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from itertools import combinations
from operator import or_
from typing import TYPE_CHECKING, Any

from revkit.dataset.validation import Problem, read
from revkit.errors import MappingError
from revkit.periods import in_zone, local_day
from revkit.schema import ColumnSchema
from revkit.sources.mapping.model import ColumnMapping, MappingFile

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOMENT = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?)?$"
_OFFSET = r":\d{2}(\.\d+)? ?(Z|[+-]\d{2}(:?\d{2})?)$"
_WHOLE = r"^-?\d{1,15}(\.0+)?$"
_SERIAL = r"^[0-9]{1,7}([.][0-9]*)?$"
_EXCEL_1970 = 25_569  # Excel's number of 1 January 1970
_LAST_SERIAL = 2_958_465  # 31 December 9999
_LAST = 253_402_300_799  # the last second of 9999

Read = tuple[Any, list[Problem]]


@dataclass(frozen=True)
class DateStyle:
    """The way a column writes its dates; ``iso`` lets moments be written as in ISO, too."""

    formats: tuple[str, ...] = ()
    zone: str | None = None
    epoch: str | None = None
    open_ended: tuple[date, ...] = ()
    inclusive: bool = False
    iso: bool = False

    @classmethod
    def of(
        cls, mapping: MappingFile, origin: ColumnMapping, declared: ColumnSchema, inclusive: bool
    ) -> DateStyle:
        """Return the style of a column: its own settings, else those of the whole file."""
        formats, iso = origin.date_format, False
        if formats is None and origin.epoch is None:
            # a file that writes days in its country's way often has moments of a machine
            formats, iso = mapping.date_format, declared.type == "timestamp"
        ended = mapping.open_ended if origin.open_ended is None else origin.open_ended
        zone = origin.zone or mapping.zone
        return cls(formats or (), zone, origin.epoch, ended, inclusive, iso and bool(formats))


def read_dates(
    column: ir.Column, declared: ColumnSchema, style: DateStyle, file: str, *, parse: bool = False
) -> Read:
    """Return a column read as dates or timestamps in a style, and the rules of its rows.

    Parameters
    ----------
    declared
        The column of the schema.
    file
        The mapping, for messages.
    parse
        Whether to parse also a column without settings, which else is left as it is.

    Raises
    ------
    MappingError
        When text is to be parsed on another engine than DuckDB.
    DataError
        When no value of this type could become the declared one.
    """
    if style == DateStyle() and not parse:
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
    if style.iso:
        moments.append(_written_moments(column, declared, style.zone)[0])
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


def _written_moments(column: Any, declared: ColumnSchema, zone: str | None) -> Read:
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
        _placed(in_zone("UTC", moved), declared, zone or "UTC"), _written(written, declared, zone)
    )
    what = f"{theirs} is not a date or a moment written year-month-day hour:minute"
    remedy = "Correct it, or say in the mapping how it is written: date_format."
    return value, [Problem(column.notnull() & value.isnull(), what, (theirs,), remedy)]


def _epoch(column: Any, declared: ColumnSchema, style: DateStyle) -> Read:
    """Return whole seconds or milliseconds since 1970 as days or moments in UTC."""
    import ibis

    if style.epoch == "excel":
        return _serial(column, declared, style.zone)
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


def _serial(column: Any, declared: ColumnSchema, zone: str | None) -> Read:
    """Return the numbers that Excel keeps for days and moments, as its clock writes them."""
    import ibis

    theirs, number = column.get_name(), column
    if column.type().is_string():
        text = column.re_search(_SERIAL).ifelse(column, ibis.null("string"))
        number = text.cast("float64")
    number = number.cast("float64")
    # before 61 Excel counts a 29 February 1900, which there was not
    days = number.between(61, _LAST_SERIAL).ifelse(number, ibis.null("float64"))
    # a moment is a fraction of a day, which no float holds to the millisecond
    seconds = ((days - _EXCEL_1970) * 86_400).round().cast("int64")
    what = f"{theirs} is not the number of a day in Excel, such as 45657, for {declared.name}"
    remedy = "Correct it, or correct epoch in the mapping."
    problem = Problem(column.notnull() & days.isnull(), what, (theirs,), remedy)
    return _written((seconds * 1000).as_timestamp("ms"), declared, zone), [problem]


def _placed(moment: Any, declared: ColumnSchema, zone: str) -> Any:
    """Return a moment in UTC as it is, or as its day in a zone where a day is declared."""
    return local_day(moment, zone) if declared.type == "date" else moment


def _written(moment: Any, declared: ColumnSchema, zone: str | None) -> Any:
    """Return a moment as a zone's clocks write it: its day, or the moment in UTC."""
    if declared.type == "date":
        return moment.cast("date")
    return moment if zone is None else in_zone("UTC", in_zone(zone, moment))
