"""Activity: the days on which somebody worked at a deal, a lead or an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.scores.snapshots.rows import frame
from revkit.periods import local_day
from revkit.schema.tables import MEETINGS

if TYPE_CHECKING:
    from revkit.dataset import Dataset


def activity(data: Dataset, key: str) -> pd.DataFrame | None:
    """Return one row per day and deal, lead or account: ``on``, ``n``, ``meetings``, ``inbound``.

    Automated ones are left out. None where activities are not loaded or not linked so.
    """
    if "activities" not in data or key not in data.columns("activities"):
        return None
    from ibis import _

    done = data.lookup("activities")
    done = done.filter(done[key].notnull(), ~done.is_automated)
    done = done.mutate(on=local_day(done.occurred_at, data.policy.timezone))
    answered = done.direction.fill_null("out") == "in"
    rows = done.group_by(key, "on").aggregate(
        n=_.count(),
        meetings=done.kind.isin(MEETINGS).fill_null(False).ifelse(1, 0).sum(),
        inbound=answered.ifelse(1, 0).sum(),
    )
    return frame(rows, ("on",)).sort_values([key, "on"]).reset_index(drop=True)


def silences(events: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the days on which anything happened, with the longest silence before each."""
    days = events[[key, "on"]].drop_duplicates().sort_values([key, "on"])
    gap = days.groupby(key)["on"].diff().dt.days.fillna(0).astype(np.float64)
    return days.assign(longest=gap.groupby(days[key]).cummax(), last=days["on"])
