"""Queries for rows by the period of a date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from revkit.algebra.formula.leaves import Cohort, Leaf, Total
from revkit.algebra.query.source import TableSource
from revkit.algebra.query.terms import OrderStatistics, Term
from revkit.periods import Calendar

if TYPE_CHECKING:
    import ibis.expr.types as ir

MONTHS = Calendar("month")


@dataclass
class EventSource(TableSource):
    """Rows by the period of one of their dates, or by every trailing window that holds it."""

    at: str = ""

    @property
    def dates(self) -> tuple[str, ...]:
        return (self.at,)

    @cached_property
    def rows(self) -> Any:
        rows = self._counted(super().rows)
        if self.window == 1:
            return rows
        import ibis

        return rows.mutate(window_offset=ibis.array(list(range(self.window))).unnest())

    def _counted(self, rows: Any) -> Any:
        """Return the rows of the days that all tables have, and those without a date.

        A row of a month counts when the whole month is among these days.
        """
        import ibis

        first, last = self.cut
        day = self._day(rows[self.at])
        if self.at == "month" and last is not None:
            last = MONTHS.last_day(MONTHS.number(last + timedelta(days=1)) - 1)
        if first is not None:
            rows = rows.filter(day.isnull() | (day >= ibis.literal(first)))
        if last is not None:
            rows = rows.filter(day.isnull() | (day <= ibis.literal(last)))
        return rows

    def term(self, leaf: Leaf, rows: Any = None) -> Term:
        term = super().term(leaf, rows)
        if isinstance(leaf, Cohort) and leaf.within is not None:
            import ibis

            began = self._date()
            age = ibis.literal(self.call.data.as_of).delta(began, unit="day")
            within = {(age >= leaf.within).op()}
            if leaf.reached is not None:
                reached = self._resolve(getattr(ibis._, leaf.reached), self.rows)
                took = self._day(reached).delta(began, unit="day")
                within.add((took <= leaf.within).op())
            return replace(term, conditions=term.conditions | within)
        return term

    def open_rows(self, leaf: Cohort) -> Term:
        """Return the count of a cohort's rows whose outcome a later date could still change."""
        assert leaf.settled is not None
        import ibis

        rows = self.term(leaf.rows)
        settled = self._resolve(getattr(ibis._, leaf.settled), self.rows)
        return Term(rows.conditions | {settled.isnull().op()})

    def query(self) -> ir.Table:
        sums = {name: term.aggregate(self.rows) for term, name in self.sums.items()}
        keys = [*self.group_columns, self.number().name("period")]
        found = self.rows.group_by(keys).aggregate(**sums)
        cut = {
            name: ranked.cut(found[name])
            for ranked, name in self.sums.items()
            if isinstance(ranked, OrderStatistics)
        }
        return found.mutate(**cut) if cut else found

    def number(self) -> Any:
        """Return the expression that numbers the period, or window, of each row."""
        number = self.call.calendar.number_of(self._date())
        return number if self.window == 1 else number + self.rows.window_offset

    def _date(self) -> Any:
        """Return the day of each row."""
        return self._day(self.rows[self.at])


@dataclass
class OnceSource(EventSource):
    """Rows of one total, of which each value of a column counts once in each group.

    It counts in the period of its first row, so that periods add up to the whole range.

    Parameters
    ----------
    leaf
        The total; its conditions hold before the first row of each value is chosen.
    """

    leaf: Total | None = None

    @cached_property
    def rows(self) -> Any:
        import ibis

        assert self.leaf is not None
        rows = super(EventSource, self).rows  # the first row of each value may lie before the cut
        conditions = [self._resolve(condition, rows) for condition in self.leaf.conditions]
        rows = rows.filter(*conditions) if conditions else rows
        keys = [*self.group_columns, str(self.leaf.single)]
        first = ibis.window(group_by=keys, order_by=rows[self.at])
        placed = rows.mutate(place=ibis.row_number().over(first))
        return self._counted(placed.filter(placed.place == 0).drop("place"))
