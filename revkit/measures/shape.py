"""What a formula looks like: that alone decides which interval its value gets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from revkit import derived
from revkit.measures.formula import (
    Above,
    Constant,
    Daily,
    Formula,
    Length,
    Operation,
    Overall,
    Share,
    Shifted,
)
from revkit.measures.totals import Leaf, Quantile, Stock
from revkit.schema import TABLES

Kind = Literal[
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

# Sizes below which simulated coverage of a 95 % interval fell under 93 %.
TOO_SMALL: dict[Kind, float] = {
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


def kind(formula: Formula, unit: str) -> Kind:
    """Choose the interval's method from the formula and the unit of its value.

    Examples
    --------
    >>> from ibis import _
    >>> from revkit.measures import Total
    >>> closed = Total("opportunities", at="closed_on")
    >>> won = closed.where(_.is_won)
    >>> kind(won / closed, "share"), kind(won.of(_.amount) / won, "money")
    ('proportion', 'mean')
    """
    if isinstance(formula, Quantile):
        return "quantile"
    if isinstance(formula, Daily):
        return "daily"
    if _known(formula):
        return "none"
    formula = core(formula).sampled
    if isinstance(formula, Share):
        return "proportion"
    parts = linear(formula)
    if parts is not None:
        return _of_sum(parts)
    if isinstance(formula, Operation) and formula.operator == "/":
        if _known(formula.left) and _balance(core(formula.right).sampled):
            return "none"
        above, below = linear(formula.left), linear(formula.right)
        if above and below:
            return _of_quotient(above, below, unit)
    return "delta"


@dataclass(frozen=True)
class Core:
    """What is sampled of a formula; the formula is that times ``scale`` plus ``shift``."""

    sampled: Formula
    scale: Formula | None = None
    shift: Formula | None = None

    def times(self, factor: Formula) -> Core:
        """Return the core of the formula times something known."""
        scale = factor if self.scale is None else self.scale * factor
        return replace(self, scale=scale, shift=self.shift and self.shift * factor)

    def plus(self, known: Formula) -> Core:
        """Return the core of the formula plus something known."""
        return replace(self, shift=known if self.shift is None else self.shift + known)


def core(formula: Formula) -> Core:
    """Return what is sampled of a formula, and what is known and moves it, if anything does.

    >>> from ibis import _
    >>> from revkit.measures import Total
    >>> won = Total("opportunities", at="closed_on").of(_.amount)
    >>> cost = Total("spend", at="spent_on").of(_.amount)
    >>> print(core((won - cost) / cost).sampled)
    amount of opportunities by closed_on
    """
    if not isinstance(formula, Operation):
        return Core(formula)
    left, right, operator = formula.left, formula.right, formula.operator
    if _moves(right, operator):
        inner = core(left)
        if operator in "+-":
            return inner.plus(right if operator == "+" else -1 * right)
        return inner.times(right if operator == "*" else 1.0 / right)
    if _moves(left, operator) and operator != "/":
        if operator == "*":
            return core(right).times(left)
        inner = core(right) if operator == "+" else core(right).times(Constant(-1.0))
        return inner.plus(left)
    return Core(formula)


def _moves(part: Formula, operator: str) -> bool:
    """Whether a part is known; a number by which a sum is multiplied is part of the sum."""
    return _known(part) and not (operator in "*/" and isinstance(part, Constant))


def _known(formula: Formula) -> bool:
    """Whether nothing of a formula is sampled: spend, quotas, headcount, lengths, numbers."""
    if isinstance(formula, Leaf):
        return census(formula)
    if isinstance(formula, Quantile):
        return False
    if isinstance(formula, Constant | Length):
        return True
    return all(_known(child) for child in formula.children)


def linear(formula: Formula) -> list[tuple[float, Leaf]] | None:
    """Return a formula as a sum of leaves, each with its factor; None when it is not one."""
    if isinstance(formula, Leaf):
        return [(1.0, formula)]
    if isinstance(formula, Shifted | Overall | Above):
        return linear(formula.inner)
    if not isinstance(formula, Operation):
        return None
    left, right = linear(formula.left), linear(formula.right)
    if formula.operator in "+-" and left is not None and right is not None:
        sign = 1.0 if formula.operator == "+" else -1.0
        return left + [(sign * factor, leaf) for factor, leaf in right]
    if formula.operator == "*" and isinstance(formula.left, Constant) and right is not None:
        return [(formula.left.number * factor, leaf) for factor, leaf in right]
    if formula.operator in "*/" and isinstance(formula.right, Constant) and left is not None:
        number = formula.right.number
        scale = number if formula.operator == "*" else 1 / number
        return [(scale * factor, leaf) for factor, leaf in left]
    return None


def _balance(formula: Formula) -> bool:
    parts = linear(formula)
    return parts is not None and _of_sum(parts) == "none"


def _of_sum(parts: list[tuple[float, Leaf]]) -> Kind:
    if len(parts) > 1 or isinstance(parts[0][1], Stock) or census(parts[0][1]):
        return "none"
    return "count" if parts[0][1].value is None else "sum of events"


def _of_quotient(
    above: list[tuple[float, Leaf]], below: list[tuple[float, Leaf]], unit: str
) -> Kind:
    counted = all(leaf.value is None for _, leaf in above)
    over = [leaf for _, leaf in below]
    if unit == "share":
        return "proportion" if counted and over[0].value is None else "proportion of money"
    if len(over) == 1 and over[0].value is None:
        if all(census(leaf) for _, leaf in above):
            return "known over count"
        if counted:
            return "odds"
        if len(above) == 1 and _same_rows(above[0][1], over[0]):
            return "mean"
    if len(over) == 1 and isinstance(over[0], Stock) and over[0].at_opening:
        return "ratio per account"
    return "delta"


def _same_rows(one: Leaf, other: Leaf) -> bool:
    return str(one.rows) == str(other)


def census(leaf: Leaf) -> bool:
    """Return whether a leaf totals all there is, rather than a sample of what might be."""
    return all(TABLES[table].census for table in derived.needs(leaf.table))
