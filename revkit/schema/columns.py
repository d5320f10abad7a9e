"""Columns and tables as the schema declares them, and the notation they are written in.

A column is one entry of a table's text::

    amount*?: money = 0 > accounts

==========  ==========================================================================
``P``       part of the key
``*``       the column may be absent, and then means its default, else null
``?``       the value may be null
``~``       a planned date: it never sets the as-of date and survives replay
``!``       a date that is entered ahead of time: it does not set the as-of date
``±``       a number that may be negative
``: type``  its type, where it does not follow from the name (see below)
``= x``     its value where the column is absent
``> t``     a reference to the key of table ``t``
==========  ==========================================================================

Types: ``id`` for names ending in ``_id`` and for references, ``date`` for ``_on`` and for
``on`` and ``month``, ``timestamp`` for ``_at``, ``bool`` for ``is_``, ``money`` for ``amount``,
else ``text``. Written out: ``money``, ``rate`` (money per month), ``number``, ``share`` (a number
from 0 to 1), ``count`` (a whole number).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

Type = Literal[
    "id", "text", "date", "timestamp", "money", "rate", "number", "share", "count", "bool"
]

NUMBERS: frozenset[Type] = frozenset({"money", "rate", "number", "share"})


@dataclass(frozen=True, slots=True)
class ColumnSchema:
    """One column of a table: type, key, reference, and what may be absent.

    ``optional``: the column may be absent. ``nullable``: a value may be null. ``default``: the
    value where the column is absent. ``planned`` and ``announced``: dates that may lie ahead.
    ``signed``: the number may be negative. ``words``: the words that formulas know; ``others``:
    whether it may hold others. ``ends``: the least and the most that the number may be. ``dated``:
    it holds dates or timestamps. ``actual``: dates on which something happened, rather than planned
    ones.
    """

    name: str
    type: Type
    key: bool = False
    references: str | None = None
    optional: bool = False
    nullable: bool = False
    default: str | float | bool | None = None
    planned: bool = False
    announced: bool = False
    signed: bool = False
    words: tuple[str, ...] = ()
    ends: tuple[float, float] | None = None
    others: bool = False
    dated: bool = field(init=False)
    actual: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dated", self.type in ("date", "timestamp"))
        object.__setattr__(self, "actual", self.dated and not self.planned)


@dataclass(frozen=True)
class TableSchema:
    """One table: its grain, its columns, and when its rows and dates became known.

    Parameters
    ----------
    grain
        What one row is.
    known_on
        Date columns, of which the first non-null one says when a row became known.
    dependents
        By date column, the columns that have no meaning before that date; in a dotted name such
        as ``opportunity_id.created_on`` the date is that of the referenced row.
    decided
        By actual date, the column without which it has not come: an open deal's date of closing.
    requested
        By actual date, the column of the day it was requested: from then on it is planned.
    order
        Pairs of date columns, of which the first may not be after the second.
    census
        Whether the rows are everything there is, not a sample.
    valued_on
        Date columns, of which the first non-null one gives the day of the exchange rate for the
        row's money; the as-of date without one.
    valued_with
        The reference to the row that gives both currency and day instead.
    """

    name: str
    grain: str
    columns: Mapping[str, ColumnSchema]
    known_on: tuple[str, ...] = ()
    dependents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    decided: Mapping[str, str] = field(default_factory=dict)
    requested: Mapping[str, str] = field(default_factory=dict)
    order: tuple[tuple[str, str], ...] = ()
    census: bool = False
    valued_on: tuple[str, ...] = ()
    valued_with: str | None = None

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The columns that together identify a row."""
        return tuple(column.name for column in self.columns.values() if column.key)

    @cached_property
    def money(self) -> tuple[str, ...]:
        """The columns that hold amounts of money or money per month."""
        return tuple(c.name for c in self.columns.values() if c.type in ("money", "rate"))

    @cached_property
    def relations(self) -> dict[str, tuple[str, str]]:
        """By many-to-one relation: the column that refers, the table it refers to."""
        return {
            column.name.removesuffix("_id"): (column.name, column.references)
            for column in self.columns.values()
            if column.references is not None
        }

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The columns that must be present."""
        return tuple(c.name for c in self.columns.values() if not (c.optional or c.nullable))


_ENTRY = re.compile(
    r"(?P<name>\w+)(?P<marks>[*?~!±]*)(?P<key>\sP)?"
    r"(?:: (?P<type>\w+))?(?: = (?P<default>[\w.]+))?(?: > (?P<references>\w+))?"
)


def _type(name: str, references: str | None) -> Type:
    """Return the type that follows from a column's name."""
    if name.endswith("_id") or references:
        return "id"
    if name.endswith("_on") or name in ("on", "month"):
        return "date"
    if name.endswith("_at"):
        return "timestamp"
    if name.startswith("is_"):
        return "bool"
    return "money" if name == "amount" else "text"


def _default(text: str | None, type: Type) -> str | float | bool | None:
    """Return a default, written as text, as a value of its type."""
    if text is None:
        return None
    if type == "bool":
        return text == "true"
    return text if type in ("id", "text") else float(text)


def _column(entry: str) -> ColumnSchema:
    """Parse one column of a table's text."""
    parts = _ENTRY.fullmatch(entry.strip())
    if parts is None:
        raise AssertionError(f"not a column: {entry!r}")
    marks, spelt = parts["marks"], parts["type"]
    type: Type = spelt or _type(parts["name"], parts["references"])  # type: ignore[assignment]
    return ColumnSchema(
        name=parts["name"],
        type=type,
        key=parts["key"] is not None,
        references=parts["references"],
        optional="*" in marks,
        nullable="?" in marks,
        default=_default(parts["default"], type),
        planned="~" in marks,
        announced="!" in marks,
        signed="±" in marks,
    )


def _pair(text: str) -> tuple[str, str]:
    """Return the two columns of a pair such as ``created_on<closed_on``."""
    earlier, _, later = text.partition("<")
    return earlier, later


def table(
    name: str,
    grain: str,
    columns: str,
    *,
    known_on: str = "",
    dependents: Mapping[str, str] | None = None,
    decided: Mapping[str, str] | None = None,
    requested: Mapping[str, str] | None = None,
    order: str = "",
    words: Mapping[str, str] | None = None,
    scales: Mapping[str, tuple[float, float]] | None = None,
    census: bool = False,
    valued_on: str = "",
    valued_with: str | None = None,
) -> TableSchema:
    """Build a table from its text; names in ``known_on`` and the like are separated by spaces.

    Parameters
    ----------
    order
        Pairs such as ``created_on<closed_on``.
    words
        By column, the words that formulas know; ``…`` at the end allows others.
    scales
        By column, the least and the most that a number may be.
    """
    declared = {column.name: column for column in map(_column, columns.split(","))}
    for column, known in (words or {}).items():
        declared[column] = replace(
            declared[column],
            words=tuple(word for word in known.split() if word != "…"),
            others=known.endswith("…"),
        )
    for column, ends in (scales or {}).items():
        declared[column] = replace(declared[column], ends=ends)
    return TableSchema(
        name=name,
        grain=grain,
        columns=declared,
        known_on=tuple(known_on.split()),
        dependents={date: tuple(names.split()) for date, names in (dependents or {}).items()},
        decided=decided or {},
        requested=requested or {},
        order=tuple(_pair(pair) for pair in order.split()),
        census=census,
        valued_on=tuple(valued_on.split()),
        valued_with=valued_with,
    )
