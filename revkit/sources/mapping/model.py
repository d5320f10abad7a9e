"""Content of a mapping file, checked by its types."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from revkit.dataset.columns import fold
from revkit.schema import NUMBERS, TABLES, ColumnSchema
from revkit.sources.mapping.clauses import (
    Condition,
    Doubt,
    Lookup,
    Pivot,
    Rows,
    Split,
    StrictModel,
    Word,
    columns_of,
    sources_of,
)
from revkit.sources.mapping.settings import (
    INTERVALS,
    MONTHS,
    Day,
    Encoding,
    Formats,
    OneOrSeveral,
    Separator,
    Zone,
)


def one_or_several(given: Any) -> Any:
    """Return a list of columns or look-ups; one alone is a list of one."""
    return [given] if isinstance(given, str | dict) else given


Lookups = Annotated[
    tuple[Lookup, ...], BeforeValidator(one_or_several), Field(min_length=1), OneOrSeveral()
]


class Per(StrictModel):
    """A column of intervals, and of how many of them an amount is for."""

    interval: str | ColumnMapping
    """The column of words such as month, year, quarterly."""
    count: int | str | ColumnMapping = 1
    """How many intervals: a number, or the column of them."""


class ColumnMapping(StrictModel):
    """Source of one column's values, and how to read them."""

    from_: str | None = Field(None, alias="from")
    """The column of the file."""
    constant: Word = None
    """The value of all rows."""
    coalesce: tuple[str | ColumnMapping, ...] | None = Field(None, min_length=1)
    """Columns of which the first that is not empty counts."""
    join: tuple[str, ...] | None = Field(None, min_length=1)
    """Columns whose texts are put one after another."""
    with_: str | None = Field(None, alias="with")
    """The text between those of join."""
    split: Split | None = None
    """The part of a text to take."""
    characters: int | None = Field(None, ge=1)
    """How many characters of a text to take from its beginning."""
    lookup: Lookups | None = None
    """The value of another file, found by the value at hand; a list goes from file to file."""
    words: dict[str, Word] | None = Field(None, min_length=1)
    """Values by the words of the file; "" are empty cells."""
    others: Literal["keep", "refuse"] = "refuse"
    """Whether to keep values that words does not list."""
    where: Condition | None = None
    """The rows that have a value: a column that is true, or values by column."""
    default: Word = None
    """The value of empty cells."""
    date_format: Formats | None = None
    """How dates are written, such as %d/%m/%Y; a list where they are in several ways."""
    zone: Zone | None = None
    """The time zone in which moments become days, such as Europe/Rome."""
    epoch: Literal["ms", "s", "excel"] | None = None
    """Numbers are dates: milliseconds or seconds since 1970, or Excel's days."""
    open_ended: tuple[Day, ...] | None = None
    """Dates that stand for none."""
    percent: bool = False
    """90 and 90 % are 0.9."""
    minor_units: bool = False
    """Money is in the minor unit of its currency: 4900 is 49.00 in EUR, 4900 in JPY."""
    by_heading: bool = False
    """The heading alone says whether money is in minor units: refused where amounts belie it."""
    scale: float | None = None
    """The factor of numbers, such as 1000."""
    decimal: Literal[",", "."] | None = None
    """The decimal sign: a comma reads 1.234,50 €, a point $1,234.50."""
    times: Annotated[
        tuple[str | ColumnMapping, ...], BeforeValidator(one_or_several), OneOrSeveral()
    ] = ()
    """Columns to multiply by, such as a quantity."""
    plus: Annotated[
        tuple[str | ColumnMapping, ...], BeforeValidator(one_or_several), OneOrSeveral()
    ] = ()
    """Amounts to add, such as those of addons; empty is 0."""
    minus: str | ColumnMapping | None = None
    """The amount to take off, such as a coupon's; empty is 0."""
    discount: str | ColumnMapping | None = None
    """The fraction to take off; empty is 0."""
    per: str | Per | None = None
    """The interval that an amount is for, as a word or a column of words: it becomes a month's."""

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
        if self.words is not None and (wrong := sorted(settings & _ARITHMETIC)):
            raise ValueError(f"{wrong[0]}: does not go with words:")
        if isinstance(self.per, str) and fold(self.per) not in MONTHS:
            known = ", ".join(INTERVALS)
            raise ValueError(f"per: is one of {known}; a column of such words is {{interval: …}}")
        if origins == ["coalesce"] and (
            rest := sorted(settings & {"lookup", "split", "characters"})
        ):
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
                # what is reckoned with the value that counts is reckoned once
                reckoned = {"times": (), "plus": (), "minus": None, "discount": None, "per": None}
                yield self.model_copy(update=around | reckoned)
            else:
                yield one

    def terms(self) -> Iterator[ColumnMapping]:
        """Yield the columns with which the value is reckoned up."""
        per = (self.per.interval, self.per.count) if isinstance(self.per, Per) else ()
        for one in (*self.times, *self.plus, self.minus, self.discount, *per):
            if isinstance(one, str | ColumnMapping):
                yield as_column(one)

    def leaves(self) -> Iterator[ColumnMapping]:
        """Yield the mapping itself, or those that its ``coalesce`` chooses from, and its terms."""
        if self.coalesce is None:
            yield self
        for one in self.choices():
            yield from one.leaves()
        for term in self.terms():
            yield from term.leaves()

    def amounts(self) -> Iterator[ColumnMapping]:
        """Yield the columns of a file of which the value is, without those it is reckoned with."""
        if self.from_ is not None or self.join is not None:
            yield self
        for one in self.choices():
            yield from one.amounts()

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
        numbers = given & (_NUMBERS | _ARITHMETIC)
        if (wrong := sorted(numbers)) and declared.type not in (*NUMBERS, "count"):
            raise ValueError(f"{wrong[0]}: is for numbers; {declared.name} holds a {declared.type}")


Per.model_rebuild()

_DATES = {"date_format", "zone", "epoch", "open_ended"}
_NUMBERS = {"percent", "minor_units", "scale", "decimal"}
_ARITHMETIC = {"times", "plus", "minus", "discount", "per"}
_ENDS = ("ended_on", "ends_on", "term_ends_on")


def plain_column(theirs: str) -> ColumnMapping:
    """Return the mapping of a column that is taken as it is."""
    return ColumnMapping.model_validate({"from": theirs})


def as_column(given: str | ColumnMapping) -> ColumnMapping:
    """Return the mapping of a column; a name alone is taken as it is."""
    return plain_column(given) if isinstance(given, str) else given


class TableMapping(StrictModel):
    """Source of one table, or of a part of its rows: its file, rows and columns there."""

    source: str
    """The file or table, without its ending; a list for several of one shape."""
    header_row: Annotated[int, Field(ge=1)] | None = None
    """The line or row that names the columns, from 1; found out when omitted."""
    footer_rows: Annotated[int, Field(ge=0)] | None = None
    """How many lines or rows at the end are totals or notes; found out when omitted."""
    rows: Rows = Rows()
    """The rows to take; all when omitted."""
    pivot: Pivot | None = None
    """Columns to turn into rows."""
    columns: dict[str, str | ColumnMapping] = Field(default_factory=dict)
    """By column of the schema, the column of the file and how to read it."""
    keep: tuple[str, ...] | None = None
    """Other columns to load as they are; all when omitted."""
    ends: Literal["inclusive", "exclusive"] = "exclusive"
    """Whether the last day of ended_on, ends_on and term_ends_on counts."""
    note: Annotated[tuple[str | Doubt, ...], BeforeValidator(one_or_several), OneOrSeveral()] = ()
    """A note for whoever reads the numbers: on the table, or on rows with a condition."""

    def origins(self) -> Iterator[tuple[str, ColumnMapping]]:
        """Yield each column of the table with its source."""
        for name, origin in self.columns.items():
            yield name, as_column(origin)

    def doubts(self) -> tuple[Doubt, ...]:
        """Return what is said of rows that meet a condition."""
        return tuple(one for one in self.note if isinstance(one, Doubt))

    def others(self) -> Iterator[str]:
        """Yield the other files or tables that its conditions and lookups read."""
        yield from sources_of(self.rows.where)
        for doubt in self.doubts():
            yield from sources_of(doubt.where)
        for _, origin in self.origins():
            yield from sources_of(origin.where)
            for leaf in origin.leaves():
                yield from sources_of(leaf.where)
                for lookup in leaf.lookup or ():
                    yield lookup.source
                    yield from sources_of(lookup.where)

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
    vendor: str | None = None
    """The vendor whose mapping this one changes: salesforce, hubspot, stripe, …"""
    tables: dict[str, Parts] = Field(default_factory=dict)
    """By table of the schema, its file and columns; a list where it is in several files."""
    as_of: Day | None = None
    """The day at whose end the company is known."""
    why: str | None = None
    """The reason for as_of, shown with the company."""
    separator: Separator | None = None
    """The sign between the fields of CSV files; found out when omitted."""
    decimal: Literal[",", "."] | None = None
    """The decimal sign: a comma reads 1.234,50 €, a point $1,234.50."""
    encoding: Encoding | None = None
    """The encoding of CSV files, such as cp1252; UTF-8 when omitted."""
    date_format: Formats | None = None
    """How dates are written, such as %d/%m/%Y; a list where they are in several ways."""
    zone: Zone | None = None
    """The time zone in which moments become days, such as Europe/Rome."""
    open_ended: tuple[Day, ...] = ()
    """Dates that stand for none."""
    currency: str | None = None
    """The currency of the company's money."""
    minor_digits: dict[str, Annotated[int, Field(ge=0, le=4)]] = Field(default_factory=dict)
    """Digits of minor units by currency, where a source has others: ISK: 2."""
    set_aside: tuple[str, ...] = ()
    """Rules whose rows are counted nowhere, as table.rule."""
    ignore: tuple[str, ...] = ()
    """Columns that are right although they look like a mistake, as table.column."""

    def sources(self, table: str) -> tuple[str, ...]:
        """Return the names of the files or tables that hold the rows of a table."""
        if table not in self.tables:
            return (table,)
        return tuple(part.source for part in self.tables[table])

    def named(self, table: str) -> tuple[str, ...]:
        """Return the columns that a table is given, each once."""
        parts = self.tables.get(table, ())
        return tuple(dict.fromkeys(name for part in parts for name in part.columns))

    def edges(self, source: str) -> tuple[int | None, int | None]:
        """Return the row of names of a file, and how many at its end are none of it, as said."""
        parts = [part for parts in self.tables.values() for part in parts if part.source == source]
        headers = [part.header_row for part in parts if part.header_row is not None]
        footers = [part.footer_rows for part in parts if part.footer_rows is not None]
        return next(iter(headers), None), next(iter(footers), None)

    def looked_up(self) -> set[str]:
        """Return the names of the files or tables in which values are looked up."""
        parts = (part for parts in self.tables.values() for part in parts)
        return {source for part in parts for source in part.others()}
