"""Pulses: a month in which far more happened than usual, by counts that vary more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAST = 3
"""Count of a month from which it may be one."""

SLABS = (1.0, 2.0)
"""Standard deviations of the logarithm of the factor by which a month may differ."""

ROUNDS = 5
"""Rounds in which the months that stand out are left out of what is usual."""


def log_factors(counts: Array) -> tuple[Array, Array]:
    """Return by row and month the log Bayes factor of a month like no other, and its factor.

    Parameters
    ----------
    counts
        A row a place, a column a month. How much counts vary beyond chance is learnt from all.

    Examples
    --------
    >>> months = np.ones((1, 24))
    >>> months[0, 20] = 9.0
    >>> evidence, factor = log_factors(months)
    >>> bool(evidence[0, 20] > 5), round(float(np.exp(factor[0, 20])), 1)
    (True, 8.9)
    """
    from scipy.stats import nbinom, poisson

    months = counts.shape[1]
    rest = (counts.sum(axis=1, keepdims=True) - counts + 0.25) / max(months - 1, 1)
    spread = _dispersion(counts)
    nodes = np.linspace(0.0, 4.0, 41)
    prior = np.sum([np.exp(-0.5 * (nodes / one) ** 2) / one for one in SLABS], axis=0)
    prior = prior / prior.sum()
    means = rest[:, :, None] * np.exp(nodes)

    def chance(mean: Array) -> Array:
        if spread <= 1.01:
            return np.asarray(poisson.logpmf(counts[:, :, None], mean))
        return np.asarray(nbinom.logpmf(counts[:, :, None], mean / (spread - 1), 1 / spread))

    gains = chance(means) - chance(rest[:, :, None])
    peak = gains.max(axis=2)
    evidence = peak + np.log((np.exp(gains - peak[:, :, None]) * prior).sum(axis=2))
    told = counts >= LEAST
    return np.where(told, evidence, -np.inf), np.log(np.maximum(counts, 0.25) / rest)


def _dispersion(counts: Array) -> float:
    """Return the variance of counts over their mean, without the months that stand out."""
    kept = np.ones(counts.shape, dtype=bool)
    for _ in range(ROUNDS):
        n = kept.sum(axis=1, keepdims=True)
        mean = np.where(kept, counts, 0.0).sum(axis=1, keepdims=True) / np.maximum(n, 1)
        squares = np.where(kept, (counts - mean) ** 2, 0.0).sum()
        expected = np.where(kept, np.broadcast_to(mean, counts.shape), 0.0).sum()
        spread = max(1.0, squares / expected) if expected > 0 else 1.0
        kept = counts <= mean + 4 * np.sqrt(np.maximum(mean, 0.25) * spread)
    return float(spread)
