"""Tables for reading: every number in its unit, groups and periods by name, nothing raw."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.analysis.writing.formatting import Quantity, groups, period_label, quantity

if TYPE_CHECKING:
    import pandas as pd

FEW = "†"
UNFINISHED = "*"
NOTES = {
    FEW: "few rows: the interval is less sure than it says",
    UNFINISHED: "not over yet: later days can still change it",
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
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

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
            return f"<p>Nothing to show yet.</p>{notes}"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"

    def _cell(self, tag: str, text: str, heading: str) -> str:
        side = "left" if heading in self.left else "right"
        return f'<{tag} style="text-align: {side}; white-space: nowrap">{html.escape(text)}</{tag}>'


def table(frame: pd.DataFrame | Sequence[pd.DataFrame], *, across: str | None = None) -> Table:
    """Write a result for reading.

    Parameters
    ----------
    frame
        What a metric returned, what several metrics returned for the same groups and periods
        (one below the other), or a table of the analysis, whose `attrs["units"]` say how its
        own columns are written.
    across
        A column of a metric's result, such as ``"period"``, whose values become headings, so
        that groups stand side by side; only values are shown then.

    Returns
    -------
    Table
        Values in their unit, the interval as one column, periods by name. A dagger marks values
        of few rows, an asterisk periods that are not over.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        return _stacked(frame)
    if "value" in frame and "complete" in frame:
        return _crossed(frame, across) if across else _result(frame)
    units, titles = frame.attrs.get("units", {}), frame.attrs.get("titles", {})
    currency = frame.attrs.get("currency")
    shown = frame.drop(columns=["complete", "high"], errors="ignore")
    columns = {
        titles.get(name, _title(name)): _written(frame[name], units.get(name), frame, currency)
        for name in shown.columns
        if name != "low"
    }
    left = {titles.get(name, _title(name)) for name in shown.columns if _words(frame[name])}
    if "low" in frame:
        what = Quantity("low", "", units.get("low", "count"), currency)
        spans = [
            what.span(low, high) for low, high in zip(frame["low"], frame["high"], strict=True)
        ]
        at = list(columns).index(titles.get("value", "Value")) + 1
        items = list(columns.items())
        items.insert(at, (frame.attrs.get("band", "95\u00a0% interval"), spans))
        columns = dict(items)
    return _table(columns, left)


def _stacked(frames: Sequence[pd.DataFrame]) -> Table:
    columns: dict[str, list[str]] = {}
    left = {"Metric", "Period"}
    for frame in frames:
        what, by = quantity(frame), groups(frame)
        cells = {"Metric": [what.title] * len(frame)}
        cells |= {_title(name): [str(value) for value in frame[name]] for name in by}
        if "period" in frame:
            cells["Period"] = _periods(frame)
        cells["Value"] = _values(what, frame)
        cells[_interval(frame)] = _spans(what, frame)
        cells[what.rows.capitalize()] = [f"{count:,.0f}" for count in frame["n"]]
        left |= {_title(name) for name in by}
        rows = len(next(iter(columns.values()), []))
        for heading in dict.fromkeys([*columns, *cells]):
            above = columns.get(heading, [""] * rows)
            columns[heading] = above + cells.get(heading, [""] * len(frame))
    return _table(columns, left)


def _result(frame: pd.DataFrame) -> Table:
    what, by = quantity(frame), groups(frame)
    columns = {_title(name): [str(value) for value in frame[name]] for name in by}
    if "period" in frame:
        columns["Period"] = _periods(frame)
    columns[what.title] = _values(what, frame)
    if frame["low"].notna().any():
        columns[_interval(frame)] = _spans(what, frame)
    columns[what.rows.capitalize()] = [f"{count:,.0f}" for count in frame["n"]]
    return _table(columns, {_title(name) for name in by} | {"Period"})


def _interval(frame: pd.DataFrame) -> str:
    return f"{frame.attrs.get('level', 0.95) * 100:g}\u00a0% interval"


def _spans(what: Quantity, frame: pd.DataFrame) -> list[str]:
    return [what.span(low, high) for low, high in zip(frame["low"], frame["high"], strict=True)]


def _crossed(frame: pd.DataFrame, across: str) -> Table:
    what = quantity(frame)
    written = frame.assign(value=_values(what, frame))
    if "period" in frame:
        written["period"] = _periods(frame)
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
        _title(name): [str(key) for key in level] for name, level in zip(rest, keys, strict=True)
    }
    for name in order:
        columns[str(name)] = list(cells[name])
    return _table(columns, {_title(name) for name in rest})


def _table(columns: dict[str, list[str]], left: set[str]) -> Table:
    rows = tuple(zip(*columns.values(), strict=True))
    seen = "".join(cell[-1:] for row in rows for cell in row)
    notes = tuple(f"{mark} {meaning}" for mark, meaning in NOTES.items() if mark in seen)
    return Table(tuple(columns), rows, frozenset(left), notes)


def _values(what: Quantity, frame: pd.DataFrame) -> list[str]:
    return [
        what.text(value) + (FEW if few and value == value else "")
        for value, few in zip(frame["value"], frame["small"].astype(bool), strict=True)
    ]


def _periods(frame: pd.DataFrame) -> list[str]:
    period = frame.attrs.get("period", "month")
    return [
        period_label(first_day, period) + ("" if complete else UNFINISHED)
        for first_day, complete in zip(frame["period"], frame["complete"], strict=True)
    ]


def _written(
    column: pd.Series[Any], unit: str | None, frame: pd.DataFrame, currency: str | None
) -> list[str]:
    if column.name == "period" and "complete" in frame:
        return _periods(frame)
    if column.dtype.kind == "M":
        return [period_label(value, frame.attrs.get("period", "month")) for value in column]
    if unit is None and _words(column):
        return [str(value) for value in column]
    what = Quantity(str(column.name), "", unit or "count", currency)
    return [what.text(float(value)) for value in column]


def _words(column: pd.Series[Any]) -> bool:
    return column.dtype.kind not in "iufb"


def _title(name: str) -> str:
    words = name.replace("_", " ").replace(".", " ")
    return words[:1].upper() + words[1:]
