"""Account months: what is known of the health of each account at the end of each month of usage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.billing.receivables import receivables
from revkit.derived.recurring.tenure import month_number
from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

BEFORE = 3
"""Months after which usage is compared."""

MEMORY = 6
"""Months for which an answer about satisfaction counts."""


def account_months(data: Dataset) -> ir.Table:
    """Return one row per account and month of usage.

    Parameters
    ----------
    data
        A company with ``usage``; ``tickets`` and ``invoices`` are used when loaded.

    Returns
    -------
    ibis Table
        ``account_id``, ``month``, and null where it is not known:

        - ``seats_used``: active users over seats;
        - ``usage_trend``: change of active users against three months before;
        - ``satisfaction``: mean answer on tickets closed in this month and the five before;
        - ``days_overdue``: days by which the oldest invoice line owed at the month's end is late,
          0 where none is.
    """
    import ibis
    from ibis import _

    usage = data.table("usage").select("account_id", "month", "active_users", "seats")
    rows = usage.mutate(number=_number(usage.month))
    past = rows.select(
        whose="account_id", then=rows.number + BEFORE, before=rows.active_users.cast("float64")
    )
    rows = rows.left_join(past, [rows.account_id == past.whose, rows.number == past.then])
    users = rows.active_users.cast("float64")
    rows = rows.mutate(
        seats_used=(rows.seats > 0).ifelse(users / rows.seats.cast("float64"), None),
        usage_trend=(rows.before > 0).ifelse(users / rows.before - 1, None),
    ).drop("whose", "then", "before", "active_users", "seats")
    unknown = ibis.null("float64")
    rows = _with_answers(rows, data) if "tickets" in data else rows.mutate(satisfaction=unknown)
    if "invoices" in data and {"due_on", "paid_on"} <= data.columns("invoices"):
        rows = _with_debts(rows, data)
    else:
        rows = rows.mutate(days_overdue=unknown)
    return rows.select(
        "account_id", "month", "seats_used", "usage_trend", "satisfaction", "days_overdue"
    ).filter(_.month.notnull())


def _number(day: Any) -> Any:
    """Return the number of a day's month."""
    return month_number(day).cast("int64")


def _with_answers(rows: Any, data: Dataset) -> Any:
    """Add the mean answer on tickets closed in the last months."""
    import ibis
    from ibis import _

    tickets = data.table("tickets").filter(_.satisfaction.notnull(), _.closed_at.notnull())
    closed = _number(local_day(tickets.closed_at, data.policy.timezone))
    told = tickets.select(
        "satisfaction",
        who="account_id",
        at=ibis.range(closed, closed + MEMORY).unnest(),
    )
    means = told.group_by(["who", "at"]).aggregate(
        satisfaction=_.satisfaction.cast("float64").mean()
    )
    joined = rows.left_join(means, [rows.account_id == means.who, rows.number == means["at"]])
    return joined.drop("who", "at")


def _with_debts(rows: Any, data: Dataset) -> Any:
    """Add the days by which the oldest line owed at the end of the month is overdue."""
    import ibis
    from ibis import _

    late = receivables(data).filter(_.state == "overdue", _.amount > 0)
    over = ibis.coalesce(late.until, ibis.literal(data.as_of))
    last = _number(over) + late.until.isnull().ifelse(1, 0)  # paid in a month, it is not owed then
    owed = late.select("account_id", "since", at=ibis.range(_number(late.since), last).unnest())
    oldest = owed.group_by(who="account_id", at="at").aggregate(since=_.since.min())
    joined = rows.left_join(oldest, [rows.account_id == oldest.who, rows.number == oldest["at"]])
    # a date and an interval are a timestamp on some engines, whatever Ibis says
    end = (joined.month.cast("timestamp") + ibis.interval(months=1)).cast("date")
    days = end.delta(joined.since, unit="day").cast("float64")
    return joined.mutate(days_overdue=days.fill_null(0.0)).drop("who", "at", "since")
