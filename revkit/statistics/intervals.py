"""Confidence intervals in closed form, each for the kind of value that it covers best.

Every function takes arrays of one shape and a ``level`` between 0 and 1, and returns ``(low,
high)``, NaN where its method does not apply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Interval = tuple[Array, Array]

WIDEST = 100.0
"""Logarithm of the factor beyond which an interval says nothing, however wide."""


def normal(level: float) -> float:
    """Return the two-sided normal quantile of a level.

    >>> round(normal(0.95), 3)
    1.96
    """
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def student(degrees: Array, level: float) -> Array:
    """Return the two-sided quantile of Student's t; NaN where there are no degrees of freedom."""
    from scipy.special import stdtrit

    known = np.where(degrees > 0, np.minimum(degrees, 1e9), np.nan)
    return np.asarray(stdtrit(known, 0.5 + level / 2))


def beyond(distance: float, degrees: float) -> float:
    """Return the probability that Student's t lies so far from 0, on both sides.

    Without an end of degrees of freedom it is the normal distribution.

    >>> round(beyond(1.96, np.inf), 3), round(beyond(2.228, 10), 3)
    (0.05, 0.05)
    """
    from scipy.special import stdtr

    return float(2 * stdtr(degrees, -abs(distance)))


def wilson(share: Array, n: Array, level: float) -> Interval:
    """Return the score interval of a proportion of n rows (Wilson 1927).

    >>> low, high = wilson(np.array([0.5]), np.array([10.0]), 0.95)
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.2366, 0.7634)
    """
    z = normal(level)
    inside = np.where((share >= 0) & (share <= 1) & (n > 0), share, np.nan)
    size = np.where(n > 0, n, np.nan)
    centre = inside + z * z / (2 * size)
    spread = z * np.sqrt(inside * (1 - inside) / size + z * z / (4 * size * size))
    scale = 1 + z * z / size
    low = np.where(inside == 0, 0.0, (centre - spread) / scale)
    high = np.where(inside == 1, 1.0, (centre + spread) / scale)
    return np.where(np.isnan(inside), np.nan, low), np.where(np.isnan(inside), np.nan, high)


def odds(wins: Array, losses: Array, level: float) -> Interval:
    """Return the interval of wins over losses: Wilson's for the share of wins, mapped to odds."""
    n = wins + losses
    low, high = wilson(_divide(wins, n), n, level)
    known = losses > 0
    return (
        np.where(known, _divide(low, 1 - low), np.nan),
        np.where(known, _divide(high, 1 - high), np.nan),
    )


def count(events: Array, dispersion: Array, level: float) -> Interval:
    """Return the exact Poisson interval of a count (Garwood 1936), widened by √dispersion."""
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        least = np.where(events > 0, gammaincinv(np.maximum(events, 1), tail), 0.0)
        most = gammaincinv(events + 1, 1 - tail)
    wider = np.sqrt(dispersion)
    return np.maximum(events - (events - least) * wider, 0.0), events + (most - events) * wider


def mean(total: Array, squares: Array, n: Array, effective_n: Array, level: float) -> Interval:
    """Return the t interval of a mean of positive values, on the log scale.

    With n - 1 degrees of freedom it would cover 84 to 92 % of lognormal means at 20 to 100 values
    (σ = 1 and 1.5); with the effective number of values it covers 92 to 95 %.

    Parameters
    ----------
    total, squares, n
        Sum of the values, sum of their squares, and how many they are.
    effective_n
        Effective number of values behind the variance, (Σx²)²/Σx⁴.
    level
        Confidence.
    """
    average = _divide(total, n)
    variance = _divide(squares - n * average * average, n - 1)
    error = np.sqrt(np.maximum(variance, 0.0) / np.where(n > 1, n, np.nan))
    degrees = np.where(n > 1, np.fmin(n - 1, np.maximum(effective_n - 1, 1.0)), np.nan)
    return _log_scale(average, error, student(degrees, level))


def sum_of_events(total: Array, squares: Array, effective_n: Array, level: float) -> Interval:
    """Return the compound Poisson interval of a sum over events, on the log scale.

    With the effective number of events as degrees of freedom it covers 94 to 97 % of lognormal
    and gamma sums from 20 events on, where the normal quantile covers 84 to 95 %.

    Parameters
    ----------
    total, squares
        Sum of the events' values, and its variance.
    effective_n
        Effective number of events, (Σx²)²/Σx⁴.
    level
        Confidence.
    """
    error = np.sqrt(np.maximum(squares, 0.0))
    return _log_scale(total, error, student(np.maximum(effective_n, 1.0), level))


def ratio(value: Array, variance: Array, n: Array, effective: Array, level: float) -> Interval:
    """Return the t interval of a ratio of sums over accounts, from linearised residuals.

    With the effective number of accounts at the start as degrees of freedom it would cover 62 to
    72 % of months in which one account in fifty leaves, at 60 to 100 accounts; with that of the
    accounts that moved it covers 95 to 99 %. There is at least one degree of freedom, since below
    one the quantile explodes (1e92 at 0.03). Where no account moved there is no interval: its
    width would be 0.

    Parameters
    ----------
    value, variance
        The ratio and its variance.
    n
        Accounts at the start.
    effective
        Effective number of accounts behind the variance.
    level
        Confidence.
    """
    degrees = np.where(effective > 0, np.maximum(effective - 1, 1.0), np.nan)
    reach = student(degrees, level) * np.sqrt(np.maximum(variance, 0.0) * _divide(n, n - 1))
    return value - reach, value + reach


def growth(value: Array, variance: Array, n: Array, effective: Array, level: float) -> Interval:
    """Return the interval of :func:`ratio`, on the log scale, for a sum that can't be negative.

    It covers 94 to 99 % where the plain scale covers 84 to 95 % and reaches below 0. It is NaN
    below one degree of freedom, where the log scale would give any number.
    """
    error = np.sqrt(np.maximum(variance, 0.0) * _divide(n, n - 1))
    degrees = np.where(np.round(effective, 6) >= 2, effective - 1, np.nan)
    return _log_scale(value, error, student(degrees, level))


def delta(
    value: Array, variance: Array, level: float, effective_n: Array | float = np.inf
) -> Interval:
    """Return the delta-method interval of a product or quotient, on the log scale.

    Parameters
    ----------
    value, variance
        The value and its variance.
    level
        Confidence.
    effective_n
        Effective number of rows behind the variance, as in :func:`sum_of_events`.
    """
    error = np.sqrt(np.maximum(variance, 0.0))
    degrees = np.broadcast_to(np.maximum(effective_n, 1.0), value.shape)
    return _log_scale(value, error, student(degrees, level))


def widened(value: Array, low: Array, high: Array, factor: Array) -> Interval:
    """Return an interval widened by a factor, on the log scale where it does not reach below 0.

    >>> one = np.array([1.0])
    >>> [end.tolist() for end in widened(one, one / 2, one * 2, 2 * one)]
    [[0.25], [4.0]]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = (low > 0) & (value > 0)
        down = np.where(logs, value * (low / value) ** factor, value - factor * (value - low))
        up = np.where(logs, value * (high / value) ** factor, value + factor * (high - value))
    return down, up


def ranks(n: int, q: float, level: float) -> tuple[int, int] | None:
    """Return the ranks, from 1, of the values that bound a quantile; None where n is too small.

    The quantile lies between them with a binomial probability of at least ``level``.

    >>> ranks(10, 0.5, 0.95), ranks(5, 0.5, 0.95)
    ((2, 9), None)
    """
    from scipy.special import bdtr

    tail = (1 - level) / 2
    if n > 400:
        reach = normal(level) * np.sqrt(n * q * (1 - q))
        return int(np.floor(n * q - reach)), int(np.ceil(n * q + reach)) + 1
    below = bdtr(np.arange(n), n, q)
    low = int(np.searchsorted(below, tail, side="right"))
    high = int(np.searchsorted(below, 1 - tail, side="left")) + 1
    return (low, high) if low >= 1 and high <= n else None


def _log_scale(value: Array, error: Array, quantile: Array) -> Interval:
    """Return the interval that is symmetric in the logarithm; NaN for values of 0 or less."""
    positive = np.where(value > 0, value, np.nan)
    reach = np.exp(np.minimum(quantile * error / positive, WIDEST))
    return positive / reach, positive * reach


def _divide(above: Any, below: Any) -> Any:
    """Return a quotient, NaN where the divisor is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below != 0, above / np.where(below != 0, below, 1), np.nan)
