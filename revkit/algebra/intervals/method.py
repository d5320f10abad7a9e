"""The choice of an interval method, from the shape of a formula and its unit alone."""

from __future__ import annotations

from typing import Literal

from revkit.algebra.formula.leaves import Leaf, Quantile, Stock
from revkit.algebra.formula.linear import is_census, is_known, linear, sampled_part
from revkit.algebra.formula.nodes import Daily, Formula, Operation, Share

Method = Literal[
    "none",
    "count",
    "sum of events",
    "proportion",
    "proportion of money",
    "odds",
    "mean",
    "known over count",
    "ratio per account",
    "quantile",
    "daily",
    "delta",
]

MIN_SIZE: dict[Method, float] = {
    "proportion": 20,
    "proportion of money": 20,
    "odds": 20,
    "mean": 20,
    "known over count": 6,
    "count": 6,
    "sum of events": 20,
    "ratio per account": 5,
    "quantile": 20,
    "daily": 20,
    "delta": 50,
}
"""Sizes below which the simulated coverage of a 95 % interval fell under 93 %."""


def interval_method(formula: Formula, unit: str) -> Method:
    """Choose the method of a formula's interval.

    Parameters
    ----------
    formula
        The formula of a metric.
    unit
        The unit of its value; a share lies between 0 and 1.

    Examples
    --------
    >>> from ibis import _
    >>> from revkit.algebra import Total
    >>> closed = Total("opportunities", at="closed_on")
    >>> won = closed.where(_.is_won)
    >>> interval_method(won / closed, "share"), interval_method(won.of(_.amount) / won, "money")
    ('proportion', 'mean')
    """
    if isinstance(formula, Quantile):
        return "quantile"
    if isinstance(formula, Daily):
        return "daily"
    if is_known(formula):
        return "none"
    formula = sampled_part(formula).sampled
    if isinstance(formula, Share):
        return "proportion"
    parts = linear(formula)
    if parts is not None:
        return _of_sum(parts)
    if isinstance(formula, Operation) and formula.operator == "/":
        if is_known(formula.left) and _is_balance(sampled_part(formula.right).sampled):
            return "none"
        above, below = linear(formula.left), linear(formula.right)
        if above and below:
            return _of_quotient(above, below, unit)
    return "delta"


def _is_balance(formula: Formula) -> bool:
    """Report whether a formula is a balance or an exact sum, which has no interval."""
    parts = linear(formula)
    return parts is not None and _of_sum(parts) == "none"


def _of_sum(parts: list[tuple[float, Leaf]]) -> Method:
    """Choose the method of a sum of leaves."""
    if len(parts) > 1 or isinstance(parts[0][1], Stock) or is_census(parts[0][1]):
        return "none"
    return "count" if parts[0][1].value is None else "sum of events"


def _of_quotient(
    above: list[tuple[float, Leaf]], below: list[tuple[float, Leaf]], unit: str
) -> Method:
    """Choose the method of a quotient of two sums of leaves."""
    counted = all(leaf.value is None for _, leaf in above)
    over = [leaf for _, leaf in below]
    if any(isinstance(leaf, Stock) and leaf.unit is not None for leaf in over):
        return "delta"
    if unit == "share":
        return "proportion" if counted and over[0].value is None else "proportion of money"
    if len(over) == 1 and over[0].value is None:
        if all(is_census(leaf) for _, leaf in above):
            return "known over count"
        if counted:
            return "odds"
        if len(above) == 1 and _same_rows(above[0][1], over[0]):
            return "mean"
    if len(over) == 1 and isinstance(over[0], Stock) and over[0].at_opening:
        return "ratio per account"
    return "delta"


def _same_rows(one: Leaf, other: Leaf) -> bool:
    """Report whether one leaf sums over the rows that another counts."""
    return str(one.rows) == str(other)
