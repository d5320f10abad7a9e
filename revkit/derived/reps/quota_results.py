"""Quota results: each rep's quota of a span that is over, with what the rep won in it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from revkit.derived.reps.quotas import current_quotas
from revkit.derived.reps.rollups import with_team
from revkit.periods import day_before

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def quota_results(data: Dataset) -> ir.Table:
    """Return one row per rep and bookings quota whose span is over.

    A quarter's quota and the year's are two rows.

    Parameters
    ----------
    data
        A company with ``targets`` and ``opportunities``; ``reps`` say who manages whom.

    Returns
    -------
    ibis Table
        ``rep_id``, ``starts_on``, ``ends_on`` (half-open), ``due_on`` (the last day), ``quota``,
        ``won`` (amount that the rep won in the span, of a roll-up with all reports; null where a
        deal that was won has no amount, unless the others reach the quota) and ``is_rollup``, as
        in :func:`~revkit.derived.reps.quotas.quotas`.
    """
    from ibis import _

    held = current_quotas(data).filter(
        _.measure == "bookings",
        _.amount > 0,
        _.rep_id.notnull(),
        _.ends_on <= data.as_of + timedelta(days=1),
    )
    span = ["target_id", "rep_id", "starts_on", "ends_on", "is_rollup"]
    held = held.select(*span, quota=_.amount)
    deals = data.table("opportunities").filter(_.is_won, _.closed_on.notnull())
    deals = with_team(deals, data, "closed_on", shared=True)
    deals = deals.select(
        "closed_on", "amount", seller="rep_id", of_team="is_rollup",
        unknown=_.amount.isnull().ifelse(1, 0),
    )  # fmt: skip
    inside = [
        held.rep_id == deals.seller,
        held.is_rollup | ~deals.of_team,
        deals.closed_on >= held.starts_on,
        deals.closed_on < held.ends_on,
    ]
    joined = held.left_join(deals, inside)
    results = joined.group_by(span).aggregate(
        quota=_.quota.max(),
        won=_.amount.cast("decimal(18, 2)").sum().fill_null(0).cast("float64"),
        unknown=_.unknown.sum().fill_null(0),
    )
    told = (results.unknown == 0) | (results.won >= results.quota)
    last = day_before(results.ends_on)
    return results.mutate(won=told.ifelse(results.won, None), due_on=last).drop("unknown")


def departures(data: Dataset) -> ir.Table:
    """Return the reps who have left, with the columns of ``reps`` that were loaded.

    Raises
    ------
    ColumnError
        When reps have no ``left_on``: nobody would ever leave.
    """
    from ibis import _

    if "left_on" not in data.columns("reps"):
        raise data.lacks("reps", "left_on")
    reps = data.table("reps").filter(_.left_on <= data.as_of)
    return reps.select(*[name for name in reps.columns if name in data.columns("reps")])
