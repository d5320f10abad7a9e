"""Numbers of a mapping: written with signs, in per cent, in minor units, for an interval.

Text is read by the decimal sign that the mapping names, and never guessed: 1,234 may be a thousand
or a little over one. The expressions are the same on every engine; a pattern has no backslash,
which engines read differently in a literal, and casts see only text that a pattern has let through.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from revkit.dataset.validation import Problem, read
from revkit.dataset.validation.reading import stripped
from revkit.schema import ColumnSchema
from revkit.sources.mapping.model import ColumnMapping, MappingFile
from revkit.sources.mapping.settings import INTERVALS, MONTHS

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SPACES = " \u00a0\u2009\u202f"
_SIGN = "(?:[A-Z]{0,3}[$€£¥₹₩₽₺₴₪฿₫₱₦₲₵₸₡]|[A-Z]{3}|kr[.]?|zł|Kč|Ft|Fr[.]?|R)"
_GAP = f"[{_SPACES}]*"
_MINUS = "[-\u2212]"
_POWER = "^[+-]?[0-9]+(?:[{decimal}][0-9]*)?[eE][+-]?[0-9]{{1,2}}$"
_PLAIN = "^[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]{1,2})?$"
_LONGEST = 40  # characters of a number, so that no cast overflows

Read = tuple[Any, list[Problem]]


def read_numbers(
    column: ir.Column,
    declared: ColumnSchema,
    origin: ColumnMapping,
    *,
    decimal: str | None,
    file: str,
) -> Read:
    """Return a column of numbers by the settings of its mapping, and the rules of its rows.

    Parameters
    ----------
    declared
        The column of the schema.
    decimal
        The decimal sign of text; None for plain numbers, as 1234.5.
    file
        The mapping, for messages.

    Raises
    ------
    DataError
        When no value of this type could become the declared one.
    """
    theirs, value = column.get_name(), column
    problems: list[Problem] = []
    if value.type().is_string():
        if origin.percent:
            value = value.re_replace(f"{_GAP}%$", "").name(theirs)
        if decimal is not None:
            value, problems = written_numbers(value, declared.name, decimal, theirs, file)
        elif column.get_backend().name != "duckdb":
            value, problems = _plain_numbers(value, theirs)
    factor = 0.01 if origin.percent else origin.scale
    if factor is None and not origin.minor_units:
        return value, problems
    parses = column.get_backend().name == "duckdb"
    reading = read(value, declared, table=file, parses=parses)
    problems = problems or reading.problems(theirs)
    if origin.percent:
        problems = [*problems, _a_share_already(column, reading.value, declared.name)]
    return _scaled(reading.value, factor or 1.0), problems


def _a_share_already(column: Any, number: Any, name: str) -> Problem:
    """Return the rule that a column in percent has some value above 1, or a sign of percent."""
    theirs, most = column.get_name(), number.max().as_scalar()
    rows = (number > 0) & (most <= 1)
    if column.type().is_string():
        rows &= ~column.endswith("%")
    return Problem(
        rows,
        f"{theirs} is at most 1 in every row, so it is a share already, for {name}",
        (theirs,),
        f"Leave out percent: true; where 0.5 does mean 0.5 %, write {name}: {{from: {theirs}, "
        "scale: 0.01}.",
    )


def _scaled(value: Any, factor: float) -> Any:
    """Return numbers times a factor; by 0.01 they are divided by 100, which cents need."""
    if factor == 1:
        return value
    whole = round(1 / factor)
    # 1999 * 0.01 is 19.990000000000002
    return value / whole if whole > 1 and factor * whole == 1 else value * factor


def written_numbers(column: Any, name: str, decimal: str, theirs: str, file: str) -> Read:
    """Return text such as (1,234.50) or 1.234,50 € as numbers, and the rule that all fit."""
    import ibis

    text, point = stripped(column), decimal == "."
    power = text.re_search(_POWER.format(decimal=decimal))
    right = (power | text.re_search(_pattern(decimal))) & (text.length() <= _LONGEST)
    digits = text.re_replace(f"{_SIGN}|[()+{_SPACES}'’-]|\u2212", "")
    digits = digits.replace(",", "") if point else digits.replace(".", "").replace(",", ".")
    digits = power.ifelse(text.replace(",", "."), digits)
    size = right.ifelse(digits, ibis.null("string")).cast("float64")
    below = text.re_search(f"^[(]|{_MINUS}") & ~power
    number = below.ifelse(-size, size)
    example, other = ("1,234.56", '","') if point else ("1.234,56", '"."')
    what = f"{theirs} is not a number written as {example}, for {name}"
    remedy = (
        f"Correct it; or, where the other sign divides, write {name}: {{from: {theirs}, "
        f"decimal: {other}}} in {file}."
    )
    return number, [Problem((text != "") & ~right, what, (theirs,), remedy)]


def _plain_numbers(column: Any, theirs: str) -> Read:
    """Return text such as 1234.5 as numbers on an engine that cannot try a cast."""
    import ibis

    text = stripped(column)
    right = text.re_search(_PLAIN) & (text.length() <= _LONGEST)
    number = right.ifelse(text, ibis.null("string")).cast("float64")
    remedy = (
        'Correct it, or say in a mapping how numbers are written: decimal: "." reads 1,234.50 '
        'and ($5.00), decimal: "," reads 1.234,50 €.'
    )
    return number, [Problem((text != "") & ~right, f"{theirs} is not a number", (theirs,), remedy)]


@cache
def _pattern(decimal: str) -> str:
    """Return the pattern of a number with signs, whole or not, by its decimal sign."""
    group = "," if decimal == "." else "."
    grouped = "|".join(f"[0-9]{{1,3}}(?:[{sign}][0-9]{{3}})+" for sign in (group, _SPACES, "'’"))
    body = f"(?:(?:{grouped}|[0-9]+)(?:[{decimal}][0-9]*)?|[{decimal}][0-9]+)"
    held = f"(?:{_SIGN}{_GAP})?{body}(?:{_GAP}{_SIGN})?"
    signs = (
        f"[(]{_GAP}{held}{_GAP}[)]",
        f"(?:[+]|{_MINUS})?{_GAP}{held}",
        f"{_SIGN}{_GAP}(?:[+]|{_MINUS}){_GAP}{body}",
        f"{held}{_GAP}{_MINUS}",
    )
    return f"^(?:{'|'.join(signs)})$"


def in_major_units(amount: Any, currency: Any, theirs: str, mapping: MappingFile) -> Read:
    """Return amounts in minor units as amounts, and the rule that each currency is known.

    Parameters
    ----------
    amount
        Numbers: cents, yen, thousandths of a dinar.
    currency
        The currency of each row, an ISO code in any case.
    theirs
        The column of the amounts, for messages.
    mapping
        The mapping, which may have digits of its own for some currencies.
    """
    import ibis

    code, file = currency.upper(), mapping.file
    own = [(code == one, float(10**digits)) for one, digits in mapping.minor_digits.items()]
    cases = [(code.isin(codes), float(10**digits)) for digits, codes in _codes_by_digits()]
    units = ibis.cases(*own, *cases, else_=ibis.null("float64"))
    what = f"{theirs} is in minor units of a currency that is not known"
    remedy = f"Name the currency of each row, or currency: of the company in {file}, as in EUR."
    return amount / units, [Problem(amount.notnull() & units.isnull(), what, (theirs,), remedy)]


def signs_agree(text: Any, currency: Any, theirs: str, file: str) -> list[Problem]:
    """Return the rule that the currency sign in a text is one of the currency of its row.

    Parameters
    ----------
    text
        Amounts as they are written, some with a sign.
    currency
        The currency of each row, an ISO code in any case; null where it is not known.
    """
    import ibis

    bare, code = stripped(text), currency.upper()
    sign = bare.re_search(_SIGN).ifelse(bare.re_extract(f"({_SIGN})", 1), ibis.null("string"))
    theirs_too = [(sign == one, code.isin(codes)) for one, codes in _currencies_by_sign()]
    known = (sign == code) | ibis.cases(*theirs_too, else_=False)
    alike = (sign == sign.min().as_scalar()) | code.notnull()
    remedy = f"Give the table its currency in {file}: currency: {{from: the column of it}}."
    another = f"{theirs} is written with the sign of another currency than its row's"
    several = f"{theirs} has signs of several currencies"
    return [
        Problem(sign.notnull() & code.notnull() & ~known, another, (theirs,), remedy),
        Problem(sign.notnull() & ~alike, several, (theirs,), remedy),
    ]


def in_whole_minor_units(amount: Any, decimal: str | None, name: str, theirs: str) -> Problem:
    """Return the rule that amounts in minor units have no fraction, as 49.00 has of a euro.

    Parameters
    ----------
    amount
        The column as the file has it; ``4900.0``, as spreadsheets write a whole number, is one.
    decimal
        The decimal sign of text; None for a point.
    name, theirs
        The column of the schema and that of the file, for messages.
    """
    if amount.type().is_string():
        sign = f"[{decimal or '.'}]"
        # two decimals are written for amounts, even where both are 0
        part = amount.re_search(f"{sign}(?:[0-9]{{2}}(?:[^0-9]|$)|[0-9]*[1-9])")
        rows = part & ~amount.re_search("[0-9][eE]")
    else:
        number = amount.cast("float64")
        rows = number != number.floor().cast("float64")
    return Problem(
        rows.fill_null(False),
        f"{theirs} is read in minor units, such as cents, but has decimals, for {name}",
        (theirs,),
        f"Where it is in whole units of the currency, write {name}: {theirs} in a mapping, without "
        f"minor_units; where it does mean cents, {name}: {{from: {theirs}, scale: 0.01}}.",
    )


def sizes(amount: Any, decimal: str | None) -> tuple[Any, Any, Any]:
    """Return the conditions that an amount is not 0, is written with decimals, is below 100.

    Parameters
    ----------
    amount
        The column as the file has it.
    decimal
        The decimal sign of text; None for a point.
    """
    if not amount.type().is_string():
        number = amount.cast("float64")
        return number != 0, number != number.floor().cast("float64"), number.abs() < 100
    text = stripped(amount)
    digits = text.re_replace("[^0-9]", "").re_replace("^0+", "")
    return digits != "", text.re_search(f"[{decimal or '.'}][0-9]"), digits.length() < 3


def has_minor_units(currency: Any) -> Any:
    """Return the condition that a currency has minor units, or is not known; the yen has none."""
    return ~currency.upper().isin(dict(_codes_by_digits())[0]).fill_null(False)


@cache
def _currencies_by_sign() -> list[tuple[str, list[str]]]:
    """Return the ISO codes of the currencies that are written with each sign."""
    from babel.numbers import get_currency_symbol

    found: dict[str, set[str]] = defaultdict(set)
    for code in (code for _, codes in _codes_by_digits() for code in codes):
        names = {get_currency_symbol(code, place) for place in _PLACES}
        # US$ and CA$ are often written $ alone
        ends = {name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for name in names}
        for sign in {*names, *ends, *_LOCAL.get(code, ())} - {"", code}:
            found[sign].add(code)
    return sorted((sign, sorted(codes)) for sign, codes in found.items())


_PLACES = ("en", "it", "de", "fr", "es", "sv", "pl", "cs")
_LOCAL = {"PLN": ("zł",), "CZK": ("Kč",), "HUF": ("Ft",), "CHF": ("Fr", "Fr."), "ZAR": ("R",),
          "SEK": ("kr", "kr."), "NOK": ("kr", "kr."), "DKK": ("kr", "kr."), "RUB": ("₽",),
          "TRY": ("₺",), "UAH": ("₴",), "THB": ("฿",)}  # fmt: skip


@cache
def _codes_by_digits() -> list[tuple[int, list[str]]]:
    """Return the ISO codes of currencies by the decimals of their amounts."""
    from babel.numbers import get_currency_precision, list_currencies

    found: dict[int, list[str]] = defaultdict(list)
    for code in sorted(list_currencies()):
        found[get_currency_precision(code)].append(code)
    return sorted(found.items())


def months(interval: Any, count: Any, shown: str) -> tuple[Any, list[Problem]]:
    """Return the months that the amount of each row is for, and the rules that they are known.

    Parameters
    ----------
    interval
        A column of words, in any case.
    count
        How many of them, a number or a column of whole numbers; empty is 1.
    shown
        The column of the words, for messages.
    """
    import ibis

    text = stripped(interval.cast("string"))
    word = text.lower().re_replace("[ _-]", "")
    length = ibis.cases(*((word == one, float(size)) for one, size in MONTHS.items()), else_=None)
    unknown = ((text != "") & length.isnull()).fill_null(False)
    what = f"{shown} is not an interval, which is one of {', '.join(INTERVALS)},"
    remedy = "Correct it, or leave such rows out by rows: where:."
    problems = [Problem(unknown, what, (shown,), remedy)]
    if isinstance(count, int):
        return length * float(count), problems
    many = stripped(count.cast("string"))
    whole = many.re_search("^[0-9]{1,4}([.]0*)?$")
    number = whole.ifelse(many, ibis.null("string")).cast("float64").nullif(0.0)
    what = f"{shown} comes with a number of intervals that is no whole number"
    wrong = (many != "").fill_null(False) & number.isnull()
    problems.append(Problem(wrong, what, (shown,), "Correct it: 1 for each month or year."))
    return length * ibis.coalesce(number, 1.0), problems
