"""Parsing of text: dates by given formats, numbers with a decimal comma.

Text that cannot be parsed, or that could be two different days, is refused and never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import combinations
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator

from revkit.dataset.validation import Problem

if TYPE_CHECKING:
    import ibis.expr.types as ir

COMMA_NUMBER = r"^[+-]?([0-9]{1,3}([.][0-9]{3})+|[0-9]+)(,[0-9]+)?$"


def _several(given: Any) -> tuple[str, ...]:
    """Return one format or a list of formats as a tuple."""
    formats = tuple(given) if isinstance(given, list) else (given,)
    if not formats or not all(isinstance(each, str) for each in formats):
        raise ValueError('it must be a format such as "%d/%m/%Y", or a list of them')
    return formats


Formats = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""Date formats (strptime): one, or a list of those that a column mixes."""


def days(column: ir.Column, formats: Sequence[str], name: str) -> tuple[Any, list[Problem]]:
    """Return a text column parsed as dates by the given formats (DuckDB only), and its rules.

    A row is parsed by any format that fits. Two that fit must agree: with ``%d/%m/%Y`` and
    ``%m/%d/%Y``, 03/04/2025 is refused and 31/12/2025 is not.

    Parameters
    ----------
    name
        The column of the schema, for messages.
    """
    import ibis

    @ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), "timestamp"))
    def parsed(text, pattern): ...  # type: ignore[no-untyped-def]

    theirs = column.get_name()
    moments = [parsed(column, pattern) for pattern in formats]
    value, ways = ibis.coalesce(*moments), " or ".join(formats)
    remedy = "Correct it, or correct date_format in the mapping."
    what = f"{theirs} is not a day written as {ways}, for {name}"
    problems = [Problem(column.notnull() & value.isnull(), what, (theirs,), remedy)]
    if len(moments) > 1:
        # null where one of the two does not fit, which is no problem
        apart = [(one != other).fill_null(False) for one, other in combinations(moments, 2)]
        what = f"{theirs} could be two different days by {ways}, for {name}"
        remedy = "Give date_format only formats that never read the same text as different days."
        problems.append(Problem(reduce(or_, apart), what, (theirs,), remedy))
    return value, problems


def comma_numbers(column: ir.Column, name: str, file: str) -> tuple[Any, list[Problem]]:
    """Return a text column of numbers like 1.234,56 as 1234.56, and the rule that all fit."""
    import ibis

    theirs = column.get_name()
    right = column.re_search(COMMA_NUMBER)
    number = right.ifelse(column.replace(".", "").replace(",", "."), ibis.null("string"))
    what = f"{theirs} is not a number written as 1.234,56, for {name}"
    remedy = f"Correct it, or leave decimal out of {file} where a point divides."
    return number, [Problem(column.notnull() & ~right, what, (theirs,), remedy)]
