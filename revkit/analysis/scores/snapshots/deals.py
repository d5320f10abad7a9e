"""Snapshots of open deals, and whether each was won within the horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import derived
from revkit.analysis.on_record import on_record
from revkit.analysis.scores.snapshots import as_known
from revkit.analysis.scores.snapshots.activity import activity, silences
from revkit.analysis.scores.snapshots.rows import (
    Snapshots,
    frame,
    outcome,
    told,
    with_attributes,
)
from revkit.dataset.history.states import TRACKED
from revkit.periods import Calendar

if TYPE_CHECKING:
    from revkit.dataset import Dataset

FURTHEST = 400.0
"""Days from its expected close beyond which a deal counts as so far from it."""
USUAL = 20
"""Deals with the company's usual win rate that each rep's own are counted with."""
NO_LEAD = "no lead"


def deals(data: Dataset, horizon: int) -> Snapshots:
    """Return the deals open on the same day of every month, and today."""
    data = on_record(data, "opportunities")
    closed = _closed(data)
    states = _states(data)
    began = states["since"].min()
    first = data.as_of if pd.isna(began) else began.date()
    rows = as_known.standing(states, as_known.days(data.as_of, first), "since", "until")
    rows = with_attributes(rows, data)
    features = [*_own(rows, states, data), *_worked(rows, states, data), *_rep(rows, closed, data)]
    features += _account(rows, closed)
    fixed = [*told(data, "opportunities"), *_given(rows, data)]
    won = rows[["opportunity_id", "day"]].merge(
        closed[["opportunity_id", "closed_on", "is_won"]], on="opportunity_id", how="left"
    )
    within = won["closed_on"] <= won["day"] + pd.Timedelta(days=horizon)
    happened = within & (won["closed_on"] > won["day"]) & won["is_won"].eq(True)
    rows["outcome"] = outcome(happened, rows, data.as_of, horizon)
    rows["money"] = rows["amount"].astype(np.float64)
    notes = () if "opportunity_history" in data else (
        "what deals looked like before is not on record (opportunity_history): their stage, "
        "amount and expected close are not learned from",
    )  # fmt: skip
    return Snapshots(rows, "opportunity_id", (*features, *fixed), tuple(fixed), notes)


def _states(data: Dataset) -> pd.DataFrame:
    states = derived.table(data, "pipeline_changes", Calendar("month"))
    columns = ["opportunity_id", "account_id", "lead_id", "rep_id", "kind", "created_on", "amount",
               "expected_close_on", "stage", "since", "until"]  # fmt: skip
    rows = frame(states.select(*[name for name in columns if name in states.columns]))
    for name in columns:
        if name not in rows:
            rows[name] = np.nan if name == "amount" else None
    for name in ("created_on", "expected_close_on", "since", "until"):
        rows[name] = as_known.moments(rows[name])
    rows["amount"] = rows["amount"].astype(np.float64)
    return rows.sort_values(["opportunity_id", "since"]).reset_index(drop=True)


def _closed(data: Dataset) -> pd.DataFrame:
    table = data.lookup("opportunities")
    columns = ["opportunity_id", "account_id", "rep_id", "kind", "created_on", "closed_on",
               "is_won"]  # fmt: skip
    rows = frame(table.select(*[name for name in columns if name in table.columns]))
    for name in columns:
        if name not in rows:
            rows[name] = None
    for name in ("created_on", "closed_on"):
        rows[name] = as_known.moments(rows[name])
    return rows.sort_values("opportunity_id").reset_index(drop=True)


def _own(rows: pd.DataFrame, states: pd.DataFrame, data: Dataset) -> list[str]:
    """Add what a deal itself tells: its age and, with a history, stage, amount and close date."""
    rows["age"] = np.log1p(as_known.elapsed(rows, "created_on").clip(lower=0))
    if "opportunity_history" not in data:
        return ["age"]
    tracked = {*TRACKED} & data.columns("opportunity_history")
    states = states.assign(on=states["since"])
    found = ["age", "stage", "stage_days"]
    entered = states["stage"].ne(states.groupby("opportunity_id")["stage"].shift())
    visits = states[entered].assign(entered=states["since"])
    rows["entered"] = as_known.latest(rows, visits, "opportunity_id", ["entered"])["entered"]
    rows["stage_days"] = np.log1p(as_known.elapsed(rows, "entered").clip(lower=0))
    if "amount" in tracked:
        rows["size"] = np.log1p(rows["amount"].clip(lower=0))
        first = states.dropna(subset=["amount"]).groupby("opportunity_id")["amount"].first()
        began = rows["opportunity_id"].map(first).astype(np.float64)
        ratio = rows["amount"] / began.where(began > 0)
        rows["grown"] = ratio.clip(0.2, 5.0)
        found += ["size", "grown"]
    if "expected_close_on" in tracked:
        due = (rows["expected_close_on"] - rows["day"]).dt.days.astype(np.float64)
        rows["due_in"] = due.clip(-FURTHEST, FURTHEST)
        before = states.groupby("opportunity_id")["expected_close_on"].shift()
        moved = states[before.notna() & (states["expected_close_on"] > before)]
        rows["pushes"] = as_known.counted(rows, moved, "opportunity_id")
        found += ["due_in", "pushes"]
    return found


def _worked(rows: pd.DataFrame, states: pd.DataFrame, data: Dataset) -> list[str]:
    """Add how much was worked at a deal, and how long it lay."""
    done = activity(data, "opportunity_id")
    begun = states[["opportunity_id"]].assign(on=states["since"])
    born = states[["opportunity_id"]].assign(on=states["created_on"])
    events = pd.concat([begun, born, *([] if done is None else [done[["opportunity_id", "on"]]])])
    days = silences(events, "opportunity_id")
    found = as_known.latest(rows, days, "opportunity_id", ["last", "longest"])
    rows["last"] = found["last"]
    rows["idle"] = as_known.elapsed(rows, "last")
    rows["silence"] = np.fmax(found["longest"], rows["idle"])
    if done is None:
        return []
    rows["recent"] = as_known.counted(rows, done, "opportunity_id", span=30, weight="n")
    rows["meetings"] = as_known.counted(rows, done, "opportunity_id", weight="meetings")
    rows["answers"] = as_known.counted(rows, done, "opportunity_id", span=30, weight="inbound")
    return ["idle", "silence", "recent", "meetings", "answers"]


def _rep(rows: pd.DataFrame, closed: pd.DataFrame, data: Dataset) -> list[str]:
    """Add the win rate of a deal's owner so far, drawn to the company's, and time in the job."""
    if rows["rep_id"].isna().all():
        return []
    ended = closed[closed["closed_on"].notna()].assign(on=closed["closed_on"])
    won = ended[ended["is_won"].eq(True)]
    all_ended, all_won = (
        as_known.counted(rows.assign(all=""), some.assign(all=""), "all") for some in (ended, won)
    )
    usual = (all_won / all_ended.where(all_ended > 0)).fillna(0.0)
    mine = as_known.counted(rows, ended, "rep_id")
    rows["rep_wins"] = (as_known.counted(rows, won, "rep_id") + USUAL * usual) / (mine + USUAL)
    if "reps" not in data or "hired_on" not in data.columns("reps"):
        return ["rep_wins"]
    reps = frame(data.lookup("reps").select("rep_id", "hired_on"), ("hired_on",))
    hired = reps.set_index("rep_id")["hired_on"].to_dict()
    rows["hired_on"] = as_known.moments(rows["rep_id"].map(hired))
    rows["rep_months"] = (as_known.elapsed(rows, "hired_on") / 30.4).clip(upper=36.0)
    return ["rep_wins", "rep_months"]


def _account(rows: pd.DataFrame, closed: pd.DataFrame) -> list[str]:
    """Add what became of the account's earlier deals."""
    if rows["account_id"].isna().all():
        return []
    ended = closed[closed["closed_on"].notna()].assign(on=closed["closed_on"])
    rows["lost_before"] = as_known.counted(rows, ended[ended["is_won"].ne(True)], "account_id")
    rows["won_before"] = as_known.counted(rows, ended[ended["is_won"].eq(True)], "account_id")
    return ["lost_before", "won_before"]


def _given(rows: pd.DataFrame, data: Dataset) -> list[str]:
    """Add what a deal was given at the start: its kind, and the channel of its lead."""
    found = []
    if "kind" in data.columns("opportunities"):
        found.append("kind")
    linked = "lead_id" in data.columns("opportunities") and "leads" in data
    if linked and "channel" in data.columns("leads"):
        leads = frame(data.lookup("leads").select("lead_id", "channel")).set_index("lead_id")
        channel: Any = rows["lead_id"].map(leads["channel"])
        rows["source"] = channel.where(rows["lead_id"].notna(), NO_LEAD)
        found.append("source")
    return found
