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

    table, come = data.table("subscriptions"), data.columns("subscriptions")
    left_out = [
        table[column] != word
        for column, word, rule in (
            ("status", "trialing", data.policy.trials),
            ("status", "paused", data.policy.paused),
            ("pricing", "usage", data.policy.usage),
        )
        if rule == "exclude" and column in come
    ]
    today = ibis.literal(data.as_of)
    return table.filter(
        table.mrr > 0,
        table.started_on <= today,
        table.ended_on.isnull() | (table.ended_on > table.started_on),
        *left_out,
    ).mutate(ended_on=(_.ended_on <= today).ifelse(_.ended_on, ibis.null("date")))
