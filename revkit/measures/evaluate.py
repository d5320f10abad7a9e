"""A formula's value, interval and sample, on every group and period of a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.errors import PeriodError
from revkit.measures.formula import (
    Cohort,
    Constant,
    Formula,
    Leaf,
    Operation,
    Overall,
    Quantile,
    Share,
    Shifted,
    Stock,
)
from revkit.measures.grid import EVERY, Grid, Key, Sum, shifted
from revkit.measures.query import Call, Dated, Moving, Source, Term, source
from revkit.measures.shape import Kind, denominators, kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Leaning = dict[tuple[Sum, int], Any]


@dataclass
class Evaluation:
    """One formula asked of one call: its queries first, then its numbers."""

    call: Call
    formula: Formula
    unit: str
    level: float
    sources: dict[Key, Source] = field(default_factory=dict)
    grid: Grid = field(init=False)

    def __post_init__(self) -> None:
        self.kind: Kind = kind(self.formula, self.unit)
        self._sums: dict[tuple[int, bool], Sum] = {}
        for leaf, overall in _leaves(self.formula, False):
            self._plan(leaf, overall)
        for leaf in self._sample():
            self._plan(leaf.rows, overall=False)
        if self.kind not in ("none", "count", "proportion", "odds", "quantile"):
            self._plan_products()
        self.grid = Grid(self.call, self.sources)

    def value(self, part: Formula | None = None) -> Array:
        """Return the value of the formula, or a part of it; NaN where divided by nothing."""
        return self._value(self.formula if part is None else part)

    def rows(self) -> Array:
        """Return the smallest number of rows in a denominator, else those of the first total."""
        if isinstance(self.formula, Share):
            return self._value(self.formula, whole=True)
        counts = [self._value(leaf.rows) for leaf in self._sample()]
        return np.min(np.stack(counts), axis=0) if counts else np.full(self.grid.shape, np.nan)

    def _sample(self) -> list[Leaf]:
        """The leaves whose rows are the sample behind a value."""
        return list(denominators(self.formula)) or list(self.formula.leaves())[:1]

    def open_rows(self) -> Array:
        """Return how many rows could still change a cohort's outcome."""
        waiting = np.zeros(self.grid.shape)
        for leaf, overall in _leaves(self.formula, False):
            if isinstance(leaf, Cohort) and leaf.settled and leaf.within is None:
                key = self._sum(leaf, overall).source
                holder = self.sources[key]
                assert isinstance(holder, Dated)
                waiting = waiting + self.grid.total(key, holder.open_rows(leaf))
        return waiting

    def unvalued(self) -> dict[str, int]:
        """Return how many rows a sum could not add up, their value being null."""
        lacking: dict[str, int] = {}
        for leaf, overall in _leaves(self.formula, False):
            total = self._sum(leaf, overall)
            if total.role != "total":
                continue
            term = _valueless(total.term)
            if (total.source, term) in self.grid.found:
                rows = int(self.grid.found[total.source, term].sum())
                lacking |= {str(leaf): rows} if rows else {}
        return lacking

    def maturing(self) -> int:
        """Return the days after a period's end at which its cohorts are known."""
        leaves = [leaf for leaf, _ in _leaves(self.formula, False)]
        return max((leaf.within or 0 for leaf in leaves if isinstance(leaf, Cohort)), default=0)

    def square(self, leaf: Leaf) -> Array:
        """Return the sum of the squares of what rows, or accounts, add to a leaf."""
        total = self._sum(leaf, False)
        return self._product(total, total)

    def fourth(self, leaf: Leaf) -> Array:
        """Return the sum of their fourth powers, for a total over accounts."""
        total = self._sum(leaf, False)
        return self.grid.total(total.source, _fourth(total.term))

    def variance(self) -> Array:
        """Return the variance of the value by the delta method, its rows a Poisson process."""
        return self._variance(self._leaning(self.formula))

    def history(self, leaf: Leaf) -> Array:
        """Return the counts of a leaf in the twelve complete periods before the as-of date."""
        total = self._sum(leaf, False)
        return self.grid.dispersion_history(total.source, total.term)

    def _variance(self, leaning: Leaning) -> Array:
        variance = np.zeros(self.grid.shape)
        for (one, early), slope in leaning.items():
            for (other, late), lean in leaning.items():
                if early == late and _together(one, other):
                    product = shifted(self._product(one, other), early)
                    variance = variance + slope * lean * product
        return variance

    def _product(self, one: Sum, other: Sum) -> Array:
        """Return the sum over rows, or accounts, of the product of two of their values."""
        grid = self.grid
        if one.role == other.role == "total":
            return grid.total(one.source, one.term * other.term)
        if "total" in (one.role, other.role):
            stock, total = (one, other) if other.role == "total" else (other, one)
            return grid.total(total.source, self._at(stock, total.source) * total.term)
        if one.role == other.role:
            both = _both(one.term, other.term)
            return grid.standing(one.source, both, opening=one.role == "opening")
        return np.full(grid.shape, np.nan)

    def _plan(self, leaf: Leaf, overall: bool) -> None:
        key, made = source(self.call, leaf, overall)
        holder = self.sources.get(key) or self.sources.setdefault(key, made())
        if not isinstance(holder, Moving):
            holder.ask(EVERY)
        role = "total"
        term: Any
        if isinstance(leaf, Stock):
            role = "opening" if leaf.at_opening else "end"
        if isinstance(leaf, Stock) and isinstance(holder, Moving):
            term = holder.standing(leaf, "before"), holder.standing(leaf, "after")
            for side in term:
                holder.ask(side)
        else:
            term = holder.term(leaf)
            holder.ask(term)
            if term.values and isinstance(holder, Dated):
                holder.ask(_valueless(term))
        if isinstance(leaf, Cohort) and leaf.settled and isinstance(holder, Dated):
            holder.ask(holder.open_rows(leaf))
        self._sums[id(leaf), overall] = Sum(key, role, term, leaf)

    def _plan_products(self) -> None:
        leaves = _leaves(self.formula, False)
        sums = list(dict.fromkeys(self._sum(leaf, overall) for leaf, overall in leaves))
        together = self.kind in ("delta", "ratio per account")
        for place, one in enumerate(sums):
            for other in sums[place:] if together else [one]:
                if _together(one, other):
                    self._ask_product(one, other)
            if self.kind == "ratio per account" and one.role == "total":
                self.sources[one.source].ask(_fourth(one.term))

    def _ask_product(self, one: Sum, other: Sum) -> None:
        if one.role == other.role == "total":
            self.sources[one.source].ask(one.term * other.term)
        elif "total" in (one.role, other.role):
            stock, total = (one, other) if other.role == "total" else (other, one)
            self.sources[total.source].ask(self._at(stock, total.source) * total.term)
        elif one.role == other.role:
            both = _both(one.term, other.term)
            for term in both if isinstance(both, tuple) else (both,):
                self.sources[one.source].ask(term)

    def _at(self, stock: Sum, key: Key) -> Term:
        """Read a stock of accounts on the movements that another sum is over."""
        holder = self.sources[key]
        assert isinstance(holder, Moving)
        assert isinstance(stock.leaf, Stock)
        return holder.standing(stock.leaf, "before" if stock.role == "opening" else "after")

    def _sum(self, leaf: Leaf, overall: bool) -> Sum:
        if (id(leaf), overall) not in self._sums:
            self._plan(leaf, overall)
        return self._sums[id(leaf), overall]

    def _read(self, total: Sum) -> Array:
        if total.role == "total":
            return self.grid.total(total.source, total.term)
        return self.grid.standing(total.source, total.term, opening=total.role == "opening")

    def _value(self, formula: Formula, *, overall: bool = False, whole: bool = False) -> Array:
        if isinstance(formula, Constant):
            return np.full(self.grid.shape, formula.number)
        if isinstance(formula, Leaf):
            return self._read(self._sum(formula, overall))
        if isinstance(formula, Overall):
            return self._value(formula.inner, overall=True)
        if isinstance(formula, Shifted):
            return shifted(self._value(formula.inner, overall=overall), self._steps(formula))
        if isinstance(formula, Share):
            inner = self._value(formula.inner, overall=overall)
            total = self._along(inner, formula.dimension)
            return total if whole else np.asarray(divided(inner, total))
        if isinstance(formula, Quantile):
            return np.full(self.grid.shape, np.nan)
        assert isinstance(formula, Operation)
        left = self._value(formula.left, overall=overall)
        right = self._value(formula.right, overall=overall)
        return np.asarray(_OPERATORS[formula.operator](left, right))

    def _leaning(self, formula: Formula, early: int = 0, overall: bool = False) -> Leaning:
        """Return how the value leans on each sum: its partial derivatives."""
        if isinstance(formula, Leaf):
            return {(self._sum(formula, overall), early): np.ones(self.grid.shape)}
        if isinstance(formula, Overall):
            return self._leaning(formula.inner, early, True)
        if isinstance(formula, Shifted):
            return self._leaning(formula.inner, early + self._steps(formula), overall)
        if not isinstance(formula, Operation):
            return {}
        left, right = formula.left, formula.right
        a, b = (shifted(self._value(side, overall=overall), early) for side in (left, right))
        slopes: tuple[Any, Any] = {
            "+": (1.0, 1.0),
            "-": (1.0, -1.0),
            "*": (b, a),
            "/": (divided(np.ones_like(b), b), -divided(a, b * b)),
        }[formula.operator]
        leaning: Leaning = {}
        for side, slope in zip((left, right), slopes, strict=True):
            for total, lean in self._leaning(side, early, overall).items():
                leaning[total] = leaning.get(total, 0.0) + slope * lean
        return leaning

    def _along(self, values: Array, dimension: str) -> Array:
        others = [f"by_{place}" for place, name in enumerate(self.call.by) if name != dimension]
        if not others:
            return np.broadcast_to(values.sum(axis=0), values.shape)
        codes = self.grid.groups.groupby(others, dropna=False, sort=False).ngroup().to_numpy()
        sums = np.zeros((int(codes.max(initial=-1)) + 1, values.shape[1]))
        np.add.at(sums, codes, values)
        return np.asarray(sums[codes])

    def _steps(self, node: Shifted) -> int:
        calendar = self.call.calendar
        if calendar.period is None:
            raise PeriodError.no_earlier(f"metrics.{self.call.metric}")
        return node.periods + (node.years * calendar.a_year() if node.years else 0)


def _leaves(formula: Formula, overall: bool) -> Iterator[tuple[Leaf, bool]]:
    if isinstance(formula, Leaf):
        yield formula, overall
    for child in formula.children:
        yield from _leaves(child, overall or isinstance(formula, Overall))


def _valueless(term: Term) -> Term:
    """The rows of a sum that have nothing to add."""
    nulls = frozenset(value.to_expr().isnull().op() for value in term.values)
    return Term(term.conditions | nulls)


def _fourth(term: Term) -> Term:
    """The fourth power of what a row adds."""
    return term * term * (term * term)


def _together(one: Sum, other: Sum) -> bool:
    """Whether two sums are over the same rows, or the same accounts, and so vary together."""
    of_accounts = one.source[0] == other.source[0] == "movements"
    return one.source == other.source or (of_accounts and one.source[-1] == other.source[-1])


def _both(one: Any, other: Any) -> Any:
    if isinstance(one, tuple):
        return one[0] * other[0], one[1] * other[1]
    return one * other


def divided(above: Any, below: Any) -> Any:
    """Return a quotient, NaN where it is one over nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below != 0, above / np.where(below != 0, below, 1.0), np.nan)


_OPERATORS: dict[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": divided,
}
