"""Exact split of a change: to all alike, by the mix of cells, and by the cells' own rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Split:
    """The change of a part by the cells of one dimension.

    ``volume`` and ``drift`` are of all cells alike, ``mix`` and ``rate`` of each cell; all of them
    add up to the change. ``share`` and ``value`` have a row a cell and a column a period.
    """

    volume: float
    drift: float
    mix: Array
    rate: Array
    share: Array
    value: Array

    @property
    def total(self) -> float:
        """The change that all parts add up to."""
        return float(self.volume + self.drift + self.mix.sum() + self.rate.sum())


def of_ratio(above: Array, below: Array, apart: Sequence[int] = ()) -> Split:
    """Split the change of a ratio of totals.

    With the share w of a cell in the denominators and its own ratio r, its mix is the change of w
    times (mean r - mean of all), and its rate the mean w times the change of r beyond the drift,
    the change of r that the middle cell has.

    Parameters
    ----------
    above, below
        A row a cell, columns before and after.
    apart
        Cells that moved by themselves, and say nothing of the others.

    Examples
    --------
    >>> found = of_ratio(np.array([[40.0, 10.0], [10.0, 40.0]]), np.array([[100.0, 20.0],
    ...                  [100.0, 180.0]]))
    >>> found.mix.round(4).tolist(), round(found.total - float(found.mix.sum()), 4)
    ([-0.08, -0.0356], 0.1156)
    """
    whole = above.sum(axis=0) / below.sum(axis=0)
    share = below / below.sum(axis=0)
    has = below != 0
    value = np.divide(above, below, out=np.full(above.shape, np.nan), where=has)
    # a cell that is in one period alone changes the mix by the value it has there
    filled = np.where(np.isnan(value), value[:, ::-1], value)
    filled = np.where(np.isnan(filled), whole.mean(), filled)
    weight, moved = share.mean(axis=1), filled[:, 1] - filled[:, 0]
    both = has.all(axis=1)
    alike = both & _others(len(both), apart)
    drift = _middle(moved[alike], np.abs(weight[alike]))
    common = np.where(both, drift * weight, 0.0)
    mix = (share[:, 1] - share[:, 0]) * (filled.mean(axis=1) - whole.mean())
    added = above / below.sum(axis=0)
    change = added[:, 1] - added[:, 0] - whole.mean() * (share[:, 1] - share[:, 0])
    return Split(0.0, float(common.sum()), mix, change - mix - common, share, value)


def of_count(counts: Array, apart: Sequence[int] = ()) -> Split:
    """Split the change of a total: what the middle cell's growth brings, and each cell beyond it.

    Parameters
    ----------
    counts
        A row a cell, columns before and after.
    apart
        Cells that moved by themselves, and say nothing of the others.
    """
    before, change = counts[:, 0], counts[:, 1] - counts[:, 0]
    able = before > 0
    alike = able & _others(len(able), apart)
    growth = _middle(change[alike] / before[alike], before[alike])
    common = np.where(able, growth * before, 0.0)
    total = counts.sum(axis=0)
    share = np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total != 0)
    none = np.zeros(len(counts))
    return Split(float(common.sum()), 0.0, change - common, none, share, counts)


def of_sum(sums: Array, rows: Array, apart: Sequence[int] = ()) -> Split:
    """Split the change of a sum: by the number of rows, and by what one of them brings.

    Parameters
    ----------
    sums, rows
        A row a cell, columns before and after.
    apart
        Cells that moved by themselves, and say nothing of the others.
    """
    each, total = of_ratio(sums, rows, apart), rows.sum(axis=0)
    mean = sums.sum(axis=0) / total
    n = float(total.mean())
    volume = float((total[1] - total[0]) * mean.mean())
    return Split(volume, n * each.drift, n * each.mix, n * each.rate, each.share, each.value)


def _others(cells: int, apart: Sequence[int]) -> NDArray[np.bool_]:
    """Return which cells are not apart; all where none would be left."""
    others = np.ones(cells, dtype=bool)
    others[list(apart)] = False
    return others if others.any() else ~others


def _middle(values: Array, weights: Array) -> float:
    """Return the weighted median, the mean of both where two are in the middle; 0 of nothing."""
    if not len(values) or weights.sum() <= 0:
        return 0.0
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    first, last = (int(np.searchsorted(reached, 0.5 + side)) for side in (-EVEN, EVEN))
    return float(values[order][[first, last]].mean())


EVEN = 1e-9
"""Share by which two halves may differ and be halves."""
