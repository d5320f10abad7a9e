"""The delta method: how a value leans on each of its sums, and the variance that gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.measures.arrays import divided, later
from revkit.measures.formula import Above, Formula, Operation, Overall, Shifted
from revkit.measures.grid import Sum
from revkit.measures.products import together
from revkit.measures.shape import census
from revkit.measures.totals import Leaf
from revkit.measures.tree import Over, beneath, steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.measures.evaluate import Evaluation

    Array = NDArray[np.float64]

Leaning = dict[tuple[Sum, int], Any]


def variance(of: Evaluation, part: Formula) -> Array:
    """Return the variance of a part of an evaluated formula, its rows a Poisson process."""
    found, leanings = np.zeros(of.grid.shape), leaning(of, part)
    for (one, early), slope in leanings.items():
        for (other, late), lean in leanings.items():
            if census(one.leaf) or census(other.leaf):
                continue  # known, not sampled
            if early == late and together(one, other):
                product = later(of.products.of(one, other), early)
                found = found + slope * lean * product
    return found


def leaning(of: Evaluation, part: Formula, early: int = 0, over: Over = frozenset()) -> Leaning:
    """Return the partial derivatives of a value by each sum, and how many periods earlier."""
    if isinstance(part, Leaf):
        return {(of.sums.of(part, over), early): np.ones(of.grid.shape)}
    if isinstance(part, Shifted):
        return leaning(of, part.inner, early + steps(part, of.call), over)
    if isinstance(part, Overall | Above):
        return leaning(of, part.inner, early, beneath(part, over))
    if not isinstance(part, Operation):
        return {}
    sides = part.left, part.right
    a, b = (later(of.value(side, over=over), early) for side in sides)
    slopes: tuple[Any, Any] = {
        "+": (1.0, 1.0),
        "-": (1.0, -1.0),
        "*": (b, a),
        "/": (divided(np.ones_like(b), b), -divided(a, b * b)),
    }[part.operator]
    found: Leaning = {}
    for side, slope in zip(sides, slopes, strict=True):
        for total, lean in leaning(of, side, early, over).items():
            found[total] = found.get(total, 0.0) + slope * lean
    return found
