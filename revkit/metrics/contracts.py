"""Contracts: renewal rates, trial conversion, realised prices and products attached."""

from __future__ import annotations

import ibis
from ibis import _

from revkit.algebra import Cohort, Formula, Stock, TableName, metric


@metric(
    title="Renewal rate",
    title_it="Tasso di rinnovo",
    owner="RevOps",
    unit="share",
    better="higher",
)
def renewal_rate(renewals: TableName, *, within: int | None = 30) -> Formula:
    r"""Contracts renewed over those whose term ended in the period.

    .. math:: \frac{\#\{\text{renewed}\}}{\#\{\text{due}\}}

    0 to 1. ``within``: days past its term that a contract may take; those due less than that
    ago don't count yet. None counts what is known today.

    Notes
    -----
    By the day the term ends, not the day of signing: an early renewal counts when it was due. Terms
    under six months are left out, since monthly renewals are rarely decisions. A contract ended
    before its term counts as due and not renewed.

    References
    ----------
    .. [1] The article; zapscale.com, renewal rate: 80 of 100 customers whose contracts expire.

    Examples
    --------
    >>> renewal_rate(example("economics"), start="2026-02-01", end="2026-03-01")[["value", "n"]]
       value  n
    0   0.75  4
    """
    due = Cohort(renewals, at="due_on", settled="settled_on", within=within)
    return due.reaching(_.renewed_on.notnull(), on="renewed_on") / due


@metric(
    title="Renewal rate of MRR",
    title_it="Tasso di rinnovo dell'MRR",
    owner="RevOps",
    unit="share",
    better="higher",
)
def renewal_rate_mrr(renewals: TableName, *, within: int | None = 30) -> Formula:
    r"""MRR kept over MRR whose term ended in the period, without growth at renewal.

    .. math:: \frac{\sum \min(\text{after}, \text{before})}{\sum \text{before}}

    over the contracts due. 0 to 1. ``within`` as in :func:`renewal_rate`.

    Notes
    -----
    Capped contract by contract, so growth at one renewal cannot hide the loss of another;
    :func:`net_renewal_rate_mrr` includes growth.

    References
    ----------
    .. [1] payproglobal.com, renewal rate: 100,000 kept of 110,000 due.

    Examples
    --------
    >>> kept = renewal_rate_mrr(example("economics"), start="2026-02-01", end="2026-03-01")
    >>> kept["value"].tolist()  # 3,000 of 4,000; one of the three renewed at 1,600
    [0.75]
    """
    due = Cohort(renewals, at="due_on", settled="settled_on", within=within)
    kept = due.reaching(_.renewed_on.notnull(), on="renewed_on")
    return kept.of(ibis.least(_.value_after, _.value_before)) / due.of(_.value_before)


@metric(
    title="Net renewal rate of MRR",
    title_it="Tasso di rinnovo netto dell'MRR",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
    least=0,
)
def net_renewal_rate_mrr(renewals: TableName, *, within: int | None = 30) -> Formula:
    r"""MRR after renewal over MRR whose term ended in the period.

    .. math:: \frac{\sum \text{after}}{\sum \text{before}}

    over the contracts due. 0 or more. ``within`` as in :func:`renewal_rate`.

    Notes
    -----
    Growth of one contract can hide the loss of others: 110 % where 8 of 10 renewed.

    References
    ----------
    .. [1] planhat.com, SaaS renewal rate: 11,000 renewed of 10,000 due.

    Examples
    --------
    >>> net = net_renewal_rate_mrr(example("economics"), start="2026-02-01", end="2026-03-01")
    >>> net["value"].tolist()
    [0.9]
    """
    due = Cohort(renewals, at="due_on", settled="settled_on", within=within)
    kept = due.reaching(_.renewed_on.notnull(), on="renewed_on")
    return kept.of(_.value_after) / due.of(_.value_before)


@metric(
    title="Trial conversion rate",
    title_it="Conversione delle prove",
    owner="RevOps",
    unit="share",
    better="higher",
)
def trial_conversion_rate(trials: TableName, *, within: int | None = None) -> Formula:
    r"""Accounts that paid after their trial over those whose trial began in the period.

    .. math:: \frac{\#\{\text{converted}\}}{\#\{\text{trials begun}\}}

    0 to 1. ``within``: days a conversion may take, among trials old enough; None counts what is
    known today, and running trials are in the denominator.

    Notes
    -----
    A cohort: a trial counts when it began, even if it converts next month. Conversions of a
    month over the trials begun in that month mix two cohorts.

    References
    ----------
    .. [1] payproglobal.com, trial conversion rate: 30 of 150 trials.

    Examples
    --------
    >>> trial_conversion_rate(example("economics"), period="quarter")[["value", "n"]]
       value  n
    0    0.5  2
    """
    begun = Cohort(trials, at="started_on", settled="settled_on", within=within)
    return begun.reaching(_.converted_on.notnull(), on="converted_on") / begun


@metric(
    title="Price realisation",
    title_it="Prezzo realizzato sul listino",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
)
def price_realisation(price_periods: TableName) -> Formula:
    r"""MRR over the list price of the same quantities, at the period's end.

    .. math:: \frac{\text{MRR}}{\sum \text{quantity} \times \text{list price}}

    0 or more; 1 is the list price, and above it are contracts whose list price has since fallen.

    Notes
    -----
    Subscriptions without a list price or quantity are left out of both. One minus this is the
    discount in force, weighted by list value; :func:`discount_rate` is that of new deals.

    References
    ----------
    .. [1] lusha.com, price realization: net realised price over list price.

    Examples
    --------
    >>> price_realisation(example("economics"), start="2026-03-01")["value"].round(4).tolist()
    [0.8077]
    """
    standing = Stock(price_periods, start="started_on", end="ended_on")
    priced = standing.where(_.list_unit_price > 0).where(_.quantity > 0)
    return priced.of(_.mrr) / priced.of(_.quantity * _.list_unit_price)


@metric(
    title="Attach rate",
    title_it="Tasso di adozione dei prodotti",
    owner="RevOps",
    unit="share",
    better="higher",
    rows="product",
)
def attach_rate(movements: TableName) -> Formula:
    r"""Accounts that have a product over all accounts that pay, at the period's end.

    .. math:: \frac{\#\{\text{accounts with the product}\}}{\#\{\text{accounts active}\}}

    0 to 1, for every product; the products of an account overlap, so they add up to more than 1.

    Notes
    -----
    Over every customer, by whatever column of the product, including those to whom the product is
    not sold: filter the company first (``data.where(region="EMEA")``) where that matters. It counts
    accounts, not units, of which there may be several per account.

    References
    ----------
    .. [1] simplicable.com, attach rate: 100,000 service plans with 200,000 cars are 50 %.

    Examples
    --------
    >>> rate = attach_rate(example("economics"), start="2026-03-01")
    >>> rate[["product", "value", "n"]].round(4)
      product   value   n
    0    Core  1.0000  12
    1   Extra  0.0833  12
    """
    active = Stock(movements)
    return active / active.overall("product")
