"""The columns of a query: conditional sums, counts and order statistics of a table's rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_, mul
from typing import Any

from revkit.schema import TABLES
from revkit.statistics.quantiles import ALL_TRAVEL

_EXACT = {
    column.name: "decimal(18, 2)" if column.type == "money" else "decimal(18, 6)"
    for table in TABLES.values()
    for column in table.columns.values()
    if column.type in ("money", "rate")
}


@dataclass(frozen=True)
class Term:
    """What one row adds to a sum: the product of values, where every condition holds.

    With ``different``, the number of its different values instead.
    """

    conditions: frozenset[Any]
    values: tuple[Any, ...] = ()
    different: Any = None

    def __mul__(self, other: Term) -> Term:
        values = tuple(sorted(self.values + other.values, key=_named))
        return Term(self.conditions | other.conditions, values)

    @property
    def where(self) -> Any:
        """The conditions as one expression, or None."""
        conditions = [node.to_expr() for node in sorted(self.conditions, key=_named)]
        return reduce(and_, conditions) if conditions else None

    @property
    def value(self) -> Any:
        """The value of a row that meets the conditions; None where rows are counted."""
        values = [node.to_expr() for node in self.values]
        if not values:
            return None
        if len(values) > 1:
            return reduce(mul, [value.cast("float64") for value in values])
        exact = _EXACT.get(values[0].get_name())
        return values[0].cast(exact) if exact and values[0].type().is_floating() else values[0]

    def over(self, rows: Any) -> Any:
        """The aggregate of a table's rows."""
        if self.different is not None:
            return self.different.to_expr().nunique(where=self.where)
        if self.value is None:
            return rows.count(where=self.where)
        return self.value.sum(where=self.where).cast("float64")


@dataclass(frozen=True)
class Ranks:
    """The values of a term in order: all of few, else those that a quantile is read from."""

    term: Term
    q: float
    reach: float

    def over(self, rows: Any) -> Any:
        """The aggregate of a table's rows: an array, sorted."""
        return self.term.value.cast("float64").collect(where=self.term.where).sort()

    def cut(self, values: Any) -> Any:
        """The part of the sorted values that travels."""
        import ibis

        n = values.length()
        places = [place.cast("int64") for place in self.places(n)]
        index = [ibis.greatest(ibis.least(place, n - 1), 0).cast("int32") for place in places]
        few = [values[place] for place in index]
        return (n > ALL_TRAVEL).ifelse(ibis.array(few), values)

    def places(self, n: Any) -> list[Any]:
        """Where, counted from 0, the quantile and the ends of its interval stand among n."""
        middle = (n - 1) * self.q
        reach = (n * (self.q * (1 - self.q))).sqrt() * self.reach
        ends = [(n * self.q - reach).floor() - 1, (n * self.q + reach).ceil()]
        return [middle.floor(), middle.ceil(), *ends]


def signed(term: Term, sign: int) -> Any:
    """Return what a row adds to a term (``sign`` 1) or takes from it (−1); 0 where none."""
    import ibis

    value = term.value if term.value is not None else ibis.literal(1, "int64")
    value = value.fill_null(0) if term.value is not None else value
    signed = value if sign > 0 else -value
    return signed if term.where is None else term.where.fill_null(False).ifelse(signed, 0)


def _named(node: Any) -> tuple[str, int]:
    """Order expressions the same way every time, equal ones together."""
    return node.name, hash(node)
