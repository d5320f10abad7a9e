"""From formulas to queries: everything asked of one table and date is one aggregate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import and_, mul
from typing import TYPE_CHECKING, Any

from revkit import derived
from revkit.errors import ColumnError, DimensionError, FormulaError, TableError
from revkit.measures.dimensions import grouped, moving
from revkit.measures.formula import Cohort, Leaf, Stock, Total
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset
    from revkit.periods import Calendar

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


@dataclass(frozen=True)
class Term:
    """What one row adds to a sum: the product of values, where every condition holds."""

    conditions: frozenset[Any]
    values: tuple[Any, ...] = ()

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


@dataclass
class Source:
    """One table and date of a call: the sums asked of it, and the one query that answers."""

    call: Call
    table: str
    overall: bool = False
    sums: dict[tuple[Any, ...], str] = field(default_factory=dict)

    def ask(self, *key: Any) -> str:
        """Return the column that will hold a sum, adding it to the query where it is new."""
        return self.sums.setdefault(key, f"sum_{len(self.sums)}")

    @property
    def by(self) -> tuple[str, ...]:
        """The dimensions this source is grouped by."""
        return () if self.overall else self.call.by

    @property
    def columns(self) -> list[str]:
        """The names of the group columns in the query."""
        return [f"by_{place}" for place in range(len(self.by))]

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
        return Term(
            frozenset(condition.op() for condition in conditions),
            tuple(value.op() for value in values),
        )

    @cached_property
    def rows(self) -> Any:
        """The table's rows with their groups."""
        base = self._table()
        named = dict(zip(self.columns, self.by, strict=True))
        return grouped(self.call.data, base, self.table, named, self.dates[0], self.call.metric)

    def query(self) -> ir.Table:
        """Return the aggregate: group columns, ``period`` (its number) and the sums."""
        raise NotImplementedError

    def _must_have_tables(self) -> None:
        data = self.call.data
        for needed in derived.needs(self.table):
            if needed not in data:
                raise TableError.missing(
                    needed, found=data.tables, needed_by=f"metrics.{self.call.metric}"
                )
            if needed in data.unreached and not self.overall:
                raise DimensionError.unreached(
                    needed,
                    dimension=data.unreached[needed],
                    needed_by=f"metrics.{self.call.metric}",
                )

    def _table(self) -> Any:
        self._must_have_tables()
        base = derived.table(self.call.data, self.table)
        for date in self.dates:
            if date not in base.columns:
                raise self._lacks(date, base.columns)
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
    """Rows by the period of one of their dates."""

    at: str = ""

    @property
    def dates(self) -> tuple[str, ...]:
        return (self.at,)

    def term(self, leaf: Leaf, rows: Any = None) -> Term:
        term = super().term(leaf, rows)
        if isinstance(leaf, Cohort) and leaf.within is not None:
            import ibis

            age = ibis.literal(self.call.data.as_of).delta(self._date(), unit="day")
            return Term(term.conditions | {(age >= leaf.within).op()}, term.values)
        return term

    def open_rows(self, leaf: Cohort) -> Term:
        """The rows whose outcome a later date could still change."""
        assert leaf.settled is not None
        rows = self.term(leaf.rows)
        return Term(rows.conditions | {self.rows[leaf.settled].isnull().op()})

    def query(self) -> ir.Table:
        sums = {name: _total(self.rows, term) for (term,), name in self.sums.items()}
        keys = [*self.columns, self.number().name("period")]
        aggregate: ir.Table = self.rows.group_by(keys).aggregate(**sums)
        return aggregate

    def number(self) -> Any:
        """The number of the period of each row."""
        return self.call.calendar.number_of(self._date())

    def _date(self) -> Any:
        return _day(self.rows[self.at])


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

        start, end = _day(self.rows[self.start]), _day(self.rows[self.end])
        over = end <= ibis.literal(self.call.data.as_of)
        lasts = start < end
        number = self.call.calendar.number_of
        plus = {name: _row(term, 1) for (term,), name in self.sums.items()}
        minus = {name: _row(term, -1) for (term,), name in self.sums.items()}
        begun = self.rows.filter(start.isnull() | end.isnull() | lasts)
        begun = begun.select(*self.columns, period=number(start), **plus)
        ended = self.rows.filter(over, lasts)
        ended = ended.select(*self.columns, period=number(end), **minus)
        changes = begun.union(ended)
        return changes.group_by([*self.columns, "period"]).aggregate(
            **{name: changes[name].sum().cast("float64") for name in self.sums.values()}
        )


@dataclass
class Moving(Source):
    """Movements of the call's periods: sums over the accounts that moved.

    The MRR of those that did not move is the running sum of all that did, so what stands at a
    period's end is asked for as the change it makes: its value after less its value before.
    """

    trailing: int = 1

    @property
    def dates(self) -> tuple[str, ...]:
        return ("started_on",)

    @cached_property
    def rows(self) -> Any:
        self._must_have_tables()
        named = dict(zip(self.columns, self.by, strict=True))
        return moving(self.call.data, self.call.calendar, named, self.trailing)

    def standing(self, leaf: Stock, side: str) -> Term:
        """Read a stock of accounts at one side, ``before`` or ``after``, of their movement."""
        state = _State(self.rows, side)
        term = self.term(leaf, state)
        active = (self.rows[side] > 0).op()
        return Term(term.conditions | {active}, term.values)

    def query(self) -> ir.Table:
        sums = {name: _total(self.rows, term) for (term,), name in self.sums.items()}
        aggregate: ir.Table = self.rows.group_by([*self.columns, "period"]).aggregate(**sums)
        return aggregate


class _State:
    """The columns of movements, with ``mrr`` read before or after the movement."""

    def __init__(self, rows: Any, side: str) -> None:
        self._rows, self._side = rows, side

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rows, self._side if name == "mrr" else name)


def source(call: Call, leaf: Leaf, overall: bool) -> tuple[tuple[Any, ...], Callable[[], Source]]:
    """Return the key of the aggregate that answers a leaf, and what makes it."""
    if leaf.table == "movements":
        trailing = 1 if isinstance(leaf, Stock) else call.trailing
        return (
            ("movements", trailing, overall),
            lambda: Moving(call, "movements", overall, trailing=trailing),
        )
    if isinstance(leaf, Stock):
        start, end = leaf.start or "", leaf.end or ""
        return (
            (leaf.table, start, end, overall),
            lambda: Standing(call, leaf.table, overall, start=start, end=end),
        )
    assert isinstance(leaf, Total)
    at = leaf.at or ""
    return (leaf.table, at, overall), lambda: Dated(call, leaf.table, overall, at=at)


def _total(rows: Any, term: Term) -> Any:
    if term.value is None:
        return rows.count(where=term.where)
    return term.value.sum(where=term.where).cast("float64")


def _row(term: Term, sign: int) -> Any:
    import ibis

    value = term.value if term.value is not None else ibis.literal(1, "int64")
    value = value.fill_null(0) if term.value is not None else value
    signed = value if sign > 0 else -value
    return signed if term.where is None else term.where.fill_null(False).ifelse(signed, 0)


def _named(node: Any) -> tuple[str, int]:
    """Order expressions the same way every time, equal ones together."""
    return node.name, hash(node)


def _day(column: Any) -> Any:
    return column if column.type().is_date() else column.cast("date")
