"""Trials: accounts on trial before they ever paid, with the day they converted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

UNPAID = ("trialing", "paused")


def trials(data: Dataset) -> ir.Table:
    """Return one row per account that was on trial before it ever paid.

    Parameters
    ----------
    data
        A company with ``subscriptions`` and their ``status``.

    Returns
    -------
    ibis Table
        ``account_id``, ``started_on`` (its first trial), ``converted_on`` (the first day of the
        first paid price period; null if there is none), ``settled_on`` (that day, or the day the
        last trial ended; null while the trial runs). A customer's trial of a further product does
        not count: it paid before.

    Raises
    ------
    ColumnError
        When subscriptions have no ``status``, so that trials are unknown.
    """
    import ibis
    from ibis import _

    if "status" not in data.columns("subscriptions"):
        raise data.lacks("subscriptions", "status")
    today = ibis.literal(data.as_of)
    rows = data.table("subscriptions")
    rows = rows.filter(
        rows.started_on <= today, rows.ended_on.isnull() | (rows.ended_on > rows.started_on)
    )
    tried = (
        rows.filter(rows.status == "trialing")
        .group_by("account_id")
        .aggregate(
            started_on=_.started_on.min(),
            over_on=_.ended_on.max(),
            running=(_.ended_on.isnull() | (_.ended_on > today)).any(),
        )
    )
    paid = (
        rows.filter(rows.mrr > 0, ~rows.status.isin(UNPAID))
        .group_by(payer="account_id")
        .aggregate(converted_on=_.started_on.min())
    )
    joined = tried.left_join(paid, tried.account_id == paid.payer)
    fresh = joined.filter(joined.converted_on.isnull() | (joined.converted_on >= joined.started_on))
    over = fresh.running.ifelse(ibis.null("date"), fresh.over_on)
    return fresh.select(
        "account_id",
        "started_on",
        "converted_on",
        settled_on=ibis.coalesce(fresh.converted_on, over),
    )
