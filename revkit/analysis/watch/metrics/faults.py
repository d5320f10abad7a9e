"""Faults of the data: a field filled less often since some month, or a group that was renamed.

They are looked for first, by a plain test: what follows from them is no news of the business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from revkit.analysis.faults import Fault, renamed, step
from revkit.analysis.watch.metrics.rows import Window, frame

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from revkit.dataset import Dataset

ON_CLOSING = {"amount": "won", "discount": "won", "lost_reason": "lost"}
"""Fields of deals that are filled when these are won, or lost."""


def faults(data: Dataset, new: Mapping[str, pd.DataFrame], window: Window) -> list[Fault]:
    """Return the faults of the fields that watched metrics are grouped by or made of.

    Parameters
    ----------
    data
        The company.
    new
        Its accounts and leads, as :func:`revkit.analysis.watch.metrics.mixes.created` returns them.
    window
        The months.
    """
    found: list[Fault] = []
    for table in ("leads", "accounts"):
        if table in new:
            rows = new[table]
            names = rows.columns.drop("created_on")
            own = [name for name in names if table == "accounts" or name == "channel"]
            month = window.of(rows["created_on"])
            found += _lacking(table, rows, own, month, window)
            found += _renamed(table, rows, own, month, window)
    if "opportunities" in data and {"closed_on", "is_won"} <= data.columns("opportunities"):
        known = data.columns("opportunities")
        fields = [name for name in ON_CLOSING if name in known]
        deals = frame(
            data.table("opportunities"), data, "opportunities", ["closed_on", "is_won", *fields]
        )
        closed = deals[deals["closed_on"].notna() & deals["is_won"].notna()]
        won = closed["is_won"].astype(bool)
        for name in fields:
            rows = closed[won if ON_CLOSING[name] == "won" else ~won]
            month = window.of(rows["closed_on"])
            found += _lacking("opportunities", rows, [name], month, window)
    return found


def _lacking(
    table: str, rows: pd.DataFrame, names: Iterable[str], month: NDArray[np.int64], window: Window
) -> list[Fault]:
    """Return the fields that rows lack more often, or less often, since a month."""
    inside = (month >= 0) & (month < window.months)
    total = np.bincount(month[inside], minlength=window.months).astype(np.float64)
    found = []
    for name in names:
        lacks = rows[name].isna().to_numpy()
        missing = np.bincount(month[inside & lacks], minlength=window.months).astype(np.float64)
        if (moved := step(missing, total)) is not None:
            found.append(Fault(table, name, *moved))
    return found


def _renamed(
    table: str, rows: pd.DataFrame, names: Iterable[str], month: NDArray[np.int64], window: Window
) -> list[Fault]:
    """Return groups that end in the month in which another one of their size begins."""
    found = []
    inside = (month >= 0) & (month < window.months)
    for name in names:
        counts = {
            value: np.bincount(
                month[inside & (rows[name] == value).to_numpy()], minlength=window.months
            ).astype(np.float64)
            for value in rows[name].cat.categories
        }
        for old, new, onset, before, after in renamed(counts):
            found.append(Fault(table, name, onset, before, after, str(old), str(new)))
    return found
