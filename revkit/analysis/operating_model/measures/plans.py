"""Measures of what is planned, and of the part of the business that reps win."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit import derived
from revkit.analysis.operating_model.measures.reading import LEVEL, Reading, Year
from revkit.errors import Reason
from revkit.language import message
from revkit.statistics.intervals import wilson

if TYPE_CHECKING:
    from revkit.dataset import Dataset

AHEAD = 20
"""Quarters to come that are looked at."""


def planned_quarters(data: Dataset, year: Year) -> Reading:
    """Return how many quarters to come have a plan at their first and their last day."""
    from ibis import _

    plans = data.planned("targets").filter(_.kind == "plan")
    spans = plans.select("starts_on", "ends_on").distinct().order_by("starts_on", "ends_on")
    rows = spans.to_pyarrow().to_pylist()
    if not rows:
        return Reading(reason=Reason(NO_PLAN))
    calendar = data.policy.periods("quarter")
    now = calendar.number(data.as_of)
    planned = [
        one
        for one in range(now + 1, now + 1 + AHEAD)
        if all(
            any(row["starts_on"] <= day < row["ends_on"] for row in rows)
            for day in (calendar.first_day(one), calendar.last_day(one))
        )
    ]
    return Reading(float(len(planned)), float(len(rows)))


def assisted_share(data: Dataset, year: Year) -> Reading:
    """Return the share of the year's new MRR from accounts of which a rep won a deal."""
    from ibis import _

    for column in ("rep_id", "is_won"):
        if "opportunities" in data and column not in data.columns("opportunities"):
            return Reading(reason=data.lacks("opportunities", column).reason)
    came = derived.table(data, "acquisitions", data.policy.periods("month"))
    came = came.filter(_.acquired_on >= year.start, _.acquired_on < year.end)
    deals = data.lookup("opportunities")
    won = deals.filter(deals.is_won, deals.rep_id.notnull(), deals.account_id.notnull())
    won = won.select(sold="account_id").distinct()
    joined = came.left_join(won, came.account_id == won.sold)
    rows = joined.select("account_id", mrr=_.mrr.cast("float64"), sold=_.sold.notnull())
    frame = rows.to_pyarrow().to_pandas().sort_values("account_id")
    weight = frame["mrr"].to_numpy(float)
    if not len(frame) or not weight.sum() > 0:
        return Reading(n=len(frame), reason=Reason(NOBODY_CAME))
    share = np.array([weight[frame["sold"].to_numpy(bool)].sum() / weight.sum()])
    low, high = wilson(share, np.array([weight.sum() ** 2 / (weight**2).sum()]), LEVEL)
    return Reading(float(share[0]), len(frame), float(low[0]), float(high[0]))


NO_PLAN = message("targets hold no plan")
NOBODY_CAME = message("no account began to pay in the year")
