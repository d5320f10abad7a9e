"""Numbers, amounts, dates and lists by the rules of a locale, as Babel knows them.

Numbers are given in plain digits, already rounded, so that every language shows the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal

SPACE = "\u00a0"
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
"""Signs that English readers of any country take for one currency; of others the code is shown."""

SIZES = {"k": 3, "M": 6, "B": 9}
"""Power of ten of each scale."""


def decimal(written: str, locale: str) -> str:
    """Write plain digits with the locale's separators.

    >>> decimal("1234.50", "en"), decimal("1234.50", "it")
    ('1,234.50', '1.234,50')
    """
    from babel.numbers import format_decimal

    places = len(written.partition(".")[2])
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return format_decimal(Decimal(written), format=pattern, locale=locale)


@cache
def point(locale: str) -> str:
    """Return the locale's decimal point.

    >>> point("en"), point("it")
    ('.', ',')
    """
    from babel.numbers import get_decimal_symbol

    return get_decimal_symbol(locale)


def money(written: str, currency: str | None, scale: str, locale: str) -> str:
    r"""Write an amount with the currency and the scale where the locale has them.

    >>> money("1.23", "EUR", "M", "en"), money("1.23", "EUR", "M", "it")
    ('€1.23\xa0M', '1,23\xa0Mln\xa0€')

    Where a locale has no word for a scale, as Italian for thousands, the number is written out.

    >>> money("12.3", "EUR", "k", "it")
    '12.300\xa0€'
    """
    if locale == "en":
        sign = SIGNS.get(currency or "", f"{currency}{SPACE}" if currency else "")
        return f"{sign}{decimal(written, locale)}{SPACE + scale if scale else ''}"
    from babel.numbers import get_currency_symbol

    word = _scale(SIZES[scale], locale) if scale else ""
    if scale and not word:
        written = f"{Decimal(written).scaleb(SIZES[scale]):.0f}"
    symbol = get_currency_symbol(currency, locale=locale) if currency else ""
    return SPACE.join(part for part in (decimal(written, locale), word, symbol) if part)


@cache
def _scale(power: int, locale: str) -> str:
    """The locale's word for a power of ten; empty where it writes such numbers out."""
    from babel import Locale

    formats = Locale.parse(locale).compact_decimal_formats["short"]["other"]
    pattern = str(formats[str(10**power)].pattern)
    return pattern.strip("0").strip().strip("'").strip(SPACE)


def dated(day: date, pattern: str, locale: str) -> str:
    """Write a day by a pattern of Unicode's locale data.

    >>> dated(date(2026, 7, 5), "d MMM yyyy", "it")
    '5 lug 2026'
    """
    from babel.dates import format_date

    return format_date(day, pattern, locale=locale)


@cache
def months(locale: str) -> dict[int, str]:
    """Return the short names of the months by their number."""
    from babel.dates import get_month_names

    names = get_month_names("abbreviated", locale=locale)
    return {month: str(name) for month, name in names.items()}


def listed(
    words: Sequence[str], locale: str, *, style: Literal["standard", "or"] = "standard"
) -> str:
    """Join words as in a sentence.

    >>> listed(["leads", "spend", "finance"], "it")
    'leads, spend e finance'
    """
    from babel.lists import format_list

    return format_list(words, style=style, locale=locale)
