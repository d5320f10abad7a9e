"""The lead funnel: qualified leads, conversion between stages, and the stages at a date."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Cohort, Formula, Stock, TableName, Total, metric


@metric(
    title="Marketing qualified leads",
    title_it="Lead qualificati per il marketing (MQL)",
    owner="RevOps",
    unit="count",
    better="higher",
)
def mqls(lead_stages: TableName) -> Formula:
    """Leads that entered the stage MQL for the first time in the period.

    Notes
    -----
    A lead that is recycled and qualified again is not counted again, and neither is a second lead
    of the same person: the same e-mail, or without one the same account.

    References
    ----------
    .. [1] Customary definition: a lead that meets marketing's agreed criteria.

    Examples
    --------
    >>> mqls(example("leads"), period="quarter")[["period", "value"]]
          period  value
    0 2026-01-01    4.0
    """
    return _entering(lead_stages, "MQL")


@metric(
    title="Sales qualified leads",
    title_it="Lead qualificati per le vendite (SQL)",
    owner="SalesOps",
    unit="count",
    better="higher",
)
def sqls(lead_stages: TableName) -> Formula:
    """Leads that entered the stage SQL for the first time in the period.

    Notes
    -----
    Gross of those that sales rejects later. Leads recycled and qualified again, and further leads
    of the same person, are not counted again.

    References
    ----------
    .. [1] Customary definition: a lead that sales confirms as worth an opportunity.

    Examples
    --------
    >>> sqls(example("leads"), period="quarter")["value"].tolist()
    [2.0]
    """
    return _entering(lead_stages, "SQL")


@metric(
    title="MQL to SQL rate",
    title_it="Tasso da MQL a SQL",
    owner="both",
    unit="share",
    better="higher",
)
def mql_to_sql_rate(lead_stages: TableName, *, within: int | None = None) -> Formula:
    r"""Leads first qualified by marketing in the period that sales then qualified too.

    .. math:: \frac{\#\{\text{MQL that reached SQL or beyond}\}}{\#\{\text{MQL}\}}

    0 to 1. ``within``: days from MQL that reaching SQL may take, among leads old enough.

    Notes
    -----
    By the period of MQL: SQLs of a month over MQLs of the same month would compare different
    leads. A lead that skips SQL on its way to an opportunity counts as having reached it.

    References
    ----------
    .. [1] Customary definition: cohort conversion between consecutive stages.

    Examples
    --------
    >>> mql_to_sql_rate(example("leads"), period="quarter")[["value", "n"]]
       value  n
    0    0.5  4
    """
    marketed = Cohort(lead_stages, at="entered", settled="settled_on", within=within)
    first = marketed.where(_.stage == "MQL").where(_.visit == 1)
    return first.reaching(_.reached_sql_on.notnull(), on="reached_sql_on") / first


@metric(
    title="Lead to MQL rate",
    title_it="Tasso da lead a MQL",
    owner="both",
    unit="share",
    better="higher",
)
def lead_to_mql_rate(lead_qualifications: TableName, *, within: int | None = None) -> Formula:
    r"""Leads created in the period that marketing then qualified.

    .. math:: \frac{\#\{\text{leads that reached MQL or beyond}\}}{\#\{\text{leads created}\}}

    0 to 1. ``within``: days from creation that reaching MQL may take, among leads old enough.

    Notes
    -----
    By the period of creation: the MQLs of a month over the leads of the same month would compare
    different people. Each company draws the line of an MQL elsewhere, so the rates of two
    companies are not comparable.

    References
    ----------
    .. [1] abmatic.ai, lead to MQL conversion rate: MQLs over leads of the same cohort.

    Examples
    --------
    >>> lead_to_mql_rate(example("leads"), period="quarter")[["value", "n"]]
       value  n
    0    0.8  5
    """
    created = Cohort(lead_qualifications, at="created_at", settled="settled_on", within=within)
    return created.reaching(_.mql_on.notnull(), on="mql_on") / created


@metric(
    title="SQL to opportunity rate",
    title_it="Tasso da SQL a opportunità",
    owner="SalesOps",
    unit="share",
    better="higher",
)
def sql_to_opportunity_rate(lead_stages: TableName, *, within: int | None = None) -> Formula:
    r"""Leads first qualified by sales in the period that then became an opportunity.

    .. math:: \frac{\#\{\text{SQL that became an opportunity}\}}{\#\{\text{SQL}\}}

    0 to 1. ``within``: days from SQL that becoming one may take, among leads old enough.

    Notes
    -----
    A lead becomes an opportunity when its history reaches that stage or beyond, whichever deal it
    leads to. Leads that sales is still working stay in the denominator, so recent periods read low
    until they are ``complete``.

    References
    ----------
    .. [1] orm-tech.com, conversion rate formula: opportunities over SQLs, at the stage boundary.

    Examples
    --------
    >>> sql_to_opportunity_rate(example("leads"), period="quarter")[["value", "n", "complete"]]
       value  n  complete
    0    0.5  2     False
    """
    sold = Cohort(lead_stages, at="entered", settled="opportunity_settled_on", within=within)
    first = sold.where(_.stage == "SQL").where(_.visit == 1)
    return first.reaching(_.opportunity_on.notnull(), on="opportunity_on") / first


@metric(
    title="SQL acceptance rate",
    title_it="Tasso di accettazione dei lead da parte delle vendite",
    owner="SalesOps",
    unit="share",
    better="higher",
)
def sql_acceptance_rate(lead_stages: TableName, *, within: int | None = None) -> Formula:
    r"""Leads first handed over by marketing in the period that sales accepted.

    .. math:: \frac{\#\{\text{MQL that reached SAL or beyond}\}}{\#\{\text{MQL}\}}

    0 to 1. ``within``: days from MQL that acceptance may take, among leads old enough.

    Notes
    -----
    Acceptance (SAL) comes before qualification (SQL); in a process without SAL this equals
    :func:`mql_to_sql_rate`. Leads on which sales has not decided stay in the
    denominator, so recent periods read low until they are ``complete``.

    References
    ----------
    .. [1] Customary definition: leads accepted by sales over leads handed over.

    Examples
    --------
    >>> sql_acceptance_rate(example("leads"), period="quarter")[["value", "n", "complete"]]
       value  n  complete
    0    0.5  4     False
    """
    marketed = Cohort(lead_stages, at="entered", settled="decided_on", within=within)
    first = marketed.where(_.stage == "MQL").where(_.visit == 1)
    return first.reaching(_.accepted_on.notnull(), on="accepted_on") / first


@metric(
    title="Lead to customer rate",
    title_it="Tasso da lead a cliente",
    owner="both",
    unit="share",
    better="higher",
)
def lead_to_customer_rate(journeys: TableName, *, within: int | None = None) -> Formula:
    r"""Leads created in the period that became customers.

    .. math:: \frac{\#\{\text{leads won}\}}{\#\{\text{leads created}\}}

    0 to 1. ``within``: days from creation that winning may take, among leads old enough.

    Notes
    -----
    Without ``within``, recent leads that have had little time are in the denominator: the period
    is not ``complete`` until each of its leads is won or disqualified.

    References
    ----------
    .. [1] Customary definition: cohort conversion from lead to won opportunity.

    Examples
    --------
    >>> lead_to_customer_rate(example("leads"), period="quarter")[["value", "n", "complete"]]
       value  n  complete
    0    0.2  5     False
    """
    created = Cohort(journeys, at="created_at", settled="settled_on", within=within)
    return created.reaching(_.won_on.notnull(), on="won_on") / created


@metric(
    title="Share of leads in each stage",
    title_it="Percentuale di lead in ogni fase",
    owner="SalesOps",
    unit="share",
    better="neither",
    rows="stage",
)
def stage_share(lead_stages: TableName) -> Formula:
    r"""Leads in a stage at the period's end, over the leads in any open stage then.

    .. math:: \frac{\#\{\text{in stage } s\}}{\sum_t \#\{\text{in stage } t\}}

    0 to 1; sums to 1 over the stages.

    Notes
    -----
    A snapshot, not a conversion. Customers, disqualified and recycled leads are in no open stage.

    References
    ----------
    .. [1] Customary definition: stage distribution of the active funnel.

    Examples
    --------
    >>> stage_share(example("leads"), period="quarter")[["stage", "value"]]
      stage  value
    0   MQL    0.5
    1   SQL    0.5
    """
    return Stock(lead_stages, start="entered", end="left").where(_.is_open).share("stage")


def _entering(lead_stages: TableName, stage: str) -> Formula:
    """Return the leads that first entered a stage in the period."""
    return Total(lead_stages, at="entered").where(_.stage == stage).where(_.is_first)
