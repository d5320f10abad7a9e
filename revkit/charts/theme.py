"""Shared theme: colours, axes, units and titles."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MultipleLocator

from revkit.analysis.writing.frames import raw
from revkit.language import language as spoken

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from revkit.analysis.writing.formatting import Quantity
    from revkit.language import Language

INK = "#1f2933"
GREY = "#9aa5b1"
PALE = "#e4e7eb"
BLUE = "#1f6feb"
ORANGE = "#d9730d"
GREEN = "#2a8f5c"
RED = "#c2334d"
PURPLE = "#7a4fbf"
TEAL = "#12849c"

SERIES = (BLUE, ORANGE, GREEN, PURPLE, RED, TEAL)
GAINS = {"new": BLUE, "expansion": GREEN, "reactivation": TEAL}
LOSSES = {"contraction": ORANGE, "churn": RED}

NOTE = "#5b6773"
SLIDE_DPI = 200
"""Dots for an inch of a chart on a slide, on which it is half as large again as on a page."""

LINE = 11.5
"""Points from one line of small print to the next."""
NAME = 14.5
"""Points from one name beside a chart to the next, at least."""
STEPS, TICKS = (1, 2, 3, 6, 12, 24, 48, 96, 168, 336), 6
"""Hours or days between ticks, and how many ticks there are at most."""
FOOTNOTES = 3
"""Notes written below a chart; of more, their number."""

STYLE: dict[str, object] = {
    "figure.figsize": (8.0, 3.8),
    "figure.dpi": 100,
    "savefig.bbox": "tight",
    "font.size": 10,
    "font.family": "DejaVu Sans",
    "text.color": INK,
    "text.parse_math": False,  # $ is money
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlepad": 12,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": PALE,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
}


def use_theme() -> None:
    """Draw every figure from here on in revkit's colours and sizes."""
    plt.rcParams.update(STYLE)  # type: ignore[arg-type]  # keys are checked by a test


_FINDING = "finding"
"""Name, within a figure, of the title that says what it shows."""


def headline(ax: Axes, sentence: str) -> None:
    """Write a finding above a chart, broken into lines that fit its width.

    What it says aside, such as that a period is unfinished, stands below the chart already. The
    finding is the picture's description, too, for who cannot see it.
    """
    inches = ax.get_window_extent().width / ax.figure.dpi
    text = str(getattr(sentence, "main", sentence))
    text = text[:1].upper() + text[1:]
    lines = textwrap.wrap(text, max(30, int(inches * 12.4)))
    ax.set_title("\n".join(lines), parse_math=False).set_gid(_FINDING)
    _describe(ax.get_figure(root=True), text)


def _describe(figure: Figure | None, sentence: str) -> None:
    """Let a notebook keep a sentence beside the picture of a figure, as its alternative text."""
    if figure is None:
        return
    figure.set_label(" ".join(filter(None, (str(figure.get_label()), sentence))))
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    if not shell:
        return
    pictures = shell.display_formatter.formatters["image/png"]
    draw = pictures.for_type(Figure)
    if draw is not None and not isinstance(draw, _Described):
        pictures.for_type(Figure, _Described(draw))


@dataclass(frozen=True)
class _Described:
    """A notebook's way to draw figures, with their descriptions as metadata of the pictures."""

    draw: Callable[[Figure], Any]

    def __call__(self, figure: Figure) -> Any:
        picture, sentence = self.draw(figure), str(figure.get_label())
        if picture is None or isinstance(picture, tuple) or not sentence:
            return picture
        return picture, {"alt": sentence, **_sharp(figure)}


def _sharp(figure: Figure) -> dict[str, Any]:
    """Return a picture of a figure for a screen as wide as a room, where a report asks for it.

    Its finding is not in it: that is the title of its slide.
    """
    from IPython.core.pylabtools import print_figure

    if raw.SHARP not in os.environ:
        return {}
    titles = figure.findobj(lambda artist: artist.get_gid() == _FINDING)
    for title in titles:
        title.set_visible(False)
    drawn = print_figure(figure, "png", base64=True, dpi=SLIDE_DPI)  # type: ignore[no-untyped-call]
    for title in titles:
        title.set_visible(True)
    return {"sharp": drawn}


def axes(ax: Axes | None) -> Axes:
    """Return the axes given, or those of a new figure."""
    return ax if ax is not None else plt.figure().subplots()


def make_room(ax: Axes, rows: int) -> None:
    """Let a chart that stands alone grow until so many names beside it do not touch.

    In a figure of several charts the names become smaller instead.
    """
    figure = ax.get_figure(root=True)
    inches = ax.get_window_extent().height / ax.figure.dpi
    needed = rows * NAME / 72
    if figure is None or needed <= inches:
        return
    if figure.axes == [ax]:
        width, height = figure.get_size_inches()
        figure.set_size_inches(width, height * needed / inches)
    else:
        ax.tick_params(axis="y", labelsize=plt.rcParams["font.size"] * inches / needed)


def finish(
    ax: Axes,
    result: pd.DataFrame,
    more: Sequence[str] = (),
    *,
    words: Language | None = None,
    below: float = 34,
) -> None:
    """Write the notes on a result's data below its chart, and every text as it stands.

    ``$10M+ ($$$)`` is a segment, not a formula.

    Parameters
    ----------
    result
        Its ``attrs["notes"]`` are sentences on the tables that the metric read, and
        ``attrs["unfinished"]`` and ``attrs["begun_late"]`` the days that a period lacks.
    more
        Sentences on the chart itself.
    words
        The language of the chart; the default one when omitted.
    below
        Points between the chart and the notes, where its labels take more than two lines.
    """
    from revkit.analysis.writing.unfinished import lacking, on_shown

    missing = lacking([result], spoken(words))
    notes = [*more, *missing, *map(str, on_shown(result))]
    lines = _footer(ax, notes, below) if notes else 0
    if said := source(result, spoken(words)):
        _below(ax, said, below + lines * LINE, "source")
    for panel in cast("list[Axes]", [ax, *ax.child_axes]):
        _show_whole_points(panel)
    ticks = [tick for axis in (ax.xaxis, ax.yaxis) for tick in axis.get_major_ticks()]
    others = [child for child in ax.get_children() if child not in (ax.xaxis, ax.yaxis)]
    for part in [ax.xaxis.label, ax.yaxis.label, *ticks, *others]:
        for text in part.findobj(Text):
            text.set_parse_math(False)


def _show_whole_points(ax: Axes) -> None:
    """Let no axis cut a point on it in half, such as one at 0 %; what lies outside stays there."""
    lines = [(line, line.get_xydata()) for line in ax.lines if line.get_marker() != "None"]
    clouds = [
        (part, part.get_offsets()) for part in ax.collections if isinstance(part, PathCollection)
    ]
    for part, at in (*lines, *clouds):
        points = np.ma.filled(np.ma.asarray(at, dtype=np.float64), np.nan)
        points = points[np.isfinite(points).all(axis=1)]
        if (points >= ax.viewLim.min).all() and (points <= ax.viewLim.max).all():
            part.set_clip_on(False)


def say_nothing(ax: Axes, words: Language) -> None:
    """Write that there is no value, in place of an empty scale."""
    ax.set_xticks([])
    ax.set_yticks([])
    nothing = words.gettext("No value to draw.")
    ax.text(0.5, 0.5, nothing, transform=ax.transAxes, ha="center", va="center", color=NOTE)


def source(result: pd.DataFrame, words: Language) -> str:
    """Return as of which day a result is known and which tables it read, as far as it says."""
    from revkit.catalogue import known
    from revkit.derived import required_tables

    if not (as_of := result.attrs.get("as_of")):
        return ""
    metric = known().get(str(result.attrs.get("metric")))
    day = words.gettext("As of {day}", day=words.day(date.fromisoformat(str(as_of)[:10])))
    read = [name for table in (metric.tables if metric else ()) for name in required_tables(table)]
    return " · ".join([day, *dict.fromkeys(read)])


def _footer(ax: Axes, notes: list[str], below: float) -> int:
    """Write the first notes below the labels of the x-axis; return how many lines they take."""
    shown = notes[:FOOTNOTES]
    if len(notes) > len(shown):
        words, more = spoken(), len(notes) - len(shown)
        said = words.ngettext(
            "{count} more note on the data.", "{count} more notes on the data.", more, count=more
        )
        shown.append(said)
    inches = ax.get_window_extent().width / ax.figure.dpi
    lines = [part for note in shown for part in textwrap.wrap(note, max(40, int(inches * 16)))]
    _below(ax, "\n".join(lines), below, "notes")
    return len(lines)


def _below(ax: Axes, text: str, points: float, gid: str) -> None:
    """Write small print so many points below a chart."""
    ax.annotate(
        text,
        xy=(0, 0),
        xycoords="axes fraction",
        xytext=(0, -points),
        textcoords="offset points",
        va="top",
        fontsize=8,
        color=NOTE,
        annotation_clip=False,
        gid=gid,
    )


def colours(count: int) -> list[str]:
    """Return as many colours as there are series; after six they begin again."""
    palette: list[str] = sns.color_palette(SERIES, count).as_hex()
    return palette


def translated(what: Quantity, language: str) -> Quantity:
    """Return a quantity in another language, its title from the catalogue of metrics."""
    from revkit.analysis.writing.formatting import title_of
    from revkit.catalogue import known

    words, metric = spoken(language), known().get(what.name)
    title = title_of(metric, words) if metric is not None else what.title
    return replace(what, title=title, words=words)


def units(ax: Axes, what: Quantity, *, along: str = "y") -> None:
    """Write the ticks of an axis in the unit of a quantity, long durations in a coarser one."""
    from revkit.analysis.writing.time_units import coarser

    axis = ax.yaxis if along == "y" else ax.xaxis
    unit, size = coarser(what.unit, max(axis.get_view_interval()))
    if size > 1:
        low, high = axis.get_view_interval()
        step = next((one for one in STEPS if (high - low) / size / one <= TICKS), STEPS[-1])
        axis.set_major_locator(MultipleLocator(step * size))
        what = replace(what, name="", unit=unit)
    axis.set_major_formatter(FuncFormatter(lambda value, _: _tick(what, value / size)))


def _tick(what: Quantity, value: float) -> str:
    return re.sub(rf"{re.escape(what.words.point)}0+(?=\D|$)", "", what.text(value))


def apart(heights: list[float], gap: float) -> list[float]:
    """Move label heights apart until each is `gap` from the next, keeping their order.

    Examples
    --------
    >>> apart([1.0, 1.1, 3.0], 0.5)
    [0.8, 1.3, 3.0]
    """
    order = sorted(range(len(heights)), key=lambda at: heights[at])
    placed = [heights[at] for at in order]
    for _ in range(50):
        moved = False
        for below in range(len(placed) - 1):
            short = gap - (placed[below + 1] - placed[below])
            if short > 1e-9:
                placed[below] -= short / 2
                placed[below + 1] += short / 2
                moved = True
        if not moved:
            break
    result = [0.0] * len(heights)
    for at, height in zip(order, placed, strict=True):
        result[at] = round(height, 9)
    return result
