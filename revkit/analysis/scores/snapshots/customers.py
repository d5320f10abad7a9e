"""Snapshots of paying customers, and whether each stopped paying, or pays more, at the horizon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.on_record import on_record
from revkit.analysis.scores.snapshots import as_known
from revkit.analysis.scores.snapshots.rows import (
    Snapshots,
    frame,
    outcome,
    told,
    with_attributes,
)
from revkit.analysis.scores.snapshots.service import service
from revkit.derived.recurring.price_periods import price_periods

if TYPE_CHECKING:
    from datetime import date

    from revkit.dataset import Dataset

FURTHEST = 800.0
"""Days to the end of a term beyond which it counts as so far."""
MORE = 1.005
"""A customer grows who pays more than so many times what was paid on the day."""
DAYS = ("started_on", "ended_on", "term_ends_on", "cancel_requested_on")


@dataclass(frozen=True)
class Paying:
    """Accounts that pay on the same day of every month, and today.

    Parameters
    ----------
    rows, features, fixed
        As in :class:`~revkit.analysis.scores.snapshots.rows.Snapshots`, without an outcome.
    steps
        MRR of each account after each day on which it changed.
    as_of
        The last day that is known.
    """

    rows: pd.DataFrame
    features: tuple[str, ...]
    fixed: tuple[str, ...]
    steps: pd.DataFrame
    as_of: date


def paying(data: Dataset) -> Paying:
    """Return the accounts that pay on each day, with what was known of them."""
    data = on_record(data, "subscriptions")
    regimes = _regimes(data)
    steps = _steps(regimes)
    began = steps["on"].min()
    first = data.as_of if pd.isna(began) else began.date()
    rows = as_known.standing(regimes, as_known.days(data.as_of, first), "started_on", "ended_on")
    rows = with_attributes(_largest(rows), data)
    rows["rep_id"] = rows["account_rep"]
    features = [*_paid(rows, steps), *_contract(rows, regimes, data), *service(rows, data)]
    fixed = told(data, "subscriptions")
    return Paying(rows, (*features, *fixed), fixed, steps, data.as_of)


def customers(known: Paying, horizon: int, target: str) -> Snapshots:
    """Return the paying accounts with what came of each: ``churn`` or ``expand``."""
    rows = known.rows.copy()
    later = as_known.latest(rows, known.steps, "account_id", ["total"], ago=-horizon)["total"]
    later = later.fillna(0.0).round(2)
    happened = later <= 0 if target == "churn" else later > rows["mrr"] * MORE
    rows["outcome"] = outcome(happened, rows, known.as_of, horizon)
    rows["money"] = 12 * rows["mrr"]
    if target == "expand":
        rows["money"] *= _growth(rows, later, happened & rows["outcome"].notna())
    return Snapshots(rows, "account_id", known.features, known.fixed)


def _growth(rows: pd.DataFrame, later: pd.Series[Any], grew: Any) -> float:
    """Return by how much MRR grew where it did, as a share; NaN where it never did."""
    return float(((later - rows["mrr"])[grew]).sum() / rows["mrr"][grew].sum()) \
        if grew.any() else float("nan")  # fmt: skip


def _regimes(data: Dataset) -> pd.DataFrame:
    table = price_periods(data)
    columns = ["account_id", "mrr", "quantity", "product_id", "interval", "discount", "status",
               "subscription_id", *DAYS]  # fmt: skip
    rows = frame(table.select(*[name for name in columns if name in table.columns]))
    for name in columns:
        if name not in rows:
            rows[name] = np.nan if name in ("quantity", "discount") else None
    for name in DAYS:
        rows[name] = as_known.moments(rows[name])
    for name in ("mrr", "quantity", "discount"):
        rows[name] = rows[name].astype(np.float64)
    order = ["account_id", "started_on", "subscription_id", "mrr", "product_id"]
    return rows.sort_values(order, ignore_index=True)


def _steps(regimes: pd.DataFrame) -> pd.DataFrame:
    """Return MRR, seats and lines of each account after each day on which they changed."""
    up = regimes[["account_id", "mrr", "quantity"]].assign(on=regimes["started_on"], lines=1.0)
    down = up.assign(on=regimes["ended_on"], mrr=-up["mrr"], quantity=-up["quantity"], lines=-1.0)
    moves = pd.concat([up, down[down["on"].notna()]])
    moves = moves.groupby(["account_id", "on"], as_index=False)[["mrr", "quantity", "lines"]].sum()
    moves = moves.sort_values(["account_id", "on"])
    account = moves.groupby("account_id")
    return moves.assign(
        total=account["mrr"].cumsum().round(6),
        seats=account["quantity"].cumsum(),
        running=account["lines"].cumsum(),
        joined=account["on"].transform("first"),
    )


def _largest(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row an account and day: that of its largest regime."""
    ordered = rows.sort_values(["day", "account_id", "mrr"], kind="stable")
    asked = ordered.groupby(["day", "account_id"])["cancel_requested_on"].transform("min")
    ordered = ordered.assign(asked=asked)
    kept: pd.DataFrame = ordered.drop_duplicates(["day", "account_id"], keep="last")
    return kept.drop(columns=["mrr", "quantity"]).reset_index(drop=True)


def _paid(rows: pd.DataFrame, steps: pd.DataFrame) -> list[str]:
    """Add what an account pays, for how long it has, and how that moved."""
    now = as_known.latest(rows, steps, "account_id", ["total", "seats", "running", "joined"])
    rows["mrr"], rows["seats"], rows["lines"] = now["total"], now["seats"], now["running"]
    rows["joined"] = now["joined"]
    rows["tenure"] = as_known.elapsed(rows, "joined") / 30.4
    rows["paid"] = np.log1p(rows["mrr"].clip(lower=0))
    rows["seat_count"] = np.log1p(rows["seats"].clip(lower=0))
    changed = steps.groupby("account_id")["total"].diff()
    more, less = steps[changed > 0], steps[changed < 0]
    rows["rises"] = as_known.counted(rows, more, "account_id", span=365)
    rows["falls"] = as_known.counted(rows, less, "account_id", span=365)
    last = as_known.latest(rows, steps.assign(changed_on=steps["on"]), "account_id", ["changed_on"])
    rows["changed_on"] = last["changed_on"]
    rows["unchanged"] = as_known.elapsed(rows, "changed_on") / 30.4
    before = as_known.latest(rows, steps, "account_id", ["total"], ago=365)["total"]
    rows["growth"] = (rows["mrr"] / before.where(before > 0)).clip(0.2, 5.0)
    return ["tenure", "paid", "seat_count", "lines", "rises", "falls", "unchanged", "growth"]


def _contract(rows: pd.DataFrame, regimes: pd.DataFrame, data: Dataset) -> list[str]:
    """Add the terms of the contract, and whether notice was given or payment failed."""
    here = data.columns("subscriptions")
    found = []
    if "term_ends_on" in here:
        ahead = (rows["term_ends_on"] - rows["day"]).dt.days.astype(np.float64)
        rows["term_in"] = ahead.clip(-FURTHEST, FURTHEST)
        found.append("term_in")
    if "cancel_requested_on" in here:
        rows["notice"] = (rows["asked"] <= rows["day"]).astype(np.float64)
        found.append("notice")
    if "status" in here:
        owed = regimes["status"].isin(["past_due", "unpaid"])
        late = regimes[owed].assign(on=regimes["started_on"])
        rows["past_due"] = rows["status"].isin(["past_due", "unpaid"]).astype(np.float64)
        rows["past_dues"] = as_known.counted(rows, late, "account_id", span=365)
        found += ["past_due", "past_dues"]
    found += [name for name in ("interval", "product_id", "discount") if name in here]
    return found
