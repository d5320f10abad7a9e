"""The futures of a plan: what is expected, what was drawn, and what the target takes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np

from revkit.analysis.plans.basis import Basis
from revkit.analysis.plans.engine import FLOWS, LEVERS, Array, Chance, Course, Path, project
from revkit.language import Language
from revkit.periods import Calendar

LESS = ("cycle", "churn", "contraction")
"""Levers that are better the lower they are."""

STEP = 0.1
ENOUGH = 0.1
"""Share of a rep that nobody is hired for."""

MOST = 5.0
"""The largest factor that a single lever is tried with."""


@dataclass(frozen=True)
class Futures:
    """The months ahead of a company, expected and drawn, and a target at their end.

    Parameters
    ----------
    basis
        The rates of the last twelve months and the course they make.
    target
        ARR to be reached.
    as_of, by
        The company's day, and the day of the target.
    size
        Months between them.
    calendars
        The company's months and quarters.
    level
        Of the range.
    draws, seed
        Futures drawn, and where the drawing begins.
    factors
        By lever the factor on its rate; of all others 1.
    hires
        Reps who begin, by month from now.
    currency, words
        Of the sentences.
    source
        Where the target comes from: given, the company's own, as much growth as in the last
        twelve months, or today's ARR kept.
    """

    basis: Basis
    target: float
    as_of: date
    by: date
    size: int
    calendars: Mapping[str, Calendar]
    level: float
    draws: int
    seed: int
    currency: str | None
    words: Language
    factors: Mapping[str, float] = field(default_factory=dict)
    hires: Mapping[int, int] = field(default_factory=dict)
    source: Literal["given", "own", "grown", "kept"] = "given"

    @cached_property
    def course(self) -> Course:
        """The months ahead as they begin, with the plan's factors and hires."""
        course = self.basis.course.with_levers(self.factors)
        team = course.team
        for month, reps in sorted(self.hires.items()):
            team = team and team.with_hires(reps, month)
        return replace(course, team=team)

    def _project(self, course: Course, chance: Chance | None = None) -> Path:
        return project(course, self.basis.course, self.size, chance)

    @cached_property
    def expected_path(self) -> Path:
        """The expected course."""
        return self._project(self.course)

    @cached_property
    def expected(self) -> float:
        """Expected ARR on the day of the target."""
        return float(self.expected_path.mrr[0, -1] * 12)

    @cached_property
    def _luck(self) -> Chance:
        """The luck of every future but for its reps; the same for every scenario."""
        rng = np.random.default_rng([self.seed, 1])
        common = rng.standard_normal(self.draws)
        firm, doubt, month = {}, {}, {}
        for flow in FLOWS:
            own = rng.standard_normal(self.draws)
            side = -1.0 if flow in ("contraction", "churn") else 1.0
            firm[flow] = side * np.sqrt(COMMON) * common + np.sqrt(1 - COMMON) * own
            doubt[flow] = rng.standard_normal(self.draws)
            month[flow] = rng.standard_normal((self.draws, self.size))
        return Chance(firm, doubt, month)

    @cached_property
    def _seats(self) -> Array | None:
        """Ramped reps in every future and month."""
        team = self.course.team
        if team is None:
            return None
        before = len(team.tenures) - sum(self.hires.values())
        found = np.zeros((self.draws, self.size))
        for at, tenures in enumerate((team.tenures[:before], team.tenures[before:])):
            rng = np.random.default_rng([self.seed, 2 + at])
            found += replace(team, tenures=tenures).drawn(self.size, self.draws, rng)
        return found

    def _drawn(self, course: Course) -> Path:
        """Return every future of a course with the same seats."""
        chance = self._luck
        if course.team is not None and self.course.team is not None and self._seats is not None:
            times = course.team.weight / self.course.team.weight * course.team.full
            chance = replace(chance, capacity=self._seats * times)
        return self._project(course, chance)

    @cached_property
    def drawn(self) -> Path:
        """Every future: its deals, its MRR and the movements, by month."""
        return self._drawn(self.course)

    @cached_property
    def futures(self) -> Array:
        """ARR by future (rows) and month (columns)."""
        return self.drawn.mrr * 12

    @cached_property
    def probability(self) -> float:
        """Share of the futures in which the target is reached."""
        return float((self.futures[:, -1] >= self.target).mean())

    @cached_property
    def range(self) -> tuple[float, float]:
        """The middle of the futures on the day of the target."""
        ends = np.quantile(self.futures[:, -1], [(1 - self.level) / 2, (1 + self.level) / 2])
        return float(ends[0]), float(ends[1])

    @cached_property
    def scale(self) -> float:
        """Factor on opportunities and leads that makes the target the expected ARR.

        All else stays. NaN where more of them would come too late.
        """
        free = replace(self.course, team=None)
        none, one = (
            self._project(free.with_levers({"opportunities": times})).mrr[0, -1] * 12
            for times in (0.0, 1.0)
        )
        if not one - none > 0:
            return float("nan")
        return max(0.0, float((self.target - none) / (one - none)))

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what the company's tables do not tell."""
        return tuple(self.words.reason(one) for one in self.basis.left_out)

    @cached_property
    def needed_path(self) -> Path:
        """The course at the end of which the target is reached, by as many reps as it takes."""
        return self._project(
            replace(self.course, team=None).with_levers({"opportunities": self.scale})
        )

    @cached_property
    def hires_needed(self) -> int:
        """Reps to begin now so that the last months are not short of them."""
        team = self.course.team
        if team is None or not np.isfinite(self.scale):
            return 0
        wanted = float(self.needed_path.opportunities[0, -1]) / team.full
        there = float(team.expected(self.size)[-1])
        each = replace(team, tenures=(0.0,)).expected(self.size)[-1]
        return max(0, int(np.ceil((wanted - there) / each - ENOUGH))) if each > 0 else 0

    @cached_property
    def moved(self) -> list[tuple[str, float, float, float, float]]:
        """Name, change, ARR, probability of each lever bettered by a tenth; its change alone."""
        rows = []
        for name in self._movable:
            change = -STEP if name in LESS else STEP
            course = self.course.with_levers({name: 1 + change})
            arr = float(self._project(course).mrr[0, -1] * 12) - self.expected
            reached = self._drawn(course).mrr[:, -1] * 12 >= self.target
            chance = float(reached.mean())
            rows.append((name, change, arr, chance, self._alone(name)))
        return rows

    @property
    def _movable(self) -> list[str]:
        """The levers whose rates are known."""
        course, found = self.course, list(LEVERS)
        if not course.leads > 0:
            found = [name for name in found if name not in ("leads", "mql_to_sql")]
        if "win_rate" not in self.basis.rates:
            found = [name for name in found if name not in ("win_rate", "cycle")]
        if course.team is None:
            found.remove("reps")
        rates = self.basis.rates
        return [name for name in found if name not in FLOWS or rates[name].value > 0]

    def _alone(self, name: str) -> float:
        """Return the change of one lever that makes the target the expected ARR."""
        if self.expected >= self.target:
            return float("nan")

        def short(times: float) -> float:
            course = self.course.with_levers({name: times})
            return self.target - float(self._project(course).mrr[0, -1] * 12)

        far = 0.0 if name in LESS else MOST
        if name == "win_rate":
            far = min(far, 1 / self.course.win_rate)
        if short(far) > 0:
            return float("nan")
        from scipy.optimize import brentq

        return float(brentq(short, 1.0, far, xtol=1e-4)) - 1


COMMON = 0.5
"""Share of what flows stray from their past that is common to all of them: assumed."""
