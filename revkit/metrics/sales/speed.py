"""Speed: time to respond, to close and in each stage, with unfinished cases as censored."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Cohort, Formula, Median, TableName, Total, metric


@metric(
    title="Median time to close",
    title_it="Tempo mediano di chiusura",
    owner="SalesOps",
    unit="days",
    better="lower",
)
def time_to_close(journeys: TableName) -> Formula:
    """Median days from lead to first won deal, over the leads won in the period.

    Notes
    -----
    From the creation of the lead; :func:`sales_cycle` starts with the opportunity. A lead with
    several won deals counts by the first. Deals without a lead are left out, and so are open leads,
    so the median is too short while business grows.

    References
    ----------
    .. [1] The article; customary definition, by the period of the close.

    Examples
    --------
    >>> time_to_close(example("pipeline"), period="quarter")[["value", "n"]]
       value  n
    0   56.5  2
    """
    return Median(Total(journeys, at="won_on").of(_.days_to_win))


@metric(
    title="Median speed to lead",
    title_it="Tempo mediano di risposta al lead",
    owner="SalesOps",
    unit="minutes",
    better="lower",
)
def speed_to_lead(responses: TableName) -> Formula:
    r"""Median minutes from a lead's creation to the first outbound contact (Kaplan–Meier).

    Notes
    -----
    By the period in which the lead was created. Leads without a contact are censored, not left out:
    four leads contacted after 4, 10, 30 and 120 minutes and one never contacted have a median of
    30, not of 20. NaN when more than half are still waiting. Calls, e-mails, meetings and demos
    count unless marked as inbound; automatic replies don't. Nights and weekends count.

    References
    ----------
    .. [1] E. L. Kaplan and P. Meier, Nonparametric Estimation from Incomplete Observations,
       Journal of the American Statistical Association 53 (1958).

    Examples
    --------
    >>> speed_to_lead(example("pipeline"), period="quarter")[["value", "n"]]
       value  n
    0   30.0  5
    """
    return Median(Total(responses, at="created_at").of(_.minutes), until=_.watched)


@metric(
    title="Leads reached in time",
    title_it="Lead contattati in tempo",
    owner="SalesOps",
    unit="share",
    better="higher",
)
def speed_to_lead_within(responses: TableName, *, minutes: int = 5) -> Formula:
    r"""Leads created in the period that were contacted within so many minutes.

    .. math:: \frac{\#\{\text{reached within } m \text{ minutes}\}}{\#\{\text{leads}\}}

    0 to 1. ``minutes``: from the lead's creation, 5 by default.

    Notes
    -----
    Leads that were never contacted stay in the denominator. Automatic replies are not contacts.

    References
    ----------
    .. [1] J. B. Oldroyd, K. McElheran and D. Elkington, The Short Life of Online Sales Leads,
       Harvard Business Review, March 2011, counts the firms that respond within an hour; five
       minutes is the customary aim since.

    Examples
    --------
    >>> reached = speed_to_lead_within(example("pipeline"), period="quarter", minutes=60)
    >>> reached[["value", "n"]]
       value  n
    0    0.6  5
    """
    created = Total(responses, at="created_at")
    return created.where(_.minutes <= minutes) / created


@metric(
    title="Median time in stage",
    title_it="Permanenza mediana nella fase",
    owner="both",
    unit="days",
    better="lower",
    rows="stage",
)
def stage_duration(opportunity_stages: TableName) -> Formula:
    r"""Median days that opportunities spend in a stage, over all their visits to it.

    By the period in which they first entered it (Kaplan–Meier).

    Notes
    -----
    Deals still in the stage are censored, not left out. Days are calendar days; deals moved
    through several stages on one day spent 0 in each. Won and lost are not stages. NaN when more
    than half are still there. An open deal may return to a stage, so a period is ``complete`` when
    no open deal has spent less than the median in it.

    References
    ----------
    .. [1] E. L. Kaplan and P. Meier, Nonparametric Estimation from Incomplete Observations,
       Journal of the American Statistical Association 53 (1958).

    Examples
    --------
    >>> stage_duration(example("pipeline"), period="year", start="2026-01-01")[["stage", "value"]]
               stage  value
    0  Qualification   21.0
    1       Proposal   28.0
    """
    entered = Cohort(opportunity_stages, at="entered", settled="closed_on")
    first = entered.where(_.visit == 1).where(_.is_open)
    return Median(first.of(_.days), until=_.watched)


@metric(
    title="Stage conversion",
    title_it="Conversione da una fase alla successiva",
    owner="both",
    unit="share",
    better="higher",
    rows="stage",
)
def stage_conversion(stage_passages: TableName, *, within: int | None = None) -> Formula:
    r"""Opportunities that first passed a stage in the period and went on to the next.

    .. math:: \frac{\#\{\text{reached } s + 1 \text{ or beyond}\}}
       {\#\{\text{reached } s \text{ or beyond}\}}

    0 to 1; the last stage converts to won. ``within``: days that the next stage may take,
    among deals old enough.

    Notes
    -----
    A skipped stage counts as passed on the day the deal was first beyond it, and a deal that moves
    back keeps the stages it has passed. So over the whole range the product of the steps is the
    conversion from end to end: 2 of 4, then 2 of 2, is 2 of 4. Dividing the entries of one stage
    by those of the one before would compare different deals and may exceed 1.

    References
    ----------
    .. [1] Customary definition: cohort conversion between consecutive stages.

    Examples
    --------
    >>> steps = stage_conversion(example("pipeline"), period=None, start="2026-01-01")
    >>> steps[["stage", "value", "n"]]
               stage  value  n
    0  Qualification    0.5  4
    1       Proposal    1.0  3
    """
    passed = Cohort(stage_passages, at="passed_on", settled="settled_on", within=within)
    return passed.reaching(_.next_on.notnull(), on="next_on") / passed
