"""Rows and dates known at the end of a day, by what the schema says of each table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from revkit.dataset.validation import fill
from revkit.periods import begin
from revkit.schema import ColumnSchema, TableSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir


def last_known(column: ColumnSchema, day: date) -> date:
    """Return the day at whose end a date is known: a ``month`` on its last day."""
    return _month_end(day) if column.name == "month" else day


def as_known(
    table: TableSchema,
    expr: ir.Table,
    as_of: date,
    latest: Mapping[str, date],
    later_keys: Callable[[str, str], ir.Table | None],
    timezone: str,
) -> ir.Table:
    """Return the rows known at the end of ``as_of``, each as it was known then.

    Rows that became known later are dropped; later dates are null, and so are the columns that
    depend on them.

    Parameters
    ----------
    latest
        The last day in each date column: columns that end by ``as_of`` are not touched.
    later_keys
        Returns, for a table and its date column, the keys of rows dated after ``as_of``, or None
        when there are none.
    timezone
        Where the day ends.
    """
    late = {name for name, day in latest.items() if day > as_of}
    known = [name for name in table.known_on if name in latest]
    if late & set(known):
        expr = expr.filter(_is_known(table, expr, known, as_of, timezone))
    changed: dict[str, Any] = {}
    for name in sorted(late - set(known)):
        if table.columns[name].actual:
            hides = _is_later(table, expr, name, as_of, timezone)
            for hidden in (name, *table.dependents.get(name, ())):
                if hidden in expr.columns:
                    empty = fill(table.columns[hidden], None)
                    changed[hidden] = hides.ifelse(empty, expr[hidden])
    expr = expr.mutate(**changed) if changed else expr
    for dated, names in table.dependents.items():
        if "." in dated and names[0] in latest.keys() | set(expr.columns):
            expr = _hide_by_reference(table, expr, dated, names, later_keys)
    return expr


def _hide_by_reference(
    table: TableSchema,
    expr: ir.Table,
    dated: str,
    names: tuple[str, ...],
    later_keys: Callable[[str, str], ir.Table | None],
) -> ir.Table:
    """Clear columns in rows that refer to a row not yet known, such as a later opportunity.

    Parameters
    ----------
    dated
        The reference and the date of the row it names, as ``opportunity_id.created_on``.
    names
        The columns to clear.
    """
    reference, column = dated.split(".")
    target = table.columns[reference].references
    keys = later_keys(target, column) if target is not None else None
    if keys is None:
        return expr
    key = f"__{reference}_later"
    joined = expr.left_join(keys.rename({key: keys.columns[0]}), expr[reference] == keys[0])
    hidden = {
        name: joined[key].isnull().ifelse(joined[name], fill(table.columns[name], None))
        for name in names
        if name in expr.columns
    }
    return joined.mutate(**hidden).drop(key)


def _is_known(
    table: TableSchema, expr: ir.Table, known: list[str], as_of: date, timezone: str
) -> Any:
    """Return the condition that a row became known by the end of a day; a ``month`` on its last."""
    import ibis

    first = ibis.coalesce(*(expr[name] for name in known))
    bound = _complete_month(as_of) if known == ["month"] else as_of
    return first.isnull() | ~after(first, bound, timezone)


def _is_later(table: TableSchema, expr: ir.Table, name: str, as_of: date, timezone: str) -> Any:
    """Return the condition that a date, and the request for it if any, came after a day."""
    later = after(expr[name], as_of, timezone).fill_null(False)
    request = table.requested.get(name)
    if request is None or request not in expr.columns:
        return later
    return later & after(expr[request], as_of, timezone).fill_null(True)


def after(column: Any, day: date, timezone: str) -> Any:
    """Return the condition that a date or a moment lies after the end of a day."""
    import ibis

    if column.type().is_timestamp():
        return column >= ibis.literal(begin(day + timedelta(days=1), timezone))
    return column > ibis.literal(day)


def _month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _complete_month(as_of: date) -> date:
    """Return the last day of the last month that is over."""
    return as_of if _month_end(as_of) == as_of else as_of.replace(day=1) - timedelta(days=1)
