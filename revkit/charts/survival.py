"""Survival: the share that has had no event yet, by age, and how many are known so long."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import Locator, MaxNLocator, MultipleLocator

from revkit import arguments as check
from revkit.analysis.survival import FEW, Survival
from revkit.analysis.writing.formatting import Quantity
from revkit.charts import theme
from revkit.charts.rates import label_ends
from revkit.language import Language, message
from revkit.language import language as spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from revkit.statistics.spells import Spells

MOST = 6
"""Groups drawn, those of most rows."""

BANDED = 4
"""Lines up to which their bands can be told apart."""

YEAR = 12
"""Months."""

PALE = 0.35
"""Opacity of a line where few are left."""

SHORT = 22
"""Letters up to which a name stands at the end of its line, and that fit in a line below."""

OUTCOMES = {
    "won": (message("won"), theme.GREEN),
    "lost": (message("lost"), theme.ORANGE),
    "open": (message("still open"), theme.NOTE),
}
SHARES = {
    "churn": message("Share that still pays"),
    "renewal": message("Share that has always renewed"),
    "close": message("Share of deals"),
    "won": message("Share won"),
}
AGES = {
    "churn": message("Months since the first payment"),
    "renewal": message("Months since the first payment"),
    "close": message("Days since creation"),
}


@dataclass(frozen=True)
class Line:
    """A line to draw: its steps, and whose they are.

    Parameters
    ----------
    name, colour
        As drawn; a single line has no name.
    steps
        ``time``, ``share``, ``low``, ``high``, ``at_risk``, beginning at time 0.
    spells
        Those it was made of.
    median
        NaN where it is not known, or none.
    small
        Whether it has had few events.
    """

    name: str
    colour: str
    steps: pd.DataFrame
    spells: Spells
    median: float
    small: bool


def survival(result: Survival, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw the share without an event by age, a line for each group, and how many are left.

    Parameters
    ----------
    result
        What :func:`revkit.analysis.survival.survival` returned.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled. Of deals the shares won, lost and still open; by group the share won. A point
        marks the median. Below the axis stands how many are known so long; a line is pale from
        where they are fewer than ten, and dashed where a group has had fewer than ten events.
        Bands are left out beyond four lines, the smallest groups beyond six.
    """
    check.of_kind(
        result, Survival, "result", "rk.charts.survival", needed="what rk.survival returned",
        example="rk.survival(data)",
    )  # fmt: skip
    ax, words = theme.axes(ax), spoken(language)
    if result.spells.empty:
        theme.say_nothing(ax, words)
        theme.finish(ax, pd.DataFrame(), result.notes, words=words)
        return ax
    lines = _lines(result, words)
    last = max(float(line.steps["time"].max()) for line in lines)
    limit = max(min(result.within, last), *(_known(line) for line in lines))
    for line in lines:
        _draw(ax, line, limit, banded=len(lines) <= BANDED)
    ax.set_xlim(0, limit)
    ax.set_ylim(0, 1.03)
    theme.units(ax, Quantity("", "", "share", words=words))
    ax.xaxis.set_major_locator(_ticks(result.unit, limit))
    won = result.event == "close" and result.by
    share = words.gettext(SHARES["won" if won else result.event])
    ax.set(xlabel=words.gettext(AGES[result.event]), ylabel=share)
    if len(lines) > 1 and max(len(line.name) for line in lines) <= SHORT:
        ends = [
            (line.name, line.colour, float(_seen(line, limit)["share"].iloc[-1])) for line in lines
        ]
        label_ends(ax, ends, limit)
    below = _numbers(ax, lines if result.by else lines[:1], limit, result.event, words)
    notes, groups = [*result.notes], len(result.groups)
    if any((_seen(line, limit)["at_risk"] < FEW).any() for line in lines):
        notes.insert(0, words.gettext("Pale: fewer than {count} are known so long.", count=FEW))
    if any(line.small for line in lines):
        notes.insert(0, words.gettext("Dashed: fewer than {count} events.", count=FEW))
    if groups > MOST:
        notes.insert(0, words.gettext("{count} of {all} shown.", count=MOST, all=groups))
    theme.finish(ax, pd.DataFrame(), notes, words=words, below=below)
    return ax


def _lines(result: Survival, words: Language) -> list[Line]:
    """Return the lines of the largest groups, or of the outcomes of deals."""
    rows, summary = result.curves(), result.summary()
    if not result.by:
        (spells,) = result.groups.values()
        deals = {*rows["outcome"]} - {"open"}
        about = summary.iloc[0]
        return [
            Line(
                words.gettext(name) if deals else "", colour if deals else theme.BLUE,
                _steps(rows[rows["outcome"] == outcome], outcome, spells), spells,
                np.nan if deals else float(about["median"]), bool(about["small"]),
            )
            for outcome, (name, colour) in OUTCOMES.items()
            if outcome in {*rows["outcome"]}
        ]  # fmt: skip
    outcome = "won" if result.event == "close" else "open"
    largest = sorted(result.groups, key=lambda names: (-len(result.groups[names].time), names))
    shown = sorted(largest[:MOST])
    by, lines = list(result.by), []
    for names, colour in zip(shown, theme.colours(len(shown)), strict=True):
        mine = (rows[by] == list(names)).all(axis=1) & (rows["outcome"] == outcome)
        about = summary[(summary[by] == list(names)).all(axis=1)].iloc[0]
        spells = result.groups[names]
        median = float(about["median"]) if outcome == "open" else np.nan
        steps = _steps(rows[mine], outcome, spells)
        lines.append(Line(" · ".join(names), colour, steps, spells, median, bool(about["small"])))
    return lines


def _steps(rows: pd.DataFrame, outcome: str, spells: Spells) -> pd.DataFrame:
    """Return the steps of a curve from time 0 on."""
    first = {"time": 0.0, "share": float(outcome == "open"), "at_risk": float(len(spells.time))}
    columns = ["time", "share", "low", "high", "at_risk"]
    return pd.concat([pd.DataFrame([first]).reindex(columns=columns), rows[columns]])


def _known(line: Line) -> float:
    """Return the time up to which ten are left, or the last one where they never were ten."""
    many = line.steps[line.steps["at_risk"] >= FEW]
    return float((line.steps if len(many) < 2 else many)["time"].max()) or 1.0


def _seen(line: Line, limit: float) -> pd.DataFrame:
    """Return the steps up to the end of the axis."""
    return line.steps[line.steps["time"] <= limit]


def _draw(ax: Axes, line: Line, limit: float, *, banded: bool) -> None:
    """Draw one line, pale from where few are left, with its band and its median."""
    steps = _seen(line, limit)
    many = steps["at_risk"] >= FEW
    style = "--" if line.small else "-"
    for part, alpha in (
        (steps[many], 1.0),
        (steps[~many | ~many.shift(-1, fill_value=False)], PALE),
    ):
        if len(part):
            ax.step(
                part["time"], part["share"], where="post", color=line.colour, alpha=alpha, ls=style
            )
    if banded and steps["low"].notna().any():
        ax.fill_between(
            steps["time"], steps["low"], steps["high"], step="post", color=line.colour,
            alpha=0.12, lw=0,
        )  # fmt: skip
    if line.median <= limit:
        ax.plot([line.median] * 2, [0, 0.5], color=line.colour, lw=0.8, ls=":")
        ax.plot(line.median, 0.5, color=line.colour, marker="o", markersize=5)


def _ticks(unit: str, limit: float) -> Locator:
    """Return the ticks of the axis of time: years of months, else whole numbers."""
    if unit == "months" and limit >= YEAR:
        return MultipleLocator(YEAR * int(np.ceil(limit / YEAR / 8)))
    return MaxNLocator(6, integer=True)


def _numbers(ax: Axes, lines: list[Line], limit: float, event: str, words: Language) -> float:
    """Write below the axis how many are left at each tick; return where the notes begin.

    Contracts are at risk on the day of their end alone: those that end within half a year count.
    """
    ticks = np.array([tick for tick in ax.get_xticks() if 0 <= tick <= limit])
    below, decided = 40.0, event == "renewal"
    heading = words.gettext("Decided") if decided else words.gettext("At risk")
    if lines[0].name and len(lines) > 1:
        _write(ax, heading, below, theme.NOTE)
        below += 12
    for line in lines:
        name = "\n".join(textwrap.wrap(line.name, SHORT)) if len(lines) > 1 else heading
        _write(ax, name, below, line.colour)
        ends = np.subtract.outer(ticks, line.spells.time)
        near = ((ends >= -YEAR / 2) & (ends < YEAR / 2)).sum(axis=1)
        for tick, left in zip(ticks, near if decided else line.spells.at_risk(ticks), strict=True):
            ax.annotate(
                words.count(left), xy=(tick, 0), xycoords=("data", "axes fraction"),
                xytext=(0, -below), textcoords="offset points", ha="center", va="top",
                fontsize=8, color=theme.INK, annotation_clip=False,
            )  # fmt: skip
        below += 12 * (1 + name.count("\n"))
    return below + 6


def _write(ax: Axes, text: str, below: float, colour: str) -> None:
    """Write a name to the left of the axis, some points below it."""
    ax.annotate(
        text, xy=(0, 0), xycoords="axes fraction", xytext=(-20, -below),
        textcoords="offset points", ha="right", va="top", fontsize=8, color=colour,
        annotation_clip=False,
    )  # fmt: skip
