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

    Those of kind ``plan`` count, each in its last version; a quota is what a rep owes. Those of
    segments count where each segment that has customers has one of the same days.

    Raises
    ------
    DataError
        As :func:`~revkit.derived.reps.plans.plans`.
    """
    if "targets" not in data:
        return none()
    rows = planned_plans(data)
    rows = rows.filter(~rows.is_rollup).select(*COLUMNS, "segment", "rep_id")
    found: pd.DataFrame = rows.to_pyarrow().to_pandas()
    metric = found["measure"].map(metric_of).astype(object)
    found["amount"] *= metric.map(TIMES).astype("float64").fillna(1.0)
    found["measure"] = metric.map(METRICS)
    found = found[found["measure"].notna() & ~_said_twice(found, metric)]
    if len(found) and found["segment"].notna().any():
        spans = found.groupby(["measure", "starts_on", "ends_on"])["segment"]
        have, every = spans.transform("nunique"), len(_segments(data))
        found = found[found["segment"].isna() | found["rep_id"].notna() | (have >= every)]
    return found[[*COLUMNS]].sort_values([*COLUMNS], ignore_index=True)


def _said_twice(rows: pd.DataFrame, metric: pd.Series) -> pd.Series:
    """Report which targets of MRR are of days for which ARR is planned, the same in other words."""
    arr = rows[metric == BALANCE]
    again = [
        bool(((arr["starts_on"] < ends) & (arr["ends_on"] > starts)).any())
        for starts, ends in zip(rows["starts_on"], rows["ends_on"], strict=True)
    ]
    return (metric == "mrr") & pd.Series(again, rows.index, dtype=bool)


def _segments(data: Dataset) -> set[str]:
    """Return the segments that have customers; none where accounts name none."""
    if "accounts" not in data or "segment" not in data.columns("accounts"):
        return set()
    paying = data.table("subscriptions").select("account_id").distinct()
    accounts = data.table("accounts").select("account_id", "segment")
    found = accounts.semi_join(paying, "account_id").select("segment").distinct()
    return {one for one in found.to_pyarrow()["segment"].to_pylist() if one is not None}


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
