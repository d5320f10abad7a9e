"""Marks on a time axis: campaigns as bands, price changes as lines, each with its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import matplotlib.dates as mdates
import pandas as pd

from revkit import arguments as check
from revkit.analysis.writing.formatting import Quantity
from revkit.charts import theme
from revkit.language import language as spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LETTER = 0.0105
"""Width of a letter of a label, as a part of a chart of the usual width."""

ROW = 0.065
"""Height of a label, as a part of the chart."""


def events(result: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Mark campaigns and price changes on a chart over time.

    Parameters
    ----------
    result
        From :func:`revkit.notebook.events`.
    ax
        The chart, drawn before; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        As it was, with a pale band for each campaign that lies on it and a dotted line for each
        price change, each named above the curves; names that would overlap stand below one
        another. Nothing is marked where there is no event.
    """
    columns = ("kind", "name", "starts_on", "ends_on", "change")
    check.result(result, "result", "rk.charts.events", columns=columns, source="rk.notebook.events")
    ax, words = theme.axes(ax), spoken(language)
    low, high = ax.get_xlim()
    share = Quantity("", "", "share", words=words)
    taken: list[tuple[int, float, float]] = []
    for row in result.sort_values("starts_on", kind="stable").itertuples():
        begins, ends = _number(row.starts_on), _number(row.ends_on) or high
        if not low <= begins <= high:
            continue
        name = str(row.name)
        if row.kind == "price":
            ax.axvline(begins, color=theme.NOTE, linestyle=":", linewidth=1, zorder=1)
            name = f"{name} {share.text(cast(float, row.change), signed=True)}"
        else:
            ax.axvspan(begins, min(ends, high), color=theme.PALE, alpha=0.6, lw=0, zorder=0)
        at = (begins - low) / (high - low)
        width = LETTER * (len(name) + 1)
        to_the_left = at + width > 1
        span = (at - width, at) if to_the_left else (at, at + width)
        place = _row(taken, span)
        taken.append((place, *span))
        ax.text(
            at, 0.98 - ROW * place, f"{name} " if to_the_left else f" {name}", fontsize=8,
            transform=ax.transAxes, va="top", ha="right" if to_the_left else "left",
            color=theme.NOTE, parse_math=False,
        )  # fmt: skip
    if taken:  # the names stand above the curves
        bottom, top = ax.get_ylim()
        rows = 1 + max(place for place, *_ in taken)
        ax.set_ylim(bottom, top + (top - bottom) * ROW * rows)
    ax.set_xlim(low, high)
    return ax


def _number(day: object) -> float:
    """Return a day as matplotlib counts it; 0 where there is none."""
    return 0.0 if pd.isna(day) else float(mdates.date2num(pd.Timestamp(str(day))))  # type: ignore[call-overload, no-untyped-call]


def _row(taken: list[tuple[int, float, float]], span: tuple[float, float]) -> int:
    """Return the first row in which a label overlaps no other."""
    place = 0
    while any(row == place and start < span[1] and span[0] < end for row, start, end in taken):
        place += 1
    return place
