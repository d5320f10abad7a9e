"""Faults of the data: a field filled otherwise since a month, a renamed group, rows cut off.

Plain tests on counts by month: what follows from a fault is no news of the business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.scan.shapes import FIRST, RECENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

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


def step(missing: Array, total: Array) -> tuple[int, float, float] | None:
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


def renamed(counts: Mapping[str, Array]) -> list[tuple[str, str, int, float, float]]:
    """Return groups that end in the month in which another one of their size begins.

    Parameters
    ----------
    counts
        Rows of each group by month.

    Returns
    -------
    list of tuple
        Old and new name, the month of the new one, and the share of both in all rows.
    """
    found = []
    seen = {value: np.flatnonzero(one) for value, one in counts.items() if one.any()}
    total = max(float(sum(one.sum() for one in counts.values())), 1.0)
    for old, at in seen.items():
        months, end = len(counts[old]), int(at[-1])
        rate = counts[old][: end + 1].mean()
        if counts[old].sum() < BEFORE or rate * (months - 1 - end) < AFTER:
            continue
        for new, begun in seen.items():
            onset = int(begun[0])
            now = counts[new][onset:].mean()
            alike = abs(now - rate) <= 3 * np.sqrt(rate / (months - onset)) + 0.3 * rate
            if onset > 0 and abs(onset - end) <= 1 and alike:
                share = counts[old].sum() / total, counts[new].sum() / total
                found.append((old, new, max(onset, end), float(share[0]), float(share[1])))
    return found
