"""Queries that tests and companies share, compiled once: most of their time goes into that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import ibis.expr.types as ir
from ibis.backends import BaseBackend
from ibis.backends.duckdb import Backend


@contextmanager
def compiled_once() -> Iterator[None]:
    """Compile each query of any DuckDB company once, by what it asks, whichever the connection."""
    known: dict[int, str] = {}
    compile_it = Backend.compile

    def compiled(self: Backend, expr: ir.Expr, /, **how: Any) -> str:
        if how.get("params"):
            return compile_it(self, expr, **how)
        key = hash((_shape(expr), *sorted(how.items())))
        if key not in known:
            known[key] = compile_it(self, expr, **how)
        return known[key]

    with patch.object(Backend, "compile", compiled):
        yield


def _shape(expr: ir.Expr) -> int:
    """Return a hash of all that a query asks, without the connection that it asks."""

    def of_node(node: Any, _: Any, **parts: Any) -> int:
        named = tuple((name, _plain(part)) for name, part in parts.items())
        return hash((type(node).__name__, named))

    return int(expr.op().map(of_node)[expr.op()])


def _plain(part: Any) -> Any:
    if isinstance(part, BaseBackend):
        return "connection"
    if isinstance(part, dict):
        return tuple((name, _plain(value)) for name, value in part.items())
    if isinstance(part, list | tuple):
        return tuple(_plain(value) for value in part)
    return part
