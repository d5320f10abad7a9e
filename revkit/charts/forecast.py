"""Forecasts: the past as a line, the periods ahead as a fan; and whether chances were right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from revkit import arguments as check
from revkit.analysis.forecasts.forecast import Forecast
from revkit.charts import theme
from revkit.charts.rates import dated
from revkit.language import language as spoken
from revkit.language import message

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from revkit.language import Language

LINE = 11.0
"""Points from one label to the next."""


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
        Untitled; without months ahead only the past is drawn. Of a forecast from the pipeline a
        bar shows what each month ahead adds up from.
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
        ax.plot(line["period"], line["value"], color=theme.BLUE, marker="o", markersize=3)
        for low, high in _ends(ahead):
            ax.fill_between(
                line["period"], line[low].fillna(line["value"]), line[high].fillna(line["value"]),
                color=theme.BLUE, alpha=0.15, lw=0,
            )  # fmt: skip
        _name_bands(ax, outlook, what.words)
        _add_up(ax, ahead, what.words)
    theme.units(ax, what)
    dated(ax, past, what.words)
    ax.set(xlabel="", ylabel=what.title)
    if past.empty:
        theme.say_nothing(ax, what.words)
    theme.finish(ax, past, words=what.words)
    return ax


def calibration(
    table: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None
) -> Axes:
    """Draw what share of open deals was won against the chance they were given.

    Parameters
    ----------
    table
        What :func:`revkit.analysis.pipelines.calibration.calibration` returned.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled; on the dashed line chances were right.
    """
    columns = ("expected", "value", "low", "high", "deals")
    check.result(table, "table", "rk.charts.calibration", columns=columns, source="rk.calibration")
    ax, words = theme.axes(ax), spoken(language)
    ax.plot([0, 1], [0, 1], color=theme.GREY, linestyle="--", linewidth=1)
    reach = [table["value"] - table["low"], table["high"] - table["value"]]
    ax.errorbar(
        table["expected"], table["value"], yerr=reach, color=theme.BLUE, marker="o",
        markersize=4, linewidth=0, elinewidth=1.2,
    )  # fmt: skip
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda share, _: words.percent(f"{share * 100:.0f}"))
    ax.set(
        xlim=(0, 1), ylim=(0, 1), xlabel=words.gettext("Chance given"),
        ylabel=words.gettext("Share of the amount won"),
    )  # fmt: skip
    if table.empty:
        theme.say_nothing(ax, words)
    theme.finish(ax, table, words=words)
    return ax


def _add_up(ax: Axes, ahead: pd.DataFrame, words: Language) -> None:
    """Draw below a forecast from the pipeline what it adds up from, a bar a month."""
    if "later" not in ahead:
        return
    new = ahead["later"] - ahead["renewals"]
    parts = {
        message("won so far"): (ahead["won"], theme.NOTE),
        message("open deals"): (ahead["open"], theme.TEAL),
        message("renewals to come"): (ahead["renewals"], theme.GREEN),
        message("other deals to come"): (new, theme.ORANGE),
    }
    bottom = new * 0
    for name, (size, colour) in parts.items():
        if size.any():
            ax.bar(
                ahead["period"], size, bottom=bottom, width=18, color=colour, alpha=0.55,
                label=words.gettext(name), zorder=0.5,
            )  # fmt: skip
            bottom = bottom + size
    ax.legend(loc="upper left", frameon=False, fontsize="small")
    ax.set_ylim(bottom=0)


def _ends(ahead: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the columns of the low and the high end of each band, the widest first."""
    several = [name for name in ahead.columns if name.startswith("low_")]
    lows = sorted(several, key=lambda name: -float(name.removeprefix("low_"))) or ["low"]
    return [(low, low.replace("low", "high")) for low in lows]


def _name_bands(ax: Axes, outlook: Forecast, words: Language) -> None:
    """Write beside the upper end of each band what share of outcomes it is to hold.

    The widest is named first; the next ones below it, where the ends are too close to read.
    """
    end, above = outlook.ahead.iloc[-1], float("inf")
    for _, high in _ends(outlook.ahead):
        at = ax.transData.transform((0, float(end[high])))[1] * 72 / ax.figure.dpi
        placed = min(at, above - LINE)
        above = placed
        level = outlook.level if high == "high" else float(high.removeprefix("high_")) / 100
        ax.annotate(
            words.gettext("{level} band", level=words.level(level)),
            xy=(end["period"], end[high]),
            xytext=(6, placed - at),
            textcoords="offset points",
            color=theme.BLUE,
            va="center",
            fontsize="small",
            annotation_clip=False,
        )
