"""A formula's value and sample, on every group and period of a call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from revkit.algebra.evaluate.arrays import divided, rolling_sum, shift
from revkit.algebra.evaluate.grid import Grid, located
from revkit.algebra.evaluate.products import Products
from revkit.algebra.evaluate.quantiles import Ranked
from revkit.algebra.evaluate.sums import Sums, valueless
from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Cohort, Leaf, Quantile
from revkit.algebra.formula.nodes import (
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
from revkit.algebra.formula.tree import Over
from revkit.algebra.query.batch import Batch
from revkit.algebra.query.events import EventSource
from revkit.algebra.request import Call
from revkit.periods import Calendar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass
class Evaluation:
    """One formula asked of one call: its queries first, then its numbers."""

    call: Call
    formula: Formula
    batch: Batch
    grid: Grid = field(init=False)

    def __post_init__(self) -> None:
        self.grid = Grid(self.call, self.batch)
        self.sums, self.products = Sums(self.grid), Products(self.grid)
        self._quantiles: dict[int, Ranked] = {}
        self._daily: dict[int, Evaluation] = {}
        for leaf, over in tree.leaves(self.formula):
            self.sums.of(leaf, over)
        for leaf, over in tree.sample(self.formula):
            self.sums.of(leaf.rows, over)
        for part in tree.parts(self.formula):
            if isinstance(part, Quantile):
                self._quantiles[id(part)] = Ranked(self.sums, part)
            if isinstance(part, Daily):
                self._daily[id(part)] = self._by_day(part)

    def value(self, part: Formula | None = None, *, over: Over = frozenset()) -> Array:
        """Return the value of the formula, or a part of it; NaN where divided by nothing."""
        return self._value(self.formula if part is None else part, over)

    def rows(self) -> Array:
        """Return the smallest number of rows in a denominator, else those of the first total."""
        if isinstance(self.formula, Share):
            return self._along(self.value(self.formula.inner), self.formula.dimension)
        if isinstance(self.formula, Quantile) and self.formula.until is not None:
            return self._quantiles[id(self.formula)].found[3]
        counts = [self._value(leaf.rows, over) for leaf, over in tree.sample(self.formula)]
        return np.min(np.stack(counts), axis=0) if counts else np.full(self.grid.shape, np.nan)

    def parts(self) -> dict[str, Array]:
        """Return the totals of the formula, each by its words."""
        totals = {
            f"{leaf}{'' if over == frozenset() else ', overall'}": self._value(leaf, over)
            for leaf, over in tree.leaves(self.formula)
        }
        for lasting in self._lasting():
            totals[f"{lasting.part.total.rows}, over or not"] = lasting.found[3]
        return totals

    def open_rows(self) -> Array:
        """Return how many rows could still change a cohort's outcome."""
        waiting = np.zeros(self.grid.shape)
        for leaf, over in tree.leaves(self.formula):
            if isinstance(leaf, Cohort) and leaf.settled and leaf.within is None:
                key = self.sums.of(leaf, over).source
                holder = self.batch.sources[key]
                assert isinstance(holder, EventSource)
                waiting = waiting + self.grid.total(key, holder.open_rows(leaf))
        for lasting in self._lasting():
            waiting = waiting + lasting.undecided
        return waiting

    def unvalued(self) -> dict[str, int]:
        """Return how many rows a sum could not add up, their value being null."""
        lacking: dict[str, int] = {}
        for leaf, over in tree.leaves(self.formula):
            total = self.sums.of(leaf, over)
            if total.role != "total" or not total.term.values:
                continue
            term = valueless(total.term)
            if term in self.batch.sources[total.source].sums:
                rows = int(np.nansum(self.grid.total(total.source, term)))
                lacking |= {str(leaf): rows} if rows else {}
        return lacking

    def undefined(self) -> dict[str, NDArray[np.bool_]]:
        """Return where each divisor is nothing, so that the value is none: no losses, no spend."""
        return {
            str(below): shift(self._value(below, over), early) == 0
            for below, over, early in tree.divisors(self.formula, self.call)
        }

    def maturing(self) -> int:
        """Return the days after a period's end at which its cohorts are known."""
        leaves = [leaf for leaf, _ in tree.leaves(self.formula)]
        return max((leaf.within or 0 for leaf in leaves if isinstance(leaf, Cohort)), default=0)

    def square(self, leaf: Leaf) -> Array:
        """Return the sum of the squares of what rows, or accounts, add to a leaf."""
        total = self.sums.of(leaf)
        return self.products.of(total, total)

    def fourth(self, leaf: Leaf) -> Array:
        """Return the sum of their fourth powers, for a total over accounts."""
        return self.products.fourth(self.sums.of(leaf))

    def dispersion(self, leaf: Leaf) -> Array:
        """Return how much more than chance the counts of a leaf vary from period to period."""
        return self.grid.dispersion(self.sums.of(leaf))

    def quantile(self) -> tuple[Array, Array, Array]:
        """Return the value, low and high of a formula that is a quantile."""
        assert isinstance(self.formula, Quantile)
        value, low, high, _ = self._quantiles[id(self.formula)].found
        return value, low, high

    def days(self) -> Evaluation:
        """Return the evaluation, day by day, of a formula that is a sum over days."""
        return self._daily[id(self.formula)]

    def _lasting(self) -> list[Ranked]:
        """The quantiles of durations that are not all over."""
        return [found for found in self._quantiles.values() if found.part.until is not None]

    def _by_day(self, part: Daily) -> Evaluation:
        """The formula of a sum over days, asked day by day."""
        fiscal = self.call.data.policy.fiscal_year_start
        call = replace(self.call, calendar=Calendar("day", fiscal), trailing=1)
        return Evaluation(call, part.inner, self.batch)

    def _value(self, formula: Formula, over: Over) -> Array:
        if isinstance(formula, Constant):
            return np.full(self.grid.shape, formula.number)
        if isinstance(formula, Length):
            return self.grid.length(formula.unit)
        if isinstance(formula, Leaf):
            return self.grid.read(self.sums.of(formula, over))
        if isinstance(formula, Quantile):
            return self._quantiles[id(formula)].found[0]
        if isinstance(formula, Daily):
            days = self._daily[id(formula)]
            return self.over_days(days, days.value())
        if isinstance(formula, Operation):
            left, right = (self._value(side, over) for side in (formula.left, formula.right))
            return np.asarray(_OPERATORS[formula.operator](left, right))
        assert isinstance(formula, Overall | Above | Shifted | Share)
        inner = self._value(formula.inner, tree.beneath(formula, over))
        if isinstance(formula, Above):
            return np.where(inner > formula.floor, inner, np.nan)
        if isinstance(formula, Shifted):
            return shift(inner, tree.steps(formula, self.call))
        if isinstance(formula, Share):
            return np.asarray(divided(inner, self._along(inner, formula.dimension)))
        return inner

    def over_days(self, days: Evaluation, values: Array) -> Array:
        """Add daily values up over each period or window; NaN where no day has one."""
        calendar = self.call.calendar
        if not self.grid.shape[1]:
            return np.zeros(self.grid.shape)
        numbers = [calendar.number(days.call.calendar.first_day(int(n))) for n in days.grid.numbers]
        columns = np.array(numbers, dtype=np.int64) - self.grid.numbers[0]
        rows = located(days.grid.groups, self.grid.groups)
        sums, known_days = np.zeros(self.grid.shape), np.zeros(self.grid.shape)
        inside = (columns >= 0) & (columns < self.grid.shape[1])
        for row, place in enumerate(rows):
            given = inside & ~np.isnan(values[row])
            np.add.at(sums[place], columns[given], values[row, given])
            np.add.at(known_days[place], columns[given], 1)
        sums, known_days = (rolling_sum(each, self.call.trailing) for each in (sums, known_days))
        return np.where(known_days > 0, sums, np.nan)

    def _along(self, values: Array, dimension: str) -> Array:
        others = [column for column, name in self.call.groups.items() if name != dimension]
        if not others:
            return np.broadcast_to(values.sum(axis=0), values.shape)
        codes = self.grid.groups.groupby(others, dropna=False, sort=False).ngroup().to_numpy()
        sums = np.zeros((int(codes.max(initial=-1)) + 1, values.shape[1]))
        np.add.at(sums, codes, values)
        return np.asarray(sums[codes])


_OPERATORS: dict[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": divided,
}
