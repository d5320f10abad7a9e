"""Scene: random rows of many companies at once, with amounts and durations of a kind of data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

KINDS = ("even", "skewed", "clustered")
MARCH, AS_OF = date(2026, 3, 1), date(2026, 3, 31)
HISTORY = 14
"""Months of a world with a history: enough for twelve windows of three months."""

Tables = dict[str, pd.DataFrame]
World = Callable[["Scene"], Tables]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scene:
    """Request to a world: the kind of data, the number of companies and the size of each."""

    kind: str
    size: float
    replicates: int
    random: np.random.Generator

    def rows(self, mean: float) -> Rows:
        """Draw a random number of rows per replicate with this mean; clustered data in clusters."""
        shape = self.replicates
        if self.kind != "clustered":
            counts = self.random.poisson(mean, shape)
            owner = np.repeat(np.arange(shape), counts)
            return Rows(self, owner, np.arange(len(owner)))
        clusters = self._counts(mean / 1.2)
        owner = np.repeat(np.arange(shape), clusters)
        size = 1 + (self.random.random(len(owner)) < 0.2)
        return Rows(self, np.repeat(owner, size), np.repeat(np.arange(len(owner)), size))

    def fixed(self, each: int) -> Rows:
        """Return the same number of independent rows in each replicate."""
        owner = np.repeat(np.arange(self.replicates), each)
        return Rows(self, owner, np.arange(len(owner)))

    def _counts(self, mean: float) -> Ints:
        """Draw overdispersed counts, one per replicate."""
        # Twice the variance of a Poisson count, of which clusters of two add 0.33.
        extra = 2 / 1.33 - 1
        return self.random.poisson(self.random.gamma(mean / extra, extra, self.replicates))


@dataclass(frozen=True)
class Rows:
    """Rows with the replicate they belong to and the cluster they share."""

    scene: Scene
    replicate: Ints
    cluster: Ints

    def __len__(self) -> int:
        return len(self.replicate)

    def happens(self, chance: float) -> NDArray[np.bool_]:
        """Draw for each row whether something happens; correlated within a cluster."""
        random = self.scene.random
        own, shared = random.random(len(self)), random.random(self._clusters)[self.cluster]
        agrees = random.random(self._clusters)[self.cluster] < 0.3
        alike = agrees if self.scene.kind == "clustered" else False
        return np.where(alike, shared, own) < chance

    def money(self, mean: float = 1000.0) -> Floats:
        """Draw positive amounts, rounded to cents."""
        random, many = self.scene.random, len(self)
        if self.scene.kind == "even":
            drawn = random.gamma(4, 1 / 4, many)
        elif self.scene.kind == "skewed":
            scale = random.choice([1.0, 6.0, 40.0], many, p=[0.7, 0.25, 0.05]) / 4.2
            drawn = scale * random.gamma(2, 1 / 2, many)
        else:
            shared = random.gamma(1.5, 1 / 1.5, self._clusters)[self.cluster]
            drawn = shared * random.gamma(6, 1 / 6, many)
        return np.maximum(np.round(drawn * mean, 2), 0.01)

    def days(self, mean: float) -> Ints:
        """Draw durations in days, 1 or more."""
        random, many = self.scene.random, len(self)
        if self.scene.kind == "skewed":
            drawn = random.weibull(0.8, many) / 1.133
        elif self.scene.kind == "even":
            drawn = random.gamma(4, 1 / 4, many)
        else:
            drawn = random.gamma(3, 1 / 3, self._clusters)[self.cluster]
            drawn = drawn * random.gamma(6, 1 / 6, many)
        return 1 + (drawn * (mean - 1)).astype(np.int64)

    def within(self, month: date, days: int | None = None) -> NDArray[np.datetime64]:
        """Draw a day of a month for each row, or one of its first ``days``."""
        last = days or (shift(month, 1) - month).days
        return np.datetime64(month, "D") + self.scene.random.integers(0, last, len(self))

    def frame(self, name: str, **columns: object) -> pd.DataFrame:
        """Return a table of the rows, with a key column of this name."""
        keys = {name: pd.Series(np.arange(len(self))).map(f"{name[0]}{{}}".format)}
        frame = pd.DataFrame({**keys, "replicate": self.replicate, **columns})
        return frame.assign(replicate=frame["replicate"].map("{:04d}".format))

    @property
    def _clusters(self) -> int:
        """The number of clusters."""
        return int(self.cluster.max(initial=-1)) + 1


def shift(month: date, months: int) -> date:
    """Return the first day of a month, shifted by some months.

    >>> shift(date(2026, 3, 1), -3)
    datetime.date(2025, 12, 1)
    """
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def together(name: str, frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Concatenate frames and number the keys anew."""
    whole = pd.concat(frames, ignore_index=True)
    return whole.assign(**{name: whole.index.map(f"{name[0]}{{}}".format)})


def months_of(scene: Scene, history: bool) -> list[date]:
    """Return March alone, or with the months of a history, the latest first."""
    return [shift(MARCH, -back) for back in range(HISTORY if history else 1)]


def spending(scene: Scene, months: list[date], each: float = 100.0) -> pd.DataFrame:
    """Return the spend of each month, the same in all companies."""
    rows = scene.fixed(len(months))
    when = np.tile(np.array(months, dtype="datetime64[D]"), scene.replicates)
    return rows.frame(
        "spend_id",
        spent_on=when,
        function="marketing",
        category="programs",
        amount=scene.size * each,
    )


def finance(scene: Scene, last: date = MARCH) -> pd.DataFrame:
    """Return three months of finance, the same in all companies: margin 80 %, burn 10 per unit."""
    lines = {"revenue": 100.0, "cogs": 20.0, "cash_burn": 10.0}
    rows = [
        {"month": shift(last, -back), "line": line, "amount": amount * scene.size}
        for back in range(3)
        for line, amount in lines.items()
    ]
    every = pd.concat([pd.DataFrame(rows)] * scene.replicates, ignore_index=True)
    owner = np.repeat(np.arange(scene.replicates), len(rows))
    return every.assign(replicate=[f"{number:04d}" for number in owner])
