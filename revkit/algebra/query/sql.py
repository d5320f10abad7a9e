"""The text of queries: formatted, with the tables by the names that their owner knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

OURS = re.compile(r"revkit_(.+?)(?:_(?:read|raw|readable))?(?:_\d+)?")
"""The name that a table in memory has in the engine, and within it that of the schema."""


class Queries(list[str]):
    """Queries as text; printed, they stand below one another as SQL."""

    def __repr__(self) -> str:
        return ";\n\n".join(self) + (";" if self else "")

    __str__ = __repr__


def written(queries: Iterable[Any], backend: Any) -> Queries:
    """Return the SQL of Ibis expressions for a backend, their steps merged."""
    return Queries(_text(query, backend) for query in queries)


def _text(query: Any, backend: Any) -> str:
    import sqlglot.expressions as sge

    tree = backend.compiler.to_sqlglot(query)
    called = getattr(backend, "called", {})
    for table in list(tree.find_all(sge.Table)):
        ours = OURS.fullmatch(table.name)
        name = called.get(table.name) or (ours and ours[1])
        if name:
            shown = sge.to_identifier(name, quoted=True)
            table.replace(sge.Table(this=shown, alias=table.args.get("alias")))
    return str(tree.sql(dialect=backend.dialect, pretty=True))
