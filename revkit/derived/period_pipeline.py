"""Period pipeline: what was due in each period when it began, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.derived.pipeline import pipeline_changes

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset
    from revkit.periods import Calendar


def period_pipeline(data: Dataset, calendar: Calendar) -> ir.Table:
    """Return one row per opportunity and period in which it was due when the period began.

    A state of an open deal belongs to the period of its expected close when it held at that
    period's start: it began in an earlier period, and ended in that one or later.

    Parameters
    ----------
    data
        A company with ``opportunities``; without ``opportunity_history`` the amounts and
        expected dates are the present ones, so that nothing is ever pushed.
    calendar
        Of the call.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``amount``, ``probability`` and ``expected_close_on`` as known at the
        period's start (``expected_close_on`` says which period), ``closed_on``, ``is_won``,
        ``outcome`` by the period's end or the company's date: won, lost, pushed (still open,
        and due in a later period) or still open; with history also ``stage``.
    """
    import ibis
    from ibis import _

    states = pipeline_changes(data)
    numbered = states.mutate(
        begins=calendar.number_of(states.since),
        ends=calendar.number_of(states.until),
        due=calendar.number_of(states.expected_close_on),
    )
    opening = numbered.filter(
        numbered.begins < numbered.due,
        numbered.ends.isnull() | (numbered.due <= numbered.ends),
    ).drop("since", "until", "begins", "ends")
    closes = data.table("opportunities").select("closed_on", "is_won", closing="opportunity_id")
    joined = opening.left_join(closes, opening.opportunity_id == closes.closing).drop("closing")
    later = numbered.select(
        moving="opportunity_id", from_here="begins", to_there="ends", due_then="due"
    )
    ended = joined.left_join(
        later,
        [
            joined.opportunity_id == later.moving,
            later.from_here <= joined.due,
            later.to_there.isnull() | (joined.due < later.to_there),
        ],
    )
    closed = (calendar.number_of(ended.closed_on) <= ended.due).fill_null(False)
    return ended.mutate(
        outcome=ibis.cases(
            (closed & ended.is_won.fill_null(False), "won"),
            (closed, "lost"),
            (_.due_then > _.due, "pushed"),
            else_="still open",
        )
    ).drop("moving", "from_here", "to_there", "due_then", "due")
