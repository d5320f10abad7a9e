"""Rows of several tables as one, by the union of their columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


def united(parts: Sequence[ir.Table]) -> ir.Table:
    """Return the rows of several tables; a column that one lacks is null there."""
    if len(parts) == 1:
        return parts[0]
    import ibis

    names = list(dict.fromkeys(name for part in parts for name in part.columns))
    types = {name: [part[name].type() for part in parts if name in part.columns] for name in names}
    shared = {
        # columns of the user's own may differ in type from file to file
        name: kinds[0] if all(kind == kinds[0] for kind in kinds) else "string"
        for name, kinds in types.items()
    }
    alike = [
        part.select(
            **{
                name: part[name].cast(kind) if name in part.columns else ibis.null(kind)
                for name, kind in shared.items()
            }
        )
        for part in parts
    ]
    return ibis.union(*alike, distinct=False)
