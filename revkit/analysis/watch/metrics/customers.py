"""Customers by month: those who leave and those who pay more, by how long they have been there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.watch.leaves import RATE, Leaves, of_rows
from revkit.analysis.watch.metrics.rows import Window, dimensions, frame, places
from revkit.derived.recurring.price_periods import price_periods

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.dataset import Dataset

AGES = (4, 7, 13)
"""Months by which customers who pay monthly are grouped."""

YEARS = 3
"""Years from which customers who pay yearly are alike."""

GREW = 1.001
"""Factor of MRR from which a customer pays more."""


def customers(data: Dataset, window: Window) -> list[Leaves]:
    """Return churn by month and by cohort, and expansion by month."""
    if "subscriptions" not in data or "ended_on" not in data.columns("subscriptions"):
        return []
    loaded = data.columns("subscriptions")
    columns = ["account_id", "started_on", "ended_on", "mrr"]
    columns += [name for name in ("interval",) if name in loaded]
    lines = frame(price_periods(data), data, "subscriptions", columns)
    if lines.empty:
        return []
    lines = lines.sort_values(["account_id", "started_on", "ended_on"], ignore_index=True)
    names = dimensions(data, "subscriptions")
    spells = _spells(lines, names)
    mrr, rows = _mrr(lines, window)
    cases, spell = _months(spells, names, window)
    row, month = rows[spells["account_id"]].to_numpy()[spell], cases["month"].to_numpy()
    now, after = mrr[row, month], mrr[row, month + 1]
    by, pairs, strata = places(names), places(names, pairs=True), [*_segment(names), "stratum"]
    months = window.months
    joined = cases.assign(month=cases["cohort"])
    kept = cases.assign(seen=(after > now * GREW).astype(np.float64))[(now > 0) & (after > 0)]
    grown = [*_segment(names), "age"]
    found = [
        of_rows("churn_rate", "calendar", RATE, cases, months, pairs, strata),
        of_rows("churn_rate", "cohort", RATE, joined, months, pairs, strata),
        of_rows("expansion_rate", "calendar", RATE, kept, months, by, grown),
    ]
    return [one for one in found if len(one.rows)]


def _segment(names: tuple[str, ...]) -> list[str]:
    return [name for name in ("segment",) if name in names]


def _spells(lines: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return the time each customer paid without a gap of more than a day."""
    never = pd.Timestamp.max.normalize()
    ends: Any = lines["ended_on"].fillna(never)
    latest = ends.groupby(lines["account_id"]).cummax()
    before = latest.groupby(lines["account_id"]).shift()
    fresh = before.isna() | (lines["started_on"] > before.clip(upper=never - pd.Timedelta(days=1))
                             + pd.Timedelta(days=1))  # fmt: skip
    lines = lines.assign(spell=fresh.cumsum(), end=ends)
    first = {name: "first" for name in ("account_id", *names, "interval") if name in lines}
    spells = lines.groupby("spell").agg({**first, "started_on": "first", "end": "max"})
    return spells.assign(left=spells["end"] < never)


def _months(
    spells: pd.DataFrame, names: tuple[str, ...], window: Window
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return a row per customer and month begun as a customer: whether they left within it.

    With it the place of each row's time among those of all customers.
    """
    start, end = window.of(spells["started_on"]), window.of(spells["end"])
    left = spells["left"].to_numpy()
    last = np.where(left, np.minimum(end, window.complete - 1), window.complete - 1)
    from_month = np.maximum(start + 1, 0)
    count = np.maximum(last - from_month + 1, 0)
    spell = np.repeat(np.arange(len(spells)), count)
    place = np.arange(len(spell)) - np.repeat(np.cumsum(count) - count, count)
    month = from_month[spell] + place
    tenure = month - start[spell]
    yearly = np.zeros(len(spells), dtype=bool)
    if "interval" in spells:
        yearly = (spells["interval"] == "year").to_numpy()
    ages = np.searchsorted(AGES, tenure, side="right")
    stratum = np.where(yearly[spell], _of_year(tenure), ages)
    cases = spells[list(names)].iloc[spell].reset_index(drop=True).assign(
        month=month, cohort=start[spell], age=ages, stratum=stratum,
        seen=(left[spell] & (month == end[spell])).astype(np.float64),
    )  # fmt: skip
    return cases, spell


def _of_year(tenure: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the stratum of a month of a yearly contract: its renewals, and all others."""
    found: NDArray[np.int64] = np.where(tenure % 12 == 0, 10 + np.minimum(tenure // 12, YEARS), 20)
    return found


def _mrr(lines: pd.DataFrame, window: Window) -> tuple[NDArray[np.float64], pd.Series]:
    """Return MRR on the first day of each month, a row an account, and each account's row."""
    accounts = pd.Index(lines["account_id"].unique())
    codes = pd.Series(np.arange(len(accounts)), index=accounts)
    changes = np.zeros((len(accounts), window.months + 1))
    account = codes[lines["account_id"]].to_numpy()
    amount = pd.to_numeric(lines["mrr"]).to_numpy(np.float64)
    for column, sign in (("started_on", 1.0), ("ended_on", -1.0)):
        known = lines[column].notna().to_numpy()
        days = lines[column][known]
        at = window.of(days) + (days.dt.day > 1).to_numpy()
        inside = at <= window.months
        np.add.at(
            changes,
            (account[known][inside], np.maximum(at[inside], 0)),
            sign * amount[known][inside],
        )
    return np.cumsum(changes, axis=1), codes
