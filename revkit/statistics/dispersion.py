"""The dispersion of counts: how much more they vary from period to period than chance alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAST_DEGREES = 7
"""Degrees of freedom below which counts are too few to tell their season from chance: two years of
months leave 11, three years of quarters 7."""

STEPS = 12
"""Newton steps to the likeliest growth; it is reached to the last digit in fewer than eight."""


def around_line(history: Array, window: int = 1) -> Array:
    """Return the variance over the mean of counts along the last axis, 1 or more.

    The variance is measured around a straight line: around their mean, counts that grow by 3 % a
    month would vary ten times as much as they do, and their interval would cover 100 % instead of
    95. Overlapping windows vary less around a line (twelve of three months by 31 %), for which the
    degrees of freedom correct.

    Parameters
    ----------
    history
        Counts by period, oldest first, or of the trailing windows that end with each.
    window
        Periods in each window.

    Returns
    -------
    array
        The dispersion; 1 with fewer than six counts, or with windows that overlap so far that
        they hold less information than six separate counts.
    """
    many = history.shape[-1]
    if many < 6:
        return np.ones(history.shape[:-1])
    mean = history.mean(axis=-1)
    steps = np.arange(many) - (many - 1) / 2
    slope = (history @ steps) / (steps @ steps)
    around = history - mean[..., None] - slope[..., None] * steps
    shared = np.maximum(1 - np.abs(np.subtract.outer(steps, steps)) / window, 0.0)
    degrees = many - shared.mean() * many - steps @ shared @ steps / (steps @ steps)
    if round(degrees, 6) < 4:
        return np.ones(history.shape[:-1])
    variance = (around**2).sum(axis=-1) / degrees
    ratio: Array = np.divide(variance, mean, out=np.ones_like(mean), where=mean > 0)
    return np.maximum(ratio, 1.0)


def has_season(season: NDArray[np.int64]) -> bool:
    """Report whether periods, each with its season, are enough to tell the season from chance.

    >>> has_season(np.arange(24) % 12), has_season(np.arange(23) % 12), has_season(np.arange(8) % 4)
    (True, False, False)
    """
    kinds, counts = np.unique(season, return_counts=True)
    enough = len(kinds) > 1 and counts.min() >= 2
    return bool(enough and len(season) - len(kinds) - 1 >= LEAST_DEGREES)


def around_season(history: Array, season: NDArray[np.int64]) -> Array:
    """Return the variance over the mean of counts, 1 or more, with season and growth taken out.

    Counts are expected to be a level of their season times a steady growth, both by maximum
    likelihood; what is left, squared and divided by what was expected, is the dispersion. Counted
    as dispersion instead, a season of ±40 % at 500 events a month would hide a fall of 30 %.

    Parameters
    ----------
    history
        Counts by period, oldest first.
    season
        The season of each period, such as its month of the year.

    Examples
    --------
    >>> year = np.array([100, 100, 160, 100, 60, 100, 100, 40, 100, 100, 100, 140])
    >>> counts = np.tile(year, 3).astype(float)
    >>> around_line(counts[None, -12:]).round(1), around_season(counts[None], np.arange(36) % 12)
    (array([10.4]), array([1.]))
    """
    kinds, place = np.unique(season, return_inverse=True)
    same = (place[:, None] == np.arange(len(kinds))).astype(np.float64)
    many = history.shape[-1]
    steps = np.arange(many) - (many - 1) / 2
    totals, growth = history @ same, np.zeros(history.shape[:-1])
    expected = np.zeros_like(history)
    for _ in range(STEPS):
        factor = np.exp(growth[..., None] * steps)
        level = totals / (factor @ same)
        expected = factor * level[..., place]
        first, second = (expected * steps) @ same, (expected * steps**2) @ same
        mean = np.divide(first, totals, out=np.zeros_like(first), where=totals > 0)
        curve = (second - first * mean).sum(axis=-1)
        slope = ((history - expected) * steps).sum(axis=-1)
        step = np.divide(slope, curve, out=np.zeros_like(slope), where=curve > 0)
        growth = np.clip(growth + np.clip(step, -0.1, 0.1), -0.5, 0.5)
    known = expected > 0
    left = np.divide((history - expected) ** 2, expected, out=np.zeros_like(history), where=known)
    degrees = known.sum(axis=-1) - (totals > 0).sum(axis=-1) - 1
    ratio: Array = left.sum(axis=-1) / np.maximum(degrees, 1)
    return np.maximum(ratio, 1.0)
