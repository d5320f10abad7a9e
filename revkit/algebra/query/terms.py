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
    """The sum, over rows that meet every condition, of a product of values.

    Conditions and values are Ibis operations, so that equal terms compare equal. Without values
    the rows are counted; with ``different``, the distinct values of that expression.
    """

    conditions: frozenset[Any]
    values: tuple[Any, ...] = ()
    different: Any = None

    def __mul__(self, other: Term) -> Term:
        values = tuple(sorted(self.values + other.values, key=_sort_key))
        return Term(self.conditions | other.conditions, values)

    @property
    def where(self) -> Any:
        """The conditions as one expression, or None without any."""
        conditions = [node.to_expr() for node in sorted(self.conditions, key=_sort_key)]
        return reduce(and_, conditions) if conditions else None

    @property
    def value(self) -> Any:
        """The product of the values as an expression; None when the term has no values."""
        values = [node.to_expr() for node in self.values]
        if not values:
            return None
        if len(values) > 1:
            return reduce(mul, [value.cast("float64") for value in values])
        exact = _EXACT.get(values[0].get_name())
        return values[0].cast(exact) if exact and values[0].type().is_floating() else values[0]

    def aggregate(self, rows: Any) -> Any:
        """Return the aggregate expression over a table's rows."""
        if self.different is not None:
            return self.different.to_expr().nunique(where=self.where)
        if self.value is None:
            return rows.count(where=self.where)
        return self.value.sum(where=self.where).cast("float64")


@dataclass(frozen=True)
class TermPair:
    """A stock read before and after each movement; the difference is the change it makes."""

    before: Term
    after: Term

    def __mul__(self, other: TermPair) -> TermPair:
        return TermPair(self.before * other.before, self.after * other.after)


@dataclass(frozen=True)
class OrderStatistics:
    """The sorted values of a term: all of them where few, else those that a quantile needs.

    Parameters
    ----------
    term
        Its value is sorted.
    q
        The quantile, between 0 and 1.
    reach
        Half the width of the interval of the quantile's rank, in standard deviations.
    """

    term: Term
    q: float
    reach: float

    def aggregate(self, rows: Any) -> Any:
        """Return the aggregate expression over a table's rows: a sorted array."""
        return self.term.value.cast("float64").collect(where=self.term.where).sort()

    def cut(self, values: Any) -> Any:
        """Keep of a long array only the values at the ranks of the quantile and its interval."""
        import ibis

        n = values.length()
        places = [place.cast("int64") for place in self.places(n)]
        index = [ibis.greatest(ibis.least(place, n - 1), 0).cast("int32") for place in places]
        few = [values[place] for place in index]
        return (n > ALL_TRAVEL).ifelse(ibis.array(few), values)

    def places(self, n: Any) -> list[Any]:
        """Return the ranks among n values, from 0: two around the quantile, two of its interval."""
        middle = (n - 1) * self.q
        reach = (n * (self.q * (1 - self.q))).sqrt() * self.reach
        ends = [(n * self.q - reach).floor() - 1, (n * self.q + reach).ceil()]
        return [middle.floor(), middle.ceil(), *ends]


def signed_value(term: Term, sign: int) -> Any:
    """Return the value a row adds to a term (``sign`` 1) or takes off it (−1), 0 where null."""
    import ibis

    value = term.value if term.value is not None else ibis.literal(1, "int64")
    value = value.fill_null(0) if term.value is not None else value
    signed = value if sign > 0 else -value
    return signed if term.where is None else term.where.fill_null(False).ifelse(signed, 0)


def log_powers(term: Term) -> list[Term]:
    """Return the count of positive values, and the sums of four powers of their logarithms."""
    import ibis

    positive = [(value.to_expr() > 0).op() for value in term.values]
    value = term.value.cast("float64")
    log = (value > 0).ifelse(value, ibis.literal(1.0)).ln().op()
    conditions = term.conditions | frozenset(positive)
    return [Term(conditions, (log,) * power) for power in range(5)]


def nonnull_rows(term: Term) -> Term:
    """Return the count of a term's rows that have a value."""
    return _counted(term, [value.to_expr().notnull() for value in term.values])


def null_rows(term: Term) -> Term:
    """Return the count of a term's rows whose value is null, which its sum leaves out."""
    return _counted(term, [value.to_expr().isnull() for value in term.values])


def _counted(term: Term, conditions: list[Any]) -> Term:
    """Return the count of a term's rows that meet further conditions."""
    return Term(term.conditions | frozenset(condition.op() for condition in conditions))


def _sort_key(node: Any) -> tuple[str, int]:
    """Order expressions the same way every time, equal ones together."""
    return node.name, hash(node)
