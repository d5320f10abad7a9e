"""Encoding of a text file: by its mark, as a mapping says, or UTF-8; refused where it is another.

Bytes that no text holds, NUL, are those of an encoding of two or four bytes, or of damage.
"""

from __future__ import annotations

from codecs import (
    BOM_UTF8,
    BOM_UTF16_BE,
    BOM_UTF16_LE,
    BOM_UTF32_BE,
    BOM_UTF32_LE,
    getincrementaldecoder,
    lookup,
)
from pathlib import Path
from re import compile as pattern

from revkit.errors import SourceError
from revkit.sources.formats.copies import described
from revkit.sources.formats.style import ReadStyle, Remark

# UTF-32 first: its mark begins as that of UTF-16
_MARKS = ((BOM_UTF32_LE, "utf-32-le"), (BOM_UTF32_BE, "utf-32-be"), (BOM_UTF8, "utf-8-sig"),
          (BOM_UTF16_LE, "utf-16-le"), (BOM_UTF16_BE, "utf-16-be"))  # fmt: skip


def mark_of(begins: bytes) -> str | None:
    """Return the encoding that a byte order mark says; None without one.

    >>> mark_of("id".encode("utf-16")), mark_of(b"id")
    ('utf-16-le', None)
    """
    return next((name for mark, name in _MARKS if begins.startswith(mark)), None)


def encoding_of(path: Path, sample: bytes, style: ReadStyle) -> tuple[str, list[Remark]]:
    """Return the encoding: by the file's own mark, else as a mapping says, else UTF-8."""
    said = style.encoding or "utf-8"
    marked = mark_of(sample)
    if marked is None and _is_utf8_after_all(sample, said):
        return "utf-8", [
            Remark(path.name, f"encoded in UTF-8, and not in {said} as the mapping says")
        ]
    if marked is None:
        return said, []
    alike = lookup(said).name.startswith(marked[:6].rstrip("-"))
    if alike or (marked == "utf-8-sig" and style.encoding is None):
        return marked, []
    return marked, [
        Remark(path.name, f"encoded in {marked[:6].upper().rstrip('-')}, as its mark says")
    ]


def _is_utf8_after_all(sample: bytes, said: str) -> bool:
    """Return whether a text is in UTF-8, where letters of one byte each, or of two, were said.

    >>> _is_utf8_after_all("Müller".encode(), "cp1252")
    True
    >>> _is_utf8_after_all("Müller".encode("cp1252"), "cp1252")
    False
    """
    name = lookup(said).name
    if name.startswith(("utf-16", "utf-32")):
        if b"\x00" in sample.rstrip(b"\x00"):
            return False
    elif sample.isascii() or not name.startswith(("cp1", "cp4", "cp8", "iso8859", "mac")):
        return False
    try:
        getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def decoded(path: Path, sample: bytes, encoding: str, *, whole: bool) -> str:
    """Return a sample as text without its mark."""
    try:
        text = getincrementaldecoder(encoding)().decode(sample, final=whole)
    except UnicodeDecodeError as error:
        wide = _wide(sample)
        raise SourceError.not_encoded(
            str(path),
            encoding=encoding,
            suits=wide or "cp1252",
            word="" if wide else _word(sample, error.start),
        ) from None
    except UnicodeError as error:
        raise SourceError.unreadable(str(path), problem=described(error)) from None
    if "\x00" in text:
        _refuse_nul(path, sample, text, encoding)
    if text.lstrip()[:9].lower().startswith(("<html", "<!doctype", "<table", "<?xml")):
        raise SourceError.other_kind(str(path), looks="a page of HTML or XML", ending="")
    return text.removeprefix("\ufeff")


def _refuse_nul(path: Path, sample: bytes, text: str, encoding: str) -> None:
    """Refuse a text with NUL in it: in another encoding, or damaged."""
    rows = text.rstrip("\x00")
    if "\x00" in rows and (suits := _wide(sample)) not in ("", encoding):
        raise SourceError.not_encoded(str(path), encoding=encoding, suits=suits)
    line = rows.count("\n", 0, rows.index("\x00")) + 1 if "\x00" in rows else None
    raise SourceError.damaged(str(path), line=line)


def _wide(sample: bytes) -> str:
    """Return the encoding of text whose letters take two or four bytes; empty for none.

    >>> _wide("id,name".encode("utf-16-be")), _wide("id,name".encode("utf-32-le"))
    ('utf-16-be', 'utf-32-le')
    >>> _wide(b"id,name" + bytes(9))
    ''
    """
    for long in ("utf-32-le", "utf-32-be"):
        try:
            sample[: len(sample) // 4 * 4].decode(long)
        except UnicodeDecodeError:
            continue
        return long
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    # the zeros of plain letters are on one side, those of a damaged file on both
    if max(odd, even) <= 0.2 * len(sample) or min(odd, even) * 10 > max(odd, even):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _word(sample: bytes, at: int) -> str:
    """Return what is around a byte, as Windows would read it."""
    line = sample[sample.rfind(b"\n", 0, at) + 1 : at + 12].decode("cp1252", "replace")
    before = sample[sample.rfind(b"\n", 0, at) + 1 : at].decode("cp1252", "replace")
    rest = pattern(r"\w*").match(line[len(before) :])
    begun = pattern(r"\w*$").search(before)
    return (begun[0] if begun else "") + (rest[0] if rest else "")
