"""Counts: customers, leads, opportunities, won deals, and meetings held of those booked."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Formula, Stock, TableName, Total, metric
from revkit.schema.tables import MEETINGS


@metric(
    title="Customers",
    title_it="Clienti",
    owner="RevOps",
    unit="count",
    better="higher",
)
def customers(movements: TableName) -> Formula:
    """Accounts that pay, at the period's end.

    0 or more.

    Notes
    -----
    A balance: a quarter's number is that of its last day. Trials, paused subscriptions and usage
    count as the policy says. The companies of one corporate group are several customers.

    References
    ----------
    .. [1] ChartMogul, customers: those with an MRR above zero at the end of the day.

    Examples
    --------
    >>> customers(example("retention"), start="2026-03-01")["value"].tolist()
    [3.0]
    """
    return Stock(movements)


@metric(
    title="New customers",
    title_it="Nuovi clienti",
    owner="RevOps",
    unit="count",
    better="higher",
    noun="accounts",
)
def new_customers(acquisitions: TableName) -> Formula:
    """Accounts that paid for the first time in the period.

    0 or more.

    Notes
    -----
    By the first paid day, so months add up to the quarter: an account that joins and leaves within
    one period counts, although it is in neither balance of :func:`customers`. Reactivated accounts
    are not new, unless the policy says after how many days they are.

    References
    ----------
    .. [1] ChartMogul, new customers: by the date of their first paid subscription.

    Examples
    --------
    >>> new_customers(example("economics"), period="quarter", start="2026-01-01")["value"].tolist()
    [3.0]
    """
    return Total(acquisitions, at="acquired_on")


@metric(
    title="New leads",
    title_it="Nuovi lead",
    owner="SalesOps",
    unit="count",
    better="higher",
)
def leads(new_leads: TableName) -> Formula:
    """People who became a lead in the period.

    0 or more.

    Notes
    -----
    A person counts once, when first created: by e-mail, or without one by account. A file of leads
    has more rows where people fill in several forms.

    References
    ----------
    .. [1] Customary definition: leads created, without duplicates.

    Examples
    --------
    >>> leads(example("pipeline"), period="quarter")["value"].tolist()    # L5 is L1's person
    [4.0]
    """
    return Total(new_leads, at="created_at")


@metric(
    title="Opportunities created",
    title_it="Opportunità create",
    owner="SalesOps",
    unit="count",
    better="higher",
)
def opportunities_created(origins: TableName) -> Formula:
    """Opportunities created in the period.

    0 or more.

    Notes
    -----
    Every kind counts: ``data.where(kind="new")`` leaves out renewals, which nobody had to find. By
    channel or campaign an opportunity belongs to its first touch, else to its own campaign, else to
    its lead's.

    References
    ----------
    .. [1] Customary definition: opportunities by creation date.

    Examples
    --------
    >>> opportunities_created(example("deals"), period="quarter")["value"].tolist()
    [5.0]
    """
    return Total(origins, at="created_on")


@metric(
    title="Won deals",
    title_it="Trattative vinte",
    owner="SalesOps",
    unit="count",
    better="higher",
)
def won_deals(opportunities: TableName) -> Formula:
    """Opportunities won in the period.

    0 or more.

    Notes
    -----
    Every kind counts, also deals won without an amount: ``data.where(kind="new")`` leaves out
    renewals. One customer may win several, and a won deal is not yet a paying customer.

    References
    ----------
    .. [1] Customary definition: deals closed as won, by close date.

    Examples
    --------
    >>> won_deals(example("deals"), period="quarter")["value"].tolist()
    [3.0]
    """
    return Total(opportunities, at="closed_on").where(_.is_won)


@metric(
    title="Meetings held",
    title_it="Incontri svolti",
    owner="SalesOps",
    unit="count",
    better="higher",
)
def meetings_held(activities: TableName) -> Formula:
    """Meetings and demos that took place in the period.

    0 or more.

    Notes
    -----
    Those whose ``outcome`` says that they did not take place (no-show, cancelled, rescheduled) are
    left out. Where nobody records outcomes, every meeting counts as held.

    References
    ----------
    .. [1] Salesforce, activity metrics: meetings by the day they took place.

    Examples
    --------
    >>> meetings_held(example("team"), start="2026-03-01")["value"].tolist()
    [1.0]
    """
    return _held(activities)


@metric(
    title="Show rate",
    title_it="Tasso di presenza agli incontri",
    owner="SalesOps",
    unit="share",
    better="higher",
)
def show_rate(activities: TableName) -> Formula:
    r"""Meetings and demos held among those held or missed by the other side.

    .. math:: \frac{\text{held}}{\text{held} + \text{no-shows}}

    0 to 1; NaN where no meeting has an ``outcome``.

    Notes
    -----
    Meetings cancelled or rescheduled beforehand are left out: nobody waited. So are meetings
    without an outcome, since a no-show that nobody records would read as held.

    References
    ----------
    .. [1] theclose.agency, appointment report: showed / (showed + no showed).

    Examples
    --------
    >>> show_rate(example("team"), start="2026-03-01")[["value", "n"]]
       value  n
    0    0.5  2
    """
    met = _meetings(activities)
    return met.where(_.outcome == "held") / met.where(_.outcome.isin(["held", "no_show"]))


def _meetings(activities: TableName) -> Total:
    """Return the meetings and demos of the period."""
    booked = Total(activities, at="occurred_at").where(_.kind.isin(MEETINGS))
    return booked.where(~_.is_automated)


def _held(activities: TableName) -> Total:
    """Return the meetings and demos of the period that took place."""
    return _meetings(activities).where(_.outcome.fill_null("held") == "held")
