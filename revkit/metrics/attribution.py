"""Marketing attribution: pipeline and revenue credited to first touches and to all touches."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Cohort, Formula, TableName, Total, metric
from revkit.metrics.deals import new_business
from revkit.metrics.economics import gross_margin
from revkit.metrics.marketing import programmes


@metric(
    title="Pipeline influenced by campaigns",
    title_it="Pipeline influenzata dalle campagne",
    owner="RevOps",
    unit="money",
    better="higher",
)
def campaign_influenced_pipeline(influence: TableName) -> Formula:
    r"""Amount of the opportunities created in the period, attributed to the touches before them.

    .. math:: \sum_i \text{amount}_i \times w_{ic}

    Notes
    -----
    By campaign or channel. The touches of the 90 days before an opportunity was created share it
    equally (linear attribution). An opportunity without touches is ``unattributed``, so the groups
    add up to :func:`pipeline_created` and no amount is counted twice, as it would be if every
    campaign claimed the whole of what it touched.

    References
    ----------
    .. [1] Customary definition: linear multi-touch attribution.

    Examples
    --------
    >>> influenced = campaign_influenced_pipeline(example("pipeline"), by="campaign",
    ...                                           period="quarter", start="2026-01-01")
    >>> influenced[["campaign", "value"]]
            campaign   value
    0     Trade fair  4500.0
    1  Winter search  7500.0
    2   unattributed  6500.0
    """
    return Total(influence, at="created_on").of(_.created_amount * _.weight)


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
    won = new_business(Total(origins, at="closed_on")).where(_.is_won)
    return won.of(_.amount * _.sourced) / won.of(_.amount)


@metric(
    title="Return on marketing investment",
    title_it="Ritorno sull'investimento in marketing (ROI)",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
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
    touched = Cohort(attribution, at="touched_on", within=within)
    won = touched.reaching(_.is_won, on="closed_on").of(_.amount * _.weight)
    return (won * gross_margin(finance).overall() - cost) / cost
