"""Days over ten years from every other of the company: slips, or stand-ins for none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from revkit.dataset.validation.dates import FAR, far_off
from revkit.errors import DataError
from revkit.schema import ColumnSchema, TableSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir


def spans_far(table: TableSchema, expr: ir.Table) -> bool:
    """Report whether the dates of a table lie over ten years apart."""
    years = [expr[column.name].year() for column in _dated(table, expr) if not column.planned]
    if not years:
        return False
    sums = {f"first_{n}": year.min() for n, year in enumerate(years)}
    sums |= {f"last_{n}": year.max() for n, year in enumerate(years)}
    found = [
        y for y in expr.aggregate(**sums).to_pyarrow().to_pylist()[0].values() if y is not None
    ]
    return bool(found) and max(found) - min(found) > FAR


def count_years(table: TableSchema, expr: ir.Table) -> Counter[int]:
    """Return how many actual dates of a table lie in each year; announced ones are left out."""
    years: Counter[int] = Counter()
    for column in _dated(table, expr):
        if column.actual and not column.announced:
            years += Counter(_by_year(expr, column))
    return years


def check_years(
    table: TableSchema,
    expr: ir.Table,
    years: Mapping[int, int],
    ignore: Collection[str],
) -> None:
    """Refuse days over ten years from every other of the company.

    Parameters
    ----------
    years
        The number of dates of the whole company in each year.
    ignore
        Columns whose days are right, as ``table.column``.

    Raises
    ------
    DataError
        When there are any.
    """
    near = set(years) - far_off(years)
    for column in _dated(table, expr):
        if column.planned or f"{table.name}.{column.name}" in ignore:
            continue
        counted = _by_year(expr, column)
        far = [year for year in counted if near and min(abs(year - n) for n in near) > FAR]
        if far:
            keys = [key for key in table.key if key in expr.columns]
            names = list(dict.fromkeys([*keys, column.name]))
            rows = expr.filter(expr[column.name].year().isin(far)).select(names).order_by(names)
            raise DataError.far_off(
                column.name,
                table=table.name,
                rows=sum(counted[year] for year in far),
                examples=rows.limit(3).to_pyarrow().to_pylist(),
                around=(min(near), max(near)),
                empty=column.nullable or column.optional,
            )


def _dated(table: TableSchema, expr: ir.Table) -> list[ColumnSchema]:
    """Return the loaded columns that hold dates."""
    return [
        column for column in table.columns.values() if column.dated and column.name in expr.columns
    ]


def _by_year(expr: ir.Table, column: ColumnSchema) -> dict[int, int]:
    """Return the number of dates of a column in each year."""
    years = expr.select(year=expr[column.name].year())
    years = years.filter(years.year.notnull())
    found = years.group_by("year").aggregate(rows=years.count()).order_by("year")
    return {int(row["year"]): int(row["rows"]) for row in found.to_pyarrow().to_pylist()}
