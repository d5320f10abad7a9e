"""Churn: which accounts left, by the counts that different houses publish."""

from __future__ import annotations

from ibis import _

from revkit.measures import Formula, Stock, TableName, Total, metric


@metric(
    title="Churn rate",
    title_it="Tasso di abbandono dei clienti",
    owner="RevOps",
    unit="share",
    better="lower",
)
def churn_rate(movements: TableName) -> Formula:
    r"""Accounts that paid at the period's start and pay nothing at its end, over those at start.

    .. math:: \frac{\#\{\text{churned}\}}{\#\{\text{active at the start}\}}

    0 to 1.

    Notes
    -----
    Who joined in the period is in neither count, and who left and returned within it has not
    churned. Monthly rates don't add up to a year's: 3 % a month is 30.6 % a year.

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
    r"""Accounts that paid at the period's start and still pay at its end, over those at start.

    .. math:: 1 - \text{churn rate}

    0 to 1.

    Notes
    -----
    A large account that leaves counts as one that pays a hundredth of it: see :func:`grr` for
    the money. Months multiply: 97 % a month is 69.4 % a year.

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
