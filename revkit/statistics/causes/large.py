"""Correction of scores for large effects: they understate a fall, and overstate a rise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.causes.expected import Outcomes, level_of
from revkit.statistics.causes.table import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ROUNDS = 12
"""Newton steps of the fits."""

PLAIN = 0.5
"""Standard errors of an effect up to which its score is right."""

ROOTS, SIZES = (0.5, 2.0), (0.4, 2.5)
"""Bounds of the two corrections: of the root of the likelihood, and of the size."""


def of_outcomes(
    model: Outcomes, level: Array, n: Array, y: Array, cells: Array, score: Array, plain: Array
) -> tuple[Array, Array]:
    """Return by cell the correction of the score as evidence, and that as a size.

    Parameters
    ----------
    model
        Outcomes' kind: only rates are corrected.
    level
        Linear predictor of each leaf without the cells' effects.
    n, y
        Cases and outcomes of the period by leaf.
    cells
        Of the leaves.
    score, plain
        Score and information of each cell.
    """
    root, size = np.ones(len(score)), np.ones(len(score))
    clear = np.flatnonzero((plain > 0) & (np.abs(score) > PLAIN * np.sqrt(np.maximum(plain, 0))))
    if model.kind != RATE or not len(clear):
        return root, size
    inside = cells[:, clear].T
    effect, common = np.zeros(len(clear)), np.zeros(len(clear))
    for _ in range(ROUNDS):
        rate = _rates(level, common, effect, inside)
        gap, known = y - n * rate, n * rate * (1 - rate)
        a, b = known.sum(axis=1), (known * inside).sum(axis=1)
        one, two = gap.sum(axis=1), (gap * inside).sum(axis=1)
        left = np.maximum(b * (a - b), 1e-9)
        effect = np.clip(effect + np.clip((a * two - b * one) / left, -1, 1), -6, 6)
        common = np.clip(common + np.clip((b * one - b * two) / left, -1, 1), -6, 6)
    none = _likelihood(n, y, _rates(level, np.zeros(1), np.zeros(1), np.zeros((1, len(level)))))
    gain = _likelihood(n, y, _rates(level, common, effect, inside)) - none
    signed = np.sqrt(np.maximum(2 * gain, 0.0))
    root[clear] = np.clip(signed / (np.abs(score[clear]) / np.sqrt(plain[clear])), *ROOTS)
    size[clear] = np.clip(effect / (score[clear] / plain[clear]), *SIZES)
    return root, size


def of_shares(total: float, usual: Array, seen: Array) -> tuple[Array, Array]:
    """Return the same two corrections of shares of all cases, by the binomial of each.

    Parameters
    ----------
    total
        Cases of the period.
    usual, seen
        Usual share and cases of each cell.
    """
    root, size = np.ones(len(usual)), np.ones(len(usual))
    score, plain = seen - total * usual, total * usual * (1 - usual)
    clear = (plain > 0) & (np.abs(score) > PLAIN * np.sqrt(np.maximum(plain, 0)))
    inside, outside = seen[clear], total - seen[clear]
    expected = total * usual[clear]
    gain = _part(inside, expected) + _part(outside, total - expected)
    signed = np.sqrt(np.maximum(2 * gain, 0.0))
    half = 0.5  # of a cell without any there is a logarithm, too
    effect = np.log((inside + half) / (outside + half)) - np.log(expected / (total - expected))
    root[clear] = np.clip(signed / (np.abs(score[clear]) / np.sqrt(plain[clear])), *ROOTS)
    size[clear] = np.clip(effect / (score[clear] / plain[clear]), *SIZES)
    return root, size


def fitted(
    model: Outcomes, offset: Array, n: Array, y: Array, d: Array, cells: Array
) -> tuple[Array, float]:
    """Return the effects of some cells and the level that go with the outcomes of a month."""
    effects, level = np.zeros(cells.shape[1]), level_of(model, offset, n, y, d)
    for _ in range(ROUNDS if cells.shape[1] else 0):
        score, known = model.gap(level + offset + cells @ effects, n, y, d)
        every = np.column_stack([np.ones(len(n)), cells])
        held = every.T @ (known[:, None] * every) + 1e-6 * np.eye(every.shape[1])
        step = np.linalg.solve(held, every.T @ score)
        step = step if model.kind == "signed" else np.clip(step, -1, 1)
        level, effects = level + float(step[0]), effects + step[1:]
    return effects, level


def _rates(level: Array, common: Array, effect: Array, inside: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-(level + common[:, None] + effect[:, None] * inside)))
    return np.clip(found, 1e-12, 1 - 1e-12)


def _likelihood(n: Array, y: Array, rate: Array) -> Array:
    found: Array = (y * np.log(rate) + (n - y) * np.log1p(-rate)).sum(axis=1)
    return found


def _part(seen: Array, expected: Array) -> Array:
    return np.where(seen > 0, seen * np.log(np.maximum(seen, 1e-300) / expected), 0.0)
