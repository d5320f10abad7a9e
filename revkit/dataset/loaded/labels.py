"""Labels: the names of accounts, reps, campaigns and products, each of one row alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.dataset.validation.reading import blank
from revkit.schema import TableSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir

LABELLED = ("accounts", "reps", "campaigns", "products")
"""Tables whose rows are named by ``name`` in results; people in leads may share one."""


def told_apart(table: TableSchema, expr: ir.Table) -> ir.Table:
    """Return a table in which names that several rows share have the key behind them.

    Two reps called Ann are ``Ann (R1)`` and ``Ann (R2)``, so that no result adds them up as one. A
    row without a name has its key. Names that are unique are left as they are.
    """
    import ibis

    if table.name not in LABELLED or "name" not in expr.columns:
        return expr
    key, name = expr[table.key[0]], expr.name
    unnamed = name.isnull() | blank(name)
    counts = expr.aggregate(rows=expr.count(), names=name.nunique(where=~unnamed))
    found = counts.to_pyarrow().to_pylist()[0]
    if found["rows"] == found["names"]:
        return expr
    shared = key.count().over(ibis.window(group_by=name)) > 1
    apart = name.concat(" (").concat(key).concat(")")
    return expr.mutate(name=unnamed.ifelse(key, shared.ifelse(apart, name)))
