"""Churn reasons of movements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.dataset.notes import Note
from revkit.derived.recurring.price_periods import price_periods
from revkit.errors import listed

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.periods import Calendar


REASONS = ("churn_reason", "is_involuntary")
"""The columns that movements get of the subscription that ended."""

PAYMENT_FAILED = ("paymentfailed", "failedpayment", "paymentfailure")
"""Reasons of those who did not mean to leave, in small letters and without punctuation."""

MOST = 100
"""Reasons that are looked at for a note."""


def with_reason(moved: Any, data: Dataset, calendar: Calendar, trailing: int) -> Any:
    """Add the reason to movements: that of the account's last price period to end.

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
        period; and ``is_involuntary``, whether it says that the payment failed.

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
    last = last.mutate(is_involuntary=_says_failed(last.churn_reason))
    joined = moved.left_join(last, (moved.account_id == last.leaver) & (moved.period == last.ended))
    return joined.drop("leaver", "ended")


def untold(data: Dataset) -> Note | None:
    """Return the note on reasons of which none says that the payment failed; else None.

    Reasons are anybody's words, so that nobody's having failed to pay may be another name for it.
    """
    ended = price_periods(data)
    ended = ended.filter(ended.ended_on.notnull(), ended.churn_reason.nullif("").notnull())
    counted = ended.group_by("churn_reason").aggregate(
        rows=ended.count(), failed=_says_failed(ended.churn_reason).any()
    )
    counted = counted.order_by([counted.failed.desc(), counted.rows.desc(), "churn_reason"])
    found = counted.limit(MOST).to_pyarrow().to_pylist()
    if not found or found[0]["failed"]:
        return None
    words = [row["churn_reason"] for row in found]
    text = (
        f"churn_reason nowhere says 'payment failed', so no churn is involuntary; there are "
        f"{listed(map(repr, words), 5)}. Where one of them means it, say in a mapping: "
        f'churn_reason: {{from: churn_reason, words: {{"{words[0]}": payment failed}}, '
        "others: keep}"
    )
    return Note("subscriptions", "no_payment_failed", text, sum(row["rows"] for row in found))


def _says_failed(reason: Any) -> Any:
    """Return the condition that a reason says that the payment failed, however it is written."""
    return reason.lower().re_replace("[^a-z]+", "").isin(PAYMENT_FAILED).fill_null(False)
