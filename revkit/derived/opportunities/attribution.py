"""Attribution: the share of each opportunity credited to each marketing touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.derived.leads.first_touch import touches_of_opportunities
from revkit.derived.opportunities.origins import with_first_amount

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

WINDOW = 90
"""Days before the creation of an opportunity within which a touch is credited."""
UNATTRIBUTED = "unattributed"


def attribution(data: Dataset) -> ir.Table:
    """Return one row per opportunity and touch, with the touch's share (linear attribution).

    Touches in the 90 days up to the day the opportunity was created get equal weights, which add
    up to 1 per opportunity.

    Parameters
    ----------
    data
        A company with ``opportunities`` and ``touches``.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``touch_id``, ``touched_on``, ``campaign_id``, ``campaign`` (its
        name) and ``channel`` (text; both ``unattributed`` in the one row of an opportunity
        without a touch), ``weight``, ``created_on``, ``closed_on``, ``is_won``, ``amount``.
    """
    import ibis
    from ibis import _

    touched = touches_of_opportunities(data)
    near = touched.filter(_.created_on.delta(_.touched_on, unit="day") <= WINDOW)
    share = ibis.window(group_by="opportunity_id")
    near = near.select(
        "touch_id",
        "touched_on",
        "campaign_id",
        "touch_channel",
        deal="opportunity_id",
        touches=_.count().over(share),
    )
    deals = data.table("opportunities").select(
        "opportunity_id", "created_on", "closed_on", "is_won", "amount"
    )
    joined = deals.left_join(near, deals.opportunity_id == near.deal).drop("deal")
    joined = joined.mutate(
        weight=1.0 / _.touches.fill_null(1).cast("float64"),
        channel=_.touch_id.isnull().ifelse(UNATTRIBUTED, _.touch_channel),
    ).drop("touches", "touch_channel")
    name = joined.campaign_id
    if "campaigns" in data:
        names = data.lookup("campaigns").select(named="campaign_id", campaign_name="name")
        joined = joined.left_join(names, joined.campaign_id == names.named).drop("named")
        known = "name" in data.columns("campaigns")
        name = joined.campaign_name if known else joined.campaign_id
    return joined.mutate(campaign=joined.touch_id.isnull().ifelse(UNATTRIBUTED, name)).drop(
        *[column for column in ("campaign_name",) if column in joined.columns]
    )


def influence(data: Dataset) -> ir.Table:
    """Return :func:`attribution` with the amount of each opportunity at its creation.

    Returns
    -------
    ibis Table
        One row per opportunity and touch, as :func:`attribution`, with ``created_amount`` as in
        :func:`~revkit.derived.opportunities.origins.openings`.
    """
    return with_first_amount(attribution(data), data)
