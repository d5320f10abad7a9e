"""Small multiples: a metric over time, a panel for each group, all on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.dates as mdates
import pandas as pd

from revkit import arguments as check
from revkit.analysis.writing.formatting import groups, period_of, quantity
from revkit.charts import theme
from revkit.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from revkit.language import Language

WIDE = 3
"""Panels beside each other."""

GAP, HEAD = 0.04, 0.42
"""Space between panels, as a share of one, and for the name and the days of each, in inches."""


def small_multiples(
    result: pd.DataFrame, *, ax: Axes | None = None, most: int = 6, language: str | None = None
) -> Axes:
    """Draw a metric by group over time: a panel each, the other groups pale behind it.

    Parameters
    ----------
    result
        What a metric returned by one dimension and by period.
    ax
        Where to draw; a new figure when omitted.
    most
        How many groups to draw: those with the most rows. Where there are more, a line below says
        so.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled, with the panels as its children: the line of a group, its interval as a band,
        periods that are not over hollow, the groups in the order of the result.
    """
    columns = ("period", "value", "low", "high", "n", "small", "complete")
    where = "rk.charts.small_multiples"
    check.result(result, "result", where, columns=columns, source="a metric")
    check.whole(most, "most", where, what="number of groups", example=6)
    ax, what, by = theme.axes(ax), quantity(result, language), groups(result)
    if not by:
        raise ParameterError.not_grouped(where)
    ax.set_axis_off()
    known = result[result["value"].notna()]
    names = list(dict.fromkeys(known[by[0]]))
    largest = known.groupby(by[0], sort=False)["n"].max().sort_values(ascending=False).index[:most]
    shown = [name for name in names if name in set(largest)]
    rows = known[known[by[0]].isin(shown)]
    panels = [_panel(ax, at, len(shown)) for at in range(len(shown))]
    for name, panel in zip(shown, panels, strict=True):
        for other in shown:
            line = rows[(rows[by[0]] == other) & rows["complete"].astype(bool)]
            if other != name:
                panel.plot(line["period"], line["value"], color=theme.PALE, linewidth=1)
        _own(panel, rows[rows[by[0]] == name])
        panel.set_title(str(name), fontsize=9, pad=4, parse_math=False)
    if panels:
        _one_scale(panels, rows)
    for at, panel in enumerate(panels):
        theme.units(panel, what)
        below = at + WIDE < len(panels)
        panel.tick_params(labelleft=at % WIDE == 0, labelbottom=not below)
        _ends(panel, rows, what.words)
        panel.tick_params(labelsize=7.5)
    if not panels:
        theme.say_nothing(ax, what.words)
    left_out = what.words.gettext("{count} of {all} shown.", count=len(shown), all=len(names))
    theme.finish(ax, result, [left_out] if len(shown) < len(names) else [], words=what.words)
    return ax


def _panel(ax: Axes, at: int, panels: int) -> Axes:
    """Return the place of a panel among so many, filled row by row."""
    across = min(WIDE, panels)
    down = -(-panels // across)
    width, height = 1 / across, 1 / down
    left, bottom = at % across * width, 1 - (at // across + 1) * height
    used = min(HEAD / (ax.get_window_extent().height / ax.figure.dpi), height / 2)
    free = used / 2 if at < across and down > 1 else used / 4
    inside = (left, bottom + (used - free if down > 1 else 0), width * (1 - 2 * GAP), height - used)
    return ax.inset_axes(inside)


def _own(panel: Axes, rows: pd.DataFrame) -> None:
    """Draw the group of a panel."""
    over = rows["complete"].astype(bool)
    done = rows[over]
    sure = done[done["low"].notna() & ~done["small"].astype(bool)]
    panel.plot(done["period"], done["value"], color=theme.BLUE, marker="o", markersize=2.5)
    if len(sure):
        low, high = (sure[side].reindex(done.index) for side in ("low", "high"))
        panel.fill_between(done["period"], low, high, color=theme.BLUE, alpha=0.15, lw=0)
    open_ones = rows[~over]
    panel.plot(
        open_ones["period"], open_ones["value"], color=theme.BLUE, markerfacecolor="white",
        linestyle="none", marker="o", markersize=4,
    )  # fmt: skip


def _ends(panel: Axes, rows: pd.DataFrame, words: Language) -> None:
    """Name the first and the last period below a panel."""
    days = rows["period"].min(), rows["period"].max()
    names = [period_of(rows, day, words) for day in days]
    panel.set_xticks(mdates.date2num(days), names)  # type: ignore[no-untyped-call]
    shown = panel.get_xticklabels()  # none above another panel
    for label in shown[:1]:
        label.set_horizontalalignment("left")
    for label in shown[1:2]:
        label.set_horizontalalignment("right")


def _one_scale(panels: list[Axes], rows: pd.DataFrame) -> None:
    """Give all panels the same axes: the values, and of the bands as much as leaves these half."""
    low, high = float(rows["value"].min()), float(rows["value"].max())
    room = (high - low) / 2 or abs(high) / 2 or 1.0
    ends = rows.loc[~rows["small"].astype(bool), ["low", "high"]].astype(float)
    bottom = max(low - room, min(low, ends["low"].min(skipna=True) if len(ends) else low))
    top = min(high + room, max(high, ends["high"].max(skipna=True) if len(ends) else high))
    margin = (top - bottom) * 0.06
    floor = 0.0 if low >= 0 > bottom - margin else bottom - margin
    for panel in panels:
        panel.set_ylim(floor, top + margin)
