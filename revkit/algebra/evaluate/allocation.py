"""Spend that a dimension does not place: by it a cost per customer would leave that part out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.algebra.formula.leaves import Leaf
from revkit.algebra.formula.nodes import Formula, Named, Operation, Overall, Unnamed
from revkit.errors import DimensionError

if TYPE_CHECKING:
    from revkit.algebra.evaluate.evaluation import Evaluation

UNPLACED = 0.05
"""The share of an amount without a value of a dimension above which it is refused."""


def require_placed_spend(evaluation: Evaluation) -> None:
    """Refuse a rate of spend by a dimension that part of the spend lacks.

    Programme spend is left alone: it is spent on a channel or it is not, and what has no channel is
    beside the others as ``(missing)``.

    Raises
    ------
    DimensionError
        When more than 5 % of the amount has no value in a dimension of the call.
    """
    by = evaluation.call.groups
    if not by:
        return
    for leaf in _rated(evaluation.formula):
        source = evaluation.batch.sources[evaluation.sums.of(leaf).source]
        term = source.term(leaf)
        rows = source.rows if term.where is None else source.rows.filter(term.where)
        sums = {column: rows.amount.sum(where=rows[column].isnull()) for column in by}
        found = rows.aggregate(**sums, whole=rows.amount.sum()).to_pyarrow().to_pylist()[0]
        for column, dimension in by.items():
            share = float(found[column] or 0.0) / float(found["whole"] or 1.0)
            if share > UNPLACED:
                raise DimensionError.unplaced(dimension, metric=evaluation.call.metric, share=share)


def _rated(formula: Formula, inside: bool = False) -> list[Leaf]:
    """Return the sums of spend, but for programmes, on either side of a quotient."""
    if isinstance(formula, Named | Unnamed | Overall):
        return []
    if isinstance(formula, Leaf):
        of_programmes = any("category" in repr(condition) for condition in formula.conditions)
        return [formula] if inside and formula.table == "spend" and not of_programmes else []
    divides = isinstance(formula, Operation) and formula.operator == "/"
    return [leaf for child in formula.children for leaf in _rated(child, inside or divides)]
