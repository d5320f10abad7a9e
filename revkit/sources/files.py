"""Files as tables: what a folder or a database file holds, and how each is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit.errors import SourceError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

_NATIVE = {"utf-8", "utf-16", "latin-1"}


@dataclass(frozen=True)
class CsvStyle:
    """How a CSV file is written."""

    separator: str = ","
    encoding: str = "utf-8"


@dataclass(frozen=True)
class SourceTables:
    """Tables by the names of their files, and what else lies there.

    ``shared``: a database that others use too, with tables that are none of ours. ``words``: by
    table, columns of types of its own that are read as text.
    """

    where: str
    backend: Any
    items: Mapping[str, tuple[Path, ...]]
    others: tuple[str, ...]
    shared: bool = False
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def is_text(self, name: str) -> bool:
        """Whether a table is a CSV file, to be parsed as it is read."""
        return any(path.suffix.lower() == ".csv" for path in self.items[name])

    def file(self, name: str) -> str:
        """What a table is called where it lies."""
        paths = self.items[name]
        return name if not paths else paths[0].name if len(paths) == 1 else f"{name}/"

    def open(self, name: str, style: CsvStyle, as_text: Collection[str]) -> ir.Table:
        """Open a table lazily; in CSV files the columns ``as_text`` stay as they are written."""
        paths = self.items[name]
        if not paths:
            table: ir.Table = self.backend.table(name)
            texts = {column: table[column].concat("") for column in self.words.get(name, ())}
            return table.mutate(**texts) if texts else table
        if self.is_text(name):
            return _csv(self.backend, paths[0], style, as_text)
        try:
            return self.backend.read_parquet([str(path) for path in paths])
        except Exception as error:
            raise SourceError.unreadable(str(paths[0]), problem=_first_line(error)) from error


def shelf(source: str | Path) -> SourceTables:
    """See what lies at a path.

    Raises
    ------
    SourceError
        When nothing is there, or it is neither a folder nor a .duckdb file, or one table is
        there twice.
    """
    import ibis

    path = Path(source).expanduser()
    if not path.exists():
        beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        raise SourceError.nothing_at(str(source), what="folder or file", beside=beside)
    if path.is_dir():
        items, others = _folder(path)
        return SourceTables(str(source), ibis.duckdb.connect(), items, others)
    if path.suffix.lower() not in (".duckdb", ".ddb"):
        raise SourceError.no_kind(str(source))
    return database(path, str(source))


def database(file: str | Path, where: str) -> SourceTables:
    """See which tables and views a DuckDB file holds, opened for reading alone.

    Raises
    ------
    SourceError
        When there is no such file, or it is none of DuckDB's.
    """
    import ibis

    path = Path(file).expanduser()
    if not path.is_file():
        beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        raise SourceError.nothing_at(str(file), what="DuckDB file", beside=beside)
    try:
        backend = ibis.duckdb.connect(path, read_only=True)
    except Exception as error:
        raise SourceError.unreadable(where, problem=_first_line(error)) from error
    # ibis lists tables through a call that DuckDB 1.5 has deprecated, which warns.
    rows = backend.con.execute(
        "select table_name from information_schema.tables where table_schema = 'main'"
    ).fetchall()
    return SourceTables(where, backend, {name: () for (name,) in sorted(rows)}, ())


def _folder(folder: Path) -> tuple[dict[str, tuple[Path, ...]], tuple[str, ...]]:
    items: dict[str, tuple[Path, ...]] = {}
    others = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")):
            continue
        parts = tuple(sorted(path.glob("*.parquet"))) if path.is_dir() else (path,)
        if not parts or (not path.is_dir() and path.suffix.lower() not in (".csv", ".parquet")):
            others.append(path.name + "/" * path.is_dir())
            continue
        name = path.name if path.is_dir() else path.stem
        if name in items:
            twice = [items[name][0].name, path.name]
            raise SourceError.twice(name, where=str(folder), files=twice)
        items[name] = parts
    return items, tuple(others)


def _csv(backend: Backend, path: Path, style: CsvStyle, as_text: Collection[str]) -> ir.Table:
    first = _header(path, style)
    options: dict[str, Any] = {"header": True, "delim": style.separator, "sample_size": -1}
    if style.encoding not in _NATIVE:
        return backend.create_table(f"read_{path.stem}", _decoded(path, style), temp=True)
    options["encoding"] = style.encoding
    if style.separator not in first:
        for separator in (";", "\t", ",", "|"):
            if separator in first:
                raise SourceError.separated(str(path), separator=separator, said=style.separator)
    try:
        names = backend.read_csv(str(path), all_varchar=True, **options).columns
        types = {name: "VARCHAR" for name in names if name in as_text}
        return backend.read_csv(str(path), types=types or None, **options)
    except Exception as error:
        raise SourceError.unreadable(str(path), problem=_first_line(error)) from error


def _header(path: Path, style: CsvStyle) -> str:
    try:
        with path.open(encoding=style.encoding) as lines:
            first = lines.readline()
    except (UnicodeError, LookupError) as error:
        problem = f"{error}. Say in a mapping how it is encoded: encoding: cp1252"
        raise SourceError.unreadable(str(path), problem=problem) from None
    if not first.strip():
        raise SourceError.no_header(str(path))
    return first


def _decoded(path: Path, style: CsvStyle) -> Any:
    """Read a file in an encoding that the engine does not know: every column as text."""
    import pandas as pd

    return pd.read_csv(
        path,
        sep=style.separator,
        encoding=style.encoding,
        dtype=str,
        keep_default_na=False,
        na_values=[""],
    )


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:3])[:300]
