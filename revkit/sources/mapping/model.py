"""Content of a mapping file, checked by its types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from revkit.schema import NUMBERS, TABLES, ColumnSchema
from revkit.sources.mapping.settings import Day, Encoding, Formats, Separator, Zone

Word = bool | int | float | datetime | date | str | None


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
    scale: float | None = None
    decimal: Literal[",", "."] | None = None

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
        if len(scales := sorted(settings & {"percent", "minor_units", "scale"})) > 1:
            raise ValueError(f"give either {scales[0]}: or {scales[1]}:")
        if self.scale is not None and not (isfinite(self.scale) and self.scale > 0):
            raise ValueError("scale: is a number over 0, such as 0.01 for cents or 1000")
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
        if (wrong := sorted(given & _NUMBERS)) and declared.type not in (*NUMBERS, "count"):
            raise ValueError(f"{wrong[0]}: is for numbers; {declared.name} holds a {declared.type}")


_DATES = {"date_format", "zone", "epoch", "open_ended"}
_NUMBERS = {"percent", "minor_units", "scale", "decimal"}
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
    separator: Separator = ","
    decimal: Literal[",", "."] | None = None
    encoding: Encoding = "utf-8"
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
