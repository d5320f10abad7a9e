"""Order statistics: a quantile and its interval, from all sorted values or from a few ranks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import count

import numpy as np

from revkit.statistics import intervals

ALL_TRAVEL = 400
"""The number of sorted values up to which all leave the engine; beyond it, only a few ranks do."""


@cache
def least(q: float, level: float) -> int:
    """Return how many values a quantile needs to have an interval at all.

    >>> least(0.5, 0.95)
    6
    """
    return next(n for n in count(1) if intervals.ranks(n, q, level) is not None)


def read(
    values: Sequence[float] | None, n: int, q: float, level: float
) -> tuple[float, float, float]:
    """Return a quantile of n values with its low and high.

    Parameters
    ----------
    values
        All values, sorted; of more than :data:`ALL_TRAVEL`, those below and above the quantile
        and those at the ends of its interval. None without any.
    n
        How many values there are.
    q
        The quantile, between 0 and 1.
    level
        Confidence. Low and high are NaN where n is too small for it.

    Examples
    --------
    >>> [float(end) for end in read([1.0, 2.0, 4.0, 8.0, 9.0, 10.0], 6, 0.5, 0.95)]
    [6.0, 1.0, 10.0]
    """
    if values is None or n == 0:
        return np.nan, np.nan, np.nan
    middle = (n - 1) * q
    if n > ALL_TRAVEL:
        below, above, low, high = values
        return below + (middle - np.floor(middle)) * (above - below), low, high
    below, above = values[int(np.floor(middle))], values[int(np.ceil(middle))]
    value = below + (middle - np.floor(middle)) * (above - below)
    ranks = intervals.ranks(n, q, level)
    if ranks is None:
        return value, np.nan, np.nan
    return value, values[ranks[0] - 1], values[ranks[1] - 1]
