"""Queries for rows by the period of a date, or divided over the days between two dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.algebra.formula.leaves import Cohort, Leaf
from revkit.algebra.query.source import Source
from revkit.algebra.query.terms import Ranks, Term, signed

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass
class EventSource(Source):
    """Rows by the period of one of their dates, or by every window that holds it."""

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
                reached = self._resolved(getattr(ibis._, leaf.reached), self.rows)
                took = self._day(reached).delta(began, unit="day")
                within.add((took <= leaf.within).op())
            return replace(term, conditions=term.conditions | within)
        return term

    def open_rows(self, leaf: Cohort) -> Term:
        """The rows whose outcome a later date could still change."""
        assert leaf.settled is not None
        rows = self.term(leaf.rows)
        return Term(rows.conditions | {self.rows[leaf.settled].isnull().op()})

    def query(self) -> ir.Table:
        sums = {name: asked.over(self.rows) for asked, name in self.sums.items()}
        keys = [*self.columns, self.number().name("period")]
        found = self.rows.group_by(keys).aggregate(**sums)
        cut = {n: a.cut(found[n]) for a, n in self.sums.items() if isinstance(a, Ranks)}
        return found.mutate(**cut) if cut else found

    def number(self) -> Any:
        """The number of the period of each row."""
        number = self.call.calendar.number_of(self._date())
        return number if self.window == 1 else number + self.rows.window_offset

    def _date(self) -> Any:
        return self._day(self.rows[self.at])


@dataclass
class SpreadSource(Source):
    """Rows divided over the days of an interval, as changes of a rate per day.

    A change of rate on a day adds the rate to every day that follows. Read by period, it adds
    the rate times the period's length from its own period on, less what came before its day.
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
                name: signed(asked, 1).cast("float64") / days.cast("float64") * sign
                for asked, name in self.sums.items()
            }
            sides.append(lasting.select(*self.columns, day=day, **rates))
        changes = sides[0].union(sides[1])
        return changes.group_by([*self.columns, "day"]).aggregate(
            **{name: changes[name].sum() for name in self.sums.values()}
        )

    def answer(self) -> pd.DataFrame:
        frame = super().answer()
        calendar = self.call.calendar
        days = [pd.Timestamp(day).date() for day in frame["day"]]
        frame["period"] = np.array([calendar.number(day) for day in days], dtype="int64")
        gone = [
            (day - calendar.opens(n)).days for day, n in zip(days, frame["period"], strict=True)
        ]
        for name in self.sums.values():
            frame[f"{name}_rest"] = -frame[name] * np.array(gone, dtype="float64")
        return frame.drop(columns="day")
