"""Folders: the files of each table, single ones or parts in a folder of the table's name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import walk
from pathlib import Path

from revkit.errors import SourceError

FORMATS = (".parquet", ".csv")
# Folders of formats in which deleted rows stay in files: only their logs say which files count.
_LOGS = {"_delta_log": "Delta Lake", ".hoodie": "Hudi", "metadata": "Iceberg"}


@dataclass(frozen=True)
class TableFiles:
    """Files of one table.

    ``shown`` is the name of its file or folder, ``paths`` the files that hold rows, ``unread`` the
    names of others in the folder, ``lake`` the format whose log is there, empty for none, and
    ``keys`` the columns that the folders of each part name (``year=2024/part.parquet``).
    """

    shown: str
    paths: tuple[Path, ...]
    unread: tuple[str, ...] = ()
    lake: str = ""
    keys: tuple[tuple[str, ...], ...] = ()

    @property
    def is_csv(self) -> bool:
        """True for CSV, which is parsed each time it is read."""
        return self.paths[0].suffix.lower() == ".csv"

    def check(self) -> None:
        """Refuse files that cannot be read as one table.

        Raises
        ------
        SourceError
            When formats are mixed, a log says which files count, or one is no regular file.
        """
        if self.lake:
            raise SourceError.lake(self.shown, lake=self.lake)
        formats = {path.suffix.lower() for path in self.paths}
        if len(formats) > 1:
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
    tables: dict[str, TableFiles] = {}
    others = []
    try:
        for path in sorted(folder.iterdir()):
            if _hidden(path):
                others += [path.name] if path.suffix.lower() in FORMATS else []
                continue
            found = _parts(path) if path.is_dir() else TableFiles(path.name, (path,))
            if not found.paths or (not path.is_dir() and path.suffix.lower() not in FORMATS):
                others.append(found.shown)
                continue
            name = path.stem if path.suffix.lower() in FORMATS else path.name
            if name in tables:
                twice = [tables[name].shown, found.shown]
                raise SourceError.twice(name, where=str(folder), files=twice)
            tables[name] = found
    except OSError as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError.unreadable(str(folder), problem=error.strerror or str(error)) from None
    return tables, tuple(others)


def _parts(folder: Path) -> TableFiles:
    """Return the parts of a table at any depth of its folder."""
    files = sorted(_files(folder))
    data = {path for path in files if path.suffix.lower() in FORMATS}
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
    return path.name.startswith((".", "_"))


def _raise(error: OSError) -> None:
    """Raise the error of a folder that cannot be listed, which ``walk`` would pass over."""
    raise error


def _is_log(folder: Path) -> bool:
    """Return whether a folder is the log of a lake format."""
    if folder.name == "metadata":
        return any(folder.glob("*.metadata.json"))
    return folder.is_dir()
