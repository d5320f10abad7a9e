"""Variances of survival curves whose spells belong together, as the deals of one account do.

A curve is a sum over spells: each adds its events less those expected of it while it was at risk.
Spells of one account tend to be off in the same direction, so their sums are squared account by
account (the sandwich of [1]_); each spell by itself gives Greenwood's variance again.

References
----------
.. [1] R. L. Williams, "Product-limit survival functions with correlated survival times", Lifetime
   Data Analysis 1 (1995).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.statistics.spells import Spells

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Residuals:
    """Events of each spell less those expected of it, weighted by time.

    Parameters
    ----------
    spells
        Times at risk.
    weight
        By each of their distinct times.
    cause
        The event that counts; any when None.
    """

    spells: Spells
    weight: Array
    cause: int | None = None

    @cached_property
    def _places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return how many of the times lie before each spell is seen, and up to its end."""
        spells, times = self.spells, self.spells.times
        late = np.where(spells.entered > 0, np.searchsorted(times, spells.entered, "right"), 0)
        return late, np.searchsorted(times, spells.time, "right")

    @cached_property
    def _expected(self) -> Array:
        """Return what is expected over the first times, of a spell at risk in all of them."""
        times = self.spells.times
        hazard = self.spells.events(times, self.cause) / self.spells.at_risk(times)
        return np.append(0.0, np.cumsum(self.weight * hazard))

    @cached_property
    def _own(self) -> Array:
        """Return the event of each spell."""
        cause = self.spells.cause
        happened = cause > 0 if self.cause is None else cause == self.cause
        return np.where(happened, self.weight[self._places[1] - 1], 0.0)

    def until(self, count: int) -> Array:
        """Return the sum over the first so many times, by spell."""
        first, last = self._places
        at_risk = self._expected[np.minimum(last, count)] - self._expected[np.minimum(first, count)]
        return np.asarray(np.where(last <= count, self._own, 0.0) - at_risk)


def over_left(spells: Spells, weight: Array | float = 1.0) -> Array:
    """Return weights over those left after the events of each time; 0 where none is."""
    times = spells.times
    left = spells.at_risk(times) - spells.events(times)
    return np.divide(weight * np.ones(len(times)), left, out=np.zeros(len(times)), where=left > 0)


def covariance(cluster: NDArray[np.int64], parts: Array) -> Array:
    """Return the covariance of sums of parts, a row a spell, that belong to clusters."""
    sums = np.column_stack([np.bincount(cluster, weights=part) for part in parts.T])
    return np.asarray(sums.T @ sums * len(sums) / max(len(sums) - 1, 1))


def variance(cluster: NDArray[np.int64], parts: Array) -> float:
    """Return the variance of a sum of parts, one a spell, that belong to clusters."""
    return float(covariance(cluster, parts[:, None]).item())


def score_test(cluster: NDArray[np.int64], scores: Array) -> tuple[float, int, float]:
    """Test whether sums of scores are 0: the statistic, its degrees of freedom and the p-value."""
    from scipy.stats import chi2

    total, freedom = scores.sum(axis=0), scores.shape[1]
    if not freedom or not np.any(total):
        return float("nan"), freedom, float("nan")
    statistic = float(total @ np.linalg.pinv(covariance(cluster, scores)) @ total)
    return statistic, freedom, float(chi2.sf(statistic, freedom))


def of_staying(spells: Spells, cluster: NDArray[np.int64]) -> Array:
    """Return the variance of the logarithm of the share that stays, at each time."""
    residuals = Residuals(spells, over_left(spells))
    counts = range(1, len(spells.times) + 1)
    return np.array([variance(cluster, residuals.until(count)) for count in counts])


def of_incidence(
    spells: Spells, cluster: NDArray[np.int64], cause: int, before: Array, share: Array
) -> Array:
    """Return the variance of the share that has had one event, at each time.

    Parameters
    ----------
    before, share
        The share without an event just before each time, and that with this one from it on.
    """
    mine = Residuals(spells, before / spells.at_risk(spells.times), cause)
    gone = Residuals(spells, over_left(spells))
    shared = Residuals(spells, over_left(spells, share))
    return np.array(
        [
            variance(
                cluster, mine.until(at + 1) - share[at] * gone.until(at + 1) + shared.until(at + 1)
            )
            for at in range(len(share))
        ]
    )


def of_mean(spells: Spells, cluster: NDArray[np.int64], beyond: Array) -> float:
    """Return the variance of the mean time within a limit.

    Parameters
    ----------
    beyond
        The area under the curve from each of the first times to the limit.
    """
    weight = np.zeros(len(spells.times))
    weight[: len(beyond)] = beyond
    return variance(cluster, Residuals(spells, over_left(spells, weight)).until(len(beyond)))
