"""Marketing: what leads and customers cost."""

from __future__ import annotations

from ibis import _

from revkit.measures import Formula, TableName, Total, metric


@metric(
    title="Cost per lead",
    title_it="Costo per lead",
    owner="both",
    unit="money",
    better="lower",
)
def cost_per_lead(spend: TableName, leads: TableName) -> Formula:
    r"""Marketing programme spend over the leads created in the period.

    .. math:: \frac{\text{programme spend}}{\#\{\text{leads created}\}}

    Notes
    -----
    Programmes only: salaries and tools of marketing are in :func:`cac`. Where spend has no
    category, all of marketing counts. A channel with spend and no lead is NaN.

    References
    ----------
    .. [1] The article; zeroin.me, how to calculate properly cost per lead.

    Examples
    --------
    >>> cost_per_lead(example("leads"), period="quarter")["value"].tolist()
    [10.0]
    """
    programmes = Total(spend, at="spent_on").where(_.function == "marketing")
    programmes = programmes.where(_.category.fill_null("programs") == "programs")
    return programmes.of(_.amount) / Total(leads, at="created_at")


@metric(
    title="Customer acquisition cost",
    title_it="Costo di acquisizione del cliente (CAC)",
    owner="both",
    unit="money",
    better="lower",
)
def cac(spend: TableName, movements: TableName, *, lag: int = 0) -> Formula:
    r"""Sales and marketing spend over the customers won for the first time.

    .. math:: \frac{\text{sales and marketing spend}}{\#\{\text{new customers}\}}

    ``lag``: periods of the call by which spend precedes the customers it won.

    Notes
    -----
    Fully loaded and blended: salaries, tools and commissions count, and so do customers nobody
    paid for. Customers who come back are not new. Success and support are not acquisition.

    References
    ----------
    .. [1] The article; geniegoals.co.uk, glossary, cac: total spend over new customers.

    Examples
    --------
    >>> cac(example("retention"), period="quarter", start="2026-01-01")["value"].tolist()
    [6000.0]
    """
    costs = Total(spend, at="spent_on").where(_.function.isin(["sales", "marketing"]))
    return costs.of(_.amount).shift(lag) / Total(movements).where(_.movement == "new")
