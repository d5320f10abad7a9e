"""Dialect of a CSV file, found in its first and last bytes: encoding, separator, where rows are.

Only what leaves one reading is taken, and told: a byte order mark, a first line ``sep=;``, the one
separator that gives all rows as many fields, titles above the header, footers of reports. All else
is refused with the line to write in a mapping.
"""

from __future__ import annotations

import csv
from codecs import lookup
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from re import compile as pattern

from revkit.errors import SourceError
from revkit.sources.formats.copies import described, ends_with, is_packed, opened, size
from revkit.sources.formats.encoding import decoded, encoding_of
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

SEPARATORS = (",", ";", "\t", "|")
_SAMPLE, _TAIL = 1 << 16, 1 << 14
_FEW, _WIDE = 5, 1 << 20  # lines, and bytes to read beyond where there are fewer
_KINDS = ((b"PK\x03\x04", "an Excel workbook or a zip archive", ".xlsx or .zip"),
          (b"\xd0\xcf\x11\xe0", "an Excel workbook", ".xls"), (b"\x1f\x8b", "compressed by gzip",
          ".csv.gz"), (b"PAR1", "a Parquet file", ".parquet"))  # fmt: skip
_SAYS = pattern(r'"?sep=([^\r\n])"?[;,]*(\r\n|\n|\r)')


@dataclass(frozen=True)
class Dialect:
    """Encoding, separator and rows of a CSV file.

    ``skip`` is the number of records above the header, ``end`` the byte at which its rows end, None
    for the end of the file, and ``remarks`` what was found out.
    """

    separator: str
    encoding: str
    header: tuple[str, ...]
    skip: int = 0
    end: int | None = None
    remarks: tuple[Remark, ...] = ()


def dialect_of(path: Path, style: ReadStyle) -> Dialect:
    """Find the dialect of a file.

    Raises
    ------
    SourceError
        When it is no text, empty, or has several readings.
    """
    try:
        with opened(path) as file:
            head = file.read(_SAMPLE + 1)
            if head.count(b"\n") < _FEW:  # wide tables
                head += file.read(_WIDE)
    except OSError as error:
        raise SourceError.unreadable(str(path), problem=described(error)) from None
    most = _SAMPLE if len(head) <= _SAMPLE + 1 else _SAMPLE + _WIDE
    sample, whole = head[:most], len(head) <= most
    for begins, looks, ending in _KINDS:
        if sample.startswith(begins):
            raise SourceError.other_kind(str(path), looks=looks, ending=ending)
    if not whole and not is_packed(path) and ends_with(path, 4) == bytes(4):
        raise SourceError.damaged(str(path), line=None)
    encoding, remarks = encoding_of(path, sample, style)
    text = decoded(path, sample, encoding, whole=whole)
    if not text.strip():
        raise SourceError.no_header(str(path))
    return _Sample(path, style, text, encoding, whole).dialect(remarks)


@dataclass(frozen=True)
class _Shape:
    """Records of a sample by one separator.

    ``start`` is the first record of the table, ``width`` the number of its fields, ``whole`` says
    that all other records are titles or footers.
    """

    separator: str
    records: list[list[str]]
    start: int
    width: int
    whole: bool
    footer: Footer

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return self.records[self.start] if self.records else []


@dataclass(frozen=True)
class _Sample:
    """The first bytes of a file as text; ``whole`` where they are all."""

    path: Path
    style: ReadStyle
    text: str
    encoding: str
    whole: bool

    def dialect(self, remarks: list[Remark]) -> Dialect:
        """Return the dialect, with what was found out about it."""
        said = _SAYS.match(self.text)
        shape = self._shape(said[1]) if said else self._chosen()
        separator, name = shape.separator, self.path.name
        if separator != (self.style.separator or ","):
            why = ", as its first line says" if said else ""
            remarks.append(Remark(name, f"separated by {_sign(separator)}{why}"))
        above = first_cells(shape.records[1 if said else 0 : shape.start])
        if above and self.style.header_row is None:
            line = self._line(shape.start, separator)
            remarks.append(Remark(name, below_titles("line", line, above)))
        if shape.whole and shape.footer.unclear:
            raise SourceError.totals(str(self.path), word=shape.footer.unclear)
        end, texts = self._end(shape)
        if texts:
            remarks.append(Remark(name, above_footer("line", texts)))
        return Dialect(
            separator, self.encoding, tuple(shape.header), shape.start, end, tuple(remarks)
        )

    def _line(self, record: int, separator: str) -> int:
        """Return the number of the line in which a record begins."""
        lines = csv.reader(StringIO(self.text, newline=""), delimiter=separator)
        for _ in range(record):
            next(lines, None)
        return lines.line_num + 1

    def _chosen(self) -> _Shape:
        """Return the records by the separator that a mapping says, or the only one that fits."""
        said = self.style.separator or ","
        shapes = {one: self._shape(one) for one in dict.fromkeys([said, *SEPARATORS])}
        ours, first = shapes[said], next(filter(str.strip, self.text.splitlines()))
        if self.style.separator is None:
            fits = [one for one in shapes.values() if one.whole and one.width > 1]
            # by another sign, the rows alone may have as many fields, and the header one
            top = min((one.start for one in fits), default=0)
            fits = [one for one in fits if one.start == top]
            fewer = all(one.width < ours.width for one in fits if one is not ours)
            if len(fits) == 1 or (ours in fits and fewer):
                return ours if ours in fits else fits[0]
            if fits:
                widths = {one.separator: one.width for one in fits}
                raise SourceError.two_separators(str(self.path), widths=widths)
        # a name of a column may hold the separator that was expected: Amount, EUR
        counts = {one: first.count(one) for one in shapes}
        other = max(counts, key=lambda one: counts[one])
        if counts[other] > counts[said] and not (ours.whole and ours.start):
            raise SourceError.separated(str(self.path), separator=other, said=self.style.separator)
        return ours

    def _records(self, separator: str) -> tuple[list[list[str]], bool]:
        """Return the records of the sample, and whether a plain reader takes them all."""
        lines = csv.reader(StringIO(self.text, newline=""), delimiter=separator, strict=True)
        records: list[list[str]] = []
        try:
            records.extend(lines)
        except csv.Error:
            # a sample may end within quotes
            return records, not self.whole
        return (records if self.whole else records[:-1]), True

    def _shape(self, separator: str) -> _Shape:
        """Return the records by one separator."""
        records, readable = self._records(separator)
        asked, says = self.style.header_row, 1 if _SAYS.match(self.text) else 0
        if asked is not None:
            start = self._record_at(asked, separator)
            width = len(records[start]) if start < len(records) else 0
            ends = self._footer(separator, width, start)
            return _Shape(separator, records, start, width, readable, ends)
        start, end = _longest_run(records)
        width = max((len(row) for row in records[start:end]), default=0)
        start += titles(records[start:end], width)
        ends = self._footer(separator, width, start)
        above, below = records[says:start], [row for row in records[end:] if row]
        fits = titles([*above, *records[start : start + 2]], width) == len(above)
        ended = len(below) <= ends.rows if self.whole else not below
        whole = readable and fits and ended
        return _Shape(separator, records, start if whole else says, width, whole, ends)

    def _record_at(self, line: int, separator: str) -> int:
        """Return the record that begins in a line."""
        lines = csv.reader(StringIO(self.text, newline=""), delimiter=separator)
        number = 0
        while lines.line_num < line - 1:
            if next(lines, None) is None:
                raise SourceError.no_such_row(str(self.path), row=line)
            number += 1
        return number

    def _footer(self, separator: str, width: int, start: int) -> Footer:
        """Return the lines at the end that are no rows of the table below a record."""
        lines = self._last_lines()
        if self.whole:
            lines = lines[self._line(start, separator) :]
        rows = [_fields(line, separator) for line in lines]
        if self.style.footer_rows is None:
            return footer(rows, width)
        asked, cut = self.style.footer_rows, 0
        for number, row in enumerate(reversed(rows), 1):
            if asked == 0:
                break
            asked -= row is None or bool(filled(row))
            cut = number
        texts = [line.strip() for line in lines[len(lines) - cut :] if line.strip()]
        return Footer(cut, tuple(texts))

    def _last_lines(self) -> list[str]:
        """Return the last lines of the file, as they are written."""
        if self.whole:
            return self.text.splitlines(keepends=True)
        if is_packed(self.path) and not self.style.footer_rows:
            return []  # its end is found by unpacking all of it
        text = ends_with(self.path, _TAIL).decode(_plain(self.encoding), "replace")
        return text.splitlines(keepends=True)[1:]

    def _end(self, shape: _Shape) -> tuple[int | None, tuple[str, ...]]:
        """Return the byte at which the rows end, None without a footer, and the footer's texts."""
        if not shape.footer.texts or not shape.whole:
            return None, ()
        lines = self._last_lines()
        last = lines[len(lines) - shape.footer.rows :]
        taken = sum(len(line.encode(_plain(self.encoding))) for line in last)
        return size(self.path) - taken, shape.footer.texts


def _sign(separator: str) -> str:
    """Return the name of a separator."""
    return "tabs" if separator == "\t" else repr(separator)


def _plain(encoding: str) -> str:
    """Return an encoding without its mark."""
    wide = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}
    return wide.get(lookup(encoding).name, encoding)


def _fields(line: str, separator: str) -> list[str] | None:
    """Return the fields of a line; None for one that begins or ends within quotes."""
    if line.count('"') % 2:
        return None
    try:
        return next(iter(csv.reader([line], delimiter=separator, strict=True)), [])
    except csv.Error:
        return None


def _longest_run(records: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Return where the records of most fields in a row begin and end, empty ones aside."""
    best = (0, 0, 0)
    for start, end in _runs(records):
        width = max(len(row) for row in records[start:end])
        fields = width * sum(1 for row in records[start:end] if row) if width > 1 else 0
        if fields > best[0]:
            best = (fields, start, end)
    return (best[1], best[2]) if best[0] else (0, len(records))


def _runs(records: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of records with as many fields, or one more that is empty."""
    start, width = 0, 0
    for at, row in enumerate(records):
        if not row or len(row) == width or (len(row) == width + 1 and not row[-1].strip() and at):
            continue
        if width:
            yield start, at
        start, width = at, len(row)
    if width:
        yield start, len(records)
