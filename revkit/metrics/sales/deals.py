"""Deals: win rates, deal sizes, sales cycles and discounts."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Cohort, Formula, Median, TableName, Total, metric


@metric(
    title="Win rate",
    title_it="Tasso di vincita",
    owner="SalesOps",
    unit="share",
    better="higher",
)
def win_rate(opportunities: TableName) -> Formula:
    r"""Won opportunities among those closed in the period.

    .. math:: \frac{\text{won}}{\text{won} + \text{lost}}

    0 to 1.

    Notes
    -----
    Closed deals only; :func:`close_rate` counts by the month of creation, open deals included.
    Every kind counts: ``data.where(kind="new")`` leaves out renewals, which win far more often.
    A deal closed as a duplicate or disqualified (``is_won`` is null; a mapping says which stages
    are) is neither won nor lost, and is left out.

    References
    ----------
    .. [1] Salesforce report convention: won / (won + lost), by close date.

    Examples
    --------
    >>> win_rate(example("deals"), period="quarter")[["value", "low", "high", "n"]].round(3)
       value    low  high  n
    0   0.75  0.301  0.954  4
    """
    closed = Total(opportunities, at="closed_on")
    return closed.where(_.is_won) / closed.where(_.is_won.notnull())


@metric(
    title="Win rate by amount",
    title_it="Tasso di vincita per importo",
    owner="SalesOps",
    unit="share",
    better="higher",
)
def win_rate_value(opportunities: TableName) -> Formula:
    r"""Amount won among the amount of the opportunities closed in the period.

    .. math:: \frac{\text{amount won}}{\text{amount won} + \text{amount lost}}

    0 to 1.

    Notes
    -----
    Below :func:`win_rate` where large deals are lost more often. An amount is that of the day it
    closed; deals without one are left out, and ``attrs["notes"]`` says how many there are.

    References
    ----------
    .. [1] Customary definition: the win rate of money, beside that of deals.

    Examples
    --------
    >>> win_rate_value(example("deals"), period="quarter")[["value", "n"]]
       value  n
    0   0.75  4
    """
    closed = Total(opportunities, at="closed_on").where(_.is_won.notnull())
    return closed.where(_.is_won).of(_.amount) / closed.of(_.amount)


@metric(
    title="Close rate",
    title_it="Tasso di chiusura",
    owner="SalesOps",
    unit="share",
    better="higher",
)
def close_rate(opportunities: TableName, *, within: int | None = None) -> Formula:
    r"""Opportunities created in the period that are won.

    .. math:: \frac{\text{won}}{\text{created}}

    0 to 1. ``within``: days from creation that winning may take, among deals old enough.

    Notes
    -----
    Open deals stay in the denominator, so recent periods read low until they are ``complete``.
    Some sources call won over closed a close rate; here that is :func:`win_rate`.

    References
    ----------
    .. [1] The article's first SalesOps metric; cohort by creation.

    Examples
    --------
    >>> close_rate(example("deals"), period="quarter")[["value", "n", "complete"]]
       value  n  complete
    0    0.6  5     False
    """
    created = Cohort(opportunities, at="created_on", settled="closed_on", within=within)
    return created.reaching(_.is_won, on="closed_on") / created


@metric(
    title="Win/loss ratio",
    title_it="Rapporto vittorie/sconfitte",
    owner="SalesOps",
    unit="ratio",
    better="higher",
)
def win_loss_ratio(opportunities: TableName) -> Formula:
    r"""Won over lost opportunities among those closed in the period.

    .. math:: \frac{\text{won}}{\text{lost}}

    0 or more; NaN in a period without losses.

    Notes
    -----
    Not the win rate: 1 to 3 is a win rate of 25 %.

    References
    ----------
    .. [1] The article; customary formula.

    Examples
    --------
    >>> win_loss_ratio(example("deals"), period="quarter")["value"].tolist()
    [3.0]
    """
    closed = Total(opportunities, at="closed_on")
    return closed.where(_.is_won) / closed.where(~_.is_won)


@metric(
    title="Won amount",
    title_it="Importo vinto",
    owner="SalesOps",
    unit="money",
    better="higher",
)
def won_amount(opportunities: TableName) -> Formula:
    """Amount of the opportunities won in the period.

    Notes
    -----
    A won deal without an amount adds nothing, and ``attrs["notes"]`` says how many there are; where
    none has one, the amount is not known.

    References
    ----------
    .. [1] Customary definition: bookings by close date.

    Examples
    --------
    >>> won_amount(example("deals"), period="quarter")["value"].tolist()
    [9000.0]
    """
    return Total(opportunities, at="closed_on").where(_.is_won).of(_.amount)


@metric(
    title="Average deal size",
    title_it="Importo medio delle trattative vinte",
    owner="SalesOps",
    unit="money",
    better="higher",
)
def deal_size(opportunities: TableName) -> Formula:
    r"""Mean amount of the opportunities won in the period, without those of amount 0.

    .. math:: \frac{\sum \text{amount won}}{\#\{\text{won with an amount}\}}

    Notes
    -----
    Amounts are skewed: below 100 deals prefer :func:`median_deal_size`.

    References
    ----------
    .. [1] Customary formula: won amount over won deals.

    Examples
    --------
    >>> deal_size(example("deals"), period="quarter")[["value", "n"]]
        value  n
    0  3000.0  3
    """
    won = Total(opportunities, at="closed_on").where(_.is_won).where(_.amount > 0)
    return won.of(_.amount) / won


@metric(
    title="Median deal size",
    title_it="Importo mediano delle trattative vinte",
    owner="SalesOps",
    unit="money",
    better="higher",
)
def median_deal_size(opportunities: TableName) -> Formula:
    """Median amount of the opportunities won in the period.

    Notes
    -----
    Deals of amount 0 count; those without an amount don't.

    References
    ----------
    .. [1] Customary definition; interval from order statistics.

    Examples
    --------
    >>> median_deal_size(example("deals"), period="quarter")["value"].tolist()
    [2000.0]
    """
    return Median(Total(opportunities, at="closed_on").where(_.is_won).of(_.amount))


@metric(
    title="Mean sales cycle",
    title_it="Durata media del ciclo di vendita",
    owner="SalesOps",
    unit="days",
    better="lower",
)
def sales_cycle(opportunities: TableName) -> Formula:
    r"""Mean days from creation to close of the opportunities won in the period.

    .. math:: \frac{\sum (\text{closed} - \text{created})}{\#\{\text{won}\}}

    Notes
    -----
    Open deals are left out, so the mean is too short while business grows. Lost deals are left
    out too; with them the figure of one public CRM export falls from 51.8 to 48.0 days.

    References
    ----------
    .. [1] Sisense KPI library, sales cycle length: won deals.

    Examples
    --------
    >>> sales_cycle(example("deals"), period="quarter")[["value", "n"]]
       value  n
    0   30.0  3
    """
    won = Total(opportunities, at="closed_on").where(_.is_won).where(_.created_on.notnull())
    return won.of(_.closed_on.delta(_.created_on, unit="day")) / won


@metric(
    title="Median sales cycle",
    title_it="Durata mediana del ciclo di vendita",
    owner="SalesOps",
    unit="days",
    better="lower",
)
def median_sales_cycle(opportunities: TableName) -> Formula:
    """Median days from creation to close of the opportunities won in the period.

    Notes
    -----
    Won deals only, as in :func:`sales_cycle`, and less sensitive to single long deals.

    References
    ----------
    .. [1] Customary definition; interval from order statistics.

    Examples
    --------
    >>> median_sales_cycle(example("deals"), period="quarter")["value"].tolist()
    [30.0]
    """
    won = Total(opportunities, at="closed_on").where(_.is_won)
    return Median(won.of(_.closed_on.delta(_.created_on, unit="day")))


@metric(
    title="Discount rate",
    title_it="Tasso di sconto",
    owner="SalesOps",
    unit="ratio",
    better="lower",
    percent=True,
    most=1,
)
def discount_rate(opportunities: TableName) -> Formula:
    r"""Discount on the opportunities won in the period, as a share of their list price.

    .. math:: 1 - \frac{\sum \text{amount}}{\sum \text{amount} / (1 - \text{discount})}

    0 to 1, below 0 where deals close above list; weighted by list price.

    Notes
    -----
    The mean of the discounts would weigh small deals like large ones: 50 % off 1,000 and nothing
    off 9,000 is a mean of 25 % and a rate of 5 %. Deals whose discount or amount is unknown, or
    whose discount is 100 %, have no list price here and are left out.

    References
    ----------
    .. [1] Customary formula: one less net price over list price.

    Examples
    --------
    >>> discount_rate(example("pipeline"), period="quarter")[["value", "n"]]
       value  n
    0   0.05  2
    """
    won = Total(opportunities, at="closed_on").where(_.is_won).where(_.amount.notnull())
    priced = won.where(_.discount < 1)
    return 1 - priced.of(_.amount) / priced.of(_.amount / (1 - _.discount))
