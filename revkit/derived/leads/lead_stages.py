"""Lead stages: visits of leads to the stages of their process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.leads.new_leads import person
from revkit.derived.stage_positions import MARKS, with_positions
from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

# Positions in the lead process without a `stages` table; recycled and disqualified have none.
LEAD_POSITIONS = {"lead": 0, "MQL": 1, "SAL": 2, "SQL": 3, "opportunity": 4, "customer": 5}
LEAD_ENDS = ("customer", "disqualified")
LEAD_CLOSED = (*LEAD_ENDS, "recycled")


def lead_stages(data: Dataset) -> ir.Table:
    """Return one row per visit of a lead to a stage.

    Parameters
    ----------
    data
        A company with ``lead_history``; ``stages`` and ``leads`` are used when loaded.

    Returns
    -------
    ibis Table
        One row per visit:

        - ``lead_id``, ``stage``, ``visit`` (1 for the first entry of this stage), ``is_first``
          (the first entry of this stage by any lead of the same person, see
          :func:`~revkit.derived.leads.new_leads.person`);
        - ``position`` in the process (null for stages outside it), ``furthest`` (the highest
          position from then on), ``is_open`` (a lead in this stage is still being worked);
        - ``entered``, ``left`` (dates; null while there);
        - ``accepted_on`` (the day it reached SAL, or SQL where the process has no SAL; null if
          never), ``decided_on`` (the day after which that cannot change);
        - ``reached_sql_on`` (the day it reached SQL; null if never), ``settled_on`` (the day
          after which that cannot change);
        - ``opportunity_on`` (the day it became an opportunity, or a customer at once; null if
          never), ``opportunity_settled_on`` (the day after which that cannot change).
    """
    import ibis
    from ibis import _

    history = data.table("lead_history").select("lead_id", "stage", entered_at=_.entered_at)
    placed = with_positions(history, data, "lead", LEAD_POSITIONS, LEAD_CLOSED)
    order = [placed.entered_at, placed.position, placed.stage]
    journey = ibis.window(group_by=placed.lead_id, order_by=order)
    onward = ibis.window(group_by=placed.lead_id, order_by=order, rows=(0, None))
    entered = local_day(placed.entered_at, data.policy.timezone)
    at_sql = placed.position >= placed.sql_position
    accepted = placed.position >= placed.sal_position
    ended = placed.stage.isin(LEAD_ENDS)

    def first(condition: Any) -> Any:
        """Return the first day from then on on which a condition holds."""
        return condition.ifelse(entered, ibis.null("date")).min().over(onward)

    dealt = placed.position >= placed.opportunity_position
    visits = placed.mutate(
        entered=entered,
        left=local_day(placed.entered_at.lead().over(journey), data.policy.timezone),
        visit=ibis.row_number().over(
            ibis.window(group_by=[placed.lead_id, placed.stage], order_by=placed.entered_at)
        )
        + 1,
        furthest=placed.position.max().over(onward),
        accepted_on=first(accepted),
        decided_on=first(accepted | ended),
        reached_sql_on=first(at_sql),
        settled_on=first(at_sql | ended),
        opportunity_on=first(dealt),
        opportunity_settled_on=first(dealt | ended),
    ).drop(*MARKS)
    if "leads" not in data:
        return visits.mutate(is_first=_.visit == 1).drop("entered_at")
    leads = data.table("leads")
    ended_on = local_day(leads.disqualified_at, data.policy.timezone)
    people = leads.select("lead_id", ended_on=ended_on, who=person(leads))
    joined = visits.left_join(people, "lead_id").drop("lead_id_right")
    joined = joined.mutate(who=ibis.coalesce(_.who, "lead " + _.lead_id))
    firsts = ibis.window(
        group_by=[joined.who, joined.stage], order_by=[joined.entered_at, joined.lead_id]
    )
    return joined.mutate(
        is_first=ibis.row_number().over(firsts) == 0,
        decided_on=ibis.coalesce(_.decided_on, _.ended_on),
        settled_on=ibis.coalesce(_.settled_on, _.ended_on),
        opportunity_settled_on=ibis.coalesce(_.opportunity_settled_on, _.ended_on),
    ).drop("ended_on", "who", "entered_at")
