"""The company's own targets for what a plan has, and what they add up to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.algebra.planned import metric_of
from revkit.analysis.plans.targets.measures import BALANCE, MEASURES
from revkit.derived.reps.plans import planned_plans

if TYPE_CHECKING:
    from revkit.dataset import Dataset

COLUMNS = ("measure", "starts_on", "ends_on", "amount")
TIMES = {"arr": 1.0, "mrr": 12.0}
"""Metrics whose targets are of a balance, and what each is multiplied by for ARR."""

METRICS = {metric: measure for measure, metric in MEASURES.items()} | {"mrr": BALANCE}


def own_targets(data: Dataset) -> pd.DataFrame:
    """Return the company's own targets for what a plan has: one row each, by measure and span.

    Those of kind ``plan`` count, each in its last version; a quota is what a rep owes.

    Raises
    ------
    DataError
        As :func:`~revkit.derived.reps.plans.plans`.
    """
    if "targets" not in data:
        return none()
    rows = planned_plans(data)
    found: pd.DataFrame = rows.filter(~rows.is_rollup).select(*COLUMNS).to_pyarrow().to_pandas()
    metric = found["measure"].map(metric_of).astype(object)
    found["amount"] *= metric.map(TIMES).astype("float64").fillna(1.0)
    found["measure"] = metric.map(METRICS)
    if (metric == BALANCE).any():  # the same in other words
        found = found[metric != "mrr"]
    found = found[found["measure"].notna()]
    return found[[*COLUMNS]].sort_values([*COLUMNS], ignore_index=True)


def none() -> pd.DataFrame:
    """Return the targets of a company that has none."""
    return pd.DataFrame(columns=[*COLUMNS])


def own_target(targets: pd.DataFrame, measure: str, start: date, end: date) -> float:
    """Return what the company planned of a measure from a day to before another.

    Of ARR it is what is planned for the last day. NaN where some day has no target: a part of what
    was planned is no target for the whole.
    """
    rows = targets[targets["measure"] == measure]
    if measure == BALANCE:
        start = end - timedelta(days=1)
    rows = rows[(rows["starts_on"] < end) & (rows["ends_on"] > start)]
    reached = start
    for begins, ends in zip(rows["starts_on"], rows["ends_on"], strict=True):
        if begins > reached:
            return np.nan
        reached = max(reached, ends)
    if rows.empty or reached < end:
        return np.nan
    if measure == BALANCE:
        return float(rows["amount"].sum())
    days = [(min(end, ends) - max(start, begins)).days / (ends - begins).days
            for begins, ends in zip(rows["starts_on"], rows["ends_on"], strict=True)]  # fmt: skip
    return float((rows["amount"] * days).sum())
