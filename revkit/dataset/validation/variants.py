"""Variants: values of a dimension that differ by case, blanks and punctuation alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
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
        if not 1 < int(several[name] or 0) <= MOST:
            continue
        found = expr.group_by(name).aggregate(rows=expr.count()).to_pyarrow().to_pylist()
        alike: dict[str, dict[str, int]] = defaultdict(dict)
        for row in found:
            if row[name] is not None and fold(row[name]):
                alike[fold(row[name])][row[name]] = row["rows"]
        groups = [dict(sorted(group.items())) for group in alike.values() if len(group) > 1]
        if groups:
            yield _note(table.name, name, sorted(groups, key=lambda group: next(iter(group))))


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
