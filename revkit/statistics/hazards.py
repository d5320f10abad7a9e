"""Hazards: how much more often an event happens to some than to others, by Cox's regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def cox(
    time: Array, happened: NDArray[np.bool_], entered: Array, factors: Array, level: float = 0.95
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

    Returns
    -------
    dict
        ``ratio``, ``low``, ``high`` and ``p`` per factor; NaN where the data cannot tell, as
        for a factor that nobody, or only those without an event, have.
    """
    from scipy.special import ndtri
    from statsmodels.duration.hazard_regression import PHReg

    found = {name: np.full(factors.shape[1], np.nan) for name in ("ratio", "low", "high", "p")}
    told = [at for at in range(factors.shape[1]) if _tells(factors[:, at], happened)]
    if not told or not happened.any():
        return found
    late = entered if (entered > 0).any() else None
    fit = PHReg(
        time, factors[:, told], status=happened.astype(float), entry=late, ties="efron"
    ).fit()
    width = float(ndtri((1 + level) / 2)) * fit.bse
    found["ratio"][told] = np.exp(fit.params)
    found["low"][told], found["high"][told] = np.exp(fit.params - width), np.exp(fit.params + width)
    found["p"][told] = fit.pvalues
    return found


def _tells(factor: Array, happened: NDArray[np.bool_]) -> bool:
    """Report whether events happened both at a factor's lowest value and above it."""
    above = factor > factor.min()
    return bool(happened[above].any() and happened[~above].any())
