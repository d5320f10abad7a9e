"""Evidence for a change of each shape in a series, whatever the kind of its noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.scan.noise import Scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ROUNDS = 30
"""Rounds in which the weights of the kinds of noise are learnt."""

CHANGED = 0.1
"""Probability, while learning them, that a series holds a change."""

CLOSE = 12.0
"""Nats by which a kind of noise may lie behind the best to be considered."""


def log_factors(score: Array, information: Array, slabs: Sequence[float]) -> Array:
    """Return the log Bayes factors of a change against none, over sizes spread as normals.

    Parameters
    ----------
    score, information
        Of each change.
    slabs
        Standard deviations of the sizes that a change may have, each as likely.

    Examples
    --------
    >>> log_factors(np.array([0.0, 50.0]), np.array([100.0, 100.0]), [0.5]).round(2).tolist()
    [-1.63, 10.39]
    """
    variances = np.square(np.asarray(slabs, dtype=np.float64)).reshape(-1, *[1] * score.ndim)
    spread = 1 + variances * information
    each = 0.5 * variances * score**2 / spread - 0.5 * np.log(spread)
    mean: Array = log_sum(each, axis=0) - np.log(len(slabs))
    return mean


def log_sum(logs: Array, axis: int | tuple[int, ...] | None = None) -> Array:
    """Return the logarithm of a sum, from the logarithms of its parts.

    Examples
    --------
    >>> float(log_sum(np.log([1.0, 3.0])).round(6)) == round(float(np.log(4)), 6)
    True
    """
    from scipy.special import logsumexp

    total: Array = np.asarray(logsumexp(logs, axis=axis))
    return total


def learnt(
    series: Sequence[Scores],
    weights: Sequence[float],
    slabs: Sequence[Sequence[float]],
    prior: Array,
    shapes: Array,
    strength: float,
) -> Array:
    """Return the probability of each kind of noise, learnt from the series of other metrics.

    A series that may hold a change is likely either way: otherwise a single true change would teach
    that all series drift.

    Parameters
    ----------
    series
        Of the other metrics.
    weights
        What each counts for.
    slabs
        Of each series.
    prior
        Probability of each kind beforehand.
    shapes
        Probability of each shape beforehand.
    strength
        Number of series that the prior stands for.
    """
    if not series:
        return prior
    rows = []
    for one, own in zip(series, slabs, strict=True):
        factor = np.exp(np.minimum(log_factors(one.score, one.information, own), 600.0))
        rows.append(one.fit + np.log1p(CHANGED * (factor @ shapes - 1)))
    fits, counts, learned = np.array(rows), np.asarray(weights)[:, None], prior
    for _ in range(ROUNDS):
        each = fits + np.log(learned)
        share = np.exp(each - log_sum(each, axis=1)[:, None])
        total = strength * prior + (counts * share).sum(axis=0)
        learned = total / total.sum()
    return learned


def in_whole(whole: Scores, weights: Array, slabs: Sequence[float], tilt: Array) -> Array:
    """Return the log evidence of each shape in the series of all, against none.

    Parameters
    ----------
    whole
        Scores of the series.
    weights
        Probability of each kind of noise.
    slabs
        Sizes that a change may have.
    tilt
        Factor of the score of each shape.
    """
    base = whole.fit + np.log(weights)
    each = log_factors(whole.score * tilt, whole.information, slabs)
    found: Array = log_sum(base[:, None] + each, axis=0) - log_sum(base)
    return found


def in_part(
    part: Scores,
    part_weights: Array,
    whole: Scores,
    whole_weights: Array,
    share: Array,
    slabs: Sequence[float],
    tilt: Array,
) -> Array:
    """Return the log evidence of each shape in a part, against none in the part and in the whole.

    What happens in a part moves the whole by the part's share, so that "here" and "everywhere" are
    judged by the same months.

    Parameters
    ----------
    part, whole
        Scores of the difference of the part from the rest, and of the whole.
    part_weights, whole_weights
        Probability of each kind of noise.
    share
        Share of the part in the whole, by shape.
    slabs, tilt
        As for :func:`in_whole`.
    """
    ours, theirs = part.fit + np.log(part_weights), whole.fit + np.log(whole_weights)
    none = log_sum(ours) + log_sum(theirs)
    kept = [_near(ours, part, slabs, tilt), _near(theirs, whole, slabs, tilt)]
    a, b = kept
    score = part.score[a][:, None] + share * whole.score[b][None]
    information = part.information[a][:, None] + share**2 * whole.information[b][None]
    each = log_factors(score * tilt, information, slabs)
    each += (ours[a][:, None] + theirs[b][None])[:, :, None]
    found: Array = log_sum(each, axis=(0, 1)) - none
    return found


def _near(base: Array, one: Scores, slabs: Sequence[float], tilt: Array) -> NDArray[np.intp]:
    """Return the kinds of noise that are not hopeless, with a change or without."""
    best = log_factors(one.score * tilt, one.information, slabs).max(axis=1, initial=0.0)
    close = (base >= base.max() - CLOSE) | (base + best >= (base + best).max() - CLOSE)
    return np.flatnonzero(close)
