"""The sums of a formula: what each leaf needs from its query, planned once and read later."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from revkit.algebra.evaluate.grid import ALL_ROWS, Grid, PlannedSum
from revkit.algebra.formula.leaves import Cohort, Leaf, Quantile, Stock
from revkit.algebra.formula.linear import is_census
from revkit.algebra.formula.tree import Ignored
from revkit.algebra.query.batch import Key
from revkit.algebra.query.events import EventSource
from revkit.algebra.query.movements import MovementSource
from revkit.algebra.query.stocks import StockSource
from revkit.algebra.query.terms import Term, TermPair, nonnull_rows, null_rows
from revkit.derived import required_tables
from revkit.dimensions import find


@dataclass(frozen=True)
class PlannedSums:
    """The sums that answer the leaves of a formula, each planned on its first use."""

    grid: Grid
    _planned: dict[tuple[int, Ignored], PlannedSum] = field(default_factory=dict)

    def of(self, leaf: Leaf, ignored: Ignored = frozenset()) -> PlannedSum:
        """Return the sum that answers a leaf, planning it on first use."""
        if (id(leaf), ignored) not in self._planned:
            self._planned[id(leaf), ignored] = self._plan(leaf, ignored)
        return self._planned[id(leaf), ignored]

    @property
    def all(self) -> list[PlannedSum]:
        """Every sum planned so far."""
        return list(self._planned.values())

    def rows(self, total: PlannedSum) -> PlannedSum:
        """Return the sum that counts the rows of another."""
        rows = total.leaf.rows
        return replace(total, term=self.grid.batch.sources[total.source].term(rows), leaf=rows)

    def gaps(
        self, leaf: Leaf, ignored: Ignored = frozenset()
    ) -> tuple[PlannedSum, PlannedSum] | None:
        """Return the counts of the rows of a sum without a value and with one.

        None where each row has one: counts, MRR, and values spread over days.
        """
        planned = self.of(leaf, ignored)
        source = self.grid.batch.sources[planned.source]
        tells = isinstance(source, EventSource | StockSource)
        if not tells or not isinstance(planned.term, Term) or not planned.term.values:
            return None
        without, valued = null_rows(planned.term), nonnull_rows(planned.term)
        return replace(planned, term=without), replace(planned, term=valued)

    def source(self, leaf: Leaf | Quantile, ignored: Ignored = frozenset()) -> Key:
        """Return the key of the source of a leaf, not grouped by the dimensions it ignores."""
        by = frozenset(self.grid.call.by)
        without = by
        if ignored is not None:
            table = leaf.total.table if isinstance(leaf, Quantile) else leaf.table
            without = frozenset(name for name in by if self.is_one_of(name, ignored, table))
        return self.grid.source(leaf, without, company_wide=ignored is None)

    def is_one_of(self, name: str, dimensions: frozenset[str], table: str) -> bool:
        """Report whether a name is one of some dimensions, or a column of the relation it names."""
        if name in dimensions or not dimensions:
            return name in dimensions
        specs = self.grid.call.data.specs
        path = find(name, required_tables(table)[0], specs)
        if path is None:
            return False
        relations = specs[required_tables(table)[0]].relations
        keys = {relations[own][0] for own in dimensions if own in relations}
        return path.steps[0].relation in dimensions if path.steps else path.column in keys

    def _plan(self, leaf: Leaf, ignored: Ignored) -> PlannedSum:
        """Add what a leaf needs to the query of its source."""
        key = self.source(leaf, ignored)
        source = self.grid.batch.sources[key]
        if not isinstance(source, MovementSource) and leaf.different is None:
            source.add(ALL_ROWS)
        role = "total"
        if isinstance(leaf, Stock):
            role = _role(leaf)
        term: Any
        if isinstance(leaf, Stock) and isinstance(source, MovementSource):
            term = TermPair(source.stock_term(leaf, "before"), source.stock_term(leaf, "after"))
        else:
            term = source.term(leaf)
        planned = PlannedSum(key, role, term, leaf, sampled=not is_census(leaf))
        self.grid.plan(planned)
        if isinstance(source, EventSource | StockSource) and isinstance(term, Term) and term.values:
            source.add(null_rows(term))
            source.add(nonnull_rows(term))
        if isinstance(source, EventSource) and isinstance(leaf, Cohort) and leaf.settled:
            source.add(source.open_rows(leaf))
        return planned


def _role(stock: Stock) -> str:
    """Return how a period reads a stock."""
    if stock.averaged:
        return "average"
    if stock.unit is not None:
        return "exposure"
    return "opening" if stock.at_opening else "end"
