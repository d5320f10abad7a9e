"""The delta method: how a value leans on each of its sums, and the variance that gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.algebra.evaluate.arrays import divided, shift
from revkit.algebra.evaluate.grid import Sum
from revkit.algebra.evaluate.products import together
from revkit.algebra.formula.leaves import Leaf
from revkit.algebra.formula.linear import census
from revkit.algebra.formula.nodes import Above, Formula, Operation, Overall, Shifted
from revkit.algebra.formula.tree import Over, beneath, is_spread, steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.algebra.evaluate.evaluation import Evaluation

    Array = NDArray[np.float64]

Gradient = dict[tuple[Sum, int], Any]


def ask(of: Evaluation) -> None:
    """Ask for the counts that :func:`overdispersion` reads."""
    for total in of.sums.all:
        if _is_event_sum(total):
            of.grid.ask(of.sums.rows(total))


def variance(of: Evaluation, part: Formula) -> Array:
    """Return the variance of a part of an evaluated formula, its rows a Poisson process."""
    found, slopes = np.zeros(of.grid.shape), gradient(of, part)
    for (one, early), slope in slopes.items():
        for (other, late), lean in slopes.items():
            if census(one.leaf) or census(other.leaf):
                continue  # known, not sampled
            if early == late and together(one, other):
                product = shift(of.products.of(one, other), early)
                found = found + slope * lean * product
    return found


def overdispersion(of: Evaluation, part: Formula) -> Array:
    """Return what that variance lacks where counts vary more than chance alone.

    Of dispersion φ, n events that add S vary by (φ - 1)/n · S² more than a Poisson process of
    them: as if a good month made more of them by a factor, of variance (φ - 1)/n. Sums of one
    stream share it, so that their quotient is no less sure.
    """
    slopes = [(*key, slope) for key, slope in gradient(of, part).items() if _is_event_sum(key[0])]
    swings = [slope * shift(_swing(of, one), early) for one, early, slope in slopes]
    found = np.zeros(of.grid.shape)
    for (one, early, _), swing in zip(slopes, swings, strict=True):
        for (other, late, _), along in zip(slopes, swings, strict=True):
            if early == late and _same_stream(one, other):
                found = found + swing * along
    return np.maximum(found, 0.0)


def gradient(of: Evaluation, part: Formula, early: int = 0, over: Over = frozenset()) -> Gradient:
    """Return the partial derivatives of a value by each sum, and how many periods earlier."""
    if isinstance(part, Leaf):
        return {(of.sums.of(part, over), early): np.ones(of.grid.shape)}
    if isinstance(part, Shifted):
        return gradient(of, part.inner, early + steps(part, of.call), over)
    if isinstance(part, Overall | Above):
        return gradient(of, part.inner, early, beneath(part, over))
    if not isinstance(part, Operation):
        return {}
    sides = part.left, part.right
    a, b = (shift(of.value(side, over=over), early) for side in sides)
    by_side: tuple[Any, Any] = {
        "+": (1.0, 1.0),
        "-": (1.0, -1.0),
        "*": (b, a),
        "/": (divided(np.ones_like(b), b), -divided(a, b * b)),
    }[part.operator]
    found: Gradient = {}
    for side, slope in zip(sides, by_side, strict=True):
        for total, lean in gradient(of, side, early, over).items():
            found[total] = found.get(total, 0.0) + slope * lean
    return found


def _swing(of: Evaluation, total: Sum) -> Array:
    """The standard deviation that overdispersion alone gives a sum."""
    counts = of.sums.rows(total)
    excess, many = of.grid.dispersion(counts) - 1, of.grid.read(counts)
    return np.asarray(np.sqrt(np.nan_to_num(divided(excess, many))) * of.grid.read(total))


def _is_event_sum(total: Sum) -> bool:
    """Whether a sum is over events, of which there may be more or fewer, and which are a sample."""
    counted = total.role == "total" and total.leaf.different is None
    return counted and not is_spread(total.leaf) and not census(total.leaf)


def _same_stream(one: Sum, other: Sum) -> bool:
    """Whether the events of two sums come in one stream, which a good month makes larger.

    Rows of a table by one date do; movements only where those of one are among the other's:
    accounts that come and accounts that leave do so for reasons of their own.
    """
    inner, outer = one.term.conditions, other.term.conditions
    nested = inner <= outer or outer <= inner
    return one.source == other.source and (nested or one.source[0] != "movements")
