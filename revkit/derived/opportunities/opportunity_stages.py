"""Opportunity stages: visits of opportunities to the stages of the sales process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.derived.stage_positions import MARKS, by_pipeline, with_positions
from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def opportunity_stages(data: Dataset) -> ir.Table:
    """Return one row per visit of an opportunity to a stage.

    Parameters
    ----------
    data
        A company with ``opportunity_history`` and ``opportunities``.

    Returns
    -------
    ibis Table
        One row per visit:

        - ``opportunity_id``, ``stage``, ``visit`` (1 for the first entry of this stage);
        - ``position`` in the process (null for lost stages), ``furthest`` (the highest position
          from then on), ``is_open``;
        - ``entered``, ``left`` (dates; null while there), ``days`` (in this stage over all its
          visits; null while it is there), ``watched`` (the same up to the as-of date);
        - ``closed_on`` and ``is_won`` of the opportunity.
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
    deals = data.table("opportunities")
    deals = deals.select(
        "closed_on",
        "is_won",
        deal=_.opportunity_id,
        **({"pipeline": _.pipeline} if by_pipeline(data) else {}),
    )
    entries = entries.join(deals, entries.opportunity_id == deals.deal).drop("deal")
    placed = with_positions(entries, data, "opportunity", {}, ())
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
    ).drop("entered_at", "seq", *MARKS)
    joined = visits.mutate(left=_.is_open.ifelse(ibis.coalesce(_.left, _.closed_on), _.left))
    stays = ibis.window(group_by=["opportunity_id", "stage"])
    so_far = ibis.coalesce(_.left, ibis.literal(data.as_of)).delta(_.entered, unit="day")
    there = _.left.isnull().ifelse(1, 0).max().over(stays) == 1
    return joined.mutate(watched=so_far.sum().over(stays)).mutate(
        days=there.ifelse(ibis.null("int64"), _.watched)
    )
