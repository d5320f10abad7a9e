"""Sales team: quota attainment, activity, revenue per rep, ramp time and territories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibis import _

from revkit.algebra import Cohort, Formula, Median, Stock, TableName, Total, metric

if TYPE_CHECKING:
    import pandas as pd

    from revkit.algebra.request import Call

TALKS = ("call", "email", "meeting")


@metric(
    title="Quota attainment",
    title_it="Raggiungimento della quota",
    owner="SalesOps",
    unit="ratio",
    better="higher",
    percent=True,
)
def quota_attainment(credited_deals: TableName, quotas: TableName) -> Formula:
    r"""Won amount over the quota of the period.

    .. math:: \frac{\text{won amount}}{\text{quota}}

    0 or more; NaN where nobody has a quota, or a quota of 0.

    Notes
    -----
    A quarter's quota is divided over its days, so 30 of its 90 days are a third of it; a quota
    from the day of hire, or to the day of leaving, counts for those days alone. For a team it is
    sum over sum, not the mean of the reps: one rep at 200 % of 10 and one at 50 % of 90 are at
    65 %, not 125 %. A manager's quota repeats those of the reports, so it counts for ``by="rep"``
    alone, against all that they and the manager won. Of a quota submitted again the last version
    counts; a year's beside its quarters' is refused. Deals of reps without a quota count in the
    company's total.

    References
    ----------
    .. [1] Brainshark, how to calculate quota attainment: 235,000 of 250,000 is 94 %.

    Examples
    --------
    >>> team = example("team")              # 90,000 of 90,000 and 54,000 of 60,000
    >>> quota_attainment(team, by="rep", period="quarter", start="2026-01-01")[["rep", "value"]]
         rep  value
    0    Ada    1.0
    1  Bruno    0.9
    2  Carla    0.0
    >>> quota_attainment(team, period="quarter", start="2026-01-01")["value"].tolist()
    [0.9]
    """
    quota = Total(quotas, spread=("starts_on", "ends_on")).where(_.measure == "bookings")
    return _won(credited_deals).of(_.amount) / quota.of(_.amount)


@metric(
    title="Activities per rep and working day",
    title_it="Attività per venditore e giorno lavorativo",
    owner="SalesOps",
    unit="ratio",
    better="neither",
    noun="reps",
)
def activities_per_rep(activities: TableName, reps: TableName) -> Formula:
    r"""Calls, e-mails and meetings over the working days of the reps employed.

    .. math:: \frac{\#\{\text{calls, e-mails, meetings}\}}{\#\{\text{rep-days at work}\}}

    0 or more.

    Notes
    -----
    Automated messages (``is_automated``) are left out: one campaign would outweigh a month of
    calls. A rep's days at work are those from Monday to Friday between hire and leaving, including
    those of reps who log nothing, without leave or public holidays. ``data.where(role="SDR")``
    limits the reps.

    References
    ----------
    .. [1] Fivetran, dbt_salesforce, daily activity: tasks and events by owner and day.

    Examples
    --------
    >>> activities_per_rep(example("team"), start="2026-03-01")["value"].round(4).tolist()
    [0.0606]
    """
    done = Total(activities, at="occurred_at").where(_.kind.isin(TALKS)).where(~_.is_automated)
    employed = Stock(reps, start="hired_on", end="left_on")
    return done / employed.exposure("working day")


@metric(
    title="Selling time share",
    title_it="Quota di tempo dedicata alla vendita",
    owner="SalesOps",
    unit="share",
    better="higher",
)
def selling_time_share(activities: TableName) -> Formula:
    r"""Minutes spent selling over all minutes recorded.

    .. math:: \frac{\text{selling minutes}}{\text{all minutes}}

    0 to 1.

    Notes
    -----
    Of recorded time only: time that is not logged is mostly not selling, so the share is too high
    where only calls and meetings are recorded. Activities without minutes are left out;
    ``attrs["unvalued"]`` counts them.

    References
    ----------
    .. [1] Janek, how much selling do you really do: 33 %, 13.2 hours of a week of 40.

    Examples
    --------
    >>> selling_time_share(example("team"), start="2026-03-01")["value"].tolist()
    [0.5]
    """
    minutes = Total(activities, at="occurred_at").of(_.minutes)
    return minutes.where(_.is_selling) / minutes


@metric(
    title="Revenue per rep",
    title_it="Ricavi per venditore",
    owner="SalesOps",
    unit="money",
    better="higher",
    noun="reps",
)
def revenue_per_rep(opportunities: TableName, quota_spans: TableName) -> Formula:
    r"""Won amount over the reps who carry a quota (mean of the period's two ends).

    .. math:: \frac{\text{won amount}}{(\text{reps at start} + \text{reps at end}) / 2}

    0 or more; NaN where no rep has a quota.

    Notes
    -----
    Reps who carry a quota are those in ``targets``, until they leave, whatever their title. The
    first period with recorded quotas opens with no rep, so its value is up to twice too high; over
    the whole range the reps are averaged over its days.

    References
    ----------
    .. [1] revenue.io, what is revenue per rep: 2 M of ten quota-carrying reps are 200,000 each.

    Examples
    --------
    >>> revenue_per_rep(example("team"), period="quarter", start="2026-01-01")["value"].tolist()
    [57600.0]
    """
    carrying = Stock(quota_spans, start="started_on", end="ended_on")
    return _won(opportunities).of(_.amount) / carrying.average


@metric(
    title="Median months to ramp",
    title_it="Mesi mediani di rodaggio",
    owner="SalesOps",
    unit="months",
    better="lower",
)
def ramp_months(ramps: TableName) -> Formula:
    r"""Median months from hire until a rep sells 80 % of the full quota, by the month of hire.

    .. math:: \min \{t : \hat S(t) \le 1/2\}

    with :math:`\hat S` the Kaplan–Meier estimate over the reps hired in the period of
    :math:`T_i`, the first month of tenure at whose end the bookings of the last three are 80 %
    or more of three months of full quota. NaN where fewer than half get there.

    Notes
    -----
    Reps who have not reached it, or left before, are censored, not dropped. The full quota is the
    largest monthly one of the first year, so a reduced first quota does not shorten the ramp. Few
    reps are hired in a month: ``trailing=12`` takes those hired in a year, ``period=None`` all.

    References
    ----------
    .. [1] metrickittools.com, ramp time: 80 % of quota by month 6 is a ramp of about 6 months.

    Examples
    --------
    >>> ramp_months(example("team"), period=None)[["value", "n"]]    # Bruno; Carla is censored
       value  n
    0    6.0  2
    """
    hired = Cohort(ramps, at="hired_on", settled="settled_on")
    return Median(hired.of(_.months), until=_.watched)


@metric(
    kind="table",
    formula="Gini coefficient of the MRR of accounts over the regions of their reps",
    sampled=False,
    title="Territory balance",
    title_it="Equilibrio dei territori",
    owner="SalesOps",
    unit="ratio",
    better="lower",
    percent=True,
)
def territory_balance(call: Call, movements: TableName, reps: TableName) -> pd.DataFrame:
    r"""Gini coefficient of MRR over territories (the regions of the accounts' reps).

    .. math:: G = \frac{\sum_i \sum_j |x_i - x_j|}{2 n^2 \bar x}

    with :math:`x_i` the MRR at the period's end of the accounts whose rep is of region
    :math:`i`, over the :math:`n` regions that have had a paying account by then. 0 where all are
    equal, to 1 - 1/n where one has everything; NaN without paying accounts.

    Notes
    -----
    Comparable only between equal numbers of territories: two at 3 to 1 give 0.25, four at 3 to 1
    to 1 to 1 the same. Accounts without a rep, or whose rep has no region, lie in no territory.
    With ``by``, the balance of the regions within each group.

    References
    ----------
    .. [1] Gini, *Variabilità e mutabilità*, 1912; the form without the n/(n-1) of a sample.

    Examples
    --------
    >>> team = example("team")              # Milan 300, Turin 100, Naples 200
    >>> territory_balance(team, start="2026-03-01")[["value", "n"]].round(4)
        value  n
    0  0.2222  3
    """
    from revkit.metrics.tables.balance import balance

    return balance(call, Stock(movements).of(_.mrr), over="rep.region")


def _won(deals: TableName) -> Total:
    """Return the deals won in the period."""
    return Total(deals, at="closed_on").where(_.is_won)
