"""Service: how customers use the product, what they ask for, and whether they pay on time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.scores.snapshots import as_known
from revkit.analysis.scores.snapshots.activity import activity
from revkit.analysis.scores.snapshots.rows import frame
from revkit.periods import local_day

if TYPE_CHECKING:
    from revkit.dataset import Dataset

FRESH = 70
"""Days after which a month of usage says nothing any more."""
SEVERE = ("high", "urgent", "critical")


def service(rows: pd.DataFrame, data: Dataset) -> list[str]:
    """Add usage, tickets, overdue invoices, contacts and deals of each row's account."""
    found = []
    for table, add in ADDED.items():
        if table in data:
            found += add(rows, data)
    return found


def _usage(rows: pd.DataFrame, data: Dataset) -> list[str]:

    table = data.table("usage")
    columns = ["account_id", "month", "active_users", "events", "seats", "features_used"]
    used = frame(table.select(*[name for name in columns if name in table.columns]), ("month",))
    if "seats" not in used:
        used["seats"] = np.nan
    if "features_used" not in used:
        used["features_used"] = np.nan
    used = used.sort_values(["account_id", "month"]).assign(
        on=used["month"] + pd.offsets.MonthEnd(0)
    )
    numbers = ["active_users", "events", "seats", "features_used"]
    used[numbers] = used[numbers].astype(np.float64)
    used["used"] = (used["active_users"] / used["seats"].where(used["seats"] > 0)).clip(0, 2)
    per_seat = used["events"] / used["seats"].where(used["seats"] > 0, used["active_users"])
    used["intensity"] = np.log1p(per_seat.where(np.isfinite(per_seat)))
    used["features"] = used["features_used"]
    account = used.groupby("account_id")
    level = np.log1p(used["active_users"])
    recent = level.groupby(used["account_id"]).transform(lambda x: x.rolling(3, 2).mean())
    used["trend"] = level - recent.groupby(used["account_id"]).shift()
    used["quarter"] = recent - recent.groupby(used["account_id"]).shift(3)
    used["usual_use"] = account["used"].transform(lambda x: x.rolling(6, 2).mean())
    names = ["used", "usual_use", "intensity", "features", "trend", "quarter"]
    rows[names] = as_known.latest(rows, used, "account_id", names, within=FRESH)
    return names


def _tickets(rows: pd.DataFrame, data: Dataset) -> list[str]:
    zone, table = data.policy.timezone, data.table("tickets")
    asked = table.select("account_id", "severity", on=local_day(table.opened_at, zone))
    opened = frame(asked, ("on",))
    rows["tickets"] = as_known.counted(rows, opened, "account_id", span=90)
    severe = opened[opened["severity"].astype(str).str.lower().isin(SEVERE)]
    rows["severe"] = as_known.counted(rows, severe, "account_id", span=90)
    if not {"satisfaction", "closed_at"} <= data.columns("tickets"):
        return ["tickets", "severe"]
    told = table.filter(table.satisfaction.notnull(), table.closed_at.notnull())
    told = told.select("account_id", "satisfaction", on=local_day(told.closed_at, zone))
    rated = frame(told, ("on",))
    rated["satisfaction"] = rated["satisfaction"].astype(np.float64)
    n = as_known.counted(rows, rated, "account_id", span=365)
    total = as_known.counted(rows, rated, "account_id", span=365, weight="satisfaction")
    rows["satisfaction"] = total / n.where(n > 0)
    return ["tickets", "severe", "satisfaction"]


def _invoices(rows: pd.DataFrame, data: Dataset) -> list[str]:
    if not {"due_on", "paid_on"} <= data.columns("invoices"):
        return []
    from ibis import _

    table = data.table("invoices").filter(_.due_on.notnull(), _.amount > 0)
    billed = frame(
        table.select("account_id", "due_on", "paid_on", "issued_on"),
        ("due_on", "paid_on", "issued_on"),
    )
    late_on = billed["due_on"] + pd.Timedelta(days=1)
    late = billed[billed["paid_on"].isna() | (billed["paid_on"] >= late_on)]
    late = late.assign(on=np.fmax(late["due_on"] + pd.Timedelta(days=1), late["issued_on"]))
    settled = late.assign(on=late["paid_on"])[late["paid_on"].notna()]
    open_now = as_known.counted(rows, late, "account_id")
    rows["overdue"] = open_now - as_known.counted(rows, settled, "account_id")
    rows["paid_late"] = as_known.counted(rows, late, "account_id", span=365)
    return ["overdue", "paid_late"]


def _contacts(rows: pd.DataFrame, data: Dataset) -> list[str]:
    done = activity(data, "account_id")
    if done is None:
        return []
    rows["contacts"] = as_known.counted(rows, done, "account_id", span=90, weight="n")
    return ["contacts"]


def _sales(rows: pd.DataFrame, data: Dataset) -> list[str]:
    """Add the deals a customer has open beside its contract, and those it lately refused."""
    here = data.columns("opportunities")
    if not {"account_id", "kind", "created_on", "closed_on", "is_won"} <= here:
        return []
    from ibis import _

    table = data.lookup("opportunities").filter(_.account_id.notnull(), _.kind != "new")
    columns = ["account_id", "kind", "created_on", "closed_on", "is_won"]
    deals = frame(table.select(*columns), ("created_on", "closed_on"))
    begun, over = deals.assign(on=deals["created_on"]), deals.assign(on=deals["closed_on"])
    found = []
    for kind, name in (("renewal", "renewal_open"), ("expansion", "expansion_open")):
        opened = as_known.counted(rows, begun[begun["kind"] == kind], "account_id")
        rows[name] = opened - as_known.counted(rows, over[over["kind"] == kind], "account_id")
        lost = over[(over["kind"] == kind) & over["is_won"].ne(True)]
        rows[f"{kind}_lost"] = as_known.counted(rows, lost, "account_id", span=120)
        found += [name, f"{kind}_lost"]
    return found


ADDED = {"usage": _usage, "tickets": _tickets, "invoices": _invoices, "activities": _contacts,
         "opportunities": _sales}  # fmt: skip
