"""Pipeline: created, open, weighted, covered by quota, pushed and stale."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Formula, Stock, TableName, Total, metric


@metric(
    title="Sales pipeline velocity",
    title_it="Velocità della pipeline di vendita",
    owner="RevOps",
    unit="money/day",
    better="higher",
)
def pipeline_velocity(opportunities: TableName) -> Formula:
    r"""Amount that the pipeline turns into won business per day.

    .. math:: \frac{\text{open deals} \times \text{win rate} \times \text{mean won amount}}
       {\text{mean cycle in days}}

    with the deals open on average of the period's two ends, the win rate and the cycle of all that
    closed in it, and the amount of those won.

    Notes
    -----
    In a steady state it equals what is won per day, whatever the period: as many deals are open as
    are created in one cycle. So the cycle is that of won and lost deals, which are open alike. Some
    sources take the deals created or closed in the period, and get a figure that grows with it.
    Deals closed as duplicates are left out. One month is noisy: ``trailing=3`` steadies it.

    References
    ----------
    .. [1] Customary formula; worked example at winsabove, glossary, sales velocity.

    Examples
    --------
    >>> pipeline_velocity(example("deals"), period="quarter")["value"].round(4).tolist()
    [39.4737]
    """
    stock = Stock(opportunities, start="created_on", end="closed_on")
    opened = stock.where(_.closed_on.isnull() | _.is_won.notnull()).average
    closed = Total(opportunities, at="closed_on").where(_.is_won.notnull())
    won, timed = closed.where(_.is_won), closed.where(_.created_on.notnull())
    cycle = timed.of(_.closed_on.delta(_.created_on, unit="day")) / timed
    return opened * (won / closed) * (won.of(_.amount) / won) / cycle


@metric(
    title="Open pipeline",
    title_it="Pipeline aperta",
    owner="both",
    unit="money",
    better="higher",
)
def pipeline_open(pipeline_changes: TableName) -> Formula:
    """Amount of the opportunities open at the period's end.

    Notes
    -----
    With opportunity_history the amounts are those known at the time; without it they are today's,
    and ``attrs["from_history"]`` is False.

    References
    ----------
    .. [1] Customary definition: open pipeline as a snapshot.

    Examples
    --------
    >>> pipeline_open(example("deals"), period="quarter")["value"].tolist()
    [4000.0]
    """
    return Stock(pipeline_changes, start="since", end="until").of(_.amount)


@metric(
    title="Pipeline created",
    title_it="Pipeline creata",
    owner="both",
    unit="money",
    better="higher",
)
def pipeline_created(openings: TableName) -> Formula:
    """Amount, as first entered, of the opportunities created in the period.

    Notes
    -----
    Later changes or losses of a deal change no past period. A deal created without an amount adds
    nothing (``attrs["unvalued"]`` counts them). Without opportunity_history the amounts are
    today's, and ``attrs["from_history"]`` is False.

    References
    ----------
    .. [1] Customary definition: pipeline generated, by creation date.

    Examples
    --------
    >>> created = pipeline_created(example("pipeline"), by="channel", period="quarter",
    ...                            start="2026-01-01")
    >>> created[["channel", "value"]]
         channel   value
    0     events  4000.0
    1     search  8000.0
    2  (missing)  6500.0
    """
    return Total(openings, at="created_on").of(_.created_amount)


@metric(
    title="Weighted pipeline",
    title_it="Pipeline ponderata",
    owner="both",
    unit="money",
    better="higher",
)
def weighted_pipeline(pipeline_changes: TableName) -> Formula:
    r"""Amount of the opportunities open at the period's end, each times its probability.

    .. math:: \sum_i \text{amount}_i \times p_i

    Notes
    -----
    The probability is that of the stage, else the opportunity's own; deals with neither add nothing
    (``attrs["notes"]`` counts them), and where no deal has one the value is NaN. Without history
    the 1 or 0 of a closed deal is its outcome and no probability of the time before. A CRM's
    probabilities are conventions, not observed frequencies, and say nothing of timing: as a
    forecast of next month's bookings they erred seven times as much as a seasonal naive forecast.
    :func:`revkit.forecast_pipeline` uses the outcomes of similar deals instead.

    References
    ----------
    .. [1] kpiexamples.operately.com, pipeline forecast value: the sum of value times probability.

    Examples
    --------
    >>> weighted_pipeline(example("pipeline"), start="2026-02-01")[["period", "value"]]
          period   value
    0 2026-02-01  7800.0
    1 2026-03-01  2100.0
    """
    opened = Stock(pipeline_changes, start="since", end="until")
    return opened.of(_.amount * _.probability)


@metric(
    title="Pipeline coverage",
    title_it="Copertura della pipeline",
    owner="both",
    unit="ratio",
    better="higher",
    ahead=True,
)
def pipeline_coverage(
    due_pipeline: TableName, planned_quotas: TableName, running_wins: TableName
) -> Formula:
    r"""Open pipeline due in the period over what is left of its quota.

    .. math:: \frac{\text{open and due}}{\text{quota} - \text{won of it}}

    0 or more; 3 is a customary aim where one deal in three is won. NaN where nothing is left of
    the quota.

    Notes
    -----
    A period that is over is measured at its start, when none of its quota is won yet: later in it
    coverage would fall only because deals are won. The running period, and those to come up to an
    ``end`` after the as-of date, are measured at that date: what is open and due in them, over what
    of their quota is not won yet. Deals without an expected close, or overdue since an earlier
    period, are due in none. A quota of several periods is divided over its days, and counts as in
    :func:`quota_attainment`. With ``trailing`` each period is measured at its own start.

    References
    ----------
    .. [1] metrickittools.com, glossary, sales quota coverage: pipeline over quota.

    Examples
    --------
    >>> pipeline_coverage(example("pipeline"), start="2026-03-01")["value"].tolist()
    [2.0]
    >>> halfway = example("pipeline").replay("2026-03-15")  # 9,500 of the 10,000 are won
    >>> pipeline_coverage(halfway, start="2026-03-01")["value"].tolist()
    [21.0]
    """
    quota = Total(planned_quotas, spread=("starts_on", "ends_on")).where(_.measure == "bookings")
    won = Total(running_wins, at="closed_on").of(_.amount)
    return _due(due_pipeline).of(_.amount) / (quota.of(_.amount) - won).above(0)


@metric(
    title="Slippage rate",
    title_it="Tasso di slittamento",
    owner="SalesOps",
    unit="share",
    better="lower",
)
def slippage_rate(period_pipeline: TableName) -> Formula:
    r"""Share of the amount due in the period, as of its start, that was not closed in it.

    .. math:: \frac{\text{amount pushed or still open}}{\text{amount due}}

    0 to 1.

    Notes
    -----
    A lost deal has closed, so it has not slipped. Amounts are those known at the period's start;
    deals moved into the period or created later are left out. NaN without opportunity_history, when
    only the last expected date is known. With ``trailing`` each period is measured at its own
    start.

    References
    ----------
    .. [1] Customary definition: due at the start and not closed by the end, over due at the start.

    Examples
    --------
    >>> slippage_rate(example("pipeline"), start="2026-03-01")[["value", "n"]]
       value  n
    0  0.525  4
    """
    due = _due(period_pipeline)
    return due.of(_.amount * _.slipped) / due.of(_.amount)


@metric(
    title="Pushes of the expected close",
    title_it="Rinvii della chiusura prevista",
    owner="SalesOps",
    unit="count",
    better="lower",
)
def push_count(pushes: TableName) -> Formula:
    """Times in the period that an open deal's expected close moved to a later month.

    Notes
    -----
    ``by="opportunity"`` counts them per deal; ``by="push"`` separates a deal's first, second, and
    third or later push, the customary sign of a deal that will not close. Corrections on the same
    day, moves within the month and moves to an earlier month are not pushes.

    References
    ----------
    .. [1] portalpilot.io, deal health signals: a counter of close dates moved to a later month.

    Examples
    --------
    >>> push_count(example("pipeline"), start="2026-01-01")["value"].tolist()
    [1.0, 1.0, 1.0]
    """
    return Total(pushes, at="pushed_on")


@metric(
    title="Stale deals",
    title_it="Trattative ferme",
    owner="SalesOps",
    unit="count",
    better="lower",
)
def stale_deals(quiet_spells: TableName) -> Formula:
    """Deals open at the period's end without activity for more than 30 days.

    Notes
    -----
    Activities of a person on the deal and rows of its history count as activity; automated ones do
    not, nor do activities recorded on the account or lead alone.

    References
    ----------
    .. [1] portalpilot.io, six deal health signals: no activity for so many days.

    Examples
    --------
    >>> stale_deals(example("pipeline"), start="2026-02-01")["value"].tolist()
    [0.0, 1.0]
    """
    return Stock(quiet_spells, start="stale_on", end="until")


def _due(pipeline: TableName) -> Total:
    """Return the deals due in each period."""
    return Total(pipeline, at="expected_close_on")
