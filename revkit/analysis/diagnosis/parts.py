"""Parts of a metric: each total or ratio of its formula, split by every dimension it has."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from revkit.algebra.formula.nodes import Formula, Operation
from revkit.analysis.diagnosis.cells import Totals
from revkit.analysis.diagnosis.split import Split, of_count, of_ratio, of_sum
from revkit.analysis.diagnosis.tree import Known, Node, Product, Ranked, Ratio, Total, Weighted
from revkit.catalogue import known

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.algebra.metric import Metric

    Array = NDArray[np.float64]

Leaf = Total | Ratio | Known | Ranked


@dataclass(frozen=True)
class Part:
    """A total or ratio of a metric, in two periods.

    Parameters
    ----------
    node
        The part of the formula.
    metric
        The metric of the catalogue that it is, if it is one.
    totals
        Its totals in both periods, by all dimensions together.
    by
        Its dimensions, with the way to each.
    """

    node: Leaf
    metric: Metric | None
    totals: Totals
    by: Mapping[str, str]

    @property
    def name(self) -> str:
        """The metric's name, or the part in words."""
        return self.metric.name if self.metric is not None else str(formula_of(self.node))

    @property
    def values(self) -> tuple[float, float]:
        """The value before and after."""
        above = self.totals.values["above"].sum(axis=0)
        if "below" in self.totals.values:
            below = self.totals.values["below"].sum(axis=0)
            above = np.divide(above, below, out=np.full(2, np.nan), where=below != 0)
        return float(above[0]), float(above[1])

    def split(self, dimension: str, apart: Collection[str] = ()) -> tuple[list[str], Split]:
        """Return the names of the cells of a dimension, and the change by them.

        Those ``apart`` moved by themselves: the others tell what all have in common.
        """
        names = self.totals.codes(dimension)[1]
        cells = [at for at, name in enumerate(names) if name in apart]
        above = self.totals.sums(dimension, "above")
        if "below" in self.totals.values:
            return names, of_ratio(above, self.totals.sums(dimension, "below"), cells)
        if "rows" in self.totals.values:
            rows = self.totals.sums(dimension, "rows")
            if (rows.sum(axis=0) > 0).all():
                return names, of_sum(above, rows, cells)
        return names, of_count(above, cells)


def formulas_of(node: Leaf) -> dict[str, Formula]:
    """Return the totals of a part by their role: above, below, rows."""
    if isinstance(node, Ratio):
        return {"above": node.above, "below": node.below}
    if isinstance(node, Ranked):
        raise TypeError(node)  # the share above its median takes its place
    rows = getattr(node, "rows", None)
    return {"above": node.formula, **({} if rows is None else {"rows": rows})}


def formula_of(node: Leaf) -> Formula:
    """Return the formula of a part."""
    if isinstance(node, Ratio):
        return Operation("/", node.above, node.below)
    return node.quantile if isinstance(node, Ranked) else node.formula


def metric_of(node: Leaf, asked: Metric) -> Metric | None:
    """Return the metric that a part is: the one that is asked about, or one of the catalogue."""
    words = str(formula_of(node))
    for metric in (asked, *known().values()):
        if metric.kind == "formula" and not metric.rows and metric.words == words:
            return metric
    return None


def leaves_of(node: Node) -> Iterator[Leaf]:
    """Return the parts of a tree."""
    if isinstance(node, Product):
        for factor, _ in node.factors:
            yield from leaves_of(factor)
    elif isinstance(node, Weighted):
        for _, term in node.terms:
            yield from leaves_of(term)
    else:
        yield node


@dataclass(frozen=True)
class Change:
    """A node's value before and after."""

    before: float
    after: float

    @property
    def difference(self) -> float:
        """The change."""
        return self.after - self.before


def change_of(node: Node, parts: Mapping[int, Part]) -> Change:
    """Return the value of a node before and after, from those of its parts."""
    if isinstance(node, Product):
        before = after = 1.0
        for factor, power in node.factors:
            one = change_of(factor, parts)
            before, after = (
                old * (_inverse(new) if power < 0 else new)
                for old, new in ((before, one.before), (after, one.after))
            )
        return Change(before, after)
    if isinstance(node, Weighted):
        terms = [(factor, change_of(term, parts)) for factor, term in node.terms]
        return Change(
            node.constant + sum(factor * one.before for factor, one in terms),
            node.constant + sum(factor * one.after for factor, one in terms),
        )
    return Change(*parts[id(node)].values)


def multipliers(node: Node, parts: Mapping[int, Part], times: float = 1.0) -> dict[int, float]:
    """Return by part how far its change moved the metric: the products add up to the change."""
    found: dict[int, float] = {}
    if isinstance(node, Weighted):
        each = [(term, factor) for factor, term in node.terms]
    elif isinstance(node, Product):
        each = list(zip((one for one, _ in node.factors), _shares(node, parts), strict=True))
    else:
        return {id(node): times}
    for inner, factor in each:
        for key, value in multipliers(inner, parts, times * factor).items():
            found[key] = found.get(key, 0.0) + value
    return found


def _shares(node: Product, parts: Mapping[int, Part]) -> list[float]:
    """Return by factor of a product how far its change moved the product.

    By the logarithms of the factors; where one is not above 0, by the mean of changing them one
    after the other, from the first and from the last.
    """
    changes = [(change_of(one, parts), power) for one, power in node.factors]
    whole = change_of(node, parts)
    mean = _logarithmic(whole.after, whole.before)
    apart = [_logarithmic(one.after, one.before) for one, _ in changes]
    if all(one > 0 for one in (mean, *apart)):
        return [power * mean / one for (_, power), one in zip(changes, apart, strict=True)]
    old = [one.before if power > 0 else _inverse(one.before) for one, power in changes]
    new = [one.after if power > 0 else _inverse(one.after) for one, power in changes]
    shares = []
    for at, (one, power) in enumerate(changes):
        slope = 1.0 if power > 0 else -_inverse(one.before * one.after)
        forward = math.prod(new[:at]) * math.prod(old[at + 1 :])
        backward = math.prod(old[:at]) * math.prod(new[at + 1 :])
        shares.append(slope * (forward + backward) / 2)
    return shares


def _logarithmic(one: float, other: float) -> float:
    """Return the logarithmic mean of two numbers; NaN where one is not above 0."""
    if not (one > 0 and other > 0):
        return math.nan
    ratio = one / other - 1
    if abs(ratio) < 1e-6:
        return other * (1 + ratio / 2)
    return (one - other) / math.log(one / other)


def _inverse(value: float) -> float:
    return 1 / value if value else math.nan
