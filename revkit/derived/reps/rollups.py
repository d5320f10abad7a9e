"""Roll-ups: what a manager's reports sell, credited to the manager whose quota repeats theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.reps.managers import lines_of_command
from revkit.derived.reps.quotas import current_quotas
from revkit.derived.reps.shares import by_rep

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


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
    lines = lines_of_command(data)
    lines = lines.rename(__report="report", __boss="boss", __since="since", __until="until")
    led, held = sold.join(lines, sold["__seller"] == lines["__report"]), held.distinct()
    inside = led.join(held, led["__boss"] == held["__holder"])
    inside = inside.filter(
        inside[day] >= inside["__first"],
        inside[day] < inside["__end"],
        inside[day] >= inside["__since"],
        inside[day] < inside["__until"],
    )
    once = inside.select(*deals.columns, "__seller", "__boss").distinct()
    key = ibis.null(deals.opportunity_id.type())
    team = once.mutate(rep_id=once["__boss"], opportunity_id=key, is_rollup=ibis.literal(True))
    return own.union(team.select(*own.columns))
