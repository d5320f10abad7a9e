"""What a notebook can say about this company: cells whose tables are missing make way for words.

A cell says what it needs in its tags: ``needs:leads`` for a table, ``needs:accounts.segment`` for
a column. A table that a filter could not narrow counts as missing, and the words say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from revkit.dataset import Dataset

Notebook = Any
"""An nbformat 4 notebook: a mapping with attributes."""


def needs(cell: Mapping[str, Any]) -> list[str]:
    """Return what a cell needs: ``table`` or ``table.column``, in the order of its tags."""
    tags = cell["metadata"].get("tags", [])
    return [tag.removeprefix("needs:") for tag in tags if tag.startswith("needs:")]


def unmet(wanted: Iterable[str], data: Dataset) -> dict[str, str]:
    """Return the needs that a company does not meet, each with the reason in words.

    Examples
    --------
    >>> import pandas as pd
    >>> from revkit.dataset import Dataset
    >>> stages = pd.DataFrame({"object": ["lead"], "stage": ["MQL"], "position": [1],
    ...                        "is_closed": [False], "is_won": [False]})
    >>> unmet(["stages", "leads"], Dataset(stages=stages, as_of="2026-01-31"))
    {'leads': 'it needs the table leads'}
    """
    reasons: dict[str, str] = {}
    for need in wanted:
        table, _, column = need.partition(".")
        if table not in data.tables:
            reasons[need] = f"it needs the table {table}"
        elif column and column not in data.columns(table):
            reasons[need] = f"it needs the column {column} of {table}"
        elif table in data.unreached:
            reasons[need] = f"{table} cannot be narrowed by {data.unreached[table]}"
    return reasons


def prune(notebook: Notebook, data: Dataset) -> tuple[Notebook, dict[str, str]]:
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
    dict
        The unmet needs and their reasons; empty when nothing was removed.
    """
    from nbformat.v4 import new_markdown_cell

    pruned = deepcopy(notebook)
    missing = unmet(dict.fromkeys(need for cell in pruned.cells for need in needs(cell)), data)
    if not missing:
        return pruned, missing

    cells: list[Any] = []
    run: dict[str, str] = {}
    left = False
    for cell in pruned.cells:
        lacking = {need: missing[need] for need in needs(cell) if need in missing}
        if lacking:
            run |= lacking
            continue
        if run:
            cells.append(new_markdown_cell(_sentence(run, "This part"), metadata=_NOTE))
            run = {}
        left = left or bool(needs(cell))
        cells.append(cell)
    if run:
        cells.append(new_markdown_cell(_sentence(run, "This part"), metadata=_NOTE))
    if not left:
        title = [cell for cell in pruned.cells if cell.cell_type == "markdown"][:1]
        cells = [*title, new_markdown_cell(_sentence(missing, "This page"), metadata=_NOTE)]
    pruned.cells = cells
    return pruned, missing


_NOTE = {"tags": ["not-shown"]}


def _sentence(reasons: Mapping[str, str], what: str) -> str:
    """Say once what is missing; reasons hold names from the schema and the filter alone."""
    from html import escape

    words = list(dict.fromkeys(reasons.values()))
    tables = [word.removeprefix("it needs the table ") for word in words if "the table" in word]
    if len(tables) > 1:
        others = [word for word in words if "the table" not in word]
        words = [f"it needs the tables {_and(tables)}", *others]
    absent = any(word.startswith("it needs") for word in words)
    tail = ", which this data does not have" if absent and len(words) == 1 else ""
    return f"*{what} is not shown: {escape(_and(words))}{tail}.*"


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
