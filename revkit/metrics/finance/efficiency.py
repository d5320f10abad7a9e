"""Efficiency: what a unit of new recurring revenue costs, and what spend and staff bring."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Formula, Length, TableName, Total, metric
from revkit.metrics.economics import monthly
from revkit.metrics.marketing import acquisition_spend
from revkit.metrics.recurring import arr, monthly_flow


@metric(
    title="Blended CAC ratio",
    title_it="CAC ratio complessivo",
    owner="RevOps",
    unit="ratio",
    better="lower",
    least=0,
)
def cac_ratio(spend: TableName, movements: TableName, *, lag: int = 0) -> Formula:
    r"""Sales and marketing spend for each unit of ARR won, from new and existing customers.

    .. math:: \frac{\text{sales and marketing spend}}{12\,(\text{new} + \text{expansion MRR})}

    0 or more; below 1 the ARR won in a year exceeds its cost. ``lag``: periods of the call by which
    spend precedes.

    Notes
    -----
    Movements are netted month by month, so that a longer period hides no customer who came and
    left. Gross of churn and contraction, as :func:`sales_efficiency`, of which it is the inverse.
    It hides which of the two motions is costly: :func:`new_cac_ratio` and
    :func:`expansion_cac_ratio` tell them apart where spend does.

    References
    ----------
    .. [1] SaaS Metrics Standards Board, blended CAC ratio, on contracted ARR there.

    Examples
    --------
    >>> cac_ratio(example("economics"), period="quarter", start="2026-01-01")["value"].round(4)
    0    0.4167
    Name: value, dtype: float64
    """
    won = Total(movements).where(_.movement.isin(["new", "expansion"])).month_by_month
    return acquisition_spend(spend).shift(lag) / (12 * won.of(_.amount))


@metric(
    title="New customer CAC ratio",
    title_it="CAC ratio dei nuovi clienti",
    owner="RevOps",
    unit="ratio",
    better="lower",
    least=0,
)
def new_cac_ratio(spend: TableName, movements: TableName, *, lag: int = 0) -> Formula:
    r"""Sales and marketing spend on new customers for each unit of ARR that they brought.

    .. math:: \frac{\text{spend with motion new}}{12 \times \text{new MRR}}

    0 or more; NaN where no spend has the ``motion`` new. ``lag``: periods of the call by which
    spend precedes.

    Notes
    -----
    ``motion`` is a column of spend: new, expansion or renewal. Spend without one is in neither
    ratio, so share out what serves several before you load it; otherwise both read low.

    References
    ----------
    .. [1] SaaS Metrics Standards Board, new CAC ratio, on contracted ARR there.

    Examples
    --------
    >>> new_cac_ratio(example("billing"), period="quarter", start="2026-01-01")["value"].tolist()
    [0.8]
    """
    return _spent_on(spend, "new").shift(lag) / (12 * monthly_flow(movements, "new"))


@metric(
    title="Expansion CAC ratio",
    title_it="CAC ratio dell'espansione",
    owner="RevOps",
    unit="ratio",
    better="lower",
    least=0,
)
def expansion_cac_ratio(spend: TableName, movements: TableName, *, lag: int = 0) -> Formula:
    r"""Sales and marketing spend on existing customers for each unit of ARR that it added.

    .. math:: \frac{\text{spend with motion expansion}}{12 \times \text{expansion MRR}}

    0 or more; NaN where no spend has the ``motion`` expansion, and in a period without expansion.
    ``lag``: periods of the call by which spend precedes.

    Notes
    -----
    Usually a third to a fifth of :func:`new_cac_ratio`. Where customer success sells upgrades, book
    its share as sales with this motion: the function ``success`` is left out.

    References
    ----------
    .. [1] SaaS Metrics Standards Board, expansion CAC ratio, on contracted ARR there.

    Examples
    --------
    >>> ratio = expansion_cac_ratio(example("billing"), start="2026-03-01")
    >>> ratio["value"].tolist()  # 900 spent, 300 a month added
    [0.25]
    """
    return _spent_on(spend, "expansion").shift(lag) / (12 * monthly_flow(movements, "expansion"))


@metric(
    title="Sales and marketing share of revenue",
    title_it="Incidenza di vendite e marketing sui ricavi",
    owner="RevOps",
    unit="ratio",
    better="neither",
    percent=True,
)
def sales_and_marketing_share(spend: TableName, finance: TableName) -> Formula:
    r"""Sales and marketing spend over revenue.

    .. math:: \frac{\text{sales and marketing spend}}{\text{revenue}}

    0 or more, above 1 where more is spent than earned; NaN without the line ``revenue``.

    Notes
    -----
    What grows needs more of it, so compare companies of the same stage and growth. Spend of a month
    is set against the monthly average of revenue, so a month that is not booked yet does not raise
    it.

    References
    ----------
    .. [1] metrichq.org, sales and marketing to revenue ratio: 4 M of 10 M are 40 %.

    Examples
    --------
    >>> share = sales_and_marketing_share(example("economics"), period="quarter",
    ...                                   start="2026-01-01")
    >>> share["value"].tolist()  # 18,000 of 36,000
    [0.5]
    """
    return acquisition_spend(spend) / Length("month") / monthly(finance, "revenue")


@metric(
    title="ARR per employee",
    title_it="ARR per dipendente",
    owner="RevOps",
    unit="money",
    better="higher",
)
def arr_per_employee(movements: TableName, finance: TableName) -> Formula:
    r"""ARR at the period's end over the employees of the company.

    .. math:: \frac{\text{ARR}}{\text{employees}}

    0 or more; NaN without the line ``employees`` in finance.

    Notes
    -----
    Employees of every function, as full-time equivalents, on average of the period's months. People
    are hired ahead of revenue, so it falls while a company grows its staff.

    References
    ----------
    .. [1] primecalcpro.com, ARR per employee: 5,000,000 over 25 are 200,000.

    Examples
    --------
    >>> arr_per_employee(example("billing"), start="2026-03-01")["value"].tolist()
    [11400.0]
    """
    return arr(movements) / monthly(finance, "employees").overall()


@metric(
    title="Free cash flow margin",
    title_it="Margine di free cash flow",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
)
def free_cash_flow_margin(finance: TableName) -> Formula:
    r"""Free cash flow over revenue.

    .. math:: \frac{-\text{cash burn}}{\text{revenue}}

    1 or less as a rule; below 0 the company burns cash. NaN without the lines ``cash_burn`` and
    ``revenue``.

    Notes
    -----
    The line ``cash_burn`` is cash paid for operations and investments less cash received, without
    loans and new capital, so free cash flow with the sign turned. Years billed in advance lift it
    above the profit margin while a company grows.

    References
    ----------
    .. [1] metrickittools.com, free cash flow margin: 500,000 of 5 M are 10 %.

    Examples
    --------
    >>> margin = free_cash_flow_margin(example("economics"), period="quarter", start="2026-01-01")
    >>> margin["value"].round(4).tolist()  # 5,200 burned a month, of 12,000
    [-0.4333]
    """
    return -1 * monthly(finance, "cash_burn") / monthly(finance, "revenue")


def _spent_on(spend: TableName, motion: str) -> Formula:
    """Return the sales and marketing spend on a motion; NaN in a period that has none."""
    return acquisition_spend(spend).where(_.motion == motion).above(0)
