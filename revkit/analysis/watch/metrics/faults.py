"""Faults of the data: a field filled less often since some month, or a group that was renamed.

They are looked for first, by a plain test: what follows from them is no news of the business.
Counted by the database, so that the check of the data can look for them in large tables as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from ibis import _

from revkit.analysis.faults import Fault, renamed, step
from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from revkit.analysis.watch.metrics.rows import Window
    from revkit.dataset import Dataset

MANY = 200
"""Values of a field from which on it names no groups."""


@dataclass(frozen=True)
class Filled:
    """Fields of a table that are filled on some day of a row.

    Parameters
    ----------
    table, day, fields
        The columns of the table.
    won
        Of deals: only those won, or only those lost.
    groups
        Whether each value names a group, whose name may change.
    """

    table: str
    day: str
    fields: tuple[str, ...]
    won: bool | None = None
    groups: bool = False

    def rows(self, data: Dataset) -> ir.Table | None:
        """Return the rows with their month as ``month``; None where the table does not tell it."""
        needed = {self.day} | ({"is_won"} if self.won is not None else set())
        if self.table not in data or not needed <= {*data.columns(self.table)}:
            return None
        rows = data.table(self.table)
        if self.won is not None:
            rows = rows.filter(rows.is_won == self.won)
        day = local_day(rows[self.day], data.policy.timezone)
        return rows.mutate(month=day.year() * 12 + day.month() - 1)


FIELDS = (
    Filled("leads", "created_at", ("channel",), groups=True),
    Filled("accounts", "created_on", ("segment", "industry", "region", "channel"), groups=True),
    Filled("opportunities", "created_on", ("product_id",)),
    Filled("opportunities", "closed_on", ("amount", "discount"), won=True),
    Filled("opportunities", "closed_on", ("lost_reason",), won=False),
    Filled("subscriptions", "started_on", ("product_id",)),
    Filled("subscriptions", "ended_on", ("churn_reason",)),
)
"""The fields that metrics are grouped by or made of."""

OVERWRITTEN = ("lost_reason",)
"""Fields that a replay lacks in deals that were lost, and opened again after its day."""


def faults(data: Dataset, window: Window) -> list[Fault]:
    """Return the faults of the fields that metrics are grouped by or made of.

    Parameters
    ----------
    data
        The company.
    window
        The months.
    """
    return [fault for one in FIELDS for fault in _faults(data, one, window)]


def _faults(data: Dataset, one: Filled, window: Window) -> Iterator[Fault]:
    """Yield the fields that rows lack more often, or less often, since a month, and new names."""
    known = data.columns(one.table) if one.table in data else frozenset()
    unknown = OVERWRITTEN if data.past else ()
    names = [name for name in one.fields if name in known and name not in unknown]
    rows = one.rows(data) if names else None
    if rows is None:
        return
    last = window.first + window.months
    rows = rows.filter(rows.month >= window.first, rows.month < last)
    lacks = {name: rows[name].isnull().ifelse(1, 0).sum() for name in names}
    months = rows.group_by("month").aggregate(_rows=rows.count(), **lacks).execute()
    total = _by_month(months, "_rows", window)
    for name in names:
        if (moved := step(_by_month(months, name, window), total)) is not None:
            yield Fault(one.table, name, *moved)
        for found in renamed(_groups(rows, name, window)) if one.groups else ():
            old, new, onset, before, after = found
            yield Fault(one.table, name, onset, before, after, old, new)


def _groups(rows: ir.Table, name: str, window: Window) -> dict[str, NDArray[np.float64]]:
    """Return the rows of each value of a field by month; none where it has too many values."""
    known = rows.filter(rows[name].notnull()).group_by("month", name)
    counts = known.aggregate(_rows=_.count()).execute()
    values: Sequence[Any] = sorted(counts[name].unique())
    if len(values) > MANY:
        return {}
    return {
        str(value): _by_month(counts[counts[name] == value], "_rows", window) for value in values
    }


def _by_month(counts: Any, column: str, window: Window) -> NDArray[np.float64]:
    """Return a column of counts with 0 in months that have none."""
    found = np.zeros(window.months)
    found[counts["month"].to_numpy(dtype=np.int64) - window.first] = counts[column]
    return found
