"""Rows that a mapping takes of a source: by conditions, the first of several, columns as rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from revkit.dataset.validation import Problem
from revkit.dataset.validation.reading import stripped
from revkit.errors import ColumnError, DataError, MappingError
from revkit.schema import ColumnSchema
from revkit.sources.mapping.clauses import (
    After,
    Choice,
    Condition,
    Except,
    Found,
    Pivot,
    Within,
    Without,
    Word,
    columns_of,
)
from revkit.sources.mapping.model import MappingFile, plain_column
from revkit.sources.mapping.time.dates import DateStyle, read_dates
from revkit.sources.mapping.words import truth

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NUMBER = "^[+-]?[0-9]{1,15}([.][0-9]*)?$"

Read = tuple[Any, list[Problem]]

Opener = Callable[[str, Sequence[str]], "ir.Table"]
"""Opens a table of the source by its name, with some columns as text."""


def condition(raw: ir.Table, where: Condition, mapping: MappingFile, opened: Opener) -> Read:
    """Return the rows in which a condition holds, and the rules that its columns may break.

    A column alone must say yes or no; values are compared as text, without blanks around them.
    """
    file = mapping.file
    if isinstance(where, str):
        kept, unclear = truth(raw[where], file)
        return kept.fill_null(False), unclear
    found: list[Any] = []
    problems: list[Problem] = []
    for name, wanted in where.items():
        if isinstance(wanted, Within):
            found.append(_is_found(raw[name], wanted.in_, mapping, opened))
            continue
        if isinstance(wanted, Without):
            found.append(~_is_found(raw[name], wanted.not_in, mapping, opened))
            continue
        if isinstance(wanted, After):
            later, broken = _is_after(raw, name, wanted.after, mapping)
            found.append(later)
            problems += broken
            continue
        words = wanted.not_ if isinstance(wanted, Except) else wanted
        several = words if isinstance(words, tuple) else (words,)
        kept, unclear = _is_one_of(raw[name], several, file)
        found.append(~kept if isinstance(wanted, Except) else kept)
        problems += unclear
    return reduce(and_, found), problems


def _is_after(raw: ir.Table, name: str, other: str, mapping: MappingFile) -> Read:
    """Return the condition that a moment is later than another, or that one of them is empty."""
    first, broken = _ordered(_written(raw[name]), mapping)
    second, more = _ordered(_written(raw[other]), mapping)
    # both are moments, or both numbers such as seconds
    earlier = [(one <= two).fill_null(False) for one, two in zip(first, second, strict=False)]
    return ~reduce(or_, earlier), [*broken, *more]


def _written(column: Any) -> Any:
    """Return numbers as text, which is both a number and no day."""
    return column.cast("string").name(column.get_name()) if column.type().is_numeric() else column


def _is_found(column: Any, wanted: Found, mapping: MappingFile, opened: Opener) -> Any:
    """Return the condition that another table has the values of a column, which is not empty."""
    file = mapping.file
    asked = [wanted.key, *columns_of(wanted.where)]
    other = opened(wanted.source, asked)
    for name in asked:
        if name not in other.columns:
            remedy = f"{file} asks for it in a condition."
            raise ColumnError.missing(name, table=wanted.source, found=other.columns, remedy=remedy)
    if wanted.where is not None:
        kept, problems = condition(other, wanted.where, mapping, opened)
        refuse_rows(other, problems, "a condition", wanted.source, (wanted.key,))
        other = other.filter(kept)
    key = stripped(other[wanted.key].cast("string"))
    keys = other.select(key=key).filter(lambda row: row.key.notnull() & (row.key != "")).distinct()
    text = stripped(column.cast("string"))
    if column.get_backend().name == "pyspark":
        # Spark knows an IN with a query only where rows are filtered
        return keys.key.collect().as_scalar().contains(text).fill_null(False)
    return text.isin(keys.key).fill_null(False)


def _is_one_of(column: Any, words: Sequence[Word], file: str) -> Read:
    """Return the condition that a column has one of some values; null and "" are empty cells."""
    import ibis

    text = stripped(column.cast("string"))
    blank = (text == "").fill_null(True)
    empties = [word for word in words if word is None or word == ""]
    flags = [word for word in words if isinstance(word, bool)]
    others = [word for word in words if word not in empties and not isinstance(word, bool)]
    kept = blank if empties else ibis.literal(False)
    problems: list[Problem] = []
    if others:
        written = text.isin([str(word) for word in others])
        numbers = [word for word in others if isinstance(word, int | float)]
        if numbers and column.type().is_numeric():
            written |= column.isin(numbers)
        kept |= written.fill_null(False)
    if flags:
        value, problems = truth(column, file)
        kept |= value.isin(flags).fill_null(False)
    return kept, problems


def order_of(raw: ir.Table, name: str, mapping: MappingFile) -> tuple[list[Any], list[Problem]]:
    """Return the values by which a column orders rows: numbers, or moments as the file has them."""
    values, problems = _ordered(raw[name], mapping)
    empty = raw[name].isnull()
    if raw[name].type().is_string():
        empty = (stripped(raw[name]) == "").fill_null(True)
    return values, [*problems, _unordered(empty, name)]


def _ordered(column: Any, mapping: MappingFile) -> tuple[list[Any], list[Problem]]:
    """Return a column as numbers or moments; text is both, each null where it is the other."""
    import ibis

    if not column.type().is_string():
        return [column], []
    name = column.get_name()
    number = column.re_search(_NUMBER).ifelse(column, ibis.null("string"))
    declared = ColumnSchema(name, "timestamp")
    style = DateStyle.of(mapping, plain_column(name), declared, inclusive=False)
    dated = number.notnull().ifelse(ibis.null("string"), column).name(name)
    moment, problems = read_dates(dated, declared, style, mapping.file, parse=True)
    return [moment.cast("timestamp"), number.cast("float64")], problems


def _unordered(empty: Any, name: str) -> Problem:
    """Return the rule that each row has a value by which it is ordered."""
    remedy = f"Leave these rows out: where: {{{name}: {{not: null}}}}."
    return Problem(empty, f"{name} is empty, but it says which row is the first", (name,), remedy)


def ends_of_groups(
    raw: ir.Table, choice: Choice, group: Sequence[str], mapping: MappingFile
) -> tuple[ir.Table, list[Problem]]:
    """Return the first or last rows of each group; rows of one moment stay, all of them.

    The second value holds the rules that the rows may break, to be checked before.
    """
    name = choice.first_by or choice.last_by
    if name is None:
        return raw, []
    import ibis

    keys, problems = order_of(raw, name, mapping)
    ordered = keys if choice.first_by else [key.desc() for key in keys]
    place = ibis.rank().over(ibis.window(group_by=[raw[one] for one in group], order_by=ordered))
    aside = _free_name("place", raw.columns)
    placed = raw.mutate(**{aside: place})
    return placed.filter(placed[aside] == 0).drop(aside), problems


def pivoted_columns(pivot: Pivot, found: Sequence[str], used: Sequence[str]) -> dict[str, str]:
    """Return the names of the rows by column; ``*`` alone is each column that is not used.

    >>> pivoted_columns(Pivot(columns="in_*", names="n", values="v"), ["id", "in_a", "in_b"], [])
    {'in_a': 'a', 'in_b': 'b'}
    """
    if isinstance(pivot.columns, dict):
        return pivot.columns
    if isinstance(pivot.columns, tuple):
        return {name: name for name in pivot.columns}
    before, _, after = pivot.columns.partition("*")
    least = len(before) + len(after)
    fits = [
        name
        for name in found
        if name not in used and name.startswith(before) and name.endswith(after)
        and len(name) > least
    ]  # fmt: skip
    return {name: name[len(before) : len(name) - len(after)] for name in fits}


def pivoted(
    raw: ir.Table, pivot: Pivot, columns: dict[str, str], *, file: str, table: str
) -> ir.Table:
    """Return a row for each of some columns that is not empty: its name, its value, the others.

    Raises
    ------
    MappingError
        When no column fits, or the new ones have names of others.
    """
    import ibis

    others = [name for name in raw.columns if name not in columns]
    if not columns:
        problem = f"pivot: no column of {', '.join(raw.columns[:9])} fits {pivot.columns!r}"
        raise MappingError.wrong(file, place=table, problem=problem)
    if twice := [name for name in (pivot.names, pivot.values) if name in others]:
        problem = f"pivot: {twice[0]!r} is a column of the file already; name the new one otherwise"
        raise MappingError.wrong(file, place=table, problem=problem)
    kinds = {str(raw[name].type()) for name in columns}
    aside = _free_name("place", raw.columns)
    # one row each by an array, since a union would read the file once for each column
    rows = raw.mutate(**{aside: ibis.array(list(range(len(columns)))).unnest()})
    rows = rows.select(*rows.columns)
    values = [rows[name] if len(kinds) == 1 else rows[name].cast("string") for name in columns]
    at = rows[aside]
    made = {
        pivot.names: ibis.cases(*[(at == n, name) for n, name in enumerate(columns.values())]),
        pivot.values: ibis.cases(*[(at == n, value) for n, value in enumerate(values)]),
    }
    long = rows.select(*[rows[name] for name in others], **made)
    value = long[pivot.values]
    empty = value.isnull()
    return long.filter(~(empty | (stripped(value) == "") if value.type().is_string() else empty))


def refuse_rows(
    raw: ir.Table, problems: Sequence[Problem], table: str, source: str, keys: Sequence[str]
) -> None:
    """Refuse rows that break a rule, showing three of them by some columns.

    Raises
    ------
    DataError
        For the first rule that rows break.
    """
    if not problems:
        return
    sums = {
        f"b{number}": problem.rows.ifelse(1, 0).sum().fill_null(0)
        for number, problem in enumerate(problems)
    }
    counted = raw.aggregate(**sums).to_pyarrow().to_pylist()[0]
    for number, problem in enumerate(problems):
        if rows := int(counted[f"b{number}"]):
            shown = list(dict.fromkeys([*keys, *problem.shows]))
            # as text, since a day after 9999 is none in Python
            texts = {name: raw[name].cast("string") for name in shown}
            worst = raw.filter(problem.rows).select(**texts).order_by(shown).limit(3)
            examples = worst.to_pyarrow().to_pylist()
            value = str(examples[0][problem.shows[0]]) if examples and problem.shows else ""
            raise DataError.refused(
                problem.what,
                table=f"{table} (from {source})",
                rows=rows,
                examples=examples,
                remedy=problem.told(value),
            )


def _free_name(name: str, taken: Sequence[str]) -> str:
    """Return a name that no column has."""
    while name in taken:
        name += "_"
    return name
