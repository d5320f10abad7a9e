"""Sources of tables: a folder of CSV and Parquet files, a DuckDB file, a database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit.errors import RevkitError, SourceError, first_lines
from revkit.sources.csv_files import CsvStyle, open_csv
from revkit.sources.folder import TableFiles, list_folder
from revkit.sources.parquet_files import open_parquet

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class SourceTables:
    """Tables found at a source, by name, opened lazily.

    Parameters
    ----------
    where
        The source as shown in messages.
    backend
        The Ibis backend that reads them.
    tables
        By name, the files of a table; None for a table of a database.
    others
        Names of other files there, which are not read.
    shared
        Whether it is a database that may hold unrelated tables.
    enums
        By table, columns of enumerated types, which are read as text.
    """

    where: str
    backend: Any
    tables: Mapping[str, TableFiles | None]
    others: tuple[str, ...]
    shared: bool = False
    enums: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def is_csv(self, name: str) -> bool:
        """Return whether a table is in CSV files, which are parsed each time they are read."""
        files = self.tables[name]
        return files is not None and files.is_csv

    def file(self, name: str) -> str:
        """Return the name of a table's file or folder, or its own in a database."""
        files = self.tables[name]
        return name if files is None else files.shown

    def unread(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the names of files in the folders of some tables that are not read."""
        return tuple(
            part for name in names if (files := self.tables[name]) for part in files.unread
        )

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
            When it cannot be read, its parts are of several formats, a column is there twice, or
            a CSV file has another separator or no header.
        """
        files = self.tables[name]
        if files is not None:
            files.check()
            if files.is_csv:
                return open_csv(self.backend, files.paths, style, as_text)
            return open_parquet(self.backend, files.paths)
        try:
            table: ir.Table = self.backend.table(name)
        except RevkitError:
            raise
        except Exception as error:
            problem = first_lines(error)
            raise SourceError.unreadable(f"{self.where}: {name}", problem=problem) from None
        texts = {column: table[column].concat("") for column in self.enums.get(name, ())}
        return table.mutate(**texts) if texts else table


def open_path(source: str | Path) -> SourceTables:
    """List the tables in a folder or a DuckDB file.

    Raises
    ------
    SourceError
        When nothing is there, when it is neither a folder nor a .duckdb file, or when a folder
        holds one table twice.
    """
    path = existing(source, what="folder or file")
    if path.is_dir():
        from revkit.dataset.duckdb_engine import local_engine

        tables, others = list_folder(path)
        return SourceTables(str(source), local_engine(str(source)), tables, others)
    if path.suffix.lower() not in (".duckdb", ".ddb"):
        raise SourceError.no_kind(str(source))
    return open_duckdb(path, str(source))


def open_duckdb(file: str | Path, where: str) -> SourceTables:
    """List the tables and views of a DuckDB file, opened read-only.

    Its views reach nothing outside of the file.

    Raises
    ------
    SourceError
        When there is no such file, or it is not a DuckDB file.
    """
    path = existing(file, what="DuckDB file")
    if not path.is_file():
        raise SourceError.not_regular(str(file))
    from revkit.dataset.duckdb_engine import database_engine

    try:
        backend = database_engine(path, where)
        # ibis lists tables through a call that DuckDB 1.5 has deprecated, which warns.
        rows = backend.con.execute(
            "select table_name from information_schema.tables where table_schema = 'main'"
        ).fetchall()
    except Exception as error:
        raise SourceError.unreadable(where, problem=first_lines(error)) from error
    return SourceTables(where, backend, dict.fromkeys(name for (name,) in sorted(rows)), ())


def expanded(source: str | Path) -> Path:
    """Return a path with ``~`` expanded.

    Raises
    ------
    SourceError
        When there is no such home.
    """
    try:
        return Path(source).expanduser()
    except RuntimeError as error:
        raise SourceError.unreadable(str(source), problem=str(error)) from None


def existing(source: str | Path, *, what: str, remedy: str = "") -> Path:
    """Return the path of a source, with ``~`` expanded.

    Parameters
    ----------
    what, remedy
        What should be there, and what to do where it is not.

    Raises
    ------
    SourceError
        When nothing is there, with the nearest name, or it cannot be looked at.
    """
    path = expanded(source)
    try:
        if path.exists():
            return path
        beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    except OSError as error:
        raise SourceError.unreadable(str(source), problem=str(error)) from None
    raise SourceError.nothing_at(str(source), what=what, beside=beside, remedy=remedy)
