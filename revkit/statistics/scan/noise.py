"""Noise of a monthly series beside its sampling: it varies, drifts and returns with the season."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

VARIED = {0.0: 0.6, 0.08: 0.3, 0.2: 0.1}
DRIFTED = {0.0: 0.97, 0.02: 0.027, 0.05: 0.003}
SEASONS = {
    "whole": {0.03: 0.6, 0.15: 0.3, 0.4: 0.1},
    "part": {0.02: 0.6, 0.12: 0.3, 0.3: 0.1},
}
"""Sizes that the year's and the quarter's wave may have: of all, and of a part beside the rest."""

WAVES = ((12, 1.0), (6, 0.5), (3, 0.5))
"""Periods of the waves in months, and the variance of each beside that of the year."""

UNKNOWN = 1e6
"""Variance of a month in which nothing was seen."""


@dataclass(frozen=True)
class Grid:
    """Kinds of noise: a covariance over the months for each, and its probability beforehand."""

    covariances: Array
    prior: Array


@cache
def grid(months: int, seasons: str = "whole") -> Grid:
    """Return the kinds of noise that a series of so many months may have.

    Parameters
    ----------
    months
        Length of the series.
    seasons
        ``whole`` for the series of all, ``part`` for the difference of a part from the rest.

    Examples
    --------
    >>> kinds = grid(12)
    >>> kinds.covariances.shape, round(float(kinds.prior.sum()), 9)
    ((27, 12, 12), 1.0)
    """
    at = np.arange(months)
    walk = np.minimum.outer(at + 1.0, at + 1.0)
    apart = 2 * np.pi * np.subtract.outer(at, at)
    wave = sum(weight * np.cos(apart / period) for period, weight in WAVES)
    kinds, prior = [], []
    for (tau, a), (drift, b), (season, c) in product(
        VARIED.items(), DRIFTED.items(), _sizes(seasons).items()
    ):
        kinds.append(tau**2 * np.eye(months) + drift**2 * walk + season**2 * wave)
        prior.append(a * b * c)
    return Grid(np.array(kinds), np.array(prior) / np.sum(prior))


def _sizes(seasons: str) -> Mapping[float, float]:
    return SEASONS[seasons]


@dataclass(frozen=True)
class Scores:
    """Evidence of a series, by kind of noise and shape of a change.

    ``fit`` is the log likelihood by kind of noise; ``score`` and ``information`` are by kind of
    noise and shape: their ratio is the estimate of the change, the root of information its weight.
    """

    fit: Array
    score: Array
    information: Array


def scores(
    values: Array, variance: Array, kinds: Grid, patterns: Array, shared: Array | None = None
) -> Scores:
    """Return the likelihood of a series, and the score and information of each shape in it.

    The level is free: it is estimated with the change, under each kind of noise.

    Parameters
    ----------
    values, variance
        A value and its sampling variance a month; an infinite variance where there is none.
    kinds
        The kinds of noise.
    patterns
        A row a shape, a column a month.
    shared
        Covariance over the months of what several of them have in common besides, such as who
        sells.
    """
    sampled = np.where(np.isfinite(variance), variance, UNKNOWN)
    seen = np.where(np.isfinite(variance), values, 0.0)
    months = len(seen)
    whole = kinds.covariances + np.diag(sampled) + (0.0 if shared is None else shared)
    right = np.column_stack([np.ones(months), seen, patterns.T])
    lower = np.linalg.cholesky(whole)
    root = np.linalg.solve(lower, np.broadcast_to(right, (len(whole), *right.shape)))
    one, rest = root[:, :, :1], root[:, :, 1:]
    ones = np.einsum("gti,gti->g", one, one)
    onto = np.einsum("gti,gtj->gj", one, rest)
    log_det = 2 * np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    data, shapes = rest[:, :, 0], rest[:, :, 1:]
    squares = np.einsum("gt,gt->g", data, data) - onto[:, 0] ** 2 / ones
    score = np.einsum("gtp,gt->gp", shapes, data) - onto[:, 1:] * onto[:, :1] / ones[:, None]
    information = np.einsum("gtp,gtp->gp", shapes, shapes) - onto[:, 1:] ** 2 / ones[:, None]
    fit = -0.5 * (log_det + np.log(ones) + squares)
    return Scores(fit, score, np.maximum(information, 0.0))
