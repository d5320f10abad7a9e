"""One look at a period: its cells beside what is usual for them, as far as causes are named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.causes import large
from revkit.statistics.causes.expected import Outcomes, fitted
from revkit.statistics.causes.scores import Scores, apart, excess, of_outcomes, of_shares
from revkit.statistics.causes.table import COUNT, MEAN, RATE, Leaves
from revkit.statistics.causes.wander import Wander, learnt, standing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

OUTCOME, SHARE = "rate", "mix"
"""Kinds of causes: outcomes of a cell, or its share of all cases."""

SLABS = {RATE: 0.6, MEAN: 0.3, COUNT: 0.6}
"""Standard deviation of the effect that a cause may have, of logits or logarithms."""

OWN = 0.05
"""Part of a cell's information that named cells leave it, from which it can be told from them."""


@dataclass(frozen=True)
class Evidence:
    """Evidence for each cell: log Bayes factor, size of its effect and standard deviation."""

    factor: Array
    size: Array
    deviation: Array


@dataclass(frozen=True)
class Look:
    """A period in question beside the months before it.

    Parameters
    ----------
    leaves
        The last row is the period in question.
    model, offset
        Outcomes as they usually are.
    usual
        Usual shares of the leaves; tilted, once shares of cells are named.
    noise
        Of outcomes and of shares.
    outcomes, shares
        Scores by month.
    named
        The cells that are causes already, by kind.
    """

    leaves: Leaves
    model: Outcomes
    offset: Array
    usual: Array
    noise: dict[str, Wander]
    scores: dict[str, Scores]
    named: tuple[tuple[str, int], ...] = ()

    @classmethod
    def at(cls, leaves: Leaves) -> Look:
        """Return a look at the last row, with the noise learnt from all others."""
        total = leaves.cases[:-1].sum(axis=0)
        usual = total / max(float(total.sum()), 1e-9)
        scores = {SHARE: of_shares(leaves, usual)} if leaves.mixed else {}
        model, offset = Outcomes(leaves.kind), np.zeros(len(usual))
        if leaves.kind != COUNT:
            model, offset = fitted(leaves)
            scores[OUTCOME] = of_outcomes(leaves, model, offset)
        noise = {kind: learnt(one, leaves.dimension, leaves.season) for kind, one in scores.items()}
        return cls(leaves, model, offset, usual, noise, scores)

    def over(self, leaves: Leaves) -> Look:
        """Return the look with the scores of each month of its period."""
        scores = {SHARE: of_shares(leaves, self.usual)} if leaves.mixed else {}
        if leaves.kind != COUNT:
            scores[OUTCOME] = of_outcomes(leaves, self.model, self.offset)
        return replace(self, leaves=leaves, scores=scores)

    def without(self, kind: str, cell: int, onset: int) -> Look:
        """Return monthly scores without what a named cause explains since its onset.

        Each cell's score loses the part of it that the named cell's has.
        """
        found = self.scores[kind]
        score = found.score.copy()
        for month in range(max(onset, 0), len(score)):
            held = found.information[month]
            if held[cell, cell] > 0:
                score[month] -= held[:, cell] * score[month, cell] / held[cell, cell]
        return replace(self, scores=self.scores | {kind: replace(found, score=score)})

    def naming(self, kind: str, cell: int) -> Look:
        """Return the look with one more cell taken for a cause."""
        found = replace(self, named=(*self.named, (kind, cell)))
        if kind == OUTCOME:
            return found
        cells = [one for other, one in found.named if other == SHARE]
        return replace(found, usual=self._tilted(cells))

    def _tilted(self, cells: list[int]) -> Array:
        """Return the usual shares of leaves, changed so that those of some cells are as seen."""
        n = self.leaves.cases[-1]
        usual, total = self.usual, max(float(n.sum()), 1e-9)
        for _ in range(20):
            for cell in cells:
                inside = self.leaves.cells[:, cell] > 0
                seen = min(max(float(n[inside].sum()) / total, 1e-9), 1 - 1e-9)
                now = min(max(float(usual[inside].sum()), 1e-9), 1 - 1e-9)
                usual = usual * np.where(inside, seen / now, (1 - seen) / (1 - now))
        return usual

    @cached_property
    def level(self) -> Array:
        """Linear predictor of each leaf in the period, with the effects of the named cells."""
        cells = self.leaves.cells[:, [one for kind, one in self.named if kind == OUTCOME]]
        effects, level = large.fitted(self.model, self.offset, *self._last, cells)
        return self.offset + level + cells @ effects

    @property
    def _last(self) -> tuple[Array, Array, Array]:
        leaves = self.leaves
        return leaves.cases[-1], leaves.outcomes[-1], leaves.divisor[-1]

    def evidence(self, kind: str) -> Evidence:
        """Return the evidence for a change of each cell's outcomes, or of its share."""
        n, y, d = self._last
        cells, scores = self.leaves.cells, self.scores[kind]
        more, count = np.ones(cells.shape[1]), np.full(cells.shape[1], np.inf)
        if kind == OUTCOME:
            gap, known = self.model.gap(self.level, n, y, d)
            score, held = cells.T @ gap, apart(cells, known)
            more, count = excess(self.model, cells, gap, known)
            root, size = large.of_outcomes(
                self.model, self.level, n, y, cells, score, np.diag(held)
            )
        else:
            total, expected = float(n.sum()), cells.T @ self.usual
            score, held = cells.T @ n - total * expected, total * apart(cells, self.usual)
            root, size = large.of_shares(total, expected, cells.T @ n)
        last = Scores(
            np.vstack([scores.score[:-1], score]),
            np.concatenate([scores.information[:-1], held[None]]),
            scores.levels,
            scores.excess,
        )
        found = standing(last, self.noise[kind])
        score, known, own = self._beside(kind, found.score, found.information)
        known = np.maximum(known, 0.0)
        share = np.divide(own, found.plain, out=np.ones_like(own), where=found.plain > 0)
        share = np.clip(share, 0.0, 1.0)
        z = np.divide(score, np.sqrt(known), out=np.zeros_like(score), where=known > 0)
        z = z * (share * root + (1 - share) * size) / np.sqrt(more)
        if self.model.kind != RATE and kind == OUTCOME:
            z = _of_few(z, count - 1)
        known = known / more
        slab = self.slab**2
        v = slab * known
        factor = 0.5 * z**2 * v / (1 + v) - 0.5 * np.log1p(v)
        factor[[one for other, one in self.named if other == kind]] = -np.inf
        inverse = np.divide(1.0, known, out=np.full_like(known, np.inf), where=known > 0)
        drawn = v / (1 + v)
        with np.errstate(invalid="ignore"):
            estimate = np.where(known > 0, score / more * inverse * size * drawn, 0.0)
        return Evidence(factor, estimate, np.sqrt(slab / (1 + v)))

    def own(self) -> Array:
        """Return how far each cell's outcomes are from what they usually are, in deviations."""
        n, y, d = self._last
        usual = float(np.mean(self.scores[OUTCOME].levels[:-1]))
        gap, known = self.model.gap(usual + self.offset, n, y, d)
        cells = self.leaves.cells
        held = cells.T @ known
        far = np.divide(cells.T @ gap, np.sqrt(held), out=np.zeros_like(held), where=held > 0)
        return np.asarray(far)

    @property
    def slabs(self) -> tuple[float, float]:
        """Standard deviations of the effects that a lasting cause may have."""
        return 0.5 * self.slab, 1.2 * self.slab

    @property
    def slab(self) -> float:
        """Standard deviation of the effect that a cause may have."""
        if self.leaves.kind in SLABS:
            return SLABS[self.leaves.kind]
        return 0.3 * float(np.sqrt(self.model.spread))

    def _beside(self, kind: str, score: Array, held: Array) -> tuple[Array, Array, Array]:
        """Return scores and information beside the named cells', and the information in all."""
        own = np.diag(held).copy()
        cells = [one for other, one in self.named if other == kind]
        if not cells:
            return score, own, own
        across = np.linalg.solve(
            held[np.ix_(cells, cells)] + 1e-12 * np.eye(len(cells)), held[cells]
        )
        left = own - (held[:, cells] * across.T).sum(axis=1)
        told = left >= OWN * own
        return (
            np.where(told, score - across.T @ score[cells], 0.0),
            np.where(told, left, 0.0),
            own,
        )

    def shift(self, kind: str, cell: int, size: float) -> float:
        """Return by how much a change of a cell moves the value of all outcomes together.

        Parameters
        ----------
        kind, cell, size
            The change, in logits, logarithms or the unit itself.
        """
        n, _, d = self._last
        inside = self.leaves.cells[:, cell] > 0
        if self.leaves.kind == COUNT:
            return float(n[inside].sum()) * float(1 - np.exp(-size))
        look = self if (kind, cell) in self.named else self.naming(kind, cell)
        now, whole = self._values(look.level), float(d.sum())
        if kind == OUTCOME:
            before = self._values(look.level - np.where(inside, size, 0.0))
            moved = float(((now - before) * d).sum())
            return moved if self.leaves.summed else moved / whole if whole > 0 else float("nan")
        if self.leaves.summed:
            return float((now * d)[inside].sum()) * float(1 - np.exp(-size))
        share = float(n[inside].sum()) / max(float(n.sum()), 1e-9)
        if not 0 < share < 1 or whole <= 0:
            return float("nan")
        usual = share * np.exp(-size) / (1 - share + share * np.exp(-size))
        weight = np.where(inside, usual / share, (1 - usual) / (1 - share)) * d
        return float((now * d).sum() / whole - (now * weight).sum() / weight.sum())

    def _values(self, level: Array) -> Array:
        """Return the values of outcomes at linear predictors."""
        if self.model.kind == RATE:
            return np.asarray(1 / (1 + np.exp(-level)))
        return np.exp(np.minimum(level, 30.0)) if self.model.kind == MEAN else level


def _of_few(z: Array, freedom: Array) -> Array:
    """Return standard scores as probable as those whose deviation is of a few leaves."""
    from scipy.stats import norm, t

    tail = t.logsf(np.abs(z), np.clip(freedom, 1.0, 1e6))
    return np.asarray(np.sign(z) * norm.isf(np.exp(np.maximum(tail, -600.0))))
