"""Recurring revenue: what stands, and what moved it."""

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
    A balance, not a flow: a quarter's MRR is that of its last day. Trials, paused regimes and
    usage count as the policy says.

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
    A yearly rate of the subscriptions in force, not what the year will bring. Where contracts last
    a month nobody has committed to a year: say so beside it.

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
    What a new account pays is another figure: new MRR over new accounts.

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
    Netted per account: one that drops a product and takes a dearer one has expanded.

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
    One of two subscriptions cancelled is a contraction; the last one is churn.

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
    Any gap that is open at a period's end counts; a shorter one leaves no trace.

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
    r"""What exchange rates alone added to MRR, or took from it, between the period's two ends.

    .. math:: \sum_i m_i (r_1 - r_0)

    with :math:`m_i` what account :math:`i` paid, in its currency, as the period opened, and
    :math:`r_0, r_1` the rates of the period's two ends. Below 0 where those currencies fell.

    Notes
    -----
    0 under the default policy, which values every period at one rate: what customers decided is
    then all there is to see. Under ``Policy(fx="spot")`` a hundred dollars a month that nobody
    touched are 93.46 euros in January and 86.96 in March, and without this line that would be
    churn.

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
    r"""New, expansion and reactivation less contraction and churned MRR, and what rates moved.

    .. math:: \text{closing MRR} - \text{opening MRR}

    Notes
    -----
    Equal to the cent to the change of MRR over the period.

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
    r"""Share of MRR that the ten accounts with the most of it bring, at the period's end.

    .. math:: \frac{\sum_{i \le 10} m_{(i)}}{\sum_i m_i}

    with :math:`m_{(1)} \ge m_{(2)} \ge \dots` what accounts pay. 0 to 1; 1 with ten accounts or
    fewer, NaN where nobody pays.

    Notes
    -----
    Ten accounts, however many there are: of twenty that pay alike they bring half, of a thousand
    a hundredth. With ``by``, the ten of each group. A group of companies counts as many.

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
    r"""Expansion MRR by what brought it: seats, price, plan, product, discount.

    .. math:: \Delta = (q_1 - q_0)\, l_0 (1 - d_0) + q_1 (l_1 - l_0)(1 - d_0)
        + q_1 l_1 (d_0 - d_1)

    for a line of a contract that goes on: of :math:`q` seats at the list price :math:`l` less
    the discount :math:`d`, before and after, what is due to seats, to the price and to the
    discount. Under another product all of it is the plan (upsell); a line that is added is a
    product (cross-sell). They add up to expansion MRR.

    Notes
    -----
    Of accounts that grew, so a cause may be below 0: 10 seats at 100 that become 12 at 110 with
    10 % off are 200 of seats, 120 of price and −132 of discount. The order is part of the
    definition: what seats and price bring together is counted as price. Where a line doesn't
    say its seats, what is neither plan nor discount is price.

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
