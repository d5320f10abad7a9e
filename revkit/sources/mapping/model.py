"""Content of a mapping file, checked by its types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from revkit.errors import PeriodError
from revkit.periods import zone as known_zone
from revkit.schema import TABLES, ColumnSchema

Word = bool | int | float | datetime | date | str | None


_DIRECTIVE = re.compile(r"%-?.?")
_KNOWN = {
    *(f"%{letter}" for letter in "aAbBcdfgGHIjmMnpSuUVwWxXyYzZ%"),
    *(f"%-{letter}" for letter in "dHIjmMSy"),
}


def _several(given: Any) -> tuple[str, ...]:
    """Return one format or a list of formats as a tuple."""
    formats = tuple(given) if isinstance(given, list) else (given,)
    if not formats or not all(isinstance(each, str) for each in formats):
        raise ValueError('it must be a format such as "%d/%m/%Y", or a list of them')
    for each in formats:
        parts = _DIRECTIVE.findall(each)
        if unknown := [part for part in parts if part not in _KNOWN]:
            raise ValueError(f"{each!r} has {unknown[0]!r}, which no date format has")
        if not {"%Y", "%y", "%-y", "%c", "%x", "%G"} & set(parts):
            raise ValueError(f"{each!r} has no year; a format is such as '%d/%m/%Y'")
    return formats


def _day(given: Any) -> date:
    """Return a day of YAML, or one written as ISO text."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise ValueError(f"{given!r} is not a day such as 2025-12-31") from None


def _zone(given: Any) -> str:
    """Return the name of a time zone."""
    try:
        return known_zone(given).key
    except PeriodError as error:
        raise ValueError(str(error).rstrip(".")) from None


def _encoding(given: Any) -> str:
    """Return the name of an encoding of text."""
    try:
        "a".encode(given)
    except (LookupError, UnicodeError, TypeError):
        raise ValueError(f"{given!r} is not an encoding such as utf-8 or cp1252") from None
    return str(given)


def _separator(given: Any) -> str:
    """Return a character that may separate fields."""
    if not isinstance(given, str) or len(given) != 1 or given.isalnum() or given in '"\r\n':
        raise ValueError(f"{given!r} is not one character that separates, such as ;")
    return given


Formats = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""Date formats (strptime): one, or a list of those that a column mixes."""

Day = Annotated[date, BeforeValidator(_day)]
Zone = Annotated[str, BeforeValidator(_zone)]


class StrictModel(BaseModel):
    """Part of a mapping file, which refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnMapping(StrictModel):
    """Source of one column's values: a source column or a constant, and how to translate it."""

    from_: str | None = Field(None, alias="from")
    constant: Word = None
    words: dict[str, Word] | None = Field(None, min_length=1)
    others: Literal["keep", "refuse"] = "refuse"
    where: str | None = None
    date_format: Formats | None = None
    zone: Zone | None = None
    epoch: Literal["ms", "s"] | None = None
    open_ended: tuple[Day, ...] | None = None
    percent: bool = False
    minor_units: bool = False

    @model_validator(mode="after")
    def _check_origin(self) -> Self:
        """Refuse a column with neither or both of ``from`` and ``constant``, or odd settings."""
        if (self.from_ is None) == ("constant" not in self.model_fields_set):
            raise ValueError("give either from: a column, or constant: a value")
        settings = self.model_fields_set - {"from_", "constant", "where"}
        if self.from_ is None and settings:
            raise ValueError(f"{sorted(settings)[0]}: needs from: a column, not constant")
        if self.epoch is not None and self.date_format is not None:
            raise ValueError("give either epoch: or date_format:")
        if "others" in settings and self.words is None:
            raise ValueError("others: needs words:")
        if self.words is not None and settings & (_DATES | _NUMBERS):
            raise ValueError(
                f"{sorted(settings & (_DATES | _NUMBERS))[0]}: does not go with words:"
            )
        return self

    def check_type(self, declared: ColumnSchema | None) -> None:
        """Refuse settings that the type of the column cannot have.

        Raises
        ------
        ValueError
            When there are any.
        """
        if declared is None:
            return
        given = self.model_fields_set
        if (wrong := sorted(given & _DATES)) and not declared.dated:
            raise ValueError(f"{wrong[0]}: is for dates; {declared.name} holds a {declared.type}")
        money = declared.type in ("money", "rate")
        if self.percent and declared.type not in ("share", "number"):
            raise ValueError(f"percent: is for shares; {declared.name} holds a {declared.type}")
        if self.minor_units and not money:
            raise ValueError(f"minor_units: is for money; {declared.name} holds a {declared.type}")


_DATES = {"date_format", "zone", "epoch", "open_ended"}
_NUMBERS = {"percent", "minor_units"}
_ENDS = ("ended_on", "ends_on", "term_ends_on")


def plain_column(theirs: str) -> ColumnMapping:
    """Return the mapping of a column that is taken as it is."""
    return ColumnMapping.model_validate({"from": theirs})


class TableMapping(StrictModel):
    """Source of one table: its file and the columns there."""

    source: str
    columns: dict[str, str | ColumnMapping] = {}
    keep: tuple[str, ...] | None = None
    ends: Literal["inclusive", "exclusive"] = "exclusive"

    def origins(self) -> Iterator[tuple[str, ColumnMapping]]:
        """Yield each column of the table with its source."""
        for name, origin in self.columns.items():
            yield name, plain_column(origin) if isinstance(origin, str) else origin

    def check(self, table: str) -> None:
        """Refuse settings that the table or one of its columns cannot have.

        Raises
        ------
        ValueError
            When there are any; its second argument is the column.
        """
        if self.ends == "inclusive" and not inclusive_ends(table):
            raise ValueError(f"ends: {table} has no column of a last day", "")
        for name, origin in self.origins():
            try:
                origin.check_type(TABLES[table].columns.get(name))
            except ValueError as error:
                raise ValueError(str(error), name) from None


def inclusive_ends(table: str) -> tuple[str, ...]:
    """Return the columns that hold the day after the last one, which a file may write as the last.

    >>> inclusive_ends("subscriptions"), inclusive_ends("accounts")
    (('ended_on', 'term_ends_on'), ())
    """
    return tuple(name for name in _ENDS if name in TABLES[table].columns)


class MappingFile(StrictModel):
    """Content of a mapping file; ``file`` is its name, for messages."""

    file: str
    tables: dict[str, TableMapping] = {}
    as_of: Day | None = None
    why: str | None = None
    separator: Annotated[str, BeforeValidator(_separator)] = ","
    decimal: Literal[",", "."] = "."
    encoding: Annotated[str, BeforeValidator(_encoding)] = "utf-8"
    date_format: Formats | None = None
    zone: Zone | None = None
    open_ended: tuple[Day, ...] = ()
    currency: str | None = None
    set_aside: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def source(self, table: str) -> str:
        """Return the name of the file or table that holds a table."""
        return self.tables[table].source if table in self.tables else table


@dataclass(frozen=True)
class DateStyle:
    """The way a column writes its dates."""

    formats: tuple[str, ...] = ()
    zone: str | None = None
    epoch: str | None = None
    open_ended: tuple[date, ...] = ()
    inclusive: bool = False

    @classmethod
    def of(
        cls, mapping: MappingFile, origin: ColumnMapping, declared: ColumnSchema, inclusive: bool
    ) -> DateStyle:
        """Return the style of a column: its own settings, else those of the whole file."""
        formats = origin.date_format
        if formats is None and origin.epoch is None:
            timed = declared.type == "timestamp"
            formats = tuple(f for f in mapping.date_format or () if has_time(f) or not timed)
        ended = mapping.open_ended if origin.open_ended is None else origin.open_ended
        zone = origin.zone or mapping.zone
        return cls(formats or (), zone, origin.epoch, ended, inclusive)


def has_time(pattern: str) -> bool:
    """Return whether a date format reads a time of the day.

    >>> has_time("%d/%m/%Y %H:%M"), has_time("%d/%m/%Y")
    (True, False)
    """
    return any(f"%{letter}" in pattern.replace("%-", "%") for letter in "HIMSfgpcTX")
