"""Likeness of words: which common value of a dimension a rare one is another spelling of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from revkit.dataset.columns import fold

RARE = 0.2
"""Rows of a value, relative to a like one, up to which it may be another spelling of that."""

SHORT, LONG = 5, 9
"""Letters from which on a word may be off by one keystroke, and by two."""

STEM = 0.75
"""The part of the shorter of two words that begins both, from which on they are one."""

SAME = (
    ("price", "pricing", "too expensive", "expensive", "cost", "costs", "price too high"),
    ("no budget", "budget", "lack of budget", "no money"),
    ("no decision", "no response", "went silent", "ghosted"),
    ("competitor", "competition", "lost to competition"),
    ("United States", "US", "USA", "United States of America", "America"),
    ("United Kingdom", "UK", "Great Britain", "Britain", "England"),
    ("Netherlands", "Holland", "The Netherlands"),
    ("Czechia", "Czech Republic"),
    ("South Korea", "Korea"),
)
"""Words for one thing that no spelling tells."""

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv")
"""Languages in which the names of countries are known."""


def likely(word: str, common: Mapping[str, int], rows: int) -> str | None:
    """Return the common value that a rare one is another spelling of; None without one.

    Parameters
    ----------
    common
        Rows by value.
    rows
        The rows of ``word``.

    Examples
    --------
    >>> usual = {"Germany": 80, "Financial Services": 70, "price": 90, "United States": 300}
    >>> [likely(word, usual, 1) for word in ("Germnay", "Fin. Services", "too expensive", "U.S.")]
    ['Germany', 'Financial Services', 'price', 'United States']
    >>> likely("Gardening", usual, 1), likely("Germnay", {"Germany": 2}, 1)
    (None, None)
    """
    often = [
        other
        for other, count in common.items()
        if rows <= RARE * count and not _told_apart(word, other)
    ]
    for same in (_means_the_same, _keystrokes, _shortened, _within, _stem):
        found = [other for other in often if same(word, other)]
        if found:
            return max(found, key=lambda other: (common[other], other))
    return None


def _means_the_same(one: str, other: str) -> bool:
    """Report whether two words are known to be the same, as the names of one country."""
    if any({fold(one), fold(other)} <= {fold(word) for word in words} for words in SAME):
        return True
    code = _countries().get(fold(one))
    return code is not None and code == _countries().get(fold(other))


def _told_apart(one: str, other: str) -> bool:
    """Report whether two words are known to be two things: other numbers, other countries."""
    if re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
        return True
    codes = [_countries().get(fold(word)) for word in (one, other)]
    return None not in codes and codes[0] != codes[1]


@cache
def _countries() -> dict[str, str]:
    """Return the codes of countries by their names, in several languages, and by themselves."""
    from babel import Locale

    codes: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                codes.setdefault(fold(name), code)
                codes.setdefault(fold(code), code)
    return codes


def _keystrokes(one: str, other: str) -> bool:
    """Report whether two words are a keystroke or two apart: swapped, missing, another letter."""
    from rapidfuzz.distance import OSA

    one, other = fold(one), fold(other)
    least = min(len(one), len(other))
    if least < SHORT:
        return False
    return OSA.distance(one, other) <= (2 if least >= LONG else 1)


def _tokens(word: str) -> list[str]:
    """Return the words of a value, folded."""
    parts = word.replace("-", " ").replace("/", " ").replace("&", " and ").split()
    return [fold(part) for part in parts if fold(part)]


def _shortened(one: str, other: str) -> bool:
    """Report whether each word of one begins the word of the other in its place: Fin. Services."""
    ours, theirs = _tokens(one), _tokens(other)
    return len(ours) == len(theirs) > 1 and all(
        len(short) > 2 and whole.startswith(short)
        for short, whole in zip(ours, theirs, strict=True)
    )


def _within(one: str, other: str) -> bool:
    """Report whether the words of one are all among those of the other: no budget and budget."""
    ours, theirs = set(_tokens(one)), set(_tokens(other))
    fewer, more = sorted((ours, theirs), key=len)
    return bool(fewer) and fewer < more and max(map(len, fewer)) >= SHORT


def _stem(one: str, other: str) -> bool:
    """Report whether most of the shorter word begins both: pricing and price."""
    ours, theirs = fold(one), fold(other)
    same = 0
    for left, right in zip(ours, theirs, strict=False):
        if left != right:
            break
        same += 1
    return same >= 4 and same >= STEM * min(len(ours), len(theirs))
