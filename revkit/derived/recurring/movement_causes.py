"""Movement causes: changes of MRR split into seats, price, plan, product and discount.

Where one price period of a contract line follows another, seats, price, plan or discount changed.
A line that begins, or ends for good, is a product added or dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from revkit.derived.recurring.price_periods import LINE

# Finer than the decimals they add up to, with room for sums: Spark drops decimal places where a
# sum might need more than 38 digits.
MONEY = "decimal(24, 8)"
CAUSES = ("seats", "price", "plan", "product", "discount")
_TRACE = 0.005  # a smaller rest is rounding, not a change of price
_LEAVING, _ENTERING, _SEATS, _PRICE, _DISCOUNT = range(5)


def changes_by_cause(table: Any, own: Iterable[str], name: str) -> Any:
    """Return every change of MRR with its cause, by account and day.

    Parameters
    ----------
    table
        :func:`~revkit.derived.recurring.price_periods.price_periods`.
    own
        Columns of it to keep.
    name
        The column to put the cause in: one of :data:`CAUSES`.

    Returns
    -------
    ibis Table
        ``account_id``, the columns ``own``, the cause, ``on`` (date), ``amount`` (decimal). The
        amounts of a day add up exactly to the change of the account's MRR.

    Notes
    -----
    The difference between two price periods of a line is split in a fixed order: seats at the old
    price and discount; then price for the new seats at the old discount; then discount. From 10
    seats at 100 to 12 at 110 with 20 % off: seats +200, price +120, discount −264. Another order
    gives other parts: 12 % more seats at a 10 % higher price leave a cross term of 1.2 %. Where
    the number of seats is unknown, everything but discount is price; under another product all
    of it is plan.
    """
    import ibis

    own = list(own)
    steps = _followed(table).mutate(part=ibis.array(list(range(5))).unnest())
    part = steps.part
    split = [(part == _SEATS, steps.seats), (part == _DISCOUNT, steps.discounted)]
    amounts = [
        (part == _LEAVING, -steps.rate),
        (part == _ENTERING, steps.goes_on.ifelse(steps.past, steps.rate)),
        (part == _PRICE, steps.rate - steps.past - steps.seats - steps.discounted),
        *split,
    ]
    continues = ibis.cases((steps.new_plan, "plan"), else_="price")
    leaves = ibis.cases((steps.next_plan, "plan"), else_="price")
    causes = [
        (part == _LEAVING, steps.is_followed.ifelse(leaves, "product")),
        (part == _ENTERING, steps.goes_on.ifelse(continues, "product")),
        (part == _PRICE, continues),
        (part == _SEATS, "seats"),
        (part == _DISCOUNT, "discount"),
    ]
    renewed = ["new_on"] if "new_on" in table.columns else []
    changes = steps.select(
        "account_id",
        *own,
        *renewed,
        ibis.cases(*causes, else_=None).name(name),
        on=(part == _LEAVING).ifelse(steps.ended_on, steps.started_on),
        amount=ibis.cases(*[(when, amount.cast(MONEY)) for when, amount in amounts], else_=None),
        counts=(part <= _ENTERING) | steps.goes_on,
    )
    return changes.filter(changes.on.notnull(), changes.counts).drop("counts")


def _followed(table: Any) -> Any:
    """Add to each price period its predecessor, its successor and the parts of the difference."""
    import ibis

    line = ibis.window(group_by=list(LINE), order_by="started_on")
    rate = table.mrr.cast("decimal(18, 6)")
    steps = table.mutate(
        rate=rate,
        past=rate.lag().over(line),
        until=table.ended_on.lag().over(line),
        old_plan=table.product_id.lag().over(line),
        old_seats=table.quantity.lag().over(line),
        old_discount=table.discount.lag().over(line),
        onward=table.started_on.lead().over(line),
        other_plan=table.product_id.lead().over(line),
    )
    steps = steps.mutate(
        goes_on=(steps.until == steps.started_on).fill_null(False),
        is_followed=(steps.onward == steps.ended_on).fill_null(False),
        new_plan=~steps.product_id.identical_to(steps.old_plan),
        next_plan=~steps.product_id.identical_to(steps.other_plan),
    )
    by_seats = (steps.pricing == "per_unit") & (steps.quantity > 0) & (steps.old_seats > 0)
    kept = steps.goes_on & ~steps.new_plan
    past, now = steps.past.cast("float64"), steps.rate.cast("float64")
    seats = past * (steps.quantity / steps.old_seats - 1)
    left = (1 - steps.old_discount.fill_null(0.0)) / (1 - steps.discount.fill_null(0.0)).nullif(0.0)
    steps = steps.mutate(
        seats=_money((kept & by_seats).fill_null(False).ifelse(seats, 0.0)),
        discounted=_money(kept.ifelse(now * (1 - left), 0.0)),
    )
    return _rounded(steps)


def _rounded(steps: Any) -> Any:
    """Add a rest below half a cent to seats or discount, instead of leaving it to price."""
    rest = steps.rate - steps.past - steps.seats - steps.discounted
    trace = rest.abs() < _TRACE
    to_seats = trace & (steps.seats != 0)
    to_discount = trace & (steps.seats == 0) & (steps.discounted != 0)
    return steps.mutate(
        seats=to_seats.ifelse(steps.seats + rest, steps.seats),
        discounted=to_discount.ifelse(steps.discounted + rest, steps.discounted),
    )


def _money(value: Any) -> Any:
    """Return a number as a decimal of 8 places; null as 0."""
    return value.fill_null(0.0).round(8).cast(MONEY)
