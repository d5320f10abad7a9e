"""Support: satisfaction with tickets, and the time until they are answered and resolved."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Cohort, Formula, Median, TableName, Total, metric


@metric(
    title="Customer satisfaction",
    title_it="Soddisfazione dei clienti (CSAT)",
    owner="RevOps",
    unit="share",
    better="higher",
    noun="answers",
)
def csat(tickets: TableName) -> Formula:
    r"""Answers of 4 or 5 among those given on tickets closed in the period.

    .. math:: \frac{\#\{\text{satisfaction} \ge 4\}}{\#\{\text{satisfaction given}\}}

    0 to 1; NaN without an answer.

    Notes
    -----
    On a scale of 1 to 5; a 3 is not satisfied. Only those who answer count, and the very pleased
    and the angry answer most: read it beside the share of tickets that were rated.

    References
    ----------
    .. [1] delighted.com, how CSAT is calculated: 74 of 107 answers are 4 or 5, 69 %.

    Examples
    --------
    >>> csat(example("support"), period="quarter")[["value", "n"]]
       value  n
    0   0.75  4
    """
    answered = Total(tickets, at="closed_at").where(_.satisfaction.notnull())
    return answered.where(_.satisfaction >= 4) / answered


@metric(
    title="Median first response time",
    title_it="Tempo mediano di prima risposta",
    owner="RevOps",
    unit="hours",
    better="lower",
    noun="tickets",
)
def first_response_time(first_responses: TableName) -> Formula:
    r"""Median hours from the opening of a ticket to the first answer (Kaplan–Meier).

    By the period in which it was opened.

    Notes
    -----
    Tickets that wait, or were closed without an answer, are censored, not left out. Nights and
    weekends count. Needs ``first_response_at``: an automatic receipt is no answer, so leave it out.
    NaN when more than half still wait.

    References
    ----------
    .. [1] Zoho Desk, first response time: from creation to the first reply of an agent.

    Examples
    --------
    >>> first_response_time(example("support"), period="quarter")[["value", "n"]]
       value  n
    0    2.0  5
    """
    opened = Cohort(first_responses, at="opened_at", settled="settled_at")
    return Median(opened.of(_.hours), until=_.watched)


@metric(
    title="Median resolution time",
    title_it="Tempo mediano di risoluzione",
    owner="RevOps",
    unit="hours",
    better="lower",
    noun="tickets",
)
def resolution_time(resolutions: TableName) -> Formula:
    r"""Median hours from the opening of a ticket to its closing (Kaplan–Meier).

    By the period in which it was opened.

    Notes
    -----
    Open tickets are censored, not left out: the mean of closed ones misses those that take long.
    The median hides them too, so look at severities apart (``by="severity"``). Nights and weekends
    count. NaN when more than half are still open.

    References
    ----------
    .. [1] kpitree.co, average resolution time: with 90 % closed in 2 hours and 10 % in 5 days the
       mean of 14 hours describes neither.

    Examples
    --------
    >>> resolution_time(example("support"), period="quarter")[["value", "n"]]
       value  n
    0   24.0  5
    """
    opened = Cohort(resolutions, at="opened_at", settled="closed_at")
    return Median(opened.of(_.hours), until=_.watched)
