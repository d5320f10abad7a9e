"""Tables of a mapping: opened under the schema's names, with their values translated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from revkit.dataset.columns import fold
from revkit.dataset.validation import Problem
from revkit.errors import ColumnError, DataError, MappingError, SourceError
from revkit.schema import NUMBERS, TABLES, ColumnSchema
from revkit.sources.mapping.dates import read_dates
from revkit.sources.mapping.model import (
    ColumnMapping,
    DateStyle,
    MappingFile,
    TableMapping,
    inclusive_ends,
    plain_column,
)
from revkit.sources.mapping.numbers import in_major_units, read_numbers, signs_agree
from revkit.sources.mapping.words import literal, translate, truth

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.sources.csv_files import CsvStyle
    from revkit.sources.files import SourceTables


def open_table(mapping: MappingFile, table: str, found: SourceTables, style: CsvStyle) -> ir.Table:
    """Open a table by the settings of a mapping, with the column names of the schema.

    Raises
    ------
    SourceError, ColumnError
        When the source has no such file or column.
    MappingError
        When a word cannot be a value of its column, or a setting does not fit the source.
    DataError
        When a date does not fit the formats, or a value is not listed in ``words``.
    """
    part = mapping.tables.get(table, TableMapping(source=table))
    if part.source not in found.tables:
        raise SourceError.nothing_at(
            f"{found.where}/{part.source}", what=f"table for {table}", beside=found.tables
        )
    named = dict(part.origins())
    asked = [name for origin in named.values() for name in (origin.from_, origin.where) if name]
    raw = found.open(part.source, style, [*asked, *TABLES[table].columns])
    for name, origin in named.items():
        for theirs in (origin.from_, origin.where):
            if theirs is not None and theirs not in raw.columns:
                remedy = f"{mapping.file} asks for it as {table}.{name}."
                raise ColumnError.missing(
                    theirs, table=part.source, found=raw.columns, remedy=remedy
                )
    origins = {**named, **_kept(mapping, table, part, raw)}
    return _Opening(mapping, table, part, raw, origins).open()


def _kept(
    mapping: MappingFile, table: str, part: TableMapping, raw: ir.Table
) -> dict[str, ColumnMapping]:
    """Return the columns that are loaded under their own names.

    Those of a name that the mapping gives to another column stay out, in any spelling.
    """
    taken = {fold(name) for name in part.columns}
    used = {origin.from_ for _, origin in part.origins()}
    keep = part.keep
    if keep is None:
        keep = tuple(name for name in raw.columns if name not in used)
    for name in keep:
        if name not in raw.columns:
            remedy = f"{mapping.file} wants to keep it in {table}."
            raise ColumnError.missing(name, table=part.source, found=raw.columns, remedy=remedy)
    return {name: plain_column(name) for name in keep if fold(name) not in taken}


@dataclass(frozen=True)
class _Opening:
    """A table of a source and the mapping of each of its columns."""

    mapping: MappingFile
    name: str
    part: TableMapping
    raw: ir.Table
    origins: dict[str, ColumnMapping]

    def open(self) -> ir.Table:
        """Return the table under the schema's names; refuse rows that break the mapping."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, origin in self.origins.items():
            values[name], broken = self._value(name, origin)
            problems += broken
        self._add_major_units(values, problems)
        self._check_signs(values, problems)
        self._refuse(problems)
        return self.raw.select(**values)

    def _value(self, name: str, origin: ColumnMapping) -> tuple[Any, list[Problem]]:
        """Return the expression of a column, and the rules that its rows may break."""
        declared, file = self._declared(name, origin), self.mapping.file
        problems: list[Problem] = []
        if origin.from_ is None:
            value = literal(origin.constant, declared, file)
        else:
            value, problems = self._read(self.raw[origin.from_], name, origin, declared)
        if origin.where is not None:
            import ibis

            kept, unclear = truth(self.raw[origin.where], file)
            return kept.ifelse(value, ibis.null(value.type())), problems + unclear
        return value, problems

    def _read(
        self, column: Any, name: str, origin: ColumnMapping, declared: ColumnSchema | None
    ) -> tuple[Any, list[Problem]]:
        """Return the values of a source column, and the rules that its rows may break."""
        mapping, file = self.mapping, self.mapping.file
        if origin.words is not None:
            return translate(column, name, origin, declared, file)
        if declared is None:
            return column, []
        if declared.dated:
            inclusive = self.part.ends == "inclusive" and declared.name in inclusive_ends(self.name)
            style = DateStyle.of(mapping, origin, declared, inclusive)
            if not column.type().is_string() and origin.date_format is None:
                style = replace(style, formats=())
            return read_dates(column, declared, style, file)
        if declared.type in NUMBERS or declared.type == "count":
            decimal = origin.decimal or mapping.decimal
            return read_numbers(column, declared, origin, decimal=decimal, file=file)
        return column, []

    def _declared(self, name: str, origin: ColumnMapping) -> ColumnSchema | None:
        """Return the schema of a column, by its name in any spelling, else by its settings."""
        columns = TABLES[self.name].columns
        known = {fold(column): declared for column, declared in columns.items()}
        if fold(name) in known:
            return known[fold(name)]
        if origin.date_format or origin.epoch or origin.zone or origin.open_ended:
            return ColumnSchema(name, "date")
        if origin.percent or origin.minor_units or origin.scale or origin.decimal:
            return ColumnSchema(name, "money" if origin.minor_units else "number")
        return None

    def _currency(self, values: dict[str, Any]) -> Any:
        """Return the currency of each row: its own, else the company's, else null."""
        import ibis

        own = next((values[name] for name in values if fold(name) == "currency"), None)
        company = self.mapping.currency
        fallback = ibis.null("string") if company is None else ibis.literal(company)
        return fallback if own is None else ibis.coalesce(own, fallback)

    def _add_major_units(self, values: dict[str, Any], problems: list[Problem]) -> None:
        """Turn amounts in minor units into amounts, by the currency of their rows."""
        asked = {name: origin for name, origin in self.origins.items() if origin.minor_units}
        if not asked:
            return
        if self.mapping.currency is None and not any(fold(name) == "currency" for name in values):
            problem = "minor_units: needs the currency: a column of the table, or currency: above"
            place = f"{self.name}.{next(iter(asked))}"
            raise MappingError.wrong(self.mapping.file, place=place, problem=problem)
        code = self._currency(values)
        for name, origin in asked.items():
            theirs = str(origin.from_)
            values[name], unknown = in_major_units(values[name], code, theirs, self.mapping.file)
            problems += unknown

    def _check_signs(self, values: dict[str, Any], problems: list[Problem]) -> None:
        """Add the rules that the currency signs in amounts are those of their rows."""
        for name, origin in self.origins.items():
            declared = self._declared(name, origin)
            if declared is None or declared.type not in ("money", "rate") or origin.from_ is None:
                continue
            text, written = self.raw[origin.from_], origin.decimal or self.mapping.decimal
            if written and text.type().is_string():
                code = self._currency(values)
                problems += signs_agree(text, code, origin.from_, self.mapping.file)

    def _refuse(self, problems: list[Problem]) -> None:
        """Refuse a table with rows that break a rule, showing three of them."""
        if not problems:
            return
        sums = {
            f"b{number}": problem.rows.ifelse(1, 0).sum().fill_null(0)
            for number, problem in enumerate(problems)
        }
        counted = self.raw.aggregate(**sums).to_pyarrow().to_pylist()[0]
        keys = [self.origins[key].from_ for key in TABLES[self.name].key if key in self.origins]
        for number, problem in enumerate(problems):
            if rows := int(counted[f"b{number}"]):
                shown = list(dict.fromkeys(k for k in [*keys, *problem.shows] if k is not None))
                # as text, since a day after 9999 is none in Python
                texts = {name: self.raw[name].cast("string") for name in shown}
                worst = self.raw.filter(problem.rows).select(**texts).order_by(shown).limit(3)
                raise DataError.refused(
                    problem.what,
                    table=f"{self.name} (from {self.part.source})",
                    rows=rows,
                    examples=worst.to_pyarrow().to_pylist(),
                    remedy=problem.remedy,
                )
