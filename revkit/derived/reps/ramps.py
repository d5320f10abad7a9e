"""Ramps: months until a new rep sells close to the full quota."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from revkit.derived.reps.quotas import quotas
from revkit.derived.reps.shares import by_rep

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

RAMPED = 0.8
"""The share of the full quota at which a rep counts as ramped."""
MONTHS = 3
"""Months of tenure over which bookings are compared with the quota."""
FIRST_YEAR = 365


def ramps(data: Dataset) -> ir.Table:
    """Return one row per rep who had a bookings quota in the first year of tenure.

    Months are months of tenure: the first lasts from the day of hire to the day before the same
    day of the next month. The full quota is the largest monthly quota of the first year, since
    the first quotas are often reduced. Reps without a quota in their first year have no row.

    Parameters
    ----------
    data
        A company with ``reps``, ``targets`` and ``opportunities``.

    Returns
    -------
    ibis Table
        ``rep_id``, ``hired_on``, ``months`` (the first month at whose end the bookings of three
        months reached 80 % of the full quota; null if none did), ``watched`` (whole months of
        tenure until leaving or the as-of date), ``settled_on`` (the end of observation; null
        while ``months`` can change: it is settled once the rep has left, or has ramped and a year
        is over, when the full quota is known).
    """
    import ibis
    from ibis import _

    today = ibis.literal(data.as_of)
    hired = data.table("reps").filter(_.hired_on.notnull(), _.hired_on <= today)
    hired = hired.select("rep_id", "hired_on", left_on=(_.left_on <= today).ifelse(_.left_on, None))
    rated = _full_quotas(data, hired)
    joined = rated.left_join(_reached(data, rated), "rep_id").drop("rep_id_right")
    tomorrow = ibis.literal(data.as_of + timedelta(days=1))
    until = ibis.coalesce(joined.left_on, tomorrow)
    watched = _tenure(joined.hired_on, until)
    # An unfinished month does not count: only reps who ramped early in it would be seen.
    months = (joined.months <= watched).ifelse(joined.months, ibis.null("int64"))
    known = until.delta(joined.hired_on, unit="day") >= FIRST_YEAR
    over = joined.left_on.notnull() | (months.notnull() & known)
    return joined.select(
        "rep_id",
        "hired_on",
        months=months,
        watched=watched,
        settled_on=over.ifelse(until, ibis.null("date")),
    )


def _full_quotas(data: Dataset, hired: ir.Table) -> ir.Table:
    """Add to reps the largest monthly quota of their first year."""
    from ibis import _

    held = quotas(data).filter(_.measure == "bookings")
    held = held.select("starts_on", "ends_on", "amount", holder=_.rep_id)
    held = hired.inner_join(held, hired.rep_id == held.holder).filter(
        _.ends_on > _.hired_on, _.starts_on.delta(_.hired_on, unit="day") < FIRST_YEAR
    )
    rate = held.amount.cast("float64") / _months_between(held.starts_on, held.ends_on)
    keys = ["rep_id", "hired_on", "left_on"]
    return held.group_by(keys).aggregate(full=rate.max()).filter(_.full > 0)


def _reached(data: Dataset, rated: ir.Table) -> ir.Table:
    """Return the first month of tenure at whose end each rep had ramped."""
    import ibis
    from ibis import _

    won = data.table("opportunities").filter(_.is_won, _.closed_on.notnull())
    won = by_rep(won, data).select("closed_on", "amount", seller=_.rep_id)
    sold = rated.inner_join(won, rated.rep_id == won.seller).filter(_.closed_on >= _.hired_on)
    monthly = (
        sold.mutate(month=_tenure(sold.hired_on, sold.closed_on) + 1)
        .group_by(["rep_id", "full", "month"])
        .aggregate(booked=_.amount.cast("float64").sum())
    )
    # A month without bookings has no row: the sum over three can only rise where there is one.
    last = ibis.range_window(
        group_by=monthly.rep_id, order_by=monthly.month, preceding=MONTHS - 1, following=0
    )
    summed = monthly.mutate(recent=monthly.booked.sum().over(last))
    enough = summed.filter(_.recent / (MONTHS * _.full) >= RAMPED - 1e-9)
    return enough.group_by("rep_id").aggregate(months=_.month.min())


def _tenure(hired: Any, day: Any) -> Any:
    """Return the whole months from one day to another."""
    months = (day.year() - hired.year()) * 12 + day.month() - hired.month()
    return (months - (day.day() < hired.day()).ifelse(1, 0)).cast("int64")


def _months_between(start: Any, end: Any) -> Any:
    """Return the months between two days; whole where both fall on the same day of the month."""
    months = (end.year() - start.year()) * 12 + end.month() - start.month()
    return months + (end.day() - start.day()) / (365.25 / 12)
