"""Snapshots of open leads, and whether each became an opportunity within the horizon."""

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
from revkit.periods import Calendar, local_day

if TYPE_CHECKING:
    from revkit.dataset import Dataset

OLDEST = 180
"""Days after its last move from which a lead is not worked any more."""
LEAST = 20
"""Closed deals of a segment below which a lead is worth what one is of the whole company."""


def leads(data: Dataset, horizon: int) -> Snapshots:
    """Return the leads open on the same day of every month, and today."""
    data = on_record(data, "leads")
    known = _leads(data)
    states = _states(data, known)
    began = states["since"].min()
    first = data.as_of if pd.isna(began) else began.date()
    rows = as_known.standing(states, as_known.days(data.as_of, first), "since", "until")
    rows = rows[(rows["day"] - rows["since"]).dt.days <= OLDEST].reset_index(drop=True)
    rows = rows.merge(known, on="lead_id", how="left")
    rows = with_attributes(rows, data)
    rows["age"] = np.log1p(as_known.elapsed(rows, "created_on").clip(lower=0))
    rows["stage_days"] = np.log1p(as_known.elapsed(rows, "since").clip(lower=0))
    features = ["age", "stage_days", *(["stage"] if "lead_history" in data else [])]
    features += [*_worked(rows, states, data), *_touched(rows, data), *_account(rows, known, data)]
    given = ("source",) if "channel" in data.columns("leads") else ()
    fixed = [*told(data, "leads"), *given]
    within = rows["deal_on"] <= rows["day"] + pd.Timedelta(days=horizon)
    happened = within & (rows["deal_on"] > rows["day"])
    rows["outcome"] = outcome(happened, rows, data.as_of, horizon)
    rows["money"] = _worth(rows, data)
    return Snapshots(rows, "lead_id", (*features, *fixed), tuple(fixed))


def _leads(data: Dataset) -> pd.DataFrame:
    """Return one row a lead, with the day it became a deal as far as the deals tell."""
    table = data.table("leads")
    here = data.columns("leads")
    zone = data.policy.timezone
    given = [name for name in ("account_id", "rep_id", "opportunity_id") if name in here]
    extra = {"source": table.channel} if "channel" in here else {}
    ended = {"ended_on": local_day(table.disqualified_at, zone)} \
        if "disqualified_at" in here else {}  # fmt: skip
    rows = frame(
        table.select("lead_id", *given, created_on=local_day(table.created_at, zone), **extra,
                     **ended),
        ("created_on",),
    )  # fmt: skip
    for name in ("account_id", "rep_id", "opportunity_id", "ended_on"):
        if name not in rows:
            rows[name] = None
    rows["ended_on"] = as_known.moments(rows["ended_on"])
    rows["deal_on"] = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]")
    if "opportunities" in data and "created_on" in data.columns("opportunities"):
        deals = data.lookup("opportunities")
        linked = "lead_id" in data.columns("opportunities")
        made = frame(
            deals.select("opportunity_id", "created_on", *(["lead_id"] if linked else [])),
            ("created_on",),
        )
        by_deal = made.set_index("opportunity_id")["created_on"]
        rows["deal_on"] = _looked_up(by_deal, rows["opportunity_id"])
        if linked:
            by_lead = made.dropna(subset=["lead_id"]).groupby("lead_id")["created_on"].min()
            said = _looked_up(by_lead, rows["lead_id"])
            rows["deal_on"] = said.fillna(rows["deal_on"])
    return rows.drop(columns="opportunity_id").sort_values("lead_id", ignore_index=True)


def _looked_up(days: pd.Series[Any], keys: pd.Series[Any]) -> pd.Series[Any]:
    """Return the day of each key; NaT where it has none."""
    found = as_known.moments(days.reindex(keys.astype(object)).to_numpy())
    return found.set_axis(keys.index)


def _states(data: Dataset, known: pd.DataFrame) -> pd.DataFrame:
    """Return the stages of each lead while it is open: ``since``, ``until``, ``stage``."""
    if "lead_history" in data:
        visits = derived.table(data, "lead_stages", Calendar("month"))
        rows = frame(
            visits.filter(visits.is_open).select("lead_id", "stage", since="entered", until="left"),
            ("since", "until"),
        )
    else:
        never = pd.Series(pd.NaT, index=known.index, dtype="datetime64[s]")
        rows = known[["lead_id"]].assign(stage=None, since=known["created_on"], until=never)
    ends = known.set_index("lead_id")[["deal_on", "ended_on"]].min(axis=1)
    end = _looked_up(ends, rows["lead_id"])
    until = rows["until"].astype("datetime64[s]")
    rows["until"] = until.where(end.isna() | (until < end), end)
    return rows.sort_values(["lead_id", "since"]).reset_index(drop=True)


def _worked(rows: pd.DataFrame, states: pd.DataFrame, data: Dataset) -> list[str]:
    done = activity(data, "lead_id")
    entered = states[["lead_id"]].assign(on=states["since"])
    events = pd.concat([entered, *([] if done is None else [done[["lead_id", "on"]]])])
    rows["last"] = as_known.latest(rows, silences(events, "lead_id"), "lead_id", ["last"])["last"]
    rows["idle"] = as_known.elapsed(rows, "last")
    if done is None:
        return []
    rows["recent"] = as_known.counted(rows, done, "lead_id", span=30, weight="n")
    rows["answers"] = as_known.counted(rows, done, "lead_id", span=90, weight="inbound")
    return ["idle", "recent", "answers"]


def _touched(rows: pd.DataFrame, data: Dataset) -> list[str]:
    if "touches" not in data or "lead_id" not in data.columns("touches"):
        return []
    from ibis import _

    table = data.lookup("touches").filter(_.lead_id.notnull())
    on = local_day(table.touched_at, data.policy.timezone)
    touched = frame(table.select("lead_id", on=on), ("on",))
    rows["touches"] = as_known.counted(rows, touched, "lead_id", span=90)
    return ["touches"]


def _account(rows: pd.DataFrame, known: pd.DataFrame, data: Dataset) -> list[str]:
    """Add the account's other leads and deals; empty where leads belong to none."""
    if rows["account_id"].isna().all() or "account_id" not in data.columns("leads"):
        return []
    born = known[["account_id"]].assign(on=known["created_on"])
    rows["account_leads"] = as_known.counted(rows, born, "account_id", span=365)
    needed = {"account_id", "created_on", "closed_on"}
    if "opportunities" not in data or not needed <= data.columns("opportunities"):
        return ["account_leads"]
    deals = data.lookup("opportunities")
    made = frame(deals.select("account_id", "created_on", "closed_on"), ("created_on", "closed_on"))
    begun, over = made.assign(on=made["created_on"]), made.assign(on=made["closed_on"])
    ended = as_known.counted(rows, over, "account_id")
    rows["deals_open"] = as_known.counted(rows, begun, "account_id") - ended
    rows["deals_before"] = ended
    return ["account_leads", "deals_open", "deals_before"]


def _worth(rows: pd.DataFrame, data: Dataset) -> Any:
    """Return what a deal that a lead becomes is worth: the share won times their mean amount.

    Of new business that is decided, by segment where that has enough of it; NaN where no amount of
    a won deal is known.
    """
    needed = {"amount", "closed_on", "is_won"}
    if "opportunities" not in data or not needed <= data.columns("opportunities"):
        return np.nan
    from ibis import _

    table = data.lookup("opportunities").filter(_.closed_on.notnull(), _.is_won.notnull())
    if "kind" in data.columns("opportunities"):
        table = table.filter(_.kind == "new")
    by = "account_id" in data.columns("opportunities")
    decided = frame(table.select(*(["account_id"] if by else []), "amount", "is_won"))
    decided["won"] = decided["is_won"].astype(np.float64)
    decided["gain"] = decided["amount"].astype(np.float64).where(decided["won"] == 1.0)
    usual = float(decided["won"].mean() * decided["gain"].mean())
    if not by or rows["segment"].isna().all():
        return usual
    groups = with_attributes(decided, data).groupby("segment")
    means = (groups["won"].mean() * groups["gain"].mean())[groups.size() >= LEAST]
    return rows["segment"].map(means).astype(np.float64).fillna(usual)
