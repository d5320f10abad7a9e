"""Plans: what the company planned of its metrics, without former versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.dataset.columns import fold
from revkit.derived.reps.targets import last_versions, refuse_overlaps, with_rollups

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

BOOKINGS = "bookings"
"""The measure of quotas, what is won: the metric ``won_amount`` in other words."""


def plans(data: Dataset) -> ir.Table:
    """Return one row per plan in force.

    Of the rows for one rep, segment, measure and span, the one submitted last counts.

    Parameters
    ----------
    data
        A company with ``targets``; ``reps`` say who manages whom.

    Returns
    -------
    ibis Table
        The columns of ``targets``, ``measure`` as :func:`measured` writes it, and ``is_rollup``,
        as in :func:`~revkit.derived.reps.quotas.quotas`.

    Raises
    ------
    DataError
        When plans of one holder and measure overlap, as a year's and its quarters' do; when parts
        have plans, and so has the whole over the same days.
    """
    return _current(data.table("targets"), data)


def planned_plans(data: Dataset) -> ir.Table:
    """Return :func:`plans` with those of periods to come, unless submitted after the as-of date.

    Raises
    ------
    DataError
        As :func:`plans`.
    """
    return _current(data.planned("targets"), data)


def measured(metric: str) -> str:
    """Return how plans write the measure of a metric, in one spelling for all.

    >>> measured("New MRR"), measured("bookings"), measured("won_amount")
    ('newmrr', 'wonamount', 'wonamount')
    """
    return fold("won_amount" if fold(metric) == BOOKINGS else metric)


def _current(targets: Any, data: Dataset) -> ir.Table:
    """Return the last version of each plan among some targets."""
    from ibis import _

    rows = targets.filter(_.kind == "plan", _.amount.notnull())
    word = rows.measure.lower().re_replace("[^a-z0-9]+", "")
    rows = rows.mutate(measure=(word == BOOKINGS).ifelse(measured(BOOKINGS), word))
    found = with_rollups(last_versions(rows), data)
    refuse_overlaps(found, "plan", "Keep those of the reps, or those of the company and segments.")
    return found
