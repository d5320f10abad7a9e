"""Sources of tables: files, a zip archive or a folder of them, a DuckDB file, a database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit.errors import RevkitError, SourceError, first_lines
from revkit.schema import TABLES
from revkit.sources.folder import TableFiles, kind_of, list_folder, list_workbooks, stem_of
from revkit.sources.formats.csv_files import open_csv
from revkit.sources.formats.excel_files import read_sheet
from revkit.sources.formats.json_files import open_json
from revkit.sources.formats.parquet_files import open_parquet
from revkit.sources.formats.style import ReadStyle, Remark
from revkit.sources.formats.union import check_parts, united
from revkit.sources.formats.zip_files import unpacked

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
    remarks
        What was found out about the files that were opened.
    """

    where: str
    backend: Any
    tables: Mapping[str, TableFiles | None]
    others: tuple[str, ...]
    shared: bool = False
    enums: Mapping[str, Sequence[str]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    _sheets: dict[tuple[TableFiles, ReadStyle], ir.Table] = field(default_factory=dict)

    def is_parsed(self, name: str) -> bool:
        """Return whether a table is in CSV or JSON, which is parsed each time it is read."""
        files = self.tables[name]
        return files is not None and files.kind in ("csv", "json")

    def is_hidden(self, name: str) -> bool:
        """Return whether a table is a hidden sheet, read only where a mapping names it."""
        files = self.tables[name]
        return files is not None and files.hidden

    def file(self, name: str) -> str:
        """Return the name of a table's file or folder, or its own in a database."""
        files = self.tables[name]
        return name if files is None else files.shown

    def unread(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the names of files in the folders of some tables that are not read."""
        return tuple(
            part for name in names if (files := self.tables[name]) for part in files.unread
        )

    def open(
        self, name: str, style: ReadStyle, as_text: Collection[str], *, whole: bool = True
    ) -> ir.Table:
        """Open a table, lazily where the engine reads its files.

        Parameters
        ----------
        style
            How to read its files; what is not said is found out.
        as_text
            Columns of CSV files to leave as text.
        whole
            Whether to read CSV files to their end, so that their lines are known to be whole.

        Raises
        ------
        SourceError
            When it cannot be read, its parts are of several formats, a column is there twice, or
            a file has no header or several readings.
        """
        files = self.tables[name]
        if files is not None:
            files.check()
            read, remarks = self._open_files(files, style, as_text, whole)
            self.remarks.extend(remarks)
            self._call(read, name)
            return read
        try:
            table: ir.Table = self.backend.table(name)
        except RevkitError:
            raise
        except Exception as error:
            problem = first_lines(error)
            raise SourceError.unreadable(f"{self.where}: {name}", problem=problem) from None
        texts = {column: table[column].concat("") for column in self.enums.get(name, ())}
        return table.mutate(**texts) if texts else table

    def _call(self, read: ir.Table, name: str) -> None:
        """Remember under which names the engine has the files of a table."""
        import ibis.expr.operations as ops

        parts = list(dict.fromkeys(part.name for part in read.op().find(ops.PhysicalTable)))
        names = [name] if len(parts) == 1 else [f"{name}_{at}" for at in range(1, len(parts) + 1)]
        known = getattr(self.backend, "called", {})
        self.backend.called = {**known, **dict(zip(parts, names, strict=True))}

    def _open_files(
        self, files: TableFiles, style: ReadStyle, as_text: Collection[str], whole: bool
    ) -> tuple[ir.Table, list[Remark]]:
        """Open files of one format."""
        if files.kind == "csv":
            return open_csv(self.backend, files.paths, style, as_text, whole=whole)
        if files.kind == "json":
            return open_json(self.backend, files.paths)
        if files.kind == "parquet":
            return open_parquet(self.backend, files.paths), []
        if (files, style) in self._sheets:
            return self._sheets[files, style], []
        from ibis.util import gen_name

        read = [read_sheet(path, files.sheet, style) for path in files.paths]
        check_parts(files.paths, [one.column_names for one, _ in read])
        parts = [self.backend.create_table(gen_name("read"), one, temp=True) for one, _ in read]
        self._sheets[files, style] = united(parts)
        return self._sheets[files, style], [remark for _, some in read for remark in some]


def open_path(source: str | Path) -> SourceTables:
    """List the tables in a folder, a file, a zip archive or a DuckDB file.

    Raises
    ------
    SourceError
        When nothing is there, when it is of another kind, or when a folder holds one table twice.
    """
    from revkit.dataset.engines.duckdb_engine import local_engine

    path, engine = existing(source, what="folder or file"), local_engine(str(source))
    if path.is_dir():
        tables, others = list_folder(path)
        return SourceTables(str(source), engine, tables, others)
    ending, kind = path.suffix.lower(), kind_of(path.name)
    if ending in (".duckdb", ".ddb"):
        return open_duckdb(path, str(source))
    if not kind and ending != ".zip":
        raise SourceError.no_kind(str(source))
    if not path.is_file():
        raise SourceError.not_regular(str(source))
    if ending == ".zip":
        folder, left = unpacked(path, lambda name: bool(kind_of(name)), engine)
        tables, others = list_folder(_inner(folder))
        return SourceTables(str(source), engine, tables, (*others, *left))
    tables = {} if kind == "excel" else {stem_of(path.name): TableFiles(path.name, (path,))}
    list_workbooks(tables, [path] if kind == "excel" else [], str(source))
    return SourceTables(str(source), engine, tables, ())


def _inner(folder: Path) -> Path:
    """Return the folder that holds the tables: the only one within, unless it is a table."""
    inside = list(folder.iterdir())
    alone = len(inside) == 1 and inside[0].is_dir() and inside[0].name not in TABLES
    return inside[0] if alone else folder


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
    from revkit.dataset.engines.duckdb_engine import database_engine

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
