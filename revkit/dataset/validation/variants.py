"""Variants: values of a dimension that differ by case, blanks and punctuation alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from revkit.dataset.columns import fold
from revkit.dataset.notes import Note
from revkit.errors import listed
from revkit.schema import TableSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST = 300
"""Values of a column up to which it is a dimension, and looked at."""

FREE = ("name", "email")
"""Columns of text that are no dimension."""


def variants(table: TableSchema, expr: ir.Table, loaded: Collection[str]) -> Iterator[Note]:
    """Yield a note for each dimension of which some values differ by their spelling alone.

    Each would be a group of its own: ``Mid-Market`` and ``mid market``.

    Parameters
    ----------
    loaded
        The columns that the table was loaded with.
    """
    for name, rows in values_of(table, expr, loaded):
        groups = [group for group in alike(rows) if len(group) > 1]
        if groups:
            yield _note(table.name, name, groups)


def values_of(
    table: TableSchema, expr: ir.Table, loaded: Collection[str]
) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield each dimension with several values, and the number of rows of each value."""
    columns = [
        column.name
        for column in table.columns.values()
        if column.type == "text" and not column.words and not column.key
        and column.name in loaded and column.name not in FREE
    ]  # fmt: skip
    if not columns:
        return
    counts = expr.aggregate(**{name: expr[name].nunique() for name in columns})
    several = counts.to_pyarrow().to_pylist()[0]
    for name in columns:
        if 1 < int(several[name] or 0) <= MOST:
            found = expr.group_by(name).aggregate(rows=expr.count()).to_pyarrow().to_pylist()
            yield name, {row[name]: int(row["rows"]) for row in found if row[name] is not None}


def alike(rows: Mapping[str, int]) -> list[dict[str, int]]:
    """Return values grouped by what they are without case, blanks and punctuation, in order.

    >>> alike({"b": 1, "A": 2, "a ": 3})
    [{'A': 2, 'a ': 3}, {'b': 1}]
    """
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for value, count in rows.items():
        if fold(value):
            groups[fold(value)][value] = count
    return sorted(
        (dict(sorted(group.items())) for group in groups.values()), key=lambda g: next(iter(g))
    )


def _note(table: str, column: str, groups: list[dict[str, int]]) -> Note:
    """Return the note on a column, with the line that makes one value of each group."""
    shown = [" and ".join(f"{word!r} ({rows})" for word, rows in one.items()) for one in groups]
    first = groups[0]
    usual = max(first, key=lambda word: first[word])
    words = ", ".join(f'"{word}": "{usual}"' for word in first if word != usual)
    text = (
        f"{column} has values that differ by their spelling alone, {listed(shown, 3)}: each is a "
        f"group of its own. Where they are one, say in a mapping: {column}: {{from: {column}, "
        f"words: {{{words}}}, others: keep}}"
    )
    return Note(table, f"{column}_variants", text, sum(sum(one.values()) for one in groups))
