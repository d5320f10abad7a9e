"""The interval of a formula's value, by the method chosen for its shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.algebra.evaluate.arrays import divide
from revkit.algebra.evaluate.evaluation import Evaluation
from revkit.algebra.evaluate.grid import PlannedSum
from revkit.algebra.evaluate.products import is_weighted_sample, vary_together
from revkit.algebra.evaluate.tails import Tails
from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Leaf, Quantile, Stock, Total
from revkit.algebra.formula.linear import SampledPart, linear, sampled_part
from revkit.algebra.formula.nodes import Formula, Operation
from revkit.algebra.intervals import delta
from revkit.algebra.intervals.clusters import DesignEffect
from revkit.algebra.intervals.method import MIN_SIZE, Method, interval_method
from revkit.statistics import intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


RESIDUE = 1e-12
"""Part of the largest variance of a group below which another one is rounding, and of a limit."""

MIN_EFFECTIVE = 3
"""Effective rows below which one or two rows decide a sum, and coverage falls under 93 %."""

MANY_ROWS = 100
"""Rows from which two effective ones will do.

Where one row in twenty is forty times the others, the intervals of all samples of 100 rows cover
95 %; those of samples with three effective rows or more cover 92 %, since they lack a large row.
"""

WIDEST = 100
"""The largest quotient of the ends of an interval that still says something."""

EVERYTHING = 3
"""Width of an interval of what became of accounts that, where it also reaches the least or the most
possible, spans nothing and everything: from all that was there lost to three times as much."""

ALIKE = 1e-9
"""Width of an interval, over its larger end, up to which it has none but rounding's."""

KNOWN: tuple[Method, ...] = ("none", "known over count", "quantile")
"""The methods whose interval may rightly have no width: of an amount that is known, of ranks."""

BOUNDED: tuple[Method, ...] = ("count", "proportion", "proportion of money", "quantile")
"""The methods whose intervals cannot grow without limit."""

CLUSTERED: tuple[Method, ...] = (
    "proportion",
    "proportion of money",
    "odds",
    "mean",
    "ratio per account",
    "delta",
)
"""The methods of quotients, whose rows may be several of one account."""

UNEVEN: tuple[Method, ...] = ("mean", "sum of events", "delta")
"""The methods whose intervals a few large rows decide."""

NO_PRODUCTS: tuple[Method, ...] = ("none", "count", "proportion", "odds", "quantile", "daily")
"""The methods that need no sums of products."""


@dataclass
class Bounds:
    """Low, high and ``small`` of an evaluation's values; making it plans the sums they need.

    Parameters
    ----------
    evaluation
        The formula's values, whose batch gets the sums of squares and products.
    unit
        The unit of the value, as :class:`~revkit.algebra.definition.Definition` has it.
    limits
        The least and the most possible value, to which the interval keeps.
    """

    evaluation: Evaluation
    unit: str
    limits: tuple[float, float]

    def __post_init__(self) -> None:
        formula = self.evaluation.formula
        self.method = interval_method(formula, self.unit)
        self._split: SampledPart = sampled_part(formula)
        self._sampled = self._split.sampled
        self._numerator, self._denominator = _sides(self._sampled)
        if self.method == "sum of events":
            for leaf, ignored in tree.leaves(self._sampled):
                self.evaluation.sums.of(leaf.rows, ignored)
        if self.method not in NO_PRODUCTS:
            self._plan_products()
        self._design = None
        if self.method in CLUSTERED:
            self._design = DesignEffect.of(self.evaluation, self._sampled)
        self._tails = Tails(self.evaluation.grid)
        if self.method in UNEVEN:
            for total in self._weighted(self._sampled):
                self._tails.plan(total)
        if self.method == "delta":
            delta.plan_counts(self.evaluation)

    def bounds(self) -> tuple[Array, Array]:
        """Return low and high: those of the sampled part, scaled and shifted by the known parts."""
        if isinstance(self.evaluation.formula, Quantile):
            return self.evaluation.quantile()[1:]
        undefined = np.isnan(self.evaluation.value()) | self._says_nothing
        least, most = self.limits
        value = self.evaluation.value()
        low, high = (
            np.where(undefined, np.nan, np.clip(end, np.fmin(least, value), np.fmax(most, value)))
            for end in self._ends
        )
        return low, high

    @cached_property
    def _ends(self) -> tuple[Array, Array]:
        """Low and high as the method gives them, possible or not."""
        sampled = self.evaluation.value(self._sampled)
        for limit in self.limits:  # which a sum may miss by a rounding, on one engine or another
            sampled = np.where(np.abs(sampled - limit) <= RESIDUE, limit, sampled)
        ends = self._methods()[self.method](sampled)
        if self.method in ("mean", "ratio per account", "delta"):
            ends = intervals.widened(sampled, *ends, np.sqrt(self._effect))
        if self._split.scale is not None:
            scale = self.evaluation.value(self._split.scale)
            ends = _swap(ends[0] * scale, ends[1] * scale, scale < 0)
        if self._split.shift is not None:
            shift = self.evaluation.value(self._split.shift)
            ends = ends[0] + shift, ends[1] + shift
        return ends

    @cached_property
    def _effect(self) -> Array:
        """The design effect of each group: how many rows of a cluster tell as much as one."""
        none = np.ones((self.evaluation.grid.shape[0], 1))
        if self._design is None:
            return none
        effect = self._design.value()
        return effect if effect.shape == none.shape else none

    @property
    def _says_nothing(self) -> NDArray[np.bool_]:
        """Where an interval says nothing: its ends are too far apart, or in one place.

        Rows that are all alike show nothing of how others would differ from them, and promise no
        certainty.
        """
        if self.method in BOUNDED:
            return np.zeros(self.evaluation.grid.shape, dtype=bool)
        low, high = self._ends
        least, most = self.limits
        with np.errstate(invalid="ignore"):
            nothing = np.asarray((low > 0) & (high > WIDEST * low))
            if self.method not in KNOWN:
                nothing |= high - low <= ALIKE * np.fmax(np.abs(low), np.abs(high))
            if self.method == "ratio per account":
                nothing |= ((low <= least) | (high >= most)) & (high - low >= EVERYTHING)
        return nothing

    def _methods(self) -> dict[Method, Callable[[Array], tuple[Array, Array]]]:
        """Return, by method, the function from the sampled values to their low and high."""
        none = np.full(self.evaluation.grid.shape, np.nan)
        level = self.evaluation.call.level
        return {
            "none": lambda value: (none, none),
            "count": lambda value: self._count(),
            "sum of events": self._events,
            "proportion": lambda value: intervals.wilson(value, self._proportion_size(), level),
            "proportion of money": self._money_share,
            "odds": lambda value: self._odds(),
            "mean": lambda value: self._mean(),
            "known over count": lambda value: self._known(),
            "ratio per account": self._ratio,
            "daily": lambda value: intervals.delta(value, self._daily_variance(), level),
            "delta": self._delta,
        }

    def small(self, rows: Array) -> NDArray[np.bool_]:
        """Return where the coverage of the interval is known to fall below 93 %.

        Parameters
        ----------
        rows
            The rows behind each value, as :meth:`Evaluation.rows` returns them.
        """
        least = MIN_SIZE.get(self.method, 0.0)
        size = rows
        if self.method == "proportion":
            size = self._proportion_size()
        if self.method in ("count", "sum of events"):
            size = self.evaluation.value(self._leaf.rows)
        if self.method == "proportion of money":
            size = self._effective(self._denominator)
        if self.method == "ratio per account":
            size = self._effective_accounts
        if self.method == "known over count":
            size = self.evaluation.value(self._denominator)
        if self.method == "odds":
            size = self.evaluation.value(self._numerator) + self.evaluation.value(self._denominator)
        if self._design is not None and self._design.evaluation is self.evaluation:
            size = np.fmin(size, self._design.units())
        small = np.asarray(np.nan_to_num(size) < least)
        if self.method in UNEVEN:
            needed = np.where(np.nan_to_num(size) < MANY_ROWS, MIN_EFFECTIVE, 2)
            small = small | (self._effective_rows(self._sampled) < needed)
            for total in self._weighted(self._sampled):
                small = small | self._tails.heavy(total)
        if not isinstance(self.evaluation.formula, Quantile):
            small = small | self._says_nothing
        return small

    def _weighted(self, part: Formula) -> list[PlannedSum]:
        """Return the sums of values, not counts, of sampled rows in a part of the formula."""
        sums = (self.evaluation.sums.of(leaf, ignored) for leaf, ignored in tree.leaves(part))
        return [total for total in dict.fromkeys(sums) if is_weighted_sample(total)]

    def _count(self) -> tuple[Array, Array]:
        """Bound a count of events times a factor."""
        ((factor, leaf),) = linear(self._sampled) or []
        low, high = self._counted(leaf)
        return factor * low, factor * high

    def _counted(self, leaf: Leaf) -> tuple[Array, Array]:
        """Bound a count of events."""
        dispersion = self.evaluation.dispersion(leaf)
        return intervals.count(self.evaluation.value(leaf), dispersion, self.evaluation.call.level)

    def _events(self, value: Array) -> tuple[Array, Array]:
        """Bound a sum over events whose number may vary more than a Poisson count.

        With dispersion φ, n events of mean m add (φ − 1) n m² to the variance Σx².
        """
        ((factor, leaf),) = linear(self._sampled) or []
        rows = leaf.rows
        excess = self.evaluation.dispersion(rows) - 1
        overdispersion = excess * np.nan_to_num(
            divide(self.evaluation.value(leaf) ** 2, self.evaluation.value(rows))
        )
        variance = factor**2 * (self.evaluation.square(leaf) + overdispersion)
        effective_n = self._effective_rows(self._sampled)
        return intervals.sum_of_events(value, variance, effective_n, self.evaluation.call.level)

    def _money_share(self, value: Array) -> tuple[Array, Array]:
        """Bound a share of an amount, as a proportion of its effective rows."""
        effective = self._effective(self._denominator) / self._effect
        return intervals.wilson(value, effective, self.evaluation.call.level)

    def _odds(self) -> tuple[Array, Array]:
        """Bound a quotient of two counts of different rows."""
        wins, losses = (
            self.evaluation.value(self._numerator),
            self.evaluation.value(self._denominator),
        )
        effect = self._effect
        return intervals.odds(wins / effect, losses / effect, self.evaluation.call.level)

    def _mean(self) -> tuple[Array, Array]:
        """Bound a sum over the rows that it is divided by."""
        ((factor, leaf),) = linear(self._numerator) or []
        squares = factor**2 * self.evaluation.square(leaf)
        total, n = self.evaluation.value(self._numerator), self.evaluation.value(self._denominator)
        effective_n = self._effective_rows(self._numerator)
        return intervals.mean(total, squares, n, effective_n, self.evaluation.call.level)

    def _delta(self, value: Array) -> tuple[Array, Array]:
        """Bound any other product or quotient by the delta method."""
        sampled = self._sampled
        variance = delta.variance(self.evaluation, sampled) + delta.overdispersion(
            self.evaluation, sampled
        )
        effective_n = self._effective_rows(sampled)
        return intervals.delta(value, variance, self.evaluation.call.level, effective_n)

    def _known(self) -> tuple[Array, Array]:
        """Bound a known amount over a count of events."""
        ((factor, leaf),) = linear(self._denominator) or []
        least, most = self._counted(leaf)
        known = self.evaluation.value(self._numerator)
        ends = divide(known, factor * most), divide(known, factor * least)
        return _swap(*ends, known < 0)

    def _ratio(self, value: Array) -> tuple[Array, Array]:
        """Bound a sum over accounts as a ratio of what they paid at the period's start."""
        variance = delta.variance(self.evaluation, self._sampled)
        n, effective_n = self.evaluation.rows(), self._effective_accounts
        above = linear(self._numerator) or []
        if len(above) == 1:
            return intervals.growth(value, variance, n, effective_n, self.evaluation.call.level)
        low, high = intervals.ratio(value, variance, n, effective_n, self.evaluation.call.level)
        kept = any(isinstance(leaf, Stock) for _, leaf in above)
        return (np.maximum(low, 0.0) if kept else low), high

    def _effective_rows(self, part: Formula) -> Array:
        """Return the effective number of rows behind the variance of a part: (Σx²)²/Σx⁴.

        It is that of the sum in which they are fewest, and serves as degrees of freedom: a variance
        that few rows decide is itself uncertain. Infinite where rows are only counted.
        """
        fewest = np.full(self.evaluation.grid.shape, np.inf)
        for total in self._weighted(part):
            squares = self.evaluation.products.of(total, total)
            # what rounding leaves of a stock that is empty again is no row
            most = np.max(np.nan_to_num(squares), axis=1, keepdims=True, initial=0.0)
            squares = np.where(squares > RESIDUE * most, squares, np.nan)
            fewest = np.fmin(fewest, divide(squares**2, self.evaluation.products.fourth(total)))
        return fewest

    def _daily_variance(self) -> Array:
        """Return the variance of a sum of daily rates, each day's events being a Poisson count."""
        days = self.evaluation.days()
        return self.evaluation.sum_over_days(days, np.asarray(divide(days.value(), days.rows())))

    def _plan_products(self) -> None:
        """Plan the sums of products and of fourth powers that the variance needs."""
        leaves = self.evaluation.leaves
        sums = list(
            dict.fromkeys(self.evaluation.sums.of(leaf, ignored) for leaf, ignored in leaves)
        )
        sums = [one for one in sums if one.sampled]
        every = self.method in ("delta", "ratio per account")
        pairs = [
            (one, other)
            for place, one in enumerate(sums)
            for other in (sums[place:] if every else [one])
            if vary_together(one, other)
        ]
        fourths = [
            one
            for one in sums
            if is_weighted_sample(one)
            and (self.method != "ratio per account" or one.role == "total")
        ]
        self.evaluation.products.plan(pairs, fourths)

    @property
    def _leaf(self) -> Leaf:
        """The only leaf of a count or a sum of events."""
        ((_, leaf),) = linear(self._sampled) or []
        return leaf

    def _proportion_size(self) -> Array:
        """Return the number of rows in the denominator of a proportion, as independent ones."""
        sampled = self._sampled
        if isinstance(sampled, Operation) and linear(sampled.right) is not None:
            return self.evaluation.value(sampled.right) / self._effect
        return self.evaluation.rows()

    def _effective(self, part: Formula) -> Array:
        """Return the effective number of rows in a sum: (Σx)²/Σx², over the groups it adds up."""
        ((leaf, ignored),) = tree.leaves(part)
        total = self.evaluation.sums.of(leaf, ignored)
        squares = self.evaluation.products.of(total, total)
        return np.asarray(divide(self.evaluation.grid.read(total) ** 2, squares))

    @cached_property
    def _effective_accounts(self) -> Array:
        """The effective number of accounts behind a ratio of sums over accounts.

        Few of the accounts move, and the largest moves weigh most: it is the smaller of the
        effective numbers of accounts at the start, (Σo)²/Σo², and of moves, (Σk²)²/Σk⁴; 0 where
        nothing moved.
        """
        squares, fourths = (
            np.zeros(self.evaluation.grid.shape),
            np.zeros(self.evaluation.grid.shape),
        )
        for factor, leaf in linear(self._numerator) or []:
            if isinstance(leaf, Total):
                squares = squares + factor**2 * self.evaluation.square(leaf)
                fourths = fourths + factor**4 * self.evaluation.fourth(leaf)
        moves = np.asarray(divide(squares**2, fourths), dtype=np.float64)
        return np.where(squares > 0, np.fmin(self._effective(self._denominator), moves), 0.0)


def _sides(formula: Formula) -> tuple[Formula, Formula]:
    """Return the two operands of an operation; any other formula twice."""
    if isinstance(formula, Operation):
        return formula.left, formula.right
    return formula, formula


def _swap(low: Array, high: Array, where: Any) -> tuple[Array, Array]:
    """Exchange the two ends where a negative factor has turned them round."""
    return np.where(where, high, low), np.where(where, low, high)
