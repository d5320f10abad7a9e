"""Products of sums: what rows, or accounts, add to one sum times what they add to another.

The product of a sum with itself is the sum of squares that its variance is made of. That of the
squares, the fourth powers, says how unsure the variance itself is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import add, sub
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.algebra.evaluate.grid import Grid, Sum
from revkit.algebra.formula.leaves import Stock, Total
from revkit.algebra.formula.linear import census
from revkit.algebra.query.movements import MovementSource
from revkit.algebra.query.terms import Term

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Products:
    """The products of the sums of a grid, asked for first, then read."""

    grid: Grid

    def ask(self, one: Sum, other: Sum) -> None:
        """Ask for what the product of two sums is read from."""
        added, taken = self._made_of(one, other)
        for part in added + taken:
            self.grid.ask(part)

    def of(self, one: Sum, other: Sum) -> Array:
        """Return the sum over rows, or accounts, of the product of two of their values."""
        added, taken = (
            [self.grid.read(part) for part in side] for side in self._made_of(one, other)
        )
        if not added:
            return np.full(self.grid.shape, np.nan)
        return reduce(sub, taken, reduce(add, added))

    def ask_fourth(self, total: Sum) -> None:
        """Ask for what :meth:`fourth` reads."""
        self.grid.ask(_fourth(total))

    def fourth(self, total: Sum) -> Array:
        """Return the sum of the fourth powers of what rows, or accounts, add to a sum."""
        return self.grid.read(_fourth(total))

    def _made_of(self, one: Sum, other: Sum) -> tuple[list[Sum], list[Sum]]:
        """The sums that make up a product, and those to take from them; none when unknown."""
        if one.leaf.different is not None:
            return [one], []  # each value that is different counts one
        if one.role == other.role:
            return [replace(one, term=_both(one.term, other.term))], []
        if "total" in (one.role, other.role):
            stock, total = (one, other) if other.role == "total" else (other, one)
            return [replace(total, term=self._beside(stock, total) * total.term)], []
        if not isinstance(self.grid.batch.sources[one.source], MovementSource):
            return [], []
        level = replace(one, role="end", term=_both(one.term, other.term))
        opening, end = (one, other) if one.role == "opening" else (other, one)
        moved, stayed = self._across(opening, end)
        return [level, moved], [stayed]

    def _across(self, opening: Sum, end: Sum) -> tuple[Sum, Sum]:
        """What accounts that moved add to a product of a stock at the start and one at the end."""
        total = Total("movements")
        key = self.grid.source(total, opening.source[-1], whole=True)
        holder = self.grid.batch.sources[key]
        assert isinstance(holder, MovementSource)
        assert isinstance(opening.leaf, Stock)
        assert isinstance(end.leaf, Stock)
        after = holder.standing(end.leaf, "after")
        before, later = (holder.standing(opening.leaf, side) for side in ("before", "after"))
        return Sum(key, "total", before * after, total), Sum(key, "total", later * after, total)

    def _beside(self, stock: Sum, total: Sum) -> Term:
        """Read a stock of accounts on the movements that another sum is over."""
        holder = self.grid.batch.sources[total.source]
        assert isinstance(holder, MovementSource)
        assert isinstance(stock.leaf, Stock)
        return holder.beside(stock.leaf, stock.role)


def together(one: Sum, other: Sum) -> bool:
    """Return whether two sums are over the same rows or accounts, and so vary together."""
    if one.leaf.different is not None or other.leaf.different is not None:
        return one == other
    of_accounts = one.source[0] == other.source[0] == "movements"
    return one.source == other.source or (of_accounts and one.source[2:] == other.source[2:])


def weighs(total: Sum) -> bool:
    """Return whether the rows of a sum count by a value of theirs, and are a sample."""
    return total.leaf.value is not None and not census(total.leaf)


def _both(one: Any, other: Any) -> Any:
    """The product of two terms, or of each of their sides."""
    if isinstance(one, tuple):
        return one[0] * other[0], one[1] * other[1]
    return one * other


def _fourth(total: Sum) -> Sum:
    square = _both(total.term, total.term)
    return replace(total, term=_both(square, square))
