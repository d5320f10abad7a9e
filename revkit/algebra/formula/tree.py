"""The tree of a formula: its leaves, what it divides by, and what each of them leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from revkit.algebra.formula.leaves import Leaf, Total
from revkit.algebra.formula.linear import census
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

Over = frozenset[str] | None  # the dimensions left out; None: all of them, and of `where` too


def parts(formula: Formula) -> Iterator[Formula]:
    """Yield a formula and every formula within it."""
    yield formula
    for child in formula.children:
        yield from parts(child)


def leaves(formula: Formula, over: Over = frozenset()) -> Iterator[tuple[Leaf, Over]]:
    """Yield every leaf, with what it leaves out."""
    if isinstance(formula, Leaf):
        yield formula, over
    for child in formula.children:
        yield from leaves(child, beneath(formula, over))


def denominators(formula: Formula, over: Over = frozenset()) -> Iterator[tuple[Leaf, Over]]:
    """Yield every leaf that something is divided by, with what it leaves out."""
    if isinstance(formula, Share):
        yield from leaves(formula, over)
    if isinstance(formula, Operation) and formula.operator == "/":
        yield from leaves(formula.right, over)
        yield from denominators(formula.left, over)
        return
    for child in formula.children:
        yield from denominators(child, beneath(formula, over))


def divisors(
    formula: Formula, call: Call, over: Over = frozenset(), early: int = 0
) -> Iterator[tuple[Formula, Over, int]]:
    """Yield what is divided by, but for numbers, and how many periods earlier it is read."""
    if (
        isinstance(formula, Operation)
        and formula.operator == "/"
        and not isinstance(formula.right, Constant | Length)
    ):
        yield formula.right, over, early
    if isinstance(formula, Daily):
        return  # its days are asked for by themselves
    before = early + (steps(formula, call) if isinstance(formula, Shifted) else 0)
    for child in formula.children:
        yield from divisors(child, call, beneath(formula, over), before)


def sample(formula: Formula) -> list[tuple[Leaf, Over]]:
    """Return the leaves whose rows are the sample behind a value; what is known is none."""
    below = [pair for pair in denominators(formula) if not is_spread(pair[0])]
    sampled = [(leaf, over) for leaf, over in below if not census(leaf)]
    every = [pair for pair in leaves(formula) if not is_spread(pair[0])]
    return sampled or below or every[:1]


def beneath(formula: Formula, over: Over) -> Over:
    """Return what the formulas within one leave out: an ``overall`` adds its dimensions."""
    if not isinstance(formula, Overall):
        return over
    return over | frozenset(formula.dimensions) if over is not None and formula.dimensions else None


def steps(formula: Shifted, call: Call) -> int:
    """Return how many periods of a call earlier a formula is read.

    Raises
    ------
    PeriodError
        When the call has no periods.
    """
    if call.calendar.period is None:
        raise PeriodError.no_earlier(f"metrics.{call.metric}")
    return formula.periods + (formula.years * call.calendar.a_year() if formula.years else 0)


def is_spread(leaf: Leaf) -> bool:
    """Return whether a leaf divides its rows over the days of an interval."""
    return isinstance(leaf, Total) and leaf.spread is not None
