"""Words of a mapping: constants and translations, as values of their column's type."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from revkit.dataset.validation import NO, YES, Problem, read
from revkit.dataset.validation.reading import NUMBER, stripped, type_of
from revkit.errors import MappingError, listed
from revkit.schema import ColumnSchema
from revkit.sources.mapping.clauses import Word
from revkit.sources.mapping.model import ColumnMapping


def literal(value: Word, declared: ColumnSchema | None, file: str) -> Any:
    """Return a value of the mapping as a literal of the column's type.

    Raises
    ------
    MappingError
        When it cannot be one.
    """
    import ibis

    kind = "text" if declared is None else declared.type
    target = type_of(kind)
    if value is None:
        return ibis.null(target)
    try:
        return ibis.literal(_typed(value, kind), target)
    except (TypeError, ValueError, OverflowError) as error:
        place = "a column of your own" if declared is None else declared.name
        raise MappingError.wrong(file, place=place, problem=str(error)) from None


def _typed(value: Word, kind: str) -> Any:
    """Return a value as one of a type; raise ValueError when it cannot be."""
    refused = ValueError(f"{value!r} cannot be a {kind}")
    if kind in ("id", "text"):
        if isinstance(value, bool | float | date):
            raise ValueError(f"YAML read a word of it as {value}, but it is text: put it in quotes")
        return str(value)
    if kind == "bool":
        word = str(value).strip().lower()
        if isinstance(value, bool | int | str) and word in YES + NO:
            return word in YES
        raise refused
    if kind in ("date", "timestamp"):
        return _moment(value, kind, refused)
    if isinstance(value, str) and re.fullmatch(NUMBER, value.strip()):
        value = float(value)
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise refused
    if kind != "count":
        return float(value)
    if value != int(value):
        raise refused
    return int(value)


def _moment(value: Word, kind: str, refused: ValueError) -> date:
    """Return a day or a moment; numbers are none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise refused from None
    if isinstance(value, datetime):
        if value.tzinfo is not None or (kind == "date" and value.time() != time()):
            raise refused
        return value.date() if kind == "date" else value
    if not isinstance(value, date):
        raise refused
    return value if kind == "date" else datetime.combine(value, time())


def translate(
    column: Any, name: str, origin: ColumnMapping, declared: ColumnSchema | None, file: str
) -> tuple[Any, list[Problem]]:
    """Return a column translated by ``words``, and the rule that every value is listed.

    Parameters
    ----------
    name
        The column of the schema, for messages.

    Raises
    ------
    MappingError
        When a word cannot be a value of the column.
    DataError
        When other words are kept and no value of this type could become the declared one.
    """
    import ibis

    words, theirs = origin.words or {}, str(origin.from_)
    text = column.cast("string")
    blank = text.isnull() | (stripped(text) == "")
    values = {word: literal(value, declared, file) for word, value in words.items()}
    cases = [(blank if word == "" else text == word, value) for word, value in values.items()]
    known = text.isin([word for word in words if word]) | blank
    if origin.others == "keep":
        if declared is None or declared.type in ("id", "text"):
            return ibis.cases(*cases, else_=text), []
        parses = column.get_backend().name == "duckdb"
        rest = read(column, declared, table=theirs, parses=parses)
        bad = [replace(one, rows=~known & one.rows) for one in rest.problems(theirs)]
        return ibis.cases(*cases, else_=rest.value), bad
    what = f"{theirs} has words that {file} does not translate to {name}"
    remedy = f"Known are {listed(words)}; add the others to words, or others: keep."
    if declared is not None and declared.type == "bool":
        where = f", where: {origin.where}" if isinstance(origin.where, str) else ""
        remedy = (
            f"Known are {listed(words)}; say of every word what it is, in a mapping: "
            f"{name}: {{from: {theirs}, words: {{…: true, …: false}}{where}}}."
        )
    nothing = ibis.null(next(iter(values.values())).type())
    return ibis.cases(*cases, else_=nothing), [Problem(~known, what, (theirs,), remedy)]


def truth(column: Any, file: str) -> tuple[Any, list[Problem]]:
    """Return a column that says yes or no as true or false, and the rule that every value does."""
    import ibis

    if column.type().is_boolean():
        return column, []
    word, theirs = stripped(column.cast("string")).lower(), column.get_name()
    value = ibis.cases((word.isin(YES), True), (word.isin(NO), False))
    what = f"{theirs} is neither true nor false, as where: in {file} needs it"
    remedy = (
        f"It takes {listed(YES[:4])} and {listed(NO[:4])}, and yes and no in Italian, German, "
        f"French and Spanish; of another word say what it must be: where: {{{theirs}: …}}."
    )
    return value, [Problem(value.isnull() & (word != ""), what, (theirs,), remedy)]
