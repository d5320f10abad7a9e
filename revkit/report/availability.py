"""Availability: cells whose tables are missing are replaced by a note that says so.

A cell says what it needs in its tags: ``needs:leads`` for a table, ``needs:accounts.segment`` for
a column, ``needs:renewals`` for a derived table that some data leave unknown. A table that a filter
could not narrow counts as missing, and the note says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from revkit import derived
from revkit.errors import ColumnError, DataError, TableError
from revkit.language import language
from revkit.periods import Calendar

if TYPE_CHECKING:
    from revkit.dataset import Dataset

Notebook = Any
"""An nbformat 4 notebook: a mapping with attributes."""


LOOKED_UP = frozenset({"accounts", "reps", "campaigns", "products", "stages"})
"""Lookup tables: they are used unfiltered where a filter does not reach them."""


def needs(cell: Mapping[str, Any]) -> list[str]:
    """Return what a cell needs: ``table`` or ``table.column``, in the order of its tags."""
    tags = cell["metadata"].get("tags", [])
    return [tag.removeprefix("needs:") for tag in tags if tag.startswith("needs:")]


@dataclass(frozen=True)
class Missing:
    """Tables and columns that cells need and a company lacks.

    ``absent`` are tables, or columns as ``table.column``; ``empty`` are tables without a row;
    ``unreached`` is table to the dimension that a filter could not narrow it by, ``unknown`` is
    derived table to the reason why this data does not tell it.
    """

    absent: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    unreached: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.absent or self.empty or self.unreached or self.unknown)

    def of(self, wanted: Collection[str]) -> Missing:
        """Return the part of it that concerns these needs."""
        tables = {need.partition(".")[0] for need in wanted}
        return Missing(
            tuple(need for need in self.absent if need in wanted or need in tables),
            tuple(table for table in self.empty if table in tables),
            {table: by for table, by in self.unreached.items() if table in tables},
            {table: why for table, why in self.unknown.items() if table in wanted},
        )

    def __str__(self) -> str:
        """Return it as a sentence continues after "needs", in the default language.

        >>> str(Missing(absent=("leads", "accounts.segment"), empty=("spend",)))
        'the table leads and the column segment of accounts, which this data does not have;
        spend, which has no rows here'
        """
        words = language()
        tables = [need for need in self.absent if "." not in need]
        columns = [need.split(".", 1) for need in self.absent if "." in need]
        named = []
        if tables:
            names = words.list(tables)
            named = [
                words.ngettext(
                    "the table {tables}", "the tables {tables}", len(tables), tables=names
                )
            ]
        named += [
            words.gettext("the column {column} of {table}", table=table, column=column)
            for table, column in columns
        ]
        parts = []
        if named:
            parts = [
                words.gettext("{needs}, which this data does not have", needs=words.list(named))
            ]
        if self.empty:
            parts.append(
                words.ngettext(
                    "{tables}, which has no rows here",
                    "{tables}, which have no rows here",
                    len(self.empty),
                    tables=words.list(self.empty),
                )
            )
        for dimension in dict.fromkeys(self.unreached.values()):
            whole = [table for table, by in self.unreached.items() if by == dimension]
            parts.append(
                words.gettext(
                    "{tables}, which cannot be narrowed by {dimension}",
                    tables=words.list(whole),
                    dimension=dimension,
                )
            )
        for table, why in self.unknown.items():
            parts.append(
                words.gettext("{table}, which this data does not tell: {why}", table=table, why=why)
            )
        return "; ".join(parts).rstrip(".")


def unmet(wanted: Iterable[str], data: Dataset) -> Missing:
    """Return which of these needs a company does not meet."""
    absent: dict[str, None] = {}
    empty: dict[str, None] = {}
    unreached: dict[str, str] = {}
    unknown: dict[str, str] = {}
    for need in dict.fromkeys(wanted):
        table, _, column = need.partition(".")
        if table in derived.DERIVED:
            if why := _untold(table, data):
                unknown[table] = why
        elif table not in data.tables:
            absent[table] = None
        elif column and column not in data.columns(table):
            absent[need] = None
        elif table in data.unreached and table not in LOOKED_UP:
            unreached[table] = data.unreached[table]
        elif table not in empty and not int(data.table(table).count().execute()):
            empty[table] = None
    return Missing(tuple(absent), tuple(empty), unreached, unknown)


def _untold(table: str, data: Dataset) -> str | None:
    """Return why the data leave a derived table unknown; None where they tell it, or lack it."""
    try:
        derived.table(data, table, Calendar("month"))
    except DataError as error:
        return str(error)
    except (TableError, ColumnError):
        return None
    return None


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
    pruned, missing = parts_left(notebook, data)
    if missing and not any(needs(cell) for cell in pruned.cells):
        title = [cell for cell in notebook.cells if cell.cell_type == "markdown"][:1]
        sentence = language().gettext("Not shown here. This page needs {missing}.", missing=missing)
        pruned.cells = [*deepcopy(title), _note(sentence)]
    return pruned, missing


def parts_left(notebook: Notebook, data: Dataset) -> tuple[Notebook, Missing]:
    """Return a copy as :func:`prune` does, with the cells that need nothing in any case."""
    pruned = deepcopy(notebook)
    missing = unmet([need for cell in pruned.cells for need in needs(cell)], data)
    if not missing:
        return pruned, missing

    kept: list[Any] = []
    for lacking, group in groupby(pruned.cells, key=lambda cell: bool(missing.of(needs(cell)))):
        cells = list(group)
        if lacking:
            run = missing.of([need for cell in cells for need in needs(cell)])
            sentence = language().gettext("Not shown here. This part needs {missing}.", missing=run)
            kept.append(_note(sentence))
        else:
            kept += cells
    pruned.cells = kept
    return pruned, missing


def _note(sentence: str) -> Any:
    """Return a Markdown cell of a sentence that holds names from the schema and the filter."""
    from nbformat.v4 import new_markdown_cell

    plain = re.sub(r"([\\`*_<>\[\]])", r"\\\1", sentence)
    return new_markdown_cell(plain, metadata={"tags": ["not-shown"]})
