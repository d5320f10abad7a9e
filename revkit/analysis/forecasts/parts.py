"""Forecasts of parts that add up to their whole, each moved by how unsure it is."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from revkit.analysis.forecasts.history import Past
from revkit.analysis.forecasts.origins import Pooled, Record
from revkit.analysis.forecasts.seasons import Series

Parts = dict[Hashable, tuple[Past, Pooled, Series]]


def coherent(whole: Past, expected: Series, parts: Parts) -> Parts:
    """Return forecasts of parts whose sum is that of the whole.

    Parameters
    ----------
    whole, expected
        The whole's past, and its forecasts, which are the same whatever it is divided by.
    parts
        By group the past, the past forecasts, and those of now. Where the latest values of the
        groups do not add up to that of the whole, nothing is moved.

    Notes
    -----
    The gap between the whole and the sum of its parts is shared out by the variance of past
    errors: what is least sure moves most (the weighted least squares reconciliation of [1]_, of a
    whole that is sure beside them).

    References
    ----------
    .. [1] S. L. Wickramasuriya, G. Athanasopoulos and R. J. Hyndman, "Optimal forecast
       reconciliation for hierarchical and grouped time series through trace minimization",
       Journal of the American Statistical Association 114 (2019).
    """
    if not parts:
        return parts
    last = whole.rows["period"].iloc[-1]
    rows = [past.rows for past, _, _ in parts.values()]
    latest = sum(float(of.loc[of["period"] == last, "value"].sum()) for of in rows)
    if not np.isclose(latest, whole.values[-1], rtol=1e-9, atol=1e-6):
        return parts
    spread = {key: _variance(past, of.record) for key, (past, of, _) in parts.items()}
    gap = expected - np.sum([now for _, _, now in parts.values()], axis=0)
    all_spread = sum(spread.values())
    even = 1 / len(parts)
    share = {key: of / all_spread if all_spread > 0 else even for key, of in spread.items()}
    moved = {key: now + share[key] * gap for key, (_, _, now) in parts.items()}
    if whole.values.min() >= 0:
        moved = {key: np.maximum(now, 0.0) for key, now in moved.items()}
        total = np.sum(list(moved.values()), axis=0)
        share_of = np.divide(expected, total, out=np.ones_like(total), where=total > 0)
        moved = {key: now * share_of for key, now in moved.items()}
    return {key: (past, of, moved[key]) for key, (past, of, _) in parts.items()}


def of_few(past: Past, horizon: int, *, balance: bool) -> Pooled:
    """Forecast a group that has too few periods: by the last value, or the mean of the last three.

    Its past forecasts are none, so that it gets no band.
    """
    values = past.values
    level = values[-1] if balance else values[-3:].mean()
    nothing = np.zeros((0, horizon))
    return Pooled(np.full(horizon, level), Record(nothing, nothing), {})


def _variance(past: Past, record: Record) -> float:
    errors = record.errors[np.isfinite(record.errors)]
    return float(np.square(errors).mean()) if len(errors) else float(past.values.var())
