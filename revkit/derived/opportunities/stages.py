"""Stages: one row per visit of a lead or an opportunity to a stage of its process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.leads.new_leads import person
from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

# The way of a lead where no `stages` table says otherwise; recycled and disqualified are off it.
LEAD_POSITIONS = {"lead": 0, "MQL": 1, "SAL": 2, "SQL": 3, "opportunity": 4, "customer": 5}
LEAD_ENDS = ("customer", "disqualified")
LEAD_CLOSED = (*LEAD_ENDS, "recycled")


def lead_stages(data: Dataset) -> ir.Table:
    """Return the visits of leads to stages.

    Parameters
    ----------
    data
        A company with ``lead_history``; ``stages`` and ``leads`` are read when they are there.

    Returns
    -------
    ibis Table
        One row per visit: ``lead_id``, ``stage``, ``visit`` (1 for the first entry of this
        stage), ``is_first`` (the first entry of this stage by any lead of the same person, see
        :func:`~revkit.derived.leads.new_leads.person`), ``position`` in the process (null beside
        it), ``entered``, ``left`` (dates; null while there), ``furthest`` position reached then or
        later, ``accepted_on`` (the day it was at SAL or beyond; at SQL where the process has no
        SAL; null if never), ``decided_on`` (the day after which that can't change),
        ``reached_sql_on`` (the day it was at SQL or beyond, null if never), ``settled_on`` (the
        day after which that can't change), ``is_open`` (a stage in which a lead is still being
        worked).
    """
    import ibis
    from ibis import _

    history = data.table("lead_history").select("lead_id", "stage", entered_at=_.entered_at)
    placed = _placed(history, data, "lead", LEAD_POSITIONS, LEAD_CLOSED)
    order = [placed.entered_at, placed.position, placed.stage]
    journey = ibis.window(group_by=placed.lead_id, order_by=order)
    onward = ibis.window(group_by=placed.lead_id, order_by=order, rows=(0, None))
    entered = local_day(placed.entered_at, data.policy.timezone)
    at_sql = placed.position >= placed.sql_position
    accepted = placed.position >= placed.sal_position
    ended = placed.stage.isin(LEAD_ENDS)
    visits = placed.mutate(
        entered=entered,
        left=local_day(placed.entered_at.lead().over(journey), data.policy.timezone),
        visit=ibis.row_number().over(
            ibis.window(group_by=[placed.lead_id, placed.stage], order_by=placed.entered_at)
        )
        + 1,
        furthest=placed.position.max().over(onward),
        accepted_on=accepted.ifelse(entered, ibis.null("date")).min().over(onward),
        decided_on=(accepted | ended).ifelse(entered, ibis.null("date")).min().over(onward),
        reached_sql_on=at_sql.ifelse(entered, ibis.null("date")).min().over(onward),
        settled_on=(at_sql | ended).ifelse(entered, ibis.null("date")).min().over(onward),
    ).drop("sql_position", "sal_position")
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
    ).drop("ended_on", "who", "entered_at")


def opportunity_stages(data: Dataset) -> ir.Table:
    """Return the visits of opportunities to stages.

    Parameters
    ----------
    data
        A company with ``opportunity_history`` and ``opportunities``.

    Returns
    -------
    ibis Table
        One row per visit: ``opportunity_id``, ``stage``, ``visit``, ``position`` (null for the
        stages of what is lost), ``entered``, ``left`` (dates; null while there), ``furthest``
        position reached then or later, ``is_open``, ``closed_on`` and ``is_won`` of the
        opportunity, ``days`` (in this stage, over all its visits; null while it is there) and
        ``watched`` (the same up to the company's date).
    """
    import ibis
    from ibis import _

    history = data.table("opportunity_history")
    order = [history.changed_at, history.seq]
    before = history.stage.lag().over(ibis.window(group_by=history.opportunity_id, order_by=order))
    entries = (
        history.mutate(before=before)
        .filter((_.before != _.stage) | _.before.isnull())
        .select("opportunity_id", "stage", "seq", entered_at=_.changed_at)
    )
    placed = _placed(entries, data, "opportunity", {}, ())
    order = [placed.entered_at, placed.seq]
    journey = ibis.window(group_by=placed.opportunity_id, order_by=order)
    onward = ibis.window(group_by=placed.opportunity_id, order_by=order, rows=(0, None))
    visits = placed.mutate(
        entered=local_day(placed.entered_at, data.policy.timezone),
        left=local_day(placed.entered_at.lead().over(journey), data.policy.timezone),
        visit=ibis.row_number().over(
            ibis.window(group_by=[placed.opportunity_id, placed.stage], order_by=order)
        )
        + 1,
        furthest=placed.position.max().over(onward),
    ).drop("entered_at", "seq", "sql_position", "sal_position")
    deals = data.table("opportunities").select("opportunity_id", "closed_on", "is_won")
    joined = visits.left_join(deals, "opportunity_id").drop("opportunity_id_right")
    joined = joined.mutate(left=_.is_open.ifelse(ibis.coalesce(_.left, _.closed_on), _.left))
    stays = ibis.window(group_by=["opportunity_id", "stage"])
    so_far = ibis.coalesce(_.left, ibis.literal(data.as_of)).delta(_.entered, unit="day")
    there = _.left.isnull().ifelse(1, 0).max().over(stays) == 1
    return joined.mutate(watched=so_far.sum().over(stays)).mutate(
        days=there.ifelse(ibis.null("int64"), _.watched)
    )


def _placed(
    entries: ir.Table, data: Dataset, of: str, positions: dict[str, int], closed: tuple[str, ...]
) -> Any:
    """Add ``position``, ``is_open`` and the positions at which a lead is accepted and qualified."""
    import ibis
    from ibis import _

    if "stages" in data:
        process = data.table("stages").filter(_.object == of)
        lost = process.is_closed & ~process.is_won
        steps = process.select(
            "stage",
            position=lost.ifelse(ibis.null("int64"), process.position),
            is_open=~process.is_closed,
        )
        placed = entries.left_join(steps, "stage").drop("stage_right")
        placed = placed.mutate(is_open=_.is_open.fill_null(False))
        if of != "lead":
            return placed.mutate(sql_position=0, sal_position=0)
        at = steps.aggregate(
            sql_position=steps.position.max(where=steps.stage == "SQL"),
            sal_position=steps.position.max(where=steps.stage == "SAL"),
        )
        at = at.mutate(sal_position=ibis.coalesce(at.sal_position, at.sql_position))
        return placed.cross_join(at)
    position = ibis.null("int64")
    if positions:
        cases = [(entries.stage == stage, place) for stage, place in positions.items()]
        position = ibis.cases(*cases, else_=ibis.null("int64"))
    return entries.mutate(
        position=position,
        is_open=position.notnull() & ~entries.stage.isin(closed) if closed else ibis.literal(True),
        sql_position=ibis.literal(positions.get("SQL", 0)),
        sal_position=ibis.literal(positions.get("SAL", 0)),
    )
