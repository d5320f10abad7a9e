"""JSON files: lists of records, or one record a line, opened in DuckDB.

Texts stay texts. An object within a record gives a column for each of its values,
``address_city``, and so do objects in it and the only object of a list, ``items_data_price_id``.
Lists of values, and of several objects, are no values of a table and are told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from revkit.errors import SourceError, first_lines, listed
from revkit.sources.formats.copies import in_utf8, is_packed, opened
from revkit.sources.formats.encoding import mark_of
from revkit.sources.formats.json_faults import TOO_DEEP, refuse_fault
from revkit.sources.formats.style import NOT_READ, Remark

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
        try:
            table, remarks = _flat(_read(backend, copies, paths), paths)
            # read now: the copies do not last
            return backend.create_table(gen_name("read"), table, temp=True), remarks
        except SourceError:
            refuse_fault(paths)  # by the name of the file, and not of its copy
            raise


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
    except RecursionError:
        raise SourceError.unreadable(str(shown[0]), problem=TOO_DEEP) from None
    except Exception as error:
        refuse_fault(shown)
        # without the query that revkit wrote
        problem = first_lines(error).partition(" LINE 1:")[0].strip().rstrip(".")
        problem += ". Correct it, or export it again"
        raise SourceError.unreadable(str(shown[0]), problem=problem) from None
    columns = {name: _kind(kind) for name, kind in found.items()}
    # DuckDB reads what are no records as one column
    if list(columns) == ["json"] or all(map(_is_list, columns.values())):
        lists = [name for name, kind in found.items() if kind.is_array() and name != "json"]
        if not lists:
            refuse_fault(shown)
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
            f'"{name.replace(chr(34), chr(34) * 2)}" {_kind(kind)}'
            for name, kind in found.fields.items()
        )
        return f"STRUCT({fields})"
    if found.is_array() and found.value_type.is_struct():
        return f"{_kind(found.value_type)}[]"
    if found.is_array() or found.is_map():
        return "JSON"
    if found.is_boolean():
        return "BOOLEAN"
    if found.is_integer():
        return "BIGINT"
    # whole numbers of twenty digits are ids, which stay as they are written
    return "DOUBLE" if found.is_floating() else "VARCHAR"


def _is_list(kind: str) -> bool:
    """Return whether a type of DuckDB is of lists, of values or of objects."""
    return kind == "JSON" or kind.endswith("[]")


def _flat(table: ir.Table, paths: Sequence[Path]) -> tuple[ir.Table, list[Remark]]:
    """Return a table with a column for each value of its objects, and what is not read."""
    several, rows = _of_several(table)
    if rows == 1 and (within := [name for name in table.columns if name in several]):
        found = f"its records under {listed(within)}"  # as an API answers
        raise SourceError.no_records(str(paths[0]), found=found)
    values: dict[str, Any] = {}
    left: list[str] = []
    for name in table.columns:
        for column, value in _within(name, table[name], several):
            if value is None:
                left.append(column)
            elif column in values or (column != name and column in table.columns):
                raise SourceError.flattened_twice(str(paths[0]), name=column)
            else:
                values[column] = value
    remarks = []
    if plain := [name for name in left if name not in several]:
        what = f"{NOT_READ}, since they hold lists of values: {listed(plain)}"
        remarks += [Remark(path.name, what) for path in paths]
    if objects := [name for name in left if name in several]:
        what = (
            f"{NOT_READ}, since some records have several objects in them: {listed(objects)}. "
            "Write these to a file of their own, a row each, with the id of their record"
        )
        # a price may be in one that is not read
        remarks += [Remark(path.name, what, "lists_not_read") for path in paths]
    return table.select(**values), remarks


def _within(name: str, value: Any, several: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Yield each value of an object, or of the only object of a list, by its column.

    The value is None where it is not read: other lists, and those that hold several objects.
    """
    kind = value.type()
    if kind.is_json() or name in several:
        yield name, None
    elif kind.is_array():
        yield from _within(name, value[0], several)
    elif kind.is_struct():
        for field in kind.fields:
            yield from _within(f"{name}_{field}", value[field], several)
    else:
        yield name, value


def _of_several(table: ir.Table) -> tuple[set[str], int]:
    """Return the lists of objects of which some record has more than one, and how many records."""
    lists = [one for name in table.columns for one in _lists(name, table[name])]
    if not lists:
        return set(), 0
    sums = {f"n{n}": many.length().max() for n, (_, many) in enumerate(lists)}
    counted = table.aggregate(rows=table.count(), **sums).to_pyarrow().to_pylist()[0]
    many = {name for n, (name, _) in enumerate(lists) if (counted[f"n{n}"] or 0) > 1}
    return many, int(counted["rows"])


def _lists(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield each list of objects in a value, also one within the first object of another."""
    kind = value.type()
    if kind.is_array():
        yield name, value
        yield from _lists(name, value[0])
    elif kind.is_struct():
        for field in kind.fields:
            yield from _lists(f"{name}_{field}", value[field])
