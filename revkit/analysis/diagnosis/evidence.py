"""Evidence on a part: its months as leaves of cells, the causes in them, and faults of the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from revkit import derived
from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Leaf, Stock
from revkit.algebra.formula.nodes import Formula, Length
from revkit.analysis.diagnosis.cells import Totals
from revkit.analysis.diagnosis.parts import Part, formula_of
from revkit.analysis.diagnosis.tree import Known, Ranked, Ratio, Total
from revkit.analysis.faults import Fault, renamed, step
from revkit.dimensions import MISSING
from revkit.language import message
from revkit.statistics.causes.search import Verdict, leaves_by_month, verdict
from revkit.statistics.causes.table import COUNT, MEAN, RATE, SIGNED, cells_of

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PAST = 24
"""Months before the period in question that say what is usual."""

LEAST = 8
"""Of these, as many have to be on record."""

FULL = 0.25
"""Part of the usual number of cases that a month has from which on the past is read."""

CELLS = 60
"""Values of a dimension from which on it is left out."""

CUT, USUAL = 0.3, 12.0
"""Part of its least usual months below which a period's rows seem cut, and rows to be missed."""

BALANCE = message(
    "A balance is what flows have left, so its groups are not tested: ask about what flows, such "
    "as net_new_mrr, churn_rate or won_amount."
)


@dataclass(frozen=True)
class Found:
    """Findings in the months of a part.

    Parameters
    ----------
    verdict
        The causes; None where there is too little to tell.
    places
        Dimension and value of each cell.
    starts
        First day of each month.
    last
        Months of the period in question.
    scale
        What a unit of the months' value is in the period's.
    cases
        Of the period in question.
    faults
        Of the data.
    notes
        What was left out, and why.
    """

    verdict: Verdict | None
    places: tuple[tuple[str, str], ...]
    starts: tuple[date, ...]
    last: int
    scale: float
    cases: float
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def found_in(part: Part, months: Totals, last: int) -> Found:
    """Return what the months of a part tell, the last ones being the period in question.

    Parameters
    ----------
    part
        The part.
    months
        Its totals by month.
    last
        Months of the period in question; 0 where it has no whole month.
    """
    values = {name: np.nan_to_num(one) for name, one in months.values.items()}
    counted = values.get("cases", values.get("rows", values["above"]))
    per_month = np.abs(counted).sum(axis=0)
    first = _begun(per_month, last)
    starts = months.starts[first:]
    counted = np.maximum(counted[:, first:], 0.0)
    values = {name: one[:, first:] for name, one in values.items()}
    table = derived.required_tables(next(iter(tree.leaves(formula_of(part.node))))[0].table)[0]
    faults = tuple(_faults(part, months, counted, table, last)) if last else ()
    broken = {fault.field for fault in faults}
    by = [name for name in part.by if name not in broken]
    names = {name: months.codes(name) for name in by}
    by = [name for name in by if 1 < len(names[name][1]) <= CELLS]
    cases_now = float(counted[:, -last:].sum()) if last else 0.0
    nothing = Found(None, (), starts, last, 1.0, cases_now, faults)
    if not last or len(starts) - last < LEAST or not by or cases_now <= 0:
        return nothing
    codes = np.column_stack([names[name][0] for name in by])
    cells, dimension, at = cells_of(codes)
    places = [(by[one], names[by[one]][1][code]) for one, code in at]
    kept = np.array([value != MISSING for _, value in places], dtype=bool)
    cells, dimension = cells[:, kept], dimension[kept]
    places = [place for place, keep in zip(places, kept, strict=True) if keep]
    if not len(places):
        return nothing
    if not values["above"][:, :-last].any():
        return nothing
    if _is_balance(part.node):
        return replace(nothing, notes=(BALANCE,))
    kind = _kind(part, values)
    unit = _unit(values, counted) if kind == SIGNED else 1.0
    above, below = values["above"].T / unit, values.get("below")
    base = None if below is None or kind == RATE else below.T
    seen = counted.T if kind != RATE else values["below"].T
    leaves = leaves_by_month(
        cells, dimension, seen, above, kind, base=base, last=last, summed="below" not in values,
        mixed=not (isinstance(part.node, Ratio) and _has_stock(part.node.below)),
    )  # fmt: skip
    held = (leaves.cases > 0).any(axis=0)
    leaves = replace(
        leaves, cells=cells[held], cases=leaves.cases[:, held], outcomes=above[:, held],
        base=None if base is None else base[:, held],
    )  # fmt: skip
    now = part.values[1]
    shown = float(above[-last:].sum())
    if below is not None:
        divisor = float(below[:, -last:].sum())
        shown = shown / divisor if divisor else 0.0
    scale = now / shown if shown and np.isfinite(now) else unit
    return Found(verdict(leaves, last), tuple(places), starts, last, scale, cases_now, faults)


def _begun(per_month: Array, last: int) -> int:
    """Return the first month with a usual number of cases."""
    usual = float(np.median(per_month[per_month > 0])) if (per_month > 0).any() else 0.0
    full = np.flatnonzero(per_month >= max(usual * FULL, 1e-9))
    return int(full[0]) if len(full) else max(len(per_month) - last, 0)


def _kind(part: Part, values: Mapping[str, Array]) -> str:
    """Return the kind of a part's outcomes."""
    above, below = values["above"], values.get("below")
    if below is None and "rows" not in values:
        return COUNT
    formula = formula_of(part.node)
    counts = all(_is_count(leaf) for leaf, _ in tree.leaves(formula))
    counts = counts and not any(isinstance(one, Length) for one in tree.subformulas(formula))
    if below is not None and counts and (above >= 0).all() and (above <= below + 1e-9).all():
        return RATE
    positive = (above >= 0).all() and (below is None or (below >= 0).all())
    return MEAN if positive and above.sum() > 0 else SIGNED


def _unit(values: Mapping[str, Array], cases: Array) -> float:
    """Return the size of what a case brings, so that effects of either sign are of its order."""
    below = values.get("below", cases)
    each = np.divide(values["above"], below, out=np.zeros_like(below), where=below > 0)
    squares = float((cases * each**2).sum()) / max(float(cases.sum()), 1e-9)
    return float(np.sqrt(squares)) or 1.0


def _is_count(leaf: Leaf) -> bool:
    """Report whether a leaf counts rows, whole ones in one period."""
    plain = leaf.value is None and getattr(leaf, "spread", None) is None
    return plain and not getattr(leaf, "averaged", False) and getattr(leaf, "unit", None) is None


def _is_balance(node: Total | Ratio | Known | Ranked) -> bool:
    """Report whether what is summed is there at one moment: most of it was there a month before."""
    above = node.above if isinstance(node, Ratio) else formula_of(node)
    leaves = [leaf for leaf, _ in tree.leaves(above)]
    return all(isinstance(leaf, Stock) for leaf in leaves)


def _has_stock(formula: Formula) -> bool:
    """Report whether a part of it is there at one moment, or over time."""
    return any(isinstance(leaf, Stock) for leaf, _ in tree.leaves(formula))


def _faults(part: Part, months: Totals, counted: Array, table: str, last: int) -> list[Fault]:
    """Return the faults of the fields that a part is grouped by, and rows that seem cut off."""
    found: list[Fault] = []
    total = counted.sum(axis=0)
    for name in part.by:
        codes, values = months.codes(name)
        by_value = np.zeros((len(values), counted.shape[1]))
        np.add.at(by_value, codes, counted)
        lacking = by_value[values.index(MISSING)] if MISSING in values else np.zeros(len(total))
        if (moved := step(lacking, total)) is not None:
            found.append(Fault(table, name, *moved))
        counts = {
            value: row for value, row in zip(values, by_value, strict=True) if value != MISSING
        }
        gone = renamed(counts)
        found += [
            Fault(table, name, onset, before, after, old, new)
            for old, new, onset, before, after in gone
        ]
        for value in counts.keys() - {old for old, *_ in gone}:
            if (cut := _cut(counts[value], last)) is not None:
                found.append(Fault(table, name, cut, 0.0, 0.0, value))
    if (cut := _cut(total, last)) is not None:
        return [Fault(table, "", cut, 0.0, 0.0)]
    return sorted(found, key=lambda one: (one.field, one.old, one.new))


def _cut(counts: Array, last: int) -> int | None:
    """Return the month in which rows seem cut off: hardly any, where each month had its share."""
    before = counts[:-last]
    if len(before) < LEAST:
        return None
    least, now = float(before[-12:].min()), float(counts[-last:].min())
    if least < USUAL or now >= CUT * least or now > least - 4 * np.sqrt(least):
        return None
    return len(before) + int((counts[-last:] < CUT * least).argmax())
