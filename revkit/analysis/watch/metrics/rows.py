"""Rows of a watched company: its tables as frames, with the month of each row and dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.dimensions import attach, find

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from revkit.dataset import Dataset

LONGEST = 60
"""Months that are read, at most."""

OF_ACCOUNT = ("segment", "industry", "region")
PATHS = {
    "leads": {**{name: f"account.{name}" for name in OF_ACCOUNT}, "channel": "channel"},
    "opportunities": {
        **{name: f"account.{name}" for name in (*OF_ACCOUNT, "channel")},
        "product": "product",
    },
    "subscriptions": {
        **{name: f"account.{name}" for name in (*OF_ACCOUNT, "channel")},
        "product": "product",
    },
    "accounts": {name: name for name in (*OF_ACCOUNT, "channel")},
    "reps": {"team": "team", "region": "region"},
}
"""The dimensions that are watched, by table, with the way to each."""

PAIR = ("segment", "region")


@dataclass(frozen=True)
class Window:
    """The months that are watched: the number of the first, how many, and the day they end."""

    first: int
    months: int
    as_of: date

    @property
    def complete(self) -> int:
        """The number of whole months."""
        next_day = pd.Timestamp(self.as_of) + pd.Timedelta(days=1)
        return self.months - (next_day.day != 1)

    def of(self, days: pd.Series) -> NDArray[np.int64]:
        """Return the month of each day, counted from the first; far below 0 where unknown."""
        months = days.dt.year * 12 + days.dt.month - 1 - self.first
        found: NDArray[np.int64] = months.fillna(-(10**6)).to_numpy(dtype=np.int64)
        return found

    def day(self, month: int) -> pd.Timestamp:
        """Return the first day of a month."""
        number = self.first + month
        return pd.Timestamp(year=number // 12, month=number % 12 + 1, day=1)


def window(data: Dataset) -> Window:
    """Return the months from the first lead or closing on record, or else the first contract."""
    from ibis import _

    firsts = [
        data.table(table).aggregate(first=_[column].cast("date").min()).execute()["first"].iloc[0]
        for table, column in (("leads", "created_at"), ("opportunities", "closed_on"))
        if table in data and column in data.columns(table)
    ]
    firsts = [one for one in firsts if not pd.isna(one)]
    if not firsts and "subscriptions" in data:
        table = data.table("subscriptions")
        firsts = [table.aggregate(first=_.started_on.min()).execute()["first"].iloc[0]]
    last = data.as_of.year * 12 + data.as_of.month - 1
    day: Any = pd.Timestamp(min(firsts)) if firsts and not pd.isna(min(firsts)) else data.as_of
    first = max(day.year * 12 + day.month - 1, last + 1 - LONGEST)
    return Window(first, max(last + 1 - first, 0), data.as_of)


def dimensions(data: Dataset, source: str) -> tuple[str, ...]:
    """Return the watched dimensions that a table reaches."""
    found = (name for name, path in PATHS[source].items() if find(path, source, data.specs))
    return tuple(found)


def places(names: Sequence[str], *, pairs: bool = False) -> tuple[tuple[str, ...], ...]:
    """Return the dimensions, each for itself, with segment × region where asked for."""
    paired = (PAIR,) if pairs and set(PAIR) <= set(names) else ()
    return (*((name,) for name in names), *paired)


def frame(table: ir.Table, data: Dataset, source: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return columns of a table with the dimensions as categories, days as timestamps."""
    names = dimensions(data, source)
    taken = {f"of_{name}": name for name in names}
    for own, name in taken.items():
        path = find(PATHS[source][name], source, data.specs)
        assert path is not None, name
        table = attach(table, path, data.lookup, own)
    rows: pd.DataFrame = table.select(*columns, *taken).execute()
    rows = rows.rename(columns=taken)
    for name in names:
        rows[name] = rows[name].astype("category")
    for column in columns:
        if column.endswith("_on"):
            rows[column] = pd.to_datetime(rows[column])
    return rows
