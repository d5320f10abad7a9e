"""Mixes: the share of each group among new accounts, and of each channel among new leads."""

from __future__ import annotations

from collections.abc import Mapping
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
"""Names of the mixes by table, and the dimensions of each."""


def mixes(new: Mapping[str, pd.DataFrame], window: Window) -> list[Watched]:
    """Return the shares of new accounts and leads; rows without a value are left out.

    Parameters
    ----------
    new
        As :func:`created` returns them.
    window
        The months.
    """
    found = []
    for source, rows in new.items():
        metric, wanted = SOURCES[source]
        month = window.of(rows["created_on"])
        places, counts = [], []
        for name in [name for name in rows.columns if name in wanted]:
            for value in rows[name].cat.categories:
                of = month[(rows[name] == value).to_numpy() & (month >= 0)]
                places.append(Place((name,), (str(value),)))
                counts.append(np.bincount(of, minlength=window.months))
        if len(counts) > 1:
            found.append(of_counts(metric, "created", places, np.array(counts, dtype=np.float64)))
    return found


def created(data: Dataset) -> dict[str, pd.DataFrame]:
    """Return accounts and leads with the day of their creation and their dimensions.

    Tables without that day, or without dimensions, are left out.
    """
    found = {}
    for source in SOURCES:
        column = "created_at" if source == "leads" else "created_on"
        if source not in data or column not in data.columns(source):
            continue
        if not dimensions(data, source):
            continue
        table = data.table(source)
        if source == "leads":
            table = table.mutate(created_on=local_day(table.created_at, data.policy.timezone))
        rows = frame(table, data, source, ["created_on"])
        found[source] = rows[rows["created_on"].notna()].reset_index(drop=True)
    return found
