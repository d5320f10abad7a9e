"""Growth: of recurring and booked revenue, and the ratios of gains to losses."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Formula, Stock, TableName, metric
from revkit.metrics.economics import monthly
from revkit.metrics.recurring import monthly_flow, net_new_mrr


@metric(
    title="MRR growth rate",
    title_it="Tasso di crescita dell'MRR",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
    least=-1,
)
def mrr_growth_rate(movements: TableName) -> Formula:
    r"""Net new MRR over MRR at the period's start.

    .. math:: \frac{\text{closing MRR} - \text{opening MRR}}{\text{opening MRR}}

    -1 or more.

    Notes
    -----
    Growth of 5 % a month is 80 % a year, not 60: use ``period="year"`` or ``trailing=12``.

    References
    ----------
    .. [1] Baremetrics, MRR growth rate: net new MRR over the MRR before.

    Examples
    --------
    >>> mrr_growth_rate(example("retention"), start="2026-03-01")["value"].tolist()
    [0.13]
    """
    return net_new_mrr(movements) / Stock(movements).of(_.mrr).opening


@metric(
    title="Quick ratio",
    title_it="Quick ratio SaaS",
    owner="RevOps",
    unit="ratio",
    better="higher",
)
def quick_ratio(movements: TableName) -> Formula:
    r"""New and expansion MRR over contraction and churned MRR.

    .. math:: \frac{\text{new} + \text{expansion}}{\text{contraction} + \text{churned}}

    0 or more; NaN in a period without losses.

    Notes
    -----
    Reactivation is left out; some vendors add it (1.25 and 2.13 on the same eight accounts). Over a
    longer period the months are added up, so that who joined and left within it is in both sums.

    References
    ----------
    .. [1] ProfitWell, SaaS quick ratio: gained over lost MRR.

    Examples
    --------
    >>> quick_ratio(example("retention"), start="2026-03-01")["value"].round(4).tolist()
    [1.8667]
    """
    gained = monthly_flow(movements, "new") + monthly_flow(movements, "expansion")
    return gained / _lost(movements)


@metric(
    title="Quick ratio, reactivation included",
    title_it="Quick ratio SaaS con le riattivazioni",
    owner="RevOps",
    unit="ratio",
    better="higher",
)
def quick_ratio_with_reactivation(movements: TableName) -> Formula:
    r"""New, expansion and reactivation MRR over contraction and churned MRR.

    .. math:: \frac{\text{new} + \text{expansion} + \text{reactivation}}
        {\text{contraction} + \text{churned}}

    0 or more; NaN in a period without losses.

    Notes
    -----
    Never below :func:`quick_ratio`: 2.13 where that is 1.25, on the same eight accounts.

    References
    ----------
    .. [1] Baremetrics, quick ratio, which counts what came back as gained.

    Examples
    --------
    >>> result = quick_ratio_with_reactivation(example("retention"), start="2026-03-01")
    >>> result["value"].round(4).tolist()
    [1.8667]
    """
    gained = monthly_flow(movements, "new") + monthly_flow(movements, "expansion")
    return (gained + monthly_flow(movements, "reactivation")) / _lost(movements)


@metric(
    title="Real revenue growth",
    title_it="Crescita dei ricavi reali",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
    least=-1,
)
def real_revenue_growth(finance: TableName) -> Formula:
    r"""Revenue earned over that of the same period a year before, less one.

    .. math:: \frac{R_t}{R_{t - 1\,\text{year}}} - 1

    -1 or more; NaN in the first year.

    Notes
    -----
    Real as in actual: revenue as booked, not contracted or forecast;
    :func:`real_revenue_growth_deflated` takes inflation out. A month without its line is unknown,
    not 0: periods are compared by the average of the months they have.

    References
    ----------
    .. [1] The article: crescita dei ricavi reali.

    Examples
    --------
    >>> growth = real_revenue_growth(example("economics"), period="quarter", start="2026-01-01")
    >>> growth["value"].round(4).tolist()
    [0.2]
    """
    revenue = monthly(finance, "revenue")
    return revenue / revenue.above(0).shift(years=1) - 1


@metric(
    title="Real revenue growth, deflated",
    title_it="Crescita dei ricavi al netto dell'inflazione",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
)
def real_revenue_growth_deflated(finance: TableName) -> Formula:
    r"""Growth of revenue over a year, net of the growth of prices.

    .. math:: \frac{1 + g}{1 + i} - 1

    with :math:`g` the growth of revenue and :math:`i` that of the price index, each over the same
    period a year before. -1 or more; NaN in the first year, and where there is no index.

    Notes
    -----
    Exact, after Fisher. Subtracting inflation from growth overstates it: 5 % where 8 % nominal
    and 3 % inflation leave 4.85 %.

    References
    ----------
    .. [1] Irving Fisher, *The Theory of Interest*; fintrainers.com works the 4.85 %.

    Examples
    --------
    >>> company = example("economics")
    >>> deflated = real_revenue_growth_deflated(company, period="quarter", start="2026-01-01")
    >>> deflated["value"].round(4).tolist()  # 1.20 / 1.04 - 1
    [0.1538]
    """
    revenue, prices = monthly(finance, "revenue"), monthly(finance, "price_index")
    grown = revenue / revenue.above(0).shift(years=1)
    return grown / (prices / prices.shift(years=1)) - 1


@metric(
    title="Rule of 40",
    title_it="Regola del 40",
    owner="RevOps",
    unit="points",
    better="higher",
)
def rule_of_40(finance: TableName) -> Formula:
    r"""Growth of revenue over a year plus the operating margin, in points.

    .. math:: 100 \left(\frac{R_t}{R_{t - 1\,\text{year}}} - 1
        + \frac{R_t - \text{cogs}_t - \text{opex}_t}{R_t}\right)

    45 is 30 % growth and 15 % margin; any number, 40 being the custom's bar.

    Notes
    -----
    The margin is the operating one, of revenue less cogs and opex; others take EBITDA or free
    cash flow. ``trailing=12`` gives the twelve months that are usually meant.

    References
    ----------
    .. [1] saasuncovered.com, rule of 40: 30 % and 15 % are 45 %.

    Examples
    --------
    >>> rule = rule_of_40(example("economics"), period="quarter", start="2026-01-01")
    >>> rule["value"].round(4).tolist()
    [40.0]
    """
    revenue = monthly(finance, "revenue")
    costs = monthly(finance, "cogs") + monthly(finance, "opex")
    return 100 * (revenue / revenue.above(0).shift(years=1) - costs / revenue)


def _lost(movements: TableName) -> Formula:
    """Return contraction and churned MRR, month by month."""
    return monthly_flow(movements, "contraction") + monthly_flow(movements, "churn")
