"""Contract terms: what a contract commits to at the start of each term, and what is left of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from revkit.derived.billing.months import months, months_of
from revkit.derived.recurring.price_periods import price_periods

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def contract_terms(data: Dataset) -> ir.Table:
    """Return one row per contract and term, as it was at the start of the term.

    A contract is a ``subscription_id``. What is added to it during a term is left out.

    Parameters
    ----------
    data
        A company with ``subscriptions`` and their ``term_ends_on``.

    Returns
    -------
    ibis Table
        ``subscription_id``, ``account_id``, ``begun_on``, ``term_ends_on``, ``kind`` (new, or
        renewal of an earlier term or contract), ``months`` of the term, ``annual_value`` (twelve
        times its MRR) and ``total_value`` (its MRR times the months).

    Raises
    ------
    ColumnError
        When subscriptions have no ``term_ends_on``.
    """
    import ibis
    from ibis import _

    running = _with_term(data)
    keys = ["subscription_id", "term_ends_on"]
    begun = running.started_on.min().over(ibis.window(group_by=keys))
    first = running.mutate(begun_on=begun).filter(_.started_on == _.begun_on)
    terms = first.group_by(keys).aggregate(
        account_id=_.account_id.max(),
        begun_on=_.begun_on.min(),
        mrr=_.mrr.cast("decimal(18, 6)").sum().cast("float64"),
        follows=_.renewed_from.notnull().ifelse(1, 0).max(),
    )
    order = ibis.window(group_by="subscription_id", order_by=["begun_on", "term_ends_on"])
    placed = terms.mutate(place=ibis.row_number().over(order))
    again = (placed.place > 0) | (placed.follows == 1)
    length = months_of(placed.term_ends_on) - months_of(placed.begun_on)
    return placed.select(
        *keys,
        "account_id",
        "begun_on",
        kind=again.ifelse("renewal", "new"),
        months=length,
        annual_value=placed.mrr * 12,
        total_value=placed.mrr * length,
    )


def obligations(data: Dataset) -> ir.Table:
    """Return one row per price period with a term, while part of the term is to come.

    Returns
    -------
    ibis Table
        ``subscription_id``, ``account_id``, ``product_id``, ``since`` and ``until`` (half-open),
        and the amount still to be delivered as a line falling over time: ``level`` at the day
        after the company's date, ``rate`` a month (its MRR).

    Raises
    ------
    ColumnError
        When subscriptions have no ``term_ends_on``.
    """
    import ibis
    from ibis import _

    origin = months(data.as_of + timedelta(days=1))
    running = _with_term(data)
    rate = running.mrr.cast("float64")
    spells = running.select(
        "subscription_id",
        "account_id",
        "product_id",
        since=running.started_on,
        until=ibis.least(
            ibis.coalesce(running.ended_on, running.term_ends_on), running.term_ends_on
        ),
        level=rate * (months_of(running.term_ends_on) - origin),
        rate=rate,
    )
    return spells.filter(_.since < _.until)


def _with_term(data: Dataset) -> Any:
    """Return the price periods that count and have a term."""
    from ibis import _

    if "term_ends_on" not in data.columns("subscriptions"):
        raise data.lacks("subscriptions", "term_ends_on")
    return price_periods(data).filter(_.term_ends_on > _.started_on)
