"""Evaluation: how good scores were on rows that the model had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.scores.models import expit
from revkit.statistics.intervals import normal, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TOP = 0.1
"""The share of the rows, those with the highest scores, whose lift is told."""
GROUPS = 10
STEPS = 50


@dataclass(frozen=True)
class Line:
    """Straight line of the outcomes' log-odds over those predicted, and what it may be off.

    Parameters
    ----------
    shift, slope
        0 and 1 where the scores are right.
    covariance
        Of the two, by entity: the rows of one deal or customer have one fate.
    """

    shift: float
    slope: float
    covariance: Array

    def band(self, log_odds: Array, level: float) -> tuple[Array, Array]:
        """Return the range that holds the score and what was seen of rows with that score."""
        off = self.shift + (self.slope - 1) * log_odds
        terms = np.column_stack([np.ones_like(log_odds), log_odds])
        error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", terms, self.covariance, terms), 0.0))
        wide = normal(level) * error
        low, high = np.minimum(off, 0.0) - wide, np.maximum(off, 0.0) + wide
        return expit(log_odds + low), expit(log_odds + high)


def line(outcome: Array, log_odds: Array, entity: Array) -> Line:
    """Fit the line by maximum likelihood; NaN where it cannot be told."""
    terms = np.column_stack([np.ones_like(log_odds), log_odds])
    found = np.array([0.0, 1.0])
    unknown = Line(np.nan, np.nan, np.full((2, 2), np.nan))
    if len(np.unique(outcome)) < 2 or np.ptp(log_odds) < 1e-6:
        return unknown
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(terms @ found, -30, 30)))
        information = (terms * (chance * (1 - chance))[:, None]).T @ terms
        if np.linalg.cond(information) > 1e12:
            return unknown
        step = np.linalg.solve(information, terms.T @ (outcome - chance))
        found = found + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    chance = 1 / (1 + np.exp(-np.clip(terms @ found, -30, 30)))
    each = pd.DataFrame(terms * (outcome - chance)[:, None]).groupby(entity).sum().to_numpy()
    bread = np.linalg.inv((terms * (chance * (1 - chance))[:, None]).T @ terms)
    return Line(float(found[0]), float(found[1]), bread @ (each.T @ each) @ bread)


def area(outcome: Array, score: Array) -> float:
    """Return the chance that a row with the outcome has the higher score than one without.

    >>> area(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.4, 0.9]))
    0.875
    """
    hits = outcome == 1
    if hits.all() or not hits.any():
        return float("nan")
    ranks = pd.Series(score).rank().to_numpy()
    above = ranks[hits].sum() - hits.sum() * (hits.sum() + 1) / 2
    return float(above / (hits.sum() * (~hits).sum()))


def lift(outcome: Array, score: Array, share: float = TOP) -> float:
    """Return how many times as often the highest scores have the outcome as all rows do."""
    most = max(1, round(share * len(score)))
    best = np.argsort(-score, kind="stable")[:most]
    return float(outcome[best].mean() / outcome.mean()) if outcome.mean() > 0 else float("nan")


def by_score(outcome: Array, probability: Array, level: float) -> pd.DataFrame:
    """Return rows in groups of like scores: what was predicted of them, and what was seen.

    Returns
    -------
    pandas.DataFrame
        One row a group, the lowest scores first: ``n``, ``predicted`` (the mean score), ``seen``
        (the share with the outcome), ``low``, ``high``.
    """
    order = np.argsort(probability, kind="stable")
    groups = [part for part in np.array_split(order, min(GROUPS, len(order) // 20)) if len(part)] \
        if len(order) >= 40 else []  # fmt: skip
    n = np.array([len(part) for part in groups], dtype=np.float64)
    seen = np.array([outcome[part].mean() for part in groups])
    low, high = wilson(seen, n, level)
    told = [probability[part].mean() for part in groups]
    table = pd.DataFrame({"n": n.astype(int), "predicted": told, "seen": seen,
                          "low": low, "high": high})  # fmt: skip
    table.attrs["units"] = dict.fromkeys(("predicted", "seen"), "share")
    return table
