"""Tables with errors, and the key to every change."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.schema import TABLES
from revkit.synth.kernel.random_streams import Numbers, Slots, Streams

if TYPE_CHECKING:
    import pyarrow as pa

    Tables = dict[str, pa.Table]

KEY = ("kind", "table", "row", "column", "clean", "dirty")
"""Columns of the key, all text."""

_APART = np.uint64(0x9E3779B97F4A7C15)


@dataclass
class DirtyChunk:
    """Tables of a chunk as errors are added, and the key to the errors so far."""

    tables: Tables
    streams: Streams
    last: bool
    key: list[pa.Table] = field(default_factory=list)
    _numbers: dict[str, Numbers] = field(default_factory=dict)

    def draws(self, table: str, name: str) -> Numbers:
        """Draw a number from [0, 1) for each row of a table, by its id."""
        if table not in self._numbers:
            self._numbers[table] = row_numbers(self.tables[table], table)
        return Slots(self.streams, self._numbers[table]).uniform(f"dirt.{table}.{name}")

    def hit(self, table: str, kind: str, share: float, among: Numbers | bool = True) -> Numbers:
        """Select the positions of the rows that a kind of error falls on."""
        return np.flatnonzero((self.draws(table, kind) < share) & among)

    def column(self, table: str, column: str) -> pa.Array:
        """Return a column in its current state."""
        return self.tables[table][column].combine_chunks()

    def change(self, kind: str, table: str, column: str, places: Numbers, values: pa.Array) -> None:
        """Replace values at some positions, in ascending order, and record the old ones in the key.

        The column becomes of the values' type; a value that is the same is no change.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        held = self.column(table, column).cast(values.type)
        stood = held.take(places)
        same = pc.fill_null(pc.equal(stood, values), False)
        empty = pc.and_(stood.is_null(), values.is_null())
        other = pc.invert(pc.or_(same, empty))
        places, stood = places[other.to_numpy(False)], stood.filter(other)
        values = values.filter(other)
        here = np.zeros(len(held), bool)
        here[places] = True
        self._put(table, column, pc.replace_with_mask(held, pa.array(here, pa.bool_()), values))
        rows = labels(self.tables[table].take(places), table)
        self._note(kind, table, rows, column, text(stood), text(values))

    def empty(self, kind: str, table: str, column: str, places: Numbers) -> None:
        """Set a column to null in some rows."""
        import pyarrow as pa

        type = self.tables[table].schema.field(column).type
        self.change(kind, table, column, places, pa.nulls(len(places), type))

    def add(self, kind: str, table: str, rows: pa.Table, order: list[str]) -> None:
        """Add rows to a table and sort it by some columns."""
        import pyarrow as pa

        held = pa.concat_tables([self.tables[table], rows])
        ordered = held.sort_by([(column, "ascending") for column in order])
        self.tables[table] = ordered.combine_chunks()
        self._numbers.pop(table, None)
        nothing = pa.nulls(rows.num_rows, pa.string())
        added = pa.array(["added"] * rows.num_rows, pa.string())
        self._note(kind, table, labels(rows, table), None, nothing, added)

    def cut(self, kind: str, table: str, rows: int) -> None:
        """Keep only the first rows of a table and record the others in the key."""
        import pyarrow as pa

        lost = self.tables[table].slice(rows)
        self.tables[table] = self.tables[table].slice(0, rows)
        self._numbers.pop(table, None)
        nothing = pa.nulls(lost.num_rows, pa.string())
        there = pa.array(["there"] * lost.num_rows, pa.string())
        self._note(kind, table, labels(lost, table), None, there, nothing)

    def _put(self, table: str, column: str, values: pa.Array) -> None:
        held = self.tables[table]
        place = held.schema.get_field_index(column)
        new = held.schema.field(column).with_type(values.type)
        self.tables[table] = held.set_column(place, new, values)

    def _note(
        self, kind: str, table: str, rows: pa.Array, column: str | None, clean: Any, dirty: Any
    ) -> None:
        import pyarrow as pa

        def every(word: str | None) -> pa.Array:
            return pa.array([word] * len(rows), pa.string())

        parts = [every(kind), every(table), rows, every(column), clean, dirty]
        self.key.append(pa.Table.from_arrays(parts, names=list(KEY)))


def text(values: pa.Array) -> pa.Array:
    """Format values as text: days and moments in ISO format, moments to the second.

    Examples
    --------
    >>> import pyarrow as pa
    >>> text(pa.array([19_000_000_000], pa.timestamp("us")))[0].as_py()
    '1970-01-01 05:16:40'
    """
    import pyarrow as pa

    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.timestamp("s"))
    return values.cast(pa.string())


def labels(rows: pa.Table, table: str) -> pa.Array:
    """Return each row's key as text, with a bar between the key's columns."""
    import pyarrow.compute as pc

    parts = [text(rows[column].combine_chunks()) for column in TABLES[table].key]
    return pc.binary_join_element_wise(*parts, "|") if len(parts) > 1 else parts[0]


def row_numbers(rows: pa.Table, table: str) -> Numbers:
    """Derive a number for each row of a table from the digits of its key."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def number(column: pa.Array) -> Numbers:
        if pa.types.is_string(column.type):
            column = pc.utf8_slice_codeunits(column, 1)
        elif pa.types.is_date32(column.type):
            column = column.cast(pa.int32())
        whole: Numbers = column.cast(pa.int64()).to_numpy(zero_copy_only=False)
        return whole.astype(np.uint64)

    parts = [number(rows[column].combine_chunks()) for column in TABLES[table].key]
    return reduce(lambda mixed, part: mixed * _APART + part, parts)
