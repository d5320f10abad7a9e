"""Quotas: those in force, without former versions, and which of them repeat others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.derived.reps.targets import last_versions, refuse_overlaps, with_rollups

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def quotas(data: Dataset) -> ir.Table:
    """Return one row per quota in force.

    Of the rows for one rep, segment, measure and span, the one submitted last counts.

    Parameters
    ----------
    data
        A company with ``targets``; ``reps`` say who manages whom.

    Returns
    -------
    ibis Table
        The columns of ``targets``, and ``is_rollup``: a manager's quota while reports have quotas
        of the same measure, which it repeats.

    Raises
    ------
    DataError
        When quotas of one holder and measure overlap, as a year's and its quarters' do; when reps
        have quotas, and so has the company or a segment over the same days.
    """
    return _alone(current_quotas(data))


def planned_quotas(data: Dataset) -> ir.Table:
    """Return :func:`quotas` with those of periods to come, unless submitted after the as-of date.

    Raises
    ------
    DataError
        As :func:`quotas`.
    """
    return _alone(_current(data.planned("targets"), data))


def current_quotas(data: Dataset) -> ir.Table:
    """Return :func:`quotas` without refusing those that overlap."""
    return _current(data.table("targets"), data)


def _current(targets: ir.Table, data: Dataset) -> ir.Table:
    """Return the last version of each quota among some targets."""
    return with_rollups(last_versions(targets.filter(targets.kind == "quota")), data)


def _alone(found: ir.Table) -> ir.Table:
    """Return quotas, unless some overlap."""
    remedy = "Write kind=plan for what the company or a segment plans, or leave it out."
    refuse_overlaps(found, "quota", remedy)
    return found
