"""Lead qualifications: the day on which marketing qualified each lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.derived.leads.lead_stages import LEAD_CLOSED, LEAD_ENDS, LEAD_POSITIONS
from revkit.derived.stage_positions import with_positions
from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def lead_qualifications(data: Dataset) -> ir.Table:
    """Return one row per lead with the day it reached MQL.

    Parameters
    ----------
    data
        A company with ``leads`` and ``lead_history``; ``stages`` are used when loaded.

    Returns
    -------
    ibis Table
        The columns of ``leads`` that were loaded, with ``mql_on`` (the first day at MQL or beyond;
        null if never) and ``settled_on`` (the day after which that cannot change; null while it
        can).
    """
    import ibis
    from ibis import _

    zone = data.policy.timezone
    history = data.table("lead_history").select("lead_id", "stage", "entered_at")
    placed = with_positions(history, data, "lead", LEAD_POSITIONS, LEAD_CLOSED)
    entered = local_day(placed.entered_at, zone)
    qualified = (placed.position >= placed.mql_position).fill_null(False)
    reached = placed.group_by(held="lead_id").aggregate(
        mql_on=entered.min(where=qualified),
        ended_on=entered.min(where=placed.stage.isin(LEAD_ENDS)),
    )
    people = data.table("leads")
    loaded = [name for name in people.columns if name in data.columns("leads")]
    joined = people.left_join(reached, people.lead_id == reached.held)
    gone = local_day(joined.disqualified_at, zone)
    settled = ibis.coalesce(joined.mql_on, joined.ended_on, gone)
    return joined.select(*loaded, mql_on=_.mql_on, settled_on=settled)
