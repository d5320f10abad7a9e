"""Bands around forecasts from the errors of past ones, which keep to the range of the unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from revkit.analysis.forecasts.origins import Record
from revkit.analysis.forecasts.seasons import Series

SHAPE = 5
"""Degrees of freedom of the errors' distribution: a mean error times its quantile."""

GROWTH = (0.0, 1.0)
"""Powers of the periods ahead with which errors may grow: not at all, or in proportion."""


@dataclass(frozen=True)
class Scale:
    """A scale on which errors are alike above and below a forecast, whatever its size.

    Parameters
    ----------
    to, back
        From values to the scale and back; `back` never leaves the range of the values.
    """

    to: Callable[[Series], Series]
    back: Callable[[Series], Series]


def scale_of(values: Series, limits: tuple[float, float], balance: bool) -> Scale:
    """Return the scale for a series: shares as angles, balances as logarithms, sums as roots.

    Parameters
    ----------
    values
        The series.
    limits
        The least and the most possible value.
    balance
        Whether most of a value persists to the next period, so that it changes in proportion.

    Examples
    --------
    >>> scale_of(np.array([1.0, 4.0]), (0.0, np.inf), balance=False).to(np.array([4.0]))
    array([2.])
    """
    least, most = limits
    if np.isfinite(least) and np.isfinite(most):
        width = most - least
        return Scale(
            lambda x: np.arcsin(np.sqrt(np.clip((x - least) / width, 0, 1))),
            lambda x: least + width * np.square(np.sin(np.clip(x, 0, np.pi / 2))),
        )
    if balance and len(values) and (values > 0).all():
        floor = 1e-6 * values.min()
        return Scale(lambda x: np.log(np.maximum(x, floor)), np.exp)
    if (values >= 0).all():
        return Scale(lambda x: np.sqrt(np.maximum(x, 0)), lambda x: np.square(np.maximum(x, 0)))
    return Scale(lambda x: x, lambda x: np.maximum(x, least))


def growth(errors: Series) -> float:
    """Return the power of the periods ahead with which the size of errors has grown.

    Parameters
    ----------
    errors
        origin × periods ahead, NaN where unknown.

    Returns
    -------
    float
        0 for a series that jumps about a level, around 0.5 for one that wanders, 1 for one whose
        trend turns: the slope of log mean size on log periods ahead.

    Examples
    --------
    >>> growth(np.sqrt(np.ones((5, 1)) * np.array([1.0, 2.0, 3.0, 4.0])))
    0.5
    """
    known = np.isfinite(errors)
    number = known.sum(axis=0)
    size = np.where(known, np.abs(errors), 0.0).sum(axis=0) / np.maximum(number, 1)
    ahead = np.arange(1, errors.shape[1] + 1)
    seen = (number >= 3) & (size > 0)
    if seen.sum() < 3:
        return 0.5
    slope = np.polyfit(np.log(ahead[seen]), np.log(size[seen]), 1, w=np.sqrt(number[seen]))[0]
    return round(float(np.clip(slope, *GROWTH)), 9)


def bands(
    past: Record, expected: Series, scale: Scale, levels: tuple[float, ...], known: float = 0.0
) -> dict[float, tuple[Series, Series]]:
    """Return low and high around forecasts one, two, … periods ahead, by level.

    Parameters
    ----------
    past
        Outcomes and forecasts of them.
    expected
        The forecasts, within the range of the unit; a band holds its own.
    scale
        On which errors are measured.
    levels
        Shares of outcomes that the bands are to hold.
    known
        Share of the first period that has happened already, and cannot err any more.

    Notes
    -----
    The half width is the mean size of past errors, each over its periods ahead to the power with
    which they grew, times the quantile of Student's t with 5 degrees of freedom: errors have
    heavier tails than a normal distribution, and a mean is steadier than quantiles of few errors.
    """
    from scipy.special import stdtrit

    ahead = np.arange(1, past.outcomes.shape[1] + 1)
    errors = scale.to(past.outcomes) - scale.to(past.forecasts)
    power = growth(errors)
    sizes = np.abs(errors) / ahead**power
    sizes = sizes[np.isfinite(sizes)]
    mean = sizes.mean() * (1 + 1 / max(1, len(past.outcomes))) if len(sizes) else np.nan
    usual = mean * np.arange(1, len(expected) + 1) ** power
    usual[:1] *= np.sqrt(1 - known)
    middle = scale.to(expected)
    halves = {level: usual * stdtrit(SHAPE, (1 + level) / 2) for level in levels}
    return {
        level: (
            np.minimum(scale.back(middle - half), expected),
            np.maximum(scale.back(middle + half), expected),
        )
        for level, half in halves.items()
    }
