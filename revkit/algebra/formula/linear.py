"""The parts of a formula that are known and those that are sampled, and its sum of leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace

from revkit import derived
from revkit.algebra.formula.leaves import Leaf, Quantile
from revkit.algebra.formula.nodes import (
    Above,
    Constant,
    Formula,
    Length,
    Operation,
    Overall,
    Shifted,
)
from revkit.schema import TABLES


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
    >>> from revkit.algebra import Total
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
    return is_known(part) and not (operator in "*/" and isinstance(part, Constant))


def is_known(formula: Formula) -> bool:
    """Return whether nothing of a formula is sampled: spend, quotas, headcount, lengths."""
    if isinstance(formula, Leaf):
        return census(formula)
    if isinstance(formula, Quantile):
        return False
    if isinstance(formula, Constant | Length):
        return True
    return all(is_known(child) for child in formula.children)


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


def census(leaf: Leaf) -> bool:
    """Return whether a leaf totals all there is, rather than a sample of what might be."""
    return all(TABLES[table].census for table in derived.required_tables(leaf.table))
