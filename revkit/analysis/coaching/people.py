"""The reps of a company: who they are, where they are now, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from revkit.dataset import Dataset

COLUMNS = ("name", "role", "team", "manager_id", "hired_on", "left_on")
CHANGES = ("team", "manager_id", "role")


def people(data: Dataset) -> pd.DataFrame:
    """Return the reps by rep_id: name, role, team and manager of the company's day, hired, left.

    A rep who leaves after the company's day is there. Without a table of reps there is none here.
    """
    if "reps" not in data:
        nobody = pd.DataFrame(columns=[*COLUMNS, "there"], index=pd.Index([], name="rep_id"))
        return nobody.astype({"hired_on": "datetime64[s]", "left_on": "datetime64[s]"})
    known = data.columns("reps")
    table = data.table("reps").select("rep_id", *[name for name in COLUMNS if name in known])
    rows = table.to_pyarrow().to_pandas().set_index("rep_id").sort_index()
    for name in COLUMNS:
        if name not in rows:
            rows[name] = None
    rows = _moved(data, rows)
    today = pd.Timestamp(data.as_of)
    for name in ("hired_on", "left_on"):
        rows[name] = pd.to_datetime(rows[name])
    rows["left_on"] = rows["left_on"].where(rows["left_on"] <= today)
    rows["there"] = rows["left_on"].isna()
    rows["name"] = rows["name"].fillna(rows.index.to_series())
    return rows


def _moved(data: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Return reps with the team, manager and role of their last change by the company's day."""
    if "rep_history" not in data:
        return rows
    table = data.table("rep_history")
    names = [name for name in CHANGES if name in data.columns("rep_history")]
    table = table.filter(table.from_on <= data.as_of).select("rep_id", "from_on", *names)
    moves = table.to_pyarrow().to_pandas().sort_values(["rep_id", "from_on"])
    last = moves.groupby("rep_id")[names].last()
    for name in names:
        rows[name] = last[name].reindex(rows.index).fillna(rows[name])
    return rows
