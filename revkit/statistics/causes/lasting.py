"""Changes of cells that have lasted for months: since when, beside noise that lasts as well.

A cell's months are held against those of the rest. What cells do by themselves may go on from month
to month: how much, and for how long, is learnt from the other cells of the same dimension.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.causes.scores import Scores
from revkit.statistics.scan.evidence import in_whole, learnt, likelihood, log_sum
from revkit.statistics.scan.noise import Grid, scores
from revkit.statistics.scan.shapes import FIRST, RECENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

VARIED = {0.0: 0.45, 0.1: 0.25, 0.2: 0.15, 0.35: 0.1, 0.6: 0.05}
"""Standard deviations of what a cell does by itself."""

KEPT = {0.0: 0.6, 0.5: 0.2, 0.8: 0.12, 0.95: 0.08}
"""Part of it that is left a month later."""

RETURNED = {0.02: 0.6, 0.12: 0.3, 0.3: 0.1}
"""Sizes of the year's wave."""

GROWN = {0.0: 0.85, 0.015: 0.15}
"""Standard deviations of a steady growth per month."""

STRENGTH = 4.0
"""Cells that the usual kinds of noise stand for."""

LEAST = 4.0
"""Information that the months since a change, and those before it, have at least."""

HELD = 0.9
"""Probability that the months of onset hold."""


@dataclass(frozen=True)
class Lasting:
    """Evidence for a change of each cell by the month since which it lasts.

    Parameters
    ----------
    onsets
        Months, from 0.
    factor
        Log Bayes factor: a row a cell, a column an onset.
    size, information
        Of the effect, likewise.
    """

    onsets: NDArray[np.int64]
    factor: Array
    size: Array
    information: Array

    def since(self, cell: int) -> tuple[int, tuple[int, ...]]:
        """Return the likeliest month of onset of a cell's change, and those that hold it."""
        logs = self.factor[cell]
        if not np.isfinite(logs).any():
            last = int(self.onsets[-1])
            return last, (last,)
        mass = np.exp(logs - log_sum(logs))
        order = np.argsort(-mass, kind="stable")
        count = int(np.searchsorted(np.cumsum(mass[order]), HELD)) + 1
        return int(self.onsets[order[0]]), tuple(sorted(int(self.onsets[at]) for at in
                                                        order[:count]))  # fmt: skip


def lasting(
    monthly: Scores, dimension: NDArray[np.int64], last: int, slabs: tuple[float, ...]
) -> Lasting:
    """Return the evidence for changes that are there in all months of the period in question.

    Parameters
    ----------
    monthly
        Scores of all months, the last ones those of the period in question.
    dimension
        Of each cell.
    last
        Months of the period in question.
    slabs
        Standard deviations of the effect of a change.
    """
    months, cells = monthly.score.shape
    onsets = np.arange(max(FIRST, months - last - RECENT), months - last + 1)
    patterns = (np.arange(months) >= onsets[:, None]).astype(np.float64)
    kinds = _kinds(months)
    empty = np.full((cells, len(onsets)), -np.inf)
    if not len(onsets) or not cells:
        return Lasting(onsets, empty, np.zeros_like(empty), np.zeros_like(empty))
    held = np.maximum(np.einsum("tii->ti", monthly.information), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(held > 0, monthly.score / held, 0.0)
        variance = np.where(held > 0, monthly.excess / held, np.inf)
    of = [scores(values[:, one], variance[:, one], kinds, patterns) for one in range(cells)]
    flat = np.full(len(onsets), 1 / len(onsets))
    likely = np.array([likelihood(one, slabs, flat) for one in of])
    inside = patterns @ held
    told = (inside >= LEAST) & (held.sum(axis=0) - inside >= LEAST)
    factor, size, known = empty, np.zeros_like(empty), np.zeros_like(empty)
    for cell in range(cells):
        others = (dimension == dimension[cell]) & (np.arange(cells) != cell)
        weights = learnt(likely[others], 1.0, kinds.prior, STRENGTH)
        even = np.ones(len(onsets))
        found = in_whole(of[cell], weights, slabs, even)
        factor[cell] = np.where(told[:, cell], found, -np.inf)
        kind = int((of[cell].fit + np.log(weights)).argmax())
        known[cell] = of[cell].information[kind]
        slab = max(slabs) ** 2
        size[cell] = of[cell].score[kind] / (known[cell] + 1 / slab)
    return Lasting(onsets, factor, size, known)


@cache
def _kinds(months: int) -> Grid:
    """Return the kinds of noise of a cell beside the rest."""
    at = np.arange(months)
    apart = np.abs(np.subtract.outer(at, at))
    wave = np.cos(2 * np.pi * apart / 12) + 0.5 * np.cos(2 * np.pi * apart / 6)
    growth = np.outer(at - at.mean(), at - at.mean())
    kinds, prior = [], []
    for (tau, a), (kept, b), (season, c), (grown, d) in product(
        VARIED.items(), KEPT.items(), RETURNED.items(), GROWN.items()
    ):
        if tau or not kept:
            kinds.append(
                tau**2 * kept ** apart.astype(np.float64) + season**2 * wave + grown**2 * growth
            )
            prior.append((a if tau else a / KEPT[0.0]) * b * c * d)
    return Grid(np.array(kinds), np.array(prior) / np.sum(prior))
