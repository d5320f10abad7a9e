"""From formulas to queries: everything asked of one table and date is one aggregate."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, reduce
from operator import and_, mul
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import derived
from revkit.errors import ColumnError, FormulaError
from revkit.measures.dimensions import grouped
from revkit.measures.reach import must_have, must_reach
from revkit.measures.totals import Cohort, Leaf
from revkit.periods import local_day
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset
    from revkit.periods import Calendar

# Every value of a group and period travels up to so many of them, then those at given ranks.
ALL_TRAVEL = 400
_EXACT = {
    column.name: "decimal(18, 2)" if column.type == "money" else "decimal(18, 6)"
    for table in TABLES.values()
    for column in table.columns.values()
    if column.type in ("money", "rate")
}


@dataclass(frozen=True)
class Call:
    """What a metric was asked for, beside its formula."""

    data: Dataset
    metric: str
    calendar: Calendar
    by: tuple[str, ...] = ()
    trailing: int = 1
    level: float = 0.95
    start: date | None = None
    until: date = date.max
    numbers: tuple[int, ...] = ()

    @property
    def groups(self) -> dict[str, str]:
        """The group columns of every query, each with its dimension."""
        return {f"by_{place}": name for place, name in enumerate(self.by)}


@dataclass(frozen=True)
class Term:
    """What one row adds to a sum: the product of values, where every condition holds.

    With ``different``, the number of its different values instead.
    """

    conditions: frozenset[Any]
    values: tuple[Any, ...] = ()
    different: Any = None

    def __mul__(self, other: Term) -> Term:
        values = tuple(sorted(self.values + other.values, key=_named))
        return Term(self.conditions | other.conditions, values)

    @property
    def where(self) -> Any:
        """The conditions as one expression, or None."""
        conditions = [node.to_expr() for node in sorted(self.conditions, key=_named)]
        return reduce(and_, conditions) if conditions else None

    @property
    def value(self) -> Any:
        """The value of a row that meets the conditions; None where rows are counted."""
        values = [node.to_expr() for node in self.values]
        if not values:
            return None
        if len(values) > 1:
            return reduce(mul, [value.cast("float64") for value in values])
        exact = _EXACT.get(values[0].get_name())
        return values[0].cast(exact) if exact and values[0].type().is_floating() else values[0]

    def over(self, rows: Any) -> Any:
        """The aggregate of a table's rows."""
        if self.different is not None:
            return self.different.to_expr().nunique(where=self.where)
        if self.value is None:
            return rows.count(where=self.where)
        return self.value.sum(where=self.where).cast("float64")


@dataclass(frozen=True)
class Ranks:
    """The values of a term in order: all of few, else those that a quantile is read from."""

    term: Term
    q: float
    reach: float

    def over(self, rows: Any) -> Any:
        """The aggregate of a table's rows: an array, sorted."""
        return self.term.value.cast("float64").collect(where=self.term.where).sort()

    def cut(self, values: Any) -> Any:
        """The part of the sorted values that travels."""
        import ibis

        n = values.length()
        places = [place.cast("int64") for place in self.places(n)]
        index = [ibis.greatest(ibis.least(place, n - 1), 0).cast("int32") for place in places]
        few = [values[place] for place in index]
        return (n > ALL_TRAVEL).ifelse(ibis.array(few), values)

    def places(self, n: Any) -> list[Any]:
        """Where, counted from 0, the quantile and the ends of its interval stand among n."""
        middle = (n - 1) * self.q
        reach = (n * (self.q * (1 - self.q))).sqrt() * self.reach
        ends = [(n * self.q - reach).floor() - 1, (n * self.q + reach).ceil()]
        return [middle.floor(), middle.ceil(), *ends]


@dataclass
class Source:
    """One table and date of a call: the sums asked of it, and the one query that answers."""

    call: Call
    table: str
    without: frozenset[str] = frozenset()
    window: int = 1
    sums: dict[Any, str] = field(default_factory=dict)

    def ask(self, asked: Term | Ranks) -> None:
        """Add a column to the query, where it is not there yet."""
        self.sums.setdefault(asked, f"sum_{len(self.sums)}")

    @property
    def named(self) -> dict[str, str]:
        """The group columns in the query, each with its dimension."""
        groups = self.call.groups
        return {column: name for column, name in groups.items() if name not in self.without}

    @property
    def columns(self) -> list[str]:
        """The names of the group columns in the query."""
        return list(self.named)

    def answer(self) -> pd.DataFrame:
        """Run the query: one row per group and period, a column for each thing asked."""
        frame: pd.DataFrame = self.query().to_pyarrow().to_pandas()
        return frame

    @property
    def dates(self) -> tuple[str, ...]:
        """The dates that place a row in a period."""
        raise NotImplementedError

    def term(self, leaf: Leaf, rows: Any = None) -> Term:
        """Read a leaf's conditions and value against the columns of the table."""
        rows = self.rows if rows is None else rows
        conditions = [self._resolved(condition, rows) for condition in leaf.conditions]
        for wanted, found in zip(leaf.conditions, conditions, strict=True):
            if not found.type().is_boolean():
                raise FormulaError.no_condition(self.table, wanted, str(found.type()))
        values = [] if leaf.value is None else [self._resolved(leaf.value, rows)]
        if values and not values[0].type().is_numeric():
            raise FormulaError.no_condition(self.table, leaf.value, str(values[0].type()))
        different = leaf.different
        return Term(
            frozenset(condition.op() for condition in conditions),
            tuple(value.op() for value in values),
            None if different is None else self._resolved(different, rows).op(),
        )

    @cached_property
    def rows(self) -> Any:
        """The table's rows with their groups."""
        call, at = self.call, self.dates[0]
        return grouped(call.data, self._table(), self.table, self.named, at, call.metric)

    def query(self) -> ir.Table:
        """Return the aggregate: group columns, ``period`` (its number) and the sums."""
        raise NotImplementedError

    def _day(self, column: Any) -> Any:
        return local_day(column, self.call.data.policy.timezone)

    def must_be_reached(self) -> None:
        """Refuse a table that a ``where`` could not narrow, for what isn't taken overall."""
        joined = derived.joined(self.table)
        own = [needed for needed in derived.needs(self.table) if needed not in joined]
        must_reach(self.call.data, own, self.call.metric)

    def _must_have_tables(self) -> None:
        must_have(self.call.data, derived.needs(self.table), self.call.metric)

    def _table(self) -> Any:
        self._must_have_tables()
        base = derived.table(self.call.data, self.table, self.call.calendar)
        for column in self.dates:
            if column not in base.columns:
                raise self._lacks(column, base.columns)
        return base

    def _lacks(self, column: str, found: Iterable[str]) -> ColumnError:
        if self.table in TABLES and column in TABLES[self.table].columns:
            return self.call.data.lacks(self.table, column)
        remedy = f"Correct the formula of metrics.{self.call.metric}."
        return ColumnError.missing(column, table=self.table, found=list(found), remedy=remedy)

    def _resolved(self, wanted: Any, rows: Any) -> Any:
        try:
            return wanted.resolve(rows)
        except AttributeError as error:
            column = re.findall(r"'(\w+)'", str(error))[-1]
            found = [name for name in self.rows.columns if not name.startswith("by_")]
            raise self._lacks(column, found) from None


@dataclass
class Dated(Source):
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
class Spread(Source):
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
                name: _row(asked, 1).cast("float64") / days.cast("float64") * sign
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


@dataclass
class Standing(Source):
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
        plus = {name: _row(term, 1) for term, name in self.sums.items()}
        minus = {name: _row(term, -1) for term, name in self.sums.items()}
        begun = self.rows.filter(start.isnull() | end.isnull() | lasts)
        begun = begun.select(*self.columns, period=number(start), **plus)
        ended = self.rows.filter(over, lasts)
        ended = ended.select(*self.columns, period=number(end), **minus)
        changes = begun.union(ended)
        return changes.group_by([*self.columns, "period"]).aggregate(
            **{name: changes[name].sum().cast("float64") for name in self.sums.values()}
        )


def _row(term: Term, sign: int) -> Any:
    import ibis

    value = term.value if term.value is not None else ibis.literal(1, "int64")
    value = value.fill_null(0) if term.value is not None else value
    signed = value if sign > 0 else -value
    return signed if term.where is None else term.where.fill_null(False).ifelse(signed, 0)


def _named(node: Any) -> tuple[str, int]:
    """Order expressions the same way every time, equal ones together."""
    return node.name, hash(node)
