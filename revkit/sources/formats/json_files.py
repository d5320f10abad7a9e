"""JSON files: lists of records, or one record a line, opened in DuckDB.

Texts stay texts. An object within a record gives a column for each of its values, ``address_city``;
lists, and objects in objects, are no values of a table and are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from revkit.errors import SourceError, first_lines, listed
from revkit.sources.formats.copies import in_utf8, is_packed, opened
from revkit.sources.formats.dialect import mark_of
from revkit.sources.formats.style import Remark

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend


def open_json(backend: Backend, paths: Sequence[Path]) -> tuple[ir.Table, list[Remark]]:
    """Open JSON files as one table, by the union of their columns.

    Returns
    -------
    tuple
        The table, and what of the records is not read.

    Raises
    ------
    SourceError
        When a file cannot be read, or holds no records of values, or a column twice.
    """
    from ibis.util import gen_name

    marks = [_mark(path) for path in paths]
    if not any(marks):
        return _flat(_read(backend, paths, paths), paths)
    with TemporaryDirectory() as folder:
        copies = [
            in_utf8(path, Path(folder) / f"{at}.json", mark or "utf-8")
            for at, (path, mark) in enumerate(zip(paths, marks, strict=True))
        ]
        table, remarks = _flat(_read(backend, copies, paths), paths)
        # read now: the copies do not last
        return backend.create_table(gen_name("read"), table, temp=True), remarks


def _mark(path: Path) -> str | None:
    """Return the encoding that a file's byte order mark says; None without one."""
    try:
        with opened(path) as file:
            return mark_of(file.read(4))
    except OSError as error:
        raise SourceError.unreadable(str(path), problem=first_lines(error)) from None


def _read(backend: Backend, files: Sequence[Path], shown: Sequence[Path]) -> ir.Table:
    """Return the records of some files, with texts as they are written."""
    from glob import escape

    literal = [escape(str(file.absolute())) for file in files]
    options: dict[str, Any] = {"sample_size": -1, "union_by_name": True}
    packed = {is_packed(file) for file in files}
    # an ending in upper case tells DuckDB nothing
    options["compression"] = (
        "auto_detect" if len(packed) > 1 else ("gzip" if packed == {True} else "uncompressed")
    )
    try:
        found = backend.read_json(literal, **options).schema()
    except Exception as error:
        # without the query that revkit wrote
        problem = first_lines(error).partition(" LINE 1:")[0].strip().rstrip(".")
        problem += ". Correct it, or export it again"
        raise SourceError.unreadable(str(shown[0]), problem=problem) from None
    columns = {name: _kind(kind) for name, kind in found.items()}
    # DuckDB reads what are no records as one column
    if list(columns) == ["json"] or all(kind == "JSON" for kind in columns.values()):
        lists = [name for name, kind in found.items() if kind.is_array() and name != "json"]
        what = f"its records under {listed(lists)}" if lists else "no objects"
        raise SourceError.no_records(str(shown[0]), found=what)
    folded = {name.casefold() for name in columns}
    # DuckDB reads Id beside id as Id_1
    bases = {name: name.rpartition("_") for name in columns}
    twice = [
        base
        for base, _, number in bases.values()
        if number.isdigit() and base not in columns and base.casefold() in folded
    ]
    if twice:
        raise SourceError.column_twice(str(shown[0]), columns=twice)
    table: ir.Table = backend.read_json(literal, columns=columns, **options)
    return table


def _kind(found: dt.DataType) -> str:
    """Return DuckDB's type for values of a type; JSON for those that are no values of a table."""
    if found.is_struct():
        fields = ", ".join(
            f'"{name.replace(chr(34), chr(34) * 2)}" {"JSON" if kind.is_struct() else _kind(kind)}'
            for name, kind in found.fields.items()
        )
        return f"STRUCT({fields})"
    if found.is_array() or found.is_map():
        return "JSON"
    if found.is_boolean():
        return "BOOLEAN"
    if found.is_integer():
        return "BIGINT"
    # whole numbers of twenty digits are ids, which stay as they are written
    return "DOUBLE" if found.is_floating() else "VARCHAR"


def _flat(table: ir.Table, paths: Sequence[Path]) -> tuple[ir.Table, list[Remark]]:
    """Return a table with a column for each value of its objects, and what is not read."""
    values: dict[str, Any] = {}
    left: list[str] = []
    for name, kind in table.schema().items():
        if kind.is_json():
            left.append(name)
            continue
        fields = {name: table[name]}
        if kind.is_struct():
            fields = {f"{name}_{field}": table[name][field] for field in kind.fields}
        for column, value in fields.items():
            if value.type().is_json():
                left.append(column)
            elif column in values or (column != name and column in table.columns):
                raise SourceError.flattened_twice(str(paths[0]), name=column)
            else:
                values[column] = value
    what = f"not read, since they hold lists or objects in objects: {listed(left)}"
    remarks = [Remark(path.name, what) for path in paths] if left else []
    return table.select(**values), remarks
