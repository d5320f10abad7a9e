"""Subscriptions whose status says that they are over: since when, and what they had paid.

``ended`` is the status of one that is over. It is counted as ``active`` until its ``ended_on``,
which it must have: without one it would pay for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from revkit.dataset.notes import Note
from revkit.dataset.validation.problem import Problem, Rule
from revkit.schema.endings import ENDED

COUNTED_AS = {("subscriptions", "status"): {ENDED: "active"}}
"""By column, the words that are counted as another one, once the rules have been asked."""

AT_ZERO = "ended_at_zero"
_SOME = 3
"""The number of subscriptions that are over from which on an mrr of 0 in all of them tells."""

WITHOUT_DAY = Rule(
    "ended_without_day",
    ("status", "ended_on"),
    lambda row: _over(row) & row["ended_on"].isnull(),
    "status says that the subscription is over, and ended_on is empty",
    "It would count as paying for ever. Say in a mapping which column holds the day, such as "
    "ended_on: canceled_at, or {coalesce: [ended_at, canceled_at]}; where none does, leave these "
    "rows out.",
)


def _over(row: Mapping[str, Any]) -> Any:
    """Return the condition that the status is that of a subscription that is over."""
    return (row["status"].lower().strip() == ENDED).fill_null(False)


def at_zero(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions by which it is told whether an mrr of 0 was written at the end.

    Empty for subscriptions without a status. ``over_at_zero`` are those that are over, of an mrr
    of 0; with ``over_paid`` or ``free``, the 0 of one that goes on, it may be right.
    """
    if not {"status", "mrr"} <= values.keys():
        return {}
    over, mrr = _over(values), values["mrr"]
    return {
        "over_at_zero": over & (mrr == 0),
        "over_paid": over & (mrr != 0),
        "free": ~over & (mrr == 0),
    }


def of_zero(values: Mapping[str, Any], counted: Mapping[str, int]) -> Problem | Note | None:
    """Return what is to be said of subscriptions that are over and have an mrr of 0.

    Parameters
    ----------
    counted
        How many rows meet each condition of :func:`at_zero`.
    """
    rows = int(counted.get("over_at_zero") or 0)
    if not rows:
        return None
    if rows < _SOME or counted["over_paid"] or counted["free"]:
        many = "1 subscription that is" if rows == 1 else f"{rows:,} subscriptions that are"
        text = f"mrr of {many} over is 0: no churn counts them. Correct it where they have paid"
        return Note("subscriptions", AT_ZERO, text, rows)
    return Problem(
        at_zero(values)["over_at_zero"],
        "mrr is 0 in each subscription that is over, and in no other, so that there is no churn,",
        ("status", "mrr"),
        "Some systems write 0 at the end. Give the mrr that was paid before, such as price times "
        "quantity; where they never paid, set them aside.",
        AT_ZERO,
    )
