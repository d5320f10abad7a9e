"""Worth of a case more of each watched outcome: from lead to won deal, and of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.analysis.watch.metrics.rows import PATHS
from revkit.derived.recurring.price_periods import price_periods
from revkit.dimensions import attach, find
from revkit.errors import DimensionError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.analysis.watch.leaves import Place
    from revkit.dataset import Dataset

AMOUNTS = frozenset({"amount", "closed_on", "is_won"})
STAGES = {"lead_to_mql_rate": "MQL", "mql_to_sql_rate": "SQL",
          "sql_to_opportunity_rate": "opportunity"}  # fmt: skip
"""The stage that a lead is at beyond each gate."""

UNKNOWN = float("nan")


def worth(data: Dataset, metric: str, place: Place) -> float:
    """Return the money that one case more is worth in a place; NaN where it cannot be told.

    A won deal is worth the mean amount of the place's won deals of new business; a lead at a gate
    that, times the share of those beyond the gate that are won; a customer kept what the place's
    customers pay in a year, on average.

    Parameters
    ----------
    data
        The company.
    metric
        Of those watched.
    place
        A group, or the whole.
    """
    if metric == "churn_rate":
        return -_customer(data, place)
    if metric not in ("win_rate", *STAGES):
        return UNKNOWN
    decided, won, amount = _deals(data, place)
    if not won:
        return UNKNOWN
    if metric == "win_rate":
        return amount / won
    return amount / decided * _opened(data, STAGES[metric], place)


def _within(table: ir.Table, data: Dataset, source: str, place: Place) -> ir.Table | None:
    """Return the rows of a place; None where the table does not reach its dimensions."""
    for name, value in zip(place.by, place.values, strict=True):
        try:
            path = find(PATHS[source].get(name, name), source, data.specs)
        except DimensionError:  # it is reached in several ways
            return None
        if path is None:
            return None
        table = attach(table, path, data.lookup, f"of_{name}")
        table = table.filter(table[f"of_{name}"] == value)
    return table


def _deals(data: Dataset, place: Place) -> tuple[float, float, float]:
    """Return the decided and won deals of new business, and the sum of what was won."""
    if "opportunities" not in data or not data.columns("opportunities") >= AMOUNTS:
        return 0.0, 0.0, 0.0
    from ibis import _

    deals = data.table("opportunities").filter(
        _.kind == "new", _.closed_on.notnull(), _.is_won.notnull(), _.amount.notnull()
    )
    rows = _within(deals, data, "opportunities", place)
    if rows is None:
        return 0.0, 0.0, 0.0
    each = rows.aggregate(
        n=_.count(), won=_.is_won.ifelse(1, 0).sum(), amount=_.is_won.ifelse(_.amount, 0).sum()
    )
    decided, won, amount = _numbers(each, "n", "won", "amount")
    return decided, won, amount


def _opened(data: Dataset, stage: str, place: Place) -> float:
    """Return the share of leads beyond a gate that become opportunities."""
    if "leads" not in data or "lead_history" not in data:
        return UNKNOWN
    from ibis import _

    leads = _within(data.table("leads"), data, "leads", place)
    if leads is None:
        return UNKNOWN
    history = data.table("lead_history").semi_join(leads, "lead_id")
    rows = history.aggregate(
        opened=_.lead_id.nunique(where=_.stage == "opportunity"),
        reached=_.lead_id.nunique(where=_.stage == stage),
    )
    opened, reached = _numbers(rows, "opened", "reached")
    return opened / reached if opened and reached else UNKNOWN


def _customer(data: Dataset, place: Place) -> float:
    """Return what a customer pays in a year, on average."""
    if "subscriptions" not in data or "ended_on" not in data.columns("subscriptions"):
        return UNKNOWN
    from ibis import _

    paying = price_periods(data).filter(_.ended_on.isnull())
    rows = _within(paying, data, "subscriptions", place)
    if rows is None:
        return UNKNOWN
    mrr, accounts = _numbers(
        rows.aggregate(mrr=_.mrr.sum(), accounts=_.account_id.nunique()), "mrr", "accounts"
    )
    return 12 * mrr / accounts if accounts else UNKNOWN


def _numbers(rows: ir.Table, *names: str) -> tuple[float, ...]:
    """Return the columns of a table of one row; nothing counts as 0."""
    found = rows.execute()
    return tuple(float(found[name].iloc[0] or 0) for name in names)
