"""What a notebook can say about this company: cells whose tables are missing make way for words.

A cell says what it needs in its tags: ``needs:leads`` for a table, ``needs:accounts.segment`` for
a column. A table that a filter could not narrow counts as missing, and the words say so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from revkit.dataset import Dataset

Notebook = Any
"""An nbformat 4 notebook: a mapping with attributes."""


LOOKED_UP = frozenset({"accounts", "reps", "campaigns", "products", "stages"})
"""Tables that describe what others count: they serve whole where a filter does not reach them."""


def needs(cell: Mapping[str, Any]) -> list[str]:
    """Return what a cell needs: ``table`` or ``table.column``, in the order of its tags."""
    tags = cell["metadata"].get("tags", [])
    return [tag.removeprefix("needs:") for tag in tags if tag.startswith("needs:")]


@dataclass(frozen=True)
class Missing:
    """What a company lacks of what cells need.

    ``absent`` are tables, or columns as ``table.column``; ``empty`` are tables without a row;
    ``unreached`` is table to the dimension that a filter could not narrow it by.
    """

    absent: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    unreached: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.absent or self.empty or self.unreached)

    def of(self, wanted: Collection[str]) -> Missing:
        """The part of it that these needs meet with."""
        tables = {need.partition(".")[0] for need in wanted}
        return Missing(
            tuple(need for need in self.absent if need in wanted or need in tables),
            tuple(table for table in self.empty if table in tables),
            {table: by for table, by in self.unreached.items() if table in tables},
        )

    def __str__(self) -> str:
        """Say it after "needs".

        >>> str(Missing(absent=("leads", "accounts.segment"), empty=("spend",)))
        'the table leads and the column segment of accounts, which this data does not have;
        spend, which has no rows here'
        """
        tables = [need for need in self.absent if "." not in need]
        columns = [need.split(".", 1) for need in self.absent if "." in need]
        named = [f"the table{'s' if len(tables) > 1 else ''} {_and(tables)}"] if tables else []
        named += [f"the column {column} of {table}" for table, column in columns]
        words = [f"{_and(named)}, which this data does not have"] if named else []
        if self.empty:
            have = "have" if len(self.empty) > 1 else "has"
            words.append(f"{_and(self.empty)}, which {have} no rows here")
        for dimension in dict.fromkeys(self.unreached.values()):
            whole = [table for table, by in self.unreached.items() if by == dimension]
            words.append(f"{_and(whole)}, which cannot be narrowed by {dimension}")
        return "; ".join(words)


def unmet(wanted: Iterable[str], data: Dataset) -> Missing:
    """Return which of these needs a company does not meet."""
    absent: dict[str, None] = {}
    empty: dict[str, None] = {}
    unreached: dict[str, str] = {}
    for need in dict.fromkeys(wanted):
        table, _, column = need.partition(".")
        if table not in data.tables:
            absent[table] = None
        elif column and column not in data.columns(table):
            absent[need] = None
        elif table in data.unreached and table not in LOOKED_UP:
            unreached[table] = data.unreached[table]
        elif table not in empty and not int(data.table(table).count().execute()):
            empty[table] = None
    return Missing(tuple(absent), tuple(empty), unreached)


def prune(notebook: Notebook, data: Dataset) -> tuple[Notebook, Missing]:
    """Return a copy of a notebook without the cells that this company cannot fill.

    Parameters
    ----------
    notebook
        Left as it is.
    data
        The company, already narrowed by the report's filter.

    Returns
    -------
    notebook
        With one sentence in the place of each run of removed cells. When no cell that needs
        something is left, only its title and that sentence remain.
    Missing
        What the removed cells needed; false when nothing was removed.
    """
    pruned = deepcopy(notebook)
    missing = unmet([need for cell in pruned.cells for need in needs(cell)], data)
    if not missing:
        return pruned, missing

    kept: list[Any] = []
    for lacking, group in groupby(pruned.cells, key=lambda cell: bool(missing.of(needs(cell)))):
        cells = list(group)
        if lacking:
            run = missing.of([need for cell in cells for need in needs(cell)])
            kept.append(_note(f"This part needs {run}."))
        else:
            kept += cells
    if not any(needs(cell) for cell in kept):
        title = [cell for cell in pruned.cells if cell.cell_type == "markdown"][:1]
        kept = [*title, _note(f"This page needs {missing}.")]
    pruned.cells = kept
    return pruned, missing


def _note(sentence: str) -> Any:
    """A Markdown cell; the sentence holds names from the schema and from the filter."""
    from nbformat.v4 import new_markdown_cell

    plain = re.sub(r"([\\`*_<>\[\]])", r"\\\1", sentence)
    return new_markdown_cell(f"Not shown here. {plain}", metadata={"tags": ["not-shown"]})


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
