"""Stages: one row per visit of a lead or an opportunity to a stage of its process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
        stage), ``position`` in the process (null beside it), ``entered``, ``left`` (dates; null
        while there), ``furthest`` position reached then or later, ``reached_sql_on`` (the day it
        was at SQL or beyond, null if never), ``settled_on`` (the day after which that can't
        change), ``is_open`` (a stage in which a lead is still being worked).
    """
    import ibis
    from ibis import _

    history = data.table("lead_history").select("lead_id", "stage", entered_at=_.entered_at)
    placed = _placed(history, data, "lead", LEAD_POSITIONS, LEAD_CLOSED)
    order = [placed.entered_at, placed.position, placed.stage]
    journey = ibis.window(group_by=placed.lead_id, order_by=order)
    onward = ibis.window(group_by=placed.lead_id, order_by=order, rows=(0, None))
    entered = placed.entered_at.cast("date")
    at_sql = placed.position >= placed.sql_position
    over = at_sql | placed.stage.isin(LEAD_ENDS)
    visits = placed.mutate(
        entered=entered,
        left=placed.entered_at.lead().over(journey).cast("date"),
        visit=ibis.row_number().over(
            ibis.window(group_by=[placed.lead_id, placed.stage], order_by=placed.entered_at)
        )
        + 1,
        furthest=placed.position.max().over(onward),
        reached_sql_on=at_sql.ifelse(entered, ibis.null("date")).min().over(onward),
        settled_on=over.ifelse(entered, ibis.null("date")).min().over(onward),
    ).drop("entered_at", "sql_position")
    if "leads" not in data:
        return visits
    ended = data.table("leads").select("lead_id", ended_on=_.disqualified_at.cast("date"))
    joined = visits.left_join(ended, "lead_id")
    return joined.mutate(settled_on=ibis.coalesce(_.settled_on, _.ended_on)).drop(
        "ended_on", "lead_id_right"
    )


def opportunity_stages(data: Dataset) -> ir.Table:
    """Return the visits of opportunities to stages.

    Parameters
    ----------
    data
        A company with ``opportunity_history`` and ``opportunities``.

    Returns
    -------
    ibis Table
        One row per visit: ``opportunity_id``, ``stage``, ``visit``, ``position``, ``entered``,
        ``left`` (dates; null while there), ``furthest`` position reached then or later,
        ``is_open``, ``closed_on`` and ``is_won`` of the opportunity.
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
        entered=placed.entered_at.cast("date"),
        left=placed.entered_at.lead().over(journey).cast("date"),
        visit=ibis.row_number().over(
            ibis.window(group_by=[placed.opportunity_id, placed.stage], order_by=order)
        )
        + 1,
        furthest=placed.position.max().over(onward),
    ).drop("entered_at", "seq", "sql_position")
    deals = data.table("opportunities").select("opportunity_id", "closed_on", "is_won")
    return visits.left_join(deals, "opportunity_id").drop("opportunity_id_right")


def _placed(
    entries: ir.Table, data: Dataset, of: str, positions: dict[str, int], closed: tuple[str, ...]
) -> Any:
    """Add ``position``, ``is_open`` and the ``sql_position`` that qualifies a lead."""
    import ibis
    from ibis import _

    if "stages" in data:
        process = data.table("stages").filter(_.object == of)
        steps = process.select("stage", "position", is_open=~_.is_closed)
        qualified = process.filter(_.stage == "SQL").aggregate(sql_position=_.position.max())
        placed = entries.left_join(steps, "stage").drop("stage_right")
        placed = placed.mutate(is_open=_.is_open.fill_null(False))
        return placed.cross_join(qualified) if of == "lead" else placed.mutate(sql_position=0)
    position = ibis.null("int64")
    if positions:
        cases = [(entries.stage == stage, place) for stage, place in positions.items()]
        position = ibis.cases(*cases, else_=ibis.null("int64"))
    return entries.mutate(
        position=position,
        is_open=position.notnull() & ~entries.stage.isin(closed) if closed else ibis.literal(True),
        sql_position=ibis.literal(positions.get("SQL", 0)),
    )
