"""Parquet files: opened in DuckDB as one table, by the union of their columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit.errors import SourceError, first_lines
from revkit.sources.formats.union import check_parts

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend


def open_parquet(backend: Backend, paths: Sequence[Path]) -> ir.Table:
    """Open Parquet files as one table, by the union of their columns.

    Raises
    ------
    SourceError
        When a file cannot be read, has a column twice, or other columns than the first.
    """
    from glob import escape

    schemas = [_schema(path) for path in paths]
    check_parts(paths, [schema.names for schema in schemas])
    literal = [escape(str(path.absolute())) for path in paths]
    try:
        table = backend.read_parquet(literal, union_by_name=True, hive_types_autocast=False)
    except Exception as error:
        raise SourceError.unreadable(str(paths[0]), problem=first_lines(error)) from error
    return _with_types_of_values(table, schemas)


def _schema(path: Path) -> Any:
    """Return the schema of a file, unless a column is there twice."""
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
    except Exception as error:
        raise SourceError.unreadable(str(path), problem=first_lines(error)) from error
    folded = Counter(name.casefold() for name in schema.names)
    if twice := [name for name in schema.names if folded[name.casefold()] > 1]:
        raise SourceError.column_twice(str(path), columns=twice)
    return schema


def _with_types_of_values(table: ir.Table, schemas: Sequence[Any]) -> ir.Table:
    """Return a table whose columns have the types of their values.

    A column without values is written with no type, which DuckDB reads as whole numbers.
    """
    import ibis
    import pyarrow as pa

    values = {}
    for name in table.columns:
        types = {schema.field(name).type for schema in schemas if name in schema.names}
        if pa.null() in types:
            known = types - {pa.null()}
            if not known:
                values[name] = ibis.null()
            elif len(known) == 1:
                values[name] = table[name].cast(ibis.dtype(known.pop()))
    return table.mutate(**values) if values else table
