"""A step in a series of shares or counts: since when it has been at another level, and how surely.

Each month in which a step may have come is tried, and what else a series may do stands against it:
vary beyond sampling, drift, return with the season or the quarter, and, for counts, grow. A series
that drifts explains itself, and holds no step. The noise is taken as it is likeliest with the step
and without it, of a grid whose wilder points are less likely beforehand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Places = NDArray[np.signedinteger]

FIRST = 6
"""Periods before a step, at least: its former level has to be known."""

RECENT = 24
"""Periods back to which a step is looked for."""

LEAST = 4.0
"""Variance that the count since a step, and that before it, has at least: about five hits."""

LAST = 2
"""Periods since a step in counts, at least: one month alone may be an odd one."""

A_YEAR, A_QUARTER = 12, 3


@dataclass(frozen=True)
class Noise:
    """The moves of a series without a step: standard deviations, with the weight of each.

    Parameters
    ----------
    varied
        Of a period, beyond sampling.
    drifted
        Of the drift from one period to the next.
    returned
        Of the season's wave.
    quarterly
        Of the rhythm of the quarter: deals are pushed and closed at its end.
    grown
        Of the steady growth per period.
    """

    varied: Mapping[float, float]
    drifted: Mapping[float, float]
    returned: Mapping[float, float]
    quarterly: Mapping[float, float]
    grown: Mapping[float, float]


SHARES = Noise(
    varied={0.0: 0.6, 0.08: 0.3, 0.2: 0.1},
    drifted={0.0: 0.7, 0.02: 0.2, 0.05: 0.1},
    returned={0.03: 0.6, 0.15: 0.3, 0.4: 0.1},
    quarterly={0.0: 0.7, 0.3: 0.3},
    grown={0.0: 1.0},
)
"""The noise of a share, in logits."""

COUNTS = Noise(
    varied={0.05: 0.5, 0.12: 0.35, 0.25: 0.15},
    drifted={0.01: 0.6, 0.04: 0.3, 0.1: 0.1},
    returned={0.05: 0.5, 0.15: 0.3, 0.4: 0.2},
    quarterly={0.05: 0.6, 0.3: 0.2, 1.5: 0.2},
    grown={0.02: 0.7, 0.06: 0.3},
)
"""The noise of a count, in logarithms: months have unlike numbers of days, and companies grow."""


@dataclass(frozen=True)
class Step:
    """The likeliest step of a series: the place of its first value, and its probability by chance.

    ``p`` is the probability of one as clear, anywhere in the series, where there is none; ``begun``
    the place of the first value that was read.
    """

    at: int
    p: float
    begun: int = 0


def step_of_shares(
    hits: Array, trials: Array, others: tuple[Array, Array] | None = None
) -> Step | None:
    """Return the likeliest step in a share, or in its difference from others.

    Parameters
    ----------
    hits, trials
        Counts by month, oldest first.
    others
        Hits and trials of all others, from whose moves those of the share are taken apart.

    Returns
    -------
    Step or None
        None where no step could be told, for want of months or of counts.

    Examples
    --------
    >>> hits, trials = np.array([36] * 12 + [20] * 4), np.full(16, 100)
    >>> found = step_of_shares(hits, trials)
    >>> found.at, found.p < 0.001
    (12, True)
    >>> step_of_shares(np.full(16, 30), trials).p
    1.0
    """
    sides = [(hits, trials), *([others] if others is not None else [])]
    score, variance = np.zeros(len(hits)), np.zeros(len(hits))
    weights = []
    for sign, (found, of) in zip((1, -1), sides, strict=False):
        share = found.sum() / max(of.sum(), 1)
        weight = of * share * (1 - share)
        exact = np.where(weight > 0, weight, np.nan)
        score = score + sign * (found - of * share) / exact
        variance = variance + 1 / exact
        weights.append(weight)
    places = np.flatnonzero(np.isfinite(score))
    if len(places) <= FIRST:
        return None
    weight = np.min([one[places] for one in weights], axis=0)
    since = weight.sum() - np.concatenate([[0.0], np.cumsum(weight)[:-1]])
    at = np.arange(len(places))
    able = (at >= FIRST) & (at >= len(places) - RECENT)
    able &= (since >= LEAST) & (weight.sum() - since >= LEAST)
    onsets = at[able]
    if not len(onsets):
        return None
    first, p = _likeliest(score[places], variance[places], places, onsets, SHARES)
    both = [(hits[part].sum(), trials[part].sum()) for part in (slice(first), slice(first, None))]
    return Step(first, min(max(p, _unlike_shares(both)) * _chances(onsets), 1.0))


def step_of_counts(counts: Array) -> Step | None:
    """Return the likeliest step in a count.

    Parameters
    ----------
    counts
        By month, oldest first. The months before a count first reaches half of its median are
        those in which it was taken up, and are left out.

    Returns
    -------
    Step or None
        None where no step could be told, for want of months or of counts.

    Examples
    --------
    >>> found = step_of_counts(np.array([24.0, 27.0, 25.0, 22.0] * 5 + [55.0, 70.0, 61.0, 66.0]))
    >>> found.at, found.p < 0.001
    (20, True)
    >>> step_of_counts(np.full(24, 30.0)).p
    1.0
    """
    if not len(counts) or np.median(counts) <= 0:
        return None
    begun = int((counts >= np.median(counts) / 2).argmax())
    counts = counts[begun:]
    places = np.arange(len(counts))
    since = counts.sum() - np.concatenate([[0.0], np.cumsum(counts)[:-1]])
    able = (places >= FIRST) & (places >= len(counts) - RECENT) & (places <= len(counts) - LAST)
    able &= (since >= LEAST) & (counts.sum() - since >= LEAST)
    onsets = places[able]
    if not len(onsets):
        return None
    half = 0.5  # of a month without any there is a logarithm, too
    score, variance = np.log(counts + half), 1 / (counts + half)
    first, p = _likeliest(score, variance, places, onsets, COUNTS)
    if not _lasting(counts, first):
        return Step(begun + first, 1.0, begun)
    p = max(p, _unlike_counts(counts, first))
    return Step(begun + first, min(p * _chances(onsets), 1.0), begun)


def _lasting(counts: Array, first: int) -> bool:
    """Report whether at least three of four months since a step are nearer to its level.

    One odd month can lift the mean of the few around it. Each month is held against those of its
    place in the quarter before.
    """
    place = np.arange(len(counts)) % A_QUARTER
    usual = np.array([counts[:first][place[:first] == one].mean() for one in range(A_QUARTER)])
    before = usual[place[first:]] + 0.5
    level = counts[first:].sum() / before.sum()
    nearer = (counts[first:] > before * math.sqrt(level)) == (level > 1)
    return bool(nearer.mean() >= 0.75)


def _likeliest(
    score: Array, variance: Array, places: Places, onsets: Places, noise: Noise
) -> tuple[int, float]:
    """Return the place of the likeliest step, and how probable one as clear is at that place."""
    gain = _gains(score, variance, places, onsets, noise)
    best = int(gain.argmax())
    return int(places[onsets[best]]), math.erfc(math.sqrt(max(gain[best], 0.0)))


def _chances(onsets: Places) -> float:
    """Return how many chances a step had; in neighbouring months it is nearly the same."""
    return (1 + len(onsets)) / 2


def _gains(score: Array, variance: Array, places: Places, onsets: Places, noise: Noise) -> Array:
    """Return the log likelihood that a step at each onset gains, over the likeliest noise."""
    turn = 2 * np.pi * places / A_YEAR
    season = np.zeros((len(places), len(places)))
    for waves, share in ((1, 1.0), (2, 0.5)):
        season += share * np.cos(np.subtract.outer(waves * turn, waves * turn))
    quarter = np.cos(np.subtract.outer(4 * turn, 4 * turn))
    drift = np.minimum.outer(places, places) - places[0] + 1.0
    growth = np.outer(places - places.mean(), places - places.mean())
    moves = (
        (np.eye(len(places)), noise.varied), (drift, noise.drifted),
        (season, noise.returned), (quarter, noise.quarterly), (growth, noise.grown),
    )  # fmt: skip
    covariances, likely = [], []
    for levels in product(*(weights.items() for _, weights in moves)):
        added = sum(one**2 * move for (one, _), (move, _) in zip(levels, moves, strict=True))
        covariances.append(np.diag(variance) + added)
        likely.append(sum(math.log(weight) for _, weight in levels))
    inverse = np.linalg.inv(np.array(covariances))
    whole = inverse.sum(axis=2)
    total = whole.sum(axis=1)
    centred = inverse - whole[:, :, None] * whole[:, None, :] / total[:, None, None]
    left = centred @ score
    size = np.linalg.slogdet(np.array(covariances))[1]
    without = np.array(likely) - (size + np.log(total) + left @ score) / 2
    after = (np.arange(len(places))[:, None] >= onsets).astype(np.float64)
    reach = np.einsum("to,htu,uo->ho", after, centred, after)
    gained = (without[:, None] + (left @ after) ** 2 / (2 * reach)).max(axis=0)
    above: Array = gained - without.max()
    return above


def _unlike_shares(both: Sequence[tuple[float, float]]) -> float:
    """Return Fisher's probability of two shares as different; of few hits no curve is true."""
    from scipy.stats import fisher_exact

    table = [[found, of - found] for found, of in both]
    return float(fisher_exact(np.array(table).round().astype(int))[1])


def _unlike_counts(counts: Array, first: int) -> float:
    """Return the binomial probability of two levels as different."""
    from scipy.stats import binomtest

    since, whole = round(counts[first:].sum()), round(counts.sum())
    return float(binomtest(since, whole, 1 - first / len(counts)).pvalue)
