"""Prices: curves of a survey, demand by price, differences of a test, a reaction to a change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator, date2num

from revkit import arguments as check
from revkit.analysis.prices.answers import FOUR
from revkit.analysis.prices.comparison import MEASURES
from revkit.analysis.prices.demand import Demand
from revkit.analysis.prices.points import PricePoints
from revkit.analysis.prices.reaction import OUTCOMES, Reaction
from revkit.analysis.prices.verdicts import PriceTest
from revkit.analysis.writing.formatting import Quantity
from revkit.charts import theme
from revkit.charts.dates import ConciseDates
from revkit.errors import DimensionError
from revkit.language import language as spoken
from revkit.language import message

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CURVES = {
    "too_cheap": (message("too cheap"), theme.TEAL, 0.30, "right"),
    "cheap": (message("cheap"), theme.BLUE, 0.93, "left"),
    "expensive": (message("expensive"), theme.ORANGE, 0.85, "right"),
    "too_expensive": (message("too expensive"), theme.RED, 0.30, "left"),
}
"""Name, colour, height and side of the label of each question's curve."""

SHOWN = 0.98
"""Share of the highest prices named up to which curves are drawn."""


def price_points(
    result: PricePoints, *, ax: Axes | None = None, language: str | None = None
) -> Axes:
    """Draw the four curves of a survey, the best price and the range that is acceptable.

    Parameters
    ----------
    result
        What :func:`revkit.analysis.prices.sensitivity.price_sensitivity` returned, of four prices
        and without `by`.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled. Shaded is the range of the narrow convention; the line is the optimal point.

    Raises
    ------
    DimensionError
        When it is by groups.
    """
    where = "rk.charts.price_points"
    check.of_kind(
        result, PricePoints, "result", where, needed="what rk.price_sensitivity returned",
        example="rk.price_sensitivity(data)",
    )  # fmt: skip
    _whole(result.by, where)
    ax, words = theme.axes(ax), spoken(language)
    if result.answers.rows.empty:
        theme.say_nothing(ax, words)
        return ax
    curves = result.curves()
    at = result.points.set_index(["point", "convention"])["value"]
    ax.axvspan(at["PMC", "narrow"], at["PME", "narrow"], color=theme.PALE, zorder=0)
    ax.axvline(at["OPP", "both"], color=theme.INK, lw=0.8)
    price = curves["price"].to_numpy(float)
    for name in FOUR:
        title, colour, height, side = CURVES[name]
        share = curves[name].to_numpy(float)
        ax.plot(price, share, color=colour)
        order = np.argsort(share, kind="stable")
        x = float(np.interp(height, share[order], price[order]))
        ax.annotate(
            words.gettext(title), xy=(x, height), color=colour, va="center", ha=side,
            xytext=(-6 if side == "right" else 6, 0), textcoords="offset points",
        )  # fmt: skip
    theme.units(ax, Quantity("", "", "share", words=words))
    theme.units(ax, Quantity("", "", "money", result.answers.currency, words=words), along="x")
    ax.set_xlim(price[0], float(np.quantile(result.answers.rows["too_expensive"], SHOWN)))
    ax.set(xlabel=words.gettext("Price"), ylabel=words.gettext("Share of answers"), ylim=(0, 1.02))
    theme.finish(ax, result.points, words=words, below=48)
    return ax


def demand(result: Demand, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw the revenue that each price would bring, with its interval and the share that buys.

    Parameters
    ----------
    result
        What :func:`revkit.analysis.prices.sensitivity.price_sensitivity` returned, of offers and
        without `by`.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled. Prices that could be the best are blue, the others grey.

    Raises
    ------
    DimensionError
        When it is by groups.
    """
    where = "rk.charts.demand"
    check.of_kind(
        result, Demand, "result", where, needed="what rk.price_sensitivity returned",
        example="rk.price_sensitivity('offers.csv')",
    )  # fmt: skip
    _whole(result.by, where)
    ax, words = theme.axes(ax), spoken(language)
    rows = result.prices
    if rows.empty:
        theme.say_nothing(ax, words)
        return ax
    share = Quantity("", "", "share", words=words)
    ax.plot(rows["price"], rows["revenue"], color=theme.GREY, lw=0.8)
    for row in rows.to_dict("records"):
        colour = theme.BLUE if row["best"] else theme.GREY
        ax.plot([row["price"]] * 2, [row["revenue_low"], row["revenue_high"]], color=colour)
        ax.plot(row["price"], row["revenue"], "o", color=colour)
        ax.annotate(
            share.text(row["share"]), xy=(row["price"], row["revenue"]), xytext=(7, 0),
            textcoords="offset points", va="center", fontsize=9,
        )  # fmt: skip
    money = Quantity("", "", "money", result.answers.currency, words=words)
    theme.units(ax, money)
    theme.units(ax, money, along="x")
    ax.set_ylim(bottom=0)
    label = words.gettext("Price (beside each point: the share that would buy)")
    ax.set(xlabel=label, ylabel=words.gettext("Revenue of 100 asked"))
    ax.margins(x=0.1)
    theme.finish(ax, rows, words=words, below=48)
    return ax


def price_test(result: PriceTest, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw each variant's differences from the control, as a share of the control's value.

    Parameters
    ----------
    result
        What :func:`revkit.analysis.prices.experiment.price_test` returned.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled. The thick line holds at a fixed end, the thin one for any number of looks.
    """
    check.of_kind(
        result, PriceTest, "result", "rk.charts.price_test", needed="what rk.price_test returned",
        example="rk.price_test(data)",
    )  # fmt: skip
    ax, words = theme.axes(ax), spoken(language)
    rows = result.differences.merge(result.power[["variant", "measure", "control"]])
    rows = rows[rows["low"].notna() & (rows["control"] > 0)]
    if rows.empty:
        theme.say_nothing(ax, words)
        return ax
    lines = list(dict.fromkeys(zip(rows["variant"], rows["measure"], strict=True)))
    for row in rows.to_dict("records"):
        at = lines.index((row["variant"], row["measure"]))
        ends = [row["low"] / row["control"], row["high"] / row["control"]]
        ax.plot(ends, [at, at], color=theme.BLUE, lw=5 if row["looks"] == "end" else 1.2,
                solid_capstyle="butt")  # fmt: skip
        ax.plot(row["value"] / row["control"], at, "o", color=theme.INK, markersize=5)
    ax.axvline(0, color=theme.GREY, lw=0.8)
    names = [f"{name}: {words.gettext(MEASURES[of])}" for name, of in lines]
    theme.make_room(ax, len(lines))
    ax.set_yticks(range(len(lines)), names)
    ax.set_ylim(len(lines) - 0.4, -0.6)
    theme.units(ax, Quantity("", "", "share", words=words), along="x")
    ax.grid(visible=False, axis="y")
    label = words.gettext("Difference, of the control's value (thick: one look; thin: any number)")
    ax.set(xlabel=label, ylabel="")
    theme.finish(ax, result.differences, words=words, below=48)
    return ax


def elasticity(result: Reaction, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw the outcome by month, beside what it would be had it moved as the others did.

    Parameters
    ----------
    result
        What :func:`revkit.analysis.prices.elasticity.elasticity` returned.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled. The upright line is the month from which on the new price held.
    """
    check.of_kind(
        result, Reaction, "result", "rk.charts.elasticity", needed="what rk.elasticity returned",
        example="rk.elasticity(data)",
    )  # fmt: skip
    ax, words = theme.axes(ax), spoken(language)
    told = result.counted
    if told is None or math.isnan(result.beside.value):
        theme.say_nothing(ax, words)
        return ax
    before, _ = told[: result.since].ratio()
    expected = told.at_risk * np.exp(before) * told.others / told.others_at_risk
    days = pd.to_datetime(list(result.days))
    name = f"{result.name}: {words.gettext(OUTCOMES[result.of])}"
    others = words.gettext("as the others moved")
    ax.plot(days, expected, color=theme.GREY, ls="--")
    ax.plot(days, told.events, color=theme.BLUE)
    for text, colour, side in ((name, theme.BLUE, "left"), (others, theme.NOTE, "right")):
        ax.annotate(
            text, xy=(float(side == "right"), 0.99), xycoords="axes fraction", color=colour,
            va="top", ha=side,
        )  # fmt: skip
    at = date2num(days[result.since])  # type: ignore[no-untyped-call]
    ax.axvline(float(at), color=theme.INK, lw=0.8)
    theme.units(ax, Quantity("", "", "count", words=words))
    ax.set_ylim(0, 1.25 * max(float(told.events.max()), float(expected.max())))
    locator = AutoDateLocator(maxticks=8)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDates(locator, words))
    ax.set(xlabel="", ylabel=words.gettext(OUTCOMES[result.of]))
    theme.finish(ax, result.months, words=words)
    return ax


def _whole(by: str | None, where: str) -> None:
    """Refuse a result by groups."""
    if by is not None:
        raise DimensionError.not_whole(where, by=[by])
