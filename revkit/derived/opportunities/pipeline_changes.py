"""Pipeline changes: the states of open deals with amount, stage and expected close."""

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
        A company with ``opportunities``. With ``opportunity_history`` there is a row per change,
        with the amount, stage and expected close of the time; without it there is one row per
        deal with the present ones, and no stage.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``since``, ``until`` (dates, half-open; null: still so), ``amount``,
        ``expected_close_on``, ``probability`` (of the stage it was in; the opportunity's own where
        history, stages or the stage's probability are missing), and with history ``stage``.

    Raises
    ------
    TableError
        Without history, when opportunities lack ``created_on``, ``closed_on`` or ``amount``.
    """
    import ibis
    from ibis import _

    deals = data.table("opportunities")
    if "opportunity_history" not in data:
        for column in ("created_on", "closed_on", "amount"):
            _check_column(deals, column)
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
    return _with_stage_probability(kept.drop("next", "deal", "closed_on"), data)


def _with_stage_probability(states: ir.Table, data: Dataset) -> ir.Table:
    """Replace the probability by that of the stage, where stages have one."""
    import ibis
    from ibis import _

    if "stages" not in data:
        return states
    process = data.table("stages").filter(_.object == "opportunity")
    chances = process.select(step="stage", chance="probability")
    joined = states.left_join(chances, states.stage == chances.step)
    return joined.mutate(probability=ibis.coalesce(_.chance, _.probability)).drop("step", "chance")


def _check_column(table: ir.Table, column: str) -> None:
    """Refuse opportunities without history that lack a column."""
    if column not in table.columns:
        raise TableError.missing("opportunity_history", found=["opportunities"])
