"""Gaps: the rows of a sum that lack its value, counted and put in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from revkit import derived
from revkit.algebra.formula.leaves import Leaf, Stock

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.dataset import Dataset

    Array = NDArray[np.float64]

Gaps = Mapping[Leaf, tuple["Array", "Array"]]
"""By sum: the rows without its value, and all its rows, on groups by periods."""

HISTORY = "opportunity_history"


def counted(gaps: Gaps, columns: NDArray[np.int64], trailing: int) -> dict[Leaf, tuple[int, int]]:
    """Return, by sum, its rows without a value and all its rows, over the requested periods.

    Of a stock, and of windows that overlap, those of the last period, or where it lacks none, of
    the period that lacks most.
    """
    found = {}
    for leaf, counts in gaps.items():
        shown = columns
        if columns.size and (isinstance(leaf, Stock) or trailing > 1):
            missing = np.nansum(counts[0][:, columns], axis=0)
            worst = columns.size - 1 if missing[-1] else int(np.argmax(missing))
            shown = columns[worst : worst + 1]
        without, rows = (int(np.nansum(count[:, shown])) for count in counts)
        if without:
            found[leaf] = without, rows
    return found


def worse_before(gaps: Gaps, columns: NDArray[np.int64]) -> dict[Leaf, tuple[int, int]]:
    """Return, by stock, the rows without a value and all rows of the period that lacks most.

    Only where that is a share twice as large as in the last period, which lacks some, too: a note
    on the last alone would hide it.
    """
    found: dict[Leaf, tuple[int, int]] = {}
    for leaf, counts in gaps.items():
        if not isinstance(leaf, Stock) or columns.size < 2:
            continue
        without, rows = (np.nansum(count[:, columns], axis=0) for count in counts)
        shares = without / np.maximum(rows, 1)
        worst = int(np.argmax(shares))
        if 0 < 2 * shares[-1] < shares[worst]:
            found[leaf] = int(without[worst]), int(rows[worst])
    return found


def said(
    counts: Mapping[Leaf, tuple[int, int]],
    data: Dataset,
    before: Mapping[Leaf, tuple[int, int]],
) -> tuple[str, ...]:
    """Return the sentences on rows that lack a value: one per table and value, of most rows.

    ``before`` are those of the stocks of which an earlier period lacks more.
    """
    widest: dict[tuple[str, str], Leaf] = {}
    for leaf, (_without, rows) in counts.items():
        key = derived.required_tables(leaf.table)[0], _lacks(leaf)
        if key not in widest or rows > counts[widest[key]][1]:
            widest[key] = leaf
    return tuple(_sentence(leaf, *counts[leaf], data, before.get(leaf)) for leaf in widest.values())


def _lacks(leaf: Leaf) -> str:
    """Return the names of the columns whose value is summed."""
    return " and ".join(dict.fromkeys(re.findall(r"(?<![\w.])_\.(\w+)", repr(leaf.value))))


def _sentence(
    leaf: Leaf, without: int, rows: int, data: Dataset, before: tuple[int, int] | None
) -> str:
    """Return the sentence on the rows of a sum that lack its value."""
    table, lacks = derived.required_tables(leaf.table)[0], _lacks(leaf)
    if without < rows:
        more = f", and {before[0]:,} of {before[1]:,} in a period before" if before else ""
        return f"{table}: {without:,} of {rows:,} rows without {lacks}{more}."
    optional = derived.optional_tables(leaf.table)
    cause = f"; {HISTORY} is not loaded" if HISTORY in optional and HISTORY not in data else ""
    return f"{table}: none of {rows:,} rows has {lacks}, so the value is not known{cause}."
