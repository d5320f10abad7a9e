"""Small pictures of a headline's last 24 months, as SVG within the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.language import language

if TYPE_CHECKING:
    import pandas as pd

    Array = np.ndarray[tuple[int], np.dtype[np.float64]]

MONTHS = 24
WIDTH, HEIGHT, EDGE = 220, 46, 4
LINE, BAND, PAPER = "#1f5f8b", "#dbe7f1", "#fff"


@dataclass(frozen=True)
class _Scale:
    """Places of periods and values in the picture."""

    periods: int
    bottom: float
    top: float

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Scale:
        """Take in all values, and of the intervals as much as leaves these half the height."""
        values = rows["value"].dropna().to_numpy(np.float64)
        bottom, top = float(values.min()), float(values.max())
        room = (top - bottom) / 2 or abs(top) / 2 or 1.0
        ends = rows[["low", "high"]].dropna().to_numpy(np.float64)
        if not ends.size:
            ends = values if bottom < top else np.array([bottom - room, top + room])
        return cls(
            len(rows),
            min(bottom, max(float(ends.min()), bottom - room)),
            max(top, min(float(ends.max()), top + room)),
        )

    def points(self, places: Iterable[int], values: Array) -> str:
        return " ".join(self.point(at, values[at]) for at in places)

    def point(self, at: int, value: float) -> str:
        left, up = self.place(at, value)
        return f"{left:.1f},{up:.1f}"

    def place(self, at: int, value: float) -> tuple[float, float]:
        across = at / max(self.periods - 1, 1)
        up = (np.clip(value, self.bottom, self.top) - self.bottom) / (self.top - self.bottom)
        return EDGE + across * (WIDTH - 2 * EDGE), HEIGHT - EDGE - up * (HEIGHT - 2 * EDGE)

    def dot(self, at: int, value: float, fill: str) -> str:
        left, up = self.place(at, value)
        return f'<circle cx="{left:.1f}" cy="{up:.1f}" r="2.6" fill="{fill}" stroke="{LINE}"/>'


def trend(result: pd.DataFrame) -> str:
    """Draw the periods of a metric's last 24 months, with a dot on the last complete one.

    The band is the interval of each value, cut off where it is wider than twice what the values
    move. A period that is not over is a hollow dot; one without a value is a gap.

    Parameters
    ----------
    result
        Of a metric over periods: ``period``, ``value``, ``low``, ``high``, ``complete``.

    Returns
    -------
    str
        An SVG picture, with a sentence for who cannot see it; empty where fewer than two complete
        periods have a value.
    """
    rows = _recent(result)
    values, has = rows["value"].to_numpy(np.float64), rows["value"].notna().to_numpy(bool)
    complete = has & rows["complete"].to_numpy(bool)
    if complete.sum() < 2:
        return ""
    scale = _Scale.of(rows)
    low, high = (rows[end].fillna(rows["value"]).to_numpy(np.float64) for end in ("low", "high"))
    parts = []
    for run in _runs(complete):
        around = f"{scale.points(run, high)} {scale.points(reversed(run), low)}"
        parts.append(f'<polygon points="{around}" fill="{BAND}"/>')
    for run in _runs(complete):
        line = scale.points(run, values)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{LINE}" stroke-width="1.6"/>')
    hollow = np.flatnonzero(has & ~complete).tolist()
    parts += [scale.dot(at, values[at], PAPER) for at in hollow]
    last = int(np.flatnonzero(complete)[-1])
    parts.append(scale.dot(last, values[last], LINE))
    said = _in_words(result, rows[complete])
    return (
        f'<svg class="trend" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">'
        f"{''.join(parts)}</svg>"
    )


def _recent(result: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    begins = pd.to_datetime(result["period"])
    return result[begins > begins.max() - pd.DateOffset(months=MONTHS)]


def _runs(shown: Array) -> list[range]:
    """Return the places that are shown, as ranges of those beside each other."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], shown, [False]]).astype(int)))
    return [range(int(first), int(end)) for first, end in edges.reshape(-1, 2)]


def _in_words(result: pd.DataFrame, rows: pd.DataFrame) -> str:
    """Return what the picture shows, escaped."""
    from revkit.analysis.writing.formatting import period_of, quantity

    words, what = language(), quantity(result)

    def when(row: pd.Series[Any]) -> str:
        return period_of(result, row["period"], words)

    values = rows["value"].to_numpy(np.float64)
    low, high = rows.iloc[int(values.argmin())], rows.iloc[int(values.argmax())]
    sentence = words.gettext(
        "{first} to {last}: lowest in {when_low} with {low}, highest in {when_high} with {high}.",
        first=when(rows.iloc[0]),
        last=when(rows.iloc[-1]),
        low=what.text(low["value"]),
        when_low=when(low),
        high=what.text(high["value"]),
        when_high=when(high),
    )
    return escape(sentence)
