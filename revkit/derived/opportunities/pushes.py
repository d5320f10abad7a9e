"""Pushes: moves of an open deal's expected close to a later month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.derived.opportunities.pipeline_changes import pipeline_changes

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def pushes(data: Dataset) -> ir.Table:
    """Return one row per move of an open deal's expected close into a later month.

    States at the ends of days are compared, so a correction on the same day is not a push; nor
    is a move to an earlier month or within a month.

    Parameters
    ----------
    data
        A company with ``opportunities`` and ``opportunity_history``.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``rep_id`` and ``amount`` (of that day), ``pushed_on``,
        ``expected_before``, ``expected_after``, ``push`` (its number within the opportunity, as
        text: 1, 2 or 3+).
    """
    import ibis
    from ibis import _

    states = pipeline_changes(data).filter(_.expected_close_on.notnull())
    order = ibis.window(group_by=states.opportunity_id, order_by=states.since)
    before = states.expected_close_on.lag().over(order)
    moves = states.mutate(expected_before=before)
    month = _.expected_close_on.year() * 12 + _.expected_close_on.month()
    former = _.expected_before.year() * 12 + _.expected_before.month()
    pushed = moves.filter(month > former)
    nth = ibis.row_number().over(ibis.window(group_by=pushed.opportunity_id, order_by=pushed.since))
    return pushed.select(
        "opportunity_id",
        "amount",
        "expected_before",
        *[name for name in ("rep_id",) if name in pushed.columns],
        pushed_on="since",
        expected_after="expected_close_on",
        push=(nth < 2).ifelse((nth + 1).cast("string"), "3+"),
    )
