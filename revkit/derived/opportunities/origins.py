"""Origins: the marketing source of each opportunity, and its amount at creation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.leads.first_touch import (
    first_of,
    leads_of_opportunities,
    touches_of_opportunities,
    with_channel,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def origins(data: Dataset) -> ir.Table:
    """Return one row per opportunity with its source.

    The source is the first touch of the opportunity or of a lead it came from; without one, the
    campaign of the opportunity; without that, the campaign or the channel of its first lead. An
    opportunity without any of these was not sourced by marketing.

    Parameters
    ----------
    data
        A company with ``opportunities``; ``leads``, ``touches`` and ``campaigns`` are used when
        loaded.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``kind``, ``created_on``, ``closed_on``, ``is_won``, ``amount``,
        ``first_touch_on``, ``campaign_id``, ``channel`` (text, null where unknown), ``source``
        (touch, campaign, lead, or null) and ``sourced`` (1 with a source, else 0; null where
        nothing loaded could tell).
    """
    import ibis
    from ibis import _

    deals = data.table("opportunities").select(
        "opportunity_id", "kind", "created_on", "closed_on", "is_won", "amount", "campaign_id"
    )
    base = with_channel(deals, data, "deal_channel")
    base = _with_lead(_with_first_touch(base, data), data)
    touched, dealt = _.first_touch_on.notnull(), _.campaign_id.notnull()
    led = _.lead_campaign_id.notnull() | _.lead_channel.notnull()
    return (
        base.mutate(
            source=ibis.cases((touched, "touch"), (dealt, "campaign"), (led, "lead")),
            channel=touched.ifelse(_.first_channel, dealt.ifelse(_.deal_channel, _.lead_channel)),
            campaign_id=ibis.coalesce(_.first_campaign_id, _.campaign_id, _.lead_campaign_id),
        )
        .mutate(
            sourced=_.source.notnull().ifelse(1.0, 0.0) if _tells(data) else ibis.null("float64")
        )
        .drop(
            "first_campaign_id", "first_channel", "deal_channel", "lead_campaign_id", "lead_channel"
        )
    )


def _tells(data: Dataset) -> bool:
    """Report whether any loaded column leads from an opportunity to marketing."""
    own, leads = data.columns("opportunities"), "leads" in data
    linked = "lead_id" in own or (leads and "opportunity_id" in data.columns("leads"))
    return "touches" in data or "campaign_id" in own or (leads and linked)


def openings(data: Dataset) -> ir.Table:
    """Return :func:`origins` with amount and owner of each opportunity at its creation.

    Returns
    -------
    ibis Table
        One row per opportunity, as :func:`origins`, with ``created_amount`` and ``rep_id``: those
        in the first row of its history, or the present ones where it has no history.
    """
    return with_opening(origins(data), data)


def with_opening(deals: Any, data: Dataset) -> Any:
    """Add ``created_amount`` and ``rep_id``, as they were at creation, to opportunities."""
    import ibis

    carried = [name for name in ("amount", "rep_id") if name in data.specs["opportunities"].columns]
    present = data.table("opportunities").select(*carried, present="opportunity_id")
    deals = deals.drop(*[name for name in carried if name in deals.columns])
    deals = deals.join(present, deals.opportunity_id == present.present).drop("present")
    deals = deals.mutate(created_amount=deals.amount)
    if "opportunity_history" not in data:
        return deals
    here = data.columns("opportunity_history")
    values = {"created_amount": "amount", "rep_id": "rep_id"}
    values = {name: column for name, column in values.items() if column in here}
    history = data.whole.table("opportunity_history")
    order = ibis.window(group_by=history.opportunity_id, order_by=[history.changed_at, history.seq])
    ranked = history.mutate(place=ibis.row_number().over(order))
    first = ranked.filter(ranked.place == 0).select(
        begun="opportunity_id", **{f"begun_{name}": ranked[c] for name, c in values.items()}
    )
    joined = deals.left_join(first, deals.opportunity_id == first.begun)
    known = joined.begun.notnull()
    opened = {name: known.ifelse(joined[f"begun_{name}"], joined[name]) for name in values}
    return joined.mutate(**opened).drop("begun", *[f"begun_{name}" for name in values])


def _with_first_touch(deals: Any, data: Dataset) -> Any:
    """Add day, campaign and channel of each opportunity's first touch; null without touches."""
    import ibis

    if "touches" not in data:
        nothing = ibis.null("string")
        return deals.mutate(
            first_touch_on=ibis.null("date"), first_campaign_id=nothing, first_channel=nothing
        )
    first = first_of(data, touches_of_opportunities(data), "opportunity_id")
    first = first.rename({"touched": "opportunity_id"})
    return deals.left_join(first, deals.opportunity_id == first.touched).drop("touched")


def _with_lead(deals: Any, data: Dataset) -> Any:
    """Add the campaign and the channel of the first lead that an opportunity came from."""
    import ibis
    from ibis import _

    if "leads" not in data:
        nothing = ibis.null("string")
        return deals.mutate(lead_campaign_id=nothing, lead_channel=nothing)
    people = data.lookup("leads").select("lead_id", "created_at", "campaign_id", "channel")
    people = with_channel(people, data, "led_channel")
    pairs = leads_of_opportunities(data).join(people, "lead_id")
    order = ibis.window(group_by=pairs.opportunity_id, order_by=[pairs.created_at, pairs.lead_id])
    ranked = pairs.mutate(place=ibis.row_number().over(order))
    first = ranked.filter(ranked.place == 0).select(
        led="opportunity_id",
        lead_campaign_id="campaign_id",
        lead_channel=ibis.coalesce(_.channel, _.led_channel),
    )
    return deals.left_join(first, deals.opportunity_id == first.led).drop("led")
