"""Tables for reading: every number in its unit, groups and periods by name, nothing raw."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from revkit import arguments as check
from revkit.analysis.writing.formatting import Quantity, groups, period_of, quantity
from revkit.analysis.writing.frames import headings, raw
from revkit.analysis.writing.unfinished import BEFORE, UNFINISHED, lacking, marks, with_rows
from revkit.catalogue.measure import apart
from revkit.language import LITERAL, Language, message
from revkit.language import language as spoken

if TYPE_CHECKING:
    import pandas as pd

SENTENCE = 60
"""Letters beyond which a cell is a sentence, and goes over several lines."""

HEADING = 16
"""Letters beyond which a heading goes over several lines."""

LONG = 40
"""Letters from which on a wrapped column is a wide one."""

WITHIN, TOGETHER = re.compile(r"\(.*\)"), r'<span style="white-space: nowrap">\g<0></span>'
"""An interval in a wrapped cell of numbers, which stays on one line."""

FEW, MISSING = "†", "–"
NOTES = {
    FEW: message("{mark} few or very unequal rows: the interval, if any, may be too narrow"),
    UNFINISHED: message("{mark} not over yet: later days can still change it"),
    BEFORE: message("{mark} from before the first day on record, in whole or in part"),
}


@dataclass(frozen=True)
class Table:
    """Written cells under their headings; a page shows it, print() sets it in columns.

    Parameters
    ----------
    headings
        One a column.
    rows
        Text, one entry a heading.
    left
        Headings whose cells are words, set to the left.
    notes
        Sentences below the table.
    nothing
        The sentence in place of a table without rows.
    wrapped
        Headings whose cells go over several lines on a page, however short they are.
    frames
        What is written in it.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    nothing: str = "Nothing to show yet."
    wrapped: frozenset[str] = frozenset()
    frames: tuple[pd.DataFrame, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        lines = [self.headings, *self.rows]
        widths = [max(len(line[at]) for line in lines) for at in range(len(self.headings))]
        text = [
            "  ".join(
                cell.ljust(width) if heading in self.left else cell.rjust(width)
                for cell, width, heading in zip(line, widths, self.headings, strict=True)
            ).rstrip()
            for line in lines
        ]
        return "\n".join([*text, *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(self._cell("th", heading, heading) for heading in self.headings)
        body = "".join(
            "<tr>"
            + "".join(
                self._cell("td", cell, heading)
                for cell, heading in zip(row, self.headings, strict=True)
            )
            + "</tr>"
            for row in self.rows
        )
        notes = "".join(f"<p><small>{html.escape(note)}</small></p>" for note in self.notes)
        if not self.rows:
            return f"<p>{html.escape(self.nothing)}</p>{notes}"
        return (
            f'<div class="{LITERAL}"><table><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table>{notes}</div>"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return raw.bundle(self.frames)

    def _cell(self, tag: str, text: str, heading: str) -> str:
        side = "left" if heading in self.left else "right"
        space = "white-space: nowrap" if len(text) <= SENTENCE else "min-width: 24em"
        if tag == "th" and len(text) > HEADING:
            space = "min-width: 6em"
        if heading in self.wrapped:
            at = self.headings.index(heading)
            space = f"min-width: {10 if any(len(row[at]) > LONG for row in self.rows) else 5}em"
        written = html.escape(text)
        if tag == "td" and heading in self.wrapped and side == "right":
            written = WITHIN.sub(TOGETHER, written)
        return f'<{tag} style="text-align: {side}; {space}">{written}</{tag}>'


KEPT = ("value", "complete", "n", "small")
"""Columns by which the result of a metric is told from another table."""


def table(
    frame: pd.DataFrame | Sequence[pd.DataFrame],
    *,
    across: str | None = None,
    most: int | None = None,
    language: str | None = None,
) -> Table:
    r"""Write a result for reading.

    Parameters
    ----------
    frame
        What a metric returned, what several metrics returned for the same groups and periods
        (one below the other), or a table of the analysis, whose `attrs["units"]` say how its
        own columns are written, and `attrs["below"]` what stands below it.
    across
        A column of a metric's result, such as ``"period"``, whose values become headings, so
        that groups stand side by side; only values are shown then.
    most
        How many rows to show; a note says of how many. None for all.
    language
        Of headings, numbers and dates: "en" or "it"; the default one when omitted.

    Returns
    -------
    Table
        Values in their unit, the interval as one column, periods by name. A dagger marks values
        of few rows, an asterisk periods that are not over, a double dagger those before records.

    Raises
    ------
    ParameterError
        When there is no such language.

    Examples
    --------
    >>> from revkit.metrics import win_rate
    >>> rates = win_rate(example("deals"), period="quarter")
    >>> table(rates, language="it").headings
    ('Periodo', 'Tasso di vincita', 'intervallo al 95\xa0%', 'Opportunità')
    """
    words = spoken(language)
    written = _written_whole(frame, across, words)
    kept = None if most is None else check.whole(most, "most", "rk.table", example=10)
    if kept is None or len(written.rows) <= kept:
        return written
    cut = words.gettext(CUT, shown=words.count(kept), count=words.count(len(written.rows)))
    return replace(written, rows=written.rows[:kept], notes=(*written.notes, cut))


CUT = message("{shown} of {count} rows.")


def _written_whole(
    frame: pd.DataFrame | Sequence[pd.DataFrame], across: str | None, words: Language
) -> Table:
    import pandas as pd

    if isinstance(frame, pd.DataFrame) and getattr(frame, "whole", False) is True:
        written: Table = frame.as_table(words)  # type: ignore[operator]
        return replace(written, frames=(frame,))
    if not isinstance(frame, pd.DataFrame):
        frames = check.several(frame, "frame", "rk.table", example="metrics.mrr(data)")
        for one in frames:
            columns = (*KEPT, "low", "high")
            check.result(one, "frame", "rk.table", columns=columns, source="a metric")
        written = _stacked(frames, words)
        notes = (*written.notes, *lacking(frames, words))
        return replace(written, notes=notes, frames=tuple(frames))
    check.result(frame, "frame", "rk.table", columns=(), source="a metric or an analysis")
    if "of" in frame.attrs and across is None:
        return replace(_written_whole(apart(frame), None, words), frames=(frame,))
    if across is not None:
        by = [*groups(frame), "period"] if set(KEPT) <= {*frame.columns} else []
        check.choice(across, "across", "rk.table", known=[name for name in by if name in frame])
    if "value" in frame and "complete" in frame:
        written = _crossed(frame, across, words) if across else _result(frame, words)
    else:
        written = _analysed(frame, words)
    notes = (*written.notes, *frame.attrs.get("below", ()), *lacking([frame], words))
    return replace(written, notes=notes, frames=(frame,))


def _analysed(frame: pd.DataFrame, words: Language) -> Table:
    """Write a table of the analysis: the columns have their own titles and units."""
    units, titles = frame.attrs.get("units", {}), frame.attrs.get("titles", {})
    level = words.level(frame.attrs.get("level", 0.95))
    currency = frame.attrs.get("currency")
    columns: dict[str, list[str]] = {}
    left, before, heading = set(), "", ""
    few = frame["small"].astype(bool) if "small" in frame else None
    for name in frame.columns.drop(["complete", "small"], errors="ignore"):
        if f"{name}".endswith("low") and f"{f'{name}'[:-3]}high" in frame:
            if few is not None:
                columns[heading] = _marked(columns[heading], few)
            ends = zip(_quantities("low", units.get(before, "count"), frame, currency, words),
                       frame[name], frame[f"{name[:-3]}high"], strict=True)  # fmt: skip
            band = words.gettext(frame.attrs.get("band", headings.INTERVAL), level=level)
            heading = band if name == "low" else f"{heading}: {band}"
            columns[heading] = [what.span(low, high) for what, low, high in ends]
        elif not f"{name}".endswith("high"):
            before, title = name, titles.get(name)
            heading = (
                words.gettext(title, level=level)
                if title
                else headings.column_title(f"{name}", words)
            )
            columns[heading] = _written(frame[name], units.get(name), frame, currency, words)
            left |= {heading} if _words(frame[name]) else set()
    titled = {name: words.gettext(title, level=level) for name, title in titles.items()}
    wrapped = frozenset(titled.get(name, name) for name in frame.attrs.get("wrapped", ()))
    return replace(_table(columns, left, words), wrapped=wrapped)


def _stacked(frames: Sequence[pd.DataFrame], words: Language) -> Table:
    columns: dict[str, list[str]] = {}
    metric, period = words.gettext("Metric"), words.gettext("Period")
    left = {metric, period}
    for result in frames:
        what, by = quantity(result, words), groups(result)
        frame = with_rows(what, result)
        cells = {metric: [what.title] * len(frame)}
        cells |= {headings.column_title(name, words): _groups(frame, name, words) for name in by}
        if "period" in frame:
            cells[period] = _periods(frame, words)
        cells[words.gettext("Value")] = _values(what, frame)
        cells[headings.interval_title(frame, words)] = _spans(what, frame)
        cells |= _changes(what, frame)
        cells[headings.rows_title(what)] = headings.counts(frame, words)
        left |= {headings.column_title(name, words) for name in by}
        rows = len(next(iter(columns.values()), []))
        for heading in dict.fromkeys([*columns, *cells]):
            above = columns.get(heading, [""] * rows)
            columns[heading] = above + cells.get(heading, [""] * len(frame))
    return _table(columns, left, words)


def _result(frame: pd.DataFrame, words: Language) -> Table:
    what, by = quantity(frame, words), groups(frame)
    frame, period = headings.filled_first(with_rows(what, frame)), words.gettext("Period")
    columns = {headings.column_title(name, words): _groups(frame, name, words) for name in by}
    if "period" in frame:
        columns[period] = _periods(frame, words)
    columns[what.title] = _values(what, frame)
    if frame["low"].notna().any():
        columns[headings.interval_title(frame, words)] = _spans(what, frame)
    columns |= _changes(what, frame)
    columns[headings.rows_title(what)] = headings.counts(frame, words)
    return _table(columns, {headings.column_title(name, words) for name in by} | {period}, words)


def _groups(frame: pd.DataFrame, name: str, words: Language) -> list[str]:
    return [
        headings.group_name(value, words, of=name if name in headings.REASONS else "")
        for value in frame[name]
    ]


def _spans(what: Quantity, frame: pd.DataFrame) -> list[str]:
    return [what.span(low, high) for low, high in zip(frame["low"], frame["high"], strict=True)]


def _changes(what: Quantity, frame: pd.DataFrame) -> dict[str, list[str]]:
    """Write the differences that were asked for, with their intervals where they have any."""
    if not {"change", "change_low", "change_high"} <= {*frame.columns}:
        return {}
    words = what.words
    against = frame.attrs.get("compare") or "previous"
    title = words.gettext(headings.AGAINST[against])
    cells = {title: [what.difference(change) for change in frame["change"]]}
    if frame["change_low"].notna().any():
        ends = zip(frame["change_low"], frame["change_high"], strict=True)
        spans = ["" if low != low else what.difference_span(low, high) for low, high in ends]
        cells[f"{title}: {headings.interval_title(frame, words)}"] = spans
    return cells


def _crossed(frame: pd.DataFrame, across: str, words: Language) -> Table:
    what = quantity(frame, words)
    written = frame.assign(value=_values(what, with_rows(what, frame)))
    if "period" in frame:
        written["period"] = _periods(frame, words)
    rest = [name for name in (*groups(frame), "period") if name != across and name in frame]
    order = list(dict.fromkeys(written[across]))
    cells = written.set_index([*rest, across])["value"].unstack(across, fill_value="–")
    cells = cells.reindex(
        index=list(dict.fromkeys(written[rest].itertuples(index=False, name=None)))
        if len(rest) > 1
        else list(dict.fromkeys(written[rest[0]])),
        columns=order,
    )
    keys = [cells.index.get_level_values(at) for at in range(len(rest))]
    columns = {
        headings.column_title(name, words): [str(key) for key in level]
        for name, level in zip(rest, keys, strict=True)
    }
    for name in order:
        columns[str(name)] = list(cells[name])
    return _table(columns, {headings.column_title(name, words) for name in rest}, words, across)


def _table(
    columns: dict[str, list[str]], left: set[str], words: Language, across: str | None = None
) -> Table:
    """Return a table with a legend of the marks in it; a name that ends like one is none."""
    rows = tuple(zip(*columns.values(), strict=True))
    numbers = [cell for heading in columns if heading not in left for cell in columns[heading]]
    periods = [*columns.get(words.gettext("Period"), ()), *(columns if across == "period" else ())]
    seen = {FEW: numbers, UNFINISHED: periods, BEFORE: periods}
    notes = tuple(
        words.gettext(text, mark=mark)
        for mark, text in NOTES.items()
        if any(cell.endswith(mark) for cell in seen[mark])
    )
    nothing = words.gettext("Nothing to show yet.")
    return Table(tuple(columns), rows, frozenset(left), notes, nothing)


def _values(what: Quantity, frame: pd.DataFrame) -> list[str]:
    return _marked([what.text(value) for value in frame["value"]], frame["small"].astype(bool))


def _marked(cells: list[str], few: pd.Series[bool]) -> list[str]:
    """Mark the cells of few rows that have a value."""
    return [
        cell + FEW if small and cell != "–" else cell
        for cell, small in zip(cells, few, strict=True)
    ]


def _periods(frame: pd.DataFrame, words: Language) -> list[str]:
    return [
        period_of(frame, first_day, words) + mark
        for first_day, mark in zip(frame["period"], marks(frame), strict=True)
    ]


def _written(
    column: pd.Series[Any],
    unit: str | tuple[str, ...] | None,
    frame: pd.DataFrame,
    currency: str | None,
    words: Language,
) -> list[str]:
    if column.name == "period" and "complete" in frame:
        return _periods(frame, words)
    if column.dtype.kind == "M":
        return [period_of(frame, value, words) for value in column]
    if unit is None and _words(column):
        said = frame.attrs.get("words", {}).get(column.name, {})
        translated = column.name in frame.attrs.get("translated", ()) or said
        given = zip(column, column.isna(), strict=True)
        texts = [
            MISSING if none else said.get(value, headings.group_name(value, words))
            for value, none in given
        ]
        return [words.gettext(text) if translated else text for text in texts]
    each = _quantities(str(column.name), unit or "count", frame, currency, words)
    return [what.text(float(value)) for what, value in zip(each, column, strict=True)]


def _quantities(
    name: str,
    unit: str | tuple[str, ...],
    frame: pd.DataFrame,
    currency: str | None,
    words: Language,
) -> list[Quantity]:
    """Return the quantity of each row, which may have a unit of its own."""
    each = [unit[row] if isinstance(unit, tuple) else unit for row in frame.index]
    return [Quantity(name, "", one, currency, words=words) for one in each]


def _words(column: pd.Series[Any]) -> bool:
    return column.dtype.kind not in "iufb"
