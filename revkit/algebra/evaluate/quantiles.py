"""The quantiles of a formula: planned first, then read once with their intervals."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from revkit.algebra.evaluate.grid import ALL_ROWS
from revkit.algebra.evaluate.sums import PlannedSums
from revkit.algebra.formula.leaves import Quantile
from revkit.algebra.query.batch import Key
from revkit.algebra.query.terms import OrderStatistics, nonnull_rows, null_rows
from revkit.statistics import intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass
class PlannedQuantile:
    """A quantile of the rows of a grid: from order statistics, or with censored rows by survival.

    Parameters
    ----------
    sums
        The sums of the formula, which know the grid.
    quantile
        The node of the formula.
    """

    sums: PlannedSums
    quantile: Quantile
    key: Key = field(init=False)
    ranked: OrderStatistics | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.key = self.sums.source(self.quantile)
        if not self.is_censored:
            source = self.sums.grid.batch.sources[self.key]
            term = source.term(self.quantile.total)
            reach = intervals.normal(self.sums.grid.call.level)
            self.ranked = OrderStatistics(term, self.quantile.q, reach)
            for column in (ALL_ROWS, self.ranked, nonnull_rows(term), null_rows(term)):
                source.add(column)

    @property
    def is_censored(self) -> bool:
        """True where rows that are not over count as censored."""
        return self.quantile.until is not None

    @cached_property
    def result(self) -> tuple[Array, Array, Array, Array]:
        """The value, low, high and number of rows, each on groups by periods."""
        grid = self.sums.grid
        if self.ranked is None:
            return grid.durations(self.key)
        value, low, high = grid.quantile(self.key, self.ranked)
        return value, low, high, grid.total(self.key, nonnull_rows(self.ranked.term))

    @property
    def gaps(self) -> tuple[Array, Array]:
        """Rows that lack the value, and all rows."""
        assert self.ranked is not None
        without = self.sums.grid.total(self.key, null_rows(self.ranked.term))
        return without, without + self.result[3]

    @property
    def undecided(self) -> Array:
        """1 where an open row was observed for less than the quantile, so it may still move it."""
        observed = self.sums.grid.shortest_open(self.key)
        return (~np.isnan(observed) & ~(observed >= self.result[0])).astype(np.float64)
