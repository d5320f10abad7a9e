"""Spans: how many rows a table has, and the days each of its date columns covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from revkit.dataset.history.as_of import last_known
from revkit.periods import local_dates
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class Span:
    """Number of rows of a table, and the first and last day in each of its date columns."""

    rows: int
    first: Mapping[str, date]
    last: Mapping[str, date]


def span(name: str, expr: ir.Table, columns: frozenset[str], timezone: str) -> Span:
    """Count the rows of a table and find the first and last day of each date column."""
    table = TABLES[name]
    dated = [column for column in table.columns.values() if column.dated and column.name in columns]
    sums: dict[str, Any] = {"rows": expr.count()}
    for column in dated:
        sums[f"first_{column.name}"] = expr[column.name].min()
        sums[f"last_{column.name}"] = expr[column.name].max()
    found = expr.aggregate(**sums).to_pyarrow().to_pylist()[0]
    moments = {key: value for key, value in found.items() if isinstance(value, datetime)}
    if moments:
        found |= local_dates(moments, timezone)
    known = [column for column in dated if found[f"first_{column.name}"] is not None]
    first = {column.name: found[f"first_{column.name}"] for column in known}
    last = {column.name: last_known(column, found[f"last_{column.name}"]) for column in known}
    return Span(int(found["rows"]), first, last)
