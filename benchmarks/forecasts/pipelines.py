"""Forecasts of the amount won on generated companies, from every month of their last two years."""

from __future__ import annotations

import numpy as np
import pandas as pd

import revkit as rk
from revkit.analysis.forecasts.accuracy import coverage
from revkit.analysis.forecasts.bands import scale_of
from revkit.analysis.pipelines.forecast_pipeline import LIMITS, OURS, _rivals
from revkit.analysis.pipelines.model import PipelineModel
from revkit.analysis.pipelines.snapshots import snapshots


def errors(seed: int, accounts: int, months: int) -> pd.DataFrame:
    """Return, by method and months ahead, error and bias over what was won, and the 80 % band."""
    data = rk.generate(accounts=accounts, months=months, seed=seed).data
    model = PipelineModel(snapshots(data, 3, 60))
    scale = scale_of(model.complete, LIMITS, balance=False)
    rows = []
    for name, record in {OURS: model.record, **_rivals(model, 12)}.items():
        for ahead in (0, 1, 2):
            actual, error = record.outcomes[:, ahead], -record.errors[:, ahead]
            over = np.isfinite(actual)
            won = actual[over].sum()
            rows.append(
                {
                    "seed": seed,
                    "method": name,
                    "months ahead": ahead + 1,
                    "wape": np.abs(error[over]).sum() / won,
                    "bias": error[over].sum() / won,
                    "held": coverage(record, scale, (0.8,))[0] if not ahead else np.nan,
                }
            )
    return pd.DataFrame(rows)
