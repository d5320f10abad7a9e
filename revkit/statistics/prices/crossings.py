"""Crossing of a falling and a rising cumulative curve of the same respondents.

Of two questions a falling curve is the share whose answer to the first lies above a price, and a
rising one the share whose answer to the second lies at or below it. They cross where both answers
taken together have their median, so that a curve that jumps, as where many name 50, is no trouble.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def crossing(falling: Array, rising: Array) -> float:
    """Return the price at which two interpolated cumulative curves cross; NaN without answers.

    Each step of a curve is cut in its middle, so that answers rounded to a coarse unit count as
    spread over it, and prices mirrored about some price give a mirrored crossing.

    >>> round(crossing(np.array([10.0, 20.0, 30.0]), np.array([20.0, 40.0, 50.0])), 1)
    26.7
    """
    if not len(falling):
        return float("nan")
    values, counts = np.unique(np.concatenate([falling, rising]), return_counts=True)
    shares = (np.cumsum(counts) - counts / 2) / counts.sum()
    return float(np.interp(0.5, shares, values))


def interval(falling: Array, rising: Array, level: float) -> tuple[float, float]:
    """Return the interval of a crossing, by the sign test of each price; NaN where it has no end.

    At a price, respondents both of whose answers lie above it speak for a higher crossing, and
    those both of whose answers do not for a lower one. Where the crossing is, they are as many, so
    prices at which one side is too large for a fair coin are left out. It assumes nothing of how
    answers are spread.

    >>> first = np.arange(30.0)
    >>> interval(first, first + 10, 0.95)
    (15.0, 24.0)
    """
    from scipy.special import bdtr

    tail = (1 - level) / 2
    values = np.unique(np.concatenate([falling, rising]))
    above = len(falling) - np.searchsorted(np.sort(np.minimum(falling, rising)), values, "right")
    below = np.searchsorted(np.sort(np.maximum(falling, rising)), values, "right")
    told = above + below
    up = bdtr(below, told, 0.5) <= tail  # few answers below: the crossing lies higher
    down = bdtr(above, told, 0.5) <= tail
    if not (up.any() and down.any()):
        return float("nan"), float("nan")
    return float(values[np.flatnonzero(up)[-1] + 1]), float(values[np.flatnonzero(down)[0]])
