"""Numbers that are dates: seconds or milliseconds since 1970, and Excel's days."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any, Literal

from revkit.dataset.validation import Problem
from revkit.dataset.validation.reading import blank
from revkit.schema import TABLES, ColumnSchema
from revkit.sources.mapping.time.moments import placed, since_1970, written

_WHOLE = "^-?[0-9]{1,15}([.]0+)?$"
_SERIAL = "^[0-9]{1,7}([.][0-9]*)?$"
_EXCEL_1970 = 25_569  # Excel's number of 1 January 1970
_EXCEL_2100 = 73_050
_LAST_SERIAL = 2_958_465  # 31 December 9999
_LAST = 253_402_300_799  # the last second of 9999
_WEEKS = 59 * 86_400  # seconds in January and February, into which seconds fall when read as ms

DATED = {column.name for table in TABLES.values() for column in table.columns.values()
         if column.dated}  # fmt: skip
"""Columns of what companies do, none of which was in 1970; a birthday may be."""

Read = tuple[Any, list[Problem]]


def since_epoch(column: Any, declared: ColumnSchema, epoch: str, zone: str | None) -> Read:
    """Return numbers as days or moments, and the rule that all are such numbers.

    Parameters
    ----------
    epoch
        ``s`` or ``ms`` since 1970, or ``excel``.
    zone
        The time zone in which moments become days; UTC when None.
    """
    import ibis

    if epoch == "excel":
        return _serial(column, declared, zone)
    theirs, per_second = column.get_name(), 1000 if epoch == "ms" else 1
    number = column
    if not column.type().is_integer():
        text = column.cast("string")
        number = text.re_search(_WHOLE).ifelse(text, ibis.null("string"))
        number = number.cast("float64").cast("int64")
    fits = number.between(-_LAST * per_second, _LAST * per_second)
    whole = fits.ifelse(number, ibis.null("int64"))
    moment = since_1970(whole * (1000 // per_second))
    unit = "milliseconds" if epoch == "ms" else "seconds"
    what = f"{theirs} is not a whole number of {unit} since 1970, for {declared.name}"
    remedy = "Correct it, or correct epoch in the mapping: {epoch}."
    problems = [Problem(filled(column) & whole.isnull(), what, (theirs,), remedy)]
    if declared.name in DATED:
        early = f"{theirs} is a day of January or February 1970 in {unit}, for {declared.name}"
        soon = whole.between(1, _WEEKS * per_second).fill_null(False)
        problems.append(Problem(soon, early, (theirs,), remedy))
    return placed(moment, declared, zone or "UTC"), problems


def _serial(column: Any, declared: ColumnSchema, zone: str | None) -> Read:
    """Return the numbers that Excel keeps for days and moments, as its clock writes them."""
    import ibis

    theirs, number = column.get_name(), column
    if column.type().is_string():
        text = column.re_search(_SERIAL).ifelse(column, ibis.null("string"))
        number = text.cast("float64")
    number = number.cast("float64")
    # before 61 Excel counts a 29 February 1900, which there was not
    days = number.between(61, _LAST_SERIAL).ifelse(number, ibis.null("float64"))
    # a moment is a fraction of a day, which no float holds to the millisecond
    seconds = ((days - _EXCEL_1970) * 86_400).round().cast("int64")
    what = f"{theirs} is not the number of a day in Excel, such as 45657, for {declared.name}"
    remedy = "Correct it, or correct epoch in the mapping: {epoch}."
    problem = Problem(filled(column) & days.isnull(), what, (theirs,), remedy)
    return written(since_1970(seconds * 1000), declared, zone), [problem]


def filled(column: Any) -> Any:
    """Return the condition that a cell is not empty; a database may keep empty text."""
    text = column.type().is_string()
    return column.notnull() & ~blank(column) if text else column.notnull()


def unit_of(texts: Iterable[str]) -> Literal["s", "ms"] | None:
    """Return the unit of moments that are numbers since 1970, but for a few; None for other texts.

    No other date looks like it: seconds have ten digits, milliseconds thirteen. The few are
    refused where they are read, one by one.

    >>> unit_of(["1704067200"]), unit_of(["1704067200000.0"]), unit_of(["2024-01-01"])
    ('s', 'ms', None)
    >>> unit_of(["1704067200"] * 9 + ["soon"]), unit_of(["1704067200", "1704067200000"])
    ('s', None)
    """
    whole = [re.sub("[.]0+$", "", text) for text in texts]
    lengths = [len(text) for text in whole if text.isdecimal() and len(text) in (10, 13)]
    if len(set(lengths)) != 1 or 2 * len(lengths) <= len(whole):
        return None
    return "s" if lengths[0] == 10 else "ms"


def are_serials(texts: Collection[str]) -> bool:
    """Return whether texts are all days as Excel keeps them, from 1970 to 2100.

    No date has five digits, and no other number of days comes with a fraction of one.

    >>> are_serials(["45657", "46007.240278"]), are_serials(["20241231"]), are_serials([])
    (True, False, False)
    """
    whole = re.compile(_SERIAL)
    days = [float(text) if whole.match(text) else 0.0 for text in texts]
    return bool(days) and all(_EXCEL_1970 <= day <= _EXCEL_2100 for day in days)
