"""Journeys: what became of each lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def journeys(data: Dataset) -> ir.Table:
    """Return one row per lead with its outcome.

    A lead is won when an opportunity that names it, or else the opportunity it names, is won;
    the earliest counts.

    Parameters
    ----------
    data
        A company with ``leads`` and ``opportunities``.

    Returns
    -------
    ibis Table
        ``lead_id``, ``created_at``, ``won_on``, ``disqualified_on``, ``settled_on`` (the first
        of the two; null while the lead is open).
    """
    import ibis
    from ibis import _

    leads = data.table("leads")
    won = data.table("opportunities").filter(_.is_won)
    by_lead = (
        won.filter(_.lead_id.notnull())
        .group_by(won_lead=_.lead_id)
        .aggregate(won_by_lead=_.closed_on.min())
    )
    by_deal = won.select(won_deal=_.opportunity_id, won_by_deal=_.closed_on)
    joined = leads.left_join(by_lead, leads.lead_id == by_lead.won_lead)
    joined = joined.left_join(by_deal, joined.opportunity_id == by_deal.won_deal)
    outcome = joined.select(
        "lead_id",
        "created_at",
        won_on=ibis.coalesce(joined.won_by_lead, joined.won_by_deal),
        disqualified_on=joined.disqualified_at.cast("date"),
    )
    both = [
        ibis.coalesce(a, b)
        for a, b in ((_.won_on, _.disqualified_on), (_.disqualified_on, _.won_on))
    ]
    return outcome.mutate(settled_on=ibis.least(*both))
