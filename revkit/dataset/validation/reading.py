"""Reading: columns as their declared type, and the condition of the values that are not.

Nothing is guessed: text is read as ISO dates and plain numbers, a timestamp is a date only at
midnight, a float is never an id. A column that already has its type is left alone, so that the
engine sees the bare column.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from revkit.dataset.validation.problem import Problem
from revkit.errors import DataError
from revkit.periods import in_zone
from revkit.schema import NUMBERS, ColumnSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir

DAY = r"^\d{4}-\d{2}-\d{2}([ T]00:00(:00(\.0+)?)?(Z|[+-]00(:?00)?)?)?$"
MOMENT = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]00(:?00)?)?)?$"
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
THOUSANDS = "^[+-]?[1-9][0-9]{0,2}([.][0-9]{3})+$"
BLANK = (" ", "\t", "\n", "\r", "\u00a0", "\u200b", "\ufeff")
BLANKS = "^[{0}]+|[{0}]+$".format("".join(BLANK))
_SPACES = (" ", "\t", "\n", "\v", "\f", "\r")
"""The blanks that DuckDB reads over at the end of a number."""

YES = ("true", "yes", "y", "1", "sì", "si", "sí", "vero", "ja", "wahr", "oui", "vrai", "verdadero")
NO = ("false", "no", "n", "0", "falso", "nein", "falsch", "non", "faux")
"""Yes and no in small letters, in English, Italian, German, French and Spanish."""
_WHOLE = 2.0**53
"""The number from which on a decimal number no longer tells whole ones apart."""
_EXPECTED = {
    "id": "text or whole numbers",
    "text": "text",
    "date": "dates",
    "timestamp": "timestamps",
    "money": "numbers",
    "rate": "numbers",
    "number": "numbers",
    "share": "numbers",
    "count": "whole numbers",
    "bool": "true or false",
}


@dataclass(frozen=True)
class Reading:
    """A column read as its declared type.

    ``bad`` is the condition of rows whose value cannot be read, ``what`` and ``remedy`` the words
    for it; ``parsed`` says that text was parsed, which is slow to repeat. ``grouped`` is, of a
    number with a point, the condition that the point may be the sign of thousands.
    """

    value: Any
    bad: Any = None
    what: str = ""
    remedy: str = ""
    parsed: bool = False
    grouped: Any = None

    def problems(self, column: str) -> list[Problem]:
        """Return the rule that every value can be read; ``column`` shows those that cannot."""
        return [] if self.bad is None else [Problem(self.bad, self.what, (column,), self.remedy)]

    def thousands(self, column: str) -> list[Problem]:
        """Return the rule that a point is not the sign of thousands: 1.234 beside 12.500 and 900.

        It is where each number with a point has three digits behind it.
        """
        if self.grouped is None:
            return []
        other = (~self.grouped).any().as_scalar().fill_null(False)
        return [
            Problem(
                self.grouped.fill_null(False) & ~other,
                f"each {column} with a point has three digits behind it, and could be thousands",
                (column,),
                f'Say in a mapping which it is: {column}: {{from: {column}, decimal: ","}} reads '
                '{value} as thousands, decimal: "." as a number with decimals.',
                f"{column}_thousands",
            )
        ]


def read(column: ir.Column, declared: ColumnSchema, *, table: str, parses: bool) -> Reading:
    """Read a column as its declared type.

    Parameters
    ----------
    column
        The column as loaded.
    declared
        Its declaration in the schema.
    table
        The table's name, for the message.
    parses
        Whether the engine has ``try_cast``, so that text can be parsed without failing.

    Raises
    ------
    DataError
        When no value of this type could become the declared one.
    """
    found = column.type()
    if found.is_null():
        return Reading(column.cast(type_of(declared.type)))
    if found.is_string() and declared.type not in ("id", "text"):
        if parses:
            return _parse(column, declared)
    elif (reading := _cast(column, declared)) is not None:
        return reading
    raise DataError.wrong_type(
        declared.name,
        table=table,
        needed=_EXPECTED[declared.type],
        found=str(found),
        remedy=_remedy(declared, found),
    )


def blank(text: Any) -> Any:
    """Return the condition that a text holds nothing but blanks."""
    # few texts begin with one, and an engine strips those alone
    return spaced(text, ends=False).ifelse(stripped(text) == "", False)


def spaced(text: Any, *, ends: bool = True) -> Any:
    """Return the condition that a text is empty or begins, or ends, with a blank."""
    first = text.ascii_str()
    begins = (first < 33) | first.isin([ord(one) for one in BLANK if ord(one) > 32])
    return reduce(or_, [text.endswith(one) for one in BLANK], begins) if ends else begins


def stripped(text: Any) -> Any:
    """Return a text without the blanks around it, the same on every engine."""
    # of the six kinds of blanks that Ibis' strip takes off, Spark reads two as the letters v and f
    return text.re_replace(BLANKS, "")


def fill(declared: ColumnSchema, currency: str | None) -> Any:
    """Return the value that an absent column stands for: its default, else null."""
    import ibis

    default = currency if declared.name == "currency" else declared.default
    kind = type_of(declared.type)
    return ibis.null(kind) if default is None else ibis.literal(default, kind)


def type_of(declared: str) -> str:
    """Return the Ibis type of a declared type."""
    names = {"date": "date", "timestamp": "timestamp", "count": "int64", "bool": "boolean"}
    return names.get(declared, "float64" if declared in NUMBERS else "string")


def _cast(column: Any, declared: ColumnSchema) -> Reading | None:
    """Read a column that is not text; None when its type cannot become the declared one."""
    found, type = column.type(), declared.type
    if type in ("id", "text"):
        if found.is_string():
            return Reading(_hashed(column) if declared.name == "email" else column)
        return Reading(column.cast("string")) if found.is_integer() or found.is_uuid() else None
    if type == "date":
        if found.is_date():
            return Reading(column)
        if not found.is_timestamp():
            return None
        moment = _utc(column)
        return Reading(
            moment.cast("date"),
            bad=moment != moment.truncate("D"),
            what=f"{declared.name} holds a time, but it is a day",
            remedy="Cut it to its day, in a mapping by zone: UTC, or the zone you count in.",
        )
    if type == "timestamp":
        if found.is_timestamp():
            return Reading(_utc(column))
        return Reading(column.cast("timestamp")) if found.is_date() else None
    if type == "bool":
        if found.is_boolean():
            return Reading(column)
        return _yes_or_no(column, declared) if found.is_numeric() else None
    if type == "count":
        if found.is_integer():
            return Reading(column if found.is_int64() else column.cast("int64"))
        return _whole(column, declared) if found.is_numeric() else None
    if found.is_float64():
        return Reading(column)
    return Reading(column.cast("float64")) if found.is_numeric() else None


def _hashed(column: Any) -> Any:
    """Return the SHA-256 of a trimmed lower-case e-mail address, the same on every engine."""
    engine = column.get_backend().name
    bare = stripped(column)
    if engine != "postgres":
        return bare.lower().hexdigest("sha256")
    import ibis

    # Ibis has no rule for it there, and PostgreSQL hashes bytes
    @ibis.udf.scalar.builtin(name="convert_to", signature=(("string", "string"), "binary"))
    def as_bytes(text, encoding): ...  # type: ignore[no-untyped-def]

    @ibis.udf.scalar.builtin(name="sha256", signature=(("binary",), "binary"))
    def sha256(digested): ...  # type: ignore[no-untyped-def]

    @ibis.udf.scalar.builtin(name="encode", signature=(("binary", "string"), "string"))
    def as_text(digest, how): ...  # type: ignore[no-untyped-def]

    return as_text(sha256(as_bytes(bare.lower(), "UTF8")), "hex")


def _utc(column: Any) -> Any:
    """Return a timestamp without zone, in UTC: a plain cast would follow the session's zone."""
    return column if column.type().timezone is None else in_zone("UTC", column)


def _whole(column: Any, declared: ColumnSchema) -> Reading:
    """Read numbers as whole numbers; fractions are bad."""
    number = column.cast("float64")
    whole = _if_whole(number)
    return Reading(
        whole,
        bad=number.notnull() & whole.isnull(),
        what=f"{declared.name} is not a whole number",
        remedy="Correct it.",
    )


def _yes_or_no(column: Any, declared: ColumnSchema) -> Reading:
    """Read the numbers 1 and 0 as yes and no, as text is that holds them; others are bad."""
    import ibis

    value = ibis.cases((column == 1, True), (column == 0, False))
    return Reading(
        value,
        bad=column.notnull() & value.isnull(),
        what=f"{declared.name} is neither true nor false",
        remedy=_words(declared.name),
    )


def _words(name: str) -> str:
    """Return the advice for values that are neither yes nor no."""
    return (
        "Say in a mapping which word is which: "
        f'{name}: {{from: {name}, words: {{"Won": true, "Lost": false}}}}.'
    )


def _if_whole(number: Any) -> Any:
    """Return numbers as whole ones; null where they are not, or too large to be told apart."""
    import ibis

    fits = (number.abs() < _WHOLE) & (number % 1 == 0)  # Ibis' round would cast to int64
    return fits.ifelse(number, ibis.null("float64")).cast("int64")


def _parse(column: Any, declared: ColumnSchema) -> Reading:
    """Read text strictly: values that cannot be parsed are bad, never null."""
    import ibis

    name, type = declared.name, declared.type
    if type in ("date", "timestamp"):
        value = _iso(column, type)
        shape = "year-month-day" if type == "date" else "year-month-day hour:minute, in UTC,"
        what = f"{name} is not a date written {shape}"
        remedy = (
            "Correct it, or say in a mapping how dates are written: "
            "{format}; "
            f'{name}: {{from: {name}, date_format: ["%Y-%m-%d", "%d/%m/%Y"]}} reads a column '
            "written in both ways; zone: UTC cuts moments to their day; epoch: ms reads numbers, "
            "and epoch: excel those of Excel's days, such as 45657.{none}"
        )
    elif type == "bool":
        word = stripped(column).lower()
        # most are written so, and a comparison costs a fifth of a pattern
        plain = ((column == "true", True), (column == "false", False), (column.isnull(), None))
        value = ibis.cases(*plain, (word.isin(YES), True), (word.isin(NO), False))
        what = f"{name} is neither true nor false"
        remedy = f"{_words(name)}{{none}}"
    else:
        value = _number(column)
        what = f"{name} is not a number"
        remedy = (
            'Correct it, or say in a mapping how numbers are written: decimal: "." reads 1,234.50 '
            'and ($5.00), decimal: "," reads 1.234,50 €.{none}'
        )
        if type == "share":
            remedy = (
                "A share of 50 % is written 0.5. Correct it, or say in a mapping: "
                f"{name}: {{from: {name}, percent: true}} reads 50 and 50 %.{{none}}"
            )
        if type == "count":
            value = _if_whole(value)
            what = f"{name} is not a whole number"
    grouped = _grouped(column) if type in ("money", "rate") else None
    bad = column.notnull() & value.isnull()
    return Reading(value, bad, what, remedy, parsed=True, grouped=grouped)


def _iso(column: Any, type: str) -> Any:
    """Return ISO text as days or moments; null where it is written in another way."""
    import ibis

    read, length = column.try_cast(type), 10 if type == "date" else 19
    # as the engine writes it, which is tested in a third of the time that a pattern takes
    plain = (column.length() == length) & (read.cast("string") == column)
    iso = column.re_search(DAY if type == "date" else MOMENT)
    text = column.left(10) if type == "date" else column
    return ibis.cases((plain, read), (iso, text.try_cast(type)))


def _number(column: Any) -> Any:
    """Return text as plain numbers; null where it is written in another way."""
    import ibis

    read = column.try_cast("float64")
    # the engine reads also blanks around a number, underscores within, and words such as nan: text
    # without them is told in half the time that a pattern takes
    odd = [column.endswith(one) for one in _SPACES] + [column.contains("_")]
    plain = (column >= "0") & (column < ":") & ~reduce(or_, odd)
    return ibis.cases((plain, read), (column.re_search(NUMBER), read))


def _grouped(column: Any) -> Any:
    """Return, of a number with a point, whether three digits stand behind it; else null."""
    import ibis

    return column.contains(".").ifelse(column.re_search(THOUSANDS), ibis.null("boolean"))


def _remedy(declared: ColumnSchema, found: Any) -> str:
    """Return advice for a column of a type that cannot become the declared one."""
    if declared.type == "id" and found.is_floating():
        return (
            "An id read as a decimal number has lost its spelling: make the column text where it "
            "comes from, or whole numbers, which a data frame keeps beside empty cells as 'Int64'."
        )
    if declared.type == "bool":
        return _words(declared.name) if found.is_string() else "Make it true, false or empty."
    if declared.dated and found.is_numeric():
        how = f"{declared.name}: {{from: {declared.name}, epoch: excel}}"
        return (
            f"A mapping reads Excel's numbers of days, such as 45657: {how}; milliseconds since "
            "1970 by epoch: ms, seconds by epoch: s."
        )
    return f"Cast {declared.name} before loading it."
