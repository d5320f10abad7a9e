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

    Of a stock, and of windows that overlap, those of the last period.
    """
    found = {}
    for leaf, counts in gaps.items():
        last = isinstance(leaf, Stock) or trailing > 1
        shown = columns[-1:] if last else columns
        without, rows = (int(np.nansum(count[:, shown])) for count in counts)
        if without:
            found[leaf] = without, rows
    return found


def said(leaf: Leaf, without: int, rows: int, data: Dataset) -> str:
    """Return the sentence on the rows of a sum that lack its value."""
    needed = derived.required_tables(leaf.table)
    lacks = " and ".join(dict.fromkeys(re.findall(r"(?<![\w.])_\.(\w+)", repr(leaf.value))))
    if without < rows:
        return f"{needed[0]}: {without:,} of {rows:,} rows without {lacks}."
    optional = derived.optional_tables(leaf.table)
    cause = f"; {HISTORY} is not loaded" if HISTORY in optional and HISTORY not in data else ""
    return f"{needed[0]}: none of {rows:,} rows has {lacks}, so the value is not known{cause}."
