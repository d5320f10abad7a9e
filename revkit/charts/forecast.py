"""A forecast: the past as a line, the months ahead as a fan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from revkit import arguments as check
from revkit.analysis.forecasts.forecast import Forecast
from revkit.charts import theme
from revkit.charts.rates import dated

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def forecast(outlook: Forecast, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw a metric's complete months and, where there is one, the forecast in its band.

    Parameters
    ----------
    outlook
        What :func:`revkit.analysis.forecasts.forecast.forecast` returned.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; that of the forecast when omitted.

    Returns
    -------
    Axes
        Untitled; without months ahead only the past is drawn.
    """
    check.of_kind(
        outlook, Forecast, "outlook", "rk.charts.forecast", needed="a forecast",
        example="rk.forecast(data, 'mrr')",
    )  # fmt: skip
    ax = theme.axes(ax)
    what = outlook.quantity if language is None else theme.translated(outlook.quantity, language)
    past, ahead = outlook.history, outlook.ahead
    ax.plot(past["period"], past["value"], color=theme.INK, marker="o", markersize=3)
    if not ahead.empty:
        last = past.iloc[[-1]]
        line = pd.concat([last, ahead])
        band = line.assign(
            low=line["low"].fillna(line["value"]), high=line["high"].fillna(line["value"])
        )
        ax.plot(line["period"], line["value"], color=theme.BLUE, marker="o", markersize=3)
        ax.fill_between(
            band["period"], band["low"], band["high"], color=theme.BLUE, alpha=0.18, lw=0
        )
        end = ahead.iloc[-1]
        ax.annotate(
            what.words.gettext("{level} band", level=what.words.level(outlook.level)),
            xy=(end["period"], end["high"]),
            xytext=(6, 0),
            textcoords="offset points",
            color=theme.BLUE,
            va="center",
            annotation_clip=False,
        )
    theme.units(ax, what)
    dated(ax, past, what.words)
    ax.set(xlabel="", ylabel=what.title)
    if past.empty:
        theme.say_nothing(ax, what.words)
    theme.finish(ax, past, words=what.words)
    return ax
