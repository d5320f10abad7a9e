"""Ticket times: the hours until a ticket is answered, and until it is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from revkit.periods import begin, elapsed

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def resolutions(data: Dataset) -> ir.Table:
    """Return tickets with the hours until they were closed.

    Parameters
    ----------
    data
        A company with ``tickets``.

    Returns
    -------
    ibis Table
        The columns of ``tickets``, with ``hours`` from opening to closing (null while open) and
        ``watched`` (hours from opening to the end of the as-of date).
    """
    tickets = data.table("tickets")
    return tickets.mutate(
        hours=_hours(tickets.opened_at, tickets.closed_at),
        watched=_hours(tickets.opened_at, _end(data)),
    )


def first_responses(data: Dataset) -> ir.Table:
    """Return tickets with the hours until support first answered.

    Returns
    -------
    ibis Table
        The columns of ``tickets``, with ``hours`` from opening to the first answer (null without
        one), ``watched`` (hours from opening to closing, or else to the end of the as-of date) and
        ``settled_at`` (the first answer, or else the closing; null while it may still come).

    Raises
    ------
    ColumnError
        When tickets have no ``first_response_at``.
    """
    import ibis

    if "first_response_at" not in data.columns("tickets"):
        raise data.lacks("tickets", "first_response_at")
    tickets = data.table("tickets")
    settled = ibis.coalesce(tickets.first_response_at, tickets.closed_at)
    return tickets.mutate(
        hours=_hours(tickets.opened_at, tickets.first_response_at),
        watched=_hours(tickets.opened_at, ibis.coalesce(tickets.closed_at, _end(data))),
        settled_at=settled,
    )


def _end(data: Dataset) -> Any:
    """Return the moment at which the as-of date is over."""
    import ibis

    return ibis.literal(begin(data.as_of + timedelta(days=1), data.policy.timezone))


def _hours(start: Any, end: Any) -> Any:
    """Return the hours between two moments."""
    return elapsed(start, end, 3600.0)
