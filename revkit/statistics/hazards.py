"""Hazards: how much more often an event happens to some than to others, by Cox's regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics import clustered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def cox(
    time: Array,
    happened: NDArray[np.bool_],
    entered: Array,
    factors: Array,
    level: float = 0.95,
    cluster: NDArray[np.int64] | None = None,
) -> dict[str, Array]:
    """Return each factor's hazard ratio, the others being equal; ties by Efron.

    Parameters
    ----------
    time, happened, entered
        As of :class:`~revkit.statistics.survival.Spells`.
    factors
        A column per factor.
    level
        Of the intervals.
    cluster
        The number of the account that several rows share; their errors are added up by it.

    Returns
    -------
    dict
        ``ratio``, ``low``, ``high`` and ``p`` per factor; NaN where the data cannot tell, as
        for a factor that nobody, or only those without an event, have.
    """
    from scipy.special import ndtr, ndtri
    from statsmodels.duration.hazard_regression import PHReg

    found = {name: np.full(factors.shape[1], np.nan) for name in ("ratio", "low", "high", "p")}
    told = [at for at in range(factors.shape[1]) if _tells(factors[:, at], happened)]
    if not told or not happened.any():
        return found
    late = entered if (entered > 0).any() else None
    fit = PHReg(
        time, factors[:, told], status=happened.astype(float), entry=late, ties="efron"
    ).fit()
    error, p = fit.bse, fit.pvalues
    if cluster is not None:
        scores = scores_by_spell(time, happened, entered, factors[:, told], fit.params)
        spread = fit.cov_params() @ clustered.covariance(cluster, scores) @ fit.cov_params()
        error = np.maximum(error, np.sqrt(np.diag(spread)))
        p = 2 * ndtr(-np.abs(fit.params) / error)
    width = float(ndtri((1 + level) / 2)) * error
    found["ratio"][told] = np.exp(fit.params)
    found["low"][told], found["high"][told] = np.exp(fit.params - width), np.exp(fit.params + width)
    found["p"][told] = p
    return found


def scores_by_spell(
    time: Array, happened: NDArray[np.bool_], entered: Array, factors: Array, coefficients: Array
) -> Array:
    """Return what each spell adds to the slope of the likelihood, a column a factor.

    Parameters
    ----------
    time, happened, entered, factors
        As of :func:`cox`.
    coefficients
        The logarithms of the hazard ratios; with 0 the columns add up to what the log-rank test
        compares: events less those expected, weighted by the factor.
    """
    weight, times = np.exp(factors @ coefficients), np.unique(time[happened])
    late = entered > 0

    def at_risk(values: Array) -> Array:
        return _from(time, values, times) - _from(entered[late], values[late], times)

    events = np.bincount(np.searchsorted(times, time[happened]), minlength=len(times))
    risk = at_risk(weight)
    mean = np.column_stack([at_risk(weight * factor) / risk for factor in factors.T])
    hazard = np.append(0.0, np.cumsum(events / risk))
    shared = np.vstack(
        [np.zeros(mean.shape[1]), np.cumsum(mean * (events / risk)[:, None], axis=0)]
    )
    first = np.where(late, np.searchsorted(times, entered, side="right"), 0)
    last = np.searchsorted(times, time, side="right")
    expected = factors * (hazard[last] - hazard[first])[:, None] - (shared[last] - shared[first])
    own = np.where(happened[:, None], factors - mean[np.maximum(last - 1, 0)], 0.0)
    return np.asarray(own - weight[:, None] * expected)


def _from(when: Array, values: Array, times: Array) -> Array:
    """Return the sum of the values whose day is not before each of some times."""
    order = np.argsort(when, kind="stable")
    total = np.append(0.0, np.cumsum(values[order]))
    return np.asarray(total[-1] - total[np.searchsorted(when[order], times, side="left")])


def _tells(factor: Array, happened: NDArray[np.bool_]) -> bool:
    """Report whether events happened both at a factor's lowest value and above it."""
    above = factor > factor.min()
    return bool(happened[above].any() and happened[~above].any())
