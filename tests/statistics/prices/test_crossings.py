"""Crossings of cumulative curves: mirrored, shifted, and covered by their interval."""

import numpy as np
import pytest

from revkit.statistics.prices.best import could_be_best
from revkit.statistics.prices.crossings import crossing, interval


@pytest.fixture
def asked():
    """Two of the four prices of 300 people, rounded to whole units."""
    rng = np.random.default_rng(3)
    level = 50 * np.exp(0.3 * rng.standard_normal(300))
    return np.rint(level * 0.8), np.rint(level * 1.3 + rng.random(300) * 9)


def test_a_crossing_moves_with_the_prices_and_mirrors_with_them(asked):
    first, second = asked
    at, (low, high) = crossing(first, second), interval(first, second, 0.95)

    assert crossing(first * 3 + 7, second * 3 + 7) == pytest.approx(at * 3 + 7)
    assert crossing(-second, -first) == pytest.approx(-at)
    assert interval(first * 3 + 7, second * 3 + 7, 0.95) == (low * 3 + 7, high * 3 + 7)
    assert low < at < high


def test_as_many_lie_on_one_side_as_on_the_other(asked):
    first, second = asked

    at = crossing(first, second)

    assert (first > at).sum() == pytest.approx((second <= at).sum(), abs=5)


def test_few_answers_have_no_interval_and_none_no_crossing():
    nobody = np.array([])

    assert np.isnan(crossing(nobody, nobody))
    assert np.isnan(interval(np.array([1.0, 2.0]), np.array([2.0, 3.0]), 0.95)).all()


def test_the_interval_holds_the_crossing_of_everybody():
    rng, kept = np.random.default_rng(7), 0
    truth = 50 * np.sqrt(0.8 * 1.25)  # in logs the curves mirror each other about it
    for _ in range(300):
        level = 50 * np.exp(0.3 * rng.standard_normal(60))
        low, high = interval(level * 0.8, level * 1.25, 0.95)
        kept += low <= truth <= high

    assert 0.93 <= kept / 300 <= 0.995


def test_the_best_is_rarely_left_out():
    rng, left_out = np.random.default_rng(9), 0
    for _ in range(400):
        drawn = np.array([1.0, 1.0, 1.0, 1.0]) + rng.standard_normal(4) * 0.1
        left_out += not could_be_best(drawn, np.eye(4) * 0.01, 0.95)[0]

    assert left_out / 400 <= 0.05
