"""Sums of products: what each row, or account, adds to one sum times what it adds to another.

The product of a sum with itself is the sum of squares from which its variance is computed; the
sum of fourth powers says how uncertain that variance is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import add, sub
from typing import TYPE_CHECKING

import numpy as np

from revkit.algebra.evaluate.grid import Grid, PlannedSum
from revkit.algebra.formula.leaves import Stock, Total
from revkit.algebra.query.movements import MovementSource
from revkit.algebra.query.terms import Term

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Parts = tuple[list[PlannedSum], list[PlannedSum]]
"""The sums to add up for a product, and those to subtract; none where it is unknown."""


@dataclass(frozen=True)
class Products:
    """The sums of products of a grid's sums: planned first, read once the queries have run."""

    grid: Grid
    _parts: dict[tuple[PlannedSum, PlannedSum], Parts] = field(default_factory=dict)
    _fourths: dict[PlannedSum, PlannedSum] = field(default_factory=dict)

    def plan(
        self, pairs: Iterable[tuple[PlannedSum, PlannedSum]], fourths: Iterable[PlannedSum]
    ) -> None:
        """Plan the sums from which the products of some pairs, and fourth powers, are read."""
        parts = [self._parts_of(one, other) for one, other in pairs]
        powers = [self._fourth_of(total) for total in fourths]
        products = [part for added, subtracted in parts for part in added + subtracted]
        self.grid.plan(*products, *powers)

    def of(self, one: PlannedSum, other: PlannedSum) -> Array:
        """Return the sum, over rows or accounts, of the product of two of their values."""
        added, subtracted = (
            [self.grid.read(part) for part in parts] for parts in self._parts_of(one, other)
        )
        if not added:
            return np.full(self.grid.shape, np.nan)
        return reduce(sub, subtracted, reduce(add, added))

    def fourth(self, total: PlannedSum) -> Array:
        """Return the sum of the fourth powers of what rows, or accounts, add to a sum."""
        return self.grid.read(self._fourth_of(total))

    def _fourth_of(self, total: PlannedSum) -> PlannedSum:
        """Return the planned sum of the fourth powers of a sum's values."""
        if total not in self._fourths:
            square = total.term * total.term
            self._fourths[total] = replace(total, term=square * square)
        return self._fourths[total]

    def _parts_of(self, one: PlannedSum, other: PlannedSum) -> Parts:
        """Return the parts of the product of two sums, in either order, computed once."""
        if (other, one) in self._parts:
            return self._parts[other, one]
        if (one, other) not in self._parts:
            self._parts[one, other] = self._split(one, other)
        return self._parts[one, other]

    def _split(self, one: PlannedSum, other: PlannedSum) -> Parts:
        """Return the parts of the product of two sums."""
        if one.leaf.different is not None:
            return [one], []  # each distinct value counts one
        if one.role == other.role:
            return [replace(one, term=one.term * other.term)], []
        if "total" in (one.role, other.role):
            stock, total = (one, other) if other.role == "total" else (other, one)
            return [replace(total, term=self._stock_term(stock, total) * total.term)], []
        if not isinstance(self.grid.batch.sources[one.source], MovementSource):
            return [], []
        level = replace(one, role="end", term=one.term * other.term)
        opening, end = (one, other) if one.role == "opening" else (other, one)
        moved, unmoved = self._across(opening, end)
        return [level, moved], [unmoved]

    def _across(self, opening: PlannedSum, end: PlannedSum) -> tuple[PlannedSum, PlannedSum]:
        """Return what moved accounts add to the product of an opening and a closing stock.

        Of the product of both stocks at the end: what to add for them, and what to subtract.
        """
        total = Total("movements")
        key = self.grid.source(total, opening.source[-1], company_wide=True)
        source = self.grid.batch.sources[key]
        assert isinstance(source, MovementSource)
        assert isinstance(opening.leaf, Stock)
        assert isinstance(end.leaf, Stock)
        closing = source.stock_term(end.leaf, "after")
        before = source.stock_term(opening.leaf, "before") * closing
        after = source.stock_term(opening.leaf, "after") * closing
        return (
            PlannedSum(key, "total", before, total, sampled=True),
            PlannedSum(key, "total", after, total, sampled=True),
        )

    def _stock_term(self, stock: PlannedSum, total: PlannedSum) -> Term:
        """Return the term of a stock of accounts on the movements that another sum is over."""
        source = self.grid.batch.sources[total.source]
        assert isinstance(source, MovementSource)
        assert isinstance(stock.leaf, Stock)
        return source.stock_term_at(stock.leaf, stock.role)


def vary_together(one: PlannedSum, other: PlannedSum) -> bool:
    """Report whether two sums are over the same rows or accounts, so that they covary."""
    if one.leaf.different is not None or other.leaf.different is not None:
        return one == other
    of_accounts = one.source[0] == other.source[0] == "movements"
    return one.source == other.source or (of_accounts and one.source[3:] == other.source[3:])


def is_weighted_sample(total: PlannedSum) -> bool:
    """Report whether a sum is of a value of its rows (not their count), and they are a sample."""
    return total.leaf.value is not None and total.sampled
