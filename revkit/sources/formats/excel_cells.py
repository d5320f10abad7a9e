"""Cells that calamine reads as empty: errors such as #N/A, and formulas without a value.

They are looked for in the bytes of the sheet, since an empty cell tells nothing.
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
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_ODS = re.compile(
    rb'<table:table\s[^>]*?table:name="(?P<table>[^"]*)"|<table:table-row(?P<row>[^>]*)>'
    rb"|<table:(?:covered-)?table-cell(?P<cell>[^>]*)>"
)
_REPEATED = re.compile(rb'table:number-(?:rows|columns)-repeated="(\d+)"')
_CHUNK = 1 << 22


@dataclass(frozen=True)
class Faults:
    """Places of cells, row and column from 0, that hold an error or a formula without a value.

    ``shortened`` says that the sheet has records without their column, which calamine passes over.
    """

    errors: tuple[Place, ...] = ()
    valueless: tuple[Place, ...] = ()
    shortened: bool = False


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
            return _in_xlsx(_pieces(file))


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
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + letter - 64
    return int(found[2]) - 1, column - 1


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


def _in_xlsx(pieces: Iterator[bytes]) -> Faults:
    """Return the faults of a sheet in XML."""
    errors: dict[Place, None] = {}
    valueless: dict[Place, None] = {}
    for piece in pieces:
        if b't="e"' not in piece and b"<f" not in piece and b":f" not in piece:
            continue
        for cell in _CELL.finditer(piece):
            said, inside = cell["said"], cell["inside"] or b""
            where = _place(said)
            if where is None:
                continue
            if b't="e"' in said:
                errors[where] = None
            elif re.search(rb"<(\w+:)?f[ >/]", inside) and not re.search(
                rb"<(\w+:)?v[ >/]", inside
            ):
                valueless[where] = None
    return Faults(tuple(errors), tuple(valueless))


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
    row, errors = 0, []
    for kind, start, _ in _records(data):
        if kind == 0:  # BrtRowHdr
            row = int.from_bytes(data[start : start + 4], "little")
        elif kind in (3, 11):  # BrtCellError, BrtFmlaError
            errors.append((row, int.from_bytes(data[start : start + 4], "little")))
        elif 12 <= kind <= 18:  # BrtShortBlank to BrtShortIsst
            return Faults(shortened=True)
    return Faults(tuple(errors))


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
