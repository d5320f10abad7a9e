"""Coverage: the amount of open deals over what is still to be won of a target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _

from revkit.algebra.definition import Definition
from revkit.algebra.formula.leaves import Total
from revkit.algebra.formula.nodes import Formula, TableName
from revkit.algebra.metric import Metric
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, period_of
from revkit.catalogue.measure import Measured
from revkit.errors import DataError
from revkit.language import message

if TYPE_CHECKING:
    from revkit.dataset import Dataset


def due_amount(due_pipeline: TableName) -> Formula:
    """Return the amount of deals that are open now, by when they are due."""
    return Total(due_pipeline, at="expected_close_on").of(_.amount)


def planned_quota(planned_quotas: TableName) -> Formula:
    """Return the quotas of bookings, divided over their days."""
    quotas = Total(planned_quotas, spread=("starts_on", "ends_on"))
    return quotas.where(_.measure == "bookings").of(_.amount)


DUE, QUOTA = (
    Metric(
        Definition(
            formula, title=title, title_it=title_it, owner="SalesOps", unit="money",
            better="neither", sampled=False, ahead=True,
        )
    )
    for formula, title, title_it in (
        (due_amount, "Due pipeline", "Pipeline in scadenza"),
        (planned_quota, "Quota", "Quota"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """The amount of open deals over what is still to be won of a target.

    Parameters
    ----------
    months
        The first days of the months of the target.
    target
        The amount to be won in them; NaN where it is not known.
    won
        What is won of it already.
    due
        The amount of open deals that are expected to close in these months.
    reason
        Why there is no value; empty where there is one.
    """

    months: pd.DatetimeIndex
    target: float
    won: float
    due: float
    reason: str = ""

    @property
    def needed(self) -> float:
        """The amount still to be won; 0 once the target is reached."""
        return float(np.maximum(self.target - self.won, 0.0))

    @property
    def value(self) -> float:
        """The coverage, 0 or more; NaN where there is a reason."""
        return float("nan") if self.reason else self.due / self.needed

    def finding(self, history: pd.DataFrame, what: Quantity) -> Finding:
        """Return the coverage in a sentence, or why it is not known."""
        words = what.words
        first, last = (period_of(history, self.months[at], words) for at in (0, -1))
        if self.reason:
            unknown = message(
                "How far open deals cover the target from {first} to {last} is not known: {reason}."
            )
            reason = words.gettext(self.reason)
            return Finding(words.gettext(unknown, first=first, last=last, reason=reason))
        amounts = {name: what.text(getattr(self, name)) for name in ("target", "needed", "due")}
        ratio = words.number(f"{self.value:.1f}")
        known = BEGUN if amounts["needed"] != amounts["target"] else AHEAD
        return Finding(words.gettext(known, first=first, last=last, ratio=ratio, **amounts))


AHEAD = message(
    "{target} are to be won from {first} to {last}; open deals due by then are {due}, {ratio} "
    "times as much."
)
BEGUN = message(
    "Of the {target} to be won from {first} to {last}, {needed} are still needed; open deals due "
    "by then are {due}, {ratio} times as much."
)
NO_QUOTA = message("not all of these months have a quota")
NO_DATES = message("deals have no expected close")
REACHED = message("nothing is left of it")
CONTRADICTING = message("quotas contradict each other")
UNKNOWN = message("amounts are missing")


def coverage(data: Dataset, months: pd.DatetimeIndex, won: float, target: float | None) -> Coverage:
    """Return how far the deals open now cover what some months are to bring.

    Parameters
    ----------
    months
        Consecutive months of the calendar, from that of the company's date or the next on.
    won
        What is won in them already.
    target
        The amount to be won in all of them; the sum of their quotas when omitted.

    Notes
    -----
    The same figures as of :func:`revkit.metrics.pipeline_coverage` over these months: deals without
    an expected close, or overdue, are due in none, and managers' quotas are not counted twice.
    """
    plain = data.with_policy(data.policy.but(calendar=None, year_ends=None))
    if "expected_close_on" not in data.columns("opportunities"):
        return Coverage(months, target or np.nan, won, np.nan, NO_DATES)
    asked = [DUE, *([QUOTA] if target is None and "targets" in data else [])]
    end = (months[-1] + pd.offsets.MonthBegin()).date()
    how: dict[str, Any] = {"period": "month", "start": months[0].date(), "end": end}
    try:
        frames = Measured.of(plain, asked, **how).frames
    except DataError:  # of the quotas, which are no part of the forecast
        return Coverage(months, np.nan, won, np.nan, CONTRADICTING)
    of = {
        name: frame.set_index("period")["value"].reindex(months).to_numpy(dtype=np.float64)
        for name, frame in frames.items()
    }
    due = float(of["due_amount"].sum())
    if target is None:
        quotas = of.get("planned_quota", np.zeros(len(months)))
        target = float(quotas.sum()) if (quotas > 0).all() else np.nan
    found = Coverage(months, target, won, due)
    reason = (
        NO_QUOTA if np.isnan(target)
        else UNKNOWN if np.isnan(due)
        else "" if found.needed > 0
        else REACHED
    )  # fmt: skip
    return Coverage(months, target, won, due, reason)
