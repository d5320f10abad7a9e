"""The design effect: how much less rows of one account tell than as many of different accounts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from revkit.algebra.evaluate.arrays import divide, shift
from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Stock
from revkit.algebra.formula.linear import linear
from revkit.algebra.formula.nodes import Above, Formula, Operation, Overall, Shifted
from revkit.algebra.query.clusters import ClusterSource, has_clusters
from revkit.algebra.query.movements import MovementSource

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.algebra.evaluate.evaluation import Evaluation
    from revkit.algebra.query.batch import Key

    Array = NDArray[np.float64]


@dataclass
class DesignEffect:
    """The variance of a quotient by clusters over that by rows, of each group over all periods.

    Rows of one account, and accounts of one parent, tend to have one outcome. Four deals of each
    account with a correlation of 0.3 tell as much as two; taken for four, the interval of a win
    rate covers 86 %. The residuals of the quotient are added up by cluster before they are squared.
    One period has too few clusters for that, so all periods are taken together.

    Parameters
    ----------
    evaluation
        Of the quotient, by single periods.
    quotient
        A sum of leaves over another.
    """

    evaluation: Evaluation
    quotient: Operation
    key: Key = field(init=False)

    def __post_init__(self) -> None:
        self.above = linear(self.quotient.left) or []
        self.below = linear(self.quotient.right) or []
        sums = [self.evaluation.sums.of(leaf) for _, leaf in (*self.above, *self.below)]
        grid = self.evaluation.grid
        inner = grid.batch.sources[sums[0].source]
        leaves = tuple(total.leaf for total in sums)
        self.key = ("clusters", *sums[0].source, tuple(str(leaf) for leaf in leaves))
        if self.key not in grid.batch.sources:
            grid.batch.sources[self.key] = ClusterSource(
                self.evaluation.call, inner.table, inner.ignored, 1, {}, inner, leaves
            )
        grid.keys.append(self.key)

    @classmethod
    def of(cls, evaluation: Evaluation, formula: Formula) -> DesignEffect | None:
        """Return the design effect of a formula; None where its rows are clusters of their own."""
        if not isinstance(formula, Operation) or formula.operator != "/":
            return None
        if any(isinstance(p, Shifted | Overall | Above) for p in tree.subformulas(formula)):
            return None
        above, below = linear(formula.left), linear(formula.right)
        if not above or not below:
            return None
        if evaluation.call.trailing > 1:
            evaluation = replace(evaluation, call=replace(evaluation.call, trailing=1))
        leaves = [leaf for _, leaf in above + below]
        keys = {evaluation.sums.of(leaf).source for leaf in leaves}
        stocks = [leaf for leaf in leaves if isinstance(leaf, Stock)]
        plain = all(leaf.different is None for leaf in leaves)
        if len(keys) > 1 or not plain or not all(stock.at_opening for stock in stocks):
            return None
        source = evaluation.grid.batch.sources[next(iter(keys))]
        if not has_clusters(evaluation.call.data, source):
            return None
        if stocks and not isinstance(source, MovementSource):
            return None
        return cls(evaluation, formula)

    def value(self) -> Array:
        """Return the design effect of each group, 1 or more, as a column."""
        quotient = self.evaluation.value(self.quotient)
        weights = [np.full(quotient.shape, factor) for factor, _ in self.above]
        weights += [-factor * quotient for factor, _ in self.below]
        by = {}
        for name in ("cluster", "row"):
            units = self._units(name)
            free = np.where(units > 1.5, divide(units, units - 1), np.nan)
            by[name] = self._square(name, weights) * free
        known = np.isfinite(by["cluster"]) & np.isfinite(by["row"]) & (by["row"] > 0)
        sums = [np.where(known, by[name], 0.0).sum(axis=1) for name in ("cluster", "row")]
        effect = np.nan_to_num(divide(sums[0], sums[1]), nan=1.0)
        return np.asarray(np.maximum(effect, 1.0)[:, None], dtype=np.float64)

    def units(self) -> Array:
        """Return the effective number of clusters in each period: (Σn)²/Σn²."""
        return self._units("cluster")

    def _units(self, name: str) -> Array:
        """Return the effective number of clusters, or rows, in the denominator."""
        total = self.evaluation.value(self.quotient.right)
        base = [np.zeros(total.shape) for _ in self.above]
        base += [np.full(total.shape, factor) for factor, _ in self.below]
        return np.asarray(divide(total**2, self._square(name, base)), dtype=np.float64)

    def _square(self, name: str, weights: list[Array]) -> Array:
        """Return the sum over clusters, or rows, of a weighted sum of the leaves, squared."""
        grid, source = self.evaluation.grid, self.evaluation.grid.batch.sources[self.key]
        assert isinstance(source, ClusterSource)
        found = np.zeros(grid.shape)
        for one, two in source.pairs:
            product = grid.column(self.key, f"by_{name}_{one}_{two}")
            if source.is_stock(one, two):
                product = shift(np.cumsum(product, axis=1), 1, 0.0)
            twice = 1.0 if one == two else 2.0
            found = found + twice * weights[one] * weights[two] * product
        return found
