"""Links between contracts: whether it is known which contract continues which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.recurring.price_periods import price_periods
from revkit.errors import DataError

if TYPE_CHECKING:
    from revkit.dataset import Dataset

COLUMN = "subscriptions.renewed_from"

NEAR = 30
"""Days between the end of a contract and the beginning of one that may continue it."""


def require_links(data: Dataset, ended: Any) -> None:
    """Refuse contracts that may have been renewed where no row says which one renews which.

    A contract under a new id, begun about when another one of its account ended, is its renewal or
    another purchase: without ``renewed_from`` in any row, neither is known.

    Parameters
    ----------
    ended
        Contracts that are not renewed as far as is known: ``subscription_id``, ``account_id``,
        ``due_on``.

    Raises
    ------
    DataError
        When some may have been, and the company does not say that none were.
    """
    if COLUMN in data.store.ignore or _has_links(data):
        return
    found = _followed(data, ended)
    rows = int(found.count().to_pyarrow().as_py())
    if not rows:
        return
    missing = "is empty in every row"
    if "renewed_from" not in data.columns("subscriptions"):
        missing = "is absent"
    raise DataError.refused(
        f"renewed_from {missing}, and a contract that ends is followed by another one of its "
        f"account within {NEAR} days: whether that renews it is not known,",
        table="subscriptions",
        rows=rows,
        examples=found.order_by(["subscription_id", "next"]).limit(3).to_pyarrow().to_pylist(),
        remedy="Write in renewed_from the id of the contract that each one continues, in a "
        "mapping: renewed_from: <its column>; or give a contract and its renewal the same "
        f"subscription_id. Where each is a purchase of its own: ignore: [{COLUMN}].",
    )


def _has_links(data: Dataset) -> bool:
    """Report whether some contract of the company names the one that it continues."""
    if "renewed_from" not in data.columns("subscriptions"):
        return False
    rows = data.whole.table("subscriptions")
    return int(rows.filter(rows.renewed_from.notnull()).limit(1).count().to_pyarrow().as_py()) > 0


def _followed(data: Dataset, ended: Any) -> Any:
    """Return the contracts that another one of their account follows, which outlives the term."""
    import ibis
    from ibis import _

    rows = price_periods(data)
    spells = rows.group_by("subscription_id").aggregate(
        account=_.account_id.max(),
        begun=_.started_on.min(),
        over=_.ended_on.max(),
        stays=_.ended_on.isnull().any(),
    )
    own = spells.select(own="subscription_id", stopped="over")
    those = ended.join(own, ended.subscription_id == own.own)
    those = those.mutate(end=ibis.least(ibis.coalesce(_.stopped, _.due_on), _.due_on))
    others = spells.select("account", "begun", "over", "stays", next="subscription_id")
    pairs = those.join(others, those.account_id == others.account)
    pairs = pairs.filter(pairs.subscription_id != pairs.next)
    return pairs.filter(
        _.begun.delta(_.end, unit="day").between(-NEAR, NEAR),
        _.stays | (_.over.delta(_.due_on, unit="day") > NEAR),
    ).select("subscription_id", "account_id", "due_on", "next")
