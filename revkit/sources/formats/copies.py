"""Bytes of files: gzip opened, copies in UTF-8 for the engine, errors in words."""

from __future__ import annotations

import gzip
import zlib
from codecs import getincrementaldecoder
from io import IncrementalNewlineDecoder
from pathlib import Path
from typing import IO, Any, cast

from revkit.errors import SourceError

MOST_BYTES = 20 * 1 << 30
"""The size up to which something is unpacked or copied."""
_CHUNK = 1 << 20


def is_packed(path: Path) -> bool:
    """Return whether a file is compressed by gzip, by its ending."""
    return path.suffix.lower() == ".gz"


def opened(path: Path) -> IO[bytes]:
    """Open a file, unpacked."""
    return cast("IO[bytes]", gzip.open(path)) if is_packed(path) else path.open("rb")


def size(path: Path) -> int:
    """Return the number of bytes of a file, unpacked."""
    if not is_packed(path):
        return path.stat().st_size
    with opened(path) as file:
        return file.seek(0, 2)


def ends_with(path: Path, most: int) -> bytes:
    """Return the last bytes of a file, unpacked."""
    with opened(path) as file:
        if not is_packed(path):
            file.seek(-most, 2)
            return file.read()
        last = b""
        while chunk := file.read(_CHUNK):
            last = (last + chunk)[-most:]
        return last


def in_utf8(
    path: Path, copy: Path, encoding: str, end: int | None = None, *, same_ends: bool = False
) -> Path:
    """Write a copy of a text file in UTF-8, without its mark, and return its path.

    Parameters
    ----------
    end
        The byte to stop at; the end of the file when None.
    same_ends
        Whether to end all lines alike.

    Raises
    ------
    SourceError
        When it cannot be read or decoded, or is too large.
    """
    decoder: Any = getincrementaldecoder(encoding)()
    if same_ends:
        decoder = IncrementalNewlineDecoder(decoder, translate=True)
    left, first = MOST_BYTES if end is None else end, True
    try:
        with opened(path) as theirs, copy.open("w", encoding="utf-8", newline="") as ours:
            while chunk := theirs.read(min(_CHUNK, left)):
                left -= len(chunk)
                text = decoder.decode(chunk)
                ours.write(text.removeprefix("\ufeff") if first else text)
                first = False
            ours.write(decoder.decode(b"", final=True))
            if end is None and theirs.read(1):
                raise SourceError.too_large(str(path), most=MOST_BYTES)
    except (UnicodeError, OSError, EOFError, zlib.error) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError.unreadable(str(path), problem=described(error)) from None
    return copy


def described(error: Exception) -> str:
    """Return the message of an error, with the line to write when text is in another encoding."""
    if isinstance(error, UnicodeError):
        return f"{error}. Say in a mapping how it is encoded: encoding: cp1252"
    return getattr(error, "strerror", None) or str(error)
