"""Content of a mapping file, checked by its types."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from math import isfinite
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from revkit.schema import NUMBERS, TABLES, ColumnSchema
from revkit.sources.mapping.settings import Day, Encoding, Formats, Separator, Zone, one_or_more

Word = bool | int | float | datetime | date | str | None
Names = Annotated[tuple[str, ...], BeforeValidator(one_or_more)]


class StrictModel(BaseModel):
    """Part of a mapping file, which refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Except(StrictModel):
    """Values that a column must not have: ``{not: closed}``, ``{not: [a, b]}``."""

    not_: Word | tuple[Word, ...] = Field(alias="not")


Condition = str | dict[str, Word | tuple[Word, ...] | Except]
"""A column that is true, or by column the value, one of the values, or all but some."""


class Choice(StrictModel):
    """Rows to take: those that meet a condition, and of several the first or the last."""

    where: Condition | None = None
    first_by: str | None = None
    last_by: str | None = None

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        """Refuse a choice of both the first and the last row."""
        if self.first_by is not None and self.last_by is not None:
            raise ValueError("give either first_by: or last_by:")
        return self

    def reads(self) -> Iterator[str]:
        """Yield the columns that the choice needs."""
        yield from columns_of(self.where)
        yield from (name for name in (self.first_by, self.last_by) if name is not None)


class Rows(Choice):
    """Rows of a source that a table takes; one of those that agree in ``one_per``."""

    one_per: Names = ()

    @model_validator(mode="after")
    def _check_group(self) -> Self:
        """Refuse an order without the rows among which it chooses, and the other way round."""
        if bool(self.one_per) != (self.first_by is not None or self.last_by is not None):
            raise ValueError("one_per: goes with first_by: or last_by:, such as a moment")
        return self

    def reads(self) -> Iterator[str]:
        """Yield the columns that the choice needs."""
        yield from super().reads()
        yield from self.one_per


class Lookup(Choice):
    """A value of another table: ``take`` of its row whose ``key`` is the value at hand."""

    source: str
    key: str
    take: str

    def reads(self) -> Iterator[str]:
        """Yield the columns of the other table that are needed."""
        yield from super().reads()
        yield from (self.key, self.take)


class Split(StrictModel):
    """A part of a text: the first is 1, the last -1."""

    by: str = Field(min_length=1)
    part: int

    @model_validator(mode="after")
    def _check_part(self) -> Self:
        """Refuse a part of number 0, and of one before the last."""
        if self.part == 0 or self.part < -1:
            raise ValueError("part: is 1 for the first, 2 for the second, -1 for the last")
        return self


class Pivot(StrictModel):
    """Columns turned into rows: a name and a value for each that is not empty.

    ``columns`` is a list of them; a pattern with one ``*``, which stands for the name of the row;
    or the names of the rows by column.
    """

    columns: str | tuple[str, ...] | dict[str, str]
    names: str
    values: str

    @model_validator(mode="after")
    def _check_columns(self) -> Self:
        """Refuse a pivot of nothing, and a pattern without a star."""
        if not self.columns:
            raise ValueError("columns: names no column")
        if isinstance(self.columns, str) and self.columns.count("*") != 1:
            raise ValueError('columns: is a list, or a pattern with one *, such as "entered_*"')
        if self.names == self.values:
            raise ValueError("names: and values: are two columns")
        return self


class ColumnMapping(StrictModel):
    """Source of one column's values, and how to read them."""

    from_: str | None = Field(None, alias="from")
    constant: Word = None
    coalesce: tuple[str | ColumnMapping, ...] | None = Field(None, min_length=1)
    join: tuple[str, ...] | None = Field(None, min_length=1)
    with_: str | None = Field(None, alias="with")
    split: Split | None = None
    lookup: Lookup | None = None
    words: dict[str, Word] | None = Field(None, min_length=1)
    others: Literal["keep", "refuse"] = "refuse"
    where: Condition | None = None
    default: Word = None
    date_format: Formats | None = None
    zone: Zone | None = None
    epoch: Literal["ms", "s", "excel"] | None = None
    open_ended: tuple[Day, ...] | None = None
    percent: bool = False
    minor_units: bool = False
    scale: float | None = None
    decimal: Literal[",", "."] | None = None

    @model_validator(mode="after")
    def _check_origin(self) -> Self:
        """Refuse a column with no origin or several, or with settings that contradict."""
        given = self.model_fields_set
        origins = [one for one in ("from_", "constant", "coalesce", "join") if one in given]
        if len(origins) != 1 or (origins == ["from_"] and self.from_ is None):
            raise ValueError("give one of from: a column, constant: a value, coalesce:, join:")
        settings = given - {"from_", "constant", "coalesce", "join", "where", "default"}
        if origins == ["constant"] and (rest := sorted(settings | (given & {"default"}))):
            raise ValueError(f"{rest[0]}: needs from: a column, not constant")
        if origins == ["coalesce"] and (rest := sorted(settings & {"lookup", "split"})):
            raise ValueError(f"{rest[0]}: goes with from: or join:, within coalesce:, too")
        if any(isinstance(one, ColumnMapping) and one.minor_units for one in self.coalesce or ()):
            raise ValueError("minor_units: stands beside coalesce:, for all its columns")
        if "with_" in given and origins != ["join"]:
            raise ValueError("with: goes with join:")
        if self.epoch is not None and self.date_format is not None:
            raise ValueError("give either epoch: or date_format:")
        if len(scales := sorted(settings & {"percent", "minor_units", "scale"})) > 1:
            raise ValueError(f"give either {scales[0]}: or {scales[1]}:")
        if self.scale is not None and not (isfinite(self.scale) and self.scale > 0):
            raise ValueError("scale: is a number over 0, such as 0.01 for cents or 1000")
        if "others" in settings and self.words is None:
            raise ValueError("others: needs words:")
        if self.words is not None and (wrong := sorted(settings & (_DATES | _NUMBERS))):
            raise ValueError(f"{wrong[0]}: does not go with words:")
        return self

    def choices(self) -> Iterator[ColumnMapping]:
        """Yield the columns of ``coalesce``; names alone are read by the settings around them."""
        for one in self.coalesce or ():
            if isinstance(one, str):
                around = {"from_": one, "coalesce": None, "where": None, "default": None}
                yield self.model_copy(update=around)
            else:
                yield one

    def leaves(self) -> Iterator[ColumnMapping]:
        """Yield the mapping itself, or those that its ``coalesce`` chooses from."""
        if self.coalesce is None:
            yield self
        for one in self.choices():
            yield from one.leaves()

    def reads(self) -> Iterator[str]:
        """Yield the columns of the source that are needed."""
        yield from columns_of(self.where)
        for leaf in self.leaves():
            yield from leaf.join or ([] if leaf.from_ is None else [leaf.from_])
            if leaf is not self:
                yield from columns_of(leaf.where)

    def check_type(self, declared: ColumnSchema | None) -> None:
        """Refuse settings that the type of the column cannot have.

        Raises
        ------
        ValueError
            When there are any.
        """
        for one in self.coalesce or ():
            if isinstance(one, ColumnMapping):
                one.check_type(declared)
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


def columns_of(where: Condition | None) -> tuple[str, ...]:
    """Return the columns that a condition reads.

    >>> columns_of("IsClosed"), columns_of({"Field": "Stage", "IsDeleted": False})
    (('IsClosed',), ('Field', 'IsDeleted'))
    """
    return (where,) if isinstance(where, str) else tuple(where or ())


def plain_column(theirs: str) -> ColumnMapping:
    """Return the mapping of a column that is taken as it is."""
    return ColumnMapping.model_validate({"from": theirs})


class TableMapping(StrictModel):
    """Source of one table, or of a part of its rows: its file, rows and columns there."""

    source: str
    rows: Rows = Rows()
    pivot: Pivot | None = None
    columns: dict[str, str | ColumnMapping] = {}
    keep: tuple[str, ...] | None = None
    ends: Literal["inclusive", "exclusive"] = "exclusive"

    def origins(self) -> Iterator[tuple[str, ColumnMapping]]:
        """Yield each column of the table with its source."""
        for name, origin in self.columns.items():
            yield name, plain_column(origin) if isinstance(origin, str) else origin

    def lookups(self) -> Iterator[Lookup]:
        """Yield the lookups of its columns."""
        for _, origin in self.origins():
            yield from (leaf.lookup for leaf in origin.leaves() if leaf.lookup is not None)

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


def _parts(given: Any) -> Any:
    """Return the parts of a table: one, those of a list, or one for each of its sources."""
    parts = given if isinstance(given, list) else [given]
    found = []
    for part in parts:
        sources = part.get("source") if isinstance(part, dict) else None
        if isinstance(sources, list) and sources:
            found += [{**part, "source": one} for one in sources]
        else:
            found.append(part)
    return found


Parts = Annotated[tuple[TableMapping, ...], BeforeValidator(_parts), Field(min_length=1)]


class MappingFile(StrictModel):
    """Content of a mapping file; ``file`` is its name, for messages."""

    file: str
    tables: dict[str, Parts] = {}
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

    def sources(self, table: str) -> tuple[str, ...]:
        """Return the names of the files or tables that hold the rows of a table."""
        if table not in self.tables:
            return (table,)
        return tuple(part.source for part in self.tables[table])

    def looked_up(self) -> set[str]:
        """Return the names of the files or tables in which values are looked up."""
        parts = (part for parts in self.tables.values() for part in parts)
        return {lookup.source for part in parts for lookup in part.lookups()}
