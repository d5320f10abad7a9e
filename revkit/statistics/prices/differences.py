"""Differences-in-differences of counts by month: those concerned beside those that are not.

What happens to all in a month, as a season or a slump, moves both counts and leaves their ratio as
it is. The ratio before a change and since then is compared on the log scale; its variance is that
of the months themselves, each one cluster, so that months which differ by more than chance widen
the interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.intervals import student

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAST = 3
"""Months on each side of a change below which nothing is told."""


@dataclass(frozen=True)
class Estimate:
    """A difference of logarithms with its interval; NaN where it is not known."""

    value: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")

    @property
    def clear(self) -> bool:
        """True where the interval leaves out 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Months:
    """Events by month, of those concerned and of the others, and how many could have had one.

    Parameters
    ----------
    events, others
        Counts, or sums of units.
    at_risk, others_at_risk
        How many could have had an event; 1 for new customers, whose number is open.
    """

    events: Array
    at_risk: Array
    others: Array
    others_at_risk: Array

    def __getitem__(self, part: slice) -> Months:
        return Months(
            self.events[part], self.at_risk[part], self.others[part], self.others_at_risk[part]
        )

    def __len__(self) -> int:
        return len(self.events)

    @property
    def alone(self) -> Months:
        """The same months beside others that never change: before and after, that is."""
        return Months(self.events, self.at_risk, self.at_risk, self.at_risk)

    def ratio(self) -> tuple[float, Array]:
        """Return the log ratio of the two rates, and by how much each month moves it."""
        told = [float(of.sum()) for of in (self.events, self.at_risk, self.others,
                                           self.others_at_risk)]  # fmt: skip
        if len(self) < LEAST or not all(of > 0 for of in told):
            return float("nan"), np.full(len(self), np.nan)
        events, at_risk, others, others_at_risk = told
        own = self.events / events - self.at_risk / at_risk
        of_others = self.others / others - self.others_at_risk / others_at_risk
        value = np.log(events / at_risk) - np.log(others / others_at_risk)
        return float(value), own - of_others

    def weights(self) -> Array:
        """Return the part of the ratio's precision that each month has."""
        own = self.at_risk / self.at_risk.sum()
        return np.asarray((own + self.others_at_risk / self.others_at_risk.sum()) / 2)


def change(months: Months, since: int, level: float) -> Estimate:
    """Return by how much those concerned moved beside the others since a month.

    Examples
    --------
    >>> one, fell = np.ones(8), np.repeat([10.0, 8.0], 4)
    >>> round(float(np.exp(change(Months(fell, one, 5 * one, one), 4, 0.95).value)), 3)
    0.8
    """
    (before, first), (after, second) = months[:since].ratio(), months[since:].ratio()
    parts = [
        float((of**2).sum()) * len(of) / (len(of) - 1) if len(of) >= LEAST else np.nan
        for of in (first, second)
    ]
    variance = sum(parts)
    if not variance > 0:
        return Estimate(after - before)
    degrees = variance**2 / sum(
        of**2 / (n - 1) for of, n in zip(parts, (len(first), len(second)), strict=True)
    )
    away = float(student(np.array(degrees), level)) * variance**0.5
    value = after - before
    return Estimate(value, value - away, value + away)


def trend(months: Months, level: float) -> Estimate:
    """Return by how much a month those concerned moved beside the others, over all months."""
    _, moves = months.ratio()
    if len(months) < 2 * LEAST or np.isnan(moves).any():
        return Estimate()
    weight, at = months.weights(), np.arange(len(months), dtype=float)
    away = at - (weight * at).sum() / weight.sum()
    total = float((weight * away**2).sum())
    slope = float((away * moves).sum()) / total
    rest = away * (moves - weight * away * slope)
    variance = float((rest**2).sum()) / total**2 * len(months) / (len(months) - 2)
    reach = float(student(np.array(len(months) - 2.0), level)) * variance**0.5
    return Estimate(slope, slope - reach, slope + reach)
