"""Which of several options could be the best, by estimates that may belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.intervals import normal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def could_be_best(value: Array, covariance: Array, level: float) -> NDArray[np.bool_]:
    """Report which options are not surely below another one, all comparisons held together.

    Each is compared with every other at the level divided by how many these are, so that the best
    one is left out with at most one less the level.

    >>> could_be_best(np.array([1.0, 5.0, 4.9]), np.eye(3) * 0.01, 0.95).tolist()
    [False, True, True]
    """
    several = max(len(value) - 1, 1)
    reach = normal(1 - 2 * (1 - level) / several)  # one-sided: only falling short counts
    variance = np.diag(covariance)
    spread = np.sqrt(np.maximum(variance[:, None] + variance[None, :] - 2 * covariance, 0.0))
    short = value[None, :] - value[:, None] > reach * spread
    np.fill_diagonal(short, val=False)
    return np.asarray(~short.any(axis=1) & ~np.isnan(value))
