"""Intervals that hold at every look, however often and whenever one looks.

An interval at a fixed end holds for one look. Who looks every day and stops at the first that
leaves out 0 finds an effect in about a third of tests without one. A confidence sequence holds for
all looks at once [1]_; the price is an interval wider by half or more.

References
----------
.. [1] I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy, A. Ramdas, "Time-uniform central limit
   theory and asymptotic confidence sequences", Annals of Statistics 52 (2024), with the mixture of
   H. Robbins (1970).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.intervals import normal, student

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def reach(size: Array, planned: float, level: float) -> Array:
    """Return by how many standard errors an interval reaches that holds at every look.

    Parameters
    ----------
    size
        Effective size of a difference so far: n₁n₂/(n₁ + n₂).
    planned
        The size at which the interval is to be narrowest, chosen before the test.
    level
        Confidence.

    Examples
    --------
    >>> reach(np.array([100.0, 1000.0, 10_000.0]), 1000.0, 0.95).round(2)
    array([3.86, 3.04, 3.24])
    """
    spent = -2 * np.log(1 - level)
    weight = size * (spent + np.log(spent + 1)) / planned
    return np.asarray(np.sqrt((weight + 1) / weight * (spent + np.log(weight + 1))))


def welch(
    variance: tuple[float, float], n: tuple[float, float], level: float
) -> tuple[float, float]:
    """Return the standard error of a difference of means, and how far its interval reaches.

    Parameters
    ----------
    variance
        Of the values of each group.
    n
        Values in each group, two at least.
    level
        Confidence.

    Examples
    --------
    >>> error, away = welch((4.0, 9.0), (16.0, 9.0), 0.95)
    >>> round(error, 3), round(away, 3)
    (1.118, 2.434)
    """
    parts = np.array([of / size for of, size in zip(variance, n, strict=True)])
    total = float(parts.sum())
    if not total:
        return 0.0, 0.0
    degrees = total**2 / float((parts**2 / (np.array(n) - 1)).sum())
    error = float(np.sqrt(total))
    return error, error * float(student(np.array(degrees), level))


def detectable(error: float, level: float, power: float = 0.8) -> float:
    """Return the effect that a test of this standard error finds with some power.

    >>> round(detectable(0.01, 0.95), 4)
    0.028
    """
    return error * (normal(level) + normal(2 * power - 1))
