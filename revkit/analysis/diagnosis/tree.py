"""A metric's formula as a tree of totals and ratios of totals, joined by products and sums."""

from __future__ import annotations

from dataclasses import dataclass

from revkit.algebra.formula.leaves import Leaf, Quantile
from revkit.algebra.formula.linear import linear
from revkit.algebra.formula.nodes import (
    Above,
    Constant,
    Daily,
    Formula,
    Length,
    Named,
    Operation,
    Overall,
    Share,
    Shifted,
    Unnamed,
)


@dataclass(frozen=True)
class Total:
    """A total of rows, or of what they bring; ``rows`` is the number of them where it is a sum."""

    formula: Formula
    rows: Formula | None


@dataclass(frozen=True)
class Ratio:
    """A total over another."""

    above: Formula
    below: Formula


@dataclass(frozen=True)
class Known:
    """A value of the whole company that no group has a part of."""

    formula: Formula


@dataclass(frozen=True)
class Ranked:
    """A quantile of rows, which no totals of groups add up to."""

    quantile: Quantile


@dataclass(frozen=True)
class Product:
    """A product of nodes, each with its power, 1 or -1."""

    factors: tuple[tuple[Node, int], ...]


@dataclass(frozen=True)
class Weighted:
    """A sum of nodes, each times a number, and a constant."""

    terms: tuple[tuple[float, Node], ...]
    constant: float = 0.0


Node = Total | Ratio | Known | Ranked | Product | Weighted


class NotSplitError(Exception):
    """A formula that cannot be split, with the reason."""


def tree_of(formula: Formula) -> Node:
    """Return the tree of a formula.

    Raises
    ------
    NotSplitError
        When groups have no part of it that adds up.
    """
    if isinstance(formula, Overall | Above) and not is_additive(formula):
        return tree_of(formula.inner)
    if isinstance(formula, Quantile):
        if formula.until is not None:
            raise NotSplitError("it is a median of times, some of which are not over")
        return Ranked(formula)
    if isinstance(formula, Daily):
        raise NotSplitError("it adds up the values of days")
    if isinstance(formula, Share | Named | Unnamed):
        raise NotSplitError("it is a share along one dimension, with a value for each group")
    if is_additive(formula):
        return _total(formula)
    if isinstance(formula, Shifted):
        return tree_of(_pushed(formula))
    if is_known(formula):
        return Known(formula)
    if not isinstance(formula, Operation):
        raise NotSplitError("it counts different values, which may be in several groups")
    left, right, operator = formula.left, formula.right, formula.operator
    if operator == "/" and is_additive(left) and is_additive(right):
        return Ratio(left, right)
    if operator in "+-":
        sign = 1.0 if operator == "+" else -1.0
        return _sum(_terms(left, 1.0) + _terms(right, sign))
    if isinstance(left, Constant) and operator == "*":
        return _sum(_terms(right, left.number))
    if isinstance(right, Constant):
        return _sum(_terms(left, right.number if operator == "*" else 1 / right.number))
    return Product((*_factors(left, 1), *_factors(right, 1 if operator == "*" else -1)))


def is_additive(formula: Formula) -> bool:
    """Report whether the values of groups add up to that of all."""
    if isinstance(formula, Leaf):
        return not formula.is_distinct
    if isinstance(formula, Shifted | Above) or (
        isinstance(formula, Overall) and isinstance(formula.inner, Leaf)
    ):
        return is_additive(formula.inner)
    if not isinstance(formula, Operation):
        return False
    left, right = formula.left, formula.right
    if formula.operator in "+-":
        return is_additive(left) and is_additive(right)
    if is_additive(left) and is_known(right):
        return True
    return formula.operator == "*" and is_known(left) and is_additive(right)


def is_known(formula: Formula) -> bool:
    """Report whether a value is one of the whole company: lengths, numbers, what ignores groups."""
    if isinstance(formula, Constant | Length | Overall):
        return True
    if isinstance(formula, Shifted):
        return is_known(formula.inner)
    return isinstance(formula, Operation) and all(is_known(one) for one in formula.children)


def _total(formula: Formula) -> Node:
    """Return a total; one that subtracts is a sum of totals, each with a sign."""
    parts = linear(formula)
    if parts is None or (len(parts) == 1 and parts[0][0] == 1):
        leaf = parts[0][1] if parts else None
        return Total(formula, None if leaf is None or leaf.value is None else leaf.rows)
    if any(isinstance(formula, Shifted | Overall) for formula in _inside(formula)):
        return Total(formula, None)
    return Weighted(tuple((factor, _total(leaf)) for factor, leaf in parts))


def _inside(formula: Formula) -> list[Formula]:
    return [formula, *(one for child in formula.children for one in _inside(child))]


def _terms(formula: Formula, factor: float) -> list[tuple[float, Node | float]]:
    """Return a formula as terms, each a node or a number, with their factors."""
    if isinstance(formula, Constant):
        return [(factor, formula.number)]
    node = tree_of(formula)
    if isinstance(node, Weighted):
        inner: list[tuple[float, Node | float]] = [(factor * one, it) for one, it in node.terms]
        return inner + ([(factor, node.constant)] if node.constant else [])
    return [(factor, node)]


def _sum(terms: list[tuple[float, Node | float]]) -> Node:
    nodes = tuple((factor, one) for factor, one in terms if not isinstance(one, float))
    constant = sum(factor * one for factor, one in terms if isinstance(one, float))
    if len(nodes) == 1 and nodes[0][0] == 1 and not constant:
        return nodes[0][1]
    return Weighted(nodes, constant)


def _factors(formula: Formula, power: int) -> tuple[tuple[Node, int], ...]:
    node = tree_of(formula)
    if isinstance(node, Product):
        return tuple((one, power * inner) for one, inner in node.factors)
    return ((node, power),)


def _pushed(formula: Shifted) -> Formula:
    """Return a shifted formula with the shift inside its operation."""
    inner = formula.inner
    if isinstance(inner, Operation):
        sides = (Shifted(one, formula.periods, formula.years) for one in inner.children)
        return Operation(inner.operator, *sides)
    if isinstance(inner, Above):
        return Above(Shifted(inner.inner, formula.periods, formula.years), inner.floor)
    if isinstance(inner, Overall):
        return Overall(Shifted(inner.inner, formula.periods, formula.years), inner.dimensions)
    if is_known(inner):
        return inner
    raise NotSplitError("it reads another period's value of something that has no parts")
