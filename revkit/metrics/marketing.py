"""Marketing costs: per lead, per opportunity and per customer."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Formula, TableName, Total, metric


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
def cac(spend: TableName, acquisitions: TableName, *, lag: int = 0) -> Formula:
    r"""Sales and marketing spend over the customers won for the first time.

    .. math:: \frac{\text{sales and marketing spend}}{\#\{\text{new customers}\}}

    ``lag``: periods of the call by which spend precedes the customers it won.

    Notes
    -----
    Fully loaded and blended: salaries, tools and commissions count, and so do organic customers.
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
    costs = Total(spend, at="spent_on").where(_.function.isin(["sales", "marketing"]))
    return costs.of(_.amount).shift(lag) / new_customers(acquisitions)


def programmes(spent: Total) -> Total:
    """Return marketing's programme spend; all of its spend where spend has no category."""
    marketing = spent.where(_.function == "marketing")
    return marketing.where(_.category.fill_null("programs") == "programs").of(_.amount)


def new_customers(acquisitions: TableName) -> Total:
    """Return the accounts by the first day they paid."""
    return Total(acquisitions, at="acquired_on")
