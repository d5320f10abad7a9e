"""The past of a metric that a forecast learns from: complete periods, and the one under way."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.algebra import Metric
from revkit.analysis.forecasts.seasons import Series
from revkit.analysis.writing.formatting import Quantity, groups, quantity
from revkit.catalogue import find, known
from revkit.errors import ParameterError
from revkit.language import language as spoken
from revkit.periods import Calendar, calendar_by

if TYPE_CHECKING:
    from revkit.dataset import Dataset


@dataclass(frozen=True)
class Rhythm:
    """The frequency at which a metric is told, and the periods a forecast by it needs.

    Parameters
    ----------
    cycle
        Periods a year.
    first
        Periods before the first past forecast.
    enough
        Complete periods below which a forecast is a guess.
    past
        Complete periods to learn from unless told otherwise.
    complete
        How a number of complete periods is written.
    """

    cycle: int
    first: int
    enough: int
    past: int
    complete: str


RHYTHMS = {
    "week": Rhythm(52, 26, 40, 156, "complete weeks"),
    "month": Rhythm(12, 12, 18, 60, "complete months"),
    "quarter": Rhythm(4, 6, 10, 24, "complete quarters"),
}


def rhythm(data: Dataset, period: str, where: str) -> Rhythm:
    """Return how a company's periods are forecast; years of weeks may have thirteen months."""
    check.choice(period, "period", where, known=tuple(RHYTHMS))
    usual = RHYTHMS[period]
    if period != "month":
        return usual
    months = data.policy.periods("month").a_year()
    return replace(usual, cycle=months, first=months)


@dataclass(frozen=True)
class UnderWay:
    """The period that has begun and is not over: its value so far.

    Parameters
    ----------
    value
        The metric's value so far.
    share
        Share of the period that is over: of its days, or of what usually comes by that day.
    """

    value: float
    share: float

    def completed(self, expected: Series, last: float, metric: Metric) -> Series:
        """Return forecasts of this period and the next ones, given what is known of it.

        Of a sum, what usually comes in the rest of the period is added to what came; a rate is
        the mean of that so far and that expected, by days; a balance moves by the rest of what it
        was to move, and all later ones with it.
        """
        rest = 1 - self.share
        now = expected.copy()
        if metric.balance:
            return np.asarray(now + self.value + rest * (now[0] - last) - now[0], dtype=np.float64)
        now[0] = (self.value if metric.additive else self.share * self.value) + rest * now[0]
        return now


@dataclass(frozen=True)
class Past:
    """The past of a metric: complete periods from the first that is not zero or undefined.

    Parameters
    ----------
    rows
        period, value, and a column for the group if there is one; its attrs are the metric's.
    quantity
        What the values are.
    under_way
        What is known of the period not over yet, or None.
    """

    rows: pd.DataFrame
    quantity: Quantity
    under_way: UnderWay | None = None

    @property
    def values(self) -> Series:
        """The values, oldest first."""
        return self.rows["value"].to_numpy(dtype=np.float64)


def past_of(
    data: Dataset,
    metric: str,
    period: str,
    past: int,
    *,
    by: str | None = None,
    language: str | None = None,
) -> dict[Hashable, Past]:
    """Return the past of a metric by group; under None, the company's, where no group is asked.

    Parameters
    ----------
    data
        The company.
    metric
        Name of a metric.
    period
        "week", "month" or "quarter".
    past
        Complete periods to learn from.
    by
        A dimension.
    language
        Of sentences about it.
    """
    if metric not in known():
        raise ParameterError.unknown_value(metric, where="metric", known=known())
    calendar = data.policy.periods(period)
    last = calendar.number(data.as_of + timedelta(days=1)) - 1
    start = calendar.first_day(last - past + 1)
    result = find(metric)(data, by=by, period=period, start=start)
    what = quantity(result, spoken(language))
    keys = groups(result)
    parts = list(result.groupby(keys[0], sort=True)) if by else [(None, result)]
    lacking = result.attrs.get("unfinished") or {}
    days, share = _shares(data, metric, calendar, last, by) if lacking else (0.0, {})
    found: dict[Hashable, Past] = {}
    for key, of_group in parts:
        rows = of_group.sort_values("period")
        complete = rows["complete"].astype(bool)
        now = rows[rows["period"].dt.strftime("%Y-%m-%d").isin(list(lacking)) & ~complete]
        rows = _known(rows.loc[complete, [*keys, "period", "value"]])
        rows.attrs = dict(result.attrs)
        under_way = None
        if len(now) == 1 and now["value"].notna().all():
            under_way = UnderWay(float(now["value"].iloc[0]), share.get(key, days))
        found[key] = Past(rows, what, under_way)
    return found


def _known(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows from the first that is not zero or undefined, after the last gap."""
    happened = rows["value"].notna() & (rows["value"] != 0)
    rows = rows[happened.cummax()].reset_index(drop=True)
    gaps = rows["value"].isna()
    if gaps.any():
        rows = rows[gaps.cumsum() == gaps.sum()]
        rows = rows[rows["value"].notna()]
    return rows.reset_index(drop=True)


def _shares(
    data: Dataset, metric: str, calendar: Calendar, last: int, by: str | None
) -> tuple[float, dict[Hashable, float]]:
    """Return the share of the period under way that is over: of its days, and by group.

    Groups have the share that came by this part of the last twelve periods, where events add up.
    """
    begun = calendar.first_day(last + 1)
    gone = (data.as_of - begun).days + 1
    days = gone / ((calendar.last_day(last + 1) - begun).days + 1)
    asked = find(metric)
    first = calendar.first_day(last - 11)
    if not asked.additive or asked.balance or calendar.period == "week":
        return days, {}
    daily = asked(data, by=by, period="day", start=first, end=begun)
    number = daily["period"].map(lambda day: calendar.number(day.date()))
    opened = number.map(lambda n: pd.Timestamp(calendar.first_day(int(n))))
    length = number.map(lambda n: (calendar.last_day(int(n)) - calendar.first_day(int(n))).days + 1)
    early = ((daily["period"] - opened).dt.days + 1) <= (days * length).round()
    key: Any = daily[groups(daily)[0]] if by else pd.Series([0] * len(daily), index=daily.index)
    came = daily["value"].where(early, 0.0).groupby(key).sum()
    whole = daily["value"].groupby(key).sum()
    share = (came / whole.where(whole != 0)).clip(0.0, 1.0).fillna(days)
    if by is None:
        return days, {None: float(share.iloc[0])} if len(share) else {}
    return days, dict(share)


def periods_ahead(rows: pd.DataFrame, horizon: int, period: str) -> pd.DataFrame:
    """Return a row for each period after the last of some, its numbers to be filled."""
    calendar = calendar_by(rows.attrs, period)
    last = calendar.number(rows["period"].max().date()) if horizon else 0
    days = [calendar.first_day(last + ahead + 1) for ahead in range(horizon)]
    return pd.DataFrame(
        {"period": pd.DatetimeIndex(days)}, columns=["period", "value", "low", "high"]
    ).astype({"value": "float64", "low": "float64", "high": "float64"})
