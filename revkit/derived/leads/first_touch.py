"""Touching: which contact with marketing came first, and which lead an opportunity came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def first_touches(data: Dataset, key: str) -> Any:
    """Return the first touch of each lead, or of each opportunity it names itself.

    Returns
    -------
    ibis Table
        One row per ``key`` that a touch names: ``key``, ``first_touch_on``,
        ``first_campaign_id``, ``first_channel`` (null where campaigns are not loaded).
    """
    touches = data.lookup("touches")
    return first_of(data, with_channel(touches.filter(touches[key].notnull()), data), key)


def first_of(data: Dataset, touches: Any, key: str) -> Any:
    """Return the earliest row per ``key`` of touches that know their channel."""
    import ibis

    order = ibis.window(group_by=touches[key], order_by=[touches.touched_at, touches.touch_id])
    ranked = touches.mutate(place=ibis.row_number().over(order))
    first = ranked.filter(ranked.place == 0)
    return first.select(
        key,
        first_touch_on=local_day(first.touched_at, data.policy.timezone),
        first_campaign_id=first.campaign_id,
        first_channel=first.touch_channel,
    )


def with_channel(table: Any, data: Dataset, name: str = "touch_channel") -> Any:
    """Add the channel of each row's campaign to a table that has a ``campaign_id``."""
    import ibis

    if "campaigns" not in data:
        return table.mutate(ibis.null("string").name(name))
    campaigns = data.lookup("campaigns")
    channels = campaigns.select(campaigns.campaign_id.name(f"{name}_campaign"), campaigns.channel)
    channels = channels.rename({name: "channel"})
    joined = table.left_join(channels, table.campaign_id == channels[f"{name}_campaign"])
    return joined.drop(f"{name}_campaign")


def leads_of_opportunities(data: Dataset) -> ir.Table:
    """Return which leads each opportunity came from.

    The lead that an opportunity names is its lead; one that names none came from the leads that
    name it, unless another opportunity names those.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``lead_id``: one row per pair.
    """
    deals = data.table("opportunities")
    named = deals.filter(deals.lead_id.notnull()).select("opportunity_id", "lead_id")
    if "leads" not in data or "opportunity_id" not in data.columns("leads"):
        return named
    leads = data.lookup("leads")
    # joins, never anti or semi joins: sqlglot loses one that two queries on PostgreSQL share
    taken = named.select(taken="lead_id").distinct()
    free = leads.left_join(taken, leads.lead_id == taken.taken)
    free = free.filter(free.taken.isnull()).select("lead_id", claimed="opportunity_id")
    silent = deals.filter(deals.lead_id.isnull())
    naming = silent.join(free, silent.opportunity_id == free.claimed)
    return named.union(naming.select(silent.opportunity_id, free.lead_id))


def touches_of_opportunities(data: Dataset) -> Any:
    """Return the touches that came before each opportunity, its own and those of its leads.

    Returns
    -------
    ibis Table
        One row per opportunity and touch on or before the day it was created:
        ``opportunity_id``, ``created_on``, ``touch_id``, ``touched_at``, ``touched_on``,
        ``campaign_id``, ``touch_channel`` (null where campaigns are not loaded).
    """
    from ibis import _

    columns = ("opportunity_id", "touch_id")
    touches = data.lookup("touches")
    own = touches.filter(touches.opportunity_id.notnull()).select(*columns)
    led = touches.select("lead_id", "touch_id").join(leads_of_opportunities(data), "lead_id")
    pairs = own.union(led.select(*columns), distinct=True)
    seen = touches.select("touch_id", "touched_at", "campaign_id")
    created = data.table("opportunities").select("opportunity_id", "created_on")
    joined = pairs.join(seen, "touch_id").join(created, "opportunity_id")
    dated = joined.mutate(touched_on=local_day(_.touched_at, data.policy.timezone))
    return with_channel(dated.filter(_.touched_on <= _.created_on), data)
