"""Rows of a watched company: its tables as frames, with the month of each row and dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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

FULL = 0.25
"""Part of the usual number of rows that a month has from which on a table is kept."""

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
    """Return the months since leads or closings are on record, or else the first contracts."""
    events = (("leads", "created_at"), ("opportunities", "closed_on"))
    firsts = [one for table, column in events if (one := _first(data, table, column)) is not None]
    if not firsts and (contracts := _first(data, "subscriptions", "started_on")) is not None:
        firsts = [contracts]
    last = data.as_of.year * 12 + data.as_of.month - 1
    first = max(min(firsts, default=last + 1), last + 1 - LONGEST)
    return Window(first, max(last + 1 - first, 0), data.as_of)


def _first(data: Dataset, table: str, column: str) -> int | None:
    """Return the first month with a usual number of rows: some earlier ones are often carried over.

    None where the table has none.
    """
    from ibis import _

    if table not in data or column not in data.columns(table):
        return None
    days = data.table(table).select(day=_[column].cast("date")).filter(_.day.notnull())
    months = days.mutate(month=_.day.year() * 12 + _.day.month() - 1)
    rows = months.group_by("month").aggregate(n=_.count()).execute().sort_values("month")
    if rows.empty:
        return None
    return int(rows["month"][rows["n"] >= rows["n"].median() * FULL].iloc[0])


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
