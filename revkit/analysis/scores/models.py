"""Models of a probability: a logistic regression, alone or together with small boosted trees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.analysis.scores.design import Design

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LOGISTIC = "logistic regression"
BOTH = "logistic regression and boosted trees"
MANY = 500
"""Rows below which only a logistic regression is learned."""

STRENGTH = 0.1
"""Inverse of the penalty on standardised coefficients."""
FEW = 200
"""Customers, deals or leads below which less is read into them: months of one are much alike."""
FEW_STRENGTH = 0.03
FEW_TREES = {"max_iter": 40}
TREES = {
    "learning_rate": 0.05,
    "max_leaf_nodes": 8,
    "max_iter": 100,
    "min_samples_leaf": 30,
    "early_stopping": False,
    "random_state": 0,
}
CLOSEST = 1e-4
"""A probability is never told to be nearer to 0 or 1."""


@dataclass(frozen=True)
class Model:
    """A fitted model.

    Parameters
    ----------
    design
        What it reads.
    parts
        The fitted estimators, whose probabilities are averaged.
    """

    design: Design
    parts: tuple[Any, ...]

    def log_odds(self, rows: pd.DataFrame) -> Array:
        """Return the log-odds of each row."""
        return self.of_matrix(self.design.matrix(rows))

    def of_matrix(self, matrix: Array) -> Array:
        """Return the log-odds of each row of the design's matrix."""
        if not len(matrix):
            return np.zeros(0)
        with _alone():
            each = [part.predict_proba(matrix)[:, 1] for part in self.parts]
        return logit(np.mean(each, axis=0))

    def probability(self, rows: pd.DataFrame) -> Array:
        """Return the probability of each row."""
        return expit(self.log_odds(rows))


def fit(rows: pd.DataFrame, outcome: Array, features: Sequence[str], kind: str) -> Model:
    """Fit a model of a kind, :data:`LOGISTIC` or :data:`BOTH`, to rows of ``__entity``."""
    design = Design.of(rows, features)
    matrix, few = design.matrix(rows), rows["__entity"].nunique() < FEW
    if not matrix.shape[1]:
        return Model(design, (_alike(outcome),))
    strength = FEW_STRENGTH if few else STRENGTH
    parts = [_logistic(design, matrix.shape[1], strength, bends=len(rows) >= MANY)]
    if kind == BOTH:
        from sklearn.ensemble import HistGradientBoostingClassifier

        parts.append(HistGradientBoostingClassifier(**TREES | (FEW_TREES if few else {})))
    with _alone():
        return Model(design, tuple(part.fit(matrix, outcome) for part in parts))


def _alike(outcome: Array) -> Any:
    """Return what gives every row the share that had the outcome: nothing tells them apart."""
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior").fit(np.zeros((len(outcome), 1)), outcome)


def _logistic(design: Design, columns: int, strength: float, *, bends: bool) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import SplineTransformer, StandardScaler

    numbers = range(len(design.numbers))
    bent = [place for place in numbers if bends and design.numbers[place] in design.bends]
    straight = [place for place in numbers if place not in bent]
    curves = SplineTransformer(n_knots=5, degree=2, knots="quantile")
    filled = SimpleImputer(strategy="median", add_indicator=True)
    prepared = ColumnTransformer(
        [
            ("unknown", filled, straight),
            ("bent", make_pipeline(SimpleImputer(strategy="median"), curves), bent),
            ("gaps", _gaps(), bent),
            ("levels", "passthrough", list(range(len(numbers), columns))),
        ]
    )
    return make_pipeline(prepared, StandardScaler(), LogisticRegression(C=strength, max_iter=1000))


def _gaps() -> Any:
    """Return what marks unknown numbers, one column for each that has any."""
    from sklearn.impute import MissingIndicator

    return MissingIndicator(features="missing-only", error_on_new=False)


def _alone() -> Any:
    """Return a context of one thread: small tables are not worth the waiting for others."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


def logit(probability: Array) -> Array:
    """Return the log-odds of probabilities, none nearer to 0 or 1 than :data:`CLOSEST`."""
    inside = np.clip(probability, CLOSEST, 1 - CLOSEST)
    return np.asarray(np.log(inside / (1 - inside)))


def expit(log_odds: Array) -> Array:
    """Return the probabilities of log-odds, none nearer to 0 or 1 than :data:`CLOSEST`."""
    return np.asarray(np.clip(1 / (1 + np.exp(-log_odds)), CLOSEST, 1 - CLOSEST))
