"""What others forecast: statsmodels' exponential smoothing and Theta, drift, seasonal naive."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from benchmarks.forecasts.series import Case, Series
from revkit.analysis.forecasts.methods import drift, seasonal_naive


def smoothing(case: Case) -> Series:
    """Forecast by the exponential smoothing with the least AICc: trend, damped or none, season."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    values = _dated(case)
    best, found = np.inf, seasonal_naive(case.past, len(case.future), case.cycle)
    seasons = [None, "add"] if case.cycle == 12 and len(values) >= 27 else [None]
    for wave in seasons:
        for trend, damped in ((None, False), ("add", True), ("add", False)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of fits that do not converge
                fit = ETSModel(
                    values, error="add", trend=trend, damped_trend=damped, seasonal=wave,
                    seasonal_periods=case.cycle if wave else None,
                ).fit(disp=False, maxiter=200)  # fmt: skip
            if np.isfinite(fit.aicc) and fit.aicc < best:
                best, found = fit.aicc, np.asarray(fit.forecast(len(case.future)))
    return found


def theta(case: Case) -> Series:
    """Forecast by statsmodels' Theta with its own test and treatment of the season."""
    from statsmodels.tsa.forecasting.theta import ThetaModel

    values = _dated(case)
    wave = len(values) > 2 * case.cycle
    how = "additive" if (values <= 0).any() else "auto"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits that do not converge
        model = ThetaModel(values, period=case.cycle, deseasonalize=wave, method=how)
        return np.asarray(model.fit(disp=False).forecast(len(case.future)))


RIVALS = {
    "ETS": smoothing,
    "Theta": theta,
    "drift": lambda case: drift(case.past, len(case.future)),
    "seasonal naive": lambda case: seasonal_naive(case.past, len(case.future), case.cycle),
}


def _dated(case: Case) -> pd.Series[float]:
    months = pd.date_range("2000-01-01", periods=len(case.past), freq="MS")
    return pd.Series(case.past, index=months)
