"""The summary a Dataset shows in a terminal or notebook: tables, rows, days, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

_CELL = "padding:2px 14px 2px 0;text-align:left;border:0"
_NUMBER = "padding:2px 14px 2px 0;text-align:right;border:0;font-variant-numeric:tabular-nums"
_HEAD = ";font-weight:600;border-bottom:1px solid #bbb"
_BOX = "font-family:system-ui,sans-serif;font-size:13px;line-height:1.45"


@dataclass(frozen=True)
class Provenance:
    """Source of the tables, reason of the as-of date, and notes on what was not read."""

    source: str = ""
    as_of_reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSummary:
    """Name of one table, its number of rows, and the first and last day in it (ISO, or empty)."""

    table: str
    rows: int
    first: str
    last: str


@dataclass(frozen=True)
class Summary:
    """Title, tables and notes that describe a company."""

    title: str
    tables: Sequence[TableSummary]
    notes: Sequence[str]

    def text(self) -> str:
        """Return plain text, for a terminal."""
        wide = max([len(line.table) for line in self.tables], default=5)
        lines = [
            f"  {line.table:<{wide}}  {line.rows:>12,} rows  {_period(line)}".rstrip()
            for line in self.tables
        ]
        return "\n".join([self.title, *lines, *self.notes])

    def html(self) -> str:
        """Return one self-contained HTML table, for Jupyter."""
        head = "".join(
            f'<th style="{style}{_HEAD}">{name}</th>'
            for name, style in (("table", _CELL), ("rows", _NUMBER), ("from", _CELL), ("to", _CELL))
        )
        body = "".join(
            f'<tr><td style="{_CELL}">{escape(line.table)}</td>'
            f'<td style="{_NUMBER}">{line.rows:,}</td>'
            f'<td style="{_CELL}">{escape(line.first)}</td>'
            f'<td style="{_CELL}">{escape(line.last)}</td></tr>'
            for line in self.tables
        )
        rest = "".join(f'<div style="color:#555">{escape(note)}</div>' for note in self.notes)
        title = f'<div style="font-weight:600;margin-bottom:4px">{escape(self.title)}</div>'
        return (
            f'<div style="{_BOX}">{title}'
            '<table style="border-collapse:collapse;margin:0 0 4px 0">'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}</div>"
        )


def title(tables: int, provenance: Provenance, as_of: date | None, latest: str) -> str:
    """Return the first line: how many tables, from where, as of which day and why.

    Parameters
    ----------
    as_of
        The as-of date; None for a company without a date.
    latest
        The ``table.column`` that holds the as-of date; empty when the date was given.
    """
    count = f"{tables} table" + ("s" if tables != 1 else "")
    source = f" from {provenance.source}" if provenance.source else ""
    if as_of is None:
        when = "without a date"
    elif latest:
        when = f"as of {as_of}: the latest day in the data ({latest})"
    else:
        when = f"as of {as_of}" + (
            f": {provenance.as_of_reason}" if provenance.as_of_reason else ""
        )
    return f"A company of {count}{source}, {when}"


def notes(
    narrowed: Sequence[str],
    unreached: Mapping[str, str],
    left_out: Mapping[str, int],
    *,
    currency: str | None,
    converted: bool,
    policy: str,
) -> list[str]:
    """Return the lines below the tables: filters, excluded rows, currency and policy.

    Parameters
    ----------
    narrowed
        Filters of ``where``, as text.
    unreached
        By table that no filter reached, the dimension it lacks.
    left_out
        By kind of excluded rows, their number.
    converted
        Whether some money came in another currency.
    policy
        The policy's name; empty for the default one.
    """
    lines = [f"Narrowed to {narrowing}." for narrowing in narrowed]
    if unreached:
        whole = ", ".join(f"{name} (no {lacks})" for name, lacks in unreached.items())
        lines.append(f"Not narrowed: {whole}.")
    lines += [
        f"Left out: {count:,} {what if count > 1 else what.removesuffix('s')}."
        for what, count in left_out.items()
    ]
    if currency is not None:
        rest = ", other currencies at the rate of their day" if converted else ""
        lines.append(f"Money in {currency}{rest}.")
    if policy:
        lines.append(f"Counted by the policy {policy}.")
    return lines


def _period(line: TableSummary) -> str:
    """Return the days a table covers, such as ``2026-01-05 to 2026-02-09``."""
    return f"{line.first} to {line.last}" if line.first else ""
