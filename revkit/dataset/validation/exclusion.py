"""Exclusion: the rows that lead to a test account, or to a row that was set aside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from revkit.dimensions import Step, TableSpec, levels

if TYPE_CHECKING:
    import ibis.expr.types as ir

Typed = Callable[[str], "ir.Table"]


def without_tests(
    name: str, expr: ir.Table, specs: Mapping[str, TableSpec], typed: Typed
) -> ir.Table:
    """Drop the rows that lead to a test account by their shortest relations.

    Parameters
    ----------
    specs
        Columns, relations and key of each loaded table.
    typed
        Returns a table by its name, checked.
    """
    if name == "accounts":
        return expr.filter(~expr.is_test)
    for ways in levels(name, specs):
        reaching = [steps for steps in ways if steps and steps[-1].table == "accounts"]
        for steps in reaching:
            expr = without(expr, steps[0].column, _tests_along(steps, typed))
        if reaching:
            break
    return expr


def without(expr: ir.Table, column: str, keys: ir.Table) -> ir.Table:
    """Return the rows whose column names none of some distinct keys."""
    # never an anti join: sqlglot loses one that two queries on PostgreSQL share
    left_out = keys.select(__left_out=keys[0])
    joined = expr.left_join(left_out, expr[column] == left_out["__left_out"])
    return joined.filter(joined["__left_out"].isnull()).drop("__left_out")


def _tests_along(steps: tuple[Step, ...], typed: Typed) -> ir.Table:
    """Return the keys of the first step's table whose rows lead to a test account."""
    first, *rest = steps
    expr = typed(first.table)
    if rest:
        keys = _tests_along(tuple(rest), typed)
        expr = expr.join(keys, expr[rest[0].column] == keys[0])
    else:
        expr = expr.filter(expr.is_test)
    return expr.select(expr[first.key].name("__test")).distinct()
