"""Filters of ``where``: a dimension and the values to keep, checked against the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from revkit.dataset.credit import SPLITS, behind_rep, narrowed_by_credit
from revkit.dataset.history.rep_moves import HISTORY, changing, check_moves
from revkit.dataset.replay import Replay
from revkit.dimensions import (
    MISSING,
    DimensionPath,
    TableSpec,
    narrow,
    narrowing_path,
    reachable,
)
from revkit.errors import DimensionError
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class Narrowing:
    """Filter that keeps the rows whose ``dimension`` has one of ``values``."""

    dimension: str
    values: tuple[object, ...]

    @classmethod
    def of(cls, data: Replay, dimension: str, values: Any) -> Narrowing:
        """Build a filter after checking that the dimension and each value exist.

        Parameters
        ----------
        data
            The company's tables.
        values
            One value, or a list, tuple or set of values; None stands for ``(missing)``.

        Raises
        ------
        DimensionError
            When no table has the dimension, when two columns are equally near, or when no row
            has a value.
        """
        if isinstance(values, set | frozenset):
            values = sorted(values, key=str)
        asked = tuple(values) if isinstance(values, list | tuple) else (values,)
        if not asked:
            raise DimensionError.no_values(dimension)
        narrowing = cls(dimension, tuple(MISSING if v is None else v for v in asked))
        tables, specs = data.store.tables, data.store.specs
        ends: dict[tuple[str, str], None] = {}
        for name in tables:
            path = narrowing_path(dimension, name, specs)
            if path is not None:
                ends[(path.steps[-1].table if path.steps else name, path.column)] = None
        if not ends:
            names = sorted(
                {n for table in data.store.tables for n in reachable(table, data.store.specs)}
            )
            raise DimensionError.nowhere(dimension, tables=data.store.tables, reachable=names)
        narrowing._check_values([data.table(table)[column] for table, column in ends])
        if HISTORY in data.store.raw:
            narrowing._check_moves(data)
        return narrowing

    def _check_moves(self, data: Replay) -> None:
        """Refuse a filter that a rep's move from one team to another divides."""
        specs = data.store.specs
        parts: dict[DimensionPath, str] = {}
        for name in data.store.tables:
            path = narrowing_path(self.dimension, name, specs)
            found = None if path is None or name == HISTORY else changing(path, name)
            if path is not None and found is not None:
                part = DimensionPath(path.steps[found[0] :], path.column)
                parts[part] = part.steps[-1].table if part.steps else "reps"
        for part, end in parts.items():
            texts = self.texts(data.table(end)[part.column].type())
            check_moves(self.dimension, part, data.table, specs[HISTORY].columns, texts)

    def keep(
        self, expr: ir.Table, name: str, specs: Mapping[str, TableSpec], data: Replay
    ) -> ir.Table:
        """Return the rows of a table that the filter keeps: all, where it does not reach it."""
        path = narrowing_path(self.dimension, name, specs)
        if path is None:
            return expr
        end = path.steps[-1].table if path.steps else name
        column = data.table(end)[path.column] if path.steps else expr[path.column]
        return narrow(expr, path, data.table, self.texts(column.type()))

    def texts(self, type: Any) -> frozenset[str]:
        """Return the values as the engine casts a column of this Ibis type to text."""
        return frozenset(_text(value, type) for value in self.values)

    def _check_values(self, columns: list[Any]) -> None:
        """Refuse a value that no row of any of the columns has."""
        found: set[object] = {MISSING}
        for column in columns:
            texts = _distinct_texts(column)
            asked = texts.filter(texts.text.isin(sorted(self.texts(column.type()))))
            there = set(asked.to_pyarrow()["text"].to_pylist())
            found |= {v for v in self.values if _text(v, column.type()) in there}
        for value in self.values:
            if value not in found:
                raise DimensionError.unknown_value(self.dimension, value, found=_examples(columns))

    def __str__(self) -> str:
        return f"{self.dimension} = {', '.join(map(str, self.values))}"


def narrowed(
    expr: ir.Table,
    name: str,
    specs: Mapping[str, TableSpec],
    filters: Sequence[Narrowing],
    data: Replay,
) -> ir.Table:
    """Return the rows of a table that every filter keeps; of shared deals the part of the reps."""
    ours: list[Narrowing] = []
    theirs: list[Narrowing] = []
    for narrowing in filters:
        path = narrowing_path(narrowing.dimension, name, specs)
        shared = SPLITS in data.store.raw and is_of_deals(name, specs)
        (theirs if shared and behind_rep(path, name) is not None else ours).append(narrowing)
    for narrowing in ours:
        expr = narrowing.keep(expr, name, specs, data)
    if not theirs:
        return expr
    own = expr
    for narrowing in theirs:
        own = narrowing.keep(own, name, specs, data)
    known = data.store.specs
    keeps = [partial(one.keep, name=SPLITS, specs=known, data=data) for one in theirs]
    return narrowed_by_credit(expr, data.table(SPLITS), keeps, own)


def is_of_deals(name: str, specs: Mapping[str, TableSpec]) -> bool:
    """Return whether the rows of a table are deals, or deals as they once were."""
    if name == "opportunities":
        return True
    return name not in TABLES and "opportunity" in specs[name].relations


def unreached(
    narrowed: Sequence[Narrowing], tables: Iterable[str], specs: Mapping[str, TableSpec]
) -> dict[str, str]:
    """Return the tables that a filter does not reach, each with the dimension it lacks."""
    names = list(tables)
    return {
        name: narrowing.dimension
        for narrowing in reversed(narrowed)
        for name in names
        if narrowing_path(narrowing.dimension, name, specs) is None
    }


def _examples(columns: list[Any]) -> list[str]:
    """Return the values of some columns as sorted text, at most a thousand of each."""
    texts: set[str] = set()
    for column in columns:
        there = _distinct_texts(column).order_by("text").limit(1000)
        texts.update(there.to_pyarrow()["text"].to_pylist())
    return sorted(texts)


def _distinct_texts(column: Any) -> ir.Table:
    """Return the distinct non-null values of a column, cast to text, as the column ``text``."""
    texts: ir.Table = column.cast("string").name("text").as_table().distinct()
    return texts.filter(texts.text.notnull())


def _text(value: object, type: Any) -> str:
    """Return a Python value as the engine casts a column of this type to text."""
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
