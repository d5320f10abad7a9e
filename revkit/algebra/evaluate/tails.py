"""Heavy tails: sums of values so uneven that a few rows yet to come may outweigh all seen.

No interval can be read from such a sample: the largest rows decide the mean, and they are missing
from most samples. The logarithms of the rows that are there give it away. Those of a lognormal or
gamma value lean to no side or to the left; those of a Pareto value lean to the right, by 2, and
their standard deviation is one over its exponent. Values of a few sizes, such as small and large
contracts, lean to the right as well, but their logarithms have no tail.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from revkit.algebra.evaluate.arrays import divide
from revkit.algebra.evaluate.grid import Grid, PlannedSum
from revkit.algebra.query.terms import Term, TermPair, log_powers

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEANING = 0.9
"""Skewness of the logarithms from which a value is taken for heavy: midway between those of a
Pareto value and of a mixture of companies of three sizes, 0.4, in samples of thirty rows."""

TAIL = 2.0
"""Kurtosis less squared skewness of the logarithms above which they have a tail: it is 1 for values
of two sizes, 3 for lognormal and 5 for Pareto values."""

SPREAD = 0.4
"""Their standard deviation from which the exponent is below 2.5; above it, the intervals hold."""


@dataclass(frozen=True)
class Tails:
    """The logarithms of the values of a grid's sums: planned first, read once queries have run."""

    grid: Grid
    _planned: dict[PlannedSum, list[PlannedSum]] = field(default_factory=dict)

    def plan(self, total: PlannedSum) -> None:
        """Plan the sums of the powers of the logarithms of a sum's values."""
        if total not in self._planned:
            self._planned[total] = [replace(total, term=term) for term in _powers(total.term)]
            self.grid.plan(*self._planned[total])

    def heavy(self, total: PlannedSum) -> NDArray[np.bool_]:
        """Report where the values of a sum have a heavy tail."""
        n, *powers = (self.grid.read(power) for power in self._planned[total])
        mean, square, cube, fourth = (divide(power, n) for power in powers)
        variance = np.maximum(square - mean**2, 0.0)
        third = cube - 3 * mean * square + 2 * mean**3
        last = fourth - 4 * mean * cube + 6 * mean**2 * square - 3 * mean**4
        leaning, tail = divide(third, variance**1.5), divide(last, variance**2)
        with np.errstate(invalid="ignore"):
            leans = (leaning > LEANING) & (tail - leaning**2 > TAIL)
            return np.asarray(leans & (np.sqrt(variance) > SPREAD))


def _powers(term: Term | TermPair) -> list[Term] | list[TermPair]:
    """Return the count, and the sums of four powers of the logarithms, of a term's values."""
    if isinstance(term, Term):
        return log_powers(term)
    sides = zip(log_powers(term.before), log_powers(term.after), strict=True)
    return [TermPair(before, after) for before, after in sides]
