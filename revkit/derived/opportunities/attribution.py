"""Attribution: the share of each opportunity credited to each marketing touch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from revkit.derived.leads.first_touch import touches_of_opportunities
from revkit.derived.opportunities.origins import with_opening

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

MODELS = ("first", "last", "linear", "u_shaped", "time_decay")
"""The ways to share an opportunity among the touches before it."""
HALF_LIFE = 7
"""Days before the creation of an opportunity at which a touch weighs half, with time decay."""
WINDOW = 90
"""Days before the creation of an opportunity within which a touch is credited."""
UNATTRIBUTED = "unattributed"


def attribution(data: Dataset) -> ir.Table:
    """Return one row per opportunity and touch, with the touch's share by each model.

    The touches in the 90 days up to the day the opportunity was created share it; the weights of
    each model add up to 1 per opportunity.

    Parameters
    ----------
    data
        A company with ``opportunities`` and ``touches``.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``touch_id``, ``touched_on``, ``campaign_id``, ``campaign`` (its
        name) and ``channel`` (text; both ``unattributed`` in the one row of an opportunity
        without a touch), ``is_unattributed``, ``weight`` (linear), ``created_on``, ``closed_on``,
        ``is_won``, ``amount``, and a weight per model: ``first``, ``last``, ``linear``,
        ``u_shaped`` (40 % each to the first and the last) and ``time_decay`` (half for every 7 days
        earlier).
    """
    import ibis
    from ibis import _

    touched = touches_of_opportunities(data)
    near = touched.filter(_.created_on.delta(_.touched_on, unit="day") <= WINDOW)
    share = ibis.window(group_by="opportunity_id")
    in_order = ibis.window(group_by="opportunity_id", order_by=[near.touched_at, near.touch_id])
    near = near.select(
        "touch_id",
        "touched_on",
        "campaign_id",
        "touch_channel",
        deal="opportunity_id",
        touches=_.count().over(share),
        place=ibis.row_number().over(in_order),
        recency=(_.touched_on.delta(_.created_on, unit="day") * (math.log(2) / HALF_LIFE)).exp(),
    )
    near = near.mutate(whole=near.recency.sum().over(ibis.window(group_by="deal")))
    deals = data.table("opportunities").select(
        "opportunity_id", "created_on", "closed_on", "is_won", "amount"
    )
    joined = deals.left_join(near, deals.opportunity_id == near.deal).drop("deal")
    joined = joined.mutate(
        weight=1.0 / _.touches.fill_null(1).cast("float64"),
        is_unattributed=_.touch_id.isnull(),
        channel=_.touch_id.isnull().ifelse(UNATTRIBUTED, _.touch_channel),
        **_weights(),
    ).drop("touches", "touch_channel", "place", "recency", "whole")
    name = joined.campaign_id
    if "campaigns" in data:
        names = data.lookup("campaigns").select(named="campaign_id", campaign_name="name")
        joined = joined.left_join(names, joined.campaign_id == names.named).drop("named")
        known = "name" in data.columns("campaigns")
        name = joined.campaign_name if known else joined.campaign_id
    return joined.mutate(campaign=joined.touch_id.isnull().ifelse(UNATTRIBUTED, name)).drop(
        *[column for column in ("campaign_name",) if column in joined.columns]
    )


def _weights() -> dict[str, Any]:
    """Return the weight of a touch by each model; 1 for an opportunity without a touch."""
    import ibis
    from ibis import _

    alone = _.touches.isnull()
    touches, place = _.touches.fill_null(1).cast("float64"), _.place.fill_null(0)
    is_first, is_last = place == 0, place == touches - 1
    at_an_end, between = 1.0 / ibis.least(touches, 2.0), 0.2 / ibis.greatest(touches - 2, 1.0)
    u_shaped = ibis.cases(
        (touches <= 2, at_an_end), (is_first | is_last, ibis.literal(0.4)), else_=between
    )
    return {
        "first": is_first.ifelse(1.0, 0.0),
        "last": is_last.ifelse(1.0, 0.0),
        "linear": 1.0 / touches,
        "u_shaped": u_shaped,
        "time_decay": alone.ifelse(1.0, _.recency / _.whole),
    }


def influence(data: Dataset) -> ir.Table:
    """Return :func:`attribution` with the amount of each opportunity at its creation.

    Returns
    -------
    ibis Table
        One row per opportunity and touch, as :func:`attribution`, with ``created_amount`` as in
        :func:`~revkit.derived.opportunities.origins.openings`.
    """
    return with_opening(attribution(data), data)
