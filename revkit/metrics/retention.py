"""Revenue retention: MRR kept, lost and grown by the accounts active at the period's start."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Formula, Stock, TableName, Total, metric
from revkit.errors import ParameterError
from revkit.metrics.recurring import expansion_mrr

RETURNED = ("counted", "lost")
"""What accounts are that left within the window and are back by its end."""

BUT_NEW = ("expansion", "reactivation", "contraction", "churn", "transfer", "fx")


@metric(
    title="Net revenue retention",
    title_it="Ritenzione netta dei ricavi (NRR)",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
    least=0,
)
def nrr(movements: TableName, *, returned: str = "counted") -> Formula:
    r"""Closing MRR of the accounts active at the period's start, over their opening MRR.

    .. math:: NRR = \frac{\sum_i c_i}{\sum_i o_i}

    with :math:`o_i, c_i` the opening and closing MRR of account :math:`i`, over the accounts
    with :math:`o_i > 0`. 0 or more; above 1 expansion exceeds losses. ``returned``: accounts that
    left within the period, or window, and are back by its end are counted, or lost, with a
    closing MRR of 0.

    Notes
    -----
    New and reactivated accounts are left out; some vendors count the latter and publish 103.2 %
    where this is 80.6 %. ``trailing=12`` is the yearly figure; compounding months is not. Strict
    is ``returned="lost"``: who paid nothing on one day has left, unless the policy's ``gap_days``
    bridge it.

    References
    ----------
    .. [1] Carl Gold, *Fighting Churn with Data*, listing 2.1 (closed cohort).

    Examples
    --------
    >>> nrr(example("retention"), start="2026-03-01")[["value", "n"]]
       value  n
    0   1.03  3
    """
    opening, moved = Stock(movements).of(_.mrr).opening, Total(movements).where(_.opening > 0)
    net = moved.of(_.net_if_lost if lost(returned, "nrr") else _.net)
    return (opening + net) / opening


@metric(
    title="Net revenue retention, reactivation included",
    title_it="Ritenzione netta dei ricavi con le riattivazioni",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
    least=0,
)
def nrr_with_reactivation(movements: TableName) -> Formula:
    r"""Opening MRR plus every movement but new business, over opening MRR.

    .. math:: \frac{\text{opening} + \text{expansion} + \text{reactivation}
        - \text{contraction} - \text{churned}}{\text{opening MRR}}

    0 or more; never below :func:`nrr` where each account moves once a period.

    Notes
    -----
    Reactivated accounts were not in the opening MRR, so winning back lost customers looks like
    growth: 103.2 % where the accounts at the start kept 80.6 %.

    References
    ----------
    .. [1] ChartMogul, net MRR churn rate, which takes reactivation off.

    Examples
    --------
    >>> nrr_with_reactivation(example("retention"), start="2026-03-01")[["value", "n"]]
       value  n
    0   1.03  3
    """
    opening = Stock(movements).of(_.mrr).opening
    moved = Total(movements).where(_.movement.isin(BUT_NEW))
    return (opening + moved.of(_.amount)) / opening


@metric(
    title="Gross revenue retention",
    title_it="Ritenzione lorda dei ricavi (GRR)",
    owner="RevOps",
    unit="share",
    better="higher",
)
def grr(movements: TableName, *, returned: str = "counted") -> Formula:
    r"""Opening MRR still paid at the period's end, without growth, over opening MRR.

    .. math:: GRR = \frac{\sum_i \min(c_i, o_i)}{\sum_i o_i}

    0 to 1. ``returned``: accounts that left within the period, or window, and are back by its end
    are counted, or lost, with a closing MRR of 0.

    Notes
    -----
    Capped per account, not on the total, so growth of one account cannot hide the loss of another.
    Only the two ends of the period count, not what happens in between; ``returned="lost"`` is the
    strict variant, as of :func:`nrr`.

    References
    ----------
    .. [1] PostHog handbook, retention metrics: the minimum of then and now, per customer.

    Examples
    --------
    >>> grr(example("retention"), start="2026-03-01")[["value", "n"]]
       value  n
    0   0.85  3
    """
    opening = Stock(movements).of(_.mrr).opening
    moved, shrunk = Total(movements), _.outcome.isin(["contraction", "churn"])
    if lost(returned, "grr"):
        return (opening + moved.where(shrunk | _.lapsed).of(_.net_if_lost)) / opening
    return (opening + moved.where(shrunk).of(_.net)) / opening


@metric(
    title="Gross MRR churn rate",
    title_it="Abbandono lordo dei ricavi",
    owner="RevOps",
    unit="share",
    better="lower",
)
def gross_mrr_churn_rate(movements: TableName) -> Formula:
    r"""Contraction and churned MRR over opening MRR.

    .. math:: \frac{\text{contraction} + \text{churned}}{\text{opening MRR}}

    0 to 1; one minus gross revenue retention.

    Notes
    -----
    Contraction counts: leaving it out understates the loss.

    References
    ----------
    .. [1] ChartMogul, MRR churn rate.

    Examples
    --------
    >>> gross_mrr_churn_rate(example("retention"), start="2026-03-01")["value"].tolist()
    [0.15]
    """
    lost = -Total(movements).where(_.outcome.isin(["contraction", "churn"])).of(_.net)
    return lost / Stock(movements).of(_.mrr).opening


@metric(
    title="Net MRR churn rate",
    title_it="Abbandono netto dei ricavi",
    owner="RevOps",
    unit="ratio",
    better="lower",
    percent=True,
    most=1,
)
def net_mrr_churn_rate(movements: TableName) -> Formula:
    r"""Contraction and churned MRR less expansion MRR, over opening MRR.

    .. math:: \frac{\text{contraction} + \text{churned} - \text{expansion}}{\text{opening MRR}}

    One minus net revenue retention; below 0 expansion exceeds losses.

    Notes
    -----
    Reactivation never counts.

    References
    ----------
    .. [1] ChartMogul, net MRR churn rate, without its reactivation.

    Examples
    --------
    >>> net_mrr_churn_rate(example("retention"), start="2026-03-01")["value"].tolist()
    [-0.03]
    """
    moved = Total(movements).where(_.opening > 0).of(_.net)
    grown, lost = moved.where(_.net > 0), -moved.where(_.net < 0)
    return (lost - grown) / Stock(movements).of(_.mrr).opening


@metric(
    title="Expansion rate",
    title_it="Tasso di espansione",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
)
def expansion_rate(movements: TableName) -> Formula:
    r"""Expansion MRR over opening MRR.

    .. math:: \frac{\text{expansion}}{\text{opening MRR}}

    0 or more.

    Notes
    -----
    Net revenue retention is gross revenue retention plus this.

    References
    ----------
    .. [1] Customary formula: expansion MRR over MRR at the start.

    Examples
    --------
    >>> expansion_rate(example("retention"), start="2026-03-01")["value"].tolist()
    [0.18]
    """
    return expansion_mrr(movements) / Stock(movements).of(_.mrr).opening


@metric(
    title="Upsell rate",
    title_it="Tasso di upsell",
    owner="RevOps",
    unit="share",
    better="higher",
)
def upsell_rate(movements: TableName) -> Formula:
    r"""Accounts that grew in the period over those that paid at its start.

    .. math:: \frac{\#\{\text{expanded}\}}{\#\{\text{active at the start}\}}

    0 to 1.

    Notes
    -----
    More seats, a higher plan, another product and a higher price all count;
    :func:`upsell_cross_sell_split` separates them. Churned accounts stay in the denominator.

    References
    ----------
    .. [1] The article; kebs.ai, customer upsell rate: 20 of 100 customers.

    Examples
    --------
    >>> upsell_rate(example("retention"), start="2026-03-01")[["value", "n"]].round(4)
        value  n
    0  0.3333  3
    """
    return Total(movements).where(_.movement == "expansion") / Stock(movements).opening


def lost(returned: str, name: str) -> bool:
    """Report whether accounts that left within the window are lost, even if back."""
    if returned not in RETURNED:
        raise ParameterError.no_choice("returned", returned, RETURNED, where=f"metrics.{name}")
    return returned == "lost"
