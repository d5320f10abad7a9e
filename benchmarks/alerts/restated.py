"""Deals of a generated company that are entered, changed or removed after a report."""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import pandas as pd

import revkit as rk
from revkit.dataset import Dataset
from revkit.report.overview.headlines import measured
from revkit.report.overview.since import SHOWN, Results, restated

ABOUT = {"period": "month"}
EACH = 2
"""Deals of each fate, so that a sentence names all of them."""


def named_and_changed(data: Dataset, seed: int) -> tuple[set[str], set[str]]:
    """Return the deals that the report after a change names, and those that were changed.

    The first report is of half a year before the company's end, and has some won deals not yet,
    some with another amount, and some that are taken out afterwards. All are of new business, which
    the headline numbers are about.
    """
    assert 3 * EACH > SHOWN >= EACH
    day = data.as_of.replace(day=1) - timedelta(days=180)
    deals = data.store.raw["opportunities"].to_pandas()
    closed = pd.to_datetime(deals["closed_on"])
    counted = data.table("opportunities").select("opportunity_id").to_pandas()["opportunity_id"]
    of_headlines = deals["opportunity_id"].isin(counted) & (deals["kind"] == "new")
    won = deals["is_won"].fillna(False).astype(bool)
    old = deals[(closed < pd.Timestamp(day)) & won & of_headlines]
    picked = np.random.default_rng(seed).choice(old.index.to_numpy(), 3 * EACH, replace=False)
    entered, changed, removed = np.split(picked, 3)
    then = deals.drop(index=entered)
    then.loc[changed, "amount"] = then.loc[changed, "amount"] * 3 + 1000
    now = deals.drop(index=removed)
    told = _told(_with(data, then, day), _with(data, now, data.as_of))
    names = {one for found in re.findall(r"\(([^()]*)\)", " ".join(told))
             for one in found.split(", ")}  # fmt: skip
    keys = {str(key) for key in deals["opportunity_id"]}
    return names & keys, {str(key) for key in deals.loc[picked, "opportunity_id"]}


def _with(data: Dataset, deals: pd.DataFrame, day: date) -> Dataset:
    """Return the company with other deals, as known at a day."""
    others = {
        name: table.to_pandas()
        for name, table in data.store.raw.items()
        if name not in ("opportunities", "opportunity_history", "opportunity_splits")
    }
    whole = rk.Dataset(opportunities=deals, as_of=data.as_of, **others)
    return whole if day == data.as_of else whole.replay(day)


def _told(before: Dataset, now: Dataset) -> tuple[str, ...]:
    then = Results.of(measured(before, period="month"), before, ABOUT)
    numbers = measured(now, period="month")
    return restated(then, Results.of(numbers, now, ABOUT), numbers) or ()
