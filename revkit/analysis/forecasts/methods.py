"""Methods to forecast a series without season, each in a few lines, and the yardsticks beside them.

Each takes the values, oldest first, and the number of periods ahead, and returns as many
forecasts. Which of them a series follows is found out by its past: see
:mod:`revkit.analysis.forecasts.origins`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from revkit.analysis.forecasts.seasons import Series, without_season
from revkit.language import message

Method = Callable[[Series, int], Series]

STEPS = np.linspace(0.05, 0.95, 19)
"""Smoothing constants of the level tried by :func:`theta`."""


def _constants(dampings: list[float]) -> tuple[Series, Series, Series]:
    """Return the constants of level, trend and damping tried by smoothing with a trend."""
    level, trend, damping = np.meshgrid(
        np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
        np.array([0.02, 0.05, 0.1, 0.2, 0.3, 0.5]),
        np.array(dampings),
        indexing="ij",
    )
    slower = trend <= level
    return level[slower], trend[slower], damping[slower]


DAMPED = _constants([0.8, 0.85, 0.9, 0.94, 0.98])
TRENDED = _constants([0.8, 0.85, 0.9, 0.94, 0.98, 1.0])


def theta(values: Series, horizon: int) -> Series:
    r"""Forecast by the Theta method: simple smoothing plus half the slope of a straight line.

    Parameters
    ----------
    values
        Values, oldest first; at least 2.
    horizon
        Periods ahead.

    Returns
    -------
    numpy.ndarray
        `horizon` forecasts, :math:`\ell_n + \tfrac{b}{2}(h - 1 + (1 - (1-\alpha)^n) / \alpha)`.

    References
    ----------
    .. [1] R. J. Hyndman and B. Billah, "Unmasking the Theta method", International Journal of
       Forecasting 19 (2003).

    Examples
    --------
    >>> theta(np.array([5.0, 5.0, 5.0, 5.0]), 2)
    array([5., 5.])
    """
    n = len(values)
    levels = np.full_like(STEPS, values[0])
    error = np.zeros_like(STEPS)
    for value in values[1:]:
        surprise = value - levels
        error += surprise * surprise
        levels = levels + STEPS * surprise
    best = int(np.argmin(error))
    level, alpha = levels[best], STEPS[best]
    slope = np.polyfit(np.arange(n), values, 1)[0]
    drift = np.arange(horizon) + (1 - (1 - alpha) ** n) / alpha
    return np.asarray(level + slope / 2 * drift, dtype=np.float64)


def damped(values: Series, horizon: int) -> Series:
    """Forecast by exponential smoothing with a damped trend that starts at none.

    Parameters
    ----------
    values
        Values, oldest first; at least 2.
    horizon
        Periods ahead.

    Returns
    -------
    numpy.ndarray
        `horizon` forecasts, by the constants of a grid with the least squared error one period
        ahead.

    References
    ----------
    .. [1] E. S. Gardner and E. McKenzie, "Forecasting trends in time series", Management
       Science 31 (1985).

    Examples
    --------
    >>> damped(np.array([5.0, 5.0, 5.0, 5.0]), 2)
    array([5., 5.])
    """
    return _smoothed(values, horizon, DAMPED, 0.0)


def trended(values: Series, horizon: int) -> Series:
    """Forecast by exponential smoothing with a trend that starts as in the first year.

    Parameters, returned forecasts and source as of :func:`damped`; the trend need not be damped.

    Examples
    --------
    >>> trended(np.arange(1.0, 13.0), 2).round(9)
    array([13., 14.])
    """
    return _smoothed(values, horizon, TRENDED, float(np.median(np.diff(values)[:12])))


def _smoothed(
    values: Series, horizon: int, constants: tuple[Series, Series, Series], trend: float
) -> Series:
    alpha, beta, damping = constants
    levels = np.full_like(alpha, values[0] - trend if trend else values[:3].mean())
    trends = np.full_like(alpha, trend)
    error = np.zeros_like(alpha)
    for value in values:
        expected = levels + damping * trends
        surprise = value - expected
        error += surprise * surprise
        levels = expected + alpha * surprise
        trends = damping * trends + beta * surprise
    best = int(np.argmin(error))
    reach = np.cumsum(damping[best] ** np.arange(1, horizon + 1))
    return np.asarray(levels[best] + reach * trends[best], dtype=np.float64)


def drift(values: Series, horizon: int) -> Series:
    """Forecast by the line through the first and the last value.

    Examples
    --------
    >>> drift(np.array([1.0, 4.0, 5.0]), 2)
    array([7., 9.])
    """
    slope = (values[-1] - values[0]) / (len(values) - 1)
    return np.asarray(values[-1] + slope * np.arange(1, horizon + 1), dtype=np.float64)


def added_up(values: Series, horizon: int) -> Series:
    """Forecast what is added each period by :func:`theta` and :func:`damped`, and add it up.

    Such is a balance, of which most persists: what is added to MRR wanders by itself.

    Examples
    --------
    >>> added_up(np.array([10.0, 12.0, 14.0, 16.0]), 2)
    array([18., 20.])
    """
    added = np.diff(values)
    mean = (theta(added, horizon) + damped(added, horizon)) / 2
    return np.asarray(values[-1] + np.cumsum(mean), dtype=np.float64)


def seasonal_naive(values: Series, horizon: int, cycle: int) -> Series:
    """Forecast each period by the same one a year before, the yardstick of any method.

    With less than a year the last value stands for every period.

    Examples
    --------
    >>> seasonal_naive(np.arange(1.0, 13.0), 2, 12)
    array([1., 2.])
    """
    back = cycle if len(values) >= cycle else 1
    return values[len(values) - back + np.arange(horizon) % back]


def last_value(values: Series, horizon: int) -> Series:
    """Forecast every period by the last one: hard to beat for a balance, such as MRR.

    Examples
    --------
    >>> last_value(np.array([3.0, 4.0]), 2)
    array([4., 4.])
    """
    return np.repeat(values[-1:], horizon)


POOL: dict[str, Method] = {
    message("theta"): theta,
    message("damped trend"): damped,
    message("trend"): trended,
    message("drift"): drift,
    message("added up"): added_up,
}
"""The methods that are weighed against each other, by name."""


def each_of_pool(values: Series, horizon: int, cycle: int) -> Series:
    """Return the forecasts of every method of the pool: method × period ahead.

    Parameters
    ----------
    values
        Values, oldest first; at least 3. Where none is negative no forecast is.
    horizon
        Periods ahead.
    cycle
        Periods a year.
    """
    rest, put_back = without_season(values, horizon, cycle)
    made = np.stack([put_back(method(rest, horizon)) for method in POOL.values()])
    return np.maximum(made, 0.0) if (values >= 0).all() else made
