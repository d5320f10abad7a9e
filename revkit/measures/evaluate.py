"""A formula's value, interval and sample, on every group and period of a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.errors import PeriodError
from revkit.measures import intervals
from revkit.measures.batch import Batch, Key
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
from revkit.measures.grid import EVERY, Grid, Sum, known, shifted
from revkit.measures.moving import Moving
from revkit.measures.query import Call, Dated, Ranks, Term
from revkit.measures.shape import Kind, census, core, kind
from revkit.measures.totals import Cohort, Leaf, Quantile, Stock, Total
from revkit.periods import Calendar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Leaning = dict[tuple[Sum, int], Any]
Over = frozenset[str] | None  # the dimensions left out; None: all of them, and of `where` too


@dataclass
class Evaluation:
    """One formula asked of one call: its queries first, then its numbers."""

    call: Call
    formula: Formula
    unit: str
    batch: Batch
    grid: Grid = field(init=False)

    def __post_init__(self) -> None:
        self.grid = Grid(self.call, self.batch)
        self.kind: Kind = kind(self.formula, self.unit)
        self._sums: dict[tuple[int, Over], Sum] = {}
        self._quantiles: dict[int, tuple[Key, Ranks | None]] = {}
        self._daily: dict[int, Evaluation] = {}
        for leaf, over in _leaves(self.formula, frozenset()):
            self._plan(leaf, over)
        for leaf, over in self._sample():
            self._plan(leaf.rows, over)
        if self.kind == "sum of events":
            for leaf, over in _leaves(core(self.formula).sampled, frozenset()):
                self._plan(leaf.rows, over)
        for part in _parts(self.formula):
            if isinstance(part, Quantile):
                self._plan_quantile(part)
            if isinstance(part, Daily):
                self._daily[id(part)] = self._by_day(part)
        if self.kind not in ("none", "count", "proportion", "odds", "quantile", "daily"):
            self._plan_products()

    def value(self, part: Formula | None = None) -> Array:
        """Return the value of the formula, or a part of it; NaN where divided by nothing."""
        return self._value(self.formula if part is None else part)

    def rows(self) -> Array:
        """Return the smallest number of rows in a denominator, else those of the first total."""
        if isinstance(self.formula, Share):
            return self._value(self.formula, whole=True)
        if isinstance(self.formula, Quantile) and self.formula.until is not None:
            return self._quantile(self.formula)[3]
        counts = [self._value(leaf.rows, over=over) for leaf, over in self._sample()]
        return np.min(np.stack(counts), axis=0) if counts else np.full(self.grid.shape, np.nan)

    def _sample(self) -> list[tuple[Leaf, Over]]:
        """The leaves whose rows are the sample behind a value; what is known is none."""
        below = [
            pair for pair in denominators(self.formula, frozenset()) if not _is_spread(pair[0])
        ]
        sampled = [(leaf, over) for leaf, over in below if not census(leaf)]
        every = [pair for pair in _leaves(self.formula, frozenset()) if not _is_spread(pair[0])]
        return sampled or below or every[:1]

    def parts(self) -> dict[str, Array]:
        """Return the totals of the formula, each by its words."""
        totals = {
            f"{leaf}{'' if over == frozenset() else ', overall'}": self._value(leaf, over=over)
            for leaf, over in _leaves(self.formula, frozenset())
        }
        for part in _parts(self.formula):
            if isinstance(part, Quantile) and part.until is not None:
                totals[f"{part.total.rows}, over or not"] = self._quantile(part)[3]
        return totals

    def open_rows(self) -> Array:
        """Return how many rows could still change a cohort's outcome."""
        waiting = np.zeros(self.grid.shape)
        for leaf, over in _leaves(self.formula, frozenset()):
            if isinstance(leaf, Cohort) and leaf.settled and leaf.within is None:
                key = self._sum(leaf, over).source
                holder = self.batch.sources[key]
                assert isinstance(holder, Dated)
                waiting = waiting + self.grid.total(key, holder.open_rows(leaf))
        for part in _parts(self.formula):
            if isinstance(part, Quantile) and part.until is not None:
                waiting = waiting + self._undecided(part)
        return waiting

    def _undecided(self, part: Quantile) -> Array:
        """Where a row not over has been watched for less than the quantile, it may still move."""
        watched = self.grid.watched(self._quantiles[id(part)][0])
        return (~np.isnan(watched) & ~(watched >= self._quantile(part)[0])).astype(np.float64)

    def unvalued(self) -> dict[str, int]:
        """Return how many rows a sum could not add up, their value being null."""
        lacking: dict[str, int] = {}
        for leaf, over in _leaves(self.formula, frozenset()):
            total = self._sum(leaf, over)
            if total.role != "total" or not total.term.values:
                continue
            term = _valueless(total.term)
            if term in self.batch.sources[total.source].sums:
                rows = int(np.nansum(self.grid.total(total.source, term)))
                lacking |= {str(leaf): rows} if rows else {}
        return lacking

    def undefined(self) -> dict[str, NDArray[np.bool_]]:
        """Return where each divisor is nothing, so that the value is none: no losses, no spend."""
        return {
            str(below): shifted(self._value(below, over=over), early) == 0
            for below, over, early in self._divisors(self.formula)
        }

    def _divisors(
        self, formula: Formula, over: Over = frozenset(), early: int = 0
    ) -> Iterator[tuple[Formula, Over, int]]:
        if (
            isinstance(formula, Operation)
            and formula.operator == "/"
            and not isinstance(formula.right, Constant | Length)
        ):
            yield formula.right, over, early
        if isinstance(formula, Daily):
            return  # its days are asked for by themselves
        inner = _wider(over, formula) if isinstance(formula, Overall) else over
        late = early + (self._steps(formula) if isinstance(formula, Shifted) else 0)
        for child in formula.children:
            yield from self._divisors(child, inner, late)

    def maturing(self) -> int:
        """Return the days after a period's end at which its cohorts are known."""
        leaves = [leaf for leaf, _ in _leaves(self.formula, frozenset())]
        return max((leaf.within or 0 for leaf in leaves if isinstance(leaf, Cohort)), default=0)

    def square(self, leaf: Leaf) -> Array:
        """Return the sum of the squares of what rows, or accounts, add to a leaf."""
        total = self._sum(leaf, frozenset())
        return self._product(total, total)

    def fourth(self, leaf: Leaf) -> Array:
        """Return the sum of their fourth powers, for a total over accounts."""
        return self._fourths(self._sum(leaf, frozenset()))

    def deciding(self, part: Formula) -> Array:
        """Return how many rows of equal weight decide how sure a part is: (Σx²)²/Σx⁴.

        Of the sum where they are fewest; a variance that few rows decide is itself unsure, as one
        of so many degrees of freedom is. Without bound where nothing but rows is counted.
        """
        fewest = np.full(self.grid.shape, np.inf)
        for leaf, over in _leaves(part, frozenset()):
            total = self._sum(leaf, over)
            if _weighs(total):
                squares = self._product(total, total)
                fewest = np.fmin(fewest, divided(squares**2, self._fourths(total)))
        return fewest

    def variance(self, part: Formula) -> Array:
        """Return the variance of a part by the delta method, its rows a Poisson process."""
        return self._variance(self._leaning(part))

    def history(self, leaf: Leaf) -> Array:
        """Return the counts of a leaf in the twelve complete periods before the as-of date."""
        total = self._sum(leaf, frozenset())
        return self.grid.dispersion_history(total.source, total.term)

    def _variance(self, leaning: Leaning) -> Array:
        variance = np.zeros(self.grid.shape)
        for (one, early), slope in leaning.items():
            for (other, late), lean in leaning.items():
                if census(one.leaf) or census(other.leaf):
                    continue  # known, not sampled
                if early == late and _together(one, other):
                    product = shifted(self._product(one, other), early)
                    variance = variance + slope * lean * product
        return variance

    def _product(self, one: Sum, other: Sum) -> Array:
        """Return the sum over rows, or accounts, of the product of two of their values."""
        grid = self.grid
        if one.leaf.different is not None:
            return self._read(one)  # each value that is different counts one
        if one.role == other.role == "total":
            return grid.total(one.source, one.term * other.term)
        if "total" in (one.role, other.role):
            stock, total = (one, other) if other.role == "total" else (other, one)
            return grid.total(total.source, self._at(stock, total.source) * total.term)
        if one.role == other.role:
            both = _both(one.term, other.term)
            return grid.standing(one.source, both, opening=one.role == "opening")
        if isinstance(self.batch.sources[one.source], Moving):
            key, moved, stayed = self._across(one, other)
            level = grid.standing(one.source, _both(one.term, other.term), opening=False)
            return level + grid.total(key, moved) - grid.total(key, stayed)
        return np.full(grid.shape, np.nan)

    def _fourths(self, total: Sum) -> Array:
        if total.role == "total":
            return self.grid.total(total.source, _fourth(total.term))
        opening = total.role == "opening"
        return self.grid.standing(total.source, _both_fourth(total.term), opening=opening)

    def quantile(self) -> tuple[Array, Array, Array]:
        """Return the value, low and high of a formula that is a quantile."""
        assert isinstance(self.formula, Quantile)
        value, low, high, _ = self._quantile(self.formula)
        return value, low, high

    def daily_variance(self) -> Array:
        """Return the variance of a sum of daily rates, what happened each day a Poisson count."""
        assert isinstance(self.formula, Daily)
        days = self._daily[id(self.formula)]
        return self._summed(days, np.asarray(divided(days.value(), days.rows())))

    def _plan(self, leaf: Leaf, over: Over) -> None:
        key = self._source(leaf, over)
        holder = self.batch.sources[key]
        if not isinstance(holder, Moving) and leaf.different is None:
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
        self._sums[id(leaf), over] = Sum(key, role, term, leaf)

    def _plan_quantile(self, part: Quantile) -> None:
        key = self._source(part, frozenset())
        ranks = None
        if part.until is None:
            holder = self.batch.sources[key]
            term = holder.term(part.total)
            ranks = Ranks(term, part.q, intervals.normal(self.call.level))
            for asked in (EVERY, ranks, known(term)):
                holder.ask(asked)
        self._quantiles[id(part)] = key, ranks

    def _by_day(self, part: Daily) -> Evaluation:
        """The formula of a sum over days, asked day by day."""
        fiscal = self.call.data.policy.fiscal_year_start
        call = replace(self.call, calendar=Calendar("day", fiscal), trailing=1)
        return Evaluation(call, part.inner, self.unit, self.batch)

    def _source(self, leaf: Leaf | Quantile, over: Over) -> Key:
        without = frozenset(self.call.by) if over is None else over & frozenset(self.call.by)
        key = self.batch.source(self.call, leaf, without, over is None)
        if key not in self.grid.keys:
            self.grid.keys.append(key)
        return key

    def _plan_products(self) -> None:
        leaves = _leaves(self.formula, frozenset())
        sums = list(dict.fromkeys(self._sum(leaf, over) for leaf, over in leaves))
        sums = [one for one in sums if not census(one.leaf)]
        together = self.kind in ("delta", "ratio per account")
        for place, one in enumerate(sums):
            for other in sums[place:] if together else [one]:
                if _together(one, other):
                    self._ask_product(one, other)
            if _weighs(one) and (self.kind != "ratio per account" or one.role == "total"):
                fourth = _both_fourth(one.term)
                for term in fourth if isinstance(fourth, tuple) else (fourth,):
                    self.batch.sources[one.source].ask(term)

    def _ask_product(self, one: Sum, other: Sum) -> None:
        if one.leaf.different is not None:
            return
        if one.role == other.role == "total":
            self.batch.sources[one.source].ask(one.term * other.term)
        elif "total" in (one.role, other.role):
            stock, total = (one, other) if other.role == "total" else (other, one)
            self.batch.sources[total.source].ask(self._at(stock, total.source) * total.term)
        elif one.role == other.role or isinstance(self.batch.sources[one.source], Moving):
            both = _both(one.term, other.term)
            for term in both if isinstance(both, tuple) else (both,):
                self.batch.sources[one.source].ask(term)
            if one.role != other.role:
                key, *moved = self._across(one, other)
                for term in moved:
                    self.batch.sources[key].ask(term)

    def _across(self, one: Sum, other: Sum) -> tuple[Key, Term, Term]:
        """What accounts that moved add to a product of a stock at the start and one at the end."""
        opening, end = (one, other) if one.role == "opening" else (other, one)
        key = self.batch.source(self.call, Total("movements"), one.source[-1], whole=True)
        if key not in self.grid.keys:
            self.grid.keys.append(key)
        holder = self.batch.sources[key]
        assert isinstance(holder, Moving)
        assert isinstance(opening.leaf, Stock)
        assert isinstance(end.leaf, Stock)
        after = holder.standing(end.leaf, "after")
        before, later = (holder.standing(opening.leaf, side) for side in ("before", "after"))
        return key, before * after, later * after

    def _at(self, stock: Sum, key: Key) -> Term:
        """Read a stock of accounts on the movements that another sum is over."""
        holder = self.batch.sources[key]
        assert isinstance(holder, Moving)
        assert isinstance(stock.leaf, Stock)
        return holder.beside(stock.leaf, stock.role)

    def _sum(self, leaf: Leaf, over: Over) -> Sum:
        if (id(leaf), over) not in self._sums:
            self._plan(leaf, over)
        return self._sums[id(leaf), over]

    def _read(self, total: Sum) -> Array:
        if total.role == "total":
            return self.grid.total(total.source, total.term)
        return self.grid.standing(total.source, total.term, opening=total.role == "opening")

    def _value(self, formula: Formula, *, over: Over = frozenset(), whole: bool = False) -> Array:
        if isinstance(formula, Constant):
            return np.full(self.grid.shape, formula.number)
        if isinstance(formula, Length):
            return self.grid.length(formula.unit)
        if isinstance(formula, Leaf):
            return self._read(self._sum(formula, over))
        if isinstance(formula, Overall):
            return self._value(formula.inner, over=_wider(over, formula))
        if isinstance(formula, Above):
            inner = self._value(formula.inner, over=over)
            return np.where(inner > formula.floor, inner, np.nan)
        if isinstance(formula, Shifted):
            return shifted(self._value(formula.inner, over=over), self._steps(formula))
        if isinstance(formula, Share):
            inner = self._value(formula.inner, over=over)
            total = self._along(inner, formula.dimension)
            return total if whole else np.asarray(divided(inner, total))
        if isinstance(formula, Quantile):
            return self._quantile(formula)[0]
        if isinstance(formula, Daily):
            days = self._daily[id(formula)]
            return self._summed(days, days.value())
        assert isinstance(formula, Operation)
        left = self._value(formula.left, over=over)
        right = self._value(formula.right, over=over)
        return np.asarray(_OPERATORS[formula.operator](left, right))

    def _quantile(self, part: Quantile) -> tuple[Array, Array, Array, Array]:
        key, ranks = self._quantiles[id(part)]
        if ranks is None:
            return self.grid.lasting(key)
        value, low, high = self.grid.quantile(key, ranks)
        return value, low, high, self.grid.total(key, known(ranks.term))

    def _summed(self, days: Evaluation, values: Array) -> Array:
        """Add up, over each period or window, what each day gave; NaN where no day did."""
        calendar = self.call.calendar
        if not self.grid.shape[1]:
            return np.zeros(self.grid.shape)
        numbers = [calendar.number(days.call.calendar.first_day(int(n))) for n in days.grid.numbers]
        columns = np.array(numbers, dtype=np.int64) - self.grid.numbers[0]
        rows = np.zeros(len(days.grid.groups), dtype=np.int64)
        if self.call.by:
            index = pd.MultiIndex.from_frame(self.grid.groups)
            rows = index.get_indexer(pd.MultiIndex.from_frame(days.grid.groups))
        sums, known_days = np.zeros(self.grid.shape), np.zeros(self.grid.shape)
        inside = (columns >= 0) & (columns < self.grid.shape[1])
        for row, place in enumerate(rows):
            given = inside & ~np.isnan(values[row])
            np.add.at(sums[place], columns[given], values[row, given])
            np.add.at(known_days[place], columns[given], 1)
        sums, known_days = self.grid.rolled(sums), self.grid.rolled(known_days)
        return np.where(known_days > 0, sums, np.nan)

    def _leaning(self, formula: Formula, early: int = 0, over: Over = frozenset()) -> Leaning:
        """Return how the value leans on each sum: its partial derivatives."""
        if isinstance(formula, Leaf):
            return {(self._sum(formula, over), early): np.ones(self.grid.shape)}
        if isinstance(formula, Overall):
            return self._leaning(formula.inner, early, _wider(over, formula))
        if isinstance(formula, Above):
            return self._leaning(formula.inner, early, over)
        if isinstance(formula, Shifted):
            return self._leaning(formula.inner, early + self._steps(formula), over)
        if not isinstance(formula, Operation):
            return {}
        left, right = formula.left, formula.right
        a, b = (shifted(self._value(side, over=over), early) for side in (left, right))
        slopes: tuple[Any, Any] = {
            "+": (1.0, 1.0),
            "-": (1.0, -1.0),
            "*": (b, a),
            "/": (divided(np.ones_like(b), b), -divided(a, b * b)),
        }[formula.operator]
        leaning: Leaning = {}
        for side, slope in zip((left, right), slopes, strict=True):
            for total, lean in self._leaning(side, early, over).items():
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


def _leaves(formula: Formula, over: Over) -> Iterator[tuple[Leaf, Over]]:
    if isinstance(formula, Leaf):
        yield formula, over
    for child in formula.children:
        inner = _wider(over, formula) if isinstance(formula, Overall) else over
        yield from _leaves(child, inner)


def denominators(formula: Formula, over: Over) -> Iterator[tuple[Leaf, Over]]:
    """Yield every leaf that something is divided by, with what it leaves out."""
    if isinstance(formula, Share):
        yield from _leaves(formula, over)
    if isinstance(formula, Operation) and formula.operator == "/":
        yield from _leaves(formula.right, over)
        yield from denominators(formula.left, over)
        return
    for child in formula.children:
        inner = _wider(over, formula) if isinstance(formula, Overall) else over
        yield from denominators(child, inner)


def _is_spread(leaf: Leaf) -> bool:
    return isinstance(leaf, Total) and leaf.spread is not None


def _wider(over: Over, formula: Overall) -> Over:
    """What a total leaves out beneath an ``overall``."""
    return over | frozenset(formula.dimensions) if over is not None and formula.dimensions else None


def _parts(formula: Formula) -> Iterator[Formula]:
    yield formula
    for child in formula.children:
        yield from _parts(child)


def _valueless(term: Term) -> Term:
    """The rows of a sum that have nothing to add."""
    nulls = frozenset(value.to_expr().isnull().op() for value in term.values)
    return Term(term.conditions | nulls)


def _fourth(term: Term) -> Term:
    """The fourth power of what a row adds."""
    return term * term * (term * term)


def _both_fourth(term: Any) -> Any:
    if isinstance(term, tuple):
        return _fourth(term[0]), _fourth(term[1])
    return _fourth(term)


def _weighs(one: Sum) -> bool:
    """Whether the rows of a sum count by a value of theirs, and are a sample."""
    return one.leaf.value is not None and not census(one.leaf)


def _together(one: Sum, other: Sum) -> bool:
    """Whether two sums are over the same rows, or the same accounts, and so vary together."""
    if one.leaf.different is not None or other.leaf.different is not None:
        return one == other
    of_accounts = one.source[0] == other.source[0] == "movements"
    return one.source == other.source or (of_accounts and one.source[2:] == other.source[2:])


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
