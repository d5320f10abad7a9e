"""Queries for clusters: rows of one account, or of accounts with one parent, added up first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

from revkit import derived
from revkit.algebra.formula.leaves import Leaf, Stock
from revkit.algebra.query.events import EventSource
from revkit.algebra.query.movements import MovementSource
from revkit.algebra.query.source import TableSource
from revkit.algebra.query.terms import signed_value
from revkit.dimensions import attach, find
from revkit.errors import DimensionError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

PARENT = "parent_account_id"
SIDES = ("sum", "before", "after")


@dataclass
class ClusterSource(TableSource):
    """Products of sums by cluster, beside the same products by row.

    Its result has, by group and period, ``by_cluster_j_k`` and ``by_row_j_k`` for each pair of
    leaves. Of two stocks both are the changes that the period makes to them.

    Parameters
    ----------
    inner
        The source of the leaves.
    leaves
        Totals and opening stocks.
    """

    inner: TableSource | None = None
    leaves: tuple[Leaf, ...] = ()

    @property
    def dates(self) -> tuple[str, ...]:
        assert self.inner is not None
        return self.inner.dates

    def query(self) -> ir.Table:
        import ibis

        inner = self.inner
        assert isinstance(inner, EventSource | MovementSource)
        period = inner.rows.period if isinstance(inner, MovementSource) else inner.number()
        rows = inner.rows.mutate(period=period, **self._values(inner))
        rows = with_cluster(self.call.data, rows, self.table)
        rows = rows.filter(rows.cluster.notnull())
        keys = [*self.group_columns, "period"]
        first = rows.group_by([*keys, "cluster"]).aggregate(**self._sums(rows))
        for at, leaf in enumerate(self.leaves):
            if isinstance(leaf, Stock):
                so_far = ibis.window(
                    group_by=[*self.group_columns, "cluster"], order_by="period", range=(None, 0)
                )
                change = first[f"after_{at}"] - first[f"before_{at}"]
                first = first.mutate(change.sum().over(so_far).name(f"end_{at}"))
                first = first.mutate((first[f"end_{at}"] - change).name(f"sum_{at}"))
        products = {
            f"by_cluster_{one}_{two}": self._product(first, one, two).sum()
            for one, two in self.pairs
        }
        same = {name: first[name].sum() for name in first.columns if name.startswith("by_row_")}
        found: ir.Table = first.group_by(keys).aggregate(**products, **same)
        return found

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The places of each pair of leaves."""
        return list(combinations_with_replacement(range(len(self.leaves)), 2))

    def is_stock(self, one: int, two: int) -> bool:
        """Report whether both leaves of a pair are stocks."""
        return isinstance(self.leaves[one], Stock) and isinstance(self.leaves[two], Stock)

    def _values(self, inner: EventSource | MovementSource) -> dict[str, Any]:
        """Return what each row adds to each leaf; to a stock, before and after its movement."""
        values: dict[str, Any] = {}
        for at, leaf in enumerate(self.leaves):
            if isinstance(leaf, Stock):
                assert isinstance(inner, MovementSource)
                terms = {side: inner.stock_term(leaf, side) for side in ("before", "after")}
            else:
                terms = {"sum": inner.term(leaf)}
            for side, term in terms.items():
                values[f"{side}_{at}"] = signed_value(term, 1).cast("float64")
        return values

    def _sums(self, rows: Any) -> dict[str, Any]:
        """Return the sums of each cluster: of every leaf, and of every product by row."""
        names = [name for name in rows.columns if name.partition("_")[0] in SIDES]
        sums = {name: rows[name].sum() for name in names}
        for one, two in self.pairs:
            before = self._side(rows, one, "before") * self._side(rows, two, "before")
            if self.is_stock(one, two):
                before = self._side(rows, one, "after") * self._side(rows, two, "after") - before
            sums[f"by_row_{one}_{two}"] = before.sum()
        return sums

    def _side(self, rows: Any, at: int, side: str) -> Any:
        """Return what each row adds to a leaf; of a stock, at one side of its movement."""
        return rows[f"{side if isinstance(self.leaves[at], Stock) else 'sum'}_{at}"]

    def _product(self, sums: Any, one: int, two: int) -> Any:
        """Return the product of two leaves of a cluster; of two stocks, its change."""
        product = sums[f"sum_{one}"] * sums[f"sum_{two}"]
        if self.is_stock(one, two):
            return sums[f"end_{one}"] * sums[f"end_{two}"] - product
        return product


def has_clusters(data: Dataset, source: TableSource) -> bool:
    """Report whether several rows of a source may belong to one account, or one parent."""
    if type(source) is MovementSource:
        return _has_parents(data)
    if type(source) is not EventSource:
        return False
    try:
        path = find("account_id", source.table, derived.specs(data, source.table, source.rows))
    except DimensionError:  # two ways to an account
        return False
    return path is not None


def _has_parents(data: Dataset) -> bool:
    return "accounts" in data and PARENT in data.columns("accounts")


def with_cluster(data: Dataset, rows: Any, table: str) -> Any:
    """Add the cluster of each row: its account's parent, else its account."""
    import ibis

    if table != "movements":
        path = find("account_id", table, derived.specs(data, table, rows))
        assert path is not None
        rows = attach(rows, path, data.lookup, "cluster")
    else:
        rows = rows.mutate(cluster=rows.account_id)
    if not _has_parents(data):
        return rows
    accounts = data.lookup("accounts")
    parents = accounts.select(child=accounts.account_id, parent=accounts[PARENT])
    joined = rows.left_join(parents, rows.cluster == parents.child)
    return joined.mutate(cluster=ibis.coalesce(joined.parent, joined.cluster)).drop(
        "child", "parent"
    )
