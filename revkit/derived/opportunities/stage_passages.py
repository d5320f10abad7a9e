"""Stage passages: the day each opportunity reached each stage, skipped stages included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.derived.stage_positions import by_pipeline
from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def stage_passages(data: Dataset) -> ir.Table:
    """Return one row per opportunity and stage that it entered or skipped.

    The process consists of the open stages and, at its end, the won stage. An opportunity passes
    a stage on the first day it is in that stage or a later one; moving back does not undo this.
    It passes the won stage only if it is won in the end.

    Parameters
    ----------
    data
        A company with ``opportunities``, ``opportunity_history`` and ``stages``.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``stage`` (never the won one), ``passed_on``, ``next_on`` (the day it
        passed the next stage; null if never), ``settled_on`` (the day after which ``next_on``
        cannot change; null while it can).
    """
    import ibis
    from ibis import _

    process = data.table("stages").filter(_.object == "opportunity")
    process = process.mutate(of=_.pipeline if by_pipeline(data) else ibis.literal(""))
    steps = process.filter(~_.is_closed | _.is_won).select("of", "stage", "position", "is_won")
    order = ibis.window(group_by=steps.of, order_by=steps.position)
    steps = steps.mutate(rank=ibis.dense_rank().over(order), last=_.is_won)
    deals = data.table("opportunities")
    deals = deals.mutate(of=_.pipeline if by_pipeline(data) else ibis.literal(""))
    history = data.table("opportunity_history").select(
        "opportunity_id", "stage", entered=local_day(_.changed_at, data.policy.timezone)
    )
    owners = deals.select("opportunity_id", "of")
    entries = history.join(owners, "opportunity_id").join(
        steps.filter(~steps.last), ["of", "stage"]
    )
    entries = entries.group_by("opportunity_id", "of", "rank").aggregate(entered=_.entered.min())
    end = steps.filter(steps.last).group_by("of").aggregate(rank=_.rank.min())
    won = deals.filter(deals.is_won).select("opportunity_id", "of", entered="closed_on")
    won = won.join(end, "of").select("opportunity_id", "of", "rank", "entered")
    reached = entries.select("opportunity_id", "of", "rank", "entered").union(won)
    ways = steps.filter(~steps.last).select("stage", way="of", at="rank")
    passed = reached.join(ways, [reached.of == ways.way, reached.rank >= ways["at"]])
    passages = passed.group_by("opportunity_id", "stage").aggregate(
        passed_on=_.entered.min(), next_on=_.entered.min(where=_.rank > _["at"])
    )
    closes = deals.select("opportunity_id", "closed_on")
    joined = passages.join(closes, "opportunity_id")
    return joined.mutate(settled_on=ibis.coalesce(_.next_on, _.closed_on)).drop("closed_on")
