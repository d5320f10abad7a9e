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
from revkit.sources.mapping.time import moments as parsers
from revkit.sources.mapping.time.epochs import filled, since_epoch
from revkit.sources.mapping.time.moments import Moments, placed, written

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOMENT = r"^\d{4}-\d{2}-\d{2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?)?$"
_OFFSET = r":\d{2}(\.\d+)? ?(Z|[+-]\d{2}(:?\d{2})?)$"
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
        When a date format has a part that only DuckDB reads, on another engine.
    DataError
        When no value of this type could become the declared one.
    """
    text = column.type().is_string() and column.get_backend().name != "duckdb"
    if style == DateStyle() and not (parse or text):
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
    if style.epoch is not None:
        return since_epoch(column, declared, style.epoch, style.zone)
    if text and style.formats:
        return _formatted(column, declared, style, file)
    if text and style.zone is not None:
        return _written_moments(column, declared, style.zone)
    if text and not local:
        return _plain_text(column, declared)
    if style.zone is not None and declared.type == "date" and column.type().is_timestamp():
        moment = read(column, replace(declared, type="timestamp"), table=file, parses=local).value
        return local_day(moment, style.zone), []
    reading = read(column, declared, table=file, parses=local)
    return reading.value, reading.problems(column.get_name())


def _plain_text(column: Any, declared: ColumnSchema) -> Read:
    """Return ISO text as days or moments in UTC, where a day is a moment only at midnight."""
    import ibis

    theirs, found = column.get_name(), parsers.iso(column)
    moment = ibis.coalesce(found.written, found.moved)
    value, bad = moment, filled(column) & moment.isnull()
    if declared.type == "date":
        value = moment.cast("date")
        bad |= (moment != value.cast("timestamp")).fill_null(False)
    remedy = "Correct it, or say in the mapping how it is written: {format}."
    return value, [
        Problem(bad, f"{theirs} is not a date written year-month-day", (theirs,), remedy)
    ]


def _formatted(column: Any, declared: ColumnSchema, style: DateStyle, file: str) -> Read:
    """Return text parsed by formats, of which any two that fit must agree."""
    import ibis

    theirs, formats = column.get_name(), style.formats
    moments = [_by_format(column, pattern, declared, style.zone, file) for pattern in formats]
    if style.iso:
        moments.append(_written_moments(column, declared, style.zone)[0])
    value, ways = ibis.coalesce(*moments), " or ".join(formats)
    remedy = "Correct it, or date_format in the mapping: {format}."
    if "%Y" in ways:
        remedy += ' A time needs a format of its own, such as "%Y-%m-%d %H:%M".'
    what = f"{theirs} is not a day written as {ways}, for {declared.name}"
    problems = [Problem(filled(column) & value.isnull(), what, (theirs,), remedy)]
    if len(moments) > 1:
        # null where one of the two does not fit, which is no problem
        apart = [(one != other).fill_null(False) for one, other in combinations(moments, 2)]
        what = f"{theirs} could be two different days by {ways}, for {declared.name}"
        remedy = "Give date_format only formats that never read the same text as different days."
        problems.append(Problem(reduce(or_, apart), what, (theirs,), remedy))
    return value, problems


def _by_format(
    column: Any, pattern: str, declared: ColumnSchema, zone: str | None, file: str
) -> Any:
    """Return text parsed by one format; null where it does not fit."""
    import ibis

    if column.get_backend().name != "duckdb":
        found = parsers.by_format(column, pattern)
        if found is None:
            raise MappingError.no_parsing(file, column=column.get_name(), format=pattern)
        return _both(found, declared, zone)
    offset = "%z" in pattern
    gives = "timestamp('UTC')" if offset else "timestamp"

    @ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), gives))
    def parsed(text, pattern): ...  # type: ignore[no-untyped-def]

    moment = parsed(column, pattern)
    if offset:
        return placed(in_zone("UTC", moment), declared, zone or "UTC")
    return written(moment, declared, zone)


def _written_moments(column: Any, declared: ColumnSchema, zone: str | None) -> Read:
    """Return ISO text as days or moments; those with an offset are moved to the zone."""
    theirs = column.get_name()
    local = column.get_backend().name == "duckdb"
    value = _both(_iso(column) if local else parsers.iso(column), declared, zone)
    what = f"{theirs} is not a date or a moment written year-month-day hour:minute"
    remedy = "Correct it, or say in the mapping how it is written: {format}."
    return value, [Problem(filled(column) & value.isnull(), what, (theirs,), remedy)]


def _iso(column: Any) -> Moments:
    """Return ISO text as moments, by DuckDB's own parser."""
    import ibis

    iso, offset = column.re_search(_MOMENT), column.re_search(_OFFSET)
    # DuckDB reads an offset after seconds alone, and with its minutes after a colon
    full = column.re_replace(r"^(.{10}[ T]\d{1,2}:\d{2}) ?(Z|[+-])", r"\1:00\2")
    full = full.re_replace(r" ?([+-]\d{2})(\d{2})$", r"\1:\2")
    moved = (iso & offset).ifelse(full.try_cast("timestamp('UTC')"), ibis.null("timestamp('UTC')"))
    as_is = (iso & ~offset).ifelse(column.try_cast("timestamp"), ibis.null("timestamp"))
    return Moments(as_is, in_zone("UTC", moved))


def _both(found: Moments, declared: ColumnSchema, zone: str | None) -> Any:
    """Return moments with an offset, and those without one by the clocks of a zone."""
    import ibis

    as_is = written(found.written, declared, zone)
    if found.moved is None:
        return as_is
    return ibis.coalesce(placed(found.moved, declared, zone or "UTC"), as_is)
