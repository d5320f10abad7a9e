"""Outcomes: why deals are lost, against whom they are won, when and at what discount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibis import _

from revkit.algebra import Formula, TableName, Total, metric

if TYPE_CHECKING:
    import pandas as pd

    from revkit.algebra.request import Call


@metric(
    title="Loss reasons",
    title_it="Motivi di perdita",
    owner="SalesOps",
    unit="share",
    better="neither",
    rows="lost_reason",
)
def loss_reasons(opportunities: TableName) -> Formula:
    r"""Share of each reason among the opportunities lost in the period.

    .. math:: \frac{\#\{\text{lost for reason } r\}}{\#\{\text{lost}\}}

    0 to 1; sums to 1 over the reasons.

    Notes
    -----
    Lost deals without a reason are a row of their own, (missing): a high share there, or of
    "price", says more of how the form is filled in than of the market. What reps write is rarely
    what buyers say when asked.

    References
    ----------
    .. [1] Customary win-loss report: lost deals by primary reason.

    Examples
    --------
    >>> reasons = loss_reasons(example("team"), period="quarter", start="2026-01-01")
    >>> reasons[["lost_reason", "value", "n"]]
      lost_reason  value  n
    0       price    1.0  1
    """
    return Total(opportunities, at="closed_on").where(~_.is_won).share("lost_reason")


@metric(
    title="Competitive win rate",
    title_it="Tasso di vincita contro i concorrenti",
    owner="SalesOps",
    unit="share",
    better="higher",
    rows="competitor",
)
def competitor_win_rate(contested_deals: TableName) -> Formula:
    r"""Won opportunities among those closed in the period against each competitor.

    .. math:: \frac{\text{won against } c}{\text{won} + \text{lost against } c}

    0 to 1; NaN where no won deal of the company names a competitor.

    Notes
    -----
    Only deals that name one. Where reps write the competitor on lost deals alone, nothing is known
    of the contests they won, so there is no rate, rather than one of 0. Deals lost to nobody are in
    :func:`win_rate`.

    References
    ----------
    .. [1] pspenterprises.com, win-loss percentage: competitive wins over competitive wins and
       losses.

    Examples
    --------
    >>> rate = competitor_win_rate(example("team"), period="quarter", start="2026-01-01")
    >>> rate[["competitor", "value", "n"]]
      competitor  value  n
    0       Acme    0.5  2
    """
    closed = Total(contested_deals, at="closed_on")
    return closed.where(_.is_won) / closed


@metric(
    title="Discounts by approval band",
    title_it="Sconti per fascia di approvazione",
    owner="SalesOps",
    unit="share",
    better="neither",
    rows="discount_band",
)
def discount_bands(discounted_deals: TableName) -> Formula:
    r"""Share of each band of discount among the opportunities won in the period.

    .. math:: \frac{\#\{\text{won with a discount in band } b\}}{\#\{\text{won with a discount
    known}\}}

    0 to 1; sums to 1 over the bands: 0 %, up to 10, 20 and 30 %, and 30 % or more.

    Notes
    -----
    Each deal counts once, whatever its size: :func:`discount_rate` weighs by list price. A pile
    just below a limit of approval shows that the limit sets the discount. Deals whose discount is
    unknown are left out.

    References
    ----------
    .. [1] Customary approval limits: rep to 10 %, manager to 20 %, director to 30 %.

    Examples
    --------
    >>> bands = discount_bands(example("pipeline"), period="quarter", start="2026-01-01")
    >>> bands[["discount_band", "value"]]
      discount_band  value
    0           0 %    0.5
    1  30 % or more    0.5
    """
    return Total(discounted_deals, at="closed_on").share("discount_band")


@metric(
    title="Bookings linearity",
    title_it="Linearità degli ordini nel trimestre",
    owner="SalesOps",
    unit="share",
    better="neither",
    rows="month_of_quarter",
)
def bookings_linearity(quarter_bookings: TableName) -> Formula:
    r"""Share of a quarter's won amount that closed in its first, second and third month.

    .. math:: \frac{\text{won amount in month } m \text{ of the quarter}}
        {\text{won amount of the quarter}}

    0 to 1; sums to 1 over the months.

    Notes
    -----
    A quarter counts in the period that holds its last day, and only when it is over, so other
    months are NaN: ask by quarter, or by year for a mean weighted by amount. A third each is
    linear; 60 % in the third month is a hockey stick. Quarters are those of the fiscal year.

    References
    ----------
    .. [1] winsabove.com, bookings linearity: 1.5, 2 and 5.5 M of 9 M are 17, 22 and 61 %.

    Examples
    --------
    >>> months = bookings_linearity(example("deals"), period="quarter")
    >>> months[["month_of_quarter", "value"]].round(4)
      month_of_quarter   value
    0                1  0.1667
    1                2  0.2222
    2                3  0.6111
    """
    booked = Total(quarter_bookings, at="quarter_ends_on").of(_.amount)
    return booked / booked.overall("month_of_quarter")


@metric(
    kind="table",
    formula="days from creation to the period's end / opportunities, over those open then",
    sampled=False,
    title="Mean pipeline age",
    title_it="Età media della pipeline",
    owner="SalesOps",
    unit="days",
    better="lower",
    noun="opportunities",
)
def pipeline_age(call: Call, deal_ages: TableName) -> pd.DataFrame:
    r"""Mean days since creation of the opportunities open at the period's end.

    .. math:: \frac{1}{n} \sum_i (\text{period's end} - \text{created}_i)

    over the :math:`n` open opportunities. 0 or more; NaN without one.

    Notes
    -----
    Not the sales cycle: deals that take long are open at more ends of periods, and so weigh more. A
    few forgotten deals lift it; :func:`stale_deals` counts them.

    References
    ----------
    .. [1] Customary definition: average age of open opportunities.

    Examples
    --------
    >>> pipeline_age(example("deals"), start="2026-03-01")[["value", "n"]]
       value  n
    0   29.0  1
    """
    from revkit.metrics.tables.at_end import mean_age

    return mean_age(call, deal_ages)
