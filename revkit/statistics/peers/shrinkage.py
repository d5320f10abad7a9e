"""Shrinkage: what is likely of each of several, given what the others are like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.intervals import normal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

WIDEST, STEPS = 1.5, 60
"""The largest standard deviation between people that is thought of, in log-odds, and its steps."""


def shrink(estimate: Array, variance: Array, level: float = 0.95) -> tuple[Array, Array, Array]:
    """Return estimates drawn towards 0 by as much as they are uncertain, with an interval.

    Estimates are taken for normal around values that are normal around 0. How far the values lie
    apart is not known: it is averaged over, small ones thought likelier (half-normal, a third of
    :data:`WIDEST`). NaN where an estimate or its variance is.

    Examples
    --------
    >>> value, low, high = shrink(np.array([-1.0, 0.2, 0.3]), np.array([0.04, 0.04, 4.0]))
    >>> bool(-1 < value[0] < -0.5), bool(abs(value[2]) < 0.1)
    (True, True)
    """
    known = np.isfinite(estimate) & np.isfinite(variance) & (variance > 0)
    value, low, high = (np.full(len(estimate), np.nan) for _ in range(3))
    if not known.any():
        return value, low, high
    seen, error = estimate[known], variance[known]
    apart = np.linspace(0.0, WIDEST, STEPS + 1)[:, None] + 0.5 * WIDEST / STEPS
    total = apart**2 + error
    weight = (
        -0.5 * (np.log(total) + seen**2 / total).sum(axis=1)
        - 0.5 * (apart[:, 0] / (WIDEST / 3)) ** 2
    )
    weight = np.exp(weight - weight.max())
    weight /= weight.sum()
    kept = apart**2 / total
    mean = weight @ (kept * seen)
    spread = weight @ (kept * error + (kept * seen) ** 2) - mean**2
    reach = normal(level) * np.sqrt(spread)
    value[known], low[known], high[known] = mean, mean - reach, mean + reach
    return value, low, high
