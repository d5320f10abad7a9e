"""Scores of cells by month: outcomes given the cases, and shares of the cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.causes.expected import Outcomes, level_of
from revkit.statistics.causes.table import RATE, Leaves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """Scores of all cells: a row a month; ``information`` a matrix of the cells a month.

    ``levels`` are those of the outcomes of each month; none of shares. ``excess`` is by how much
    outcomes within a cell vary beyond what is usual, where a few of them make up its score.
    """

    score: Array
    information: Array
    levels: Array
    excess: Array


def of_outcomes(leaves: Leaves, model: Outcomes, offset: Array) -> Scores:
    """Return the scores of outcomes beside what the same cases usually bring.

    The level of a month is free, so that what happens to all is no news of any cell.
    """
    scores, informations, levels, excesses = [], [], [], []
    for n, y, d in zip(leaves.cases, leaves.outcomes, leaves.divisor, strict=True):
        level = level_of(model, offset, n, y, d)
        score, known = model.gap(level + offset, n, y, d)
        scores.append(leaves.cells.T @ score)
        informations.append(apart(leaves.cells, known))
        levels.append(level)
        excesses.append(excess(model, leaves.cells, score, known)[0])
    return Scores(*map(np.array, (scores, informations, levels, excesses)))


def of_shares(leaves: Leaves, usual: Array) -> Scores:
    """Return the scores of the cells' shares beside the usual ones.

    Parameters
    ----------
    leaves
        The cases.
    usual
        The usual share of each leaf.
    """
    total = leaves.cases.sum(axis=1)
    expected = leaves.cells.T @ usual
    one = apart(leaves.cells, usual)
    score = leaves.cases @ leaves.cells - total[:, None] * expected
    return Scores(score, total[:, None, None] * one, np.zeros(len(total)), np.ones(score.shape))


def excess(model: Outcomes, cells: Array, gap: Array, known: Array) -> tuple[Array, Array]:
    """Return by how much leaves of each cell vary beyond what is usual, and how many tell of it.

    A cell of whose leaves one brings all of the change has hardly moved as a cell. Rates have no
    such leaves. The second number is that of leaves of equal weight.
    """
    held, squares = cells.T @ known, cells.T @ known**2
    count = np.divide(held**2, squares, out=np.ones_like(held), where=squares > 0)
    if model.kind == RATE:
        return np.ones_like(held), count
    effect = np.divide(cells.T @ gap, held, out=np.zeros_like(held), where=held > 0)
    around = cells.T @ gap**2 - 2 * effect * (cells.T @ (gap * known)) + effect**2 * squares
    ratio = np.divide(around, held, out=np.ones_like(held), where=held > 0)
    return np.maximum(ratio * count / np.maximum(count - 1, 0.5), 1.0), count


def apart(cells: Array, known: Array) -> Array:
    """Return the information on the cells' effects with a free level."""
    shared = cells.T @ known
    found: Array = cells.T @ (known[:, None] * cells)
    total = known.sum()
    return found - np.outer(shared, shared) / total if total > 0 else found
