"""Quiet spells: times of more than 30 days without activity on an open deal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from revkit.derived.opportunities.pipeline_changes import open_runs
from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

QUIET = 30
"""Days without an activity or a change after which an open deal is stale."""


def quiet_spells(data: Dataset) -> ir.Table:
    """Return one row per spell of more than 30 days without activity on an open deal.

    Its creation, a change of it, and any activity that is not automated count as activity.

    Parameters
    ----------
    data
        A company with ``opportunities``, ``opportunity_history`` and ``activities``.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``quiet_since`` (the day of the last activity), ``stale_on`` (the 31st
        day after it), ``until`` (the day of the next activity or of the close; null while there
        is neither).
    """
    import ibis
    from ibis import _

    zone = data.policy.timezone
    begun = data.table("opportunities").select("opportunity_id", on="created_on")
    history = data.table("opportunity_history")
    changed = history.select("opportunity_id", on=local_day(history.changed_at, zone))
    activities = data.lookup("activities")
    done = activities.filter(activities.opportunity_id.notnull(), ~activities.is_automated)
    done = done.select("opportunity_id", on=local_day(done.occurred_at, zone))
    days = begun.union(changed).union(done, distinct=False).distinct().filter(_.on.notnull())
    runs = open_runs(data).rename(deal="opportunity_id")
    known = days.join(runs, days.opportunity_id == runs.deal).filter(
        (_.on >= _.begun) | _.begun.isnull(), _.over.isnull() | (_.on < _.over)
    )
    order = ibis.window(group_by=[known.opportunity_id, known.run], order_by=known.on)
    spells = known.mutate(next=known.on.lead().over(order)).select(
        "opportunity_id", quiet_since="on", until=ibis.coalesce(_.next, _.over)
    )
    after = ibis.interval(days=QUIET + 1)
    spells = spells.mutate(stale_on=(_.quiet_since.cast("timestamp") + after).cast("date"))
    over = ibis.coalesce(spells.until, ibis.literal(data.as_of + timedelta(days=1)))
    return spells.filter(spells.stale_on < over)
