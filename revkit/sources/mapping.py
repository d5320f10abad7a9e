"""Mapping file: YAML that maps other names of tables, columns and values to the schema's.

::

    as_of: 2019-11-30            # the day at whose end the company is known, and
    why: the export ends there   # the reason, shown with the Dataset
    separator: ";"               # of CSV files; a comma when omitted
    decimal: ","                 # of numbers; a point when omitted
    encoding: cp1252             # of CSV files; utf-8 when omitted
    date_format: "%d/%m/%Y"      # of dates; a list reads several; ISO when omitted
    currency: EUR
    tables:
      opportunities:
        source: deals            # the file or table, without its ending
        columns:
          opportunity_id: id
          kind: {constant: new}
          closed_on: {from: closed, date_format: "%Y%m%d"}
          is_won: {from: status, words: {Won: true, Lost: false, Open: null}}
          product_id: {from: product, words: {GTXPro: GTX Pro}, others: keep}
        keep: [status]           # other columns to load as they are; all others when omitted

A value that ``words`` does not list is refused, unless ``others: keep``. So is a date that no
``date_format`` parses, or that two formats parse as different days, which
``["%Y-%m-%d", "%d/%m/%Y"]`` never do.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from revkit.dataset.validation import Problem
from revkit.errors import ColumnError, DataError, MappingError, SourceError, listed
from revkit.schema import NUMBERS, TABLES, ColumnSchema
from revkit.sources.files import existing
from revkit.sources.parsing import Formats, comma_numbers, days
from revkit.yaml_files import load_yaml, yaml_problem

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.sources.csv_files import CsvStyle
    from revkit.sources.files import SourceTables

Word = bool | int | float | date | str | None


class _StrictModel(BaseModel):
    """Part of a mapping file, which refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnMapping(_StrictModel):
    """Source of one column's values: a source column or a constant, and how to translate it."""

    from_: str | None = Field(None, alias="from")
    constant: Word = None
    words: dict[str, Word] | None = Field(None, min_length=1)
    others: Literal["keep", "refuse"] = "refuse"
    date_format: Formats | None = None

    @model_validator(mode="after")
    def _check_origin(self) -> Self:
        """Refuse a column with neither or both of ``from`` and ``constant``."""
        if (self.from_ is None) == ("constant" not in self.model_fields_set):
            raise ValueError("give either from: a column, or constant: a value")
        return self


def _column(theirs: str) -> ColumnMapping:
    """Return the mapping of a column that is taken as it is."""
    return ColumnMapping.model_validate({"from": theirs})


class TableMapping(_StrictModel):
    """Source of one table: its file and the columns there."""

    source: str
    columns: dict[str, str | ColumnMapping] = {}
    keep: tuple[str, ...] | None = None

    def origins(self) -> Iterator[tuple[str, ColumnMapping]]:
        """Yield each column of the table with its source."""
        for name, origin in self.columns.items():
            yield name, _column(origin) if isinstance(origin, str) else origin


class MappingFile(_StrictModel):
    """Content of a mapping file; ``file`` is its name, for messages."""

    file: str
    tables: dict[str, TableMapping]
    as_of: date | None = None
    why: str | None = None
    separator: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    date_format: Formats | None = None
    currency: str | None = None

    def open(self, table: str, found: SourceTables, style: CsvStyle) -> ir.Table:
        """Open a table of the mapping, with the column names of the schema.

        Raises
        ------
        SourceError, ColumnError
            When the source has no such file or column.
        DataError
            When a date does not fit the formats, or a value is not listed in ``words``.
        """
        part = self.tables[table]
        if part.source not in found.tables:
            raise SourceError.nothing_at(
                f"{found.where}/{part.source}", what=f"table for {table}", beside=found.tables
            )
        origins = dict(part.origins())
        theirs = [origin.from_ for origin in origins.values() if origin.from_ is not None]
        raw = found.open(part.source, style, [*theirs, *TABLES[table].columns])
        for name, origin in origins.items():
            if origin.from_ is not None and origin.from_ not in raw.columns:
                remedy = f"{self.file} asks for it as {table}.{name}."
                raise ColumnError.missing(
                    origin.from_, table=part.source, found=raw.columns, remedy=remedy
                )
        keep = part.keep
        if keep is None:
            keep = tuple(name for name in raw.columns if name not in theirs)
        for name in keep:
            if name not in raw.columns:
                remedy = f"{self.file} wants to keep it in {table}."
                raise ColumnError.missing(name, table=part.source, found=raw.columns, remedy=remedy)
            origins.setdefault(name, _column(name))
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, origin in origins.items():
            declared = TABLES[table].columns.get(name)
            values[name], broken = self._value(raw, name, origin, declared)
            problems += broken
        self._refuse(table, raw, origins, problems)
        return raw.select(**values)

    def _value(
        self, raw: ir.Table, name: str, origin: ColumnMapping, declared: ColumnSchema | None
    ) -> tuple[Any, list[Problem]]:
        """Return the expression of a column, and the rules that its rows may break."""
        if origin.from_ is None:
            return self._literal(origin.constant, declared), []
        column = raw[origin.from_]
        if origin.words is not None:
            literals = [self._literal(word, declared) for word in origin.words.values()]
            return self._translated(column, name, origin, literals)
        if declared is None or not column.type().is_string():
            return column, []
        formats = origin.date_format or (self.date_format if declared.type == "date" else ())
        if declared.dated and formats:
            if raw.get_backend().name != "duckdb":
                raise MappingError.no_parsing(self.file, column=origin.from_, formats=formats)
            return days(column, formats, name)
        if self.decimal == "," and (declared.type in NUMBERS or declared.type == "count"):
            return comma_numbers(column, name, self.file)
        return column, []

    def _literal(self, value: Word, declared: ColumnSchema | None) -> Any:
        """Return a value of the mapping as a literal of the column's type."""
        import ibis

        if declared is None or declared.type in ("id", "text"):
            if isinstance(value, bool):
                place = declared.name if declared is not None else "a column of your own"
                problem = f"YAML read a word of it as {value}, but it is text: put it in quotes"
                raise MappingError.wrong(self.file, place=place, problem=problem)
            return ibis.null("string") if value is None else ibis.literal(str(value))
        types = {"date": "date", "timestamp": "timestamp", "bool": "boolean", "count": "int64"}
        target = types.get(declared.type, "float64")
        try:
            return ibis.null(target) if value is None else ibis.literal(value, target)
        except (TypeError, ValueError):
            problem = f"{value!r} cannot be a {declared.type}"
            raise MappingError.wrong(self.file, place=declared.name, problem=problem) from None

    def _translated(
        self, column: Any, name: str, origin: ColumnMapping, literals: list[Any]
    ) -> tuple[Any, list[Problem]]:
        """Return a column translated by ``words``, and the rule that every value is listed."""
        import ibis

        text, theirs = column.cast("string"), str(origin.from_)
        words = origin.words or {}
        rest = text if origin.others == "keep" else ibis.null(literals[0].type())
        cases = [(text == word, ours) for word, ours in zip(words, literals, strict=True)]
        value = ibis.cases(*cases, else_=rest)
        if origin.others == "keep":
            return value, []
        what = f"{theirs} has words that {self.file} does not translate to {name}"
        remedy = f"Known are {listed(words)}; add the others to words, or others: keep."
        unknown = ~(text.isin(list(words)) | text.isnull())
        return value, [Problem(unknown, what, (theirs,), remedy)]

    def _refuse(
        self, table: str, raw: ir.Table, origins: dict[str, ColumnMapping], problems: list[Problem]
    ) -> None:
        """Refuse a table with rows that break a rule, showing three of them."""
        if not problems:
            return
        sums = {
            f"b{number}": problem.rows.ifelse(1, 0).sum().fill_null(0)
            for number, problem in enumerate(problems)
        }
        counted = raw.aggregate(**sums).to_pyarrow().to_pylist()[0]
        keys = [origins[key].from_ for key in TABLES[table].key if key in origins]
        for number, problem in enumerate(problems):
            if rows := int(counted[f"b{number}"]):
                shown = list(dict.fromkeys(k for k in [*keys, *problem.shows] if k is not None))
                worst = raw.filter(problem.rows).select(shown).order_by(shown).limit(3)
                raise DataError.refused(
                    problem.what,
                    table=f"{table} (from {self.tables[table].source})",
                    rows=rows,
                    examples=worst.to_pyarrow().to_pylist(),
                    remedy=problem.remedy,
                )


def read_mapping(path: str | Path) -> MappingFile:
    """Read and check a mapping file.

    Raises
    ------
    SourceError
        When there is no such file.
    MappingError
        When it is not YAML, or has unknown keys or invalid values.
    """
    remedy = "Give the path of a YAML file that says which file and column is which."
    file = existing(path, what="mapping file", remedy=remedy)
    if not file.is_file():
        raise SourceError.not_regular(str(path))
    try:
        content = load_yaml(file)
    except yaml.YAMLError as error:
        raise MappingError.unreadable(file.name, problem=yaml_problem(error)) from None
    if not isinstance(content, dict):
        raise MappingError.wrong(file.name, place="the file", problem="it must begin with tables:")
    _check_keys(content, file.name, "the file")
    try:
        mapping = MappingFile(file=file.name, **content)
    except ValidationError as error:
        raise _explained(error, file.name) from None
    for table, part in mapping.tables.items():
        if table not in TABLES:
            raise MappingError.unknown(table, file=file.name, place="tables", known=TABLES)
        columns = TABLES[table].columns
        for name in part.columns:
            if name not in columns and get_close_matches(name, columns, n=1, cutoff=0.8):
                raise MappingError.unknown(name, file=file.name, place=table, known=columns)
    return mapping


def _check_keys(part: Any, file: str, place: str) -> None:
    """Refuse keys that YAML reads as something else than text, such as ``on`` or ``no``."""
    if isinstance(part, dict):
        for key, value in part.items():
            if not isinstance(key, str):
                raise MappingError.not_text(file, place=place, key=key)
            _check_keys(value, file, key)


def _explained(error: ValidationError, file: str) -> MappingError:
    """Return the error for the first problem that pydantic found."""
    found = [problem for problem in error.errors() if "str" not in problem["loc"]]
    first = next((p for p in found if p["type"] == "extra_forbidden"), (found or error.errors())[0])
    loc = [str(part) for part in first["loc"]]
    *place, last = [part for part in loc if part != "str" and "ColumnMapping" not in part] or [""]
    where = ".".join(place) or "the file"
    if first["type"] == "extra_forbidden":
        models: dict[int, type[_StrictModel]] = {0: MappingFile, 2: TableMapping}
        model = models.get(len(place), ColumnMapping)
        known = [field.alias or name for name, field in model.model_fields.items()]
        known = [name for name in known if name != "file"]
        return MappingError.unknown(last, file=file, place=where, known=known)
    if first["type"] == "missing":
        return MappingError.wrong(file, place=where, problem=f"it needs {last}:")
    message = first["msg"].removeprefix("Value error, ")
    return MappingError.wrong(file, place=".".join([*place, last]) or where, problem=message)
