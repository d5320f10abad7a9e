"""Coverage of the forecasts of groups, on generated companies from many past days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

import revkit as rk

METRICS = (("mrr", "segment"), ("won_amount", "segment"), ("won_amount", "rep"))
"""Metrics and dimensions whose groups are forecast."""

PIPELINE = ("segment", "rep")
HORIZON, EVERY = 3, 6
LEVELS = (0.5, 0.8, 0.95)


def held(seed: int, accounts: int, months: int) -> pd.DataFrame:
    """Forecast groups from every sixth month: a row a forecast of a group.

    Columns: what (metric and dimension), ahead, value, actual, and whether each band held it.
    ``whole`` rows are those of the company, forecast with and without groups.
    """
    data = rk.generate(accounts=accounts, months=months, seed=seed).data
    made = [row for day in _days(data, months) for row in _from(data, day)]
    return pd.concat(made, ignore_index=True).assign(seed=seed)


def _days(data: rk.Dataset, months: int) -> list[pd.Timestamp]:
    last = pd.Timestamp(data.as_of) + pd.Timedelta(days=1)
    backs = range(HORIZON, months - 20, EVERY)
    return [last - pd.DateOffset(months=back, days=1) for back in backs]


def _from(data: rk.Dataset, day: pd.Timestamp) -> Iterator[pd.DataFrame]:
    then = data.replay(day.date())
    for metric, by in METRICS:
        made = rk.forecast(then, metric, by=by, horizon=HORIZON, level=LEVELS)
        alone = rk.forecast(then, metric, horizon=HORIZON, level=LEVELS)
        name = f"{metric} by {by}"
        yield _judged(data, made.parts, metric, by, name)
        yield _judged(data, made.ahead, metric, None, f"{name}, whole")
        yield _judged(data, alone.ahead, metric, None, f"{name}, whole alone")
    for by in PIPELINE:
        made = rk.forecast_pipeline(then, by=by, horizon=HORIZON, level=LEVELS)
        yield _judged(data, made.parts, "won_amount", by, f"pipeline by {by}")


def _judged(
    data: rk.Dataset, ahead: pd.DataFrame, metric: str, by: str | None, what: str
) -> pd.DataFrame:
    """Return what came beside each forecast; a group without a row had nothing."""
    if ahead.empty:
        return pd.DataFrame()
    start, end = ahead["period"].min(), ahead["period"].max() + pd.DateOffset(months=1)
    came = _came(data, metric, by, start, end)
    keys = ["period", *([by] if by else [])]
    both = ahead.merge(came, on=keys, how="left")
    actual = both["actual"].fillna(0.0)
    rows = pd.DataFrame({"what": what, "value": both["value"], "actual": actual})
    rows["ahead"] = both["period"].rank(method="dense").astype(int)
    for level in LEVELS:
        low, high = both[f"low_{100 * level:g}"], both[f"high_{100 * level:g}"]
        inside = (low <= actual + 1e-6) & (actual - 1e-6 <= high)
        rows[f"{100 * level:g} %"] = np.where(low.isna(), np.nan, inside)
    return rows


def _came(
    data: rk.Dataset, metric: str, by: str | None, start: pd.Timestamp, end: pd.Timestamp
) -> pd.DataFrame:
    found = getattr(rk.metrics, metric)(data, by=by, start=start.date(), end=end.date())
    columns = ["period", *([by] if by else []), "value"]
    return found[columns].rename(columns={"value": "actual"})
