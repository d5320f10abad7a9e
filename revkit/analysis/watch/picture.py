"""Pictures of what moved, month by month beside the levels before and since, as SVG in a page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from revkit.analysis.watch import wording
from revkit.analysis.watch.series import RIPE
from revkit.analysis.writing.formatting import Quantity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.analysis.watch.metrics.rows import Window
    from revkit.analysis.watch.search import Cause
    from revkit.language import Language

    Array = NDArray[np.float64]

MONTHS = 36
"""Months that are drawn, at most."""

WIDTH, HEIGHT, EDGE, TOP, BOTTOM = 420, 122, 8, 18, 98
LINE, USUAL, SINCE, PAPER, BAND = "#1f5f8b", "#5b6773", "#b45309", "#fff", "#e6ecf2"
HALO = f'stroke="{PAPER}" stroke-width="3" paint-order="stroke"'
"""Around letters, which lines and dots may cross."""

APART = 76
"""Room that the name of a month takes."""

FEW = 6
"""Usual months below which they have no range."""

YOUNG = ("arrived", "opened")
"""Axes whose last months are still to be decided."""


@dataclass(frozen=True)
class _Scale:
    """Places of months and values; values begin at 0."""

    first: int
    last: int
    most: float

    def across(self, month: float) -> float:
        return EDGE + (month - self.first) / max(self.last - self.first, 1) * (WIDTH - 2 * EDGE)

    def up(self, value: float) -> float:
        return BOTTOM - value / self.most * (BOTTOM - TOP)

    def line(self, points: list[tuple[float, float]], style: str) -> str:
        told = " ".join(f"{self.across(at):.1f},{self.up(value):.1f}" for at, value in points)
        return f'<polyline points="{told}" fill="none" {style}/>'


def picture(found: Cause, window: Window, currency: str | None, words: Language) -> str:
    """Draw a cause's months, with the level that was usual and the one since.

    Months whose leads or deals are still to be decided are hollow. The band held nine of ten of the
    months before.

    Parameters
    ----------
    found
        The cause.
    window
        Its months.
    currency
        Of money.
    words
        The language.

    Returns
    -------
    str
        An SVG picture, with a sentence for who cannot see it; empty where fewer than two months
        have a value.
    """
    last = window.complete - 1
    first = max(0, min(found.onset - 1, last + 1 - MONTHS))
    shown = [at for at in range(first, last + 1) if np.isfinite(found.monthly[at])]
    if len(shown) < 2:
        return ""
    every = np.concatenate([found.monthly[shown], found.levels[first : last + 1]])
    scale = _Scale(first, last, float(np.nanmax(every)) or 1.0)
    young = {at for at in shown if found.axis in YOUNG and at > last - RIPE}
    ripe = [at for at in shown if at not in young]
    onset = f'x1="{scale.across(found.onset):.1f}" x2="{scale.across(found.onset):.1f}"'
    parts = [
        _range(found, scale, ripe),
        f'<line {onset} y1="{TOP - 6}" y2="{BOTTOM}" stroke="{USUAL}" stroke-dasharray="2 3"/>',
        f'<line x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{BOTTOM}" y2="{BOTTOM}" stroke="#d5dbe1"/>',
        scale.line([(at, found.monthly[at]) for at in ripe], f'stroke="{LINE}" opacity=".45"'),
        *(_dot(scale, at, found.monthly[at], PAPER if at in young else LINE) for at in shown),
        *_levels(found, scale),
        *_said(found, scale, _quantity(found, currency, words)),
        *_months(found, window, scale, words),
    ]
    label = escape(_in_words(found, window, currency, words))
    return (
        f'<svg class="move" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-size="13" font-family="sans-serif" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )


def _range(found: Cause, scale: _Scale, months: list[int]) -> str:
    """Return the band that held nine of ten of the usual months, behind all; of few, nothing."""
    usual = [at for at in months if found.pattern[at] <= 0]
    if len(usual) < FEW:
        return ""
    ends = found.usual + np.quantile(found.monthly[usual] - found.levels[usual], (0.05, 0.95))
    low, high = (scale.up(float(np.clip(end, 0, scale.most))) for end in ends)
    return (
        f'<rect x="{EDGE}" y="{high:.1f}" width="{WIDTH - 2 * EDGE}" height="{low - high:.1f}" '
        f'fill="{BAND}"/>'
    )


def _quantity(found: Cause, currency: str | None, words: Language) -> Quantity:
    return Quantity("", "", wording.unit(found.metric), currency=currency, words=words)


def _dot(scale: _Scale, at: int, value: float, fill: str) -> str:
    place = f'cx="{scale.across(at):.1f}" cy="{scale.up(value):.1f}"'
    return f'<circle {place} r="2.4" fill="{fill}" stroke="{LINE}"/>'


def _levels(found: Cause, scale: _Scale) -> list[str]:
    """Return the level of each run of months: one line where it stays, or moves by and by."""
    touched = found.pattern[scale.first : scale.last + 1] > 0
    ends = np.flatnonzero(np.diff(touched.astype(int))) + 1
    parts = []
    for run in np.split(np.arange(scale.first, scale.last + 1), ends):
        stays = run[0] > found.onset and not touched[run[0] - scale.first] and _apart(found)
        points = [(float(at), found.after if stays else float(found.levels[at])) for at in run]
        if len(run) == 1:
            points = [(run[0] - 0.4, points[0][1]), (run[0] + 0.4, points[0][1])]
        moved = found.pattern[run[0]] > 0 or stays
        style = f'stroke="{SINCE if moved else USUAL}" stroke-width="{3 if moved else 2}"'
        parts.append(scale.line(points, style))
    return parts


def _apart(found: Cause) -> bool:
    """Report whether a change that is over has left the level where it was not before."""
    return found.back < wording.RETURNED


def _said(found: Cause, scale: _Scale, quantity: Quantity) -> list[str]:
    """Return the levels as text: the usual one at the left, the one since then at the right."""
    above = {"usual": -6, "value": -6}
    if abs(scale.up(found.usual) - scale.up(found.value)) < 24:  # they would stand side by side
        above["usual" if found.usual < found.value else "value"] = 16
    middle = (scale.across(scale.first) + scale.across(found.onset)) / 2
    left = EDGE if middle > APART else middle
    texts = ((left, "start", found.usual, above["usual"], USUAL),
             (WIDTH - EDGE, "end", found.value, above["value"], SINCE))  # fmt: skip
    return [
        _text(at, min(max(scale.up(value) + shift, 12), BOTTOM - 4), anchor,
              quantity.text(value), color, bold=color == SINCE)
        for at, anchor, value, shift, color in texts
    ]  # fmt: skip


def _months(found: Cause, window: Window, scale: _Scale, words: Language) -> list[str]:
    """Return the names of the month of onset, and of the first and last where there is room."""
    onset = scale.across(found.onset)
    named = [(onset, "middle" if APART / 2 < onset < WIDTH - APART / 2 else
              "start" if onset < WIDTH / 2 else "end", found.onset)]  # fmt: skip
    if onset - EDGE > 1.6 * APART:
        named.append((EDGE, "start", scale.first))
    if WIDTH - EDGE - onset > 1.6 * APART:
        named.append((WIDTH - EDGE, "end", scale.last))
    return [
        _text(at, HEIGHT - 8, anchor, words.period(window.day(month).date()), USUAL,
              bold=month == found.onset)
        for at, anchor, month in named
    ]  # fmt: skip


def _text(x: float, y: float, anchor: str, said: str, color: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}"{weight} {HALO}>'
        f"{escape(said)}</text>"
    )


def _in_words(found: Cause, window: Window, currency: str | None, words: Language) -> str:
    """Return what the picture shows."""
    quantity = _quantity(found, currency, words)
    return words.gettext(
        "{what}, by month: about {usual} usually, and {value} from {since}.",
        what=wording.what(found, words),
        usual=quantity.text(found.usual),
        value=quantity.text(found.value),
        since=words.period(window.day(found.onset).date()),
    )
