"""Rows of a team: measures, quotas and time, side by side by rep."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

FIGURES = ("months", "n", "value", "usual", "likely", "low", "high", "quotas", "attainment",
           "expected", "likely_attainment", "weeks", "silent", "hours", "selling",
           "contacts_a_week", "answered", "discount", "pushes", "idle", "overdue")  # fmt: skip


def rows_of(
    reps: pd.DataFrame, measures: pd.DataFrame, quotas: pd.DataFrame, time: pd.DataFrame,
    as_of: Any,
) -> pd.DataFrame:  # fmt: skip
    """Return the rows of a team: those who are there and sell, by name."""
    sellers = set(measures.loc[measures["measure"] != "answered", "rep_id"]) | set(quotas.index)
    found = reps[reps["there"].astype(bool) & reps.index.isin(sellers)]
    found = found.assign(
        rep=found["name"],
        months=(pd.Timestamp(as_of) - pd.to_datetime(found["hired_on"])).dt.days // 30.4375,
    )
    wins = measures[measures["measure"] == "win"].set_index("rep_id")
    for name in ("n", "value", "usual", "likely", "low", "high"):
        found[name] = wins[name].reindex(found.index)
    found["n"] = found["n"].astype("float64").fillna(0)
    for name in ("quotas", "attainment", "expected"):
        found[name] = quotas[name].reindex(found.index)
    found["likely_attainment"] = quotas["likely"].reindex(found.index)
    for name in ("weeks", "silent", "hours", "selling", "contacts_a_week"):
        found[name] = time[name].reindex(found.index)
    for name in ("answered", "discount", "pushes", "idle", "overdue"):
        own = measures[measures["measure"] == name].set_index("rep_id")["value"]
        found[name] = own.reindex(found.index).astype("float64")
    for name in FIGURES:
        found[name] = found[name].astype("float64")
    found = found.rename_axis("rep_id").reset_index().replace({None: np.nan})
    return found.sort_values(["rep", "rep_id"], ignore_index=True)
