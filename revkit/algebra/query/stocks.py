"""Queries for stocks: the changes that rows make to a balance when they start and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from revkit.algebra.query.source import TableSource
from revkit.algebra.query.terms import signed_value

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass
class StockSource(TableSource):
    """Rows in force from a start to an end date, as changes: added at one, taken off at the other.

    The running sum of the changes over the periods is the stock at the end of each.
    """

    start: str = ""
    end: str = ""

    @property
    def dates(self) -> tuple[str, ...]:
        return self.start, self.end

    def query(self) -> ir.Table:
        import ibis

        start, end = self._day(self.rows[self.start]), self._day(self.rows[self.end])
        has_ended = end <= ibis.literal(self.call.data.as_of)
        lasts = start < end
        number = self.call.calendar.number_of
        plus = {name: signed_value(term, 1) for term, name in self.sums.items()}
        minus = {name: signed_value(term, -1) for term, name in self.sums.items()}
        begun = self.rows.filter(start.isnull() | end.isnull() | lasts)
        begun = begun.select(*self.group_columns, period=number(start), **plus)
        ended = self.rows.filter(has_ended, lasts)
        ended = ended.select(*self.group_columns, period=number(end), **minus)
        changes = begun.union(ended)
        return changes.group_by([*self.group_columns, "period"]).aggregate(
            **{name: changes[name].sum().cast("float64") for name in self.sums.values()}
        )
