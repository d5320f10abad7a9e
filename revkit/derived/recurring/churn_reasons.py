"""Churn reasons of movements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.recurring.price_periods import price_periods

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.periods import Calendar


def with_reason(moved: Any, data: Dataset, calendar: Calendar, trailing: int) -> Any:
    """Add ``churn_reason`` to movements: that of the account's last price period to end.

    Parameters
    ----------
    moved
        :func:`~revkit.derived.recurring.movements.movements` of the same call.
    trailing
        Periods per window of the call.

    Returns
    -------
    ibis Table
        The same rows with ``churn_reason``; null where none was recorded, or nothing ended in the
        period.

    Raises
    ------
    ColumnError
        When subscriptions have no ``churn_reason``.
    """
    import ibis
    from ibis import _

    if "churn_reason" not in data.columns("subscriptions"):
        raise data.lacks("subscriptions", "churn_reason")
    table = price_periods(data)
    ended = table.filter(table.ended_on.notnull()).select(
        leaver="account_id",
        ended=calendar.number_of(table.ended_on),
        # An ISO date before the reason: the last to end sorts last, on any engine.
        reason=table.ended_on.cast("string") + ibis.coalesce(table.churn_reason, ""),
    )
    if trailing > 1:
        offsets = ibis.array(list(range(trailing)))
        ended = ended.mutate(offset=offsets.unnest()).mutate(ended=_.ended + _.offset)
    last = ended.group_by(["leaver", "ended"]).aggregate(reason=_.reason.max())
    last = last.mutate(churn_reason=_.reason[10:].nullif("")).drop("reason")
    joined = moved.left_join(last, (moved.account_id == last.leaver) & (moved.period == last.ended))
    return joined.drop("leaver", "ended")
