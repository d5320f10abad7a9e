"""Faults of a JSON file, in words: where it was cut short, which record is none.

The engine names bytes, and counts records from another beginning; so a file that it does not read
is read again here, record by record.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from revkit.errors import SourceError
from revkit.sources.formats.copies import described, opened
from revkit.sources.formats.encoding import mark_of

_MOST = 1 << 28
"""Bytes of a file that is read again."""

_WORDS = {
    "Expecting ',' delimiter": "a comma is missing before",
    "Expecting ':' delimiter": "a colon is missing before",
    "Expecting property name enclosed in double quotes": "a quoted name is missing before",
    "Illegal trailing comma before end of object": "no field follows the comma",
    "Illegal trailing comma before end of array": "no value follows the comma",
    "Expecting value": "a value is missing before",
    "Invalid control character at": "a text holds a line break or tab, in JSON \\n and \\t,",
    "Invalid \\escape": "a backslash in a text is written \\\\ in JSON, and not as in",
}
_BLANK = re.compile(r"[ \t\r\n]*")


class _FaultError(Exception):
    """A fault of a file, with what to do."""


def refuse_fault(paths: Sequence[Path]) -> None:
    """Refuse the first file that is no list of objects, and no object a line, by what is wrong.

    Raises
    ------
    SourceError
        When one is not; a file that is read in full, or is too large to be read again, is none.
    """
    for path in paths:
        try:
            with opened(path) as file:
                content = file.read(_MOST + 1)
        except (OSError, EOFError, zlib.error) as problem:
            raise SourceError.unreadable(str(path), problem=described(problem)) from None
        if content.endswith(b"\0\0"):
            raise SourceError.damaged(str(path), line=None)
        if content[:16].lstrip().startswith(b"<"):
            raise SourceError.other_kind(str(path), looks="a page of HTML or XML", ending="")
        try:
            if len(content) <= _MOST:
                _check_records(_text(content))
        except _FaultError as fault:
            raise SourceError.unreadable(str(path), problem=str(fault)) from None


def _text(content: bytes) -> str:
    """Return the text of a file."""
    try:
        return content.decode(mark_of(content) or "utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _FaultError(f"line {line:,} is not in UTF-8, as JSON is. Save it in UTF-8") from None


def _check_records(text: str) -> None:
    """Refuse the first record of a list, or of those one after another, that is none."""
    at, number = _after_blanks(text, 0), 0
    listed = text.startswith("[", at)
    at += listed
    while (at := _after_blanks(text, at)) < len(text) or listed:
        if listed and not number and text.startswith("]", at):
            return
        number += 1
        record, at = _record(text, at, number)
        if not isinstance(record, dict):
            if number == 1:  # no list of records at all
                return
            shown = json.dumps(record, ensure_ascii=False)[:20]
            raise _FaultError(
                f"record {number:,} is no object but {shown}. Correct it, or leave it out"
            )
        at = _after_blanks(text, at)
        if listed and text.startswith("]", at):
            if more := text[at + 1 :].strip():
                raise _FaultError(f"after the end of its list it has {more[:20]!r}. Make one list")
            return
        if listed and not text.startswith(",", at):
            raise _wrong(text, at, number + 1, "Expecting ',' delimiter")
        at += listed


def _record(text: str, at: int, number: int) -> tuple[Any, int]:
    """Return a record that begins at a place, and where it ends."""
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise _wrong(text, error.pos, number, error.msg) from None
    except RecursionError:
        raise _FaultError(TOO_DEEP) from None
    except KeyError as error:
        told = f"record {number:,} has {error.args[0]} more than once. Keep one of them"
        raise _FaultError(told) from None


TOO_DEEP = (
    "its objects lie too deep within one another to be columns. Write the values that are needed "
    "beside the others"
)


def _wrong(text: str, at: int, number: int, why: str) -> _FaultError:
    """Return what is wrong at a place of a text."""
    line = text.count("\n", 0, at) + 1
    if not text[at:].strip() or why.startswith("Unterminated"):
        return _FaultError(
            f"it ends within record {number:,}, which begins or goes on in line {line:,}: it was "
            "cut short, or a quote or bracket is missing. Export it again"
        )
    said = _WORDS.get(why, "something is wrong at")
    return _FaultError(
        f"record {number:,} is not JSON: in line {line:,} {said} {text[at : at + 20]!r}. Correct "
        "it, or export it again"
    )


def _unique(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; refuse one with a field twice."""
    names = [name for name, _ in fields]
    if twice := [name for name in names if names.count(name) > 1]:
        raise KeyError(twice[0])
    return dict(fields)


_DECODER = json.JSONDecoder(object_pairs_hook=_unique)


def _after_blanks(text: str, at: int) -> int:
    """Return the next place of a text that is not blank."""
    found = _BLANK.match(text, at)
    return at if found is None else found.end()
