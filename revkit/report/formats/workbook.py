"""A report's tables as an Excel workbook: a sheet a table, numbers as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO
from typing import TYPE_CHECKING, Any

from revkit.language import language, message
from revkit.report.formats.contents import tables

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FILE = "report.xlsx"

CONTENTS = message("Contents")
BACK = message("Back to the contents")

NUMBERS = {
    "share": "0.0%", "ratio": "0.00", "money": "#,##0.00", "days": "0.0", "hours": "0.0",
    "minutes": "0.0", "months": "0.0", "points": "0.0",
}  # fmt: skip
"""Excel's number formats by unit."""

WHOLE, BROKEN = "#,##0", "#,##0.00"
"""Formats of a count, and of what lies between two, such as the end of its interval."""

WIDEST = 60
"""Letters of a column's width at most."""

DAY = "yyyy-mm-dd"

HEAD = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom", "bg_color": "#f6f7f9"}
"""Format of a column's heading."""

A4 = 9
"""Excel's number of the paper."""


def workbook(
    pages: Sequence[tuple[str, Any]], title: str, facts: Iterable[str], made: date
) -> bytes:
    """Return a workbook with a sheet for each table of the pages, and one that lists them.

    Text is written as text: what looks like a formula in a name is none. What is not known is an
    empty cell.

    Parameters
    ----------
    pages
        The short name of each page and its executed notebook.
    title, facts
        Of the report, at the head of the contents.
    made
        The day that the file says it was made on, so that the same report is the same bytes.
    """
    from xlsxwriter import Workbook

    words = language()
    found = [
        (page, block.heading, block.data) for page, notebook in pages for block in tables(notebook)
    ]
    names = _names([page for page, _, _ in found])
    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": title, "created": datetime.combine(made, time())})
    style = {
        "bold": book.add_format({"bold": True}),
        "head": book.add_format(HEAD),
        "number": book.add_format(HEAD | {"align": "right"}),
        "link": book.get_default_url_format(),
    }
    formats = _Formats(book)
    first = book.add_worksheet(words.gettext(CONTENTS)[:31])
    first.write_string(0, 0, title, style["bold"])
    first.write_string(1, 0, " · ".join(facts))
    first.set_column(0, 0, 24)
    first.set_column(1, 1, WIDEST)
    for row, (name, (page, heading, _)) in enumerate(zip(names, found, strict=True), start=3):
        _link(first, row, name, name, style["link"])
        first.write_string(row, 1, f"{page}: {heading}")
    _printable(first)
    for name, (page, heading, parts) in zip(names, found, strict=True):
        sheet = book.add_worksheet(name)
        sheet.write_string(0, 0, f"{page}: {heading}", style["bold"])
        _link(sheet, 1, first.get_name(), words.gettext(BACK), style["link"])
        _fill(sheet, parts, style, formats)
        _printable(sheet)
    book.close()
    return out.getvalue()


def _names(pages: Sequence[str]) -> list[str]:
    """Return a name for each sheet: its page and number, as Excel allows them."""
    counted: dict[str, int] = {}
    names = []
    for page in pages:
        plain = re.sub(r"[\[\]:*?/\\']", " ", page)[:25].strip() or "page"
        counted[plain.casefold()] = number = counted.get(plain.casefold(), 0) + 1
        names.append(f"{plain} {number}")
    return names


def _link(sheet: Worksheet, row: int, name: str, text: str, format: Format) -> None:
    sheet.write_url(row, 0, f"internal:'{name}'!A1", format, string=text)


def _printable(sheet: Worksheet) -> None:
    """Print a sheet as wide as the paper is long, with its name and page below, without a grid."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.set_footer("&L&A&R&P / &N")


@dataclass(frozen=True)
class _Formats:
    """The formats of a workbook, one of each kind."""

    book: Workbook
    made: dict[str, Format] = field(default_factory=dict)

    def __call__(self, shown: str) -> Format:
        if shown not in self.made:
            self.made[shown] = self.book.add_format({"num_format": shown})
        return self.made[shown]


def _fill(
    sheet: Worksheet,
    parts: Sequence[Mapping[str, Any]],
    style: Mapping[str, Format],
    formats: _Formats,
) -> None:
    """Write the parts of a table below each other, each under its own headings."""
    row, widths = 3, dict[int, int]()
    for part in parts:
        if part["title"]:
            sheet.write_string(row, 0, part["title"], style["bold"])
            row += 1
        if row <= 4:
            sheet.freeze_panes(row + 1, 0)
            sheet.repeat_rows(row)
        for place, column in enumerate(part["columns"]):
            name = column["name"].replace("_", " ")
            cells = [values[place] for values in part["rows"]]
            sheet.write_string(row, place, name, style["number" if _numbers(cells) else "head"])
            widths[place] = max(widths.get(place, 8), len(name) + 2)
        for at, values in enumerate(part["rows"]):
            row += 1
            for place, (value, column) in enumerate(zip(values, part["columns"], strict=True)):
                unit = column["unit"]
                each = unit[at] if isinstance(unit, list) else unit
                _write(sheet, (row, place), value, _shown(each, part["currency"], value), formats)
                letters = len(value) + 2 if isinstance(value, str) else 14
                widths[place] = max(widths[place], min(letters, WIDEST))
        row += 2
        for note in part["notes"]:
            sheet.write_string(row, 0, note)
            row += 1
        row += 1
    for place, width in widths.items():
        sheet.set_column(place, place, width)


def _numbers(cells: Iterable[Any]) -> bool:
    """Return whether a column has numbers, which stand to the right as Excel sets them."""
    known = [cell for cell in cells if cell is not None]
    return bool(known) and all(
        isinstance(cell, int | float) and not isinstance(cell, bool) for cell in known
    )


def _shown(unit: str | None, currency: str | None, value: Any) -> str:
    """Return how Excel shows a value of a unit; empty for text, and a number that may be a year."""
    kind = (unit or "").partition("/")[0]
    if kind == "money" and currency and currency.isalpha():
        return f'{NUMBERS[kind]} "{currency}"'
    if kind == "day" or kind in NUMBERS:
        return DAY if kind == "day" else NUMBERS[kind]
    if isinstance(value, float) and not value.is_integer():
        return BROKEN
    return WHOLE if kind == "count" else ""


def _write(
    sheet: Worksheet, cell: tuple[int, int], value: Any, shown: str, formats: _Formats
) -> None:
    """Write a value as what it is; one that is not known leaves the cell empty."""
    format = formats(shown) if shown else None
    if isinstance(value, bool):
        sheet.write_boolean(*cell, value)
    elif isinstance(value, int | float):
        sheet.write_number(*cell, value, format)
    elif value is not None and shown == DAY:
        sheet.write_datetime(*cell, datetime.fromisoformat(value), format)
    elif value is not None:
        sheet.write_string(*cell, value)
