"""Renewals: contract terms that have ended, with the day and value of their renewal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.recurring.price_periods import price_periods
from revkit.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

GRACE = 30
"""Days past its term on which a contract must be in force to have been renewed."""

HALF_A_YEAR = 180
"""Days of the shortest term that counts; a month that renews itself is not a decision."""

DOUBLINGS = 4
"""Times the known links of a chain of renewals are doubled: chains of up to 16 are followed."""

COLUMN = "subscriptions.renewed_from"
"""The column for ``ignore`` where no contract renews another one."""

NEAR = 30
"""Days between the end of a contract and the beginning of one that may continue it."""


def renewals(data: Dataset) -> ir.Table:
    """Return one row per contract and term that has ended.

    A contract is a ``subscription_id``. It is renewed when it, or a contract that follows it in the
    chain of ``renewed_from``, is in force 30 days past the term. A contract renewed early, in place
    or as a new contract, is due on the day its old term would have ended. An addition made within a
    term is due with it, however short its own term is.

    Parameters
    ----------
    data
        A company with ``subscriptions`` and their ``term_ends_on``.

    Returns
    -------
    ibis Table
        ``subscription_id``, ``account_id``, ``due_on``, ``renewed_on`` (the first day of the
        renewal, never before ``due_on``; null if not renewed), ``settled_on`` (null while it may
        still be renewed within the grace period), ``value_before`` and ``value_after``: MRR when
        the term ended, or the contract if earlier, and 30 days past the term, or when it was
        renewed if that was later.

    Raises
    ------
    ColumnError
        When subscriptions have no ``term_ends_on``.
    DataError
        When contracts may have been renewed by others, and no row says which one renews which.
    """
    import ibis
    from ibis import _

    if "term_ends_on" not in data.columns("subscriptions"):
        raise data.lacks("subscriptions", "term_ends_on")
    running = price_periods(data).mutate(mrr=_.mrr.cast("decimal(18, 6)"))
    today = ibis.literal(data.as_of)
    terms = (
        running.filter(running.term_ends_on.notnull())
        .group_by(contract="subscription_id", due_on="term_ends_on")
        .aggregate(account_id=_.account_id.max(), begun=_.started_on.min())
        .filter(_.due_on <= today)
    )
    lasts = terms.due_on.delta(terms.begun, unit="day")
    together = ibis.window(group_by=["account_id", "due_on"])
    terms = terms.mutate(longest=lasts.max().over(together))
    terms = terms.filter(_.longest >= HALF_A_YEAR).drop("longest")
    before, after = _before(terms, running), _after(terms, running)
    keys = ["contract", "due_on"]
    joined = terms.left_join(before, keys).drop("contract_right", "due_on_right")
    joined = joined.left_join(after, keys).drop("contract_right", "due_on_right")
    decided = today.delta(joined.due_on, unit="day") >= GRACE
    found = joined.select(
        "account_id",
        "due_on",
        "renewed_on",
        subscription_id=joined.contract,
        settled_on=ibis.coalesce(joined.renewed_on, decided.ifelse(joined.due_on, None)),
        value_before=joined.value_before.fill_null(0),
        value_after=joined.value_after.fill_null(0),
    )
    _require_links(data, running, found.filter(found.renewed_on.isnull()))
    return found


def _before(terms: Any, running: Any) -> Any:
    """Return the MRR of each contract when its term ended, or itself if earlier."""
    import ibis
    from ibis import _

    own = running.select("subscription_id", "term_ends_on", "started_on", "ended_on", "mrr")
    rows = terms.join(
        own, (terms.contract == own.subscription_id) & (terms.due_on == own.term_ends_on)
    )
    end = ibis.least(ibis.coalesce(rows.ended_on, rows.due_on), rows.due_on)
    rows = rows.mutate(end=end)
    stop = rows.end.max().over(ibis.window(group_by=["contract", "due_on"]))
    last = rows.mutate(stop=stop).filter(_.end == _.stop)
    return last.group_by(["contract", "due_on"]).aggregate(value_before=_.mrr.sum())


def _after(terms: Any, running: Any) -> Any:
    """Return start and MRR of the chains of contracts in force past the grace period."""
    import ibis
    from ibis import _

    spells = running.select(link="subscription_id", begins="started_on", ends="ended_on", mrr="mrr")
    links = _chains(running).join(spells, "link")
    rows = terms.join(links, terms.contract == links.origin)
    rows = rows.mutate(
        begun=rows.begins.delta(rows.due_on, unit="day"),
        over=rows.ends.delta(rows.due_on, unit="day"),
    ).filter(_.over.isnull() | (_.over > 0))
    renewal = ibis.window(group_by=["contract", "due_on"])
    rows = rows.mutate(
        renewed_on=ibis.greatest(rows.begins, rows.due_on).min().over(renewal),
        from_day=ibis.greatest(rows.begun, 0).min().over(renewal),
    )
    lasting = rows.filter(_.over.isnull() | (_.over > GRACE))
    seen = ibis.greatest(lasting.from_day, GRACE)
    there = (lasting.begun <= seen) & (lasting.over.isnull() | (lasting.over > seen))
    return lasting.group_by(["contract", "due_on"]).aggregate(
        renewed_on=_.renewed_on.min(), value_after=_.mrr.sum(where=there)
    )


def _chains(running: Any) -> Any:
    """Return each contract with every contract that follows it, itself among them."""
    from ibis import _

    named = running.filter(running.renewed_from.notnull(), _.renewed_from != _.subscription_id)
    own = running.select(origin="subscription_id", link="subscription_id").distinct()
    chains = own.union(named.select(origin="renewed_from", link="subscription_id"), distinct=True)
    for _step in range(DOUBLINGS):
        later = chains.select(link="origin", next="link")
        chains = chains.join(later, "link").select("origin", link="next").distinct()
    return chains


def _require_links(data: Dataset, running: Any, ended: Any) -> None:
    """Refuse contracts that may have been renewed where no row says which one renews which.

    A contract under a new id, begun about when another one of its account ended, is its renewal or
    another purchase: without ``renewed_from`` in any row, neither is known.

    Parameters
    ----------
    running
        The price periods of all contracts.
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
    found = _followed(running, ended)
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


def _followed(running: Any, ended: Any) -> Any:
    """Return the contracts that another one of their account follows, which outlives the term."""
    import ibis
    from ibis import _

    spells = running.group_by("subscription_id").aggregate(
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
