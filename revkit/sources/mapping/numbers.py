"""Numbers of a mapping: with a decimal comma, in per cent, in minor units of their currency."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from revkit.dataset.validation import Problem, read
from revkit.schema import ColumnSchema
from revkit.sources.mapping.model import ColumnMapping

if TYPE_CHECKING:
    import ibis.expr.types as ir

COMMA_NUMBER = r"^[+-]?([0-9]{1,3}([.][0-9]{3})+|[0-9]+)(,[0-9]+)?$"

Read = tuple[Any, list[Problem]]


def read_numbers(
    column: ir.Column, declared: ColumnSchema, origin: ColumnMapping, *, decimal: str, file: str
) -> Read:
    """Return a column of numbers by the settings of its mapping, and the rules of its rows.

    Raises
    ------
    DataError
        When no value of this type could become the declared one.
    """
    theirs = column.get_name()
    value: Any = column
    problems: list[Problem] = []
    if origin.percent and value.type().is_string():
        value = value.re_replace("[ \u00a0]*%$", "").name(theirs)
    if decimal == "," and value.type().is_string():
        value, problems = comma_numbers(value, declared.name, file)
    if not (origin.percent or origin.minor_units):
        return value, problems
    parses = column.get_backend().name == "duckdb"
    reading = read(value, declared, table=file, parses=parses)
    value = reading.value / 100 if origin.percent else reading.value
    return value, problems or reading.problems(theirs)


def comma_numbers(column: ir.Column, name: str, file: str) -> Read:
    """Return a text column of numbers like 1.234,56 as 1234.56, and the rule that all fit."""
    import ibis

    theirs = column.get_name()
    right = column.re_search(COMMA_NUMBER)
    number = right.ifelse(column.replace(".", "").replace(",", "."), ibis.null("string"))
    what = f"{theirs} is not a number written as 1.234,56, for {name}"
    remedy = f"Correct it, or leave decimal out of {file} where a point divides."
    return number, [Problem(column.notnull() & ~right, what, (theirs,), remedy)]


def in_major_units(amount: Any, currency: Any, theirs: str, file: str) -> Read:
    """Return amounts in minor units as amounts, and the rule that each currency is known.

    Parameters
    ----------
    amount
        Numbers: cents, yen, thousandths of a dinar.
    currency
        The currency of each row, an ISO code in any case.
    theirs
        The column of the amounts, for messages.
    """
    import ibis

    code = currency.upper()
    cases = [(code.isin(codes), float(10**digits)) for digits, codes in _codes_by_digits()]
    units = ibis.cases(*cases, else_=ibis.null("float64"))
    what = f"{theirs} is in minor units of a currency that is not known"
    remedy = f"Name the currency of each row, or currency: of the company in {file}, as in EUR."
    return amount / units, [Problem(amount.notnull() & units.isnull(), what, (theirs,), remedy)]


@cache
def _codes_by_digits() -> list[tuple[int, list[str]]]:
    """Return the ISO codes of currencies by the decimals of their amounts."""
    from babel.numbers import get_currency_precision, list_currencies

    found: dict[int, list[str]] = defaultdict(list)
    for code in sorted(list_currencies()):
        found[get_currency_precision(code)].append(code)
    return sorted(found.items())
