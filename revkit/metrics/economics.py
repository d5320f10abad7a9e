"""Unit economics: customer lifetime value, payback, and the efficiency of spend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibis import _

from revkit.algebra import Formula, Length, Stock, TableName, Total, metric
from revkit.metrics.marketing import acquisition_spend, cac, new_customers
from revkit.metrics.recurring import arpa, monthly_flow

if TYPE_CHECKING:
    import pandas as pd

    from revkit.algebra.request import Call


def monthly(finance: TableName, line: str) -> Formula:
    """Return a line of ``finance`` as the average of the months that have it.

    A sum would take a month that is not booked yet for a month of 0.
    """
    booked = Total(finance, at="month").where(_.line == line)
    return booked.of(_.amount) / booked


@metric(
    title="Gross margin",
    title_it="Margine lordo",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
)
def gross_margin(finance: TableName) -> Formula:
    r"""Revenue less the cost of goods sold, over revenue.

    .. math:: \frac{\text{revenue} - \text{cogs}}{\text{revenue}}

    1 or less; below 0 each sale loses money. NaN where either line is missing.

    Notes
    -----
    It depends on what is booked as cogs: hosting, support and payment fees belong there. Other
    metrics use the margin of the whole company in every group, since finance has no segments.

    References
    ----------
    .. [1] refopedia.pages.dev, SaaS metrics: (revenue - COGS) / revenue.

    Examples
    --------
    >>> gross_margin(example("economics"), period="quarter", start="2026-01-01")["value"].tolist()
    [0.75]
    """
    revenue = monthly(finance, "revenue")
    return (revenue - monthly(finance, "cogs")) / revenue


@metric(
    title="Customer lifetime value",
    title_it="Valore del cliente nel tempo (CLTV)",
    owner="both",
    unit="money",
    better="higher",
    trailing=3,
)
def cltv(movements: TableName, finance: TableName) -> Formula:
    r"""Monthly gross profit from an account, over the monthly churn rate.

    .. math:: \frac{\text{ARPA} \times \text{gross margin}}{\text{churn rate per month}}

    with the churn rate as accounts that left, month by month, over the account-months at risk: the
    accounts active at the start of each month. 0 or more; NaN in a window without churn. The margin
    is the whole company's in every group. Over three months unless the call says otherwise.

    Notes
    -----
    A longer window makes the churn rate more precise, not smaller. It assumes one churn rate for
    ever, and does not discount. Few losses make it jump: 1 of 200 accounts a month is a lifetime of
    17 years, 2 are half of that. Where churn falls with age it understates the lifetime of those
    who stay by a third to a half; :func:`clv` uses the age of each account.

    References
    ----------
    .. [1] The article; abracalc.com, 2,000 a month at 60 % margin and 0.5 % churn: 240,000.

    Examples
    --------
    >>> cltv(example("economics"), start="2026-03-01")["value"].round(4).tolist()
    [25200.0]
    """
    left = Total(movements).where(_.movement == "churn").month_by_month
    leave = left / Stock(movements).exposure("month")
    return arpa(movements) * gross_margin(finance).overall() / leave


@metric(
    kind="table",
    formula=(
        "mean over accounts active at the period's end of gross profit to date and expected: "
        "(MRR × months paid + MRR × payments to be expected by age, discounted) × gross margin"
    ),
    company_wide=("finance",),
    title="Customer lifetime value, of those who are customers",
    title_it="Customer lifetime value (CLV)",
    owner="RevOps",
    unit="money",
    better="higher",
)
def clv(call: Call, movements: TableName, finance: TableName) -> pd.DataFrame:
    r"""Mean gross profit, to date and expected, of the accounts active at the period's end.

    .. math:: \frac{1}{n} \sum_i g \left(\int m_i(t)\,dt + m_i\,L(a_i)\right)

    over the :math:`n` accounts that pay, with :math:`m_i` their MRR, :math:`g` the gross margin
    of all that is booked so far and :math:`L(a)` the expected number of future monthly payments of
    an account of age :math:`a`, discounted at 10 % a year. NaN before any churn, and without a
    margin.

    Notes
    -----
    Accounts that have stayed long are likely to stay: :math:`L` is the residual lifetime of the
    shifted-beta-geometric law, fitted to churn by age. The interval includes the uncertainty of
    the fit. With fewer than 200 accounts that reached a renewal, one churn rate is used for all
    ages; where some accounts leave early the value is then up to 40 % too low, and ``small`` is
    True. :func:`cltv` gives every account the average lifetime from now on and leaves out what was
    paid. ``clv.parts(data)`` has a row per account with realised and expected profit; an account
    that has left expects 0.

    References
    ----------
    .. [1] Fader and Hardie, *Customer-Base Valuation in a Contractual Setting*, 2010.

    Examples
    --------
    >>> value = clv(example("economics"), start="2026-03-01")
    >>> value[["value", "n"]].round(2)
          value   n
    0  60347.75  12
    """
    from revkit.metrics.tables.customer_value import customer_value

    return customer_value(call)


@metric(
    title="CAC payback",
    title_it="Tempo di recupero del CAC",
    owner="both",
    unit="months",
    better="lower",
    trailing=3,
)
def cac_payback(
    spend: TableName, acquisitions: TableName, finance: TableName, *, lag: int = 0
) -> Formula:
    r"""Months in which the gross profit from a new customer covers its acquisition cost.

    .. math:: \frac{\text{CAC}}{\text{first MRR per new account} \times \text{gross margin}}

    with the MRR of a customer's first paid day. ``lag``: periods of the call by which spend
    precedes the customers it won. Over three months unless the call says otherwise.

    Notes
    -----
    It uses what *new* customers pay, not the whole base, which has had years to grow. Without the
    margin it would be a quarter too short at a margin of 75 %.

    References
    ----------
    .. [1] refopedia.pages.dev, SaaS metrics: CAC / (ARPA of new customers × gross margin).

    Examples
    --------
    >>> payback = cac_payback(example("economics"), start="2026-03-01")
    >>> payback["value"].round(4).tolist()  # 6000 / (1000 × 0.75)
    [8.0]
    """
    joined = new_customers(acquisitions)
    pays = joined.of(_.mrr) / joined
    return cac(spend, acquisitions, lag=lag) / (pays * gross_margin(finance).overall())


@metric(
    title="Lifetime value over acquisition cost",
    title_it="Rapporto LTV/CAC",
    owner="both",
    unit="ratio",
    better="higher",
    trailing=3,
)
def ltv_cac(
    movements: TableName,
    acquisitions: TableName,
    finance: TableName,
    spend: TableName,
    *,
    lag: int = 0,
) -> Formula:
    r"""Customer lifetime value over customer acquisition cost.

    .. math:: \frac{\text{CLTV}}{\text{CAC}}

    0 or more; below 1 each customer loses money. ``lag``: periods of the call by which spend
    precedes the customers it won. Over three months unless the call says otherwise.

    Notes
    -----
    On gross profit and fully loaded cost: on revenue and paid programmes alone, the same company
    would show 8 where this is 3.4. NaN where either is.

    References
    ----------
    .. [1] mhq-gatsby.pages.dev, LTV to CAC: 15,000 over 6,000 is 2.5.

    Examples
    --------
    >>> ltv_cac(example("economics"), start="2026-03-01")["value"].round(4).tolist()
    [4.2]
    """
    return cltv(movements, finance) / cac(spend, acquisitions, lag=lag)


@metric(
    title="Magic number",
    title_it="Magic number",
    owner="RevOps",
    unit="ratio",
    better="higher",
)
def magic_number(movements: TableName, spend: TableName, *, lag: int = 1) -> Formula:
    r"""ARR gained in the period over the sales and marketing spend of the one before.

    .. math:: \frac{\text{ARR}_q - \text{ARR}_{q-1}}{\text{sales and marketing spend}_{q-1}}

    Above 1 the ARR gained pays for the spend within a year; below 0 ARR shrank. ``lag``:
    periods of the call by which spend precedes.

    Notes
    -----
    Meant for quarters: ``period="quarter"``. For public companies it is estimated by four times
    the change of quarterly revenue, which lags a quarter and counts one-off sales.

    References
    ----------
    .. [1] refopedia.pages.dev, SaaS metrics: net new ARR over the last quarter's spend.

    Examples
    --------
    >>> number = magic_number(example("economics"), period="quarter", start="2026-01-01")
    >>> number["value"].tolist()  # 31,200 of ARR gained, 15,600 spent the quarter before
    [2.0]
    """
    return _net_new_arr(movements) / acquisition_spend(spend).shift(lag)


@metric(
    title="Burn multiple",
    title_it="Burn multiple",
    owner="RevOps",
    unit="ratio",
    better="lower",
    noun="accounts",
)
def burn_multiple(finance: TableName, movements: TableName) -> Formula:
    r"""Cash burned for each unit of ARR gained.

    .. math:: \frac{\text{net burn}}{\text{net new ARR}}

    Below 1 is lean, above 2 is much; below 0 the company earns cash.

    Notes
    -----
    Burn is the line ``cash_burn`` of finance, negative where cash comes in; a month without it is
    unknown, not 0. NaN where ARR did not grow: a negative multiple would read as cash earned.

    References
    ----------
    .. [1] aibizhub.io, burn multiple: 500,000 burned for 250,000 of ARR is 2.

    Examples
    --------
    >>> burn_multiple(example("economics"), period="quarter", start="2026-01-01")["value"].tolist()
    [0.5]
    """
    gained = _net_new_arr(movements).above(0)
    return monthly(finance, "cash_burn") * Length("month") / gained


@metric(
    title="Sales efficiency",
    title_it="Efficienza commerciale",
    owner="RevOps",
    unit="ratio",
    better="higher",
)
def sales_efficiency(movements: TableName, spend: TableName) -> Formula:
    r"""New and expansion ARR over the sales and marketing spend of the period.

    .. math:: \frac{12\,(\text{new} + \text{expansion MRR})}{\text{sales and marketing spend}}

    0 or more.

    Notes
    -----
    Gross of churn and contraction, so a company that loses customers can look efficient.
    :func:`magic_number` is net of losses, against the spend of the period before.

    References
    ----------
    .. [1] Customary formula: gross new ARR over sales and marketing spend.

    Examples
    --------
    >>> result = sales_efficiency(example("economics"), period="quarter", start="2026-01-01")
    >>> result["value"].tolist()  # 43,200 of ARR won for 18,000
    [2.4]
    """
    gained = monthly_flow(movements, "new") + monthly_flow(movements, "expansion")
    return 12 * gained / acquisition_spend(spend)


def _net_new_arr(movements: TableName) -> Formula:
    """Return the ARR gained in the period, net of losses."""
    closing = Stock(movements).of(_.mrr)
    return 12 * (closing - closing.opening)
