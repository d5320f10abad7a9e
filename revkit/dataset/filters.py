"""Narrowing: a dimension and the values it may have, checked against the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from revkit.dimensions import MISSING, Sketch, narrowing_path, reachable
from revkit.errors import DimensionError

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Tables(Protocol):
    """What a narrowing must see of a company."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that are loaded."""

    @property
    def specs(self) -> Mapping[str, Sketch]:
        """Each table as dimensions see it."""

    def _whole(self, name: str) -> ir.Table: ...


@dataclass(frozen=True)
class Narrowing:
    """The rows whose ``dimension`` has one of ``values``."""

    dimension: str
    values: tuple[object, ...]

    @classmethod
    def of(cls, data: Tables, dimension: str, values: Any) -> Narrowing:
        """Check that some table reaches the dimension and some row has each value."""
        if isinstance(values, set | frozenset):
            values = sorted(values, key=str)
        asked = tuple(values) if isinstance(values, list | tuple) else (values,)
        if not asked:
            raise DimensionError.no_values(dimension)
        narrowing = cls(dimension, tuple(MISSING if v is None else v for v in asked))
        ends: dict[tuple[str, str], None] = {}
        for name in data.tables:
            path = narrowing_path(dimension, name, data.specs)
            if path is not None:
                ends[(path.steps[-1].table if path.steps else name, path.column)] = None
        if not ends:
            names = sorted({n for table in data.tables for n in reachable(table, data.specs)})
            raise DimensionError.nowhere(dimension, tables=data.tables, reachable=names)
        narrowing._must_exist([data._whole(table)[column] for table, column in ends])
        return narrowing

    def words(self, type: Any) -> frozenset[str]:
        """The values as text, as an engine writes a column of some type."""
        return frozenset(_word(value, type) for value in self.values)

    def _must_exist(self, columns: list[Any]) -> None:
        found: set[object] = {MISSING}
        for column in columns:
            words = _words(column)
            asked = words.filter(words.word.isin(sorted(self.words(column.type()))))
            there = set(asked.to_pyarrow()["word"].to_pylist())
            found |= {v for v in self.values if _word(v, column.type()) in there}
        for value in self.values:
            if value not in found:
                raise DimensionError.unknown_value(self.dimension, value, found=_examples(columns))

    def __str__(self) -> str:
        return f"{self.dimension} = {', '.join(map(str, self.values))}"


def _examples(columns: list[Any]) -> list[str]:
    """Values that are there, at most a thousand of each column."""
    words: set[str] = set()
    for column in columns:
        there = _words(column).order_by("word").limit(1000)
        words.update(there.to_pyarrow()["word"].to_pylist())
    return sorted(words)


def _words(column: Any) -> ir.Table:
    words: ir.Table = column.cast("string").name("word").as_table().distinct()
    return words.filter(words.word.notnull())


def _word(value: object, type: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if type.is_floating() and value != MISSING:
        try:
            return str(float(str(value)))
        except ValueError:
            return str(value)
    return str(value).lower() if type.is_boolean() else str(value)
