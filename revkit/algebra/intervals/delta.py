"""The delta method: the gradient of a value by each of its sums, and the variance it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.algebra.evaluate.arrays import divide, shift
from revkit.algebra.evaluate.grid import PlannedSum
from revkit.algebra.evaluate.products import vary_together
from revkit.algebra.formula.leaves import Leaf
from revkit.algebra.formula.nodes import Above, Formula, Operation, Overall, Shifted
from revkit.algebra.formula.tree import Ignored, ignored_inside, is_spread, periods_earlier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.algebra.evaluate.evaluation import Evaluation

    Array = NDArray[np.float64]

Gradient = dict[tuple[PlannedSum, int], Any]
"""The partial derivative by each sum and number of periods earlier, on groups by periods."""


def plan_counts(evaluation: Evaluation) -> None:
    """Plan the counts of events that :func:`overdispersion` reads."""
    for total in evaluation.sums.all:
        if _is_event_sum(total):
            evaluation.grid.plan(evaluation.sums.rows(total))


def variance(evaluation: Evaluation, part: Formula) -> Array:
    """Return the variance of a part of a formula, taking its rows for a Poisson process."""
    slopes = gradient(evaluation, part)
    sampled = [(*key, slope) for key, slope in slopes.items() if key[0].sampled]
    found = np.zeros(evaluation.grid.shape)
    for one, early, slope in sampled:
        for other, other_early, other_slope in sampled:
            if early == other_early and vary_together(one, other):
                product = shift(evaluation.products.of(one, other), early)
                found = found + slope * other_slope * product
    return found


def overdispersion(evaluation: Evaluation, part: Formula) -> Array:
    """Return the variance to add where counts vary more than a Poisson process.

    With dispersion φ, n events that add up to S vary by (φ - 1)/n · S² more, as if each period
    scaled their number by a factor of variance (φ - 1)/n. Sums over one stream of events share
    that factor, so a quotient of two of them is no less certain.
    """
    slopes = gradient(evaluation, part)
    events = [(*key, slope) for key, slope in slopes.items() if _is_event_sum(key[0])]
    excesses = [slope * shift(_excess(evaluation, one), early) for one, early, slope in events]
    found = np.zeros(evaluation.grid.shape)
    for (one, early, _), excess in zip(events, excesses, strict=True):
        for (other, other_early, _), other_excess in zip(events, excesses, strict=True):
            if early == other_early and _same_stream(one, other):
                found = found + excess * other_excess
    return np.maximum(found, 0.0)


def gradient(
    evaluation: Evaluation, part: Formula, early: int = 0, ignored: Ignored = frozenset()
) -> Gradient:
    """Return the partial derivatives of a part of a formula by each sum it reads.

    Parameters
    ----------
    evaluation
        Of the whole formula.
    part
        The formula to differentiate.
    early
        How many periods earlier it is read.
    ignored
        The dimensions it ignores.
    """
    if isinstance(part, Leaf):
        return {(evaluation.sums.of(part, ignored), early): np.ones(evaluation.grid.shape)}
    if isinstance(part, Shifted):
        before = early + periods_earlier(part, evaluation.call)
        return gradient(evaluation, part.inner, before, ignored)
    if isinstance(part, Overall | Above):
        return gradient(evaluation, part.inner, early, ignored_inside(part, ignored))
    if not isinstance(part, Operation):
        return {}
    sides = part.left, part.right
    by_side: tuple[Any, Any]
    if part.operator in "+-":
        by_side = 1.0, 1.0 if part.operator == "+" else -1.0
    else:
        a, b = (shift(evaluation.value(side, ignored=ignored), early) for side in sides)
        by_side = (b, a) if part.operator == "*" else (divide(1.0, b), -divide(a, b * b))
    found: Gradient = {}
    for side, outer in zip(sides, by_side, strict=True):
        for total, inner in gradient(evaluation, side, early, ignored).items():
            found[total] = found.get(total, 0.0) + outer * inner
    return found


def _excess(evaluation: Evaluation, total: PlannedSum) -> Array:
    """Return the standard deviation of a sum that is due to overdispersion alone."""
    counts = evaluation.sums.rows(total)
    excess, n = evaluation.grid.dispersion(counts) - 1, evaluation.grid.read(counts)
    return np.asarray(np.sqrt(np.nan_to_num(divide(excess, n))) * evaluation.grid.read(total))


def _is_event_sum(total: PlannedSum) -> bool:
    """Report whether a sum is over sampled events, whose number varies from period to period."""
    counted = total.role == "total" and total.leaf.different is None
    return counted and total.sampled and not is_spread(total.leaf)


def _same_stream(one: PlannedSum, other: PlannedSum) -> bool:
    """Report whether two sums are over one stream of events, whose number rises and falls as one.

    Rows of a table by one date are. Movements are only where the rows of one sum are among the
    other's: accounts that join and accounts that leave do so for different reasons.
    """
    inner, outer = one.term.conditions, other.term.conditions
    nested = inner <= outer or outer <= inner
    return one.source == other.source and (nested or one.source[0] != "movements")
