"""Learning: which model to trust, by rows later than those it learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.scores.evaluation import Line, area, by_score, lift, line
from revkit.analysis.scores.models import BOTH, LOGISTIC, MANY, Model, fit, logit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAST_ROWS = 100
LEAST_EVENTS = 25
"""Rows, and entities with either outcome, below which there are too few to say anything."""
TESTED = 0.25
"""The share of the days, the latest, that a model is tested on."""
LEAST_TESTED = 10
"""Entities with either outcome that a test needs."""
FOLDS = 10


@dataclass(frozen=True)
class Learned:
    """A model of all the past, and how good its like was on the latest part of it.

    Parameters
    ----------
    model
        Fitted to all rows whose outcome is known.
    kind
        Its name.
    tested
        The log-odds of the test's rows; of all rows, in order, where none has a day.
    line
        The calibration line of the test, whose uncertainty is that of a score.
    evaluation
        One row: ``model``, ``auc``, ``brier``, ``slope``, ``lift``, ``base_rate``, ``n_train``,
        ``n_test``, ``events`` (entities with the outcome in the test).
    by_score
        Of the test: :func:`~revkit.analysis.scores.evaluation.by_score`.
    """

    model: Model
    kind: str
    tested: Array
    line: Line
    evaluation: pd.DataFrame
    by_score: pd.DataFrame


def enough(rows: pd.DataFrame, outcome: Array) -> bool:
    """Report whether there are rows and entities of either outcome to learn from."""
    return len(rows) >= LEAST_ROWS and events(rows, outcome) >= LEAST_EVENTS


def events(rows: pd.DataFrame, outcome: Array) -> int:
    """Return the number of entities with the rarer outcome."""
    return _rarer(outcome, rows["__entity"].to_numpy())


def learn(
    rows: pd.DataFrame, outcome: Array, features: Sequence[str], horizon: int, level: float
) -> Learned:
    """Learn from past rows, choosing among the models by the latest of them.

    Parameters
    ----------
    rows
        The features, ``__entity`` (whose row it is) and ``__day`` (the day it was taken, or NaT
        where no row has one).
    outcome
        1 or 0 of each.
    features
        The columns to learn from.
    horizon
        Days after which the outcome is known: no row is learned from whose outcome was known only
        after the first day of the test.
    level
        Of the intervals of the groups.
    """
    kinds = [LOGISTIC] if len(rows) < MANY else [LOGISTIC, BOTH]
    tested = [_tried(rows, outcome, features, kind, horizon) for kind in kinds]
    loss = [_loss(one.outcome, one.log_odds) for one in tested]
    best = int(np.argmin(np.round(loss, 6)))
    kind, test = kinds[best], tested[best]
    model = fit(rows, outcome, features, kind)
    enough_seen = _rarer(test.outcome, test.entity) >= LEAST_TESTED
    seen = line(test.outcome, test.log_odds, test.entity) if enough_seen else \
        Line(np.nan, np.nan, np.full((2, 2), np.nan))  # fmt: skip
    told = 1 / (1 + np.exp(-test.log_odds))
    known = test.outcome if enough_seen else np.zeros(0)
    row = {
        "model": kind,
        "auc": area(test.outcome, told) if enough_seen else np.nan,
        "brier": float(np.mean((test.outcome - told) ** 2)) if enough_seen else np.nan,
        "slope": seen.slope,
        "lift": lift(test.outcome, told) if enough_seen else np.nan,
        "base_rate": float(test.outcome.mean()) if len(test.outcome) else np.nan,
        "n_train": test.learned,
        "n_test": len(test.outcome),
        "events": int(pd.Series(test.entity[test.outcome == 1]).nunique()),
    }
    return Learned(
        model,
        kind,
        test.log_odds,
        seen,
        pd.DataFrame([row]),
        by_score(known, told[: len(known)], level),
    )


@dataclass(frozen=True)
class Test:
    """Rows that a model did not learn from, with its log-odds of them."""

    outcome: Array
    log_odds: Array
    entity: Array
    learned: int


def _tried(
    rows: pd.DataFrame, outcome: Array, features: Sequence[str], kind: str, horizon: int
) -> Test:
    """Test a kind of model on the latest days; on folds of entities where no row has a day."""
    entity = rows["__entity"].to_numpy()
    day = pd.to_datetime(rows["__day"])
    if day.isna().all():
        told = _crossed(rows, outcome, features, kind)
        return Test(outcome, told, entity, round(len(rows) * (1 - 1 / FOLDS)))
    days = np.unique(day.to_numpy())
    first = days[-max(1, round(TESTED * len(days)))]
    test = (day >= first).to_numpy()
    past = (day + pd.Timedelta(days=horizon) <= first).to_numpy()
    if not test.any() or not past.any() or len(np.unique(outcome[past])) < 2:
        return Test(np.zeros(0), np.zeros(0), np.zeros(0, dtype=object), int(past.sum()))
    model = fit(rows[past], outcome[past], features, kind)
    return Test(outcome[test], model.log_odds(rows[test]), entity[test], int(past.sum()))


def _crossed(rows: pd.DataFrame, outcome: Array, features: Sequence[str], kind: str) -> Array:
    """Return each row's log-odds by a model that did not see its entity."""
    entity = rows["__entity"].to_numpy()
    fold = _folds(entity)
    told = np.zeros(len(rows))
    for place in range(FOLDS):
        out = fold == place
        if out.any() and len(np.unique(outcome[~out])) == 2:
            told[out] = fit(rows[~out], outcome[~out], features, kind).log_odds(rows[out])
        else:
            told[out] = logit(np.full(int(out.sum()), outcome.mean()))
    return told


def _folds(entity: Array) -> NDArray[np.int64]:
    """Return a fold for each entity, the same in every run."""
    codes, names = pd.factorize(pd.Series(entity), sort=True)
    shuffled = np.random.default_rng(0).permutation(len(names))
    return np.asarray(shuffled[codes] % FOLDS)


def _rarer(outcome: Array, entity: Array) -> int:
    """Return the number of entities with the rarer outcome."""
    return min(len(np.unique(entity[outcome == one])) for one in (0, 1)) if len(outcome) else 0


def _loss(outcome: Array, log_odds: Array) -> float:
    """Return the mean negative log-likelihood."""
    if not len(outcome):
        return 0.0
    return float(np.mean(np.logaddexp(0, log_odds) - outcome * log_odds))
