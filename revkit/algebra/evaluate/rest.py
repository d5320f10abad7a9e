"""The rest of a company: of each group, the value of all other groups together, from their sums.

Rows without a group may belong to any of them: they are in no rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from revkit.algebra.evaluate.evaluation import Evaluation
from revkit.algebra.evaluate.grid import Grid
from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Quantile
from revkit.algebra.query.batch import NO_GROUP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.algebra.formula.nodes import Formula
    from revkit.algebra.query.batch import Key

    Array = NDArray[np.float64]


@dataclass
class RestGrid(Grid):
    """A grid in which every sum is that of the other groups.

    Parameters
    ----------
    within
        A dimension along which a group has no rest: stages are compared stage by stage.
    """

    within: str | None = None

    def _seen(self, key: Key, values: Array) -> Array:
        """Return the sums over the other groups; a sum that ignores the groups stays as it is."""
        source = self.batch.sources[key]
        if not [name for name in source.dimensions.values() if name != self.within]:
            return values
        kept = [column for column, name in source.dimensions.items() if name == self.within]
        own = self.groups[source.group_columns].drop_duplicates()
        told = own.drop(columns=kept) != NO_GROUP
        values = np.where(told.all(axis=1).to_numpy()[:, None], values, 0.0)
        if not kept:
            return sums_of_others(values)
        codes = own.groupby(kept, dropna=False, sort=False).ngroup().to_numpy()
        others = np.empty_like(values)
        for code in np.unique(codes):
            others[codes == code] = sums_of_others(values[codes == code])
        return others


@dataclass
class RestEvaluation(Evaluation):
    """A formula evaluated on the rows outside each group, from the sums that the groups have.

    Parameters
    ----------
    within
        As of :class:`RestGrid`.
    """

    within: str | None = None

    def _new_grid(self) -> Grid:
        return RestGrid(self.call, self.batch, within=self.within)


def sums_of_others(values: Array) -> Array:
    """Return for each row the sum of the other rows; subtracting it from all would lose digits.

    >>> sums_of_others(np.array([[1.0], [2.0], [4.0]])).ravel()
    array([6., 5., 3.])
    """
    before, after = np.zeros_like(values), np.zeros_like(values)
    np.cumsum(values[:-1], axis=0, out=before[1:])
    np.cumsum(values[:0:-1], axis=0, out=after[-2::-1])
    return np.asarray(before + after)


def has_rest(formula: Formula) -> bool:
    """Report whether the value outside a group follows from sums over the groups."""
    ranked = any(isinstance(part, Quantile) for part in tree.subformulas(formula))
    return not ranked and not any(leaf.is_distinct for leaf, _ in tree.leaves(formula))
