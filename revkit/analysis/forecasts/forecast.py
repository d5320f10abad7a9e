"""What a metric is going to be, how sure one can be, and how good such forecasts have been."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.defaults import since
from revkit.analysis.forecasts.forecast_methods import (
    Method,
    Series,
    accumulated,
    growth,
    last_value,
    mean_of_two,
    naive_error,
    rolling,
    seasonal_naive,
    spread,
)
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, period_label, quantity
from revkit.catalogue import find, known
from revkit.errors import ParameterError

if TYPE_CHECKING:
    from revkit.dataset import Dataset

ENOUGH = 18
"""Complete months below which a forecast is a guess: at 18 its 80 % band held 80 % of M3."""

PAST = 36

Made = tuple[Any, Series, Series]
"""Of every past forecast: months ahead, what happened, what was expected."""

Scale = Callable[[Any, Series], Series]
"""The size errors are expected to have, of months ahead and forecasts."""

BAND_FROM = 20
"""Past errors below which no band is drawn for a backtest."""

OURS = "mean of two"

RIVALS: dict[str, Method] = {"last value": last_value, "seasonal naive": seasonal_naive}


@dataclass(frozen=True)
class Forecast:
    """A metric's past by complete month and, when the past is long enough, its months ahead.

    Parameters
    ----------
    history
        period, value: the complete months, from the first that is not zero or undefined.
    ahead
        period, value, low, high: one row a month ahead; none when `missing` is not zero.
    level
        Share of outcomes the band is to hold.
    quantity
        What the values are.
    method
        How the months ahead were found.
    """

    history: pd.DataFrame
    ahead: pd.DataFrame
    level: float
    quantity: Quantity
    method: str = OURS

    @property
    def missing(self) -> int:
        """Complete months still to come before there is a forecast; 0 when there is one."""
        return max(0, ENOUGH - len(self.history))

    @property
    def finding(self) -> Finding:
        """The last month ahead with its band, or why there is none."""
        if self.missing:
            return Finding(
                f"{self.quantity.title} cannot be forecast yet: there are {len(self.history)} "
                f"complete months, and {ENOUGH} are needed for a band that holds what it says."
            )
        row = self.ahead.iloc[-1]
        return Finding(
            f"{self.quantity.title} in {period_label(row['period'])} is forecast at "
            f"{self.quantity.text(row['value'])} ({self.level * 100:g}\u00a0% band "
            f"{self.quantity.span(row['low'], row['high'])}; {self.method}, from "
            f"{len(self.history)} complete months)."
        )

    @property
    def caution(self) -> Finding:
        """What to plan on: the lower end of the band in the last month ahead."""
        if self.missing:
            return self.finding
        row, below = self.ahead.iloc[-1], (1 - self.level) / 2
        return Finding(
            f"where a shortfall would hurt, count on {self.quantity.text(row['low'])} rather than "
            f"{self.quantity.text(row['value'])} for {period_label(row['period'])}; about "
            f"{below * 100:.0f}\u00a0% of outcomes lie below."
        )

    @property
    def total(self) -> Finding:
        """The months ahead added up, for a metric that is counted anew each month."""
        if self.missing:
            return self.finding
        return Finding(
            f"{self.quantity.title} over the {len(self.ahead)} months after "
            f"{period_label(self.history['period'].iloc[-1])} is forecast at "
            f"{self.quantity.text(float(self.ahead['value'].sum()))} in all ({self.method})."
        )


def forecast(
    data: Dataset, metric: str, *, horizon: int = 6, level: float = 0.8, past: int = PAST
) -> Forecast:
    """Forecast a metric by month: the mean of two simple methods, in a band of past errors.

    Parameters
    ----------
    data
        The company.
    metric
        Name of a metric, such as ``"mrr"`` or ``"won_amount"``.
    horizon
        Months ahead, counted from the last complete month.
    level
        Share of outcomes the band is to hold; on public series it held 79 to 86 % at 0.8
        and 90 to 96 % at 0.95.
    past
        Complete months to learn from; what is older is another company's.

    Returns
    -------
    Forecast
        Without months ahead, and saying so, when fewer than 18 months are complete.

    Raises
    ------
    ParameterError
        When `metric` is no metric, `horizon` is below 1 or `level` not between 0 and 1.

    Notes
    -----
    Of a balance (a sum of what subscriptions hold at a month's end, such as MRR) what is added
    each month is forecast, and added up. On five made-up companies that took the error of MRR
    from 5.5 % to 4.5 % and its bias from -5 % to -1 %. Of open pipeline, which is sold or lost
    within months, the same made the error a third larger on three, so that is forecast as it is.
    """
    if horizon < 1:
        raise ParameterError.out_of_range("horizon", horizon, "a whole number of months, 1 or more")
    if not 0 < level < 1:
        raise ParameterError.out_of_range("level", level, "between 0 and 1, such as 0.8")
    history, what = _history(data, metric, past)
    values = history["value"].to_numpy(dtype=np.float64)
    if len(values) < ENOUGH:
        return Forecast(history, months_ahead(history, 0), level, what)
    method = _ours(metric)
    ahead = months_ahead(history, horizon)
    expected = method(values, horizon)
    low, high = band(rolling(values, method, horizon), level, expected)
    ahead["value"], ahead["low"], ahead["high"] = expected, low, high
    ahead.attrs = ahead_attrs(what, level)
    return Forecast(history, ahead, level, what)


def backtest(
    data: Dataset, metric: str, *, horizon: int = 6, level: float = 0.8, past: int = PAST
) -> pd.DataFrame:
    """Forecast every past month from what was known before it, and count how far off it was.

    Parameters
    ----------
    data, metric, horizon, level, past
        As of :func:`forecast`.

    Returns
    -------
    pandas.DataFrame
        One row a method (the mean of two, the last value, seasonal naive):

        - mase: mean error over the mean error of the same month a year before; below 1 beats it
        - wape: sum of errors over sum of outcomes
        - bias: sum of forecasts less outcomes, over the sum of outcomes; above 0 promises too much
        - coverage: share of outcomes inside the band that was drawn at the time, from the errors
          known then; NaN where no band could be drawn
        - forecasts: how many were made

        No rows when fewer than 18 months are complete.

    Notes
    -----
    A month's number is taken as it is known today. What was entered late is in it, so the figures
    flatter a company that restates much.
    """
    history, what = _history(data, metric, past)
    values = history["value"].to_numpy(dtype=np.float64)
    methods = {OURS: _ours(metric), **RIVALS} if len(values) >= ENOUGH else {}
    made = {name: rolling(values, method, horizon) for name, method in methods.items()}
    return errors_of(made, values, level, what)


ACCURACY = ("mase", "wape", "bias", "coverage", "forecasts")


def errors_of(
    made: dict[str, Made],
    values: Series,
    level: float,
    what: Quantity,
) -> pd.DataFrame:
    """Errors of the forecasts each method made: mase, wape, bias, coverage, forecasts.

    Parameters
    ----------
    made
        By method, of every forecast: months ahead, what happened, what was expected, origin by
        origin up to the last month.
    values
        The whole series, whose year-on-year error is the unit of mase.
    level
        Share of outcomes the band is to hold.
    what
        What the values are.
    """
    rows = []
    for name, (_, actual, expected) in made.items():
        error, size = expected - actual, np.abs(actual).sum()
        rows.append(
            {
                "method": name,
                "mase": _ratio(np.abs(error).mean(), naive_error(values)),
                "wape": _ratio(np.abs(error).sum(), size),
                "bias": _ratio(error.sum(), size),
                "coverage": _coverage(made[name], level, len(values)),
                "forecasts": len(actual),
            }
        )
    table = pd.DataFrame(rows, columns=["method", *ACCURACY]).astype({"forecasts": "int64"})
    table.attrs = {
        "metric": what.name,
        "currency": what.currency,
        "level": level,
        "months": len(values),
        "titles": {
            "mase": "MASE",
            "wape": "WAPE",
            "coverage": f"In the {level * 100:g}\u00a0% band",
        },
        "units": {"mase": "ratio", "wape": "share", "bias": "share", "coverage": "share"},
    }
    return table


def track_record(table: pd.DataFrame) -> Finding:
    """Say whether the forecast has beaten its best rival, and whether its band kept its word.

    Parameters
    ----------
    table
        What :func:`backtest` returned: our method first, its rivals after it.
    """
    if table.empty:
        months = table.attrs["months"]
        return Finding(
            f"There is no track record yet: {months} complete months, and {ENOUGH} are needed."
        )
    ours, rivals = table.iloc[0], table.iloc[1:]
    rival = rivals.iloc[int(rivals["wape"].argmin())]
    title = quantity(table).title
    verdict = "better" if ours["wape"] < rival["wape"] else "no better"
    held = (
        f"; its {table.attrs['level'] * 100:g}\u00a0% band held {ours['coverage'] * 100:.0f}\u00a0%"
        if not np.isnan(ours["coverage"])
        else ""
    )
    return Finding(
        f"{title} by {ours['method']} has been off by {ours['wape'] * 100:.1f}\u00a0%, {verdict} "
        f"than its best rival, {rival['method']}, with {rival['wape'] * 100:.1f}\u00a0%{held} "
        f"({ours['forecasts']:,} forecasts of past months)."
    )


def _ours(metric: str) -> Method:
    return accumulated(mean_of_two) if find(metric).balance else mean_of_two


def _history(data: Dataset, metric: str, past: int) -> tuple[pd.DataFrame, Quantity]:
    if metric not in known():
        raise ParameterError.unknown(metric, where="metric", known=known())
    result = find(metric)(data, period="month", start=since(data, months=past))
    what = quantity(result)
    rows = result.loc[result["complete"].astype(bool), ["period", "value"]]
    happened = rows["value"].notna() & (rows["value"] != 0)
    rows = rows[happened.cummax()].reset_index(drop=True)
    gaps = rows["value"].isna()
    if gaps.any():
        rows = rows[gaps.cumsum() == gaps.sum()]
        rows = rows[rows["value"].notna()].reset_index(drop=True)
    rows.attrs = dict(result.attrs)
    return rows, what


def ahead_attrs(what: Quantity, level: float) -> dict[Hashable | None, Any]:
    """How a table of months ahead is to be written."""
    unit = "share" if what.percent else what.unit.partition("/")[0]
    return {
        "currency": what.currency,
        "band": f"{level * 100:g}\u00a0% band",
        "titles": {
            "period": "Month",
            "value": "Forecast",
            "open": "From open deals",
            "later": "From deals to come",
        },
        "units": dict.fromkeys(("value", "low", "high", "open", "later"), unit),
    }


def months_ahead(history: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Rows for the months after the last one, their values still to be filled."""
    last = history["period"].max() if horizon else pd.Timestamp(0)
    months = [last + pd.DateOffset(months=ahead + 1) for ahead in range(horizon)]
    return pd.DataFrame(
        {"period": pd.DatetimeIndex(months)}, columns=["period", "value", "low", "high"]
    ).astype({"value": "float64", "low": "float64", "high": "float64"})


def error_scale(made: Made) -> Scale:
    """Tell what errors grow with: the months ahead and, where nothing is negative, the forecast.

    Parameters
    ----------
    made
        Of every past forecast: months ahead, what happened, what was expected.

    Returns
    -------
    callable
        Of months ahead and forecasts; the relative size of their errors. A forecast counts as
        at least a twentieth of the mean outcome.
    """
    months, actual, expected = made
    power = growth(months, actual - expected)
    least = 0.05 * np.abs(actual).mean()
    relative = bool((actual >= 0).all() and least > 0)

    def scale(ahead: Any, forecasts: Series) -> Series:
        size = np.maximum(forecasts, least) if relative else 1.0
        return np.asarray(ahead**power * size, dtype=np.float64)

    return scale


def band(made: Made, level: float, forecasts: Series) -> tuple[Series, Series]:
    """Low and high of the band around forecasts one, two, … months ahead, from errors made."""
    months, actual, expected = made
    scale = error_scale(made)
    width = spread(actual - expected, scale(months, expected), level)
    half = width * scale(np.arange(1, len(forecasts) + 1), forecasts)
    floor = 0.0 if (actual >= 0).all() else -np.inf
    return np.maximum(forecasts - half, floor), forecasts + half


def _coverage(made: Made, level: float, n: int) -> float:
    """Share of outcomes within the band that the errors known at each origin had drawn."""
    months, actual, expected = made
    origins = np.cumsum(months == 1) - 1
    origins += n - 1 - origins[-1]
    inside = []
    for origin in np.unique(origins):
        known, now = origins + months <= origin, origins == origin
        if known.sum() >= BAND_FROM:
            past = (months[known], actual[known], expected[known])
            low, high = band(past, level, expected[now])
            inside.append((actual[now] >= low) & (actual[now] <= high))
    return float(np.concatenate(inside).mean()) if inside else float("nan")


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
