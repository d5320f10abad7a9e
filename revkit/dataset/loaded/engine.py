"""Engines: the one that holds a company's tables, and the frames that are copied into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from revkit.dataset.columns import check_unique
from revkit.dataset.loaded.mixed import all_days, mixed, not_converted
from revkit.errors import DataError, TableError
from revkit.schema import TABLES

if TYPE_CHECKING:
    from ibis.backends import BaseBackend


def engine(tables: Mapping[str, Any]) -> tuple[BaseBackend, bool]:
    """Return the engine of the given Ibis tables, else a new DuckDB; and whether it is new."""
    import ibis.expr.types as ir

    given = {name: table for name, table in tables.items() if isinstance(table, ir.Table)}
    engines = {id(one): one for table in given.values() for one in [table.get_backend()]}
    if len(engines) > 1:
        raise TableError.several_engines(sorted(given))
    if engines:
        return next(iter(engines.values())), False
    from revkit.dataset.engines.duckdb_engine import local_engine

    return local_engine(), True


def arrow(name: str, frame: Any) -> Any:
    """Return a frame as an Arrow table; a column without values takes its declared type."""
    import pandas as pd
    import pyarrow as pa

    if isinstance(frame, pa.Table):
        check_unique(name, frame.column_names)
        table = frame
    elif isinstance(frame, pd.DataFrame):
        check_unique(name, [str(column) for column in frame.columns])
        try:
            table = pa.Table.from_pandas(frame, preserve_index=False)
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
            raise not_converted(name, frame, error) from None
        _check_days(name, frame, table.schema)
    else:
        try:
            table = pa.table(frame) if hasattr(frame, "__arrow_c_stream__") else None
        except (
            TypeError,
            AttributeError,
            pa.ArrowInvalid,
        ):  # a single column, or what claims to be anything
            table = None
        if table is None:
            raise TableError.no_table(name, found=type(frame).__name__)
        check_unique(name, table.column_names)
    types = {"date": pa.date32(), "timestamp": pa.timestamp("us"), "bool": pa.bool_()}
    for number, column in enumerate(table.schema):
        declared = TABLES[name].columns.get(column.name)
        empty = declared is not None and table.column(number).null_count == len(table)
        if empty or pa.types.is_null(column.type):
            kind = declared.type if declared is not None else "text"
            text = pa.string() if kind in ("id", "text") else pa.float64()
            typed = types.get(kind, text)
            table = table.set_column(number, column.name, pa.nulls(len(table), typed))
    _check_types(name, table.schema)
    return table


def _check_days(name: str, frame: Any, schema: Any) -> None:
    """Refuse numbers and times among days, which Arrow takes for days without a word."""
    import pyarrow as pa

    for column, found in zip(frame.columns, schema, strict=True):
        if pa.types.is_date(found.type) and not all_days(frame[column].dropna()):
            error = mixed(name, frame, column)
            if error is not None:
                raise error


def _check_types(name: str, schema: Any) -> None:
    """Refuse columns of a type that no engine has, such as pandas' periods."""
    import ibis

    for column in schema:
        try:
            ibis.dtype(column.type)
        except Exception:
            raise DataError.no_type(name, column=column.name, found=str(column.type)) from None
