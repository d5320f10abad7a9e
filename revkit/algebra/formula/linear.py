"""Sampled and known parts of a formula, and a formula as a sum of leaves.

A leaf is *known* when its table lists all there is (spend, quotas, headcount), and *sampled* when
its rows could have turned out otherwise (deals, leads, movements). Only sampled parts have an
interval.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

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
class SampledPart:
    """The sampled part of a formula, which equals ``sampled * scale + shift``.

    ``scale`` and ``shift`` are known; None stands for 1 and 0.
    """

    sampled: Formula
    scale: Formula | None = None
    shift: Formula | None = None

    def times(self, factor: Formula) -> SampledPart:
        """Return the split of the formula times a known factor."""
        scale = factor if self.scale is None else self.scale * factor
        return replace(self, scale=scale, shift=self.shift and self.shift * factor)

    def plus(self, known: Formula) -> SampledPart:
        """Return the split of the formula plus a known summand."""
        return replace(self, shift=known if self.shift is None else self.shift + known)


def sampled_part(formula: Formula) -> SampledPart:
    """Split a formula into its sampled part and the known scale and shift around it.

    >>> from ibis import _
    >>> from revkit.algebra import Total
    >>> won = Total("opportunities", at="closed_on").of(_.amount)
    >>> cost = Total("spend", at="spent_on").of(_.amount)
    >>> print(sampled_part((won - cost) / cost).sampled)
    amount of opportunities by closed_on
    """
    if not isinstance(formula, Operation):
        return SampledPart(formula)
    left, right, operator = formula.left, formula.right, formula.operator
    if _is_known_operand(right, operator):
        inner = sampled_part(left)
        if operator in "+-":
            return inner.plus(right if operator == "+" else -1 * right)
        return inner.times(right if operator == "*" else 1.0 / right)
    if _is_known_operand(left, operator) and operator != "/":
        if operator == "*":
            return sampled_part(right).times(left)
        inner = sampled_part(right)
        return (inner if operator == "+" else inner.times(Constant(-1.0))).plus(left)
    return SampledPart(formula)


def _is_known_operand(operand: Formula, operator: str) -> bool:
    """Report whether an operand is known; a constant factor stays with the sampled part."""
    return is_known(operand) and not (operator in "*/" and isinstance(operand, Constant))


def is_known(formula: Formula) -> bool:
    """Report whether nothing in a formula is sampled: spend, quotas, headcount, lengths."""
    if isinstance(formula, Leaf):
        return is_census(formula)
    if isinstance(formula, Quantile):
        return False
    if isinstance(formula, Constant | Length):
        return True
    return all(is_known(child) for child in formula.children)


def linear(formula: Formula) -> list[tuple[float, Leaf]] | None:
    """Return a formula as a sum of (factor, leaf) pairs, or None when it is no such sum."""
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


def is_census(leaf: Leaf) -> bool:
    """Report whether the rows of a leaf's table are all there is, rather than a sample."""
    return _is_census_table(leaf.table)


@cache
def _is_census_table(name: str) -> bool:
    """Report whether every table that a table is made from is a census, and its rows no events."""
    entry = derived.DERIVED.get(name)
    if entry is not None and (entry.sampled or entry.census):
        return entry.census
    return all(TABLES[table].census for table in derived.required_tables(name))
