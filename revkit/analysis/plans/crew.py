"""The company's own reps of new business: who is there, what they take on, how they come and go."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.plans.engine import MONTH
from revkit.analysis.plans.rates import Asked, Rate, Window, window_of
from revkit.analysis.plans.team import Team
from revkit.language import message

if TYPE_CHECKING:
    from revkit.dataset import Dataset

RAMP = 5.0
"""Months until a rep is ramped where the company's quotas do not tell: as surveys have it."""

BACKFILL = 3.0
"""Months that a seat stays empty."""

PAST = 24
"""Months in which the best quarter is looked for."""

QUARTER = 3


def crew_of(data: Dataset, new: Dataset) -> tuple[Team | None, dict[str, Rate]]:
    """Return the team that sells to new customers and the rates it is described by.

    None where reps, their days or their deals are not known.

    Parameters
    ----------
    data
        The company.
    new
        Its new business.
    """
    if not {"reps", "opportunities"} <= set(data.tables):
        return None, {}
    if not {"rep_id", "created_on"} <= data.columns("opportunities"):
        return None, {}
    if not {"hired_on", "left_on"} <= data.columns("reps"):
        return None, {}
    deals, reps = _deals(new), _reps(data)
    sellers = reps[reps.index.isin(deals["rep_id"])]
    here = sellers[sellers["left"].isna()]
    if here.empty or sellers["hired"].isna().any():
        return None, {}
    window = window_of(data, "opportunities")
    longer = Window(data, data.as_of + timedelta(days=1 - round(PAST * MONTH)), window.end)
    asked = (
        Asked("ramp_months", "ramp", RAMP_MONTHS, "months"),
        Asked("rep_attrition", "attrition", ATTRITION, "share"),
    )
    read = longer.read(*asked)
    ramp, leave = read["ramp"], read["attrition"]
    if not ramp.known:
        ramp = Rate("ramp", RAMP_MONTHS, "months", RAMP)
    if not leave.known:
        leave = window.read(asked[1])["attrition"]
    tenures = tuple(float(one) for one in here["hired"] / -MONTH)
    team = Team(
        tenures, math.nan, ramp.value,
        1 - math.exp(-leave.value / 12) if leave.known else 0.0, BACKFILL,
    )  # fmt: skip
    full, skill = _output(deals, sellers, team)
    if not full > 0:
        return None, {}
    rates = (
        Rate("reps", REPS, "count", float(len(here)), n=len(here), source="reps",
             since=data.as_of, until=window.end),
        Rate("full", FULL, "count", full, n=len(deals), source="opportunities",
             since=longer.start, until=longer.end),
        ramp,
        leave,
        Rate("backfill", EMPTY, "months", BACKFILL),
    )  # fmt: skip
    made = Team(tenures, full, team.ramp, team.leave, team.backfill, skill)
    return made, {one.name: one for one in rates}


def _deals(data: Dataset) -> pd.DataFrame:
    """Return the new deals of the months looked at: rep_id and created, in days before today."""
    import ibis

    past = data.as_of - timedelta(days=round(PAST * MONTH) - 1)
    deals = data.table("opportunities")
    deals = deals.filter(deals.created_on >= ibis.literal(past), deals.rep_id.notnull())
    frame = deals.select("opportunity_id", "rep_id", "created_on").to_pyarrow().to_pandas()
    frame = pd.DataFrame(frame.sort_values("opportunity_id", ignore_index=True))
    return frame.assign(ago=_ago(data, frame["created_on"]))


def _reps(data: Dataset) -> pd.DataFrame:
    """Return the reps by id: hired and left, in days from today, NaN where they have not."""
    frame = data.lookup("reps").select("rep_id", "hired_on", "left_on").to_pyarrow().to_pandas()
    frame = frame.sort_values("rep_id").set_index("rep_id")
    left = -_ago(data, frame["left_on"])
    return pd.DataFrame({"hired": -_ago(data, frame["hired_on"]), "left": left.where(left <= 0)})


def _ago(data: Dataset, days: pd.Series[pd.Timestamp]) -> pd.Series[float]:
    return (pd.Timestamp(data.as_of) - pd.to_datetime(days)).dt.days.astype("float64")


def _output(deals: pd.DataFrame, sellers: pd.DataFrame, team: Team) -> tuple[float, float]:
    """Return the deals of a ramped rep in the best quarter, and how unequal reps are."""
    month = np.arange(PAST)
    began = sellers["hired"].to_numpy()[:, None] / -MONTH  # months of tenure today
    gone = sellers["left"].fillna(np.inf).to_numpy()[:, None] / MONTH
    share = np.where(gone >= -month, team.ramped(began - month - 1), 0.0)
    at = np.minimum((deals["ago"].to_numpy() / MONTH).astype(np.int64), PAST - 1)
    place = pd.Index(sellers.index).get_indexer(deals["rep_id"])
    taken = np.zeros(share.shape)
    np.add.at(taken, (place[place >= 0], at[place >= 0]), 1.0)
    quarters = share.sum(axis=0).reshape(-1, QUARTER).sum(axis=1)
    each = taken.sum(axis=0).reshape(-1, QUARTER).sum(axis=1)
    best = float(np.max(each / np.maximum(quarters, 1e-9), where=quarters >= QUARTER, initial=0.0))
    exposed, came = share.sum(axis=1), taken.sum(axis=1)
    usual = came.sum() / max(exposed.sum(), 1e-9) * exposed
    beyond = ((came - usual) ** 2 - usual).sum() / max((usual**2).sum(), 1e-9)
    return best, math.sqrt(math.log1p(max(0.0, float(beyond))))


RAMP_MONTHS = message("Months until a rep is ramped")
ATTRITION = message("Reps who leave in a year")
REPS = message("Reps of new business")
FULL = message("New opportunities a month of a ramped rep, best quarter")
EMPTY = message("Months that a seat stays empty")
