"""The season of a series: what each period of the year adds beyond noise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]

LONG = 13
"""Periods a year above which a season is smooth: one effect a week would follow the noise."""

HARMONICS = 3


def season(values: Series, cycle: int) -> Series:
    """Return the effect of each period of the year on a series without trend, shrunk to none.

    Parameters
    ----------
    values
        Values that go along a level, oldest first.
    cycle
        Periods a year: 12, 13, 4 or 52.

    Returns
    -------
    numpy.ndarray
        `cycle` effects in the units of `values`, that of the first value first. They are the
        means of each period of the year less the mean of all (for weeks three waves a year),
        times the share of their variance that noise of the size of the residuals does not
        explain. All 0 with less than two years.

    Examples
    --------
    >>> season(np.tile([1.0, 1.0, 1.0, 5.0], 3), 4)
    array([-1., -1., -1.,  3.])
    """
    n = len(values)
    if n < 2 * cycle:
        return np.zeros(cycle)
    rest = values - values.mean()
    found = _waves(rest, cycle) if cycle > LONG else _means(rest, cycle)
    degrees = 2 * HARMONICS if cycle > LONG else cycle - 1
    fitted = found[np.arange(n) % cycle]
    noise = np.square(rest - fitted).sum() / max(1, n - degrees - 1)
    explained = np.square(found).sum() / degrees
    if explained <= 0:
        return np.zeros(cycle)
    kept = max(0.0, 1.0 - noise * cycle / n / explained)
    return np.asarray(found * kept, dtype=np.float64)


def _means(rest: Series, cycle: int) -> Series:
    effects = np.array([rest[place::cycle].mean() for place in range(cycle)])
    return np.asarray(effects - effects.mean(), dtype=np.float64)


def _waves(rest: Series, cycle: int) -> Series:
    angle = 2 * np.pi * np.outer(np.arange(max(len(rest), cycle)), np.arange(1, HARMONICS + 1))
    waves = np.hstack([np.sin(angle / cycle), np.cos(angle / cycle)])
    size = np.linalg.lstsq(waves[: len(rest)], rest, rcond=None)[0]
    return np.asarray(waves[:cycle] @ size, dtype=np.float64)


def without_season(
    values: Series, horizon: int, cycle: int
) -> tuple[Series, Callable[[Series], Series]]:
    """Take the season out of a series, and return how to put it into its forecasts.

    The season is a share of a straight line through a series that is never negative, and an
    amount beside it for any other.
    """
    n = len(values)
    time = np.arange(n)
    line = np.polyval(np.polyfit(time, values, 1), time)
    past, ahead = time % cycle, np.arange(n, n + horizon) % cycle
    if (values >= 0).all() and values.mean() > 0:
        share = season(values / np.maximum(line, 0.2 * values.mean()), cycle)
        factor = np.maximum(1 + share, 0.1)
        return values / factor[past], lambda forecast: forecast * factor[ahead]
    amount = season(values - line, cycle)
    return values - amount[past], lambda forecast: forecast + amount[ahead]
