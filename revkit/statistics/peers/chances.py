"""Chances of cases by what they are like: a logistic regression that few cases cannot upset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PENALTY = 1.0
"""Of squared coefficients, so that a value few cases have says little."""


def chances(happened: Array, features: Array, steps: int = 50) -> Array:
    """Return the chance of each case, which add up to what happened.

    Parameters
    ----------
    happened
        1 or 0.
    features
        A column a feature.

    Examples
    --------
    >>> found = chances(np.array([1.0, 0, 0, 0]), np.array([[1.0], [0], [0], [0]]))
    >>> round(float(found.sum()), 6), bool(found[0] > found[1])
    (1.0, True)
    """
    rate = happened.mean()
    if rate in (0, 1):
        return np.full(len(happened), rate)
    columns = np.column_stack([np.ones(len(happened)), features])
    penalty = np.r_[0.0, np.full(features.shape[1], PENALTY)]
    weights = np.r_[np.log(rate / (1 - rate)), np.zeros(features.shape[1])]
    for _ in range(steps):
        found = 1 / (1 + np.exp(-columns @ weights))
        slope = columns.T @ (happened - found) - penalty * weights
        bend = (columns * (found * (1 - found))[:, None]).T @ columns + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(1 / (1 + np.exp(-columns @ weights)))
