"""Clauses of a mapping: conditions, choices of rows, lookups, splits and pivots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from revkit.sources.mapping.settings import TEXTS, one_or_more

Word = bool | int | float | datetime | date | str | None
Names = Annotated[tuple[str, ...], BeforeValidator(one_or_more), WithJsonSchema(TEXTS)]


class StrictModel(BaseModel):
    """Part of a mapping file, which refuses unknown keys."""

    # the docstrings of keys are what an editor shows of them
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Except(StrictModel):
    """Values that a column must not have: ``{not: closed}``, ``{not: [a, b]}``."""

    not_: Word | tuple[Word, ...] = Field(alias="not")


class Found(StrictModel):
    """Values that a column of another table has, in all rows or in those of a condition."""

    source: str
    """The other file or table."""
    key: str
    """The column there."""
    where: Condition | None = None
    """The rows there: a column that is true, or values by column."""


class Within(StrictModel):
    """Values to be found in another table: ``{in: {source: stage, key: id, where: closed}}``."""

    in_: Found = Field(alias="in")


class Without(StrictModel):
    """Values that another table does not have: ``{not_in: {source: merged_deal, key: id}}``."""

    not_in: Found


class After(StrictModel):
    """Days later than those of another column, or empty: ``{ended_at: {after: trial_end}}``."""

    after: str


Condition = str | dict[str, Word | tuple[Word, ...] | Except | Within | Without | After]
"""A column that is true, or by column what it must be: a value, one of some, a clause of above."""

Found.model_rebuild()
Within.model_rebuild()
Without.model_rebuild()


class Doubt(StrictModel):
    """Remark on the rows that meet a condition, with how many there are."""

    where: Condition
    """The rows: a column that is true, or values by column."""
    say: str
    """A note on them for whoever reads the numbers."""
    write: str | None = None
    """The line that settles it; such rows are refused with it."""
    left_out: bool = False
    """Counts, where true, among the rows that ``rows`` leaves out, not those that are read."""

    @model_validator(mode="after")
    def _check_refusal(self) -> Self:
        """Refuse to refuse rows that are left out."""
        if self.left_out and self.write is not None:
            raise ValueError("write: refuses rows, which left_out: leaves out; give one of them")
        return self


class Choice(StrictModel):
    """Rows to take: those that meet a condition, and of several the first or the last."""

    where: Condition | None = None
    """A column that is true, or by column a value, a list of values, or {not: …}."""
    first_by: str | None = None
    """A moment or a number: the row with the least counts."""
    last_by: str | None = None
    """A moment or a number: the row with the greatest counts."""

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
    """Columns of which rows that agree are one, the first or the last."""

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
    """The other file or table."""
    key: str
    """The column there that holds the value at hand."""
    take: str
    """The column there to take."""

    def reads(self) -> Iterator[str]:
        """Yield the columns of the other table that are needed."""
        yield from super().reads()
        yield from (self.key, self.take)


class Split(StrictModel):
    """A part of a text: the first is 1, the last -1."""

    by: str = Field(min_length=1)
    """The text between the parts."""
    part: int
    """1 for the first part, 2 for the second, -1 for the last."""

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
    """A list of columns, a pattern with one *, or the names of the rows by column."""
    names: str
    """The new column of the names."""
    values: str
    """The new column of the values."""

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


def columns_of(where: Condition | None) -> tuple[str, ...]:
    """Return the columns that a condition reads.

    >>> columns_of("IsClosed"), columns_of({"Field": "Stage", "IsDeleted": False})
    (('IsClosed',), ('Field', 'IsDeleted'))
    """
    if isinstance(where, str):
        return (where,)
    later = (wanted.after for wanted in (where or {}).values() if isinstance(wanted, After))
    return (*(where or ()), *later)


def sources_of(where: Condition | None) -> Iterator[str]:
    """Yield the other tables that a condition reads."""
    for wanted in where.values() if isinstance(where, dict) else ():
        if isinstance(wanted, Within | Without):
            found = wanted.in_ if isinstance(wanted, Within) else wanted.not_in
            yield found.source
            yield from sources_of(found.where)
