"""Cohorts: a heat map of what became of the customers of each month, by age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import Rectangle

from revkit import arguments as check
from revkit.analysis.flows.cohorts import ALL, ages_of
from revkit.analysis.writing.formatting import Quantity, compact
from revkit.charts import theme
from revkit.errors import DimensionError
from revkit.language import Language, message
from revkit.language import language as spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW = 10
"""Customers below which one of them is more than a tenth of a cohort."""

TICKS = 13
"""Ages written above the cells."""

GAP = 0.35
"""Rows between the cohorts and their mean."""

LETTER = 0.075
"""Inches of a letter in a cell."""

DARK = 0.7
"""Share of the scale from which on numbers are white."""

COLOURS = LinearSegmentedColormap.from_list("cohorts", ["#f1f5fb", "#8fb8f7", theme.BLUE])
VALUES = {
    "accounts": message("Share of customers that pay"),
    "mrr": message("MRR as a share of the first"),
    "gross_profit": message("Gross profit for each customer won"),
}
SUMS = {
    "accounts": message("Months paid for each customer won"),
    "mrr": message("Revenue, in months of the first MRR"),
    "gross_profit": message("Gross profit for each customer won, to date"),
}


def cohorts(
    rows: pd.DataFrame, *, ax: Axes | None = None, most: int = 24, language: str | None = None
) -> Axes:
    """Draw cohorts as a triangle: a row for each month, a column for each age, darker is more.

    Parameters
    ----------
    rows
        What :func:`revkit.analysis.flows.cohorts.cohorts` returned, for one group.
    ax
        Where to draw; a new figure when omitted.
    most
        How many cohorts to draw, the latest; a line below says so where there are more.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled. Months that are not over are empty. The last row is the mean over all cohorts,
        also those not drawn, weighted by size. Cohorts of fewer than ten customers have grey
        names. With payback, a frame marks the age at which the acquisition cost was covered.
        Numbers are written where they fit: give a larger figure for more of them.

    Raises
    ------
    DimensionError
        When several groups are given.
    """
    where = "rk.charts.cohorts"
    check.result(rows, "rows", where, columns=("cohort", "size"), source="rk.cohorts")
    check.whole(most, "most", where, what="number of cohorts", example=24)
    if rows["cohort"].duplicated().any():
        raise DimensionError.not_whole(where, by=[*rows.columns[: rows.columns.get_loc("cohort")]])
    ax, words = theme.axes(ax), spoken(language)
    every, mean = rows[rows["cohort"] != ALL], rows[rows["cohort"] == ALL]
    shown = every.tail(most)
    ages = [age for age in ages_of(rows) if shown[age].notna().any()]
    if not ages:
        theme.say_nothing(ax, words)
        theme.finish(ax, rows, words=words)
        return ax
    unit, cumulative = rows.attrs["unit"], rows.attrs["cumulative"]
    what = _what(rows, words)
    values = pd.concat([shown, mean])[ages].to_numpy(dtype=float)
    places = [*range(len(shown)), *([len(shown) + GAP] if len(mean) else [])]
    _cells(ax, values, places, what)
    _frames(ax, pd.concat([shown, mean]), ages, places)
    _labels(ax, pd.concat([shown, mean]), places, unit, what)
    step = -(-len(ages) // TICKS)
    ax.set_xticks(range(0, len(ages), step), [str(age) for age in ages[::step]])
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    said = words.gettext((SUMS if cumulative else VALUES)[unit])
    ax.set(xlabel=words.gettext("{what}, by months since the first payment", what=said), ylabel="")
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.set_xlim(-0.5, len(ages) - 0.5)
    ax.set_ylim(places[-1] + 0.5, -0.5)
    theme.finish(ax, rows, _notes(shown, len(every), rows, words), words=words, below=8)
    return ax


def _what(rows: pd.DataFrame, words: Language) -> Quantity:
    """Return the quantity of the cells."""
    unit = "money" if rows.attrs["unit"] == "gross_profit" else "share"
    if rows.attrs["cumulative"] and unit == "share":
        unit = "ratio"
    return Quantity("", "", unit, rows.attrs["currency"], words=words)


def _cells(ax: Axes, values: Any, places: list[float], what: Quantity) -> None:
    """Draw the cells that are known, and write their numbers where they fit."""
    known = values[np.isfinite(values)]
    scale = Normalize(known.min(), known.max() if known.max() > known.min() else known.min() + 1)
    texts = {
        (row, age): _written(what, values[row, age])
        for row, age in zip(*np.nonzero(np.isfinite(values)), strict=True)
    }
    inches = ax.get_window_extent().width / ax.figure.dpi / values.shape[1]
    fits = max(map(len, texts.values())) * LETTER <= inches
    for (row, age), text in texts.items():
        share = float(scale(values[row, age]))
        ax.add_patch(
            Rectangle(
                (age - 0.5, places[row] - 0.5), 1, 1, facecolor=COLOURS(share), edgecolor="white",
                linewidth=0.8,
            )
        )  # fmt: skip
        if fits:
            colour = "white" if share > DARK else theme.INK
            ax.text(age, places[row], text, ha="center", va="center", fontsize=7, color=colour)
    if not fits:
        _key(ax, scale, what)


def _written(what: Quantity, value: float) -> str:
    """Write a value without its unit: 93, 12.4 or 1.23 k."""
    if what.unit == "money":
        return compact(value, what.words)
    return what.words.number(f"{value * 100:.0f}" if what.percent else f"{value:.1f}")


def _key(ax: Axes, scale: Normalize, what: Quantity) -> None:
    """Draw a key of the colours, where no numbers are written."""
    key = ax.figure.colorbar(ScalarMappable(scale, COLOURS), ax=ax, pad=0.02, aspect=30)
    key.outline.set_visible(False)
    theme.units(key.ax, what)


def _frames(ax: Axes, rows: pd.DataFrame, ages: list[int], places: list[float]) -> None:
    """Frame the age at which each cohort had paid back what it cost to win."""
    if "payback" not in rows:
        return
    for place, age in zip(places, rows["payback"], strict=True):
        if age in ages:
            frame = Rectangle((age - 0.5, place - 0.5), 1, 1, fill=False)
            ax.add_patch(frame)
            frame.set(edgecolor=theme.ORANGE, linewidth=2, zorder=3)


def _labels(ax: Axes, rows: pd.DataFrame, places: list[float], unit: str, what: Quantity) -> None:
    """Write the month and size of each cohort, and of the row of means."""
    words, money = what.words, Quantity("", "", "money", what.currency, words=what.words)
    names = []
    for cohort, size in zip(rows["cohort"], rows["size"], strict=True):
        name = words.gettext("mean of all")
        if cohort != ALL:
            name = words.period(pd.Timestamp(f"{cohort}-01").date())
        names.append(
            f"{name}  ({money.text(size) if unit == 'mrr' else f'n = {words.count(size)}'})"
        )
    points = ax.get_window_extent().height / ax.figure.dpi * 72 / (places[-1] + 1)
    ax.set_yticks(places, names, fontsize=min(8.0, points * 0.75))
    for label, cohort, size in zip(ax.get_yticklabels(), rows["cohort"], rows["size"], strict=True):
        if cohort == ALL:
            label.set_fontweight("bold")
        elif unit != "mrr" and size < FEW:
            label.set_color(theme.GREY)


def _notes(shown: pd.DataFrame, every: int, rows: pd.DataFrame, words: Language) -> list[str]:
    """Return what a reader of the marks has to know."""
    notes = []
    if len(shown) < every:
        notes.append(words.gettext("{count} of {all} shown.", count=len(shown), all=every))
    if rows.attrs["unit"] != "mrr" and (shown["size"] < FEW).any():
        notes.append(words.gettext("Grey: fewer than {count} customers.", count=FEW))
    if "payback" in rows and rows["payback"].notna().any():
        notes.append(words.gettext("Framed: the month in which the acquisition cost was covered."))
    return notes
