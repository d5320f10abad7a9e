"""Roll-ups: what a manager's reports sell, credited to the manager whose quota repeats theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.reps.quotas import current_quotas
from revkit.derived.reps.shares import by_rep

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

LEVELS = 10
"""Levels above a rep at which managers are found."""


def credited_deals(data: Dataset) -> ir.Table:
    """Return opportunities, and those of the reports of each manager whose quota is a roll-up.

    Returns
    -------
    ibis Table
        The columns of ``opportunities`` and ``is_rollup``: a deal of a report, with the manager as
        ``rep_id``, without ``opportunity_id``, closed in the days of the manager's quota.
    """
    return with_team(data.table("opportunities"), data, "closed_on")


def with_team(
    deals: Any, data: Dataset, day: str, quotas: Any = None, *, shared: bool = False
) -> Any:
    """Add to deals those of the reports of each manager whose quota is a roll-up.

    Parameters
    ----------
    deals
        With ``opportunity_id`` and, if they have a rep, ``rep_id``.
    day
        The date that must lie within the manager's quota.
    quotas
        Quotas or forecasts with ``is_rollup``; the bookings quotas in force when omitted.
    shared
        Return the deals themselves by rep, too, each with its part.
    """
    import ibis
    from ibis import _

    own = (by_rep(deals, data) if shared else deals).mutate(is_rollup=ibis.literal(False))
    if not {"reps", "targets"} <= set(data.tables) or "rep_id" not in deals.columns:
        return own
    if quotas is None:
        quotas = current_quotas(data).filter(_.measure == "bookings")
    held = quotas.filter(_.is_rollup).select(
        __holder="rep_id", __first="starts_on", __end="ends_on"
    )
    sold = by_rep(deals, data).mutate(__seller=_.rep_id)
    lines = lines_of_command(data).rename(__report="report", __boss="boss")
    led, held = sold.join(lines, sold["__seller"] == lines["__report"]), held.distinct()
    inside = led.join(held, led["__boss"] == held["__holder"])
    inside = inside.filter(inside[day] >= inside["__first"], inside[day] < inside["__end"])
    once = inside.select(*deals.columns, "__seller", "__boss").distinct()
    key = ibis.null(deals.opportunity_id.type())
    team = once.mutate(rep_id=once["__boss"], opportunity_id=key, is_rollup=ibis.literal(True))
    return own.union(team.select(*own.columns))


def lines_of_command(data: Dataset) -> Any:
    """Return each rep (``report``) with each manager above, near or far (``boss``)."""
    import ibis
    from ibis import _

    reps = data.lookup("reps")
    above = reps.filter(reps.manager_id.notnull()).select(middle="rep_id", top="manager_id")
    # each level is added to the row, so that the plan grows by one join a level
    chain: Any = above.select(report="middle", boss_1="top")
    for level in range(1, LEVELS):
        upper = chain.left_join(above, chain[f"boss_{level}"] == above.middle)
        chain = upper.drop("middle").rename({f"boss_{level + 1}": "top"})
    bosses = ibis.array([chain[f"boss_{level}"] for level in range(1, LEVELS + 1)])
    lines = chain.select("report", boss=bosses.unnest())
    return lines.filter(_.boss.notnull(), _.report != _.boss).distinct()
