"""Marketing costs: per lead, per opportunity and per customer."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Formula, TableName, Total, metric
from revkit.errors import ParameterError

MOTIONS = ("all", "new")
"""The spend that acquisition cost counts: all, or without what serves existing customers."""

KEYS = ("customers", "amount")
"""What spend that names no group is shared out by."""


@metric(
    title="Cost per lead",
    title_it="Costo per lead",
    owner="both",
    unit="money",
    better="lower",
)
def cost_per_lead(spend: TableName, new_leads: TableName) -> Formula:
    r"""Marketing programme spend over the new leads of the period.

    .. math:: \frac{\text{programme spend}}{\#\{\text{leads created}\}}

    Notes
    -----
    Programmes only: salaries and tools of marketing are in :func:`cac`. Where spend has no
    category, all of marketing counts. A person counts once, when first created: by e-mail, or
    without one by account. A channel with spend and no lead is NaN, one with leads and no spend
    costs 0; both are listed.

    References
    ----------
    .. [1] The article; zeroin.me, how to calculate properly cost per lead.

    Examples
    --------
    >>> cost_per_lead(example("leads"), period="quarter")["value"].tolist()
    [10.0]
    """
    return programmes(Total(spend, at="spent_on")) / Total(new_leads, at="created_at")


@metric(
    title="Cost per opportunity",
    title_it="Costo per opportunità",
    owner="both",
    unit="money",
    better="lower",
)
def cost_per_opportunity(spend: TableName, origins: TableName) -> Formula:
    r"""Marketing programme spend over the new-business opportunities created in the period.

    .. math:: \frac{\text{programme spend}}{\#\{\text{opportunities created}\}}

    Notes
    -----
    Programmes as in :func:`cost_per_lead`. Renewals and expansions are left out, since no
    programme generates them. By channel or campaign an opportunity belongs to its first touch,
    else to its own campaign, else to its lead's; overall, those from other sources count too.

    References
    ----------
    .. [1] Customary formula: programme spend over opportunities created.

    Examples
    --------
    >>> cost = cost_per_opportunity(example("pipeline"), by="channel", period="quarter",
    ...                             start="2026-01-01")
    >>> cost[["channel", "value", "n"]]
         channel   value  n
    0     events   800.0  1
    1     search  1500.0  2
    2  (missing)     0.0  1
    """
    opened = Total(origins, at="created_on").where(_.kind == "new")
    return programmes(Total(spend, at="spent_on")) / opened


@metric(
    title="Customer acquisition cost",
    title_it="Costo di acquisizione del cliente (CAC)",
    owner="both",
    unit="money",
    better="lower",
)
def cac(
    spend: TableName,
    acquisitions: TableName,
    *,
    lag: int = 0,
    motion: str = "all",
    allocate: str | None = None,
) -> Formula:
    r"""Sales and marketing spend over the customers won for the first time.

    .. math:: \frac{\text{sales and marketing spend}}{\#\{\text{new customers}\}}

    ``lag``: periods of the call by which spend precedes the customers it won. ``motion``: all, or
    new, without the spend whose ``motion`` is expansion or renewal (account management, commission
    on renewals). ``allocate``: by a dimension that spend lacks in part, share that part out among
    groups by their new customers ("customers") or by the spend that names them ("amount").

    Notes
    -----
    Fully loaded and blended: salaries, tools and commissions count, and so do organic customers.
    By a dimension that over 5 % of spend lacks it is refused unless ``allocate`` says how to share
    it: a channel would seem to cost its programmes alone. :func:`paid_cac` is that cost.
    A customer is new on the first day it paid, however soon it left; reactivated ones are not new.
    Customer success and support are not acquisition.

    References
    ----------
    .. [1] The article; geniegoals.co.uk, glossary, cac: total spend over new customers.

    Examples
    --------
    >>> cac(example("retention"), period="quarter", start="2026-01-01")["value"].tolist()
    [6000.0]
    """
    if motion not in MOTIONS:
        raise ParameterError.no_choice("motion", motion, MOTIONS, where="metrics.cac")
    if allocate not in (None, *KEYS):
        raise ParameterError.no_choice("allocate", allocate, KEYS, where="metrics.cac")
    costs = acquisition_spend(spend)
    if motion == "new":
        costs = costs.where(~_.motion.fill_null("new").isin(["expansion", "renewal"]))
    cost, joined = costs.shift(lag), new_customers(acquisitions)
    if allocate == "customers":
        return cost.named() / joined + cost.unnamed() / joined.overall()
    if allocate == "amount":
        named = cost.named().above(0)
        return (named + cost.unnamed() * named / (cost.overall() - cost.unnamed())) / joined
    return cost / joined


@metric(
    title="Paid acquisition cost by channel",
    title_it="Costo di acquisizione a pagamento per canale",
    owner="both",
    unit="money",
    better="lower",
    rows="channel",
)
def paid_cac(spend: TableName, acquisitions: TableName, *, lag: int = 0) -> Formula:
    r"""Programme spend on a channel over the new customers of that channel.

    .. math:: \frac{\text{programme spend on the channel}}{\#\{\text{new customers of it}\}}

    Always by channel; NaN for a channel without spend. ``lag``: periods of the call by which spend
    precedes the customers it won.

    Notes
    -----
    A part of :func:`cac`: without salaries, tools and commissions, it compares channels and is no
    cost of a customer. A customer's channel is that of its account, how it was won.

    References
    ----------
    .. [1] optif.ai, fully loaded or paid only: a ratio of 8 is 3.4 when all costs count.

    Examples
    --------
    >>> import pandas as pd, revkit as rk
    >>> day = pd.Timestamp("2026-03-02")
    >>> company = rk.Dataset(
    ...     as_of="2026-03-31",
    ...     accounts=pd.DataFrame({"account_id": ["a", "b"], "channel": ["search", "partner"]}),
    ...     subscriptions=pd.DataFrame({"subscription_id": ["s", "t"], "account_id": ["a", "b"],
    ...                                 "started_on": day, "ended_on": pd.NaT, "mrr": 90.0}),
    ...     spend=pd.DataFrame({"spend_id": ["x", "y"], "spent_on": day, "amount": [300.0, 700.0],
    ...                         "function": ["marketing", "sales"], "channel": ["search", None]}),
    ... )
    >>> paid_cac(company)[["channel", "value", "n"]]
       channel  value  n
    0  partner    NaN  1
    1   search  300.0  1
    """
    paid = programmes(Total(spend, at="spent_on").where(_.channel.notnull()))
    return paid.above(0).shift(lag) / new_customers(acquisitions)


def programmes(spent: Total) -> Total:
    """Return marketing's programme spend; all of its spend where spend has no category."""
    marketing = spent.where(_.function == "marketing")
    return marketing.where(_.category.fill_null("programs") == "programs").of(_.amount)


def acquisition_spend(spend: TableName) -> Total:
    """Return the spend on sales and marketing: programmes, salaries, tools and commissions."""
    costs = Total(spend, at="spent_on").where(_.function.isin(["sales", "marketing"]))
    return costs.of(_.amount)


def new_customers(acquisitions: TableName) -> Total:
    """Return the accounts by the first day they paid."""
    return Total(acquisitions, at="acquired_on")
