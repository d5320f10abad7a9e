"""Sums: what the leaves of a formula ask of their sources, each planned once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from revkit.algebra.evaluate.grid import EVERY, Grid, Sum
from revkit.algebra.formula.leaves import Cohort, Leaf, Quantile, Stock
from revkit.algebra.formula.tree import Over
from revkit.algebra.query.batch import Key
from revkit.algebra.query.events import EventSource
from revkit.algebra.query.movements import MovementSource
from revkit.algebra.query.terms import Term


@dataclass(frozen=True)
class Sums:
    """The sums of a grid by the leaves that they answer."""

    grid: Grid
    _planned: dict[tuple[int, Over], Sum] = field(default_factory=dict)

    def of(self, leaf: Leaf, over: Over = frozenset()) -> Sum:
        """Return the sum that answers a leaf, asked for where it has not been yet."""
        if (id(leaf), over) not in self._planned:
            self._planned[id(leaf), over] = self._plan(leaf, over)
        return self._planned[id(leaf), over]

    @property
    def all(self) -> list[Sum]:
        """Every sum planned so far."""
        return list(self._planned.values())

    def rows(self, total: Sum) -> Sum:
        """Return the sum that counts the rows of another."""
        rows = total.leaf.rows
        return replace(total, term=self.grid.batch.sources[total.source].term(rows), leaf=rows)

    def source(self, leaf: Leaf | Quantile, over: Over = frozenset()) -> Key:
        """Return the source of a leaf, without the dimensions it leaves out."""
        by = frozenset(self.grid.call.by)
        return self.grid.source(leaf, by if over is None else over & by, whole=over is None)

    def _plan(self, leaf: Leaf, over: Over) -> Sum:
        key = self.source(leaf, over)
        holder = self.grid.batch.sources[key]
        if not isinstance(holder, MovementSource) and leaf.different is None:
            holder.ask(EVERY)
        role = "total"
        if isinstance(leaf, Stock):
            role = "opening" if leaf.at_opening else "end"
        term: Any
        if isinstance(leaf, Stock) and isinstance(holder, MovementSource):
            term = holder.standing(leaf, "before"), holder.standing(leaf, "after")
        else:
            term = holder.term(leaf)
        planned = Sum(key, role, term, leaf)
        self.grid.ask(planned)
        if isinstance(holder, EventSource) and term.values:
            holder.ask(valueless(term))
        if isinstance(holder, EventSource) and isinstance(leaf, Cohort) and leaf.settled:
            holder.ask(holder.open_rows(leaf))
        return planned


def valueless(term: Term) -> Term:
    """Return the rows of a sum that have nothing to add."""
    nulls = frozenset(value.to_expr().isnull().op() for value in term.values)
    return Term(term.conditions | nulls)
