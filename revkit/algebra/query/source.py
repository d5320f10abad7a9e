"""The base of every query: one table and date of a call, and the columns planned for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from revkit import derived
from revkit.algebra.formula.leaves import Leaf
from revkit.algebra.query.grouping import with_dimensions
from revkit.algebra.query.requirements import require_reachable, require_tables
from revkit.algebra.query.terms import OrderStatistics, Term
from revkit.algebra.request import Call, Cut
from revkit.errors import ColumnError, FormulaError
from revkit.periods import local_day
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd


@dataclass
class TableSource:
    """One table and date of a call: the columns planned for it, and the query that computes them.

    Parameters
    ----------
    call
        The call that the query answers.
    table
        A table of the schema or a derived one.
    ignored
        Dimensions of the call by which the query does not group.
    window
        Periods in the window that ends with each period; 1 for the period alone.
    sums
        Each planned column and its name in the query; :meth:`add` fills it.
    cut
        The first and the last day of the rows that count, where other tables have fewer days.
    """

    call: Call
    table: str
    ignored: frozenset[str] = frozenset()
    window: int = 1
    sums: dict[Any, str] = field(default_factory=dict)
    cut: Cut = field(default=(None, None), kw_only=True)

    def add(self, column: Term | OrderStatistics) -> None:
        """Add a column to the query, unless it has it already."""
        self.sums.setdefault(column, f"sum_{len(self.sums)}")

    @cached_property
    def dimensions(self) -> dict[str, str]:
        """The dimensions that the query groups by, under the names of their columns."""
        groups = self.call.groups
        return {column: name for column, name in groups.items() if name not in self.ignored}

    @cached_property
    def group_columns(self) -> list[str]:
        """The names of the columns that the query groups by."""
        return list(self.dimensions)

    def run(self) -> pd.DataFrame:
        """Run the query: one row per group and period, one column per planned sum."""
        frame: pd.DataFrame = self.query().to_pyarrow().to_pandas()
        return frame

    def notes(self) -> Iterator[str]:
        """Yield what is to be said of words in the table that the formula asks for in vain."""
        yield from ()

    @property
    def dates(self) -> tuple[str, ...]:
        """The date columns that place a row in a period."""
        raise NotImplementedError

    @property
    def placed(self) -> tuple[str, ...]:
        """The dates by which a row has a group: two where it may change while the row lasts."""
        return self.dates

    def term(self, leaf: Leaf, rows: Any = None) -> Term:
        """Resolve a leaf's conditions and value against the columns of the table.

        Raises
        ------
        ColumnError
            When the table has no such column.
        FormulaError
            When a condition is not boolean, or the value not a number.
        """
        rows = self.rows if rows is None else rows
        conditions = [self._resolve(condition, rows) for condition in leaf.conditions]
        for written, resolved in zip(leaf.conditions, conditions, strict=True):
            if not resolved.type().is_boolean():
                raise FormulaError.no_condition(self.table, written, str(resolved.type()))
        values = [] if leaf.value is None else [self._resolve(leaf.value, rows)]
        if values and not values[0].type().is_numeric():
            raise FormulaError.no_condition(self.table, leaf.value, str(values[0].type()))
        distinct = leaf.different
        return Term(
            frozenset(condition.op() for condition in conditions),
            tuple(value.op() for value in values),
            None if distinct is None else self._resolve(distinct, rows).op(),
        )

    @cached_property
    def rows(self) -> Any:
        """An Ibis table of the rows with their group columns."""
        call = self.call
        return with_dimensions(
            call.data, self._base(), self.table, self.dimensions, self.placed, call.metric
        )

    def query(self) -> ir.Table:
        """Return the aggregate: the group columns, ``period`` (its number) and the sums."""
        raise NotImplementedError

    def _day(self, column: Any) -> Any:
        """Return the day of a date or moment in the policy's time zone."""
        return local_day(column, self.call.data.policy.timezone)

    def require_reachable(self) -> None:
        """Refuse a table that the ``where`` of the company could not filter.

        Raises
        ------
        DimensionError
            When the dimension of the ``where`` does not reach it.
        """
        joined = derived.lookup_tables(self.table)
        own = [needed for needed in derived.required_tables(self.table) if needed not in joined]
        require_reachable(self.call.data, own, self.call.metric)

    def _require_tables(self) -> None:
        """Refuse a company that lacks a table this one is made from."""
        require_tables(self.call.data, derived.required_tables(self.table), self.call.metric)

    def _base(self) -> Any:
        """Return the table before its group columns, with every date column there."""
        self._require_tables()
        base = derived.table(self.call.data, self.table, self.call.calendar)
        for column in derived.repeats(self.table, self.dimensions.values()):
            base = base.filter(~base[column])
        for column in self.dates:
            if column not in base.columns:
                raise self._missing(column, base.columns)
        return base

    def _missing(self, column: str, found: Iterable[str]) -> ColumnError:
        """Return the error for a column that the table lacks."""
        if self.table in TABLES and column in TABLES[self.table].columns:
            return self.call.data.lacks(self.table, column)
        remedy = f"Correct the formula of metrics.{self.call.metric}."
        return ColumnError.missing(column, table=self.table, found=list(found), remedy=remedy)

    def _resolve(self, expression: Any, rows: Any) -> Any:
        """Resolve a deferred expression, as ``_.amount``, against rows."""
        try:
            return expression.resolve(rows)
        except AttributeError as error:
            column = re.findall(r"'(\w+)'", str(error))[-1]
            found = [name for name in self.rows.columns if not name.startswith("by_")]
            raise self._missing(column, found) from None
