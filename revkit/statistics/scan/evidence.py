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

CHANGED = 0.4
"""Probability, while learning them, that a series holds a change."""

CLOSE = 8.0
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
    # scipy's logsumexp does the same, with ten times the overhead on arrays as small as these
    peak = np.max(logs, axis=axis, keepdims=True)
    peak = np.where(np.isfinite(peak), peak, 0.0)
    with np.errstate(divide="ignore"):
        total: Array = np.log(np.exp(logs - peak).sum(axis=axis)) + np.squeeze(peak, axis=axis)
    return total


def likelihood(series: Scores, slabs: Sequence[float], shapes: Array) -> Array:
    """Return the log likelihood of each kind of noise, whether or not the series holds a change.

    A series that may hold a change is likely either way: otherwise a single true change would teach
    that all series drift.

    Parameters
    ----------
    series
        Its scores.
    slabs
        Sizes that a change may have.
    shapes
        Probability of each shape beforehand.
    """
    factor = np.exp(np.minimum(log_factors(series.score, series.information, slabs), 600.0))
    found: Array = series.fit + np.log1p(CHANGED * (factor @ shapes - 1))
    return found


def learnt(likelihoods: Array, count: float, prior: Array, strength: float) -> Array:
    """Return the probability of each kind of noise, learnt from the series of other metrics.

    Parameters
    ----------
    likelihoods
        A row a series, as :func:`likelihood` has it; there may be none.
    count
        What a series counts for.
    prior
        Probability of each kind beforehand.
    strength
        Number of series that the prior stands for.
    """
    learned = prior
    for _ in range(ROUNDS if len(likelihoods) else 0):
        each = likelihoods + np.log(learned)
        share = np.exp(each - log_sum(each, axis=1)[:, None])
        total = strength * prior + count * share.sum(axis=0)
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
