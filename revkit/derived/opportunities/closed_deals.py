"""Closed deals by what was agreed, against whom and when: discounts, competitors, quarters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.derived.quarters import month_of_quarter

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

BANDS = ((0.0, "0 %"), (0.1, "0–10 %"), (0.2, "10–20 %"), (0.3, "20–30 %"))
"""Upper ends of the bands of discounts that different people customarily approve."""

ABOVE = "30 % or more"


def discounted_deals(data: Dataset) -> ir.Table:
    """Return won opportunities with a known discount, and its band.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``account_id``, ``closed_on``, ``amount``, ``discount`` and
        ``discount_band``: 0 %, 0–10 %, 10–20 %, 20–30 % (each with its upper end, but for 30 %) or
        30 % or more.
    """
    import ibis
    from ibis import _

    deals = data.table("opportunities").filter(_.is_won, _.discount.notnull())
    bands = [(deals.discount <= top, label) for top, label in BANDS[:-1]]
    bands.append((deals.discount < BANDS[-1][0], BANDS[-1][1]))
    return deals.select(
        "opportunity_id",
        "account_id",
        "closed_on",
        "amount",
        "discount",
        discount_band=ibis.cases(*bands, else_=ABOVE),
    )


def contested_deals(data: Dataset) -> ir.Table:
    """Return closed opportunities that name a competitor; none where only lost ones do.

    A company that writes the competitor on lost deals alone loses all its contests on paper.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``account_id``, ``closed_on``, ``is_won``, ``competitor``, ``amount``.
    """
    import ibis
    from ibis import _

    deals = data.table("opportunities").filter(
        _.closed_on.notnull(), _.is_won.notnull(), _.competitor.notnull(), _.competitor != ""
    )
    every = ibis.window()
    marked = deals.mutate(named_on_won=_.is_won.ifelse(1, 0).max().over(every))
    return marked.filter(_.named_on_won == 1).select(
        "opportunity_id", "account_id", "closed_on", "is_won", "competitor", "amount"
    )


def quarter_bookings(data: Dataset) -> ir.Table:
    """Return won opportunities by fiscal quarter, of quarters that are over.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``account_id``, ``amount``, ``closed_on``, ``quarter_ends_on`` (its last
        day) and ``month_of_quarter`` (1, 2 or 3, as text; of thirteen months also 4).
    """
    from ibis import _

    quarters = data.policy.periods("quarter")
    won = data.table("opportunities").filter(_.is_won, _.closed_on.notnull())
    placed = won.select(
        "opportunity_id",
        "account_id",
        "amount",
        "closed_on",
        quarter_ends_on=quarters.last_day_of(won.closed_on),
        month_of_quarter=month_of_quarter(won.closed_on, quarters).cast("string"),
    )
    return placed.filter(_.quarter_ends_on <= data.as_of)


def deal_ages(data: Dataset) -> ir.Table:
    """Return opportunities while they are open, with their age on the company's date.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``since`` and ``until`` (half-open; null while open) and ``age`` in
        days, also of those closed since.
    """
    import ibis
    from ibis import _

    deals = data.table("opportunities").filter(_.created_on.notnull())
    return deals.select(
        "opportunity_id",
        since=deals.created_on,
        until=deals.closed_on,
        age=ibis.literal(data.as_of).delta(deals.created_on, unit="day"),
    )
