"""A waterfall: from one amount to another, by what was added and what was taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from revkit import arguments as check
from revkit.analysis.flows import movements
from revkit.analysis.flows import waterfall as pipeline
from revkit.analysis.prices import volume
from revkit.analysis.writing.formatting import Quantity, period_of
from revkit.analysis.writing.frames.headings import COLUMNS
from revkit.charts import theme
from revkit.errors import DimensionError
from revkit.language import Language
from revkit.language import language as spoken

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

UNFINISHED = 0.4
"""Opacity of the bars of a period that is not over."""

HIGH = 0.8
"""Share of the highest level from which on the lowest is high enough to begin the scale there."""

NOTHING = 1e-9
"""Share of the amounts up to which a move is one of rounding alone."""

ROOM = 1.2
"""Width of the chart over that of its longest bar, for the sizes."""

TICKS = 5
"""Amounts below the chart, so few that long ones fit."""


@dataclass(frozen=True)
class Flow:
    """The columns of a result that lead from one amount to another.

    Parameters
    ----------
    start, end
        The amounts.
    moves
        What lies between, in order; those that a result lacks are left out.
    losses
        Moves that are given as positive sizes and taken away.
    source
        The call that returns such a result.
    """

    start: str
    moves: tuple[str, ...]
    losses: frozenset[str]
    end: str
    source: str


FLOWS = (
    Flow(
        "opening", (*pipeline.GAINS, *pipeline.LOSSES, "transferred"), frozenset(pipeline.LOSSES),
        "closing", "rk.waterfall",
    ),
    Flow("before", volume.MOVES, frozenset(), "after", "rk.price_volume_mix(…).total"),
    Flow("simple", ("discounting", "ageing"), frozenset(), "value", "rk.lifetime_value"),
    Flow(
        "opening", (*movements.GAINS, *movements.LOSSES, "transfer", "fx"),
        frozenset(movements.LOSSES),
        "closing", "rk.bridge",
    ),
)  # fmt: skip

AT_TIMES = ("transferred", "transfer", "fx", "unsplit")
"""Moves that only some results have: by groups, at spot rates, or without units."""


def waterfall(moves: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw how one amount became another: up blue, down orange, each move with its size.

    A move of nothing has no bar: a line below names it.

    Parameters
    ----------
    moves
        What :func:`revkit.analysis.flows.waterfall.waterfall`,
        :func:`revkit.analysis.flows.movements.bridge` or
        :func:`revkit.analysis.lifetime.lifetime_value` returned, for one group, or the ``total``
        of :func:`revkit.analysis.prices.volume.price_volume_mix`. Of several periods the last
        complete one is drawn; if none is complete the last one, pale.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled. Where the moves are small beside the amounts the scale does not begin at zero,
        and a line below says where. The end is grey where it rests on few rows, and has its
        interval where there is one.

    Raises
    ------
    DimensionError
        When several groups are given.
    """
    flow = _flow(moves)
    ax, words = theme.axes(ax), spoken(language)
    rows = moves.dropna(subset=[flow.start, flow.end])
    if rows.empty:
        theme.say_nothing(ax, words)
        theme.finish(ax, moves, words=words)
        return ax
    row = _drawn(rows)
    known = [name for name in flow.moves if name in moves]
    least = NOTHING * max(abs(row[flow.start]), abs(row[flow.end]))
    idle = [name for name in known if abs(row[name]) <= least]
    names = [flow.start, *(name for name in known if name not in idle), flow.end]
    sizes = np.array([row[name] * (-1 if name in flow.losses else 1) for name in names], float)
    levels = np.append(np.cumsum(sizes[:-1]), sizes[-1])  # where each bar ends
    bottoms = np.append(0.0, levels[:-1])
    bottoms[-1] = 0.0
    colours = [theme.BLUE if size >= 0 else theme.ORANGE for size in sizes]
    colours[0], colours[-1] = theme.NOTE, theme.GREY if row.get("small", False) else theme.NOTE
    pale = 1.0 if row.get("complete", True) else UNFINISHED
    places = range(len(names))
    ax.barh(places, levels - bottoms, left=bottoms, color=colours, alpha=pale, height=0.66)
    for at, level in enumerate(levels[:-1]):
        ax.plot([level, level], [at + 0.33, at + 0.67], color=theme.GREY, lw=0.8)
    what = Quantity("", "", moves.attrs["units"][flow.end], moves.attrs["currency"], words=words)
    tops = np.maximum(levels, bottoms)
    texts = [
        what.text(float(size), signed=0 < at < len(names) - 1) for at, size in enumerate(sizes)
    ]
    if np.isfinite(row.get("low", np.nan)):
        ends = [[row[flow.end] - row["low"]], [row["high"] - row[flow.end]]]
        ax.errorbar(
            row[flow.end], len(names) - 1, xerr=ends, color=theme.INK, elinewidth=1, capsize=3
        )
        tops[-1] = row["high"]
        texts[-1] += f" ({what.span(row['low'], row['high'])})"
    notes = _scaled(ax, levels, tops.max(), what)
    if idle:
        left_out = words.list([_name(name, moves, words) for name in idle])
        notes.append(words.gettext("Not drawn, as nothing came of it: {names}.", names=left_out))
    for at, (text, top) in enumerate(zip(texts, tops, strict=True)):
        ax.annotate(text, xy=(top, at), xytext=(5, 0), textcoords="offset points", va="center")
    theme.units(ax, what, along="x")
    ax.xaxis.set_major_locator(MaxNLocator(TICKS))
    theme.make_room(ax, len(places))
    ax.set_yticks(places, [_name(name, moves, words) for name in names])
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.grid(visible=False)
    label = period_of(moves, row["period"], words) if "period" in moves else ""
    ax.set(xlabel=label, ylabel="")
    theme.finish(ax, moves, notes, words=words, below=48 if label else 34)
    return ax


def _flow(moves: pd.DataFrame) -> Flow:
    """Return the columns to draw, refusing a result of several groups."""
    where = "rk.charts.waterfall"
    columns = {*getattr(moves, "columns", ())}
    known = (flow for flow in FLOWS[:-1] if {flow.moves[0], flow.end} <= columns)
    flow = next(known, FLOWS[-1])
    needed = (flow.start, *(name for name in flow.moves if name not in AT_TIMES), flow.end)
    check.result(moves, "moves", where, columns=needed, source=flow.source)
    several = moves["period"].duplicated().any() if "period" in columns else len(moves) > 1
    if several:
        by = [name for name in moves.columns if moves[name].dtype.kind not in "iufbM"]
        raise DimensionError.not_whole(where, by=by)
    return flow


def _drawn(rows: pd.DataFrame) -> pd.Series[Any]:
    """Return the last complete row, or the last one."""
    complete = rows[rows["complete"].astype(bool)] if "complete" in rows else rows
    return (rows if complete.empty else complete).iloc[-1]


def _scaled(ax: Axes, levels: Any, top: float, what: Quantity) -> list[str]:
    """Leave room for the moves where they are small beside the amounts, and say so."""
    low = float(levels.min())
    begins = max(low - (top - low) * 0.8, 0.0) if low > HIGH * top else min(low, 0.0)
    ax.set_xlim(begins, begins + (top - begins) * ROOM if top > begins else begins + 1)
    if begins <= 0:
        ax.axvline(0, color=theme.GREY, lw=0.8)
        return []
    said = what.words.gettext("The scale begins at {value}, not at zero.", value=what.text(begins))
    return [said]


def _name(name: str, moves: pd.DataFrame, words: Language) -> str:
    """Return the name of a column."""
    return words.gettext(moves.attrs.get("titles", {}).get(name) or COLUMNS[name])
