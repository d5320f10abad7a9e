"""Tables of a mapping: opened under the schema's names, with their values translated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from revkit.dataset.columns import fold
from revkit.dataset.notes import Note
from revkit.dataset.validation import Problem
from revkit.errors import ColumnError, MappingError, SourceError
from revkit.schema import TABLES
from revkit.sources.formats.union import united
from revkit.sources.mapping.clauses import columns_of
from revkit.sources.mapping.column import ColumnReader
from revkit.sources.mapping.lookups import MadeColumns
from revkit.sources.mapping.misses import misses
from revkit.sources.mapping.model import ColumnMapping, MappingFile, TableMapping, plain_column
from revkit.sources.mapping.numbers import Units, in_major_units, in_whole_minor_units, signs_agree
from revkit.sources.mapping.rows import (
    condition,
    ends_of_groups,
    pivoted,
    pivoted_columns,
    refuse_rows,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.sources.files import SourceTables
    from revkit.sources.formats.style import ReadStyle


@dataclass(frozen=True)
class Opened:
    """A table under the schema's names, and notes on rows that the mapping leaves out."""

    table: ir.Table
    notes: tuple[Note, ...]


def open_table(mapping: MappingFile, table: str, found: SourceTables, style: ReadStyle) -> Opened:
    """Open a table by the settings of a mapping, with the column names of the schema.

    Raises
    ------
    SourceError, ColumnError
        When the source has no such file or column.
    MappingError
        When a word cannot be a value of its column, or a setting does not fit the source.
    DataError
        When a value does not fit the settings, or is not listed in ``words``.
    """
    parts = mapping.tables.get(table, (TableMapping(source=table),))
    several = len(parts) > 1
    each = [_Part(mapping, table, part, found, style, several) for part in parts]
    opened = [one.open() for one in each]
    notes = [
        note
        for source in dict.fromkeys(mapping.sources(table))
        for note in _left_out([one for one in each if one.part.source == source])
    ]
    notes += [note for one in opened for note in one.notes]
    return Opened(united([one.table for one in opened]), tuple(notes))


@dataclass(frozen=True)
class _Part:
    """A source of a table and the mapping of its columns; ``several`` says it is one of some."""

    mapping: MappingFile
    name: str
    part: TableMapping
    found: SourceTables
    style: ReadStyle
    several: bool

    def open(self) -> Opened:
        """Return its rows under the schema's names; refuse those that break the mapping."""
        named = dict(self.part.origins())
        every = self._raw(named)
        raw = self._chosen(every, named)
        origins = {**named, **self._kept(raw, named)}
        made = MadeColumns(raw, self.mapping, self._opened)
        for name, origin in origins.items():
            for leaf in origin.leaves():
                made.add(leaf, f"{self.name}.{name}")
        reader = ColumnReader(self.mapping, self.name, self.part, made, self.several)
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, origin in origins.items():
            values[name], broken = reader.read(name, origin)
            problems += broken
        self._add_major_units(values, origins, reader, problems)
        self._check_signs(values, origins, reader, problems)
        units = Units(self.mapping, self._opened, made)
        for name, origin in named.items():
            if origin.by_heading:
                code = self._currency(values)
                problems += units.belied(origin, (self.name, name), values[name], code)
        notes = self._notes(every, made.raw, problems)
        keys = [origins[key] for key in TABLES[self.name].key if key in origins]
        shown = [made.column(key).get_name() for key in keys if key.from_ or key.join]
        refuse_rows(made.raw, problems, self.name, self.part.source, shown)
        notes += tuple(misses(self.name, origins, reader))
        return Opened(made.raw.select(**values), notes)

    def _opened(self, source: str, as_text: Sequence[str]) -> ir.Table:
        """Open a table of the source."""
        if source not in self.found.tables:
            raise SourceError.nothing_at(
                f"{self.found.where}/{source}",
                what=f"table for {self.name}",
                beside=self.found.tables,
            )
        header, footer = self.mapping.edges(source)
        style = replace(self.style, header_row=header, footer_rows=footer)
        return self.found.open(source, style, as_text)

    def _raw(self, named: dict[str, ColumnMapping]) -> ir.Table:
        """Return the table of the source, with columns as rows where asked; refuse absent ones."""
        part, pivot = self.part, self.part.pivot
        new = () if pivot is None else (pivot.names, pivot.values)
        uses = [(name, theirs) for name, origin in named.items() for theirs in origin.reads()]
        uses += [("rows", theirs) for theirs in part.rows.reads()]
        asked = [theirs for _, theirs in uses if theirs not in new]
        texts = [*asked, *TABLES[self.name].columns]
        raw = self._opened(part.source, texts)
        if pivot is not None:
            columns = pivoted_columns(pivot, raw.columns, asked)
            uses += [("pivot", theirs) for theirs in columns]
            raw = self._opened(part.source, [*texts, *columns])
        for name, theirs in uses:
            if theirs not in raw.columns and theirs not in new:
                remedy = f"{self.mapping.file} asks for it as {self.name}.{name}."
                raise ColumnError.missing(
                    theirs, table=part.source, found=raw.columns, remedy=remedy
                )
        return raw

    def _chosen(self, raw: ir.Table, named: dict[str, ColumnMapping]) -> ir.Table:
        """Return the rows that the mapping takes."""
        rows, pivot, file = self.part.rows, self.part.pivot, self.mapping.file
        kept, _ = self.taken(raw)
        if pivot is not None:
            used = [theirs for origin in named.values() for theirs in origin.reads()]
            used += rows.reads()
            columns = pivoted_columns(pivot, kept.columns, used)
            kept = pivoted(kept, pivot, columns, file=file, table=self.name)
        return kept

    def taken(self, raw: ir.Table) -> tuple[ir.Table, Any]:
        """Return the rows of the source that the mapping takes, and the condition they meet."""
        rows, held = self.part.rows, None
        kept = raw
        if rows.where is not None:
            held, problems = condition(raw, rows.where, self.mapping, self._opened)
            refuse_rows(raw, problems, self.name, self.part.source, ())
            kept = raw.filter(held)
        chosen, problems = ends_of_groups(kept, rows, rows.one_per, self.mapping)
        refuse_rows(kept, problems, self.name, self.part.source, rows.one_per)
        return chosen, held

    def source(self, parts: Sequence[_Part]) -> ir.Table:
        """Return the source with all columns by which some parts choose their rows."""
        return self._opened(
            self.part.source, [name for one in parts for name in one.part.rows.reads()]
        )

    def _notes(self, every: ir.Table, raw: ir.Table, problems: list[Problem]) -> tuple[Note, ...]:
        """Return what is said of the table and of some of its rows; add what refuses rows.

        ``every`` has the rows, too, that the mapping leaves out.
        """
        notes = [
            Note(self.name, "mapping", said) for said in self.part.note if isinstance(said, str)
        ]
        counted: dict[str, int] = {}
        for table, left_out in ((raw, False), (every, True)):
            sums: dict[str, Any] = {}
            for n, doubt in enumerate(self.part.doubts()):
                if doubt.left_out != left_out:
                    continue
                held, unclear = condition(table, doubt.where, self.mapping, self._opened)
                if doubt.write is not None:
                    problems.append(Problem(held, doubt.say, columns_of(doubt.where), doubt.write))
                problems += [] if left_out else unclear
                sums[f"d{n}"] = held.ifelse(1, 0).sum().fill_null(0)
            if sums:
                counted |= table.aggregate(**sums).to_pyarrow().to_pylist()[0]
        for n, doubt in enumerate(self.part.doubts()):
            if rows := int(counted[f"d{n}"]):
                many = "1 row" if rows == 1 else f"{rows:,} rows"
                text = f"{doubt.say}, in {many} of {self.part.source}"
                notes.append(Note(self.name, "mapping", text, rows))
        return tuple(notes)

    def _kept(self, raw: ir.Table, named: dict[str, ColumnMapping]) -> dict[str, ColumnMapping]:
        """Return the columns that are loaded under their own names.

        Those of a name that the mapping gives to another column stay out, in any spelling.
        """
        taken = {fold(name) for name in named}
        used = {leaf.from_ for origin in named.values() for leaf in origin.leaves()}
        keep = self.part.keep
        if keep is None:
            keep = tuple(name for name in raw.columns if name not in used)
        for name in keep:
            if name not in raw.columns:
                remedy = f"{self.mapping.file} wants to keep it in {self.name}."
                raise ColumnError.missing(
                    name, table=self.part.source, found=raw.columns, remedy=remedy
                )
        return {name: plain_column(name) for name in keep if fold(name) not in taken}

    def _currency(self, values: dict[str, Any]) -> Any:
        """Return the currency of each row: its own, else the company's, else null."""
        import ibis

        own = next((values[name] for name in values if fold(name) == "currency"), None)
        company = self.mapping.currency
        fallback = ibis.null("string") if company is None else ibis.literal(company)
        return fallback if own is None else ibis.coalesce(own, fallback)

    def _add_major_units(
        self,
        values: dict[str, Any],
        origins: dict[str, ColumnMapping],
        reader: ColumnReader,
        problems: list[Problem],
    ) -> None:
        """Turn amounts in minor units into amounts, by the currency of their rows."""
        asked = {name: origin for name, origin in origins.items() if origin.minor_units}
        if not asked:
            return
        if self.mapping.currency is None and not any(fold(name) == "currency" for name in values):
            problem = "minor_units: needs the currency: a column of the table, or currency: above"
            place = f"{self.name}.{next(iter(asked))}"
            raise MappingError.wrong(self.mapping.file, place=place, problem=problem)
        code = self._currency(values)
        for name, origin in asked.items():
            theirs = next(iter(origin.reads()))
            for leaf in origin.amounts():
                text, decimal = reader.made.column(leaf), leaf.decimal or self.mapping.decimal
                problems.append(in_whole_minor_units(text, decimal, name, text.get_name()))
            values[name], unknown = in_major_units(values[name], code, theirs, self.mapping)
            problems += unknown

    def _check_signs(
        self,
        values: dict[str, Any],
        origins: dict[str, ColumnMapping],
        reader: ColumnReader,
        problems: list[Problem],
    ) -> None:
        """Add the rules that the currency signs in amounts are those of their rows."""
        for name, origin in origins.items():
            declared = reader.declared(name, origin)
            if declared is None or declared.type not in ("money", "rate"):
                continue
            for leaf in origin.leaves():
                if leaf.from_ is None or not (leaf.decimal or self.mapping.decimal):
                    continue
                text = reader.made.column(leaf)
                if text.type().is_string():
                    code, file = self._currency(values), self.mapping.file
                    problems += signs_agree(text, code, text.get_name(), file)


def _left_out(parts: Sequence[_Part]) -> Iterator[Note]:
    """Yield the note of how many rows of a source no part of a table takes."""
    choices = [one.part.rows for one in parts]
    if any(rows.where is None and not rows.one_per for rows in choices):
        return
    raw = parts[0].source(parts)
    taken = [one.taken(raw) for one in parts]
    all_rows = int(raw.count().to_pyarrow().as_py())
    if len(parts) == 1:
        left = int(taken[0][0].count().to_pyarrow().as_py())
    else:
        met = [held for _, held in taken if held is not None]
        left = int(raw.filter(reduce(or_, met)).count().to_pyarrow().as_py()) if met else all_rows
    if out := all_rows - left:
        many = f"{out:,} of {all_rows:,}" if left else f"all {all_rows:,}"
        source, name = parts[0].part.source, parts[0].name
        yield Note(name, "left_out", f"the mapping leaves out {many} rows in {source}", out)
