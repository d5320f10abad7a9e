"""Requirements of a call: its tables are loaded, and a ``where`` could filter them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from revkit import derived
from revkit.algebra.formula.leaves import Leaf, Total
from revkit.algebra.query.rep_days import read_along
from revkit.dimensions import narrowing_path
from revkit.errors import DimensionError, ParameterError, PeriodError, TableError
from revkit.periods import days_after

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from revkit.algebra.request import Call
    from revkit.dataset import Dataset


def require_tables(data: Dataset, tables: Iterable[str], metric: str) -> None:
    """Refuse a call that needs a table which is not loaded.

    Raises
    ------
    TableError
        When one is not.
    """
    for needed in tables:
        if needed not in data:
            raise TableError.missing(needed, found=data.tables, needed_by=f"metrics.{metric}")


def require_reachable(data: Dataset, tables: Iterable[str], metric: str) -> None:
    """Refuse a call that needs a table which the ``where`` of the company could not filter.

    Raises
    ------
    DimensionError
        When the dimension of the ``where`` does not reach one.
    """
    unreached = data.unreached
    for needed in tables:
        if needed in unreached:
            raise DimensionError.unreached(
                needed, dimension=unreached[needed], needed_by=f"metrics.{metric}"
            )


def require_days(call: Call, leaf: Leaf) -> None:
    """Refuse a table that is on record by month of the calendar, in periods of whole weeks.

    Spend is, where all of it is dated on the first days of months, or all on their last.

    Raises
    ------
    PeriodError
        When the leaf reads such a table.
    """
    at = leaf.at if isinstance(leaf, Total) else None
    if not call.calendar.is_of_weeks or at is None:
        return
    by_month = at == "month"
    if leaf.table == "spend":
        by_month = _is_monthly(call.data.whole.table("spend"), "spent_on")
    if by_month:
        pattern = call.data.policy.calendar
        raise PeriodError.by_month(call.metric, table=leaf.table, pattern=pattern)


def _is_monthly(rows: ir.Table, column: str) -> bool:
    """Report whether the dates of a column are all first days of months, or all last ones."""
    day = rows[column]
    sides = {"first": day.day() == 1, "last": days_after(day).day() == 1}
    found = rows.aggregate(**{name: side.all() for name, side in sides.items()})
    return any(found.to_pyarrow().to_pylist()[0].values())


def require_few_rows(call: Call, groups: pd.DataFrame, periods: int) -> None:
    """Refuse a result with more rows than the limit of its call.

    Parameters
    ----------
    groups
        One row per group, one column per dimension.

    Raises
    ------
    ParameterError
        When it has; it names the dimension with the most values.
    """
    rows = len(groups) * periods
    if call.limit is None or rows <= call.limit or not call.by:
        return
    values = {name: groups[column].nunique() for column, name in call.groups.items()}
    widest = max(values, key=lambda name: values[name])
    raise ParameterError.too_many_rows(
        widest, where=f"metrics.{call.metric}", values=values[widest], rows=rows, limit=call.limit
    )


def read_tables(data: Dataset, tables: Iterable[str], by: Iterable[str]) -> set[str]:
    """Return the names of the loaded tables whose rows the values of some tables are made of."""
    named = tuple(tables)
    needed = {name for table in named for name in derived.required_tables(table)}
    optional = {name for table in named for name in derived.optional_tables(table)}
    specs, read = data.specs, needed | optional
    for dimension in by:
        for table in needed:
            try:
                path = narrowing_path(dimension, table, specs) if table in specs else None
            except DimensionError:  # two ways from this table, which another one groups
                continue
            read |= read_along(path) if path is not None else set()
    return read
