"""Files: tables in a folder of CSV and Parquet files or in a DuckDB file."""

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
    """Separator and encoding of a CSV file."""

    separator: str = ","
    encoding: str = "utf-8"


@dataclass(frozen=True)
class SourceTables:
    """Tables found at a source, by name, opened lazily.

    Parameters
    ----------
    where
        The source as shown in messages.
    backend
        The Ibis backend that reads them.
    paths
        By table, its files; empty for a table of a database.
    others
        Names of other files there, which are not read.
    shared
        Whether it is a database that may hold unrelated tables.
    enums
        By table, columns of enumerated types, which are read as text.
    """

    where: str
    backend: Any
    paths: Mapping[str, tuple[Path, ...]]
    others: tuple[str, ...]
    shared: bool = False
    enums: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def is_csv(self, name: str) -> bool:
        """Return whether a table is a CSV file, which is parsed each time it is read."""
        return any(path.suffix.lower() == ".csv" for path in self.paths[name])

    def file(self, name: str) -> str:
        """Return the name of a table's file or folder, or its own in a database."""
        paths = self.paths[name]
        return name if not paths else paths[0].name if len(paths) == 1 else f"{name}/"

    def open(self, name: str, style: CsvStyle, as_text: Collection[str]) -> ir.Table:
        """Open a table lazily.

        Parameters
        ----------
        style
            Separator and encoding of CSV files.
        as_text
            Columns of CSV files to leave as text.

        Raises
        ------
        SourceError
            When a file cannot be read, or a CSV file has another separator or no header.
        """
        paths = self.paths[name]
        if not paths:
            table: ir.Table = self.backend.table(name)
            texts = {column: table[column].concat("") for column in self.enums.get(name, ())}
            return table.mutate(**texts) if texts else table
        if self.is_csv(name):
            return _csv(self.backend, paths[0], style, as_text)
        try:
            return self.backend.read_parquet([str(path) for path in paths])
        except Exception as error:
            raise SourceError.unreadable(str(paths[0]), problem=first_lines(error)) from error


def open_path(source: str | Path) -> SourceTables:
    """List the tables in a folder or a DuckDB file.

    Raises
    ------
    SourceError
        When nothing is there, when it is neither a folder nor a .duckdb file, or when a folder
        holds one table twice.
    """
    import ibis

    path = Path(source).expanduser()
    if not path.exists():
        beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        raise SourceError.nothing_at(str(source), what="folder or file", beside=beside)
    if path.is_dir():
        paths, others = _folder(path)
        return SourceTables(str(source), ibis.duckdb.connect(), paths, others)
    if path.suffix.lower() not in (".duckdb", ".ddb"):
        raise SourceError.no_kind(str(source))
    return open_duckdb(path, str(source))


def open_duckdb(file: str | Path, where: str) -> SourceTables:
    """List the tables and views of a DuckDB file, opened read-only.

    Raises
    ------
    SourceError
        When there is no such file, or it is not a DuckDB file.
    """
    import ibis

    path = Path(file).expanduser()
    if not path.is_file():
        beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        raise SourceError.nothing_at(str(file), what="DuckDB file", beside=beside)
    try:
        backend = ibis.duckdb.connect(path, read_only=True)
    except Exception as error:
        raise SourceError.unreadable(where, problem=first_lines(error)) from error
    # ibis lists tables through a call that DuckDB 1.5 has deprecated, which warns.
    rows = backend.con.execute(
        "select table_name from information_schema.tables where table_schema = 'main'"
    ).fetchall()
    return SourceTables(where, backend, {name: () for (name,) in sorted(rows)}, ())


def _folder(folder: Path) -> tuple[dict[str, tuple[Path, ...]], tuple[str, ...]]:
    """Return the files of each table in a folder, and the names of what is not a table."""
    paths: dict[str, tuple[Path, ...]] = {}
    others = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")):
            continue
        parts = tuple(sorted(path.glob("*.parquet"))) if path.is_dir() else (path,)
        if not parts or (not path.is_dir() and path.suffix.lower() not in (".csv", ".parquet")):
            others.append(path.name + "/" * path.is_dir())
            continue
        name = path.name if path.is_dir() else path.stem
        if name in paths:
            twice = [paths[name][0].name, path.name]
            raise SourceError.twice(name, where=str(folder), files=twice)
        paths[name] = parts
    return paths, tuple(others)


def _csv(backend: Backend, path: Path, style: CsvStyle, as_text: Collection[str]) -> ir.Table:
    """Open a CSV file in DuckDB, after checking its header and separator."""
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
        raise SourceError.unreadable(str(path), problem=first_lines(error)) from error


def _header(path: Path, style: CsvStyle) -> str:
    """Return the first line of a CSV file."""
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
    """Read a CSV file in an encoding that DuckDB does not know, with every column as text."""
    import pandas as pd

    return pd.read_csv(
        path,
        sep=style.separator,
        encoding=style.encoding,
        dtype=str,
        keep_default_na=False,
        na_values=[""],
    )


def first_lines(error: Exception) -> str:
    """Return the first three lines of an error's message as one, at most 300 characters."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:3])[:300]
