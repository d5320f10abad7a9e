"""Marketing attribution: pipeline and revenue credited to first touches and to all touches."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Cohort, Formula, TableName, Total, metric
from revkit.derived.opportunities.attribution import MODELS
from revkit.errors import ParameterError
from revkit.metrics.economics import gross_margin
from revkit.metrics.marketing import programmes


@metric(
    title="Pipeline influenced by campaigns",
    title_it="Pipeline influenzata dalle campagne",
    owner="RevOps",
    unit="money",
    better="higher",
)
def campaign_influenced_pipeline(influenced: TableName) -> Formula:
    r"""Amount of the opportunities created in the period that marketing touched before.

    .. math:: \sum_{i \text{ touched}} \text{amount}_i

    Notes
    -----
    Each campaign or channel that touched an opportunity in the 90 days before it was created gets
    the whole of its amount, so groups add up to more than the total, in which it counts once. By
    campaign or channel what nothing touched is beside them, as ``unattributed``; no total has it.
    :func:`attributed_pipeline` shares each amount among its touches.

    References
    ----------
    .. [1] Salesforce, Campaign Influence: the value of every opportunity a campaign has influenced.

    Examples
    --------
    >>> influenced = campaign_influenced_pipeline(example("pipeline"), by="campaign",
    ...                                           period="quarter", start="2026-01-01")
    >>> influenced[["campaign", "value"]]
            campaign   value
    0     Trade fair  5000.0
    1  Winter search  8000.0
    2   unattributed  6500.0
    """
    touched = Total(influenced, at="created_on").once("opportunity_id")
    return touched.of(_.created_amount)


@metric(
    title="Pipeline attributed to marketing",
    title_it="Pipeline attribuita al marketing",
    owner="RevOps",
    unit="money",
    better="higher",
)
def attributed_pipeline(influence: TableName, *, model: str = "linear") -> Formula:
    r"""Amount of the opportunities created in the period, shared among the touches before them.

    .. math:: \sum_i \text{amount}_i \times w_{ic}

    ``model``: the weights, which add up to 1. linear: all touches of the 90 days before the
    opportunity was created alike; first, last: that one alone; u_shaped: 40 % each to the first and
    the last; time_decay: half for every 7 days earlier.

    Notes
    -----
    By campaign or channel. An opportunity without touches is ``unattributed``, so the groups add up
    to :func:`pipeline_created`. No model is right: where they disagree, the touches do not tell.

    References
    ----------
    .. [1] Customary definitions of multi-touch attribution.

    Examples
    --------
    >>> shared = attributed_pipeline(example("pipeline"), by="campaign", period="quarter",
    ...                              start="2026-01-01")
    >>> shared[["campaign", "value"]]
            campaign   value
    0     Trade fair  4500.0
    1  Winter search  7500.0
    2   unattributed  6500.0
    """
    if model not in MODELS:
        raise ParameterError.no_choice("model", model, MODELS, where="metrics.attributed_pipeline")
    touched = Total(influence, at="created_on").shared(_.opportunity_id)
    return touched.of(_.created_amount * _[model])


@metric(
    title="Marketing-sourced share",
    title_it="Quota generata dal marketing",
    owner="RevOps",
    unit="share",
    better="neither",
)
def marketing_sourced_share(origins: TableName) -> Formula:
    r"""Share of the amount of new business won in the period whose first source is marketing.

    .. math:: \frac{\text{new business won and sourced by marketing}}{\text{new business won}}

    0 to 1; NaN without leads, touches or campaigns.

    Notes
    -----
    The source is the first touch before the opportunity was created, which is tracked; without
    touches it is the campaign, else the lead's campaign or channel, which people enter by hand.
    ``by="source"`` separates the two. Leads of every channel count, including partners. Of new
    business (``kind`` new): with renewals and expansions, which marketing rarely brings, the share
    would follow how many of them there are.
    Sourced is not influenced: see :func:`campaign_influenced_pipeline`.

    References
    ----------
    .. [1] Customary definition: first touch, over all that is won.

    Examples
    --------
    >>> marketing_sourced_share(example("pipeline"), period="quarter",
    ...                         start="2026-01-01")[["value", "n"]]
       value  n
    0    0.5  3
    """
    won = Total(origins, at="closed_on").where(_.kind == "new").where(_.is_won)
    return won.of(_.amount * _.sourced) / won.of(_.amount)


@metric(
    title="Return on marketing investment",
    title_it="Ritorno sull'investimento in marketing (ROI)",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
    least=-1,
)
def roi(
    spend: TableName, attribution: TableName, finance: TableName, *, within: int = 180
) -> Formula:
    r"""Gross profit attributed to the touches of the period less programme spend, over that spend.

    .. math:: \frac{\text{gross profit attributed} - \text{programme spend}}
       {\text{programme spend}}

    −1 or more; at 0 the spend is earned back. ``within``: days from a touch within which a won
    deal counts; only touches and spend at least that old are included.

    Notes
    -----
    By campaign, by channel, or overall. Gross profit, not revenue: at a gross margin of 50 % a
    revenue of twice the cost returns nothing. The margin is the whole company's in the period.
    The touches of the 90 days before an opportunity was created share it equally. A period is
    ``complete`` when its return window is over.

    References
    ----------
    .. [1] shopify.com, ROI marketing: (50,000 − 10,000) / 10,000 is 400 %, there on revenue.

    Examples
    --------
    >>> earned = roi(example("pipeline"), by="channel", period="quarter",
    ...              start="2026-01-01", within=60)
    >>> earned[["channel", "value"]].round(3)
         channel  value
    0     events -0.750
    1     search  1.467
    2  (missing)    NaN
    """
    cost = programmes(Cohort(spend, at="spent_on", within=within))
    touched = Cohort(attribution, at="touched_on", within=within).shared(_.opportunity_id)
    won = touched.reaching(_.is_won, on="closed_on").of(_.amount * _.weight)
    return (won * gross_margin(finance).overall() - cost) / cost
