"""Spelling of ids: blanks around them, accents in two Unicode forms, numbers read as decimals."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from revkit.dataset.validation.reading import BLANK, spaced, stripped

COMBINING = "[\u0300-\u036f]"
"""Marks that make an accent of two characters, as the files of some systems have them."""

DECIMAL = "^([0-9]+)[.]0+$"


def unusual(text: Any) -> Any:
    """Return the condition that an id is spelled in a way that another one of it may not be."""
    blanks = [text.endswith(one) for one in (*filter(str.isascii, BLANK), ".0")]
    other = spaced(text) | text.re_search(COMBINING)
    return reduce(or_, blanks, text.ascii_str() < 33) | (_wide(text) & other)


def _wide(text: Any) -> Any:
    """Return the condition that a text has other letters than those of ASCII, where it is cheap."""
    import ibis

    if text.get_backend().name != "duckdb":
        return ibis.literal(True)

    @ibis.udf.scalar.builtin(name="strlen", signature=(("string",), "int64"))
    def in_bytes(text): ...  # type: ignore[no-untyped-def]

    return in_bytes(text) != text.length()


def plain(text: Any) -> Any:
    """Return ids without blanks around them, accents as one character, ``1.0`` as ``1``."""
    bare = stripped(text)
    whole = bare.re_search(DECIMAL).ifelse(bare.re_replace("[.]0+$", ""), bare)
    return composed(whole)


def composed(text: Any) -> Any:
    """Return a text with each accent as one character, where the engine can."""
    import ibis

    engine = text.get_backend().name
    if engine not in ("duckdb", "postgres"):
        return text
    name = "nfc_normalize" if engine == "duckdb" else "normalize"

    @ibis.udf.scalar.builtin(name=name, signature=(("string",), "string"))
    def normal(text): ...  # type: ignore[no-untyped-def]

    return normal(text)


def differing(one: str, other: str, between: str = " and ") -> str:
    r"""Return two spellings of an id as a message shows them.

    >>> differing("A1", "A1 ")
    "'A1' and 'A1 '"
    >>> differing("Caf\\u00e9", "Cafe\\u0301")
    "'Caf\\\\u00e9' and 'Cafe\\\\u0301'"
    """
    if one == other:
        return repr(one)
    from unicodedata import normalize

    alike = normalize("NFC", one) == normalize("NFC", other)  # they look the same
    show = ascii if alike else repr
    return f"{show(one)}{between}{show(other)}"
