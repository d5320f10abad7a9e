"""The whole range of a call with ``period=None``: from which day on its tables tell."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Stock

if TYPE_CHECKING:
    from revkit.algebra.formula.nodes import Formula
    from revkit.dataset.history.recorded import Days


def first_day(formula: Formula | None, kept: Days | None, as_of: date) -> date | None:
    """Return the first day of a whole range for which the call gives none.

    It is the first day on which all tables of the formula were kept, or the day after it where the
    formula needs what was there before, of which nothing else is known. None where the rows of
    one table are counted: all of them count.
    """
    if formula is None or kept is None:
        return None
    leaves = [leaf for leaf, _ in tree.leaves(formula)]
    if any(isinstance(leaf, Stock) and leaf.at_opening for leaf in leaves):
        return min(kept.first + timedelta(days=1), as_of)
    return kept.first if len({leaf.table for leaf in leaves}) > 1 else None
