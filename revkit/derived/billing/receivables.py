"""Receivables: the times in which each invoice line was owed, and in which it was overdue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.periods import days_after

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def receivables(data: Dataset) -> ir.Table:
    """Return one row per invoice line and state in which it waits to be paid.

    Parameters
    ----------
    data
        A company with ``invoices`` and their ``paid_on``.

    Returns
    -------
    ibis Table
        ``invoice_line_id``, ``account_id``, ``amount``, ``due_on``, ``is_recurring``, and:

        - ``state``: outstanding, or overdue for the time past its due date;
        - ``since`` (the day of the invoice, or the day after it was due), ``until`` (the day it was
          paid; null while it is owed).

    Raises
    ------
    ColumnError
        When invoices have no ``paid_on``: all of them would be owed for ever.
    """
    import ibis
    from ibis import _

    if "paid_on" not in data.columns("invoices"):
        raise data.lacks("invoices", "paid_on")
    lines = data.table("invoices")
    late = days_after(lines.due_on)
    states = [
        lines.select(
            "invoice_line_id",
            "account_id",
            "amount",
            "due_on",
            "is_recurring",
            state=ibis.literal(state),
            since=since,
            until=lines.paid_on,
        )
        for state, since in (("outstanding", lines.issued_on), ("overdue", late))
    ]
    owed = states[0].union(states[1])
    return owed.filter(_.since <= data.as_of, _.until.isnull() | (_.since < _.until))
