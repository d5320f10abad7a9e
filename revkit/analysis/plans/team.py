"""Reps who sell to new customers: what they can take on, as they ramp, leave and are replaced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Team:
    """The seats of a team and what becomes of them.

    Parameters
    ----------
    tenures
        Months since each rep began; below 0 for one who begins that many months from now.
    full
        Deals that a ramped rep can take on in a month.
    ramp
        Months until a rep is ramped; in equal steps.
    leave
        Probability that a rep leaves in a month.
    backfill
        Months that a seat stays empty.
    skill
        Standard deviation of the logarithm of what a rep takes on.
    weight
        How many reps a seat counts for.
    """

    tenures: tuple[float, ...]
    full: float
    ramp: float
    leave: float
    backfill: float
    skill: float = 0.0
    weight: float = 1.0

    def with_more(self, times: float) -> Team:
        """Return the team with more of the same reps."""
        return replace(self, weight=self.weight * times)

    def with_hires(self, reps: int, month: int = 0) -> Team:
        """Return the team with reps who begin in a month from now."""
        return replace(self, tenures=(*self.tenures, *[-float(month)] * reps))

    def ramped(self, tenure: NDArray[Any]) -> NDArray[Any]:
        """Return the share of full output in the middle of a month begun at this tenure."""
        if self.ramp <= 0:
            return np.where(tenure >= 0, 1.0, 0.0)
        share = np.clip((tenure + 0.5) / self.ramp, 0.0, 1.0)
        return np.where(tenure >= 0, share, 0.0)

    @property
    def empty(self) -> int:
        """Whole months that a seat stays empty."""
        return max(0, round(self.backfill))

    def expected(self, months: int) -> Array:
        """Return how many ramped reps the team is worth in each month, in expectation.

        A seat in its first months is empty with the probability that its rep has left.
        """
        worth = np.zeros(months)
        began = np.array(self.tenures)
        waiting = np.zeros((months + self.empty + 2, len(began)))  # new reps who begin by month
        young = np.zeros((months, len(began)))  # new reps by tenure
        alive = np.ones(len(began))
        for month in range(months):
            young = np.vstack([waiting[month], young[:-1]])
            ages = np.arange(months, dtype=np.float64)[:, None]
            here = began + month >= 0
            worth[month] = (alive * self.ramped(began + month)).sum()
            worth[month] += (young * self.ramped(ages)).sum()
            left = np.where(here, alive, 0.0) * self.leave + young.sum(axis=0) * self.leave
            alive = alive * np.where(here, 1 - self.leave, 1.0)
            young = young * (1 - self.leave)
            waiting[month + 1 + self.empty] += left
        return np.asarray(worth * self.weight, dtype=np.float64)

    def drawn(self, months: int, draws: int, rng: np.random.Generator) -> Array:
        """Return the same in many futures, times the skill of those who are there."""
        seats = len(self.tenures)
        tenure = np.broadcast_to(np.array(self.tenures, dtype=np.float32), (draws, seats)).copy()
        skill = self._skills(rng, (draws, seats))
        worth = np.zeros((draws, months))
        for month in range(months):
            worth[:, month] = (self.ramped(tenure) * skill).sum(axis=1)
            left = (rng.random((draws, seats), dtype=np.float32) < self.leave) & (tenure >= 0)
            tenure += 1
            tenure[left] = -float(self.empty)
            skill[left] = self._skills(rng, int(left.sum()))
        return np.asarray(worth * self.weight, dtype=np.float64)

    def _skills(self, rng: np.random.Generator, size: int | tuple[int, int]) -> NDArray[np.float32]:
        luck = rng.standard_normal(size, dtype=np.float32)
        times = np.exp(np.float32(self.skill) * luck - np.float32(self.skill**2 / 2))
        return np.asarray(times, dtype=np.float32)
