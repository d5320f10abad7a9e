"""Expectation of outcomes: an effect for each cell, the same in all months, and a level a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.causes.table import MEAN, RATE, Leaves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ROUNDS = 8
"""Newton steps of a fit."""

RIDGE = 1.0
"""Information against any effect of a cell."""

EVEN = 1e-3
"""Relative variance that the outcome of a case has at least, of outcomes that are all alike."""

FAR = 30.0
"""Bound of linear predictors: beyond it rates are 0 or 1 and sums are beyond any number."""


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of one kind: how expectations follow from effects, and what is known of them.

    Parameters
    ----------
    kind
        As of :class:`revkit.statistics.causes.table.Leaves`.
    spread
        Variance of the outcome of a case: of relative ones for means, of all for signed ones.
    """

    kind: str
    spread: float = 1.0

    def gap(self, level: Array, n: Array, y: Array, d: Array) -> tuple[Array, Array]:
        """Return the score and the information of an effect on each group at its present level."""
        level = np.clip(level, -FAR, FAR)
        if self.kind == RATE:
            rate = 1 / (1 + np.exp(-level))
            return y - n * rate, n * rate * (1 - rate)
        held = (n > 0) & (d > 0)
        each = np.divide(y, d, out=np.zeros_like(y), where=held)
        expected = np.exp(level) if self.kind == MEAN else level
        gap = each / expected - 1 if self.kind == MEAN else each - expected
        known = np.where(held, n, 0.0) / self.spread
        return known * gap, known


def fitted(leaves: Leaves) -> tuple[Outcomes, Array]:
    """Return the outcomes' kind with their spread, and the effect of the cells on each leaf.

    The months before the period in question are taken together.
    """
    n, y, d = (one[:-1].sum(axis=0) for one in (leaves.cases, leaves.outcomes, leaves.divisor))
    model = Outcomes(leaves.kind)
    cells, count = leaves.cells, leaves.cells.shape[1]
    level = start(leaves.kind, float(y.sum()), float(d.sum()))
    effects = np.zeros(count)
    for _ in range(ROUNDS):
        score, known = model.gap(level + cells @ effects, n, y, d)
        onto = cells.T @ (known[:, None] * cells) + RIDGE * np.eye(count)
        shared = cells.T @ known
        gaps = cells.T @ score - RIDGE * effects
        total, missed = max(float(known.sum()), 1e-9), float(score.sum())
        step = np.linalg.solve(
            onto - np.outer(shared, shared) / total, gaps - shared * missed / total
        )
        step = np.clip(step, -2.0, 2.0) if leaves.kind != "signed" else step
        effects = effects + step
        level += float(np.clip((missed - shared @ step) / total, -2.0, 2.0))
    offset: Array = cells @ effects
    if leaves.kind == RATE:
        return model, offset
    return Outcomes(leaves.kind, _spread(leaves, model, offset)), offset


def start(kind: str, outcomes: float, divisor: float) -> float:
    """Return the level of all outcomes together."""
    mean = outcomes / divisor if divisor > 0 else 0.0
    if kind == RATE:
        mean = min(max(mean, 1e-4), 1 - 1e-4)
        return float(np.log(mean / (1 - mean)))
    return float(np.log(max(mean, 1e-12))) if kind == MEAN else mean


def level_of(model: Outcomes, offset: Array, n: Array, y: Array, d: Array) -> float:
    """Return the level of a month at which nothing is left over of all outcomes together."""
    level = start(model.kind, float(y.sum()), float(d.sum()))
    for _ in range(ROUNDS):
        score, known = model.gap(level + offset, n, y, d)
        total = float(known.sum())
        if total <= 0:
            break
        move = float(score.sum()) / total
        level += move if model.kind not in (RATE, MEAN) else float(np.clip(move, -2.0, 2.0))
        if abs(move) < 1e-10:
            break
    return level


def _spread(leaves: Leaves, model: Outcomes, offset: Array) -> float:
    """Return the variance of the outcome of a case, from the leaves of all past months."""
    squares = rows = 0.0
    for n, y, d in zip(leaves.cases[:-1], leaves.outcomes[:-1], leaves.divisor[:-1], strict=True):
        level = level_of(model, offset, n, y, d)
        score, known = model.gap(level + offset, n, y, d)
        held = known > 0
        squares += float((score[held] ** 2 / known[held]).sum())
        rows += float(held.sum())
    total = float(leaves.divisor[:-1].sum())
    mean = float(leaves.outcomes[:-1].sum()) / total if total > 0 else 0.0
    least = EVEN if model.kind == MEAN else EVEN * mean**2 + 1e-12
    return max(squares / rows, least) if rows else 1.0
