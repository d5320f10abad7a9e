"""Settings of a mapping file, checked as they are read: formats, days, zones, intervals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from revkit.errors import PeriodError
from revkit.periods import zone as known_zone

_DIRECTIVE = re.compile(r"%-?.?")
_KNOWN = {
    *(f"%{letter}" for letter in "aAbBcdfgGHIjmMnpSuUVwWxXyYzZ%"),
    *(f"%-{letter}" for letter in "dHIjmMSy"),
}


def _several(given: Any) -> tuple[str, ...]:
    """Return one format or a list of formats as a tuple."""
    formats = tuple(given) if isinstance(given, list) else (given,)
    if not formats or not all(isinstance(each, str) for each in formats):
        raise ValueError('it must be a format such as "%d/%m/%Y", or a list of them')
    for each in formats:
        parts = _DIRECTIVE.findall(each)
        if unknown := [part for part in parts if part not in _KNOWN]:
            raise ValueError(f"{each!r} has {unknown[0]!r}, which no date format has")
        if not {"%Y", "%y", "%-y", "%c", "%x", "%G"} & set(parts):
            raise ValueError(f"{each!r} has no year; a format is such as '%d/%m/%Y'")
    return formats


def one_or_more(given: Any) -> Any:
    """Return a list of names; a name alone is a list of one."""
    return [given] if isinstance(given, str) else given


def _day(given: Any) -> date:
    """Return a day of YAML, or one written as ISO text."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise ValueError(f"{given!r} is not a day such as 2025-12-31") from None


def _zone(given: Any) -> str:
    """Return the name of a time zone."""
    try:
        return known_zone(given).key
    except PeriodError as error:
        raise ValueError(str(error).rstrip(".")) from None


def _encoding(given: Any) -> str:
    """Return the name of an encoding of text."""
    try:
        "a".encode(given)
    except (LookupError, UnicodeError, TypeError):
        raise ValueError(f"{given!r} is not an encoding such as utf-8 or cp1252") from None
    return str(given)


def _separator(given: Any) -> str:
    """Return a character that may separate fields."""
    if not isinstance(given, str) or len(given) != 1 or given.isalnum() or given in '"\r\n':
        raise ValueError(f"{given!r} is not one character that separates, such as ;")
    return given


@dataclass(frozen=True)
class OneOrSeveral:
    """Tells editors that one of the parts of a list may stand alone."""

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        """Return the schema of one part or of a list of them."""
        several = handler(core)
        return {"anyOf": [several["items"], several]}


TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}

Formats = Annotated[tuple[str, ...], BeforeValidator(_several), WithJsonSchema(TEXTS)]
"""Date formats (strptime): one, or a list of those that a column mixes."""

Day = Annotated[date, BeforeValidator(_day)]
Zone = Annotated[str, BeforeValidator(_zone)]
Encoding = Annotated[str, BeforeValidator(_encoding)]
Separator = Annotated[str, BeforeValidator(_separator)]

INTERVALS = ("day", "week", "month", "quarter", "year")
"""The intervals, as messages name them."""

_WORDS = {
    12 / 365: ("day", "days", "daily", "d", "giorno", "giorni", "giornaliero"),
    12 / 52: ("week", "weeks", "weekly", "w", "settimana", "settimane", "settimanale"),
    1.0: ("month", "months", "monthly", "m", "mese", "mesi", "mensile"),
    3.0: ("quarter", "quarters", "quarterly", "q", "trimestre", "trimestri", "trimestrale"),
    6.0: ("halfyear", "semester", "semiannual", "semiannually", "semestre", "semestrale"),
    12.0: ("year", "years", "yearly", "y", "annual", "annually", "anno", "anni", "annuale"),
}

MONTHS = {word: months for months, words in _WORDS.items() for word in words}
"""Months by the word for an interval: a year has 365 days, 52 weeks and 12 months."""
