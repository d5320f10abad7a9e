"""Scores of a series, beside generalised least squares written out."""

import numpy as np
import pytest

from revkit.statistics.scan.noise import Scores, grid, scores
from revkit.statistics.scan.shapes import shapes

MONTHS = 30


@pytest.fixture
def series() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.normal(0, 0.3, MONTHS), rng.uniform(0.01, 0.2, MONTHS)


def of(series: tuple[np.ndarray, np.ndarray], role: str = "whole") -> Scores:
    return scores(*series, grid(MONTHS, role), shapes(MONTHS).values)


def test_scores_are_those_of_generalised_least_squares(series):
    values, variance = series
    found, kinds, patterns = of(series), grid(MONTHS), shapes(MONTHS).values
    for kind in (0, 13, 26):
        inverse = np.linalg.inv(kinds.covariances[kind] + np.diag(variance))
        for at in (0, 17, len(patterns) - 1):
            design = np.column_stack([np.ones(MONTHS), patterns[at]])
            both = design.T @ inverse @ design
            estimate = np.linalg.solve(both, design.T @ inverse @ values)[1]
            deviation = np.sqrt(np.linalg.inv(both)[1, 1])
            mine = found.score[kind, at] / found.information[kind, at]
            assert mine == pytest.approx(estimate, rel=1e-8)
            assert found.information[kind, at] == pytest.approx(deviation**-2, rel=1e-8)


def test_a_level_for_all_months_changes_nothing(series):
    values, variance = series
    found, higher = of(series), of((values + 5.0, variance))
    assert np.allclose(found.fit, higher.fit)
    assert np.allclose(found.score, higher.score)


def test_months_without_a_value_tell_nothing(series):
    values, variance = series
    gone = variance.copy()
    gone[[3, 11]] = np.inf
    found = of((values, gone))
    other = of((np.where(np.isinf(gone), 99.0, values), gone))
    assert np.allclose(found.score, other.score)
    assert np.allclose(found.score, of((values, np.where(np.isinf(gone), 1e6, gone))).score, 1e-3)


def test_the_steadiest_kind_fits_a_steady_series_best():
    rng = np.random.default_rng(1)
    variance = np.full(MONTHS, 0.02)
    kinds = grid(MONTHS)
    fits = [
        scores(rng.normal(0, np.sqrt(variance)), variance, kinds, shapes(MONTHS).values).fit
        for _ in range(40)
    ]
    assert np.mean(fits, axis=0).argmax() == kinds.prior.argmax()
