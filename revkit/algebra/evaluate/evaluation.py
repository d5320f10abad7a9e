"""The value of a formula and the sample behind it, on every group and period of a call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from revkit import derived
from revkit.algebra.evaluate import coverage
from revkit.algebra.evaluate.arrays import divide, rolling_sum, shift
from revkit.algebra.evaluate.grid import Grid
from revkit.algebra.evaluate.groups import group_positions
from revkit.algebra.evaluate.products import Products
from revkit.algebra.evaluate.quantiles import PlannedQuantile
from revkit.algebra.evaluate.sums import PlannedSums
from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Cohort, Leaf, Quantile
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
from revkit.algebra.formula.tree import Ignored
from revkit.algebra.query.batch import NO_GROUP, Batch
from revkit.algebra.query.events import EventSource
from revkit.algebra.request import Call
from revkit.periods import Calendar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass
class Evaluation:
    """One formula in one call: making it plans its queries; its methods run them and compute.

    Every array it returns has one row per group and one column per period of :attr:`grid`.

    Parameters
    ----------
    call
        The periods and groups.
    formula
        What is evaluated.
    batch
        Where the queries are planned, shared with other metrics.
    """

    call: Call
    formula: Formula
    batch: Batch
    grid: Grid = field(init=False)

    def __post_init__(self) -> None:
        # Every walk over the formula happens here; what follows reads these lists.
        self.leaves = tree.leaves(self.formula)
        self.sample = [(leaf.sample, ignored) for leaf, ignored in tree.sample_leaves(self.formula)]
        inner = tree.subformulas(self.formula)
        self.grid = self._new_grid()
        self.sums, self.products = PlannedSums(self.grid), Products(self.grid)
        for leaf, ignored in self.leaves + self.sample:
            self.sums.of(leaf, ignored)
        self._quantiles = {
            id(part): PlannedQuantile(self.sums, part)
            for part in inner
            if isinstance(part, Quantile)
        }
        self._daily = {id(part): self._by_day(part) for part in inner if isinstance(part, Daily)}

    def _new_grid(self) -> Grid:
        """Return the grid that the formula reads."""
        return Grid(self.call, self.batch)

    def value(self, part: Formula | None = None, *, ignored: Ignored = frozenset()) -> Array:
        """Return the value of the formula, or a part of it; NaN where a divisor is 0 or unknown."""
        part = self.formula if part is None else part
        value, unknown = self._value(part, ignored), self.unknown(part)
        return np.where(unknown[None, :], np.nan, value) if unknown.any() else value

    def unknown(self, part: Formula | None = None) -> NDArray[np.bool_]:
        """Report the periods in which a table that the formula, or a part, reads was not kept."""
        return coverage.unknown(self.formula if part is None else part, self.grid)

    def begun(self) -> NDArray[np.bool_]:
        """Report the periods that lack no day before the first on record."""
        return coverage.whole(self.formula, self.grid)

    def rows(self) -> Array:
        """Return the fewest rows of a sampled leaf: of the denominators, where they have any.

        Of what is added up above a known denominator, such as new and expansion MRR over spend, it
        is the most: a part without rows takes nothing from the others.
        """
        if isinstance(self.formula, Share):
            return self._sum_along(self.value(self.formula.inner), self.formula.dimension)
        if isinstance(self.formula, Quantile):
            return self._quantiles[id(self.formula)].result[3]
        counts = [self.grid.read(self.sums.of(rows, ignored)) for rows, ignored in self.sample]
        if not counts:
            return np.full(self.grid.shape, np.nan)
        of = np.max if tree.is_sampled_above(self.formula) else np.min
        return np.asarray(of(np.stack(counts), axis=0))

    def parts(self) -> dict[str, Array]:
        """Return the totals of the formula by their words, for a reader to check the value."""
        totals = {
            f"{leaf}{'' if ignored == frozenset() else ', overall'}": self.value(
                leaf, ignored=ignored
            )
            for leaf, ignored in self.leaves
        }
        for censored in self._censored():
            totals[f"{censored.quantile.total.rows}, over or not"] = censored.result[3]
        return totals

    def open_rows(self) -> Array:
        """Return how many rows of cohorts a later date could still change."""
        waiting = np.zeros(self.grid.shape)
        for leaf, ignored in self.leaves:
            if isinstance(leaf, Cohort) and leaf.settled and leaf.within is None:
                key = self.sums.of(leaf, ignored).source
                source = self.batch.sources[key]
                assert isinstance(source, EventSource)
                waiting = waiting + self.grid.total(key, source.open_rows(leaf))
        for censored in self._censored():
            waiting = waiting + censored.undecided
        return waiting

    def gaps(self) -> dict[Leaf, tuple[Array, Array]]:
        """Return, by sum, how many of its rows lack the value, and how many rows there are."""
        found: dict[Leaf, tuple[Array, Array]] = {}
        for leaf, ignored in self.leaves:
            gaps = self.sums.gaps(leaf, ignored)
            if gaps is not None:
                without, valued = (self.grid.read(one) for one in gaps)
                found[leaf] = without, without + valued
        for ranked in self._quantiles.values():
            if not ranked.is_censored:
                found[ranked.quantile.total] = ranked.gaps
        return found

    def undefined(self) -> dict[str, NDArray[np.bool_]]:
        """Return where each divisor is 0, so that there is no value: no losses, no spend."""
        return {
            str(divisor): shift(self._value(divisor, ignored), early) == 0
            for divisor, ignored, early in tree.divisors(self.formula, self.call)
        }

    def maturing(self) -> int:
        """Return the days after a period's end at which its outcomes are known.

        Those of cohorts, and whether who stopped paying pays again within the policy's gap.
        """
        leaves = [leaf for leaf, _ in self.leaves]
        within = [leaf.within or 0 for leaf in leaves if isinstance(leaf, Cohort)]
        paid = any("subscriptions" in derived.required_tables(leaf.table) for leaf in leaves)
        gap = self.call.data.policy.gap_days if paid else 0
        return max([*within, gap])

    def square(self, leaf: Leaf) -> Array:
        """Return the sum of the squares of what rows, or accounts, add to a leaf."""
        total = self.sums.of(leaf)
        return self.products.of(total, total)

    def fourth(self, leaf: Leaf) -> Array:
        """Return the sum of the fourth powers of what rows, or accounts, add to a leaf."""
        return self.products.fourth(self.sums.of(leaf))

    def dispersion(self, leaf: Leaf) -> Array:
        """Return the dispersion of the counts of a leaf over periods; 1 is a Poisson process."""
        return self.grid.dispersion(self.sums.of(leaf))

    def quantile(self) -> tuple[Array, Array, Array]:
        """Return the value, low and high of a formula that is a quantile."""
        assert isinstance(self.formula, Quantile)
        value, low, high, _ = self._quantiles[id(self.formula)].result
        return value, low, high

    def days(self) -> Evaluation:
        """Return the day-by-day evaluation of a formula that is a sum over days."""
        return self._daily[id(self.formula)]

    def sum_over_days(self, days: Evaluation, values: Array) -> Array:
        """Add daily values up over each period or trailing window; NaN where no day has one."""
        calendar = self.call.calendar
        if not self.grid.shape[1]:
            return np.zeros(self.grid.shape)
        numbers = [calendar.number(days.call.calendar.first_day(int(n))) for n in days.grid.numbers]
        columns = np.array(numbers, dtype=np.int64) - self.grid.numbers[0]
        rows = group_positions(days.grid.groups, self.grid.groups)
        sums, counts = np.zeros(self.grid.shape), np.zeros(self.grid.shape)
        inside = (columns >= 0) & (columns < self.grid.shape[1])
        for row, place in enumerate(rows):
            given = inside & ~np.isnan(values[row])
            np.add.at(sums[place], columns[given], values[row, given])
            np.add.at(counts[place], columns[given], 1)
        sums, counts = (rolling_sum(array, self.call.trailing) for array in (sums, counts))
        return np.where(counts > 0, sums, np.nan)

    def _censored(self) -> list[PlannedQuantile]:
        """Return the quantiles of durations in which rows may be censored."""
        return [planned for planned in self._quantiles.values() if planned.is_censored]

    def _by_day(self, part: Daily) -> Evaluation:
        """Return the evaluation, by day, of the formula inside a sum over days."""
        call = replace(self.call, calendar=Calendar("day"), trailing=1)
        return replace(self, call=call, formula=part.inner)

    def _value(self, formula: Formula, ignored: Ignored) -> Array:
        """Return the value of a formula that ignores some dimensions, node by node."""
        if isinstance(formula, Constant):
            return np.full(self.grid.shape, formula.number)
        if isinstance(formula, Length):
            return self.grid.length(formula.unit)
        if isinstance(formula, Leaf):
            return self._leaf(formula, ignored)
        if isinstance(formula, Quantile):
            return self._quantiles[id(formula)].result[0]
        if isinstance(formula, Daily):
            days = self._daily[id(formula)]
            return self.sum_over_days(days, days.value())
        if isinstance(formula, Operation):
            left, right = (self._value(side, ignored) for side in (formula.left, formula.right))
            return np.asarray(_OPERATORS[formula.operator](left, right))
        assert isinstance(formula, Overall | Above | Shifted | Share | Named | Unnamed)
        inner = self._value(formula.inner, tree.ignored_inside(formula, ignored))
        if isinstance(formula, Named | Unnamed):
            lacking = (self.grid.groups == NO_GROUP).any(axis=1).to_numpy()[:, None]
            if isinstance(formula, Named):
                return np.where(lacking, 0.0, inner)
            return np.broadcast_to(np.where(lacking, inner, 0.0).sum(axis=0), inner.shape)
        if isinstance(formula, Above):
            return np.where(inner > formula.floor, inner, np.nan)
        if isinstance(formula, Shifted):
            return shift(inner, tree.periods_earlier(formula, self.call))
        if isinstance(formula, Share):
            return np.asarray(divide(inner, self._sum_along(inner, formula.dimension)))
        return inner

    def _leaf(self, leaf: Leaf, ignored: Ignored) -> Array:
        """Return the value of a leaf; NaN where there are rows and none of them has a value."""
        value, gaps = self.grid.read(self.sums.of(leaf, ignored)), self.sums.gaps(leaf, ignored)
        if gaps is None:
            return value
        without, valued = (self.grid.read(one) for one in gaps)
        return np.where((without > 0) & (valued <= 0), np.nan, value)

    def _sum_along(self, values: Array, dimension: str) -> Array:
        """Return, for each group, the sum over all groups that differ from it in one dimension."""
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
    "/": divide,
}
