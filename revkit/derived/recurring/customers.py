"""Customers: accounts that ever paid, with the days of their first and last payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.derived.recurring.price_periods import price_periods

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def customers(data: Dataset) -> ir.Table:
    """Return one row per account that ever paid.

    Returns
    -------
    ibis Table
        ``account_id``, ``first_paid_on``, ``last_paid_on`` (the day after the last paid day; null
        while the account pays), ``cohort`` (month of ``first_paid_on``, as 2026-03).
    """
    import ibis
    from ibis import _

    paid = (
        price_periods(data)
        .group_by("account_id")
        .aggregate(
            first_paid_on=_.started_on.min(),
            last_paid_on=_.ended_on.max(),
            paying=_.ended_on.isnull().any(),
        )
    )
    return paid.mutate(
        last_paid_on=_.paying.ifelse(ibis.null("date"), _.last_paid_on),
        cohort=_.first_paid_on.year().cast("string")
        + "-"
        + _.first_paid_on.month().cast("string").lpad(2, "0"),
    ).drop("paying")
