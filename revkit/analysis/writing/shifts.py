"""Lasting changes read from a metric's months: each with its month, both levels and how sure it is.

A share is read as a whole or by group, each group's moves taken apart from those of all others; a
count is read as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from revkit.analysis.writing.differences import difference, latest, level_of
from revkit.analysis.writing.formatting import groups
from revkit.dimensions import placed
from revkit.statistics import family
from revkit.statistics.intervals import student, wilson
from revkit.statistics.steps import Step, step_of_counts, step_of_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Estimate = tuple[float, float, float]


@dataclass(frozen=True)
class Shift:
    """A lasting change of the whole or of a group against all others.

    Parameters
    ----------
    group
        The group's name; empty for the whole.
    since
        First day of its first period.
    before, after
        The share before and since, or the count per month, with the interval of each.
    rest
        The share of all others before and since; None for the whole.
    rows
        What `after` counts.
    p
        The probability of one as clear, in any period and any group, where there is none.
    months
        Months that `before` is of.
    """

    group: str
    since: pd.Timestamp
    before: Estimate
    after: Estimate
    rest: tuple[float, float] | None
    rows: float
    p: float
    months: int

    @property
    def ends(self) -> Estimate:
        """The difference with its interval."""
        return difference(self.before, self.after)

    @property
    def sure(self) -> bool:
        """True where it is clear enough for a report."""
        value, low, high = self.ends
        return (
            family.claimed(self.p, family.STEPS)
            and bool(low > 0 or high < 0)
            and (self.rest is None or (value > self.rest[1] - self.rest[0]) == (value > 0))
        )


def shifts_of_shares(result: pd.DataFrame) -> list[Shift]:
    """Return the likeliest lasting change of a share, in each group or the whole, the surest first.

    A result by two groups has one: what one of them does against the other, the other does too.
    """
    by = groups(result)
    rows = placed(latest(result), by)
    rows = rows[(rows["n"] > 0).fillna(value=False).astype(bool)]
    if rows.empty:
        return []
    level = level_of(result)
    crowded = _crowding(rows, level)
    rows = rows.assign(_trials=rows["n"].astype("float64") / crowded)
    rows = rows.assign(_hits=rows["value"] * rows["_trials"], _group="")
    if by:
        rows = rows.assign(_group=rows[by[0]].astype(str))
    hits, trials = (
        rows.pivot_table(index="period", columns="_group", values=name, aggfunc="sum").fillna(0.0)
        for name in ("_hits", "_trials")
    )
    whole = hits.sum(axis=1).to_numpy(), trials.sum(axis=1).to_numpy()
    many = len(hits.columns) if len(hits.columns) > 2 else 1
    found = []
    for group in hits.columns:
        own = hits[group].to_numpy(), trials[group].to_numpy()
        others = (whole[0] - own[0], whole[1] - own[1]) if by else None
        one = step_of_shares(*own, others)
        if one is not None:
            rest = (_share(others, one)) if others is not None else None
            (before, _), (after, size) = _sides(own, one, level)
            found.append(
                Shift(
                    str(group), hits.index[one.at], before, after, rest, round(size * crowded),
                    min(one.p * many, 1.0), one.at,
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: one.p)


def shifts_of_counts(result: pd.DataFrame) -> list[Shift]:
    """Return the likeliest lasting change of a count per month, or none."""
    rows, level = latest(result), level_of(result)
    counts = rows["value"].to_numpy(dtype=np.float64)
    one = step_of_counts(counts)
    if one is None:
        return []
    before, after = _means([counts[one.begun : one.at], counts[one.at :]], level)
    since = rows["period"].iloc[one.at]
    months = one.at - one.begun
    return [Shift("", since, before, after, None, counts[one.at :].sum(), one.p, months)]


def _means(sides: Sequence[Array], level: float) -> list[Estimate]:
    """Return the mean month of both sides, with intervals by how much months differ within them.

    Two months alone say little of how much months differ, so both sides tell it, relative to their
    means; it is no less than chance alone gives.
    """
    few = sum(len(side) - 1 for side in sides)
    spread = sum(float(((side / side.mean() - 1) ** 2).sum()) for side in sides) / few
    reach = float(student(np.array(float(few)), level))
    found = []
    for side in sides:
        mean = float(side.mean())
        wide = reach * (max(spread * mean**2, mean) / len(side)) ** 0.5
        found.append((mean, max(mean - wide, 0.0), mean + wide))
    return found


def _sides(own: tuple[Array, Array], one: Step, level: float) -> list[tuple[Estimate, float]]:
    """Return the share before a step and since, with its interval and what it counts."""
    sides = []
    for part in (slice(one.at), slice(one.at, None)):
        hits, trials = own[0][part].sum(), own[1][part].sum()
        share = np.array([hits / trials])
        low, high = wilson(share, np.array([trials]), level)
        sides.append(((float(share[0]), float(low[0]), float(high[0])), float(trials)))
    return sides


def _share(others: tuple[Array, Array], one: Step) -> tuple[float, float]:
    hits, trials = others
    before, after = (
        float(hits[part].sum() / trials[part].sum())
        for part in (slice(one.at), slice(one.at, None))
    )
    return before, after


def _crowding(rows: pd.DataFrame, level: float) -> float:
    """Return how many rows count as one, as the metric's own intervals take them; 1 or more.

    Several deals of one account are less than as many accounts.
    """
    share, n = (rows[name].to_numpy(dtype=np.float64) for name in ("value", "n"))
    low, high = wilson(share, n, level)
    width = (rows["high"] - rows["low"]).to_numpy(dtype=np.float64)
    inside = np.isfinite(width) & (share > 0) & (share < 1)
    if not inside.any():
        return 1.0
    ratio = (width[inside] / (high - low)[inside]) ** 2
    return float(max(np.average(ratio, weights=n[inside]), 1.0))
