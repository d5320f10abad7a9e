"""CSV files: opened in DuckDB by the dialect that was found in each.

Fields are quoted by ``"``, no line is a comment, all lines have as many fields. A file in another
encoding than UTF-8, or with lines of a report at its end, is copied first. Rows without any value
are left out, and told.
"""

from __future__ import annotations

import csv
from codecs import lookup
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache, reduce
from io import TextIOWrapper
from operator import and_
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from revkit.dataset.columns import fold
from revkit.dataset.validation.reading import stripped
from revkit.errors import SourceError, first_lines
from revkit.sources.formats.copies import described, in_utf8, is_packed, opened
from revkit.sources.formats.dialect import Dialect, dialect_of
from revkit.sources.formats.style import ReadStyle, Remark
from revkit.sources.formats.union import check_parts, united

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

_DIALECT: dict[str, Any] = {
    "header": True,
    "quote": '"',
    "escape": '"',
    "comment": "",
    "sample_size": -1,
    "union_by_name": True,
    "hive_types_autocast": False,
}
_SAMPLE = 20_480
"""Lines that are read for the names of columns."""

_UTF8 = {"utf-8", "utf-8-sig", "ascii"}


def open_csv(
    backend: Backend,
    paths: Sequence[Path],
    style: ReadStyle,
    as_text: Collection[str],
    *,
    whole: bool = True,
) -> tuple[ir.Table, list[Remark]]:
    """Open CSV files as one table, by the union of their columns.

    Parameters
    ----------
    as_text
        Columns to leave as text, whatever the case and punctuation of their names.
    whole
        Whether to read the files to their end, so that their lines are known to be whole. Without,
        files of which all columns are left as text are read when they are first queried.

    Returns
    -------
    tuple
        The table, and what was found out about the files.

    Raises
    ------
    SourceError
        When a file cannot be read, has several readings or no header, a column twice, or other
        columns than the first.
    """
    groups: dict[tuple[object, ...], list[tuple[Path, Dialect]]] = {}
    remarks: list[Remark] = []
    dialects = [dialect_of(path, style) for path in paths]
    check_parts(paths, [found.header for found in dialects])
    for path, found in zip(paths, dialects, strict=True):
        _check_unique(path, found.header)
        plain = lookup(found.encoding).name in _UTF8 and found.end is None
        packed = plain and is_packed(path)
        unnamed = tuple(at for at, name in enumerate(found.header) if not name.strip())
        key = (plain, packed, found.separator, found.skip, unnamed, unnamed and len(found.header))
        groups.setdefault(key, []).append((path, found))
        remarks += found.remarks
    parts = [_read_group(backend, group, as_text, remarks, whole) for group in groups.values()]
    return united(parts), remarks


def _read_group(
    backend: Backend,
    group: Sequence[tuple[Path, Dialect]],
    as_text: Collection[str],
    remarks: list[Remark],
    whole: bool,
) -> ir.Table:
    """Return the table in files of one dialect."""
    paths, first = [path for path, _ in group], group[0][1]
    plain = lookup(first.encoding).name in _UTF8 and first.end is None
    if plain:
        try:
            read = _named(_read(backend, paths, group, as_text, whole), group, remarks)
            return _filled(read, paths, group, remarks)
        except SourceError:
            raise
        except Exception:
            # lines that end in several ways, as those of joined files
            return _read_copies(backend, group, as_text, remarks, same_ends=True)
    try:
        return _read_copies(backend, group, as_text, remarks, same_ends=False)
    except SourceError:
        return _read_copies(backend, group, as_text, remarks, same_ends=True)


def _read_copies(
    backend: Backend,
    group: Sequence[tuple[Path, Dialect]],
    as_text: Collection[str],
    remarks: list[Remark],
    *,
    same_ends: bool,
) -> ir.Table:
    """Return the table in copies of files in UTF-8, whose lines may be made to end the same way."""
    from ibis.util import gen_name

    with TemporaryDirectory() as folder:
        copies = [
            in_utf8(
                path, Path(folder) / f"{at}.csv", found.encoding, found.end, same_ends=same_ends
            )
            for at, (path, found) in enumerate(group)
        ]
        try:
            table = _named(_read(backend, copies, group, as_text), group, remarks)
            table = _filled(table, copies, group, remarks)
            # read now: the copies do not last
            return backend.create_table(gen_name("read"), table, temp=True)
        except SourceError:
            raise
        except Exception as error:
            problem = first_lines(error)
            raise SourceError.unreadable(str(group[0][0]), problem=problem) from error


def _read(
    backend: Backend,
    files: Sequence[Path],
    group: Sequence[tuple[Path, Dialect]],
    as_text: Collection[str],
    whole: bool = True,
) -> ir.Table:
    """Return the table in some files, which errors call by the names of the group."""
    from glob import escape

    literal = [escape(str(file.absolute())) for file in files]
    options = {**_DIALECT, "delim": group[0][1].separator, "skip": group[0][1].skip}
    options["compression"] = "gzip" if is_packed(files[0]) else "none"
    known = {fold(name) for name in as_text}

    def table() -> ir.Table:
        text = backend.read_csv(literal, all_varchar=True, **{**options, "sample_size": _SAMPLE})
        names = text.columns
        if not whole and all(fold(name) in known for name in names):
            return text
        texts = {name: "VARCHAR" for name in names if fold(name) in known}
        return backend.read_csv(literal, types=texts or None, **options)

    return _tried(group, table)


def _named(
    table: ir.Table, group: Sequence[tuple[Path, Dialect]], remarks: list[Remark]
) -> ir.Table:
    """Return a table without the columns that have neither name nor values; tell of others."""
    header = group[0][1].header
    unnamed = [at for at, name in enumerate(header) if not name.strip()]
    if not unnamed:
        return table
    names = [table.columns[at] for at in unnamed]
    sums = {name: table[name].count() for name in names}
    counted = _tried(group, lambda: table.aggregate(**sums).to_pyarrow().to_pylist()[0])
    for at, name in zip(unnamed, names, strict=True):
        if counted[name]:
            remarks += [
                Remark(path.name, f"column {at + 1} has no name, and is called {name}")
                for path, _ in group
            ]
    return table.drop(*[name for name in names if not counted[name]])


def _filled(
    table: ir.Table,
    files: Sequence[Path],
    group: Sequence[tuple[Path, Dialect]],
    remarks: list[Remark],
) -> ir.Table:
    """Return a table without the rows that have no value in any column; tell how many."""
    separator = group[0][1].separator
    if len(table.columns) < 2 or not any(
        _begins_empty(file, separator, file.stat().st_mtime_ns) for file in files
    ):
        return table
    empty = reduce(and_, [_is_empty(table[name]) for name in table.columns])
    counted = table.aggregate(rows=empty.ifelse(1, 0).sum())
    rows = _tried(group, lambda: counted.to_pyarrow()["rows"][0].as_py()) or 0
    if not rows:
        return table
    many = "1 row without any value is" if rows == 1 else f"{rows:,} rows without any value are"
    shown = ", ".join(path.name for path, _ in group[:3])
    remarks.append(Remark(shown, f"{many} left out", "blank_rows", int(rows)))
    return table.filter(~empty)


def _is_empty(column: Any) -> Any:
    """Return the condition that a cell is empty."""
    if not column.type().is_string():
        return column.isnull()
    return column.isnull() | (stripped(column) == "")


@lru_cache(maxsize=1024)
def _begins_empty(path: Path, separator: str, _changed: int) -> bool:
    """Return whether a line of a file may begin with an empty field, as one without values does.

    A file is looked through once, as long as it does not change.
    """
    begins = [f"\n{field}".encode() for field in (separator, '""', " ")]
    last = b""
    with opened(path) as file:
        while chunk := file.read(1 << 20):
            # a mark may lie across two pieces
            if any(mark in last + chunk for mark in begins):
                return True
            last = chunk[-2:]
    return False


def _tried(group: Sequence[tuple[Path, Dialect]], read: Callable[[], Any]) -> Any:
    """Return what a function reads; refuse a line that a plain reader finds to be broken."""
    try:
        return read()
    except Exception:
        for path, found in group:
            if problem := _broken_line(path, found):
                raise SourceError.unreadable(str(path), problem=problem) from None
        raise


def _check_unique(path: Path, header: Sequence[str]) -> None:
    """Refuse a column that is there twice."""
    folded = Counter(name.strip().casefold() for name in header)
    twice = [name for name in header if name.strip() and folded[name.strip().casefold()] > 1]
    if twice:
        raise SourceError.column_twice(str(path), columns=twice)


def _broken_line(path: Path, found: Dialect) -> str:
    """Return the first problem that a plain reader finds in a file; empty when it finds none."""
    try:
        with opened(path) as file, TextIOWrapper(file, found.encoding, newline="") as lines:
            records = csv.reader(lines, delimiter=found.separator, strict=True)
            for _ in range(found.skip):
                next(records, None)
            width = len(next(records, []))
            for record in records:
                if record and len(record) != width:
                    return (
                        f"line {records.line_num} has {len(record)} fields, the header {width}. "
                        "Correct the line, or quote a field that holds the separator"
                    )
    except csv.Error as error:
        return f"line {records.line_num}: {error}. Correct its quotes"
    except (UnicodeError, OSError, EOFError) as error:
        return described(error)
    return ""
