"""First touch: the earliest marketing touch of a lead or opportunity, and its channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def first_touches(data: Dataset, key: str) -> Any:
    """Return the first touch of each lead or opportunity that touches refer to.

    Parameters
    ----------
    key
        ``lead_id`` or ``opportunity_id``.

    Returns
    -------
    ibis Table
        One row per ``key``: ``key``, ``first_touch_on``, ``first_campaign_id``, ``first_channel``
        (null where campaigns are not loaded).
    """
    touches = data.lookup("touches")
    return first_of(data, with_channel(touches.filter(touches[key].notnull()), data), key)


def first_of(data: Dataset, touches: Any, key: str) -> Any:
    """Return the earliest of some touches per ``key``, columns as in :func:`first_touches`."""
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
    """Add the channel of each row's campaign as column ``name``; null without campaigns."""
    import ibis

    if "campaigns" not in data:
        return table.mutate(ibis.null("string").name(name))
    campaigns = data.lookup("campaigns")
    channels = campaigns.select(campaigns.campaign_id.name(f"{name}_campaign"), campaigns.channel)
    channels = channels.rename({name: "channel"})
    joined = table.left_join(channels, table.campaign_id == channels[f"{name}_campaign"])
    return joined.drop(f"{name}_campaign")


def leads_of_opportunities(data: Dataset) -> ir.Table:
    """Return the leads that each opportunity came from.

    An opportunity with a ``lead_id`` came from that lead. One without came from the leads whose
    ``opportunity_id`` refers to it, unless another opportunity refers to them.

    Returns
    -------
    ibis Table
        One row per opportunity and lead: ``opportunity_id``, ``lead_id``.
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
    """Return the touches up to the creation of each opportunity, its own and its leads'.

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
