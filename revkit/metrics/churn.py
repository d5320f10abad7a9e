"""Customer churn: accounts that left, by the definitions that different vendors publish."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Formula, Stock, TableName, Total, metric


@metric(
    title="Churn rate",
    title_it="Tasso di abbandono dei clienti",
    owner="RevOps",
    unit="share",
    better="lower",
)
def churn_rate(movements: TableName) -> Formula:
    r"""Accounts active at the period's start that pay nothing at its end, over those at its start.

    .. math:: \frac{\#\{\text{churned}\}}{\#\{\text{active at the start}\}}

    0 to 1.

    Notes
    -----
    Accounts that joined in the period are in neither count, and those that left and returned
    within it have not churned. Monthly rates don't add up to a yearly one: 3 % a month is 30.6 % a
    year.

    References
    ----------
    .. [1] Carl Gold, *Fighting Churn with Data*, listing 2.2.

    Examples
    --------
    >>> churn_rate(example("retention"), start="2026-03-01")[["value", "n"]].round(4)
        value  n
    0  0.3333  3
    """
    return Total(movements).where(_.movement == "churn") / Stock(movements).opening


@metric(
    title="Logo retention",
    title_it="Ritenzione dei clienti",
    owner="RevOps",
    unit="share",
    better="higher",
)
def logo_retention(movements: TableName) -> Formula:
    r"""Accounts active at the period's start that still pay at its end, over those at its start.

    .. math:: 1 - \text{churn rate}

    0 to 1.

    Notes
    -----
    Large and small accounts count alike; :func:`grr` weighs them by MRR. Months multiply: 97 % a
    month is 69.4 % a year.

    References
    ----------
    .. [1] Carl Gold, *Fighting Churn with Data*, listing 2.2.

    Examples
    --------
    >>> logo_retention(example("retention"), start="2026-03-01")[["value", "n"]].round(4)
        value  n
    0  0.6667  3
    """
    open_at_start = Stock(movements).opening
    churned = Total(movements).where(_.movement == "churn")
    return (open_at_start - churned) / open_at_start


@metric(
    title="Churn rate, those who joined included",
    title_it="Tasso di abbandono con i nuovi clienti",
    owner="RevOps",
    unit="share",
    better="lower",
)
def churn_rate_joined(movements: TableName) -> Formula:
    r"""Churned accounts over those active at the start or joined in the period.

    .. math:: \frac{\#\{\text{churned}\}}
        {\#\{\text{active at the start}\} + \#\{\text{joined, new or back}\}}

    0 to 1 where each account leaves at most once.

    Notes
    -----
    Below :func:`churn_rate` while a company grows, the more so the longer the period. An account
    that joined and left within the period is in both counts with ``Policy(netting="event")``, and
    in neither when movements are netted over the period.

    References
    ----------
    .. [1] Stripe, calculating churn rate in Billing: of the subscribers at the start and the new.

    Examples
    --------
    >>> churn_rate_joined(example("retention"), start="2026-03-01")["value"].tolist()
    [0.25]
    """
    has_joined = _.movement.isin(["new", "reactivation"]) & (_.opening == 0)
    joined = Total(movements).where(has_joined).distinct(_.account_id)
    left = Total(movements).where(_.movement == "churn")
    return left / (Stock(movements).opening + joined)


@metric(
    title="Churn rate, sum of days",
    title_it="Tasso di abbandono sommato per giorno",
    owner="RevOps",
    unit="ratio",
    better="lower",
    percent=True,
)
def churn_rate_daily(movements: TableName) -> Formula:
    r"""Daily churn rates, added up over the days of the period.

    .. math:: \sum_{\text{days}} \frac{\#\{\text{churned on the day}\}}
        {\#\{\text{active when it began}\}}

    0 or more; it may pass 1.

    Notes
    -----
    Each day divides by the accounts active that morning, so customers won during the period count
    in later denominators and those who left do not. 5 of 100 on Monday and 5 of 95 on Tuesday are
    10.26 %, not 10.

    References
    ----------
    .. [1] ChartMogul, customer churn rate for companies that sell to consumers.

    Examples
    --------
    >>> churn_rate_daily(example("retention"), start="2026-03-01")["value"].tolist()
    [0.25]
    """
    return churn_rate(movements).daily()


@metric(
    title="Share of churn that is involuntary",
    title_it="Quota di abbandono involontario",
    owner="RevOps",
    unit="share",
    better="lower",
)
def involuntary_churn_share(movements: TableName) -> Formula:
    r"""Churned MRR of the accounts whose payment failed, over all churned MRR.

    .. math:: \frac{\text{churned MRR for a failed payment}}{\text{churned MRR}}

    0 to 1; NaN in a period in which nobody left.

    Notes
    -----
    An account's reason is that of its last subscription to end, ``payment failed`` in whatever case
    and punctuation; without one, its churn counts as voluntary.
    ``churned_mrr(data, by="churn_reason")`` shows how much is unknown; it groups by the
    subscription in force when the period opened, so by quarter or year a contract that went past
    due within the period has no reason there.

    References
    ----------
    .. [1] ProfitWell, calculating metrics: delinquent churn, beside that of cancellations.

    Examples
    --------
    >>> involuntary_churn_share(example("economics"), start="2026-02-01")["value"].tolist()
    [1.0, nan]
    """
    churned = Total(movements).where(_.movement == "churn").of(_.amount)
    return churned.where(_.is_involuntary) / churned
