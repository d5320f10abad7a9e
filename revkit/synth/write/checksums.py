"""Content hashes of tables, independent of files, parts and order of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from revkit.synth.dirt.date_formats import DAYS
from revkit.synth.kernel.arrow import COLUMNS, schema

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

SEPARATOR, NULL = "\x1f", "\x1e"
"""Separator of a row's values when it is hashed, and the sign for null."""


@dataclass(frozen=True)
class Content:
    """Number of rows of a table, and the sum of their hashes.

    Rows in another order, in several parts or in files of another format have the same content.

    Examples
    --------
    >>> (Content(1, 40) + Content(2, 2)).digest
    '0000000000000000000000000000002a'
    """

    rows: int
    total: int

    def __add__(self, other: Content) -> Content:
        return Content(self.rows + other.rows, self.total + other.total)

    @property
    def digest(self) -> str:
        """Sum of the hashes modulo 2 ** 128, as 32 hexadecimal digits."""
        return f"{self.total % (1 << 128):032x}"


def of_tables(tables: Mapping[str, pa.Table]) -> dict[str, Content]:
    """Compute the content of Arrow tables."""
    import duckdb

    with duckdb.connect() as engine:
        return {name: _content(engine.from_arrow(table)) for name, table in tables.items()}


def of_folder(folder: str | Path) -> dict[str, Content]:
    """Compute the content of files written by :meth:`revkit.synth.Company.write`.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> from revkit.synth import generate
    >>> company, folder = generate(accounts=20, months=2), mkdtemp()
    >>> _ = company.write(folder, "csv")
    >>> of_folder(folder) == company.content
    True
    """
    import duckdb

    folder, found = Path(folder), {}
    with duckdb.connect() as engine:
        for name in COLUMNS:
            if (folder / f"{name}.csv").is_file():
                types = {field.name: TYPES[str(field.type)] for field in schema(name)}
                types |= {column: "VARCHAR" for table, column in DAYS if table == name}
                read = engine.read_csv(
                    str(folder / f"{name}.csv"), dtype=types, header=True,
                    allow_quoted_nulls=False,
                )  # fmt: skip
            elif (folder / name).is_dir():
                read = engine.read_parquet(str(folder / name / "*.parquet"))
            else:
                read = engine.read_parquet(str(folder / f"{name}.parquet"))
            found[name] = _content(read)
    return found


def merge_contents(one: Mapping[str, Content], other: Mapping[str, Content]) -> dict[str, Content]:
    """Add the contents of two parts of the same tables."""
    return {name: content + other[name] for name, content in one.items()}


TYPES = {
    "string": "VARCHAR", "date32[day]": "DATE", "timestamp[us]": "TIMESTAMP",
    "double": "DOUBLE", "int64": "BIGINT", "bool": "BOOLEAN",
}  # fmt: skip


def _content(rows: duckdb.DuckDBPyRelation) -> Content:
    """Sum the MD5 of each row's values as text, which no database release changes."""
    from duckdb import (
        CoalesceOperator,
        ColumnExpression,
        ConstantExpression,
        FunctionExpression,
    )

    values = [
        CoalesceOperator(ColumnExpression(column).cast("VARCHAR"), ConstantExpression(NULL))
        for column in rows.columns
    ]
    text = FunctionExpression("concat_ws", ConstantExpression(SEPARATOR), *values)
    total = FunctionExpression("sum", FunctionExpression("md5_number_lower", text))
    found = rows.aggregate([FunctionExpression("count", ConstantExpression(1)), total]).fetchall()
    (count, sum_), *_ = found
    return Content(count, int(sum_ or 0))
