"""Journeys: the outcome of each lead, with its first touch and first response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.leads.first_touch import first_touches
from revkit.derived.leads.responses import responses
from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def journeys(data: Dataset) -> ir.Table:
    """Return one row per lead with its outcome.

    A lead is won when an opportunity that refers to it, or else the opportunity it refers to, is
    won; the earliest win counts.

    Parameters
    ----------
    data
        A company with ``leads`` and ``opportunities``; ``touches`` and ``activities`` are used
        when loaded.

    Returns
    -------
    ibis Table
        ``lead_id``, ``created_at``, ``won_on``, ``disqualified_on``, ``settled_on`` (the first
        of the two; null while the lead is open), ``days_to_win``. With touches ``first_touch_on``,
        ``first_campaign_id`` and ``first_channel`` (null for a lead without a touch). With
        activities ``reached_at``, as in
        :func:`~revkit.derived.leads.responses.responses`.
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
        disqualified_on=local_day(joined.disqualified_at, data.policy.timezone),
    )
    both = [
        ibis.coalesce(a, b)
        for a, b in ((_.won_on, _.disqualified_on), (_.disqualified_on, _.won_on))
    ]
    created_on = local_day(outcome.created_at, data.policy.timezone)
    outcome = outcome.mutate(
        settled_on=ibis.least(*both), days_to_win=outcome.won_on.delta(created_on, unit="day")
    )
    if "touches" in data:
        outcome = _with_first_touch(outcome, data)
    if "activities" in data:
        outcome = _with_response(outcome, data)
    return outcome


def _with_first_touch(outcome: Any, data: Dataset) -> Any:
    """Add day, campaign and channel of each lead's first touch."""
    first = first_touches(data, "lead_id").rename({"touched_lead": "lead_id"})
    joined = outcome.left_join(first, outcome.lead_id == first.touched_lead)
    return joined.drop("touched_lead")


def _with_response(outcome: Any, data: Dataset) -> Any:
    """Add ``reached_at``, the first outbound contact with each lead."""
    first = responses(data).select("reached_at", reached_lead="lead_id")
    return outcome.left_join(first, outcome.lead_id == first.reached_lead).drop("reached_lead")
