"""Walks over a formula: its leaves, its denominators, and the dimensions each of them ignores."""

from __future__ import annotations

from revkit.algebra.formula.leaves import Leaf, Total
from revkit.algebra.formula.linear import is_census
from revkit.algebra.formula.nodes import (
    Constant,
    Daily,
    Formula,
    Length,
    Operation,
    Overall,
    Share,
    Shifted,
)
from revkit.algebra.request import Call
from revkit.errors import PeriodError

Ignored = frozenset[str] | None
"""The dimensions of a call that a leaf ignores; None: all of them, and the ``where`` too."""


def subformulas(formula: Formula) -> list[Formula]:
    """Return a formula and every formula inside it, outermost first."""
    return [formula, *(inner for child in formula.children for inner in subformulas(child))]


def leaves(formula: Formula, ignored: Ignored = frozenset()) -> list[tuple[Leaf, Ignored]]:
    """Return every leaf of a formula, each with the dimensions it ignores."""
    found = [(formula, ignored)] if isinstance(formula, Leaf) else []
    inside = ignored_inside(formula, ignored)
    for child in formula.children:
        found += leaves(child, inside)
    return found


def denominators(formula: Formula, ignored: Ignored = frozenset()) -> list[tuple[Leaf, Ignored]]:
    """Return every leaf in a denominator, each with the dimensions it ignores."""
    found = leaves(formula, ignored) if isinstance(formula, Share) else []
    if isinstance(formula, Operation) and formula.operator == "/":
        return found + leaves(formula.right, ignored) + denominators(formula.left, ignored)
    inside = ignored_inside(formula, ignored)
    for child in formula.children:
        found += denominators(child, inside)
    return found


def divisors(
    formula: Formula, call: Call, ignored: Ignored = frozenset(), early: int = 0
) -> list[tuple[Formula, Ignored, int]]:
    """Return the divisors of a formula, constants and lengths left out.

    Each comes with the dimensions it ignores and how many periods of the call earlier it is read.
    """
    found: list[tuple[Formula, Ignored, int]] = []
    if (
        isinstance(formula, Operation)
        and formula.operator == "/"
        and not isinstance(formula.right, Constant | Length)
    ):
        found.append((formula.right, ignored, early))
    if isinstance(formula, Daily):
        return found  # its days are evaluated by themselves
    before = early + (periods_earlier(formula, call) if isinstance(formula, Shifted) else 0)
    inside = ignored_inside(formula, ignored)
    for child in formula.children:
        found += divisors(child, call, inside, before)
    return found


def sample_leaves(formula: Formula) -> list[tuple[Leaf, Ignored]]:
    """Return the leaves whose rows are the sample behind a value.

    These are the sampled leaves in its denominators. Where these are known in full, and are an
    amount or the whole company's, as spend is, they are the sampled ones above; else all in its
    denominators, else its first leaf. Values that are spread over days are left out.
    """
    below, above = _sampled_below(formula), _sampled_above(formula)
    every = [pair for pair in leaves(formula) if not is_spread(pair[0])]
    return below or above or _below(formula) or every[:1]


def is_sampled_above(formula: Formula) -> bool:
    """Report whether the sample is what a formula adds up above a known denominator."""
    return not _sampled_below(formula) and bool(_sampled_above(formula))


def _below(formula: Formula) -> list[tuple[Leaf, Ignored]]:
    return [pair for pair in denominators(formula) if not is_spread(pair[0])]


def _sampled_below(formula: Formula) -> list[tuple[Leaf, Ignored]]:
    return _sampled(_below(formula))


def _sampled_above(formula: Formula) -> list[tuple[Leaf, Ignored]]:
    """Return the sampled leaves above denominators that are amounts, or the whole company's."""
    below = _below(formula)
    counts = any(leaf.value is None and ignored == frozenset() for leaf, ignored in below)
    if counts or not below:
        return []
    return _sampled([pair for pair in leaves(formula) if not is_spread(pair[0])])


def _sampled(pairs: list[tuple[Leaf, Ignored]]) -> list[tuple[Leaf, Ignored]]:
    return [(leaf, ignored) for leaf, ignored in pairs if not is_census(leaf)]


def ignored_inside(formula: Formula, ignored: Ignored) -> Ignored:
    """Return the dimensions that formulas inside this one ignore; an ``overall`` adds its own."""
    if not isinstance(formula, Overall):
        return ignored
    if ignored is None or not formula.dimensions:
        return None
    return ignored | frozenset(formula.dimensions)


def periods_earlier(formula: Shifted, call: Call) -> int:
    """Return how many periods of a call earlier a shifted formula is read.

    Raises
    ------
    PeriodError
        When the call has no periods.
    """
    if call.calendar.period is None:
        raise PeriodError.no_earlier(f"metrics.{call.metric}")
    return formula.periods + (formula.years * call.calendar.a_year() if formula.years else 0)


def is_spread(leaf: Leaf) -> bool:
    """Report whether a leaf divides its values over the days between two dates."""
    return isinstance(leaf, Total) and leaf.spread is not None
