"""Forecasts of a metric with their band, and the track record of such forecasts."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.defaults import since
from revkit.analysis.forecasts.accuracy import ENOUGH, band, errors_of
from revkit.analysis.forecasts.forecast_methods import (
    MONTHS,
    Method,
    accumulated,
    last_value,
    mean_of_two,
    rolling,
    seasonal_naive,
)
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, period_of, quantity
from revkit.catalogue import find, known
from revkit.dataset.argument import company
from revkit.errors import ParameterError, PeriodError
from revkit.language import Language, message
from revkit.language import language as spoken
from revkit.periods import calendar_by

if TYPE_CHECKING:
    from revkit.dataset import Dataset

PAST = 36

OURS = message("mean of two")

RIVALS: dict[str, Method] = {
    message("last value"): last_value,
    message("seasonal naive"): seasonal_naive,
}


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
        What the values are, and the language of the sentences.
    method
        The name of the method, in English.
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
    def words(self) -> Language:
        """The language of the sentences and charts."""
        return self.quantity.words

    def say(self, text: str, /, **values: str) -> Finding:
        """Return a sentence with the title, the method and the number of complete months."""
        common = {
            "title": self.quantity.title,
            "method": self.words.gettext(self.method),
            "months": self.words.count(len(self.history)),
        }
        return Finding(self.words.gettext(text, **common, **values))

    @property
    def finding(self) -> Finding:
        """The last month ahead with its band, or the reason there is none."""
        if self.missing:
            few = message(
                "{title} cannot be forecast yet: there are {months} complete months, and {needed} "
                "are needed for a band that holds what it says."
            )
            return self.say(few, needed=self.words.count(ENOUGH))
        row = self.ahead.iloc[-1]
        ahead = message(
            "{title} in {month} is forecast at {value} ({level} band {span}; {method}, from "
            "{months} complete months)."
        )
        return self.say(
            ahead,
            month=period_of(self.history, row["period"], self.words),
            value=self.quantity.text(row["value"]),
            level=self.words.level(self.level),
            span=self.quantity.span(row["low"], row["high"]),
        )

    @property
    def caution(self) -> Finding:
        """The lower end of the band in the last month ahead, as the amount to plan on."""
        if self.missing:
            return self.finding
        row, below = self.ahead.iloc[-1], (1 - self.level) / 2
        low = message(
            "where a shortfall would hurt, count on {low} rather than {value} for {month}; about "
            "{share} of outcomes lie below."
        )
        return self.say(
            low,
            low=self.quantity.text(row["low"]),
            value=self.quantity.text(row["value"]),
            month=period_of(self.history, row["period"], self.words),
            share=self.words.percent(f"{below * 100:.0f}"),
        )

    @property
    def total(self) -> Finding:
        """The sum of the months ahead, for a metric that is a flow."""
        if self.missing:
            return self.finding
        total = message(
            "{title} over the {horizon} months after {month} is forecast at {value} in all "
            "({method})."
        )
        return self.say(
            total,
            horizon=self.words.count(len(self.ahead)),
            month=period_of(self.history, self.history["period"].iloc[-1], self.words),
            value=self.quantity.text(float(self.ahead["value"].sum())),
        )


def forecast(
    data: Dataset,
    metric: str,
    *,
    horizon: int = 6,
    level: float = 0.8,
    past: int = PAST,
    language: str | None = None,
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
        Complete months to learn from; older ones say little about the company of today.
    language
        Of its sentences and its chart: "en" or "it"; the default one when omitted.

    Returns
    -------
    Forecast
        Without months ahead, and saying so, when fewer than 18 months are complete.

    Raises
    ------
    ParameterError
        When `metric` is no metric, `horizon` is below 1, `level` not between 0 and 1, or
        there is no such language.
    PeriodError
        When the company's years have thirteen months.

    Notes
    -----
    Of a balance (a sum of what subscriptions hold at a month's end, such as MRR) what is added
    each month is forecast, and added up. On five made-up companies that took the error of MRR
    from 5.5 % to 4.5 % and its bias from -5 % to -1 %. Of open pipeline, which is sold or lost
    within months, the same made the error a third larger on three, so that is forecast as it is.
    """
    forecast_arguments(data, "rk.forecast", horizon, level, past)
    check.text(metric, "metric", "rk.forecast", example="mrr")
    history, what = _history(data, metric, past, language)
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
    """Forecast every past month from what was known before it, and measure the errors.

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
    forecast_arguments(data, "rk.backtest", horizon, level, past)
    check.text(metric, "metric", "rk.backtest", example="mrr")
    history, what = _history(data, metric, past)
    values = history["value"].to_numpy(dtype=np.float64)
    methods = {OURS: _ours(metric), **RIVALS} if len(values) >= ENOUGH else {}
    made = {name: rolling(values, method, horizon) for name, method in methods.items()}
    return errors_of(made, values, level, what)


def _ours(metric: str) -> Method:
    return accumulated(mean_of_two) if find(metric).balance else mean_of_two


def _history(
    data: Dataset, metric: str, past: int, language: str | None = None
) -> tuple[pd.DataFrame, Quantity]:
    words = spoken(language)
    if metric not in known():
        raise ParameterError.unknown(metric, where="metric", known=known())
    if data.policy.periods("month").a_year() != MONTHS:
        raise PeriodError.thirteen_months("rk.forecast", data.policy.calendar)
    result = find(metric)(data, period="month", start=since(data, months=past))
    what = quantity(result, words)
    rows = result.loc[result["complete"].astype(bool), ["period", "value"]]
    happened = rows["value"].notna() & (rows["value"] != 0)
    rows = rows[happened.cummax()].reset_index(drop=True)
    gaps = rows["value"].isna()
    if gaps.any():
        rows = rows[gaps.cumsum() == gaps.sum()]
        rows = rows[rows["value"].notna()].reset_index(drop=True)
    rows.attrs = dict(result.attrs)
    return rows, what


def forecast_arguments(data: Dataset, where: str, horizon: int, level: float, past: int) -> None:
    """Refuse arguments that no forecast can be made with."""
    company(data, where)
    check.whole(horizon, "horizon", where, what="number of months")
    check.fraction(level, "level", where, example=0.8)
    check.whole(past, "past", where, what="number of months", example=PAST)


def ahead_attrs(what: Quantity, level: float) -> dict[Hashable | None, Any]:
    """Return the titles and units by which a table of months ahead is written."""
    unit = "share" if what.percent else what.unit.partition("/")[0]
    return {
        "currency": what.currency,
        "level": level,
        "band": message("{level} band"),
        "titles": {
            "period": message("Month"),
            "value": message("Forecast"),
            "open": message("From open deals"),
            "later": message("From deals to come"),
        },
        "units": dict.fromkeys(("value", "low", "high", "open", "later"), unit),
    }


def months_ahead(history: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Return rows for the months after the last one, their values still to be filled."""
    calendar = calendar_by(history.attrs, "month")
    last = calendar.number(history["period"].max().date()) if horizon else 0
    months = [calendar.first_day(last + ahead + 1) for ahead in range(horizon)]
    return pd.DataFrame(
        {"period": pd.DatetimeIndex(months)}, columns=["period", "value", "low", "high"]
    ).astype({"value": "float64", "low": "float64", "high": "float64"})
