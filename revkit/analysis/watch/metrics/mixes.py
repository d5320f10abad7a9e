"""Mixes: the share of each group among new accounts, and of each channel among new leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.watch.leaves import Place
from revkit.analysis.watch.metrics.rows import OF_ACCOUNT, Window, dimensions, frame
from revkit.analysis.watch.series import Watched, of_counts
from revkit.periods import local_day

if TYPE_CHECKING:
    from revkit.dataset import Dataset

SOURCES = {"accounts": ("new_accounts", OF_ACCOUNT), "leads": ("new_leads", ("channel",))}
"""What is counted by table, and the dimensions of its mix."""


def mixes(data: Dataset, window: Window) -> list[Watched]:
    """Return the shares of new accounts and leads; rows without a value are left out."""
    found = []
    for source, (metric, wanted) in SOURCES.items():
        names = [name for name in dimensions_of(data, source) if name in wanted]
        if not names:
            continue
        rows = created(data, source)
        month = window.of(rows["created_on"])
        places, counts = [], []
        for name in names:
            for value in rows[name].cat.categories:
                of = month[(rows[name] == value).to_numpy() & (month >= 0)]
                places.append(Place((name,), (str(value),)))
                counts.append(np.bincount(of, minlength=window.months))
        if len(counts) > 1:
            found.append(of_counts(metric, "created", places, np.array(counts, dtype=np.float64)))
    return found


def dimensions_of(data: Dataset, source: str) -> tuple[str, ...]:
    """Return the watched dimensions of a table, none where it is not loaded or has no dates."""
    column = "created_at" if source == "leads" else "created_on"
    if source not in data or column not in data.columns(source):
        return ()
    return dimensions(data, source)


def created(data: Dataset, source: str) -> pd.DataFrame:
    """Return accounts or leads with the day of their creation and their dimensions."""
    table = data.table(source)
    if source == "leads":
        table = table.mutate(created_on=local_day(table.created_at, data.policy.timezone))
    rows = frame(table, data, source, ["created_on"])
    return rows[rows["created_on"].notna()].reset_index(drop=True)
