"""Cases and outcomes of the smallest groups by month, the last row being the period in question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RATE, MEAN, SIGNED, COUNT = "rate", "mean", "signed", "count"
"""Outcomes that happen or not; that are above 0; that may be of either sign; and none at all."""

SEASON = 12
"""Months before the period in question from which a season can be told."""


@dataclass(frozen=True)
class Leaves:
    """The smallest groups of cases, by month.

    Parameters
    ----------
    cells
        A row a leaf, a column a cell (a group of one dimension): 1 where the leaf is in it.
    dimension
        Number of the dimension of each cell.
    cases
        Number of cases: a row a month, a column a leaf; the last row is the period in question.
    outcomes
        Of the same shape: cases that came off, or sums of what they brought.
    base
        What outcomes are divided by; the number of cases where omitted.
    summed
        Whether the value in question is the sum of outcomes, or of cases, not their ratio.
    mixed
        Whether the shares of cells may be causes: those of a stock drift, and are none.
    kind
        ``rate``, ``mean``, ``signed`` or ``count``.
    season
        A row a month: the waves of the year, with which noise may return; without columns where
        too few months are known.
    """

    cells: Array
    dimension: NDArray[np.int64]
    cases: Array
    outcomes: Array
    kind: str
    season: Array
    base: Array | None = None
    summed: bool = False
    mixed: bool = True

    @property
    def divisor(self) -> Array:
        """Return the divisor of outcomes."""
        return self.cases if self.base is None else self.base


def waves(months: Array, past: int) -> Array:
    """Return the level and the year's wave at each month; the level alone of a short past.

    Parameters
    ----------
    months
        Numbers of the months.
    past
        How many of them are before the period in question.

    Examples
    --------
    >>> waves(np.arange(3.0), 2).shape, waves(np.arange(25.0), 24).shape
    ((3, 1), (25, 3))
    """
    level = np.ones((len(months), 1))
    if past < SEASON:
        return level
    turn = 2 * np.pi * months / 12
    return np.column_stack([level, np.cos(turn), np.sin(turn)])


def cells_of(codes: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64], list[tuple[int, int]]]:
    """Return the cells of leaves, their dimensions, and (dimension, code) of each cell.

    Parameters
    ----------
    codes
        A row a leaf, a column a dimension: the number of the leaf's group, from 0.

    Examples
    --------
    >>> cells, dimension, names = cells_of(np.array([[0, 0], [1, 0]]))
    >>> cells.tolist(), dimension.tolist(), names
    ([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]], [0, 0, 1], [(0, 0), (0, 1), (1, 0)])
    """
    columns, names = [], []
    for at in range(codes.shape[1]):
        for code in range(int(codes[:, at].max(initial=-1)) + 1):
            columns.append((codes[:, at] == code).astype(np.float64))
            names.append((at, code))
    cells = np.column_stack(columns) if columns else np.zeros((len(codes), 0))
    return cells, np.array([at for at, _ in names], dtype=np.int64), names
