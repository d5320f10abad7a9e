"""Money that a change of a part stands for, where it can be known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from revkit.algebra.formula import tree
from revkit.analysis.diagnosis.parts import Part, formula_of
from revkit.analysis.diagnosis.tree import Ratio
from revkit.analysis.watch.metrics.worth import worth

if TYPE_CHECKING:
    from revkit.analysis.watch.leaves import Place
    from revkit.dataset import Dataset

MONEY = re.compile(r"\b(amount|mrr|opening|closing|value_before|value_after|created_amount)\b")
"""Columns of money in the words of a formula."""


def money_of(part: Part, effect: float, cases: float, data: Dataset, place: Place) -> float:
    """Return what a change of a part's value came to in the period, in money; NaN if unknown.

    A total of money is money itself, and a ratio of money over anything is that times what it is
    divided by. A rate of deals, leads or customers is what a case more of the group is worth.

    Parameters
    ----------
    part
        The part.
    effect
        Change of its value.
    cases
        Its cases in the period.
    data
        The company.
    place
        The group that moved it.
    """
    above = part.node.above if isinstance(part.node, Ratio) else formula_of(part.node)
    leaves = [leaf for leaf, _ in tree.leaves(above)]
    if all(leaf.value is not None and MONEY.search(repr(leaf.value)) for leaf in leaves):
        if not isinstance(part.node, Ratio):
            return effect
        return effect * float(part.totals.values["below"].sum(axis=0)[1])
    name = "" if part.metric is None else part.metric.name
    return effect * cases * worth(data, name, place)
