"""A step in a series of shares: since when it has been at another level, and how surely.

Each month in which a step may have come is tried, and what else a series may do stands against it:
vary beyond sampling, drift, return with the season. A series that drifts explains itself, and holds
no step. The noise is taken as it is likeliest with the step and without it, of a grid whose wilder
points are less likely beforehand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Places = NDArray[np.signedinteger]

FIRST = 6
"""Periods before a step, at least: its former level has to be known."""

RECENT = 24
"""Periods back to which a step is looked for."""

LEAST = 4.0
"""Variance that the count since a step, and that before it, has at least: about five hits."""

VARIED = {0.0: 0.6, 0.08: 0.3, 0.2: 0.1}
DRIFTED = {0.0: 0.7, 0.02: 0.2, 0.05: 0.1}
RETURNED = {0.03: 0.6, 0.15: 0.3, 0.4: 0.1}
"""Standard deviations of logits, with the weight of each: of a period beyond sampling, of the drift
from one period to the next, of the season's wave."""

A_YEAR = 12


@dataclass(frozen=True)
class Step:
    """The likeliest step of a series: the place of its first value, and its probability by chance.

    ``p`` is the probability of one as clear, anywhere in the series, where there is none.
    """

    at: int
    p: float


def step(hits: Array, trials: Array, others: tuple[Array, Array] | None = None) -> Step | None:
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
    >>> found = step(hits, trials)
    >>> found.at, found.p < 0.001
    (12, True)
    >>> step(np.full(16, 30), trials).p
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
    gain = _gains(score[places], variance[places], places, onsets)
    best = int(gain.argmax())
    chances = (1 + len(onsets)) / 2  # steps in neighbouring months are nearly the same
    p = math.erfc(math.sqrt(max(gain[best], 0.0)))
    first = int(places[onsets[best]])
    p = max(p, _exact(hits, trials, first))  # of the share's own change, whatever the others did
    return Step(first, min(p * chances, 1.0))


def _gains(score: Array, variance: Array, places: Places, onsets: Places) -> Array:
    """Return the log likelihood that a step at each onset gains, over the likeliest noise."""
    turn = 2 * np.pi * places / A_YEAR
    season = np.zeros((len(places), len(places)))
    for waves, share in ((1, 1.0), (2, 0.5)):
        season += share * np.cos(np.subtract.outer(waves * turn, waves * turn))
    drift = np.minimum.outer(places, places) - places[0] + 1.0
    noise, likely = [], []
    for varied, drifted, returned in product(VARIED, DRIFTED, RETURNED):
        added = varied**2 * np.eye(len(places)) + drifted**2 * drift + returned**2 * season
        noise.append(np.diag(variance) + added)
        likely.append(math.log(VARIED[varied] * DRIFTED[drifted] * RETURNED[returned]))
    inverse = np.linalg.inv(np.array(noise))
    whole = inverse.sum(axis=2)
    total = whole.sum(axis=1)
    centred = inverse - whole[:, :, None] * whole[:, None, :] / total[:, None, None]
    left = centred @ score
    size = np.linalg.slogdet(np.array(noise))[1]
    without = np.array(likely) - (size + np.log(total) + left @ score) / 2
    after = (np.arange(len(places))[:, None] >= onsets).astype(np.float64)
    reach = np.einsum("to,htu,uo->ho", after, centred, after)
    gained = (without[:, None] + (left @ after) ** 2 / (2 * reach)).max(axis=0)
    above: Array = gained - without.max()
    return above


def _exact(hits: Array, trials: Array, first: int) -> float:
    """Return Fisher's probability of two shares as different; of few hits no curve is true."""
    from scipy.stats import fisher_exact

    both = [(hits[part].sum(), trials[part].sum()) for part in (slice(first), slice(first, None))]
    table = [[found, of - found] for found, of in both]
    return float(fisher_exact(np.array(table).round().astype(int))[1])
