"""Dataset: one company's tables, reached lazily, as known on a day, narrowed as asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from revkit.dataset.company import Company
from revkit.dataset.replay import as_known
from revkit.errors import PeriodError, TableError
from revkit.periods import day
from revkit.policy import Policy
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

    from revkit.dimensions import Spec

__all__ = ["Dataset"]


class Dataset:
    """One company."""

    def __init__(
        self,
        *,
        as_of: date | str | None = None,
        policy: Policy = Policy(),
        currency: str | None = None,
        **tables: Any,
    ) -> None:
        self._company = Company(tables, currency)
        self._given = None if as_of is None else day(as_of, name="as_of")
        self._policy = policy
        self._known: dict[str, ir.Table] = {}
        self._as_of: date | None = self._given

    @property
    def policy(self) -> Policy:
        """How this company counts."""
        return self._policy

    @property
    def currency(self) -> str | None:
        """The currency its money is in, where that is said."""
        return self._company.currency

    @property
    def backend(self) -> BaseBackend:
        """The Ibis backend that holds the tables and runs the queries."""
        return self._company.backend

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that are loaded, in the order of the schema."""
        return tuple(name for name in TABLES if name in self._company.raw)

    @property
    def specs(self) -> Mapping[str, Spec]:
        """Each loaded table as dimensions see it."""
        return self._company.specs

    @property
    def as_of(self) -> date:
        """The day at whose end the company is known."""
        if self._as_of is None:
            self._as_of = self._latest()
        return self._as_of

    def columns(self, name: str) -> frozenset[str]:
        """The columns of a table that are really there."""
        self._must_have(name)
        return self._company.specs[name].columns

    def table(self, name: str) -> ir.Table:
        """A table as known at ``as_of``, narrowed, with its declared types."""
        return self._whole(name)

    def lookup(self, name: str) -> ir.Table:
        """A whole table as known at ``as_of``, to join: its keys are unique."""
        expr = self._whole(name)
        self._company.unique(name)
        return expr

    def _whole(self, name: str) -> ir.Table:
        self._must_have(name)
        if name not in self._known:
            expr = self._company.clean(name)
            planned = any(TABLES[name].columns[c].planned for c in TABLES[name].known_on)
            if self._given is not None or planned:
                last = self._company.span(name).last
                expr = as_known(TABLES[name], expr, self.as_of, last, self._unborn)
            self._known[name] = expr
        return self._known[name]

    def _unborn(self, name: str, column: str) -> ir.Table | None:
        if name not in self._company.raw:
            return None
        last = self._company.span(name).last.get(column)
        if last is None or last <= self.as_of:
            return None
        expr = self._company.clean(name)
        return expr.filter(expr[column] > self.as_of).select(TABLES[name].key[0])

    def _must_have(self, name: str) -> None:
        if name not in TABLES:
            raise TableError.unknown(name, known=TABLES)
        if name not in self._company.raw:
            raise TableError.missing(name, found=self.tables)

    def _latest(self) -> date:
        days = []
        for name in self.tables:
            columns = TABLES[name].columns
            for column, last in self._company.span(name).last.items():
                if columns[column].actual and not columns[column].announced:
                    days.append(last)
        if not days:
            raise PeriodError.no_dates(tables=self.tables)
        return max(days)

    def __contains__(self, name: object) -> bool:
        return name in self._company.raw

    def __getattr__(self, name: str) -> ir.Table:
        if name in TABLES:
            return self.table(name)
        raise AttributeError(f"Dataset has no attribute {name!r}")
