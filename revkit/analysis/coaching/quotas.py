"""Attainment: what each rep won of the quota, beside what peers in the same months did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit import derived
from revkit.algebra.planned import notes_on_quotas
from revkit.analysis.coaching.deals import tenures
from revkit.periods import Calendar
from revkit.statistics.intervals import student
from revkit.statistics.peers.shrinkage import shrink

if TYPE_CHECKING:
    from revkit.analysis.coaching.deals import Span
    from revkit.dataset import Dataset

COLUMNS = ("quotas", "quota", "won", "attainment", "expected", "likely", "low", "high")

FEWEST = 3
"""Quotas of a rep below which nothing is drawn from how they differ."""

STEADY = 4.0
"""Quotas' worth of the company's attainment that each group of peers is drawn towards."""


def attainment(data: Dataset, span: Span, reps: pd.DataFrame) -> pd.DataFrame:
    """Return, by rep, what was won of the quotas that ended in the span, and what is usual.

    Returns
    -------
    pandas.DataFrame
        By rep_id: ``quotas`` (how many), ``quota``, ``won``, ``attainment`` (won over quota),
        ``expected`` (what reps of the same team and tenure won of theirs, drawn towards the
        company's), ``likely`` (the attainment drawn towards what is expected, by as much as the
        rep's quotas differ), ``low``, ``high`` (95 % of it; none of fewer than three quotas).
        Managers whose quota repeats those of their reports are left out, and so are quotas in
        whose time deals were won without an amount, unless the others reach them.
    """
    empty = pd.DataFrame(columns=[*COLUMNS], index=pd.Index([], name="rep_id"))
    if not _are_there(data):
        return empty
    table = derived.table(data, "quota_results", Calendar("quarter"))
    table = table.filter(~table.is_rollup, table.due_on >= span.start)
    rows: pd.DataFrame = table.to_pyarrow().to_pandas().dropna(subset=["won"])
    if rows.empty:
        return empty
    rows = rows.sort_values(["rep_id", "starts_on", "ends_on"], ignore_index=True)
    starts = pd.to_datetime(rows["starts_on"])
    team = rows["rep_id"].map(reps["team"].astype(object)).astype(object).fillna("")
    rows["group"] = team.astype(str) + "|" + tenures(starts, rows["rep_id"], reps)
    every = rows["won"].sum() / rows["quota"].sum()
    sums = rows.groupby("group")[["won", "quota"]].transform("sum")
    extra = STEADY * rows.groupby("group")["quota"].transform("mean")
    rows["usual"] = rows["quota"] * (sums["won"] + extra * every) / (sums["quota"] + extra)
    return _by_rep(rows)


def unknown_quotas(data: Dataset) -> list[str]:
    """Return the note on quotas of which it is not known what was won."""
    return notes_on_quotas(data, ("quota_results",)) if _are_there(data) else []


def _are_there(data: Dataset) -> bool:
    needed = {"amount", "rep_id", "closed_on", "is_won"}
    return {"targets", "opportunities"} <= set(data.tables) and needed <= data.columns(
        "opportunities"
    )


def _by_rep(rows: pd.DataFrame) -> pd.DataFrame:
    rows["square"] = (rows["won"] - rows["usual"]) ** 2
    # What a quota's outcome varies by is pooled: four quarters of one rep say little about it.
    pooled = rows["square"].sum() / (rows["quota"] ** 2).sum()
    found = rows.groupby("rep_id").agg(
        quotas=("quota", "size"), quota=("quota", "sum"), won=("won", "sum"),
        usual=("usual", "sum"), squares=("quota", lambda one: float((one**2).sum())),
    )  # fmt: skip
    found["attainment"], found["expected"] = (
        found[name] / found["quota"] for name in ("won", "usual")
    )
    error = np.sqrt(pooled * found["squares"]) / found["quota"]
    enough = (found["quotas"] >= FEWEST).to_numpy()
    off = (found["attainment"] - found["expected"]).to_numpy(float)
    variance = error.to_numpy(float) ** 2
    degrees = float(max(len(rows) - len(found), 1))
    wider = float(student(np.array(degrees), 0.95)) / 1.96
    value, low, high = shrink(np.where(enough, off, np.nan), variance * wider**2)
    for name, gap in (("likely", value), ("low", low), ("high", high)):
        found[name] = np.maximum(found["expected"].to_numpy(float) + gap, 0.0)
    return found[[*COLUMNS]]
