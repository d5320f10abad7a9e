"""A metric over time, and a metric by group, with its uncertainty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.dates as mdates
import pandas as pd

from revkit import arguments as check
from revkit.analysis.writing.contrasts import mentioned
from revkit.analysis.writing.formatting import groups, period_of, quantity
from revkit.analysis.writing.frames.headings import REASONS, group_name
from revkit.charts import dates, theme
from revkit.dimensions import placed
from revkit.errors import ParameterError
from revkit.language import Language
from revkit.language import language as spoken
from revkit.periods import calendar_by

if TYPE_CHECKING:
    from matplotlib.axes import Axes


ORDERED = frozenset({"cohort", "tenure", "stage", "size"})
"""Dimensions whose values have an order."""

FEW = 10
"""Rows below which a small group's value is so uncertain that it stands below the others."""


def over_time(result: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw a metric by period: a line, its interval as a band, unfinished periods hollow.

    Parameters
    ----------
    result
        What a metric returned by period, by no or by one dimension.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled. With several groups each line carries its name, in place of a legend, and
        the bands are left out beyond two. Periods of few rows are grey and without a band;
        those before the first value are left out.
    """
    columns = ("period", "value", "low", "small", "complete")
    check.result(result, "result", "rk.charts.over_time", columns=columns, source="a metric")
    ax, what, by = theme.axes(ax), quantity(result, language), groups(result)
    known = result.loc[result["value"].notna(), "period"]
    shown = result[result["period"] >= known.min()] if len(known) else result
    names = list(dict.fromkeys(shown[by[0]])) if by else [""]
    ends: list[tuple[str, str, float]] = []
    for name, colour in zip(names, theme.colours(len(names)), strict=True):
        rows = shown[shown[by[0]] == name] if by else shown
        over, few = rows["complete"].astype(bool), rows["small"].astype(bool)
        done, sure = rows[over], rows[over & ~few]
        ax.plot(done["period"], done["value"], color=colour, marker="o", markersize=3.5)
        if len(names) <= 2 and sure["low"].notna().any():
            low, high = (sure[side].reindex(done.index) for side in ("low", "high"))
            ax.fill_between(done["period"], low, high, color=colour, alpha=0.15, lw=0)
        _points(ax, rows[over & few], theme.GREY, filled=True)
        _points(ax, rows[~over], colour, filled=False)
        valued = done[done["value"].notna()]
        if by and not valued.empty:
            ends.append((str(name), colour, float(valued["value"].iloc[-1])))
    theme.units(ax, what)
    dated(ax, shown, what.words)
    ax.set(xlabel="", ylabel=what.title)
    if what.percent and ax.get_ylim()[0] < 0 <= shown["value"].min():
        ax.set_ylim(bottom=0)
    label_ends(ax, ends, shown["period"].max())
    if not len(known):
        theme.say_nothing(ax, what.words)
    theme.finish(ax, result, words=what.words)
    return ax


def by_group(
    result: pd.DataFrame,
    *,
    ax: Axes | None = None,
    most: int = 15,
    language: str | None = None,
) -> Axes:
    """Draw a metric by group: a bar each, largest first, with its interval; small ones grey.

    Parameters
    ----------
    result
        What a metric returned by one dimension; of several periods the last complete one.
    ax
        Where to draw; a new figure when omitted.
    most
        How many groups to draw: those that :func:`revkit.say.contrast` would name, the largest
        value (of a share: among groups of more than a few rows), then those with the most rows.
        Where there are more, a line below says so.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled; the number of rows stands beside each name. Cohorts, tenure, size and stages
        keep their order; small groups of less than ten rows come last.
    """
    columns = ("value", "low", "high", "n", "small", "complete")
    check.result(result, "result", "rk.charts.by_group", columns=columns, source="a metric")
    check.whole(most, "most", "rk.charts.by_group", what="number of groups", example=15)
    ax, what, by = theme.axes(ax), quantity(result, language), groups(result)
    if not by:
        raise ParameterError.not_grouped("rk.charts.by_group")
    rows = result[result["value"].notna()]
    if "period" in rows:
        rows = rows[rows["complete"].astype(bool)]
        rows = rows[rows["period"] == rows["period"].max()]
    every, rows = len(rows), _foremost(rows, result, most)
    rows = rows.iloc[::-1] if by[0] in ORDERED else _by_size(rows)
    kind = by[0] if by[0] in REASONS else ""
    names = [
        f"{group_name(name, what.words, of=kind)}  (n = {what.words.count(n)})"
        for name, n in zip(rows[by[0]], rows["n"], strict=True)
    ]
    known = rows.index.isin(placed(rows, by).index) & ~rows["small"].astype(bool)
    colours = [theme.BLUE if one else theme.GREY for one in known]
    theme.make_room(ax, len(names))
    ax.barh(names, rows["value"], color=colours, height=min(0.6, 0.12 * len(rows)))
    known = rows["low"].notna().to_numpy()
    if known.any():
        certain = rows[known]
        ax.errorbar(
            certain["value"],
            [at for at, there in enumerate(known) if there],
            xerr=[certain["value"] - certain["low"], certain["high"] - certain["value"]],
            fmt="none",
            ecolor=theme.INK,
            elinewidth=1,
            capsize=3,
        )
    theme.units(ax, what, along="x")
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.set(xlabel=what.title, ylabel="")
    if rows.empty:
        theme.say_nothing(ax, what.words)
    shown = [what.words.gettext("{count} of {all} shown.", count=len(rows), all=every)]
    theme.finish(ax, result, shown if len(rows) < every else [], words=what.words)
    return ax


def _by_size(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the groups from the bottom up: those of a few rows, then the others by value."""
    order = rows.assign(_known=_enough(rows))
    return rows.loc[order.sort_values(["_known", "value"]).index]


def _enough(rows: pd.DataFrame) -> pd.Series[bool]:
    """Report which groups are no small ones of a few rows."""
    return ~rows["small"].astype(bool) | (rows["n"] >= FEW)


def _foremost(rows: pd.DataFrame, result: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the groups to draw, in their order: those a title may name come first."""
    if len(rows) <= most:
        return rows
    told = {name for one in mentioned(result) for name in (one.group, one.other)}
    names = rows[groups(result)].astype(str).agg(" · ".join, axis=1)
    largest = rows.loc[_enough(rows), "value"] if quantity(result).percent else rows["value"]
    first = names.isin(told) | (rows.index == largest.idxmax() if len(largest) else False)
    order = rows.assign(_first=first).sort_values(["_first", "n"], ascending=False, kind="stable")
    return rows[rows.index.isin(order.index[:most])]


def _points(ax: Axes, rows: pd.DataFrame, colour: str, *, filled: bool) -> None:
    if rows["value"].notna().any():
        face = colour if filled else "white"
        style: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 5, "zorder": 3}
        ax.plot(rows["period"], rows["value"], color=colour, markerfacecolor=face, **style)


def dated(ax: Axes, result: pd.DataFrame, words: Language | None = None) -> None:
    """Write the periods of a result below an axis, as shortly as they can be."""
    words = spoken(words)
    days = pd.DatetimeIndex(result["period"].unique())
    period = result.attrs.get("period", "month")
    if period in ("quarter", "year") or calendar_by(result.attrs, period).is_of_weeks:
        shown = days[:: -(-len(days) // 8) or 1]
        labels = [period_of(result, day, words) for day in shown]
        ax.set_xticks(mdates.date2num(shown.to_pydatetime()), labels)  # type: ignore[no-untyped-call]
        return
    # matplotlib has no types for its date classes
    locator = mdates.AutoDateLocator(minticks=3, maxticks=9)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.ConciseDates(locator, words))


def label_ends(ax: Axes, ends: list[tuple[str, str, float]], last: object) -> None:
    """Write each line's name at its end, without overlap."""
    if not ends:
        return
    low, high = ax.get_ylim()
    heights = theme.apart([value for _, _, value in ends], (high - low) * 0.065)
    for (name, colour, _), height in zip(ends, heights, strict=True):
        ax.annotate(
            name,
            xy=(last, height),
            xytext=(8, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            annotation_clip=False,
        )
