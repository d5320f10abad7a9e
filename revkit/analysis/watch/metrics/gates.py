"""Gates of the lead process: the leads that pass each within 90 days, young ones by their age."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.watch.leaves import RATE, Leaves, of_rows
from revkit.analysis.watch.metrics.rows import Window, dimensions, frame, places
from revkit.periods import local_day

if TYPE_CHECKING:
    from revkit.dataset import Dataset

GATES = (("lead_to_mql_rate", "lead", "MQL"), ("mql_to_sql_rate", "MQL", "SQL"),
         ("sql_to_opportunity_rate", "SQL", "opportunity"))  # fmt: skip
ORDER = ("lead", "MQL", "SQL", "opportunity", "customer")
WITHIN = 90
"""Days within which a lead passes a gate, or not."""

YOUNG = 0.15
"""Share of those who pass that must have done so by an age for leads of it to tell something."""


def gates(data: Dataset, window: Window) -> list[Leaves]:
    """Return the gates by the month of arrival: passed, and expected by segment and age."""
    if "leads" not in data or "lead_history" not in data:
        return []
    import ibis
    from ibis import _

    zone = data.policy.timezone
    history = data.table("lead_history")
    reached = {
        stage: history.stage.isin(ORDER[at:]).ifelse(
            local_day(history.entered_at, zone), ibis.null("date")
        )
        for at, stage in enumerate(ORDER)
        if at
    }
    days = history.group_by(of_lead=history.lead_id).aggregate(
        **{f"{stage}_on": day.min() for stage, day in reached.items()}
    )
    leads = data.table("leads")
    leads = leads.mutate(lead_on=local_day(_.created_at, zone))
    joined = leads.left_join(days, leads.lead_id == days.of_lead)
    columns = [f"{stage}_on" for stage in ORDER[:-1]]
    rows = frame(joined, data, "leads", columns)
    names = dimensions(data, "leads")
    found = [
        _gate(metric, rows, here, there, names, window)
        for metric, here, there in GATES
        if rows[f"{there}_on"].notna().any()
    ]
    return [one for one in found if len(one.rows)]


def _gate(
    metric: str, rows: pd.DataFrame, here: str, there: str, names: tuple[str, ...], window: Window
) -> Leaves:
    """Return the leaves of one gate."""
    arrived = rows[rows[f"{here}_on"].notna()]
    begun, passed = arrived[f"{here}_on"], arrived[f"{there}_on"]
    age = (pd.Timestamp(window.as_of) - begun).dt.days.clip(upper=WITHIN).to_numpy()
    lag = (passed - begun).dt.days.clip(lower=0).fillna(10**6).to_numpy()
    lags = np.sort(lag[(age == WITHIN) & (lag <= WITHIN)])
    part = np.searchsorted(lags, age, side="right") / max(len(lags), 1)
    cases = arrived[list(names)].assign(
        month=window.of(begun), seen=(lag <= age).astype(np.float64), part=part
    )
    by = places(names, pairs=True)
    strata = [name for name in ("segment",) if name in names]
    return of_rows(
        metric, "arrived", RATE, cases[part > YOUNG], window.months, by, strata, expected="part"
    )
