"""Series of a watched metric: of the whole, and of each place beside the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from revkit.analysis.watch.leaves import LOG, MEAN, RATE, Leaves, Place, contrasts, score, weight
from revkit.analysis.watch.sellers import shared, skill
from revkit.statistics.scan.noise import Scores, grid, scores
from revkit.statistics.scan.shapes import LASTING, Shapes, shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MIX, PULSE = "mix", "pulse"

A_YEAR, RIPE = 12, 3
"""Months of a year, and the last ones, whose leads and deals are too young for a level."""
SLABS = {RATE: (0.25, 0.7), MEAN: (0.15, 0.5), LOG: (0.15, 0.5), MIX: (0.25, 0.8), PULSE: ()}
"""Sizes that a change may have: of logits, of logarithms, of the logarithm of a share."""

LEAST = {RATE: 4.0, MEAN: 30.0, LOG: 30.0, MIX: 4.0}
"""Information that a change needs inside its months and outside, of a place and of the rest."""

TILTS = 0.7, 1.35
"""Bounds of the correction of scores of large effects."""


@dataclass(frozen=True)
class Series:
    """A place's series: its scores, and which shapes it can tell.

    ``share`` is the place's part of the whole's information in the shape's months; ``tilt`` the
    factor of its score, as scores understate large changes of rates. Pulses of counts have no
    scores but their ``evidence``, and ``sizes``.
    """

    place: Place
    scores: Scores | None
    share: Array
    tilt: Array
    told: NDArray[np.bool_]
    kind: str
    counted: Array
    seen: Array
    scale: float = 1.0
    evidence: Array | None = None
    sizes: Array | None = None

    @classmethod
    def known(cls, place: Place, counts: Array, evidence: Array, sizes: Array) -> Series:
        """Return a series whose evidence by shape is known by itself, with the sizes of changes."""
        every, told = np.ones(len(evidence)), np.isfinite(evidence)
        of = PULSE, np.ones(len(counts)), counts
        return cls(place, None, every, every, told, *of, 1.0, evidence, sizes)

    @property
    def cases(self) -> float:
        """Cases a month, of the last year whose leads and deals are all known."""
        return float(self.counted[-A_YEAR - RIPE : -RIPE].mean())

    @property
    def by_month(self) -> Array:
        """The value of each month; NaN where there are no cases."""
        with np.errstate(divide="ignore", invalid="ignore"):
            level: Array = self.seen / np.where(self.counted > 0, self.counted, np.nan)
        return np.exp(level) if self.kind == LOG else level * self.scale

    def usual(self, pattern: Array) -> float:
        """Return the level in the months that a change of this shape does not touch."""
        apart = (pattern == 0) & (self.counted > 0)
        apart[-RIPE:] &= not apart[:-RIPE].any()
        return self.level(apart)

    def before(self, pattern: Array) -> float:
        """Return the level in the months before a change of this shape."""
        return self.level(np.arange(len(pattern)) < int(np.argmax(pattern > 0)))

    def after(self, pattern: Array) -> tuple[int, float]:
        """Return how many months have come after a change that is over, and their level.

        The last ones, which may be still to be decided, are not among them; NaN where fewer than
        three are known.
        """
        last = len(pattern) - 1 - int(np.argmax(pattern[::-1] > 0))
        since = (np.arange(len(pattern)) > last) & (self.counted > 0)
        since[-RIPE:] = False
        months = int(since.sum())
        return months, self.level(since) if months >= RIPE else float("nan")

    def level(self, months: NDArray[np.bool_]) -> float:
        """Return the level of some months together; NaN where they have no cases."""
        n = self.counted[months].sum()
        level = float(self.seen[months].sum() / n) if n else float("nan")
        return float(np.exp(level)) if self.kind == LOG else level * self.scale

    def shifted(self, level: float, size: float) -> float:
        """Return a level after a change of so many logits or logarithms."""
        if self.kind == MEAN:
            return level + size * self.scale
        if self.kind in (LOG, PULSE):
            return level * float(np.exp(size))
        if not 0 < level < 1:
            return level
        return 1 / (1 + (1 - level) / level * float(np.exp(-size)))


@dataclass(frozen=True)
class Watched:
    """A metric on one axis, ready to be scanned: the whole (None for a mix) and the places."""

    metric: str
    axis: str
    kind: str
    shapes: Shapes
    whole: Series | None
    parts: tuple[Series, ...]

    @property
    def slabs(self) -> tuple[float, ...]:
        """Sizes that a change may have."""
        return SLABS[self.kind]

    def without(self, names: frozenset[str]) -> Watched:
        """Return the series without the places of some dimensions."""
        return replace(self, parts=tuple(p for p in self.parts if not names & set(p.place.by)))


@cache
def lasting(months: int) -> Shapes:
    """Return the shapes of a change over so many months."""
    return shapes(months, LASTING)


def of_leaves(leaves: Leaves) -> Watched:
    """Return the series of a rate or a mean."""
    found, kind = lasting(leaves.months), leaves.kind
    kinds = grid(leaves.months, "whole")
    total = {name: value[0] for name, value in leaves.sums(())[1].items()}
    information = weight(total, kind)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(information > 0, score(total, kind) / information, 0.0)
        variance = np.where(information > 0, 1 / information, np.inf)
    told = _told(information, found.values, LEAST[kind])
    tilt = _tilt(total, found.values, kind)
    every, differ = np.ones(len(found.prior)), skill(leaves)
    (common,) = shared(leaves, [Place()], differ)
    whole = Series(
        Place(), scores(value, variance, kinds, found.values, common), every, tilt, told,
        kind, total["n"], total["seen"], leaves.scale,
    )  # fmt: skip
    parts: list[Series] = []
    for by in leaves.by:
        places, sums = leaves.sums(by)
        beside = contrasts(sums, total, kind)
        common_of = shared(leaves, places, differ)
        for row, place in enumerate(places):
            inside, outside = beside["inside"][row], beside["outside"][row]
            told = _told(inside, found.values, LEAST[kind])
            told &= _told(outside, found.values, LEAST[kind])
            if not told.any():
                continue
            of = scores(
                beside["value"][row],
                beside["variance"][row],
                grid(leaves.months, "part"),
                found.values,
                common_of[row],
            )
            own = {name: value[row] for name, value in sums.items()}
            in_window = (found.values @ inside) / np.maximum(found.values @ information, 1e-12)
            tilt = _tilt(own, found.values, kind)
            parts.append(
                Series(place, of, in_window, tilt, told, kind, own["n"], own["seen"], leaves.scale)
            )
    return Watched(leaves.metric, leaves.axis, kind, found, whole, tuple(parts))


def of_counts(metric: str, axis: str, places: list[Place], counts: Array) -> Watched:
    """Return the series of a mix: the share of each place in the month's total.

    Parameters
    ----------
    metric, axis
        Names.
    places
        Of one or more dimensions.
    counts
        A row a place, a column a month; places of a dimension add up to the month's total.
    """
    months = counts.shape[1]
    found, parts = lasting(months), []
    by = np.array([place.by for place in places])[:, 0]
    for row, place in enumerate(places):
        total = counts[by == place.by[0]].sum(axis=0)
        usual = counts[row].sum() / max(total.sum(), 1.0)
        information = total * usual * (1 - usual)
        told = _told(information, found.values, LEAST[MIX])
        if not told.any():
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.where(information > 0, (counts[row] - total * usual) / information, 0.0)
            variance = np.where(information > 0, 1 / information, np.inf)
        of = scores(value, variance, grid(months, "part"), found.values)
        every = np.ones(len(found.prior))
        parts.append(Series(place, of, every, every, told, MIX, total, counts[row]))
    return Watched(metric, axis, MIX, found, None, tuple(parts))


def _told(information: Array, patterns: Array, least: float) -> NDArray[np.bool_]:
    """Report which shapes have enough information in their months and outside."""
    inside = patterns @ information
    found: NDArray[np.bool_] = (inside >= least) & (information.sum() - inside >= least)
    return found


def _tilt(sums: dict[str, Array], patterns: Array, kind: str) -> Array:
    """Return by how much scores understate a rate's change: signed root likelihood over score."""
    if kind != RATE:
        return np.ones(len(patterns))
    window = (patterns > 0).astype(np.float64)
    seen, expected, spread = (window @ sums[name] for name in ("seen", "expected", "variance"))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.clip(1 - spread / expected, 1e-6, 1 - 1e-6)
        n = np.maximum(expected / share, seen + 1e-9)
        hits = np.where(seen > 0, seen * np.log(seen / expected), 0.0)
        misses = n - seen
        missed = np.where(misses > 0, misses * np.log(misses / (n - expected)), 0.0)
        root = np.sqrt(np.maximum(2 * (hits + missed), 0.0))
        ratio = root / (np.abs(seen - expected) / np.sqrt(spread))
    plain = ~np.isfinite(ratio) | (np.abs(seen - expected) < 0.5 * np.sqrt(spread))
    return np.where(plain, 1.0, np.clip(ratio, *TILTS))
