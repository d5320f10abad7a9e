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
from revkit.measures.tree import Over, beneath, is_spread, steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.measures.evaluate import Evaluation

    Array = NDArray[np.float64]

Leaning = dict[tuple[Sum, int], Any]


def ask(of: Evaluation) -> None:
    """Ask for the counts that :func:`crowding` reads."""
    for total in of.sums.all:
        if _comes(total):
            of.grid.ask(of.sums.rows(total))


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


def crowding(of: Evaluation, part: Formula) -> Array:
    """Return what that variance lacks where counts vary more than chance alone.

    Of dispersion φ, n events that add S vary by (φ - 1)/n · S² more than a Poisson process of
    them: as if a good month made more of them by a factor, of variance (φ - 1)/n. Sums of one
    stream share it, so that their quotient is no less sure.
    """
    leanings = [(*key, slope) for key, slope in leaning(of, part).items() if _comes(key[0])]
    swings = [slope * later(_swing(of, one), early) for one, early, slope in leanings]
    found = np.zeros(of.grid.shape)
    for (one, early, _), swing in zip(leanings, swings, strict=True):
        for (other, late, _), along in zip(leanings, swings, strict=True):
            if early == late and _of_one_stream(one, other):
                found = found + swing * along
    return np.maximum(found, 0.0)


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


def _swing(of: Evaluation, total: Sum) -> Array:
    """The standard deviation that crowding alone gives a sum."""
    counts = of.sums.rows(total)
    excess, many = of.grid.dispersion(counts) - 1, of.grid.read(counts)
    return np.asarray(np.sqrt(np.nan_to_num(divided(excess, many))) * of.grid.read(total))


def _comes(total: Sum) -> bool:
    """Whether a sum is over events, of which there may be more or fewer, and which are a sample."""
    counted = total.role == "total" and total.leaf.different is None
    return counted and not is_spread(total.leaf) and not census(total.leaf)


def _of_one_stream(one: Sum, other: Sum) -> bool:
    """Whether the events of two sums come in one stream, which a good month makes larger.

    Rows of a table by one date do; movements only where those of one are among the other's:
    accounts that come and accounts that leave do so for reasons of their own.
    """
    inner, outer = one.term.conditions, other.term.conditions
    nested = inner <= outer or outer <= inner
    return one.source == other.source and (nested or one.source[0] != "movements")
