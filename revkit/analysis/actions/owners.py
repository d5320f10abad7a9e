"""Owners: who is here to act, and how much each does in a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.scores.snapshots.as_known import moments
from revkit.analysis.scores.snapshots.rows import frame
from revkit.periods import local_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from revkit.dataset import Dataset

WEEKS = 13
"""Weeks back over which activities are counted."""
USUAL = 20
"""Actions a week where no activities are on record."""


@dataclass(frozen=True)
class Owners:
    """Reps by id, and how many actions each can take in a week.

    Parameters
    ----------
    names
        Of those who are here; None where reps are not loaded, and everybody named is.
    left
        Names of those who are not here any more.
    weekly
        Activities per rep and week on record.
    usual
        For those without any: the median of the others.
    """

    names: Mapping[str, str] | None
    left: Mapping[str, str]
    weekly: Mapping[str, int]
    usual: int

    def here(self, rep: object) -> bool:
        """Report whether items of a rep can be worked by that rep."""
        return isinstance(rep, str) and (self.names is None or rep in self.names)

    def capacity(self, rep: str | None) -> int:
        """Return how many actions a rep can take in a week."""
        return self.weekly.get(rep or "", self.usual)


def owners(data: Dataset) -> Owners:
    """Return who is here on the as-of date, and their activities a week."""
    weekly = _weekly(data)
    usual = round(float(np.median(list(weekly.values())))) if weekly else USUAL
    if "reps" not in data:
        return Owners(None, {}, weekly, usual)
    table = data.lookup("reps")
    reps = frame(table.select(*[name for name in ("rep_id", "name", "hired_on", "left_on")
                                if name in table.columns]))  # fmt: skip
    name = reps["name"] if "name" in reps else reps["rep_id"]
    name = name.where(name.notna(), reps["rep_id"]).astype(str)
    today = pd.Timestamp(data.as_of)
    gone = moments(reps["left_on"]) <= today if "left_on" in reps else name.isna()
    named = dict(zip(reps["rep_id"].astype(str), name, strict=True))
    away = set(reps["rep_id"].astype(str)[gone])
    here = {rep: who for rep, who in named.items() if rep not in away}
    return Owners(here, {rep: named[rep] for rep in sorted(away)}, weekly, usual)


def _weekly(data: Dataset) -> dict[str, int]:
    if "activities" not in data:
        return {}
    from ibis import _

    done = data.lookup("activities").filter(~_.is_automated, _.rep_id.notnull())
    done = done.mutate(on=local_day(done.occurred_at, data.policy.timezone))
    done = done.filter(done.on > data.as_of - timedelta(days=7 * WEEKS))
    done = done.mutate(week=((done.on.delta(data.as_of, unit="day")) / 7).ceil().cast("int64"))
    rows = frame(done.group_by("rep_id").aggregate(n=_.count(), weeks=_.week.nunique()))
    each = (rows["n"] / rows["weeks"]).round().clip(lower=1).astype(int)
    return dict(sorted(zip(rows["rep_id"].astype(str), each.tolist(), strict=True)))
