"""Codes of currencies: three letters, and the words and signs that are often written for them."""

from __future__ import annotations

from revkit.errors import ParameterError

WORDS = {
    "EUR": "euro euros \u20ac",
    "USD": "dollar dollars usdollar us$ $",
    "GBP": "pound pounds sterling \u00a3",
    "JPY": "yen \u00a5",
    "CHF": "franc francs fr. sfr",
}
"""By code, what is often written for it, in small letters and without blanks."""


def code_of(word: str) -> str:
    """Return the code that a word or a sign is often written for; else three dots.

    >>> code_of("Euro"), code_of("\u20ac"), code_of("coins")
    ('EUR', 'EUR', '\u2026')
    """
    bare = word.lower().replace(" ", "")
    return next((code for code, words in WORDS.items() if bare in words.split()), "\u2026")


def check_code(given: str, where: str) -> str:
    """Return a currency given as a code of three letters, in capitals.

    Raises
    ------
    ParameterError
        When it is a word or a sign.
    """
    code = given.strip().upper()
    if len(code) == 3 and code.isascii() and code.isalpha():
        return given
    meant = code_of(given)
    needed = "a code of three letters"
    example = repr("EUR" if meant == "\u2026" else meant)
    raise ParameterError.unfit("currency", given, where=where, needed=needed, example=example)
