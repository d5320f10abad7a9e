"""Due pipeline: open deals by the period in which they are due, also of periods to come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from revkit.derived.opportunities.period_pipeline import period_pipeline
from revkit.derived.opportunities.pipeline_changes import pipeline_changes
from revkit.derived.reps.quotas import planned_quotas
from revkit.derived.reps.rollups import credited_deals, with_team

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset
    from revkit.periods import Calendar


def due_pipeline(data: Dataset, calendar: Calendar) -> ir.Table:
    """Return one row per open opportunity and period in which it is due.

    Of a period that is over, as of its start; of the running one and those to come, as of the
    company's date.

    Parameters
    ----------
    data
        A company with ``opportunities``; without ``opportunity_history`` the amounts and
        expected dates are the present ones.
    calendar
        The periods of the call.

    Returns
    -------
    ibis Table
        The columns of :func:`~revkit.derived.opportunities.pipeline_changes.pipeline_changes` but
        for ``since``, ``until`` and ``outcome``, and ``is_rollup``, as in
        :func:`~revkit.derived.reps.rollups.with_team`.
    """
    from ibis import _

    running = running_period(data, calendar)
    number = calendar.number_of(_.expected_close_on)
    now = pipeline_changes(data).filter(_.until.isnull(), number >= running)
    now = now.drop("since", "until", "outcome")
    then = period_pipeline(data, calendar).filter(number < running)
    due = then.select(*now.columns).union(now)
    quotas = planned_quotas(data).filter(_.measure == "bookings") if "targets" in data else None
    return with_team(due, data, "expected_close_on", quotas)


def running_wins(data: Dataset, calendar: Calendar) -> ir.Table:
    """Return the opportunities won in the period that is not over, those of managers' teams too."""
    from ibis import _

    running, number = running_period(data, calendar), calendar.number_of(_.closed_on)
    return credited_deals(data).filter(_.is_won, number >= running)


def running_period(data: Dataset, calendar: Calendar) -> int:
    """Return the number of the first period that is not over on the company's date."""
    return calendar.number(data.as_of + timedelta(days=1))
