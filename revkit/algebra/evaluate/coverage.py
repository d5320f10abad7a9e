"""Coverage: the periods in which what a formula reads is on record, in whole or in part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit import derived
from revkit.algebra.evaluate.arrays import in_windows, shift
from revkit.algebra.evaluate.grid import Grid
from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Leaf, Quantile, Stock
from revkit.algebra.formula.nodes import Daily, Formula, Shifted
from revkit.algebra.query.monthly import months_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]


def unknown(part: Formula, grid: Grid) -> Flags:
    """Report the periods in which a part of a formula has no value, since rows are not on record.

    It is known in part where some days of a period are not on record, and then counts the days
    that are; but not

    - in a trailing window that lacks its first days, or where it is read from an earlier period;
    - of a stock at the start of a period that lacks its first days;
    - beside a table that has fewer days within the period, where it cannot be counted over these
      alone: movements between the period's two ends.
    """
    whole = any(isinstance(inner, Shifted) for inner in tree.subformulas(part))
    return _unknown(part, grid, whole=whole)


def _unknown(part: Formula, grid: Grid, *, whole: bool, daily: bool = False) -> Flags:
    """Report the same; with ``whole`` also where any day is missing."""
    if isinstance(part, Leaf | Quantile):
        return _unknown_of_leaf(part, grid, whole=whole, daily=daily)
    inside = daily or isinstance(part, Daily)
    inner = [_unknown(child, grid, whole=whole, daily=inside) for child in part.children]
    found = np.logical_or.reduce([np.zeros(len(grid.numbers), dtype=bool), *inner])
    if isinstance(part, Shifted):
        earlier = tree.periods_earlier(part, grid.call)
        found = shift(found[None, :].astype(np.float64), earlier, 1.0)[0] > 0
    return np.asarray(found)


def _unknown_of_leaf(leaf: Leaf | Quantile, grid: Grid, *, whole: bool, daily: bool) -> Flags:
    """Report the periods, or trailing windows, in which a leaf has no value."""
    call, numbers = grid.call, grid.past
    calendar, days = call.calendar, call.recorded(_table(leaf))
    nothing = np.zeros(len(numbers), dtype=bool)
    found = nothing if days is None else days.unknown(calendar, numbers)
    if _is_closing(leaf):
        return found
    if days is not None:
        days = days.of_events
        found = days.unknown(calendar, numbers)
    if not daily and days is not None:
        if whole:
            found = found | days.short(calendar, numbers)
        if call.trailing > 1 or _is_opening(leaf):
            found = found | days.late(calendar, numbers)
    if not daily and not _can_be_cut(leaf, grid):
        first, last = call.cut(_table(leaf))
        cut = {calendar.number(day) for day in (first, last) if day is not None}
        found = found | np.isin(numbers, sorted(cut))
    return in_windows(found, call.trailing)


def whole(formula: Formula, grid: Grid) -> Flags:
    """Report the periods, or trailing windows, of which no day before the first is missing.

    A stock at the end of a period needs none of them.
    """
    found, call = np.zeros(len(grid.numbers), dtype=bool), grid.call
    for leaf in _read(formula):
        days = call.recorded(_table(leaf))
        if days is not None and not _is_closing(leaf):
            days = days.of_events
            late = days.late(call.calendar, grid.past)
            if call.calendar.period is None and call.asked is not None:
                late = late | (call.asked < days.first)
            found = found | late
    return ~in_windows(found, call.trailing) if found.any() else ~found


def _read(formula: Formula) -> list[Leaf | Quantile]:
    """Return the leaves and quantiles of a formula."""
    return [part for part in tree.subformulas(formula) if isinstance(part, Leaf | Quantile)]


def _table(leaf: Leaf | Quantile) -> str:
    return leaf.total.table if isinstance(leaf, Quantile) else leaf.table


def _is_closing(leaf: Leaf | Quantile) -> bool:
    """Report whether a leaf is read at the end of a period alone."""
    return isinstance(leaf, Stock) and leaf.is_closing


def _is_opening(leaf: Leaf | Quantile) -> bool:
    """Report whether a leaf reads what was there as a period began."""
    if isinstance(leaf, Stock):
        return leaf.unit is None and not leaf.is_closing
    return derived.is_of_opening(_table(leaf))


def _can_be_cut(leaf: Leaf | Quantile, grid: Grid) -> bool:
    """Report whether a leaf can be counted over some days of a period alone."""
    if isinstance(leaf, Leaf) and leaf.table == "movements":
        if not leaf.monthly:
            return False
        call = grid.call
        within = call.common.within(months_of(call.calendar), None) if call.common else (None, None)
        return within == (None, None)
    return (
        not isinstance(leaf, Stock)
        or leaf.unit is not None
        or (leaf.averaged and grid.call.calendar.period is None)
    )
