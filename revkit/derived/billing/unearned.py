"""Unearned revenue: invoice lines from billing to the end of the service they pay for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from revkit.derived.billing.months import months, months_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

SERVICE = ("service_starts_on", "service_ends_on")


def unearned(data: Dataset) -> ir.Table:
    """Return one row per invoice line and stretch in which part of it is not yet earned.

    A line is earned evenly over the months of its service, parts of a month by the day. Billed
    before its service begins, it is unearned in full until then.

    Parameters
    ----------
    data
        A company with ``invoices`` and the dates of the service that they pay for.

    Returns
    -------
    ibis Table
        ``invoice_line_id``, ``account_id``, ``is_recurring``, ``since`` and ``until`` (half-open)
        of the stretch, and the unearned amount as a line falling over time: ``level`` at the
        day after the company's date, ``rate`` a month.

    Raises
    ------
    ColumnError
        When invoices do not say which service they pay for.
    """
    import ibis
    from ibis import _

    for column in SERVICE:
        if column not in data.columns("invoices"):
            raise data.lacks("invoices", column)
    origin = months(data.as_of + timedelta(days=1))
    lines = data.table("invoices").filter(_.service_starts_on < _.service_ends_on)
    kept = ("invoice_line_id", "account_id", "is_recurring")
    starts, ends = months_of(lines.service_starts_on), months_of(lines.service_ends_on)
    amount = lines.amount.cast("float64")
    rate = amount / (ends - starts)
    billed = lines.select(
        *kept, since=lines.issued_on, until=lines.service_starts_on, level=amount, rate=0.0
    )
    begun = ibis.greatest(lines.issued_on, lines.service_starts_on)
    earned = lines.select(
        *kept, since=begun, until=lines.service_ends_on, level=rate * (ends - origin), rate=rate
    )
    return billed.union(earned).filter(_.since < _.until, _.since <= data.as_of)
