"""Noise of cells, learnt from a company's own past: they wander, and return with the season."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.causes.scores import Scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ROUNDS = 12
"""Rounds in which the noise is learnt."""

FIRST, LEAST, MOST = 0.02, 1e-6, 25.0
"""Variances of effects: at the start, the least and the most."""

POOLED = 0.7
"""Cells of the same dimension that the mean of its cells counts for."""


@dataclass(frozen=True)
class Wander:
    """The noise of the cells' effects.

    Parameters
    ----------
    variance
        Of each cell's effect from month to month.
    usual, doubt
        Of the effects of each cell in each month (a row): what is expected of the season and the
        level; and its covariance in the period in question.
    """

    variance: Array
    usual: Array
    doubt: Array


def learnt(scores: Scores, dimension: NDArray[np.int64], season: Array) -> Wander:
    """Return the noise of cells, from all months but the last.

    Parameters
    ----------
    scores
        Of outcomes, or of shares.
    dimension
        Of each cell: those of one dimension are taken to be somewhat alike.
    season
        The waves that effects may have, a row a month.
    """
    past, cells, waves = len(season) - 1, len(dimension), season.shape[1]
    variance = np.full(cells, FIRST)
    returning = np.full((waves, cells), FIRST)
    same = (dimension[:, None] == dimension).astype(np.float64)
    same /= same.sum(axis=1, keepdims=True)
    score, held = scores.score[:past], scores.information[:past]
    basis = season[:past]
    eye = np.eye(cells)
    for _ in range(ROUNDS):
        left = eye + held * variance
        solved = np.linalg.solve(left, np.concatenate([held, score[:, :, None]], axis=2))
        known, gap = solved[:, :, :cells], solved[:, :, cells]
        known = (known + known.transpose(0, 2, 1)) / 2
        precision = np.einsum("tk,tl,tij->kilj", basis, basis, known)
        precision = precision.reshape(waves * cells, waves * cells)
        doubt = np.linalg.inv(precision + np.diag(1 / returning.ravel()))
        effect = doubt @ np.einsum("tk,ti->ki", basis, gap).ravel()
        by_wave = effect.reshape(waves, cells)
        returning = np.clip(
            (by_wave**2 + np.diag(doubt).reshape(waves, cells)) @ same.T, LEAST, MOST
        )
        parts = doubt.reshape(waves, cells, waves, cells)
        usual = basis @ by_wave
        left_over = gap - np.einsum("tij,tj->ti", known, usual)
        of_months = np.einsum("tk,kilj,tl->tij", basis, parts, basis, optimize=True)
        unsure = np.einsum("tij,tjk,tki->ti", known, of_months, known, optimize=True)
        found = (left_over**2 + unsure).sum(axis=0)
        wanted = np.einsum("tii->i", known)
        found, wanted = found + POOLED * same @ found, wanted + POOLED * same @ wanted
        ratio = np.divide(found, wanted, out=np.ones(cells), where=wanted > 0)
        variance = np.clip(variance * np.sqrt(ratio), LEAST, MOST)
    at = season[-1]
    return Wander(
        variance, season @ by_wave, np.einsum("k,kilj,l->ij", at, parts, at, optimize=True)
    )


@dataclass(frozen=True)
class Standing:
    """The cells' effects in the period in question: ``score`` and ``information`` given the noise.

    ``plain`` is the information without the noise.
    """

    score: Array
    information: Array
    plain: Array


def standing(scores: Scores, noise: Wander) -> Standing:
    """Return what the period in question tells of the cells' effects, beyond their noise."""
    held, cells = scores.information[-1], len(noise.variance)
    around = np.diag(noise.variance) + noise.doubt
    gap = scores.score[-1] - held @ noise.usual[-1]
    solved = np.linalg.solve(np.eye(cells) + held @ around, np.column_stack([held, gap]))
    known = solved[:, :cells]
    return Standing(solved[:, cells], (known + known.T) / 2, np.diag(held).copy())
