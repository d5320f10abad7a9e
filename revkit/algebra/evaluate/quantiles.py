"""Quantiles of a formula: each asked for first, then found once with its interval."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from revkit.algebra.evaluate.grid import EVERY, known
from revkit.algebra.evaluate.sums import Sums
from revkit.algebra.formula.leaves import Quantile
from revkit.algebra.query.batch import Key
from revkit.algebra.query.terms import Ranks
from revkit.statistics import intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass
class Ranked:
    """A quantile of the rows of a grid: by their ranks, or where some last still, by survival."""

    sums: Sums
    part: Quantile
    key: Key = field(init=False)
    ranks: Ranks | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.key = self.sums.source(self.part)
        if self.part.until is None:
            holder = self.sums.grid.batch.sources[self.key]
            term = holder.term(self.part.total)
            self.ranks = Ranks(term, self.part.q, intervals.normal(self.sums.grid.call.level))
            for asked in (EVERY, self.ranks, known(term)):
                holder.ask(asked)

    @cached_property
    def found(self) -> tuple[Array, Array, Array, Array]:
        """The value, low and high, and how many rows they are of."""
        grid = self.sums.grid
        if self.ranks is None:
            return grid.lasting(self.key)
        value, low, high = grid.quantile(self.key, self.ranks)
        return value, low, high, grid.total(self.key, known(self.ranks.term))

    @property
    def undecided(self) -> Array:
        """1 where a row not over has been watched for less than the quantile: it may still move."""
        watched = self.sums.grid.watched(self.key)
        return (~np.isnan(watched) & ~(watched >= self.found[0])).astype(np.float64)
