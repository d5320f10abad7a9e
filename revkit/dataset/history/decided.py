"""First day from which a table of deals tells of all: before it, of those alone that outlived it.

A file that begins with the deals open on a day, or with those decided since, holds deals of the
years before as well. Nothing was decided then, as it seems, and each month has fewer deals than the
next, down to the first. Deals of the file itself say how many should have been decided.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from revkit.periods import Calendar, local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MONTH = Calendar("month")

EXPECTED = 10.0
"""Decisions to expect before a month, at least: fewer may be missing by chance."""

MISSING = 0.9
"""Share of them that is missing, at least; a few strays are in every file."""


def first_decided(deals: ir.Table, timezone: str, as_of: date) -> date | None:
    """Return the first day of the month since which decided deals are told; None without such.

    A deal's chance to be decided at an age, in months, is that of all deals of the file.
    """
    if not {"created_on", "closed_on"} <= set(deals.columns):
        return None
    months = {
        name: MONTH.number_of(local_day(deals[column], timezone))
        for name, column in (("created", "created_on"), ("decided", "closed_on"))
    }
    counted = deals.select(**months).group_by("created", "decided").agg(n=lambda rows: rows.count())
    rows = [row for row in counted.to_pyarrow().to_pylist() if row["created"] is not None]
    if not rows:
        return None
    last = MONTH.number(as_of)
    first = min(row["created"] for row in rows)
    created, n = (np.array([row[name] for row in rows]) for name in ("created", "n"))
    ends = np.array([last + 1 if row["decided"] is None else row["decided"] for row in rows])
    found = _late(created - first, np.maximum(ends, created) - first, n, last - first + 1)
    return MONTH.first_day(first + found) if found else None


def _late(created: Array, ends: Array, n: Array, months: int) -> int:
    """Return the last month before which nearly all decisions to expect are missing; else 0."""
    decided, ages = ends < months, ends - created
    ended = np.bincount(ages[decided], n[decided], minlength=months + 1)
    present = np.cumsum(np.bincount(ages, n, minlength=months + 2)[::-1])[::-1]
    hazard = ended / np.maximum(present[: len(ended)], 1)
    gone = 1 - np.concatenate([[1.0], np.cumprod(1 - hazard)])
    born = np.bincount(created, n, minlength=months)[:months]
    expected = np.convolve(born, gone)[:months]
    before = np.cumsum(np.bincount(ends, n, minlength=months)[:months])
    before = np.concatenate([[0.0], before[:-1]])
    late = (expected >= EXPECTED) & (before <= (1 - MISSING) * expected)
    return int(np.flatnonzero(late).max(initial=0))
