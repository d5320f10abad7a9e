"""Recurring revenue: MRR and ARR at a date, and the movements between two dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibis import _

from revkit.algebra import Formula, Stock, TableName, Total, metric

if TYPE_CHECKING:
    import pandas as pd

    from revkit.algebra.request import Call


@metric(
    title="Monthly recurring revenue",
    title_it="Ricavi ricorrenti mensili (MRR)",
    owner="RevOps",
    unit="money/month",
    better="higher",
)
def mrr(movements: TableName) -> Formula:
    """MRR of every subscription in force at the end of the period's last day.

    Notes
    -----
    A balance, not a flow: a quarter's MRR is that of its last day. Trials, paused subscriptions
    and usage count as the policy says.

    References
    ----------
    .. [1] Stripe, billing analytics: an annual price counts a twelfth.

    Examples
    --------
    >>> mrr(example("retention"), start="2026-03-01")["value"].tolist()
    [11300.0]
    """
    return Stock(movements).of(_.mrr)


@metric(
    title="Annual recurring revenue",
    title_it="Ricavi ricorrenti annuali (ARR)",
    owner="RevOps",
    unit="money",
    better="higher",
)
def arr(movements: TableName) -> Formula:
    """Twelve times MRR.

    Notes
    -----
    A yearly rate of the subscriptions in force, not a forecast. With monthly contracts nobody has
    committed to a year: say so when you report it.

    References
    ----------
    .. [1] simplicable.com, annual recurring revenue: MRR × 12.

    Examples
    --------
    >>> arr(example("retention"), start="2026-03-01")["value"].tolist()
    [135600.0]
    """
    return 12 * Stock(movements).of(_.mrr)


@metric(
    title="Average revenue per account",
    title_it="Ricavo medio per cliente (ARPA)",
    owner="RevOps",
    unit="money/month",
    better="higher",
)
def arpa(movements: TableName) -> Formula:
    r"""MRR over the accounts that pay, at the period's end.

    .. math:: \frac{\text{MRR}}{\#\{\text{accounts with MRR}\}}

    Notes
    -----
    For new accounts alone, divide new MRR by new accounts.

    References
    ----------
    .. [1] ChartMogul, average revenue per account.

    Examples
    --------
    >>> arpa(example("retention"), start="2026-03-01")[["value", "n"]]
            value  n
    0  3766.666667  3
    """
    active = Stock(movements)
    return active.of(_.mrr) / active


@metric(
    title="New MRR",
    title_it="Nuovo MRR",
    owner="RevOps",
    unit="money/month",
    better="higher",
)
def new_mrr(movements: TableName) -> Formula:
    """MRR at the period's end of the accounts that first paid in the period.

    Notes
    -----
    Joined and gone within one period leaves no trace in that period; look by day to see it.

    References
    ----------
    .. [1] ChartMogul, MRR movements.

    Examples
    --------
    >>> new_mrr(example("retention"), start="2026-03-01")["value"].tolist()
    [1000.0]
    """
    return Total(movements).where(_.movement == "new").of(_.amount)


@metric(
    title="Expansion MRR",
    title_it="MRR da espansione",
    owner="RevOps",
    unit="money/month",
    better="higher",
)
def expansion_mrr(movements: TableName) -> Formula:
    """MRR gained by accounts active at both ends of the period that grew.

    Notes
    -----
    Netted per account: one that replaces a product by a more expensive one has expanded.

    References
    ----------
    .. [1] ChartMogul, expansion MRR.

    Examples
    --------
    >>> expansion_mrr(example("retention"), start="2026-03-01")["value"].tolist()
    [1800.0]
    """
    return Total(movements).where(_.movement == "expansion").of(_.amount)


@metric(
    title="Contraction MRR",
    title_it="MRR da contrazione",
    owner="RevOps",
    unit="money/month",
    better="lower",
)
def contraction_mrr(movements: TableName) -> Formula:
    """MRR lost by accounts active at both ends of the period that shrank; positive.

    Notes
    -----
    Cancelling one of two subscriptions is a contraction; cancelling the last one is churn.

    References
    ----------
    .. [1] ChartMogul, MRR movements; Stripe counts the same way.

    Examples
    --------
    >>> contraction_mrr(example("retention"), start="2026-03-01")["value"].tolist()
    [600.0]
    """
    return -Total(movements).where(_.movement == "contraction").of(_.amount)


@metric(
    title="Churned MRR",
    title_it="MRR perso per abbandono",
    owner="RevOps",
    unit="money/month",
    better="lower",
)
def churned_mrr(movements: TableName) -> Formula:
    """MRR at the period's start of the accounts that pay nothing at its end; positive.

    Notes
    -----
    Churn counts where the subscription ends, not where it is cancelled.

    References
    ----------
    .. [1] ProfitWell: a cancellation counts when the paid cycle ends.

    Examples
    --------
    >>> churned_mrr(example("retention"), start="2026-03-01")["value"].tolist()
    [900.0]
    """
    return -Total(movements).where(_.movement == "churn").of(_.amount)


@metric(
    title="Reactivation MRR",
    title_it="MRR da riattivazione",
    owner="RevOps",
    unit="money/month",
    better="higher",
)
def reactivation_mrr(movements: TableName) -> Formula:
    """MRR at the period's end of accounts that paid before, but not at the period's start.

    Notes
    -----
    Any gap that includes a period's end counts; a shorter one does not show.

    References
    ----------
    .. [1] ProfitWell: any return is a reactivation.

    Examples
    --------
    >>> reactivation_mrr(example("retention"), start="2026-03-01")["value"].tolist()
    [0.0]
    """
    return Total(movements).where(_.movement == "reactivation").of(_.amount)


@metric(
    title="FX movement of MRR",
    title_it="Variazione dell'MRR per i cambi",
    owner="RevOps",
    unit="money/month",
    better="higher",
)
def fx_movement_mrr(movements: TableName) -> Formula:
    r"""Change of MRR between the period's two ends that is due to exchange rates alone.

    .. math:: \sum_i m_i (r_1 - r_0)

    with :math:`m_i` the opening MRR of account :math:`i` in its currency, and :math:`r_0, r_1` the
    rates at the period's two ends. Below 0 where those currencies fell.

    Notes
    -----
    0 under the default policy, which values every period at one rate. Under ``Policy(fx="spot")``
    an unchanged subscription of 100 dollars is 93.46 euros in January and 86.96 in March; without
    this line the difference would count as contraction.

    References
    ----------
    .. [1] Fincome, impact of exchange rates: the FX effect beside new, expansion and churn.

    Examples
    --------
    >>> fx_movement_mrr(example("currencies"), start="2026-03-01")["value"].tolist()
    [15.0]
    """
    return Total(movements).where(_.movement == "fx").of(_.amount)


@metric(
    title="Net new MRR",
    title_it="Nuovo MRR netto",
    owner="RevOps",
    unit="money/month",
    better="higher",
)
def net_new_mrr(movements: TableName) -> Formula:
    r"""New, expansion and reactivation MRR less contraction and churned MRR, plus FX movement.

    .. math:: \text{closing MRR} - \text{opening MRR}

    Notes
    -----
    Equals the change of MRR over the period to the cent.

    References
    ----------
    .. [1] Stripe, billing analytics glossary: MRR growth, reactivation included.

    Examples
    --------
    >>> net_new_mrr(example("retention"), start="2026-03-01")["value"].tolist()
    [1300.0]
    """
    gained = new_mrr(movements) + expansion_mrr(movements) + reactivation_mrr(movements)
    moved = Total(movements).where(_.movement == "transfer").of(_.amount)
    lost = contraction_mrr(movements) + churned_mrr(movements)
    return gained - lost + moved + fx_movement_mrr(movements)


@metric(
    kind="table",
    formula="MRR of the ten accounts with the most of it / MRR, at the period's end",
    sampled=False,
    title="Concentration",
    title_it="Concentrazione dei ricavi",
    owner="RevOps",
    unit="share",
    better="lower",
)
def concentration(call: Call, movements: TableName) -> pd.DataFrame:
    r"""Share of MRR that the ten largest accounts pay, at the period's end.

    .. math:: \frac{\sum_{i \le 10} m_{(i)}}{\sum_i m_i}

    with :math:`m_{(1)} \ge m_{(2)} \ge \dots` the MRR of the accounts. 0 to 1; 1 with ten
    accounts or fewer, NaN without paying accounts.

    Notes
    -----
    Always ten accounts: of twenty equal ones they pay half, of a thousand a hundredth. With ``by``,
    the ten largest of each group. Companies of one corporate group count as separate accounts.

    References
    ----------
    .. [1] askbiz.co, customer concentration: the top 10 at 60 to 65 % of revenue.

    Examples
    --------
    >>> concentration(example("economics"), start="2026-03-01")[["value", "n"]].round(4)
        value   n
    0  0.8413  12
    """
    from revkit.metrics.tables.largest_accounts import top_share

    return top_share(call, 10)


@metric(
    rows="cause",
    title="Expansion by cause",
    title_it="Espansione per causa: upsell e cross-sell",
    owner="RevOps",
    unit="money/month",
    better="higher",
)
def upsell_cross_sell_split(movements: TableName) -> Formula:
    r"""Expansion MRR by its cause: seats, price, plan, product, discount.

    .. math:: \Delta = (q_1 - q_0)\, l_0 (1 - d_0) + q_1 (l_1 - l_0)(1 - d_0)
        + q_1 l_1 (d_0 - d_1)

    for a continuing subscription of :math:`q` seats at list price :math:`l` less discount
    :math:`d`, before and after: the terms due to seats, price and discount. A change of product
    is the plan (upsell); an added subscription is a product (cross-sell). The causes add up to
    expansion MRR.

    Notes
    -----
    Only accounts that grew are included, but a single cause may be below 0: 10 seats at 100 that
    become 12 at 110 with 10 % off are 200 of seats, 120 of price and −132 of discount. The order
    is part of the definition: the joint effect of seats and price counts as price. Without a
    number of seats, a change that is neither plan nor discount is price.

    References
    ----------
    .. [1] Laspeyres, as controllers split a change of sales: (V1 − V0) P0 and (P1 − P0) V1;
        mrrsucks.com, expansion revenue: 2,250 of upgrades and 400 of seats are 2,650.

    Examples
    --------
    >>> upsell_cross_sell_split(example("economics"), start="2026-02-01", end="2026-03-01")[
    ...     ["cause", "value"]
    ... ]
         cause  value
    0  product  600.0
    """
    return expansion_mrr(movements)


def monthly_flow(movements: TableName, movement: str) -> Formula:
    """Return the MRR gained by movements of one name, or lost, netted month by month."""
    moved = Total(movements).where(_.movement == movement).month_by_month.of(_.amount)
    return -moved if movement in ("contraction", "churn") else moved
