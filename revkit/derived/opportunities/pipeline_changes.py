"""Pipeline: what each open deal was worth, and from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.errors import TableError
from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def pipeline_changes(data: Dataset) -> ir.Table:
    """Return one row per state of an open deal.

    Parameters
    ----------
    data
        A company with ``opportunities``. With ``opportunity_history`` the amount, stage and
        expected date are those of the day; without it they are the present ones, and there is
        no stage.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``since``, ``until`` (dates, half-open; null: still so), ``amount``,
        ``expected_close_on``, ``probability`` (of the stage it was in; the opportunity's own where
        there is no history, no stages, or none for this stage), and ``stage`` where history is
        loaded.
    """
    import ibis
    from ibis import _

    deals = data.table("opportunities")
    if "opportunity_history" not in data:
        for column in ("created_on", "closed_on", "amount"):
            _needed(deals, column)
        return deals.select(
            "opportunity_id",
            "amount",
            "expected_close_on",
            "probability",
            since=_.created_on,
            until=_.closed_on,
        )
    history = data.table("opportunity_history")
    order = ibis.window(group_by=history.opportunity_id, order_by=[history.changed_at, history.seq])
    states = history.select(
        "opportunity_id",
        "amount",
        "expected_close_on",
        "stage",
        since=local_day(history.changed_at, data.policy.timezone),
        next=local_day(history.changed_at.lead().over(order), data.policy.timezone),
    )
    closes = deals.select(deal=_.opportunity_id, closed_on=_.closed_on, probability=_.probability)
    joined = states.left_join(closes, states.opportunity_id == closes.deal)
    until = ibis.coalesce(
        ibis.least(ibis.coalesce(_.next, _.closed_on), ibis.coalesce(_.closed_on, _.next))
    )
    kept = joined.mutate(until=until).filter(_.until.isnull() | (_.since < _.until))
    return _weighted(kept.drop("next", "deal", "closed_on"), data)


def _weighted(states: ir.Table, data: Dataset) -> ir.Table:
    """Read the probability off the stage, where the process gives it one."""
    import ibis
    from ibis import _

    if "stages" not in data:
        return states
    process = data.table("stages").filter(_.object == "opportunity")
    chances = process.select(step="stage", chance="probability")
    joined = states.left_join(chances, states.stage == chances.step)
    return joined.mutate(probability=ibis.coalesce(_.chance, _.probability)).drop("step", "chance")


def _needed(table: ir.Table, column: str) -> None:
    if column not in table.columns:
        raise TableError.missing("opportunity_history", found=["opportunities"])
