"""Tables as they are loaded: on one engine, named as the schema does, their text read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from itertools import count
from typing import TYPE_CHECKING, Any

from revkit.dataset.columns import recognize
from revkit.dataset.engines.query_errors import of_frames
from revkit.dataset.loaded.engine import arrow, engine
from revkit.dataset.loaded.once import read_once
from revkit.dataset.notes import Note, Notes, columns_to_ignore
from revkit.dataset.validation import Reading, read
from revkit.errors import ColumnError, DataError, SourceError, TableError
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NUMBERS = count(1)


class Loaded:
    """The tables of one company as they are loaded, and each column read as its declared type.

    Parameters
    ----------
    tables
        Data frames, Arrow tables or Ibis tables by the names of the schema.
    slow
        Tables that are slow to read (CSV files), and what opens each again, by reading its file to
        the end.
    ignore
        Columns that are right although they look like a mistake, as ``table.column``.
    notes
        What is known of the rows already.
    """

    def __init__(
        self,
        tables: Mapping[str, Any],
        slow: Mapping[str, Callable[[], ir.Table]],
        *,
        ignore: Iterable[str],
        notes: Iterable[Note],
    ) -> None:
        for name in tables:
            if name not in TABLES:
                raise TableError.unknown(name, known=TABLES, where="rk.Dataset")
        self.backend, self._ours = engine(tables)
        self._slow = dict(slow)
        self._unreadable: set[str] = set()
        self.ignore = columns_to_ignore(ignore)
        self._notes = Notes(notes)
        self._frames: set[str] = set()
        self.raw = {name: self._adopt(name, table) for name, table in tables.items()}
        self._readings: dict[str, dict[str, Reading]] = {}
        for name in self.raw:
            with of_frames(name in self._frames):
                self._readings[name] = self._read(name)
        self.at_load = tuple(self._notes.on(self.tables))

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the loaded tables, in the order of the schema."""
        return tuple(name for name in TABLES if name in self.raw)

    def require(self, name: str) -> None:
        """Refuse the name of a table that is not loaded.

        Raises
        ------
        TableError
            When the table is not loaded, or not in the schema.
        """
        if name not in TABLES:
            raise TableError.unknown(name, known=TABLES)
        if name not in self.raw:
            raise TableError.missing(name, found=self.tables)

    @cached_property
    def columns(self) -> dict[str, frozenset[str]]:
        """The columns of the schema that each table was loaded with."""
        return {name: frozenset(readings) for name, readings in self._readings.items()}

    def read(self, name: str) -> None:
        """Read the text of a table's file once, into the engine.

        A file with values that cannot be read stays as it is: the check tells of them.
        """
        if not self._is_slow(name) or name in self._unreadable:
            return
        try:
            found = self._read_once(name)
        except SourceError:
            if name not in self._slow:
                raise
            # lines that are not whole, or end in several ways: refused by their number, or mended
            self.raw[name] = self._adopt(name, self._slow[name]())
            self._readings[name] = self._read(name)
            found = self._read_once(name)
        if found is None:
            self._unreadable.add(name)
            return
        self.raw[name] = found
        self._readings[name] = {one: Reading(found[one]) for one in self._readings[name]}
        self._slow.pop(name, None)

    def _read_once(self, name: str) -> ir.Table | None:
        """Return a table copied into the engine; None where a value cannot be read."""
        return read_once(self.raw[name], self._readings[name], partial(self._copied, name))

    def _is_slow(self, name: str) -> bool:
        """Report whether each query of a table reads its text anew."""
        parsed = any(reading.parsed for reading in self._readings[name].values())
        return parsed or name in self._slow

    def _copied(self, name: str, rows: ir.Table) -> ir.Table:
        """Return rows of a table as a table of the engine."""
        return self.backend.create_table(self._name(f"{name}_read"), rows, temp=True)

    def add_note(self, note: Note | None) -> None:
        """Record a note on a table, if there is one: it travels with every number made of it."""
        if note is not None:
            self._notes.add(note)

    def missing_column(self, name: str, column: str) -> ColumnError:
        """Return the error for a column that was not loaded; it suggests the nearest one."""
        raw, ours = self.raw[name], TABLES[name].columns.get(column)
        taken = list(TABLES[name].columns)
        if ours is not None and ours.dated:  # yes or no is no date
            taken += [one for one in raw.columns if raw[one].type().is_boolean()]
        none = ours is not None and ours.nullable
        return ColumnError.missing(column, table=name, found=raw.columns, taken=taken, none=none)

    def _read(self, name: str) -> dict[str, Reading]:
        """Return each declared column of a table, read as its declared type."""
        table, raw = TABLES[name], self.raw[name]
        for column in table.required:
            if column not in raw.columns:
                raise self.missing_column(name, column)
        parses = self.backend is not None and self.backend.name == "duckdb"
        return {
            column: read(raw[column], table.columns[column], table=name, parses=parses)
            for column in raw.columns
            if column in table.columns
        }

    def _adopt(self, name: str, table: Any) -> ir.Table:
        """Return an Ibis table by the schema's names; copy a frame into the engine."""
        import ibis.expr.types as ir

        if not isinstance(table, ir.Table):
            frame = arrow(name, table)
            if not frame.column_names:
                raise DataError.no_columns(name)
            self._frames.add(name)
            table = self.backend.create_table(self._name(name), frame, temp=not self._ours)
        with of_frames(name in self._frames):
            raw, notes = recognize(name, table, self.ignore)
        for note in notes:
            self.add_note(note)
        return raw

    def _name(self, table: str) -> str:
        """Return a name for a copied table, unique among companies on the same engine."""
        return f"revkit_{table}" if self._ours else f"revkit_{table}_{next(_NUMBERS)}"
