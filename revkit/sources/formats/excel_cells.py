"""What calamine does not tell of a sheet: errors and formulas that it reads as empty, its extent.

They are looked for in the bytes of the sheet, before its cells fill the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from zipfile import ZipFile

Place = tuple[int, int]

_CELL = re.compile(rb"<(?:\w+:)?c\s(?P<said>[^>]*?)(?:/>|>(?P<inside>.*?)</(?:\w+:)?c>)", re.S)
_PLACE = re.compile(rb"""\br=["']([A-Z]+)(\d+)["']""")
_WIDE = re.compile(rb"""\br=["']([A-Z]{2,3})\d""")
_ERROR = re.compile(rb"""\bt=["']e["']""")
_FORMULA = re.compile(rb"<(\w+:)?f[\s>/]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)")
_TEXT = re.compile(rb"""\bt=["'](str|s|inlineStr)["']""")
_UNCOMPUTED = re.compile(rb"""<(\w+:)?calcPr\s[^>]*fullCalcOnLoad=["'](1|true)""")
_ODS = re.compile(
    rb'<table:table\s[^>]*?table:name="(?P<table>[^"]*)"|<table:table-row(?P<row>[^>]*)>'
    rb"|<table:(?:covered-)?table-cell(?P<cell>[^>]*)>"
)
_REPEATED = re.compile(rb'table:number-(?:rows|columns)-repeated="(\d+)"')
_CHUNK = 1 << 22


@dataclass(frozen=True)
class Faults:
    """Places of cells, row and column from 0, that hold an error or a formula without a value.

    ``shortened`` says that the sheet has records without their column, which calamine passes over,
    ``last`` is the place in its last row and its last column, as far as it is known.
    """

    errors: tuple[Place, ...] = ()
    valueless: tuple[Place, ...] = ()
    shortened: bool = False
    last: Place = (0, 0)


def faults_of(path: Path, sheet: str) -> Faults:
    """Return the faults of a sheet."""
    with path.open("rb") as file:
        begins = file.read(4)
    if begins == b"\xd0\xcf\x11\xe0":
        return Faults(tuple(sorted(set(_in_xls(path.read_bytes())))))
    with ZipFile(path) as archive:
        if "content.xml" in archive.namelist():
            return Faults(tuple(_in_ods(archive.read("content.xml"), sheet)))
        part = _part_of(archive, sheet)
        if part is None:
            return Faults()
        with archive.open(part) as file:
            if part.endswith(".bin"):
                return _in_xlsb(file.read())
            book = next((one for one in archive.namelist() if one.endswith("xl/workbook.xml")), "")
            # a program that computes nothing, such as XlsxWriter, writes 0 and asks Excel to do it
            asks = bool(book) and _UNCOMPUTED.search(archive.read(book)) is not None
            return _in_xlsx(_pieces(file), zero_is_none=asks)


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell, counted from 0.

    >>> cell_name(0, 27)
    'AB1'
    """
    return f"{column_name(column)}{row + 1}"


def column_name(column: int) -> str:
    """Return the letters of a column, counted from 0.

    >>> column_name(0), column_name(25), column_name(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _place(said: bytes) -> Place | None:
    """Return the place of a cell that its attributes name."""
    found = _PLACE.search(said)
    return None if found is None else (int(found[2]) - 1, _column(found[1]))


def _column(letters: bytes) -> int:
    """Return the number of a column, from 0."""
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1


def _part_of(archive: ZipFile, sheet: str) -> str | None:
    """Return the part of an archive that holds a sheet, by the names in its workbook."""
    names = archive.namelist()
    book = next((one for one in names if re.fullmatch(r"/?xl/workbook\.(xml|bin)", one)), None)
    links = next(
        (one for one in names if re.fullmatch(r"/?xl/_rels/workbook\.\w+\.rels", one)), None
    )
    if book is None or links is None:
        return None
    targets: dict[str, str] = {}
    for link in re.findall(rb"<(?:\w+:)?Relationship\s[^>]*>", archive.read(links)):
        ids, places = re.search(rb'\bId="([^"]*)"', link), re.search(rb'\bTarget="([^"]*)"', link)
        if ids and places:
            targets[ids[1].decode()] = places[1].decode()
    content = archive.read(book)
    found = _link_in_xml(content, sheet) if book.endswith("xml") else _link_in_bin(content, sheet)
    target = targets.get(found or "", "")
    whole = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return next((one for one in names if one.lstrip("/").lower() == whole.lower()), None)


def _link_in_xml(book: bytes, sheet: str) -> str | None:
    """Return the link of a sheet in the XML of a workbook."""
    for found in re.findall(rb"<(?:\w+:)?sheet\s[^>]*>", book):
        text = found.decode("utf-8", "replace")
        name, link = re.search(r'\bname="([^"]*)"', text), re.search(r'\w+:id="([^"]*)"', text)
        if name and link and unescape(name[1]) == sheet:
            return link[1]
    return None


def _link_in_bin(book: bytes, sheet: str) -> str | None:
    """Return the link of a sheet in the records of a binary workbook."""
    for kind, start, end in _records(book):
        if kind == 156:  # BrtBundleSh: state, id, then two texts with their lengths
            link, at = _wide(book, start + 8)
            name, _ = _wide(book, at)
            if name == sheet and at <= end:
                return link
    return None


def _wide(data: bytes, at: int) -> tuple[str, int]:
    """Return a text with its length before it, and where it ends."""
    length = int.from_bytes(data[at : at + 4], "little")
    end = at + 4 + 2 * length
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def _pieces(file: object) -> Iterator[bytes]:
    """Yield the bytes of a sheet in pieces that end with a cell."""
    rest = b""
    while chunk := file.read(_CHUNK):  # type: ignore[attr-defined]
        rest += chunk
        end = max(rest.rfind(b"</c>"), rest.rfind(b":c>"), rest.rfind(b"</row>"))
        if end > 0:
            yield rest[: end + 6]
            rest = rest[end:]
    yield rest


def _in_xlsx(pieces: Iterator[bytes], *, zero_is_none: bool) -> Faults:
    """Return the faults of a sheet in XML, in which formulas of 0 may be without a value."""
    errors: dict[Place, None] = {}
    valueless: dict[Place, None] = {}
    row, wide = 0, {b"Z"}
    for piece in pieces:
        wide.update(_WIDE.findall(piece))
        ends = _PLACE.search(piece, max(piece.rfind(b"<c "), piece.rfind(b":c "), 0))
        row = max(row, int(ends[2]) if ends else 0)
        if _ERROR.search(piece) is None and _FORMULA.search(piece) is None:
            continue
        for cell in _CELL.finditer(piece):
            said, inside = cell["said"], cell["inside"] or b""
            where = _place(said)
            if where is None:
                continue
            if _ERROR.search(said):
                errors[where] = None
            elif _FORMULA.search(inside) and not _TEXT.search(said):
                value = _VALUE.search(inside)
                if value is None or (zero_is_none and value[1] == b"0"):
                    valueless[where] = None
    return Faults(tuple(errors), tuple(valueless), last=(row, max(map(_column, wide))))


def _in_ods(content: bytes, sheet: str) -> Iterator[Place]:
    """Yield the cells of an OpenDocument sheet that hold an error."""
    if b'value-type="error"' not in content:
        return
    ours, row, below, at = False, 0, 0, 0
    for tag in _ODS.finditer(content):
        if tag["table"] is not None:
            ours, row, below = unescape(tag["table"].decode("utf-8", "replace")) == sheet, 0, 0
        elif tag["row"] is not None:
            row, below, at = below, below + _times(tag["row"]), 0
        else:
            if ours and b'calcext:value-type="error"' in tag["cell"]:
                yield row, at
            at += _times(tag["cell"])


def _times(said: bytes) -> int:
    """Return how often a row or cell is repeated."""
    found = _REPEATED.search(said)
    return int(found[1]) if found else 1


def _records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the records of a binary part: kind, where it starts and ends."""
    at = 0
    while at < len(data):
        kind = data[at]
        at += 1
        if kind & 0x80 and at < len(data):
            kind = (kind & 0x7F) | (data[at] << 7)
            at += 1
        length = shift = 0
        while at < len(data):
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, at, at + length
        at += length


def _in_xlsb(data: bytes) -> Faults:
    """Return the faults of a binary sheet."""
    row, last, errors = 0, 0, []
    for kind, start, _ in _records(data):
        if kind == 0:  # BrtRowHdr
            row = int.from_bytes(data[start : start + 4], "little")
        elif 1 <= kind <= 11:  # BrtCellBlank to BrtFmlaError
            column = int.from_bytes(data[start : start + 4], "little")
            last = max(last, column)
            if kind in (3, 11):
                errors.append((row, column))
        elif 12 <= kind <= 18:  # BrtShortBlank to BrtShortIsst
            return Faults(shortened=True)
    return Faults(tuple(errors), last=(row, last))


_ERRORS = rb"[\x00\x07\x0f\x17\x1d\x24\x2a]"
_XLS_VALUE = re.compile(rb"\x05\x02\x08\x00(..)(..).." + _ERRORS + rb"\x01", re.S)
_XLS_FORMULA = re.compile(
    rb"\x06\x00..(..)(..)..\x02\x00" + _ERRORS + rb"\x00\x00\x00\xff\xff", re.S
)


def _in_xls(data: bytes) -> Iterator[Place]:
    """Yield the cells of an old workbook that hold an error, on any of its sheets."""
    for found in (_XLS_VALUE, _XLS_FORMULA):
        for row, column in found.findall(data):
            yield int.from_bytes(row, "little"), int.from_bytes(column, "little")
