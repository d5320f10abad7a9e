"""Regimes: the subscription rows that count towards MRR, under the company's policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def regimes(data: Dataset) -> ir.Table:
    """Return the regimes that bring MRR, for as long as they do.

    Parameters
    ----------
    data
        A company with ``subscriptions``.

    Returns
    -------
    ibis Table
        One row per regime with MRR, the columns of ``subscriptions``; ``ended_on`` is null where
        the end is planned for later than the company's date. Trials, paused regimes and usage
        count as the policy says; a regime that starts on the day it ends counts nothing.
    """
    import ibis
    from ibis import _

    table = data.table("subscriptions")
    kept = table.filter(_.mrr > 0, _.ended_on.isnull() | (_.ended_on > _.started_on))
    if data.policy.trials == "exclude":
        kept = kept.filter(_.status != "trialing")
    if data.policy.paused == "exclude":
        kept = kept.filter(_.status != "paused")
    if data.policy.usage == "exclude":
        kept = kept.filter(_.pricing != "usage")
    over = _.ended_on <= ibis.literal(data.as_of)
    return kept.filter(_.started_on <= ibis.literal(data.as_of)).mutate(
        ended_on=over.ifelse(_.ended_on, ibis.null("date"))
    )
