"""Queries for what stands at a period's end, as the changes that rows make to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from revkit.algebra.query.source import Source
from revkit.algebra.query.terms import signed

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass
class StockSource(Source):
    """Rows while they last, as changes: each adds at its start and takes away at its end."""

    start: str = ""
    end: str = ""

    @property
    def dates(self) -> tuple[str, ...]:
        return self.start, self.end

    def query(self) -> ir.Table:
        import ibis

        start, end = self._day(self.rows[self.start]), self._day(self.rows[self.end])
        over = end <= ibis.literal(self.call.data.as_of)
        lasts = start < end
        number = self.call.calendar.number_of
        plus = {name: signed(term, 1) for term, name in self.sums.items()}
        minus = {name: signed(term, -1) for term, name in self.sums.items()}
        begun = self.rows.filter(start.isnull() | end.isnull() | lasts)
        begun = begun.select(*self.columns, period=number(start), **plus)
        ended = self.rows.filter(over, lasts)
        ended = ended.select(*self.columns, period=number(end), **minus)
        changes = begun.union(ended)
        return changes.group_by([*self.columns, "period"]).aggregate(
            **{name: changes[name].sum().cast("float64") for name in self.sums.values()}
        )
