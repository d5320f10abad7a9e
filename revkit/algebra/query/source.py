"""The base of every query: one table and date of a call, and the columns asked of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from revkit import derived
from revkit.algebra.formula.leaves import Leaf
from revkit.algebra.query.grouping import grouped
from revkit.algebra.query.requirements import must_have, must_reach
from revkit.algebra.query.terms import Ranks, Term
from revkit.algebra.request import Call
from revkit.errors import ColumnError, FormulaError
from revkit.periods import local_day
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd


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
        joined = derived.lookup_tables(self.table)
        own = [needed for needed in derived.required_tables(self.table) if needed not in joined]
        must_reach(self.call.data, own, self.call.metric)

    def _must_have_tables(self) -> None:
        must_have(self.call.data, derived.required_tables(self.table), self.call.metric)

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
