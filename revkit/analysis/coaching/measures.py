"""Measures compared of reps: wins, stages, discounts, moved dates, idle and overdue deals, answers.

Each is a row a case with what was seen and what like cases come to, whoever has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import derived
from revkit.analysis.coaching.deals import AGES, LIKE, Span, features, history_of
from revkit.periods import Calendar
from revkit.statistics.peers.chances import chances

if TYPE_CHECKING:
    from revkit.dataset import Dataset

STAGE = "stage: "
"""Begins the name of a stage's measure."""

WORSE = {"win": -1, "discount": 1, "pushes": 1, "idle": 1, "overdue": 1, "answered": -1}
"""1 where more is worse; of stages less is."""

DAY = 24 * 60
"""Minutes within which a lead is to be answered."""

FEWEST = 30
"""Cases of a company below which a measure is not compared."""


def worse(measure: str) -> int:
    """Return 1 where more of a measure is worse, else -1."""
    return WORSE.get(measure, -1)


def of_deals(data: Dataset, deals: pd.DataFrame, span: Span) -> dict[str, pd.DataFrame]:
    """Return what is compared of deals, by measure: whose, seen, expected, on which day."""
    closed = deals[deals["won"].notna()]
    found = {"win": _chance(closed, closed["won"], banded(closed, "age"))}
    found |= _stages(data, deals, span)
    won = closed[closed["won"] == 1]
    if "discount" in won:
        known = won[won["discount"].notna()]
        found["discount"] = _level(known, known["discount"].astype("float64"))
    found |= _dates(data, deals, span)
    return {name: rows for name, rows in found.items() if len(rows) >= FEWEST}


def banded(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return rows with a column of days in bands."""
    bands = np.searchsorted(AGES, rows[column].to_numpy()).astype(str)
    return rows.assign(band=bands)


def _chance(rows: pd.DataFrame, seen: Any, like: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return cases that happen or not, beside the chance of like ones."""
    like = rows if like is None else like
    names = (*LIKE, "band") if "band" in like else LIKE
    happened = np.asarray(seen, dtype=np.float64)
    expected = chances(happened, features(like, names)) if len(rows) else happened
    return _cases(rows, happened, expected)


def _level(rows: pd.DataFrame, seen: Any) -> pd.DataFrame:
    """Return cases of some size, beside the mean of like ones."""
    value = np.asarray(seen, dtype=np.float64)
    if not len(rows):
        return _cases(rows, value, value)
    like = features(rows, ("segment", "size", "source", "channel"))
    columns = np.column_stack([np.ones(len(rows)), like])
    held = columns.T @ columns + np.diag(np.r_[0.0, np.ones(like.shape[1])])
    return _cases(rows, value, columns @ np.linalg.solve(held, columns.T @ value))


def _cases(rows: pd.DataFrame, seen: Any, expected: Any) -> pd.DataFrame:
    on = rows.get("settled_on", rows["closed_on"])
    return rows[["opportunity_id", "rep_id"]].assign(seen=seen, expected=expected, on=on)


def _stages(data: Dataset, deals: pd.DataFrame, span: Span) -> dict[str, pd.DataFrame]:
    """Return whether deals moved on from each stage, of who had them just before."""
    if "opportunity_history" not in data or "stages" not in data:
        return {}
    passages = derived.table(data, "stage_passages", Calendar("month"))
    rows: pd.DataFrame = passages.filter(
        passages.settled_on.notnull(), passages.settled_on >= span.start
    ).to_pyarrow().to_pandas()  # fmt: skip
    rows = rows.sort_values(["opportunity_id", "stage"], ignore_index=True)
    for name in ("passed_on", "next_on", "settled_on"):
        rows[name] = pd.to_datetime(rows[name])
    # What was skipped on one day took nobody's work.
    rows = rows[(rows["next_on"] != rows["passed_on"]) | rows["next_on"].isna()]
    rows = _with_owner(rows, history_of(data, span), deals)
    rows["days"] = (rows["settled_on"] - rows["passed_on"]).dt.days.clip(lower=0)
    known = deals.drop_duplicates("opportunity_id").drop(columns=["rep_id", "age", "quarter"])
    rows = rows.merge(known, on="opportunity_id").sort_values(
        ["opportunity_id", "stage"], ignore_index=True
    )
    found = {}
    for stage in _order(data, set(rows["stage"])):
        cases = banded(rows[rows["stage"] == stage], "days")
        found[STAGE + stage] = _chance(cases, cases["next_on"].notna())
    return found


def _order(data: Dataset, stages: set[str]) -> list[str]:
    """Return stages in the order of the process."""
    from ibis import _

    table = data.table("stages").filter(_.object == "opportunity").select("stage", "position")
    rows = table.to_pyarrow().to_pandas().sort_values(["position", "stage"])
    return [name for name in dict.fromkeys(rows["stage"]) if name in stages]


def _with_owner(rows: pd.DataFrame, history: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """Add who had each deal on the day before a stage was settled, or as it was entered."""
    own = deals.drop_duplicates("opportunity_id").set_index("opportunity_id")["rep_id"]
    rows = rows[rows["opportunity_id"].isin(own.index)]
    now = rows["opportunity_id"].map(own)
    if "rep_id" not in history or not len(rows) or not len(history):
        return rows.assign(rep_id=now)
    changes = (
        history[["opportunity_id", "day", "rep_id"]].dropna().sort_values("day", kind="stable")
    )
    asked = rows.assign(row=rows.index, until=rows["settled_on"] - pd.Timedelta(days=1))
    asked["until"] = asked[["until", "passed_on"]].max(axis=1)
    asked["until"] = asked["until"].astype(changes["day"].dtype)
    met = pd.merge_asof(
        asked.sort_values("until", kind="stable"), changes, left_on="until", right_on="day",
        by="opportunity_id",
    ).set_index("row")["rep_id"]  # fmt: skip
    return rows.assign(rep_id=met.reindex(rows.index).fillna(now))


def _dates(data: Dataset, deals: pd.DataFrame, span: Span) -> dict[str, pd.DataFrame]:
    """Return moved dates by deal, and which open deals are overdue or left alone."""
    found = {}
    today = pd.Timestamp(span.end) - pd.Timedelta(days=1)
    open_now = deals[deals["closed_on"].isna()]
    if "expected_close_on" in deals:
        known = open_now[open_now["expected_close_on"].notna()]
        found["overdue"] = _chance(known, known["expected_close_on"] < today)
    if "opportunity_history" in data and {"expected_close_on", "amount"} <= set(deals.columns):
        found["pushes"] = _pushes(data, deals, span)
    if {"opportunity_history", "activities"} <= set(data.tables):
        quiet = derived.table(data, "quiet_spells", Calendar("month"))
        left = quiet.filter(quiet.until.isnull()).select("opportunity_id").distinct().to_pyarrow()
        named = set(left["opportunity_id"].to_pylist())
        old = open_now[open_now["age"] > 30]
        found["idle"] = _chance(old, old["opportunity_id"].isin(named))
    return found


def _pushes(data: Dataset, deals: pd.DataFrame, span: Span) -> pd.DataFrame:
    """Return how often each deal's expected close was moved in the span, by who had it then."""
    table = derived.table(data, "pushes", Calendar("month"))
    who = [name for name in ("rep_id",) if name in table.columns]
    table = table.filter(table.pushed_on >= span.start).select("opportunity_id", *who)
    moves: pd.DataFrame = table.to_pyarrow().to_pandas()
    keys = ["opportunity_id", *who]
    count = moves.groupby(keys).size().rename("moves").reset_index()
    rows = deals.merge(count, on=keys, how="left")
    first = pd.Timestamp(span.start)
    start = rows["created_on"].where(rows["created_on"] > first, first)
    end = rows["closed_on"].fillna(pd.Timestamp(span.end))
    months = (end - start).dt.days.clip(lower=1) / 30.4
    seen = rows["moves"].fillna(0.0)
    sums = pd.DataFrame({"segment": rows["segment"], "seen": seen, "months": months})
    total = sums.groupby("segment")[["seen", "months"]].transform("sum")
    return _cases(rows, seen.to_numpy(), (months * total["seen"] / total["months"]).to_numpy())


def of_leads(data: Dataset, span: Span) -> pd.DataFrame:
    """Return leads that a rep was to answer, with whether one did within a day; none untold."""
    if not {"leads", "activities"} <= set(data.tables) or "rep_id" not in data.columns("leads"):
        return pd.DataFrame()
    from ibis import _

    answered = derived.table(data, "responses", Calendar("month")).select(
        "minutes", "watched", lead="lead_id"
    )
    names = [one for one in ("channel", "account_id") if one in data.columns("leads")]
    leads = data.table("leads").filter(_.rep_id.notnull(), _.created_at >= span.start)
    joined = leads.join(answered, leads.lead_id == answered.lead).filter(_.watched >= DAY)
    rows: pd.DataFrame = (
        joined.select("lead_id", "rep_id", "created_at", "minutes", *names)
        .to_pyarrow().to_pandas().sort_values("lead_id", ignore_index=True)
    )  # fmt: skip
    if len(rows) < FEWEST:
        return pd.DataFrame()
    rows["channel"] = rows["channel"].fillna("") if "channel" in rows else ""
    happened = np.asarray(rows["minutes"] <= DAY, dtype=np.float64)
    account = rows.get("account_id", rows["lead_id"]).fillna(rows["lead_id"])
    days = pd.to_datetime(rows["created_at"]).dt.tz_localize(None)
    return rows.assign(
        account=account, quarter=span.quarter(days), seen=happened,
        expected=chances(happened, features(rows, ("channel",))),
    )  # fmt: skip
