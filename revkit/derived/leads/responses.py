"""Responses: the first outbound contact with each lead, and the minutes until then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from revkit.periods import begin, elapsed

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

# Kinds of activity that contact a lead; the others, such as crm and admin, do not.
REACHING = ("call", "email", "meeting", "demo")


def responses(data: Dataset) -> ir.Table:
    """Return one row per lead with the first time a rep contacted it.

    Parameters
    ----------
    data
        A company with ``leads`` and ``activities``.

    Returns
    -------
    ibis Table
        ``lead_id``, ``created_at``, ``reached_at`` (the first call, e-mail, meeting or demo since
        then that is neither inbound nor automated; null while there is none), ``minutes``
        (between the two; null likewise), ``watched`` (minutes from ``created_at`` to the end of
        the as-of date).
    """
    import ibis
    from ibis import _

    activities = data.lookup("activities")
    outbound = activities.filter(
        activities.lead_id.notnull(),
        activities.direction.isnull() | (activities.direction != "in"),  # outbound unless stated
        ~activities.is_automated,
        activities.kind.isin(REACHING),
    ).select(reached_lead="lead_id", occurred_at="occurred_at")
    leads = data.table("leads").select("lead_id", "created_at")
    since = outbound.join(leads, outbound.reached_lead == leads.lead_id)
    first = (
        since.filter(since.occurred_at >= since.created_at)
        .group_by("reached_lead")
        .aggregate(reached_at=_.occurred_at.min())
    )
    joined = leads.left_join(first, leads.lead_id == first.reached_lead).drop("reached_lead")
    over = ibis.literal(begin(data.as_of + timedelta(days=1), data.policy.timezone))
    return joined.mutate(
        minutes=_minutes(joined.created_at, joined.reached_at),
        watched=_minutes(joined.created_at, over),
    )


def _minutes(start: Any, end: Any) -> Any:
    """Return the minutes between two moments."""
    return elapsed(start, end, 60.0)
