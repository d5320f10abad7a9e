"""Period pipeline: open deals due in each period at its start, with their outcome by its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.derived.opportunities.pipeline_changes import pipeline_changes

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset
    from revkit.periods import Calendar


def period_pipeline(data: Dataset, calendar: Calendar) -> ir.Table:
    """Return one row per open opportunity and period in which it was due at the period's start.

    A state of an open deal counts in the period of its expected close when it held at that
    period's start: it began in an earlier period and ended in that one or later.

    Parameters
    ----------
    data
        A company with ``opportunities``; without ``opportunity_history`` the amounts and
        expected dates are the present ones, so that nothing is ever pushed.
    calendar
        The periods of the call.

    Returns
    -------
    ibis Table
        The columns of :func:`~revkit.derived.opportunities.pipeline_changes.pipeline_changes` as
        known at the period's start (``expected_close_on`` lies in the period), but ``outcome`` by
        the period's end or the as-of date: won, lost, pushed (open and due in a later period) or
        still open; and ``slipped`` (1 if pushed or still open, else 0; null without history).
    """
    import ibis

    states = pipeline_changes(data)
    numbered = states.mutate(
        begins=calendar.number_of(states.since),
        ends=calendar.number_of(states.until),
        due=calendar.number_of(states.expected_close_on),
    )
    # The last change in a period gives its closing state. Windows, not a range join: engines hash
    # joins by equality, but compare ranges row by row.
    order = ibis.window(group_by="opportunity_id", order_by="since")
    following = numbered.mutate(following=numbered.begins.lead().over(order))
    lasts = (following.following != following.begins).fill_null(True)
    same = ibis.window(group_by=["opportunity_id", "begins"])
    number = ibis.null("int64")
    closing = following.mutate(
        closing_due=lasts.ifelse(following.due, number).max().over(same),
        closing_ends=lasts.ifelse(following.ends, number).max().over(same),
        closing_outcome=lasts.ifelse(following.outcome, number).max().over(same),
    )
    ended = closing.mutate(
        begins_then=closing.begins.lead().over(order),
        due_then=closing.closing_due.lead().over(order),
        ends_then=closing.closing_ends.lead().over(order),
        outcome_then=closing.closing_outcome.lead().over(order),
    )
    opening = ended.filter(
        ended.begins < ended.due, ended.ends.isnull() | (ended.due <= ended.ends)
    )
    moved = (opening.begins_then == opening.due).fill_null(False)
    last_end = moved.ifelse(opening.ends_then, opening.ends)
    outcome = moved.ifelse(opening.outcome_then, opening.outcome)
    closed = (last_end <= opening.due).fill_null(False) & outcome.notnull()
    changed = (opening.ends <= opening.due).fill_null(False)
    known = opening.mutate(
        outcome=ibis.cases(
            (closed & (outcome == 1).fill_null(False), "won"),
            (closed, "lost"),
            (changed & (opening.due_then > opening.due).fill_null(False), "pushed"),
            else_="still open",
        )
    )
    # Without history a deal is due when it is expected now, so nothing is seen to have slipped.
    seen = known.outcome.isin(["pushed", "still open"]).ifelse(1.0, 0.0)
    slipped = seen if "opportunity_history" in data else ibis.null("float64")
    return known.mutate(slipped=slipped).drop(
        "since", "until", "begins", "ends", "following", "due", "closing_due", "closing_ends",
        "closing_outcome", "begins_then", "due_then", "ends_then", "outcome_then",
    )  # fmt: skip
