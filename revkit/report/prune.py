"""What a notebook can say about this company: cells whose tables are missing make way for words.

A cell says what it needs in its tags: ``needs:leads`` for a table, ``needs:accounts.segment`` for
a column. A table that a filter could not narrow counts as missing, and the words say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from revkit.dataset import Dataset

Notebook = Any
"""An nbformat 4 notebook: a mapping with attributes."""


def needs(cell: Mapping[str, Any]) -> list[str]:
    """Return what a cell needs: ``table`` or ``table.column``, in the order of its tags."""
    tags = cell["metadata"].get("tags", [])
    return [tag.removeprefix("needs:") for tag in tags if tag.startswith("needs:")]


@dataclass(frozen=True)
class Missing:
    """What a company lacks: tables, columns as ``table.column``, and tables not narrowed.

    ``unreached`` is table to the dimension that a filter could not narrow it by.
    """

    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    unreached: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.tables or self.columns or self.unreached)

    def __str__(self) -> str:
        r"""Say it after "needs" or "Not shown:".

        >>> str(Missing(tables=("leads",), columns=("accounts.segment",)))
        'the table leads and the column segment of accounts, which this data does not have'
        """
        columns = [
            f"the column {c.partition('.')[2]} of {c.partition('.')[0]}" for c in self.columns
        ]
        plural = "s" if len(self.tables) > 1 else ""
        tables = [f"the table{plural} {_and(self.tables)}"] if self.tables else []
        absent = _and([*tables, *columns])
        narrowed = [
            f"{table} by {dimension}, which it does not reach"
            for table, dimension in self.unreached.items()
        ]
        words = [f"{absent}, which this data does not have"] if absent else []
        return "; ".join([*words, *narrowed])


def unmet(wanted: Iterable[str], data: Dataset) -> Missing:
    """Return which of these needs a company does not meet."""
    tables: dict[str, None] = {}
    columns: dict[str, None] = {}
    unreached: dict[str, str] = {}
    for need in wanted:
        table, _, column = need.partition(".")
        if table not in data.tables:
            tables[table] = None
        elif column and column not in data.columns(table):
            columns[need] = None
        elif table in data.unreached:
            unreached[table] = data.unreached[table]
    return Missing(tuple(tables), tuple(columns), unreached)


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
    for lacking, group in groupby(pruned.cells, key=lambda cell: bool(unmet(needs(cell), data))):
        cells = list(group)
        if lacking:
            run = unmet([need for cell in cells for need in needs(cell)], data)
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
