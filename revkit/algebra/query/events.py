"""Queries for rows by the period of a date, or spread over the days between two dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.algebra.formula.leaves import Cohort, Leaf
from revkit.algebra.query.source import TableSource
from revkit.algebra.query.terms import OrderStatistics, Term, signed_value

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass
class EventSource(TableSource):
    """Rows by the period of one of their dates, or by every trailing window that holds it."""

    at: str = ""

    @property
    def dates(self) -> tuple[str, ...]:
        return (self.at,)

    @cached_property
    def rows(self) -> Any:
        rows = super().rows
        if self.window == 1:
            return rows
        import ibis

        return rows.mutate(window_offset=ibis.array(list(range(self.window))).unnest())

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
        rows = self.term(leaf.rows)
        return Term(rows.conditions | {self.rows[leaf.settled].isnull().op()})

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
class SpreadSource(TableSource):
    """Rows whose value is divided over the days of an interval, as changes of a rate per day.

    A change of rate on a day adds the rate to every day from then on. Read by period, it adds the
    rate times the period's length from its own period on, less the days of that period before it
    (column ``…_rest``).
    """

    start: str = ""
    end: str = ""

    @property
    def dates(self) -> tuple[str, ...]:
        return self.start, self.end

    def query(self) -> ir.Table:
        start, end = self._day(self.rows[self.start]), self._day(self.rows[self.end])
        days = end.delta(start, unit="day")
        lasting = self.rows.filter(days > 0)
        sides = []
        for day, sign in ((start, 1.0), (end, -1.0)):
            rates = {
                name: signed_value(term, 1).cast("float64") / days.cast("float64") * sign
                for term, name in self.sums.items()
            }
            sides.append(lasting.select(*self.group_columns, day=day, **rates))
        changes = sides[0].union(sides[1])
        return changes.group_by([*self.group_columns, "day"]).aggregate(
            **{name: changes[name].sum() for name in self.sums.values()}
        )

    def run(self) -> pd.DataFrame:
        frame = super().run()
        calendar = self.call.calendar
        days = [pd.Timestamp(day).date() for day in frame["day"]]
        frame["period"] = np.array([calendar.number(day) for day in days], dtype="int64")
        days_before = [
            (day - calendar.opens(n)).days for day, n in zip(days, frame["period"], strict=True)
        ]
        for name in self.sums.values():
            frame[f"{name}_rest"] = -frame[name] * np.array(days_before, dtype="float64")
        return frame.drop(columns="day")
