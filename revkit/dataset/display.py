"""The summary a Dataset shows in a terminal or notebook: tables, rows, days, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

from revkit.dataset.history.span import span
from revkit.errors import CurrencyError, PeriodError
from revkit.language import LITERAL, Language, language, message
from revkit.policy import Policy
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

EXCLUDED = (message("test account"), message("test accounts"))
"""Kinds of excluded rows."""

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
        words = language()
        rows = words.gettext("rows")
        lines = [
            f"  {line.table:<{wide}}  {words.count(line.rows):>12} {rows}  "
            f"{_period(line, words)}".rstrip()
            for line in self.tables
        ]
        return "\n".join([self.title, *lines, *self.notes])

    def html(self) -> str:
        """Return one self-contained HTML table, for Jupyter."""
        words = language()
        head = "".join(
            f'<th style="{style}{_HEAD}">{name}</th>'
            for name, style in (
                (words.gettext("table"), _CELL),
                (words.gettext("rows"), _NUMBER),
                (words.gettext("from"), _CELL),
                (words.gettext("to"), _CELL),
            )
        )
        body = "".join(
            f'<tr><td style="{_CELL}">{escape(line.table)}</td>'
            f'<td style="{_NUMBER}">{words.count(line.rows)}</td>'
            f'<td style="{_CELL}">{escape(line.first)}</td>'
            f'<td style="{_CELL}">{escape(line.last)}</td></tr>'
            for line in self.tables
        )
        rest = "".join(f'<div style="color:#555">{escape(note)}</div>' for note in self.notes)
        title = f'<div style="font-weight:600;margin-bottom:4px">{escape(self.title)}</div>'
        return (
            f'<div class="{LITERAL}" style="{_BOX}">{title}'
            '<table style="border-collapse:collapse;margin:0 0 4px 0">'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}</div>"
        )


def described(data: Any, provenance: Provenance, replay: Any) -> Summary:
    """Return what is shown of a company; every table is read.

    Parameters
    ----------
    data, replay
        A :class:`revkit.Dataset`, and its tables as known at its as-of date.
    """
    zone, specs = data.policy.timezone, data.specs
    try:
        as_of, latest = _dated(data, replay)
        tables = [summarize(t, data.table(t), specs[t].columns, zone, as_of) for t in data.tables]
    except CurrencyError as error:
        # what there is can be told before anything is added up
        return Summary(provenance.source, [], [str(error), *provenance.notes])
    lines = notes(
        data.narrowed,
        data.unreached,
        data.left_out,
        currency=data.currency,
        converted=any(data.foreign(name) for name in data.tables),
        policy="" if data.policy == Policy() else str(data.policy),
    )
    first = title(len(tables), provenance, as_of, latest)
    return Summary(first, tables, [*lines, *provenance.notes, *map(str, data.notes)])


def _dated(data: Any, replay: Any) -> tuple[date | None, str]:
    """Return the as-of date and the column that it is of; None without a date."""
    try:
        return data.as_of, "" if replay.given is not None else replay.latest[1]
    except PeriodError:
        return None, ""


def summarize(
    name: str, table: ir.Table, columns: frozenset[str], timezone: str, as_of: date | None
) -> TableSummary:
    """Return the rows of a table and the days it covers, up to the as-of date.

    Parameters
    ----------
    columns
        The columns it was loaded with.
    as_of
        None for a company without a date.
    """
    found, declared = span(name, table, columns, timezone), TABLES[name].columns
    actual = [column for column in found.first if declared[column].actual]
    if not actual or as_of is None:
        return TableSummary(name, found.rows, "", "")
    first = min(found.first[column] for column in actual)
    last = min(max(found.last[column] for column in actual), as_of)
    return TableSummary(name, found.rows, str(first)[:10], str(last)[:10])


def title(tables: int, provenance: Provenance, as_of: date | None, latest: str) -> str:
    """Return the first line: how many tables, from where, as of which day and why.

    Parameters
    ----------
    as_of
        The as-of date; None for a company without a date.
    latest
        The ``table.column`` that holds the as-of date; empty when the date was given.
    """
    words = language()
    source = provenance.source
    count = (
        words.ngettext(
            "{count} table from {source}",
            "{count} tables from {source}",
            tables,
            count=tables,
            source=source,
        )
        if source
        else words.ngettext("{count} table", "{count} tables", tables, count=tables)
    )
    if as_of is None:
        return words.gettext("A company of {tables}, without a date", tables=count)
    if latest:
        return words.gettext(
            "A company of {tables}, as of {day}: the latest day in the data ({column})",
            tables=count,
            day=as_of,
            column=latest,
        )
    if provenance.as_of_reason:
        return words.gettext(
            "A company of {tables}, as of {day}: {reason}",
            tables=count,
            day=as_of,
            reason=provenance.as_of_reason,
        )
    return words.gettext("A company of {tables}, as of {day}", tables=count, day=as_of)


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
    words = language()
    lines = [words.gettext("Narrowed to {filter}.", filter=narrowing) for narrowing in narrowed]
    if unreached:
        whole = ", ".join(
            words.gettext("{table} (no {dimension})", table=table, dimension=lacks)
            for table, lacks in unreached.items()
        )
        lines.append(words.gettext("Not narrowed: {tables}.", tables=whole))
    for what, count in left_out.items():
        kind = what if count > 1 else what.removesuffix("s")
        lines.append(
            words.gettext(
                "Left out: {count} {rows}.",
                count=words.count(count),
                rows=words.gettext(kind),
            )
        )
    if currency is not None and converted:
        lines.append(
            words.gettext(
                "Money in {currency}, other currencies at the rate of their day.", currency=currency
            )
        )
    elif currency is not None:
        lines.append(words.gettext("Money in {currency}.", currency=currency))
    if policy:
        lines.append(words.gettext("Counted by the policy {policy}.", policy=policy))
    return lines


def _period(line: TableSummary, words: Language) -> str:
    """Return the days a table covers, such as ``2026-01-05 to 2026-02-09``."""
    if not line.first:
        return ""
    return words.gettext("{first} to {last}", first=line.first, last=line.last)
