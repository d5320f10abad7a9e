"""Folders: the files of each table, single ones, parts in a folder, or sheets of a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import walk
from pathlib import Path

from revkit.errors import SourceError
from revkit.schema import TABLES
from revkit.sources.formats.excel_files import sheets_of

_KINDS = {
    "csv": (".csv", ".tsv", ".tab"),
    "json": (".json", ".jsonl", ".ndjson"),
    "parquet": (".parquet",),
    "excel": (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
}
_TEXT = ".txt"  # read as CSV where a mapping names it; most are notes
_PACKED = ("csv", "json")  # kinds that may be compressed: deals.csv.gz
# Folders of formats in which deleted rows stay in files: only their logs say which files count.
_LOGS = {"_delta_log": "Delta Lake", ".hoodie": "Hudi", "metadata": "Iceberg"}


def kind_of(name: str) -> str:
    """Return the format of a file by its ending, in any case; empty for none that is read.

    >>> kind_of("deals.CSV"), kind_of("deals.csv.gz"), kind_of("deals.txt")
    ('csv', 'csv', '')
    """
    bare = name.lower().removesuffix(".gz")
    found = next((kind for kind, endings in _KINDS.items() if bare.endswith(endings)), "")
    return found if found in _PACKED or bare == name.lower() else ""


def stem_of(name: str) -> str:
    """Return the name of a file without its ending.

    >>> stem_of("deals.2025.csv.gz")
    'deals.2025'
    """
    return Path(name[:-3] if name.lower().endswith(".gz") else name).stem


@dataclass(frozen=True)
class TableFiles:
    """Files of one table.

    ``shown`` is the name of its file or folder, ``paths`` the files that hold rows, ``unread`` the
    names of others in the folder, ``lake`` the format whose log is there, empty for none, and
    ``keys`` the columns that the folders of each part name (``year=2024/part.parquet``). ``sheet``
    is that of a workbook, None for its only one, and ``hidden`` says that it is read only where a
    mapping names it: a hidden sheet, or a text file.
    """

    shown: str
    paths: tuple[Path, ...]
    unread: tuple[str, ...] = ()
    lake: str = ""
    keys: tuple[tuple[str, ...], ...] = ()
    sheet: str | None = None
    hidden: bool = False

    @property
    def kind(self) -> str:
        """The format: csv, json, parquet or excel."""
        return kind_of(self.paths[0].name) or "csv"

    def check(self) -> None:
        """Refuse files that cannot be read as one table.

        Raises
        ------
        SourceError
            When formats are mixed, a log says which files count, or one is no regular file.
        """
        if self.lake:
            raise SourceError.lake(self.shown, lake=self.lake)
        if len({kind_of(path.name) for path in self.paths}) > 1:
            raise SourceError.mixed(self.shown, files=[path.name for path in self.paths])
        if len(set(self.keys)) > 1:
            raise SourceError.mixed_folders(self.shown, keys=sorted({*sum(self.keys, ())}))
        for path in self.paths:
            if not path.is_file():
                raise SourceError.not_regular(str(path))


def list_folder(folder: Path) -> tuple[dict[str, TableFiles], tuple[str, ...]]:
    """Return the files of each table in a folder, and the names of what is not a table.

    Raises
    ------
    SourceError
        When one table is there twice, or the folder cannot be listed.
    """
    found: list[tuple[str, TableFiles]] = []
    books: list[Path] = []
    texts: list[Path] = []
    others = []
    try:
        for path in sorted(folder.iterdir()):
            kind = kind_of(path.name)
            if _hidden(path):
                others += [path.name] if kind and not path.name.startswith("~$") else []
            elif path.is_dir():
                parts = _parts(path)
                name = stem_of(path.name) if kind else path.name
                found += [(name, parts)] if parts.paths else []
                others += [] if parts.paths else [parts.shown]
            elif path.suffix.lower() == _TEXT:
                texts.append(path)
            elif not kind:
                others.append(path.name)
            elif kind == "excel":
                books.append(path)
            else:
                found.append((stem_of(path.name), TableFiles(path.name, (path,))))
    except OSError as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError.unreadable(str(folder), problem=error.strerror or str(error)) from None
    tables: dict[str, TableFiles] = {}
    for name, files in found:
        _add(tables, name, files, str(folder))
    list_workbooks(tables, books, str(folder))
    for path in texts:
        if path.stem in tables:
            others.append(path.name)
        else:
            tables[path.stem] = TableFiles(path.name, (path,), hidden=True)
    return tables, tuple(others)


def list_workbooks(tables: dict[str, TableFiles], books: list[Path], where: str) -> None:
    """Add the sheets of workbooks to tables.

    The only visible sheet of a workbook is known by the name of the file and by its own; others by
    their own, or as ``file/sheet`` where that name is taken.

    Raises
    ------
    SourceError
        When a table of the schema is there twice.
    """
    names: list[tuple[str, TableFiles]] = []
    for path in books:
        stem, sheets = stem_of(path.name), sheets_of(path) if path.is_file() else ()
        seen = [sheet.name for sheet in sheets if not sheet.hidden]
        if len(seen) == 1 and len({stem, seen[0]} & TABLES.keys()) > 1:
            raise SourceError.two_tables(str(path), sheet=seen[0], stem=stem)
        if len(seen) < 2:
            files = TableFiles(path.name, (path,), sheet=seen[0] if seen else None)
            _add(tables, stem, files, where)
            names += [(name, files) for name in seen if name != stem]
        for sheet in sheets:
            if sheet.hidden or len(seen) > 1:
                shown = f"{path.name}: {sheet.name}" + (" (hidden)" if sheet.hidden else "")
                files = TableFiles(shown, (path,), sheet=sheet.name, hidden=sheet.hidden)
                names.append((sheet.name, files))
    for name, files in names:
        alone = [one for one, _ in names].count(name) == 1 and name not in tables
        if name in TABLES and not files.hidden:
            _add(tables, name, files, where)
        elif alone:
            tables[name] = files
        else:
            tables.setdefault(f"{stem_of(files.paths[0].name)}/{name}", files)


def _add(tables: dict[str, TableFiles], name: str, files: TableFiles, where: str) -> None:
    """Add a table; refuse one that is there twice."""
    if name in tables:
        raise SourceError.twice(name, where=where, files=[tables[name].shown, files.shown])
    tables[name] = files


def _parts(folder: Path) -> TableFiles:
    """Return the parts of a table at any depth of its folder."""
    files = sorted(_files(folder))
    data = {path for path in files if kind_of(path.name)}
    paths = tuple(path for path in files if path in data and not _hidden(path))
    # hidden data, and visible files that are no data
    others = [path for path in files if _hidden(path) == (path in data)]
    unread = tuple(f"{folder.name}/{path.relative_to(folder)}" for path in others)
    lake = next((_LOGS[name] for name in _LOGS if _is_log(folder / name)), "")
    keys = tuple(_keys(path.relative_to(folder)) for path in paths)
    return TableFiles(f"{folder.name}/", paths, unread, lake, keys)


def _keys(part: Path) -> tuple[str, ...]:
    """Return the columns that the folders of a part name.

    >>> _keys(Path("year=2024/month=05/part.parquet"))
    ('year', 'month')
    """
    return tuple(name.partition("=")[0] for name in part.parts[:-1] if "=" in name)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder; links to folders, which may lead in circles, as files."""
    for place, folders, names in walk(folder, onerror=_raise):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        folders[:] = [name for name in folders if not _hidden(Path(name))]
        yield from (Path(place) / name for name in [*names, *links])


def _hidden(path: Path) -> bool:
    """Return whether a file or folder is hidden, or a note of the program that wrote it."""
    return path.name.startswith((".", "_", "~$"))


def _raise(error: OSError) -> None:
    """Raise the error of a folder that cannot be listed, which ``walk`` would pass over."""
    raise error


def _is_log(folder: Path) -> bool:
    """Return whether a folder is the log of a lake format."""
    if folder.name == "metadata":
        return any(folder.glob("*.metadata.json"))
    return folder.is_dir()
