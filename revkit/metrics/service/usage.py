"""Usage: active users, the seats they fill, and how often they come back."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Formula, TableName, Total, metric


@metric(
    title="Monthly active users",
    title_it="Utenti attivi mensili",
    owner="RevOps",
    unit="count",
    better="higher",
    noun="months",
)
def active_users(usage: TableName) -> Formula:
    r"""Users active in a month, on average of the period's months.

    .. math:: \frac{\sum \text{active users}}{\#\{\text{months on record}\}}

    0 or more; NaN in a period without usage.

    Notes
    -----
    A mean, not a sum: who is active in three months is one user of the quarter. A month that no
    account has is not on record, rather than a month without users. What counts as active is the
    product's choice.

    References
    ----------
    .. [1] Customary definition: monthly active users (MAU), averaged over months.

    Examples
    --------
    >>> active_users(example("support"), period="quarter")["value"].tolist()
    [20.0]
    """
    months = Total(usage, at="month").distinct(_.month)
    return Total(usage, at="month").of(_.active_users) / months.overall()


@metric(
    title="Seat utilisation",
    title_it="Utilizzo delle licenze",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
    noun="account-months",
    least=0,
)
def seat_utilisation(usage: TableName) -> Formula:
    r"""Active users over the seats paid for.

    .. math:: \frac{\sum \text{active users}}{\sum \text{seats}}

    0 or more; above 1 where more people use it than were sold. NaN without seats.

    Notes
    -----
    Over accounts and months with known seats, so large accounts weigh most. Low utilisation goes
    before contraction at renewal; near 1 there is room to sell seats.

    References
    ----------
    .. [1] Customary definition: active users over purchased licences.

    Examples
    --------
    >>> seat_utilisation(example("support"), period="quarter")["value"].tolist()
    [0.8]
    """
    seated = Total(usage, at="month").where(_.seats > 0)
    return seated.of(_.active_users) / seated.of(_.seats)


@metric(
    title="Stickiness",
    title_it="Frequenza d'uso (DAU/MAU)",
    owner="RevOps",
    unit="ratio",
    better="higher",
    percent=True,
    noun="account-months",
    least=0,
)
def stickiness(usage: TableName) -> Formula:
    r"""Users active on an average day over those active in the month.

    .. math:: \frac{\sum \text{daily active users}}{\sum \text{active users}}

    0 to 1; NaN without ``daily_active_users`` in usage, the mean over the days of the month.

    Notes
    -----
    A product for working days reaches 5/7 at most, and one for monthly closing 1/20 without any
    fault: compare an account with its own past, not with another product.

    References
    ----------
    .. [1] kpiexamples.operately.com, stickiness ratio: 5,000 of 20,000 are 25 %.

    Examples
    --------
    >>> stickiness(example("support"), period="quarter")["value"].tolist()
    [0.25]
    """
    known = Total(usage, at="month").where(_.daily_active_users.notnull())
    return known.of(_.daily_active_users) / known.of(_.active_users)
