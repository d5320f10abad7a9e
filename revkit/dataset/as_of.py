"""Replay: a table as it was known at the end of a day, from what the schema says alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from revkit.dataset.validation import fill
from revkit.periods import begin, day_of
from revkit.schema import Column, Table

if TYPE_CHECKING:
    import ibis.expr.types as ir


def last_known(column: Column, latest: date | datetime, timezone: str) -> date:
    """The day at whose end a date is known: the last day of its month for a ``month``."""
    day = day_of(latest, timezone)
    return _month_end(day) if column.name == "month" else day


def as_known(
    table: Table,
    expr: ir.Table,
    as_of: date,
    latest: Mapping[str, date],
    unborn: Callable[[str, str], ir.Table | None],
    timezone: str,
) -> ir.Table:
    """Return the rows known at the end of ``as_of``, each as it was known then.

    Parameters
    ----------
    latest
        The last day in each date column: what lies before ``as_of`` is not touched.
    unborn
        For a table and its date column, the keys of rows not yet known, or None without any.
    timezone
        Where the day ends.
    """
    late = {name for name, day in latest.items() if day > as_of}
    known = [name for name in table.known_on if name in latest]
    if late & set(known):
        expr = expr.filter(_since(table, expr, known, as_of, timezone))
    changed: dict[str, Any] = {}
    for name in sorted(late - set(known)):
        if table.columns[name].actual:
            hides = _later(table, expr, name, as_of, timezone)
            for hidden in (name, *table.hangs.get(name, ())):
                if hidden in expr.columns:
                    empty = fill(table.columns[hidden], None)
                    changed[hidden] = hides.ifelse(empty, expr[hidden])
    expr = expr.mutate(**changed) if changed else expr
    for born, names in table.hangs.items():
        if "." in born and names[0] in latest.keys() | set(expr.columns):
            expr = _without_unborn(table, expr, born, names, unborn)
    return expr


def _without_unborn(
    table: Table,
    expr: ir.Table,
    born: str,
    names: tuple[str, ...],
    unborn: Callable[[str, str], ir.Table | None],
) -> ir.Table:
    reference, column = born.split(".")
    target = table.columns[reference].references
    keys = unborn(target, column) if target is not None else None
    if keys is None:
        return expr
    key = f"__{reference}_unborn"
    joined = expr.left_join(keys.rename({key: keys.columns[0]}), expr[reference] == keys[0])
    hidden = {
        name: joined[key].isnull().ifelse(joined[name], fill(table.columns[name], None))
        for name in names
        if name in expr.columns
    }
    return joined.mutate(**hidden).drop(key)


def _since(table: Table, expr: ir.Table, known: list[str], as_of: date, timezone: str) -> Any:
    import ibis

    first = ibis.coalesce(*(expr[name] for name in known))
    bound = _complete_month(as_of) if known == ["month"] else as_of
    return first.isnull() | ~_after(first, bound, timezone)


def _later(table: Table, expr: ir.Table, name: str, as_of: date, timezone: str) -> Any:
    later = _after(expr[name], as_of, timezone).fill_null(False)
    request = table.requested.get(name)
    if request is None or request not in expr.columns:
        return later
    return later & _after(expr[request], as_of, timezone).fill_null(True)


def _after(column: Any, day: date, timezone: str) -> Any:
    import ibis

    if column.type().is_timestamp():
        return column >= ibis.literal(begin(day + timedelta(days=1), timezone))
    return column > ibis.literal(day)


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _complete_month(as_of: date) -> date:
    """The last day of the last month that is over."""
    return as_of if _month_end(as_of) == as_of else as_of.replace(day=1) - timedelta(days=1)
