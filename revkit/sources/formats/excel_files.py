"""Workbooks: a sheet is a table, its cells typed as they are.

A sheet is read below its titles and above its totals (:mod:`revkit.sources.formats.layout`). A
column of whole numbers, numbers, days or yes and no has their type; one of moments, or of several
kinds, is text. Excel's moments have no zone: as text they are read by the clocks of a mapping's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit.errors import SourceError, first_lines, listed
from revkit.sources.formats.excel_cells import Faults, cell_name, column_name, faults_of
from revkit.sources.formats.excel_values import Cell, column, is_filled, is_long, text
from revkit.sources.formats.layout import (
    Footer,
    above_footer,
    below_titles,
    filled,
    first_cells,
    footer,
    titles,
)
from revkit.sources.formats.style import ReadStyle, Remark
from revkit.sources.formats.zip_files import check_size

if TYPE_CHECKING:
    import pyarrow as pa

_TOP = 200  # rows in which the table begins, and ends
_MOST = 50_000_000  # cells


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook; ``hidden`` ones are read only where a mapping names them."""

    name: str
    hidden: bool


def sheets_of(path: Path) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook that hold cells; none where it cannot be read.

    What is wrong with it is said by :func:`read_sheet`, if it is needed.
    """
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    try:
        with _workbook(path) as book:
            return tuple(
                Sheet(one.name, one.visible != SheetVisibleEnum.Visible)
                for one in book.sheets_metadata
                if one.typ == SheetTypeEnum.WorkSheet
            )
    except SourceError:
        return ()


def read_sheet(path: Path, sheet: str | None, style: ReadStyle) -> tuple[pa.Table, list[Remark]]:
    """Read a sheet as a table.

    Parameters
    ----------
    sheet
        The name of the sheet; None for the only visible one.

    Raises
    ------
    SourceError
        When it is no workbook, is empty, or its columns are not named in one row; when cells of the
        table are merged, or formulas have no value.
    """
    shown = str(path) if sheet is None else f"{path}: {sheet}"
    if sheet is None:
        visible = [one.name for one in sheets_of(path) if not one.hidden]
        if len(visible) > 1:
            raise SourceError.several_sheets(str(path), sheets=visible)
        sheet = visible[0] if visible else None
    with _workbook(path) as book:
        name = sheet or book.sheet_names[0]
        try:
            faults = faults_of(path, name)
        except Exception as error:
            raise SourceError.unreadable(shown, problem=first_lines(error)) from None
        _refuse_unread(shown, faults)
        try:
            found = book.get_sheet_by_name(name)
            cells = found.to_python(skip_empty_area=False)
            merged = found.merged_cell_ranges or []
        except Exception as error:
            raise SourceError.unreadable(shown, problem=first_lines(error)) from None
    return _Grid(path.name, shown, cells, merged, style, faults).table()


def _refuse_unread(shown: str, faults: Faults) -> None:
    """Refuse a sheet that is written in a way that is not read, or reaches too far."""
    if faults.shortened:
        problem = "it is written in a shortened form. Open it in Excel and save it as .xlsx"
        raise SourceError.unreadable(shown, problem=problem)
    row, column = faults.last
    if row * (column + 1) > _MOST:
        problem = (
            f"its cells reach as far as row {row:,} and column {column_name(column)}, which is too "
            "much for the memory. Delete what stands apart from the table, and save it"
        )
        raise SourceError.unreadable(shown, problem=problem)


def _workbook(path: Path) -> Any:
    """Open a workbook."""
    from python_calamine import CalamineWorkbook, PasswordError

    check_size(path)
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError:
        problem = "it is locked by a password. Save it without one"
    except Exception as error:
        with path.open("rb") as file:
            begins = file.read(512).lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
        if begins.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
            raise SourceError.other_kind(
                str(path), looks="a page of HTML or XML", ending=""
            ) from None
        if begins and not begins.startswith((b"pk", b"\xd0\xcf")) and b"\0" not in begins:
            raise SourceError.other_kind(str(path), looks="text", ending=".csv") from None
        problem = (
            "it is no whole Excel workbook. Open it in Excel and save it again, or export it anew; "
            f"in the words of its reader: {first_lines(error)}"
        )
    raise SourceError.unreadable(str(path), problem=problem)


@dataclass(frozen=True)
class _Grid:
    """Cells of a sheet from its first row and column on, as lists of values, "" where empty."""

    file: str
    shown: str
    cells: Sequence[Sequence[Cell]]
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]
    style: ReadStyle
    faults: Faults

    def table(self) -> tuple[pa.Table, list[Remark]]:
        """Return the table, and what was found out about it."""
        import pyarrow as pa

        columns = list(zip(*self.cells, strict=True))
        used = [at for at, column in enumerate(columns) if any(map(is_filled, column))]
        if not used:
            raise SourceError.no_header(self.shown)
        # columns that are empty around the table do not count for its width
        most = max(_TOP, self.style.header_row or 0)
        head = [[text(row[at]) for at in used] for row in self.cells[:most]]
        top = self._header_row(head, used)
        named = self._names(head[top], top, used)
        tail = [[text(row[at]) for at in used] for row in self.cells[top + 1 :][-_TOP:]]
        ends = self._footer(tail, len(used))
        last = len(self.cells) - ends.rows
        names, remarks = self._check_names(named, top, last)
        above = first_cells(head[:top])
        if above and self.style.header_row is None:
            remarks.append(Remark(self._named, below_titles("row", top + 1, above)))
        if ends.texts:
            remarks.append(Remark(self._named, above_footer("row", ends.texts)))
        self._refuse_merged(top, last, names)
        self._refuse_second(top, last, names)
        remarks += self._told_faults(top, last, names)
        kept = [row for row in self.cells[top + 1 : last] if any(map(is_filled, row))]
        values = {name: column([row[at] for row in kept]) for at, name in names.items()}
        if long := [name for name, column in values.items() if is_long(column)]:
            what = f"{listed(long)}: numbers of over 15 digits, of which Excel keeps 15"
            remarks.append(Remark(self._named, what, "long_numbers"))
        return pa.table(values), remarks

    @property
    def _named(self) -> str:
        """The name of the file and sheet, without folders."""
        return self.file + self.shown[self.shown.index(self.file) + len(self.file) :]

    def _header_row(self, rows: list[list[str]], used: list[int]) -> int:
        """Return the row that names the columns."""
        if self.style.header_row is not None:
            row = self.style.header_row
            if row > len(rows) or not filled(rows[row - 1]):
                raise SourceError.no_such_row(self.shown, row=row)
            return row - 1
        top = titles(rows, len(used))
        # a name over several columns groups those of the row below
        while self._groups(top) and top + 1 < len(rows) and _are_names(self.cells[top + 1]):
            top += 1
        return top

    def _groups(self, row: int) -> bool:
        """Return whether a row has a cell that is merged with others beside it."""
        return any(low == row and right > left for (low, left), (_, right) in self.merged)

    def _names(self, row: list[str], top: int, used: list[int]) -> dict[int, str]:
        """Return the names of the columns by their place in the sheet, empty where there is none.

        A cell that is merged with those above names its column, too.
        """
        over = {
            left: text(self.cells[low][left])
            for (low, left), (high, right) in self.merged
            if low < top <= high and left == right
        }
        named = dict(zip(used, row, strict=True))
        return {at: " ".join((named[at] or over.get(at, "")).split()) for at in used}

    def _check_names(
        self, names: dict[int, str], top: int, last: int
    ) -> tuple[dict[int, str], list[Remark]]:
        """Return the columns that have a name; refuse values without one, and a name twice."""
        named = {at: name for at, name in names.items() if name}
        below = self.cells[top + 1 : last]
        nameless = [at for at in names.keys() - named if any(is_filled(row[at]) for row in below)]
        remarks = []
        if nameless:
            where = listed(column_name(at) for at in sorted(nameless))
            if self.style.header_row is None:
                problem = f"column {where} has values and no name"
                raise SourceError.no_names(self.shown, row=top + 1, problem=problem)
            remarks.append(Remark(self._named, f"column {where} has no name and is not read"))
        folded = [name.casefold() for name in named.values()]
        if twice := [name for name in named.values() if folded.count(name.casefold()) > 1]:
            raise SourceError.column_twice(self.shown, columns=twice)
        return named, remarks

    def _footer(self, rows: list[list[str]], width: int) -> Footer:
        """Return the rows at the end that are none of the table."""
        asked = self.style.footer_rows
        if asked is None:
            found = footer(rows, width)
            if found.unclear:
                raise SourceError.totals(self.shown, word=found.unclear)
            return found
        cut = 0
        while asked and cut < len(rows):
            cut += 1
            asked -= bool(filled(rows[len(rows) - cut]))
        return Footer(cut, tuple(first_cells(rows[len(rows) - cut :])))

    def _refuse_merged(self, top: int, last: int, names: dict[int, str]) -> None:
        """Refuse cells of the table that are merged."""
        for (low, left), (high, right) in self.merged:
            inside = [at for at in names if left <= at <= right]
            # across one column of the table, it is one value in one cell
            several = len(inside) > 1 or high > low
            if inside and several and top < low < last:
                cells = f"{cell_name(low, left)}:{cell_name(high, right)}"
                raise SourceError.merged(self.shown, cells=cells)

    def _refuse_second(self, top: int, last: int, names: dict[int, str]) -> None:
        """Refuse another header within the table, below an empty row."""
        if self.style.footer_rows is not None:
            return
        above: list[Sequence[Cell]] = []
        gap = False
        for number in range(top + 1, last):
            row = self.cells[number]
            at = [one for one in names if is_filled(row[one])]
            if gap and len(at) > 1 and self._is_header(row, at, above, names):
                rest = sum(any(map(is_filled, one)) for one in self.cells[number:])
                raise SourceError.second_table(self.shown, row=number + 1, rest=rest)
            gap = not at
            above += [row] if at else []

    def _is_header(
        self,
        row: Sequence[Cell],
        at: Sequence[int],
        above: Sequence[Sequence[Cell]],
        names: dict[int, str],
    ) -> bool:
        """Return whether a row is text where those above are none, or repeats the names."""
        if not all(isinstance(row[one], str) for one in at):
            return False
        if [" ".join(row[one].split()) for one in at] == [names[one] for one in at]:
            return True
        values = ([line[one] for line in above if is_filled(line[one])] for one in at)
        return any(some and not any(isinstance(one, str) for one in some) for some in values)

    def _told_faults(self, top: int, last: int, names: dict[int, str]) -> list[Remark]:
        """Refuse formulas without values in the table, and tell of cells that hold an error."""
        empty = [(row, at) for row, at in self.faults.valueless if top < row < last and at in names]
        if empty:
            raise SourceError.no_values(self.shown, cells=_places(empty))
        wrong = [place for place in self.faults.errors if self._lacks(place, top, last, names)]
        if not wrong:
            return []
        many = "1 cell holds an error" if len(wrong) == 1 else f"{len(wrong):,} cells hold an error"
        what = f"{many} of Excel (#N/A, #REF! …) and is read as empty: {_places(wrong)}"
        what = what if len(wrong) == 1 else what.replace("and is read", "and are read")
        return [Remark(self._named, what, "excel_errors", len({row for row, _ in wrong}))]

    def _lacks(self, place: tuple[int, int], top: int, last: int, names: dict[int, str]) -> bool:
        """Return whether a cell is one of the table's, and empty."""
        row, at = place
        return top < row < last and at in names and not is_filled(self.cells[row][at])


def _are_names(row: Sequence[Cell]) -> bool:
    """Return whether the cells of a row are texts of which none is there twice."""
    texts = [cell for cell in row if is_filled(cell)]
    return (
        len(texts) > 1
        and len(set(texts)) == len(texts)
        and all(isinstance(one, str) for one in texts)
    )


def _places(cells: Sequence[tuple[int, int]]) -> str:
    """Return the names of some cells, five at most."""
    return listed((cell_name(row, at) for row, at in cells), 5)
