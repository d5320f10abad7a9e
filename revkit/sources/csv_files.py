"""CSV files: opened in DuckDB by one fixed dialect, after a look at their header.

Nothing of the dialect is guessed but the types of columns that the schema does not know: fields are
quoted by ``"``, no line is a comment, the first line names the columns, all lines have as many
fields. A file in another encoding than UTF-8 is rewritten in UTF-8 first.
"""

from __future__ import annotations

import csv
from codecs import lookup
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from revkit.dataset.columns import fold
from revkit.errors import SourceError, first_lines

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

_DIALECT: dict[str, Any] = {
    "header": True,
    "quote": '"',
    "escape": '"',
    "comment": "",
    "skip": 0,
    "sample_size": -1,
    "union_by_name": True,
    "hive_types_autocast": False,
}
_UTF8 = {"utf-8", "utf-8-sig", "ascii"}
_LONGEST = 1_000_000  # characters of a header


@dataclass(frozen=True)
class CsvStyle:
    """Separator and encoding of CSV files."""

    separator: str = ","
    encoding: str = "utf-8"


def open_csv(
    backend: Backend, paths: Sequence[Path], style: CsvStyle, as_text: Collection[str]
) -> ir.Table:
    """Open CSV files as one table, by the union of their columns.

    Parameters
    ----------
    as_text
        Columns to leave as text, whatever the case and punctuation of their names.

    Raises
    ------
    SourceError
        When a file cannot be read, has another separator or no header, or a column twice.
    """
    for path in paths:
        _check_header(path, style)
    if lookup(style.encoding).name in _UTF8:
        return _read(backend, paths, paths, style, as_text)
    with TemporaryDirectory() as folder:
        copies = [
            _in_utf8(path, Path(folder) / f"{at}.csv", style) for at, path in enumerate(paths)
        ]
        # read now: the copies do not last
        table = _read(backend, copies, paths, style, as_text)
        name = f"read_{table.get_name()}"
        return _tried(paths, style, lambda: backend.create_table(name, table, temp=True))


def _read(
    backend: Backend,
    files: Sequence[Path],
    shown: Sequence[Path],
    style: CsvStyle,
    as_text: Collection[str],
) -> ir.Table:
    """Return the table in some files, which errors call by the names to show."""
    from glob import escape

    literal = [escape(str(file.absolute())) for file in files]
    options = {**_DIALECT, "delim": style.separator}
    known = {fold(name) for name in as_text}

    def opened() -> ir.Table:
        names = backend.read_csv(literal, all_varchar=True, **options).columns
        texts = {name: "VARCHAR" for name in names if fold(name) in known}
        return backend.read_csv(literal, types=texts or None, **options)

    return _tried(shown, style, opened)


def _tried(paths: Sequence[Path], style: CsvStyle, read: Callable[[], ir.Table]) -> ir.Table:
    """Return what a function reads; an error says which line of which file is to blame."""
    try:
        return read()
    except Exception as error:
        for path in paths:
            if problem := _broken_line(path, style):
                raise SourceError.unreadable(str(path), problem=problem) from None
        raise SourceError.unreadable(str(paths[0]), problem=first_lines(error)) from error


def _check_header(path: Path, style: CsvStyle) -> None:
    """Refuse a file without a header, with another separator, or with a column twice."""
    try:
        with path.open(encoding=style.encoding, newline="") as lines:
            first = lines.readline(_LONGEST).removeprefix("\ufeff")
            lines.seek(0)
            names: list[str] = next(_records(lines, style), [])
    except (UnicodeError, OSError, csv.Error) as error:
        raise SourceError.unreadable(str(path), problem=_described(error)) from None
    if not first.strip():
        raise SourceError.no_header(str(path))
    # a name of a column may hold the separator that was expected: Amount, EUR
    counts = {one: first.count(one) for one in (style.separator, ";", "\t", ",", "|")}
    separator = max(counts, key=lambda one: counts[one])
    if counts[separator] > counts[style.separator]:
        raise SourceError.separated(str(path), separator=separator, said=style.separator)
    folded = Counter(name.strip().removeprefix("\ufeff").casefold() for name in names)
    twice = [name for name in names if name.strip() and folded[name.strip().casefold()] > 1]
    if twice:
        raise SourceError.column_twice(str(path), columns=twice)


def _records(lines: Any, style: CsvStyle) -> Any:
    """Return a reader of the records of an open file."""
    return csv.reader(lines, delimiter=style.separator, strict=True)


def _broken_line(path: Path, style: CsvStyle) -> str:
    """Return the first problem that a plain reader finds in a file; empty when it finds none."""
    try:
        with path.open(encoding=style.encoding, newline="") as lines:
            records = _records(lines, style)
            width = len(next(records, []))
            for record in records:
                if record and len(record) != width:
                    return (
                        f"line {records.line_num} has {len(record)} fields, the header {width}. "
                        "Correct the line, or quote a field that holds the separator"
                    )
    except csv.Error as error:
        return f"line {records.line_num}: {error}. Correct its quotes"
    except (UnicodeError, OSError) as error:
        return _described(error)
    return ""


def _in_utf8(path: Path, copy: Path, style: CsvStyle) -> Path:
    """Write a copy of a file in UTF-8 and return its path."""
    try:
        with (
            path.open(encoding=style.encoding, newline="") as theirs,
            copy.open("w", encoding="utf-8", newline="") as ours,
        ):
            copyfileobj(theirs, ours)
    except (UnicodeError, OSError) as error:
        raise SourceError.unreadable(str(path), problem=_described(error)) from None
    return copy


def _described(error: Exception) -> str:
    """Return the message of an error, with the line to write when text is in another encoding."""
    if isinstance(error, UnicodeError):
        return f"{error}. Say in a mapping how it is encoded: encoding: cp1252"
    return getattr(error, "strerror", None) or str(error)
