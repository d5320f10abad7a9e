"""One column of a mapped table: read by its settings, chosen of several, with a default."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from revkit.dataset.columns import fold
from revkit.dataset.validation import Problem, read
from revkit.dataset.validation.reading import stripped
from revkit.schema import NUMBERS, TABLES, ColumnSchema
from revkit.sources.mapping.lookups import MadeColumns
from revkit.sources.mapping.model import (
    ColumnMapping,
    MappingFile,
    TableMapping,
    as_column,
    inclusive_ends,
)
from revkit.sources.mapping.numbers import months, read_numbers
from revkit.sources.mapping.rows import condition
from revkit.sources.mapping.settings import INTERVALS, MONTHS
from revkit.sources.mapping.time.dates import DateStyle, read_dates
from revkit.sources.mapping.words import as_ended, literal, translate, truth

Read = tuple[Any, list[Problem]]


@dataclass(frozen=True)
class ColumnReader:
    """Reads the columns of one part of a table.

    Parameters
    ----------
    mapping, table, part
        The mapping, the name of the table and its part there.
    made
        The columns of the source and those made of them.
    typed
        Whether to read also columns without settings as their declared type, which parts of one
        table need to go together.
    """

    mapping: MappingFile
    table: str
    part: TableMapping
    made: MadeColumns
    typed: bool

    def read(
        self,
        name: str,
        origin: ColumnMapping,
        *,
        typed: bool = False,
        declared: ColumnSchema | None = None,
    ) -> Read:
        """Return the values of a column, and the rules that its rows may break.

        Without ``declared``, the column of the schema of that name says what the values are.

        Raises
        ------
        MappingError
            When a word or a constant cannot be a value of its column.
        DataError
            When no value of this type could become the declared one.
        """
        declared, file = declared or self.declared(name, origin), self.mapping.file
        typed = typed or self.typed or origin.default is not None
        value, problems = self._value(name, origin, declared, typed)
        if origin.times or origin.plus or origin.minus or origin.discount or origin.per:
            value, more = self._reckoned(name, value, origin)
            problems = [*problems, *more]
        if origin.default is not None:
            import ibis

            value = ibis.coalesce(_nonempty(value), literal(origin.default, declared, file))
        if origin.where is None:
            return value, problems
        import ibis

        kept, unclear = condition(self.made.raw, origin.where, self.mapping, self.made.opened)
        # what is left out need not be right
        problems = [replace(one, rows=one.rows & kept) for one in problems]
        return kept.ifelse(value, ibis.null(value.type())), [*problems, *unclear]

    def _value(
        self, name: str, origin: ColumnMapping, declared: ColumnSchema | None, typed: bool
    ) -> Read:
        """Return the values of a column before its condition and its default."""
        if origin.coalesce is not None:
            return self._first(name, origin, declared)
        if origin.from_ is None and origin.join is None:
            return literal(origin.constant, declared, self.mapping.file), []
        column = self.made.column(origin)
        value, problems = self._read(column, name, origin, declared)
        if not typed:
            return value, problems
        value, more = self._as_declared(value, declared, column.get_name())
        return value, [*problems, *more]

    def _reckoned(self, name: str, value: Any, origin: ColumnMapping) -> Read:
        """Return (value × times + plus − minus) × (1 − discount) a month, and the parts' rules."""
        import ibis

        theirs = next((self.made.column(one).get_name() for one in origin.amounts()), name)
        value, problems = self._as_declared(value, ColumnSchema(name, "number"), theirs)
        term = f"term of {name}"

        def read(
            given: str | ColumnMapping, kind: Literal["number", "text"], words: tuple[str, ...] = ()
        ) -> Any:
            declared = ColumnSchema(term, kind, words=words)
            found, broken = self.read(term, as_column(given), typed=True, declared=declared)
            problems.extend(broken)
            return found

        for one in origin.times:
            value = value * read(one, "number")
        for one in origin.plus:
            value = value + ibis.coalesce(read(one, "number"), 0.0)
        if origin.minus is not None:
            value = value - ibis.coalesce(read(origin.minus, "number"), 0.0)
        if origin.discount is not None:
            value = value * (1 - ibis.coalesce(read(origin.discount, "number"), 0.0))
        if isinstance(origin.per, str):
            value = value / MONTHS[fold(origin.per)]
        elif origin.per is not None:
            shown = next(as_column(origin.per.interval).reads())
            many = origin.per.count
            many = many if isinstance(many, int) else read(many, "text")
            length, broken = months(read(origin.per.interval, "text", INTERVALS), many, shown)
            value = value / length
            problems.extend(broken)
        return value, problems

    def _first(self, name: str, origin: ColumnMapping, declared: ColumnSchema | None) -> Read:
        """Return the first value of several columns that is not empty."""
        import ibis

        found: list[Any] = []
        problems: list[Problem] = []
        for one in origin.choices():
            value, broken = self.read(name, one, typed=True, declared=declared)
            if found:  # where an earlier one has a value, this one is not asked
                empty = ibis.coalesce(*found).isnull()
                broken = [replace(problem, rows=problem.rows & empty) for problem in broken]
            found.append(_nonempty(value if declared else value.cast("string")))
            problems += broken
        return ibis.coalesce(*found), problems

    def _as_declared(self, value: Any, declared: ColumnSchema | None, theirs: str) -> Read:
        """Return values as their declared type; text, and ids, as text."""
        if declared is None:
            return value, []
        if declared.type in ("id", "text"):
            return value if value.type().is_string() else value.cast("string"), []
        value = _nonempty(value)
        parses = value.get_backend().name == "duckdb" if value.type().is_string() else True
        reading = read(value, declared, table=self.table, parses=parses)
        return reading.value, reading.problems(theirs)

    def _read(
        self, column: Any, name: str, origin: ColumnMapping, declared: ColumnSchema | None
    ) -> Read:
        """Return the values of a source column, and the rules that its rows may break."""
        mapping, file = self.mapping, self.mapping.file
        if origin.words is not None:
            if (self.table, name) == ("subscriptions", "status"):
                origin = as_ended(origin)
            return translate(column, name, origin, declared, file)
        if declared is None:
            return column, []
        if declared.dated:
            inclusive = self.part.ends == "inclusive" and declared.name in inclusive_ends(
                self.table
            )
            style = DateStyle.of(mapping, origin, declared, inclusive)
            if not column.type().is_string() and origin.date_format is None:
                style = replace(style, formats=(), iso=False)
            return read_dates(column, declared, style, file)
        if declared.type in NUMBERS or declared.type == "count":
            decimal = origin.decimal or mapping.decimal
            return read_numbers(column, declared, origin, decimal=decimal, file=file)
        # text of a file is read later, at first use
        if declared.type == "bool" and column.type().is_string() and not _in_duckdb(column):
            return truth(column, file)
        return column, []

    def declared(self, name: str, origin: ColumnMapping) -> ColumnSchema | None:
        """Return the schema of a column, by its name in any spelling, else by its settings."""
        columns = TABLES[self.table].columns
        known = {fold(column): declared for column, declared in columns.items()}
        if fold(name) in known:
            return known[fold(name)]
        if origin.date_format or origin.epoch or origin.zone or origin.open_ended:
            return ColumnSchema(name, "date")
        if origin.percent or origin.minor_units or origin.scale or origin.decimal or origin.per:
            return ColumnSchema(name, "money" if origin.minor_units else "number")
        return None


def _in_duckdb(column: Any) -> bool:
    """Return whether a column is one of a file or of DuckDB, which can try a cast."""
    return bool(column.get_backend().name == "duckdb")


def _nonempty(value: Any) -> Any:
    """Return values with empty text as null."""
    if not value.type().is_string():
        return value
    import ibis

    return (stripped(value) == "").ifelse(ibis.null("string"), value)
