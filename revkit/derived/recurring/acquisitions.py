"""Acquisitions: the days on which accounts became customers, with what they paid at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.derived.recurring.price_periods import price_periods

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def acquisitions(data: Dataset) -> ir.Table:
    """Return one row per account and day on which it became a customer.

    That is its first paid day; with ``reactivation_days`` in the policy also the first after an
    absence of more days. Whether it stayed is of no account here.

    Returns
    -------
    ibis Table
        ``account_id``, ``acquired_on`` (date) and ``mrr``, of that day.
    """
    import ibis
    from ibis import _

    paid = price_periods(data)
    if "new_on" in paid.columns:
        paid = paid.mutate(acquired_on=_.new_on)
    else:
        whole = ibis.window(group_by="account_id")
        paid = paid.mutate(acquired_on=paid.started_on.min().over(whole))
    return (
        paid.filter(_.started_on == _.acquired_on)
        .group_by(["account_id", "acquired_on"])
        .aggregate(mrr=_.mrr.cast("decimal(18, 6)").sum())
    )
