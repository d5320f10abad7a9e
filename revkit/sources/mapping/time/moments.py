"""Moments of text and of numbers, by expressions that every engine computes alike.

DuckDB has ``try_strptime``; elsewhere parsing fails, or guesses. So a pattern lets a text through,
its parts become numbers, and only parts that are a day are cast. No pattern has a backslash, which
engines read differently in a literal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from revkit.periods import clock_to_utc, local_day
from revkit.schema import ColumnSchema

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
          "october", "november", "december")  # fmt: skip
_TWO = "([0-9]{1,2})"
_OFFSET = "([+-][0-9]{2}(?::?[0-9]{2})?)"
_PARTS = {
    "Y": ("year", "([0-9]{4})"), "y": ("short_year", "([0-9]{2})"), "m": ("month", _TWO),
    "d": ("day", _TWO), "H": ("hour", _TWO), "I": ("half_hour", _TWO), "M": ("minute", _TWO),
    "S": ("second", _TWO), "f": ("fraction", "([0-9]{1,6})"), "g": ("fraction", "([0-9]{1,3})"),
    "p": ("half", "([ap]m)"), "z": ("offset", _OFFSET), "B": ("name", f"({'|'.join(MONTHS)})"),
    "b": ("name", f"({'|'.join(month[:3] for month in MONTHS)})"),
}  # fmt: skip
_ISO = (
    "^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ t]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})"
    "(?:[.]([0-9]{1,6})[0-9]*)?)?(?: ?(z|[+-][0-9]{2}(?::?[0-9]{2})?))?)?$"
)
_ISO_PARTS = ("year", "month", "day", "hour", "minute", "second", "fraction", "offset")


@dataclass(frozen=True)
class Moments:
    """Moments of a text: as written where there is no offset, else in UTC; null where none fits.

    ``moved`` is None where no text can have an offset.
    """

    written: Any
    moved: Any


def by_format(column: Any, pattern: str) -> Moments | None:
    """Return text as moments by a date format; None where the format has a part that is not known.

    >>> import ibis
    >>> moment = by_format(ibis.literal("31/12/24 23:05"), "%d/%m/%y %H:%M")
    >>> str(moment.written.to_pyarrow())
    '2024-12-31 23:05:00'
    """
    names: list[str] = []
    pieces: list[str] = []
    for part in re.findall("%-?.|.", pattern):
        if part[0] != "%" or part == "%%":
            pieces.append(_literal(part[-1].lower()))
        elif part[-1] in _PARTS:
            name, piece = _PARTS[part[-1]]
            names.append(name)
            pieces.append(piece)
        else:
            return None
    return _moments(column, f"^{''.join(pieces)}$", names)


def iso(column: Any) -> Moments:
    """Return text such as 2025-01-05, or 2025-01-05T10:30:00.000+01:00, as moments."""
    return _moments(column, _ISO, _ISO_PARTS)


def since_1970(milliseconds: Any) -> Any:
    """Return whole milliseconds since 1970 as moments in UTC."""
    import ibis

    start = ibis.literal("1970-01-01 00:00:00").cast("timestamp")
    return start + (milliseconds * 1000).as_interval("us")


def placed(moment: Any, declared: ColumnSchema, zone: str) -> Any:
    """Return a moment in UTC as it is, or as its day in a zone where a day is declared."""
    return local_day(moment, zone) if declared.type == "date" else moment


def written(moment: Any, declared: ColumnSchema, zone: str | None) -> Any:
    """Return a moment as a zone's clocks write it: its day, or the moment in UTC."""
    if declared.type == "date":
        return moment.cast("date")
    return moment if zone is None else clock_to_utc(moment, zone)


def _literal(sign: str) -> str:
    """Return the pattern of a sign that stands for itself."""
    return sign if sign.isalnum() or sign in " _^" else f"[{sign}]"


def _moments(column: Any, pattern: str, names: Any) -> Moments:
    """Return the moments of a text whose parts a pattern captures."""
    import ibis

    text = column.lower()
    fits = text.re_search(pattern)
    nothing = ibis.null("string")
    found = {
        name: fits.ifelse(text.re_extract(pattern, number), nothing).nullif("")
        for number, name in enumerate(names, 1)
    }
    moment = _composed(found, fits)
    offset = found.get("offset")
    if offset is None:
        return Moments(moment, None)
    shift = offset.nullif("z").fill_null("+00")
    hours, minutes = shift.substr(1, 2).cast("int64"), shift.replace(":", "").substr(3, 2)
    ahead = hours * 60 + minutes.nullif("").fill_null("0").cast("int64")
    signed = shift.startswith("-").ifelse(-ahead, ahead)
    moved = moment - signed.as_interval("m")
    none = ibis.null("timestamp")
    return Moments(offset.isnull().ifelse(moment, none), offset.isnull().ifelse(none, moved))


def _composed(found: dict[str, Any], fits: Any) -> Any:
    """Return the moment that some parts of a text make; null where there is none."""
    import ibis

    def number(name: str, absent: str) -> Any:
        return found.get(name, ibis.literal(absent)).fill_null(absent).cast("int64")

    year = number("year", "0")
    if "short_year" in found:
        year = number("short_year", "0")
        year = year + (year < 69).ifelse(2000, 1900)
    month, day = number("month", "1"), number("day", "1")
    if "name" in found:
        short = found["name"].substr(0, 3)
        month = ibis.cases(*[(short == name[:3], n) for n, name in enumerate(MONTHS, 1)], else_=0)
    hour = number("hour", "0")
    in_day = (hour <= 23) & (number("minute", "0") <= 59) & (number("second", "0") <= 59)
    if "half_hour" in found:
        half = number("half_hour", "0")
        in_day &= half.between(1, 12)
        hour = half % 12 + (found.get("half", ibis.literal("am")) == "pm").ifelse(12, 0)
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    last = ibis.cases((month == 2, leap.ifelse(29, 28)), (month.isin([4, 6, 9, 11]), 30), else_=31)
    real = fits & in_day & (year >= 1) & month.between(1, 12) & (day >= 1) & (day <= last)
    parts = [(year, 4, "-"), (month, 2, "-"), (day, 2, " "), (hour, 2, ":")]
    parts += [(number("minute", "0"), 2, ":"), (number("second", "0"), 2, "")]
    text = ibis.literal("")
    for value, width, after in parts:
        text = text.concat(value.cast("string").lpad(width, "0"), after)
    moment = real.ifelse(text, ibis.null("string")).cast("timestamp")
    if "fraction" not in found:
        return moment
    micros = found["fraction"].fill_null("0").concat("000000").substr(0, 6).cast("int64")
    return moment + micros.as_interval("us")
