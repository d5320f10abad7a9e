"""Backtests of a metric's forecasts: the company replayed at every past period."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.forecasts.accuracy import errors_of
from revkit.analysis.forecasts.bands import scale_of
from revkit.analysis.forecasts.forecast import OURS, USUAL, forecast_arguments
from revkit.analysis.forecasts.history import Past, past_of, rhythm
from revkit.analysis.forecasts.methods import each_of_pool, last_value, seasonal_naive
from revkit.analysis.forecasts.origins import Record, ahead_of, weighed
from revkit.analysis.forecasts.seasons import Series
from revkit.catalogue import find
from revkit.dataset.argument import company
from revkit.language import message

if TYPE_CHECKING:
    from revkit.dataset import Dataset

PAST = {"week": 104, "month": 36, "quarter": 16}
"""Complete periods gone back unless told otherwise."""


def backtest(
    data: Dataset,
    metric: str,
    *,
    horizon: int = 6,
    level: float = USUAL,
    period: str = "month",
    past: int | None = None,
) -> pd.DataFrame:
    """Forecast every past period from the company as it was known before it, and take the errors.

    Parameters
    ----------
    data, metric, horizon, level, period
        As of :func:`forecast`.
    past
        Complete periods to go back; each but the first year's is an origin. 36 months, 104 weeks
        or 16 quarters when omitted.

    Returns
    -------
    pandas.DataFrame
        One row a method (the weighted mean, the last value, the same period a year before, and
        each of the five methods that are weighed):

        - mase: mean error over the mean error of the same period a year before; below 1 beats it
        - wape: sum of errors over sum of outcomes
        - bias: sum of forecasts less outcomes, over the sum of outcomes; above 0 promises too much
        - coverage: share of outcomes inside the band that was drawn at the time, from the errors
          known then; NaN where no band could be drawn
        - forecasts: how many were made

        No rows when too few periods are complete.

    Notes
    -----
    At every origin the company is replayed as of that day, so that what was entered later is not
    known to the forecast; an outcome is what is known today.
    """
    where = "rk.backtest"
    company(data, where)
    level = check.fraction(level, "level", where, example=USUAL)
    _, back = forecast_arguments(data, where, metric, horizon, level, period, past)
    back = PAST[period] if past is None else back
    pace = rhythm(data, period, where)
    today = past_of(data, metric, period, back)[None]
    asked = find(metric)
    scale = scale_of(today.values, asked.limits, balance=asked.balance)
    made: dict[str, Record] = {}
    if len(today.rows) >= pace.enough:
        made = _records(data, metric, today, period, back, horizon, pace.cycle, pace.first)
    return errors_of(made, today.values, scale, level, today.quantity, pace)


def _records(
    data: Dataset,
    metric: str,
    today: Past,
    period: str,
    past: int,
    horizon: int,
    cycle: int,
    first: int,
) -> dict[str, Record]:
    """Return the record of each method, from the company as it was known at each origin."""
    pasts = list(known_then(data, metric, today, period, past, first))
    outcomes = ahead_of(today.values, horizon, first)

    def of(method: Callable[[Series], Series]) -> Series:
        return np.stack([method(then) for then in pasts])

    pool = of(lambda then: each_of_pool(then, horizon, cycle))
    ours = weighed(outcomes, pool, pool[-1])
    return {
        OURS: ours.record,
        message("last value"): Record(outcomes, of(lambda then: last_value(then, horizon))),
        message("seasonal naive"): Record(
            outcomes, of(lambda then: seasonal_naive(then, horizon, cycle))
        ),
        **ours.methods,
    }


def known_then(
    data: Dataset, metric: str, today: Past, period: str, past: int, first: int
) -> list[Series]:
    """Return the series as it was known at each origin, from `first` periods on.

    Where it was shorter then than its part of today's (a table that begins later), or had a gap,
    today's values stand for those that were not known.
    """
    calendar = data.policy.periods(period)
    values, days = today.values, list(today.rows["period"])
    found = []
    for origin in range(first, len(values)):
        last = calendar.number(days[origin - 1].date())
        then = data.replay(calendar.last_day(last))
        rows = past_of(then, metric, period, past)[None].rows.set_index("period")["value"]
        known = rows.reindex(days[:origin]).to_numpy(dtype=np.float64)
        found.append(np.where(np.isfinite(known), known, values[:origin]))
    return found
