"""The interval of a formula's value, by the method that its shape asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.algebra.evaluate.arrays import divided
from revkit.algebra.evaluate.evaluation import Evaluation
from revkit.algebra.evaluate.products import together, weighs
from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Leaf, Quantile, Stock, Total
from revkit.algebra.formula.linear import Core, census, core, linear
from revkit.algebra.formula.nodes import Formula, Operation
from revkit.algebra.intervals import delta
from revkit.algebra.intervals.method import TOO_SMALL, Kind, kind
from revkit.statistics import intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


TOO_FEW = 3
"""Rows of equal weight below which a sum hangs on one or two, and 93 % is not reached."""
ENOUGH = 100
"""Rows from which two of equal weight will do.

Where one in twenty is forty times the others, all intervals of 100 rows hold the truth in 95 %;
those that three or more decide in 92 %, since they are the samples that lack a large one.
"""


NO_PRODUCTS: tuple[Kind, ...] = ("none", "count", "proportion", "odds", "quantile", "daily")
"""Methods that need no sums of products."""


@dataclass
class Bounds:
    """Low, high and ``small`` of an evaluation's values; what they need is asked at once."""

    of: Evaluation
    unit: str

    def __post_init__(self) -> None:
        self.kind: Kind = kind(self.of.formula, self.unit)
        if self.kind == "sum of events":
            for leaf, over in tree.leaves(self._sampled):
                self.of.sums.of(leaf.rows, over)
        if self.kind not in NO_PRODUCTS:
            self._ask_products()
        if self.kind == "delta":
            delta.ask(self.of)

    def bounds(self) -> tuple[Array, Array]:
        """Return low and high: those of what is sampled, scaled by what is known."""
        if isinstance(self.of.formula, Quantile):
            return self.of.quantile()[1:]
        found = self._core
        ends = self._method()(self.of.value(found.sampled))
        if found.scale is not None:
            scale = self.of.value(found.scale)
            ends = _turned(ends[0] * scale, ends[1] * scale, scale < 0)
        if found.shift is not None:
            shift = self.of.value(found.shift)
            ends = ends[0] + shift, ends[1] + shift
        lacking = np.isnan(self.of.value())
        low, high = (np.where(lacking, np.nan, end) for end in ends)
        return low, high

    @cached_property
    def _core(self) -> Core:
        return core(self.of.formula)

    @property
    def _sampled(self) -> Formula:
        return self._core.sampled

    def _method(self) -> Callable[[Array], tuple[Array, Array]]:
        nothing = np.full(self.of.grid.shape, np.nan)
        level = self.of.call.level
        method: dict[Kind, Callable[[Array], tuple[Array, Array]]] = {
            "none": lambda value: (nothing, nothing),
            "count": self._count,
            "sum of events": self._events,
            "proportion": lambda value: intervals.wilson(value, self._counted_below(), level),
            "proportion of money": self._money_share,
            "odds": self._odds,
            "mean": self._mean,
            "known over count": self._known,
            "ratio per account": self._ratio,
            "daily": lambda value: intervals.delta(value, self._daily_variance(), level),
            "delta": self._delta,
        }
        return method[self.kind]

    def small(self, rows: Array) -> NDArray[np.bool_]:
        """Return where the interval's coverage is known to fall below 93 %."""
        least = TOO_SMALL.get(self.kind, 0.0)
        size = rows
        if self.kind == "proportion":
            size = self._counted_below()
        if self.kind in ("count", "sum of events"):
            size = self.of.value(self._leaf.rows)
        if self.kind == "proportion of money":
            size = self._effective(self._parts()[1])
        if self.kind == "ratio per account":
            size = self._effective_accounts()
        if self.kind == "known over count":
            size = self.of.value(self._parts()[1])
        if self.kind == "odds":
            size = self.of.value(self._parts()[0]) + self.of.value(self._parts()[1])
        small = np.asarray(np.nan_to_num(size) < least)
        if self.kind in ("mean", "sum of events", "delta"):
            fewest = np.where(np.nan_to_num(size) < ENOUGH, TOO_FEW, 2)
            small = small | (self._effective_rows(self._sampled) < fewest)
        return small

    def _count(self, value: Array) -> tuple[Array, Array]:
        ((factor, leaf),) = linear(self._sampled) or []
        low, high = self._counted(leaf)
        return factor * low, factor * high

    def _counted(self, leaf: Leaf) -> tuple[Array, Array]:
        spread = self.of.dispersion(leaf)
        return intervals.count(self.of.value(leaf), spread, self.of.call.level)

    def _events(self, value: Array) -> tuple[Array, Array]:
        """Bound a sum over events, of which there may be more or fewer than chance alone makes.

        Of dispersion φ, n events that add m on average vary by (φ − 1) n m² more than Σx².
        """
        ((factor, leaf),) = linear(self._sampled) or []
        rows = leaf.rows
        excess = self.of.dispersion(rows) - 1
        crowded = excess * np.nan_to_num(divided(self.of.value(leaf) ** 2, self.of.value(rows)))
        variance = factor**2 * (self.of.square(leaf) + crowded)
        few = self._effective_rows(self._sampled)
        return intervals.sum_of_events(value, variance, few, self.of.call.level)

    def _money_share(self, value: Array) -> tuple[Array, Array]:
        effective = self._effective(self._parts()[1])
        return intervals.wilson(value, effective, self.of.call.level)

    def _odds(self, value: Array) -> tuple[Array, Array]:
        above, below = self._parts()
        return intervals.odds(self.of.value(above), self.of.value(below), self.of.call.level)

    def _mean(self, value: Array) -> tuple[Array, Array]:
        above, below = self._parts()
        ((factor, leaf),) = linear(above) or []
        squares = factor**2 * self.of.square(leaf)
        few = self._effective_rows(above)
        return intervals.mean(
            self.of.value(above), squares, self.of.value(below), few, self.of.call.level
        )

    def _delta(self, value: Array) -> tuple[Array, Array]:
        sampled = self._sampled
        variance = delta.variance(self.of, sampled) + delta.overdispersion(self.of, sampled)
        few = self._effective_rows(sampled)
        return intervals.delta(value, variance, self.of.call.level, few)

    def _known(self, value: Array) -> tuple[Array, Array]:
        above, below = self._parts()
        ((factor, leaf),) = linear(below) or []
        least, most = self._counted(leaf)
        known = self.of.value(above)
        ends = divided(known, factor * most), divided(known, factor * least)
        return _turned(*ends, known < 0)

    def _ratio(self, value: Array) -> tuple[Array, Array]:
        variance = delta.variance(self.of, self._sampled)
        above = linear(self._parts()[0]) or []
        if len(above) == 1:
            return intervals.growth(
                value, variance, self.of.rows(), self._effective_accounts(), self.of.call.level
            )
        low, high = intervals.ratio(
            value, variance, self.of.rows(), self._effective_accounts(), self.of.call.level
        )
        kept = any(isinstance(leaf, Stock) for _, leaf in above)
        return (np.maximum(low, 0.0) if kept else low), high

    def _effective_rows(self, part: Formula) -> Array:
        """Return how many rows of equal weight decide how sure a part is: (Σx²)²/Σx⁴.

        Of the sum where they are fewest; a variance that few rows decide is itself unsure, as one
        of so many degrees of freedom is. Without bound where nothing but rows is counted.
        """
        fewest = np.full(self.of.grid.shape, np.inf)
        for leaf, over in tree.leaves(part):
            total = self.of.sums.of(leaf, over)
            if weighs(total):
                squares = self.of.products.of(total, total)
                fewest = np.fmin(fewest, divided(squares**2, self.of.products.fourth(total)))
        return fewest

    def _daily_variance(self) -> Array:
        """Return the variance of a sum of daily rates, the events of each day a Poisson count."""
        days = self.of.days()
        return self.of.over_days(days, np.asarray(divided(days.value(), days.rows())))

    def _ask_products(self) -> None:
        """Ask for the sums of products, and of fourth powers, that the variance is made of."""
        leaves = tree.leaves(self.of.formula)
        sums = list(dict.fromkeys(self.of.sums.of(leaf, over) for leaf, over in leaves))
        sums = [one for one in sums if not census(one.leaf)]
        every = self.kind in ("delta", "ratio per account")
        for place, one in enumerate(sums):
            for other in sums[place:] if every else [one]:
                if together(one, other):
                    self.of.products.ask(one, other)
            if weighs(one) and (self.kind != "ratio per account" or one.role == "total"):
                self.of.products.ask_fourth(one)

    @property
    def _leaf(self) -> Leaf:
        """The one total that a count or a sum of events is of."""
        ((_, leaf),) = linear(self._sampled) or []
        return leaf

    def _counted_below(self) -> Array:
        """Return the rows a proportion is of: all that is counted in its denominator."""
        sampled = self._sampled
        if isinstance(sampled, Operation) and linear(sampled.right) is not None:
            return self.of.value(sampled.right)
        return self.of.rows()

    def _parts(self) -> tuple[Formula, Formula]:
        sampled = self._sampled
        assert isinstance(sampled, Operation)
        return sampled.left, sampled.right

    def _effective(self, below: Formula) -> Array:
        ((_, leaf),) = linear(below) or []
        return np.asarray(divided(self.of.value(leaf) ** 2, self.of.square(leaf)))

    def _effective_accounts(self) -> Array:
        """Return how many accounts of equal weight decide a ratio of sums over accounts.

        Few of those open move, and the moves of the largest weigh most: the fewer of the
        effective numbers of accounts open, (Σo)²/Σo², and of moves, (Σk²)²/Σk⁴; none where
        nothing moved.
        """
        above, below = self._parts()
        squares, fourths = np.zeros(self.of.grid.shape), np.zeros(self.of.grid.shape)
        for factor, leaf in linear(above) or []:
            if isinstance(leaf, Total):
                squares = squares + factor**2 * self.of.square(leaf)
                fourths = fourths + factor**4 * self.of.fourth(leaf)
        moves = np.asarray(divided(squares**2, fourths), dtype=np.float64)
        return np.where(squares > 0, np.fmin(self._effective(below), moves), 0.0)


def _turned(low: Array, high: Array, where: Any) -> tuple[Array, Array]:
    """The two ends, the other way round where they were scaled by less than nothing."""
    return np.where(where, high, low), np.where(where, low, high)
