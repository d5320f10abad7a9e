"""How a Dataset shows itself: tables, rows, days covered, as of when, what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_CELL = "padding:2px 14px 2px 0;text-align:left;border:0"
_NUMBER = "padding:2px 14px 2px 0;text-align:right;border:0;font-variant-numeric:tabular-nums"
_HEAD = ";font-weight:600;border-bottom:1px solid #bbb"
_BOX = "font-family:system-ui,sans-serif;font-size:13px;line-height:1.45"


@dataclass(frozen=True)
class About:
    """Where the tables came from and what was not read."""

    source: str = ""
    as_of_why: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One table as a reader sees it."""

    table: str
    rows: int
    first: str
    last: str


def as_text(title: str, lines: Sequence[Line], notes: Sequence[str]) -> str:
    """Plain text, for a terminal."""
    wide = max([len(line.table) for line in lines], default=5)
    table = [
        f"  {line.table:<{wide}}  {line.rows:>12,} rows  {_period(line)}".rstrip() for line in lines
    ]
    return "\n".join([title, *table, *notes])


def as_html(title: str, lines: Sequence[Line], notes: Sequence[str]) -> str:
    """One table with its own styles and nothing from elsewhere, for Jupyter."""
    head = "".join(
        f'<th style="{style}{_HEAD}">{name}</th>'
        for name, style in (("table", _CELL), ("rows", _NUMBER), ("from", _CELL), ("to", _CELL))
    )
    body = "".join(
        f'<tr><td style="{_CELL}">{escape(line.table)}</td>'
        f'<td style="{_NUMBER}">{line.rows:,}</td>'
        f'<td style="{_CELL}">{escape(line.first)}</td>'
        f'<td style="{_CELL}">{escape(line.last)}</td></tr>'
        for line in lines
    )
    rest = "".join(f'<div style="color:#555">{escape(note)}</div>' for note in notes)
    return (
        f'<div style="{_BOX}"><div style="font-weight:600;margin-bottom:4px">{escape(title)}</div>'
        f'<table style="border-collapse:collapse;margin:0 0 4px 0"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>{rest}</div>"
    )


def _period(line: Line) -> str:
    return f"{line.first} to {line.last}" if line.first else ""
