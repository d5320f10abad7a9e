"""Faults of the data: a field filled less often since some month, or a group that was renamed.

They are looked for first, by a plain test: what follows from them is no news of the business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from revkit.analysis.watch.metrics.rows import Window, frame
from revkit.statistics.scan.shapes import FIRST, RECENT

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from revkit.dataset import Dataset

    Array = NDArray[np.float64]

ON_CLOSING = {"amount": "won", "discount": "won", "lost_reason": "lost"}
"""Fields of deals that are filled when these are won, or lost."""

LEAST = 0.05
"""Change of the share that is missing from which it is a fault."""

CLEAR = 6.0
"""Standard errors of that change."""

BEFORE, AFTER = 20, 5.0
"""Rows on each side of a change, and rows of a group to be expected since its name ended."""

UNSETTLED = 2
"""Last months in which fields may still be filled."""


@dataclass(frozen=True)
class Fault:
    """A field that is filled otherwise since a month, or a group under another name since.

    Parameters
    ----------
    table, field
        Where.
    onset
        Month, from 0.
    before, after
        Share of rows without a value; of a new name the share of the group.
    old, new
        The names of a group that was renamed; empty otherwise.
    """

    table: str
    field: str
    onset: int
    before: float
    after: float
    old: str = ""
    new: str = ""


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
        if (step := _step(missing, total)) is not None:
            found.append(Fault(table, name, *step))
    return found


def _step(missing: Array, total: Array) -> tuple[int, float, float] | None:
    """Return the month since which another share is missing, with both shares; None if none.

    Months vary by more than chance: the test allows for as much as they do on each side.
    """
    months, best = len(total), (0.0, 0, 0.0, 0.0)
    for onset in range(max(FIRST, months - RECENT), months - UNSETTLED):
        sides, shares, squares = [slice(0, onset), slice(onset, months)], [], 0.0
        n = np.array([total[side].sum() for side in sides])
        if n.min() < BEFORE:
            continue
        for side in sides:
            share = missing[side].sum() / total[side].sum()
            shares.append(share)
            usual = max(share * (1 - share), 1e-3)
            held = total[side] > 0
            gaps = (missing[side] - total[side] * share)[held] ** 2 / (total[side][held] * usual)
            squares += float(gaps.sum())
        pooled = missing.sum() / total.sum()
        usual = max(pooled * (1 - pooled), 1e-2)
        spread = max(1.0, squares / max(months - 2, 1))
        z = abs(shares[1] - shares[0]) / np.sqrt(usual * spread * (1 / n).sum())
        if z > best[0]:
            best = (float(z), onset, shares[0], shares[1])
    z, onset, before, after = best
    clear = z >= CLEAR and abs(after - before) >= LEAST
    return (onset, float(before), float(after)) if clear else None


def _renamed(
    table: str, rows: pd.DataFrame, names: Iterable[str], month: NDArray[np.int64], window: Window
) -> list[Fault]:
    """Return groups that end in the month in which another one of their size begins."""
    found = []
    inside = (month >= 0) & (month < window.months)
    for name in names:
        values = rows[name].cat.categories
        counts = {
            value: np.bincount(
                month[inside & (rows[name] == value).to_numpy()], minlength=window.months
            )
            for value in values
        }
        seen = {value: np.flatnonzero(one) for value, one in counts.items() if one.any()}
        for old, at in seen.items():
            end = int(at[-1])
            rate = counts[old][: end + 1].mean()
            if counts[old].sum() < BEFORE or rate * (window.months - 1 - end) < AFTER:
                continue
            for new, begun in seen.items():
                onset = int(begun[0])
                now = counts[new][onset:].mean()
                alike = abs(now - rate) <= 3 * np.sqrt(rate / (window.months - onset)) + 0.3 * rate
                if onset > 0 and abs(onset - end) <= 1 and alike:
                    total = max(int(inside.sum()), 1)
                    share = counts[old].sum() / total, counts[new].sum() / total
                    found.append(Fault(table, name, max(onset, end), *share, str(old), str(new)))
    return found
