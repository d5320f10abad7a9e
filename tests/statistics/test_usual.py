"""A change is held against what the series usually does, with its season taken out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from revkit.statistics.usual import surprise

SEASON = np.array([0.95, 1.0, 1.1, 1.0, 1.02, 1.05, 0.85, 0.6, 1.1, 1.15, 1.1, 0.85])


def flat(values):
    return np.zeros(len(values))


def test_a_series_without_a_past_surprises_nobody():
    for values in ([], [1.0], [5.0, 5.0], [1, 2, 1, 2, 1, 1.0]):
        series = np.array(values, dtype=float)
        assert surprise(series, flat(series), lag=1, season=12) == 1.0
    for values in ([1.0, 5.0], [1, 2, 1, 2, 1, 9.0]):
        series = np.array(values, dtype=float)
        assert math.isnan(surprise(series, flat(series), lag=1, season=12))


@pytest.mark.parametrize("months", [8, 11, 40])
def test_after_no_change_at_all_nobody_knows_what_is_usual(months):
    still = np.array([2.0] * months + [0.5])
    mostly = np.array([2.0, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4])
    yearly = np.tile([1.0, 2.0, 3.0, 2.0], 6)
    fallen = np.append(yearly[:-1], 0.0)

    assert math.isnan(surprise(still, flat(still), lag=1, season=12))
    assert math.isnan(surprise(still, flat(still), lag=4, season=4))
    assert surprise(yearly, flat(yearly), lag=1, season=4) == 1.0  # each year the same
    assert surprise(fallen, flat(fallen), lag=1, season=4) < 0.5  # its other changes are known
    assert surprise(mostly, flat(mostly), lag=1, season=12) > 0.001


def test_unknown_values_are_left_out_and_the_last_one_must_be_known():
    past = [10, 11, np.nan, 10, 11, 10, 11, 10, 11, 10, 11, 10]
    fallen, unknown = np.array([*past, 3.0]), np.array([*past, np.nan])

    assert surprise(fallen, flat(fallen), lag=1, season=12) < 0.01
    assert surprise(unknown, flat(unknown), lag=1, season=12) == 1.0


@pytest.mark.parametrize("years", [3, 4])
def test_the_dip_of_every_august_is_no_news_and_one_in_may_is(years):
    random = np.random.default_rng(1)
    months = np.tile(SEASON, years) * (1 + 0.01 * random.standard_normal(12 * years))
    august, may = np.log(months[: 12 * years - 4]), np.log(months[: 12 * years - 7])
    fell = may.copy()
    fell[-1] += np.log(0.7)

    assert surprise(august, flat(august), lag=1, season=12) > 0.001
    assert surprise(may, flat(may), lag=1, season=12) > 0.001
    assert surprise(fell, flat(fell), lag=1, season=12) < 0.0005


def test_sampling_alone_is_usual_and_four_errors_are_not():
    random = np.random.default_rng(2)
    errors = np.full(25, 0.1)
    quiet = [
        surprise(0.1 * random.standard_normal(25), errors, lag=1, season=12) for _ in range(2000)
    ]

    assert np.mean(np.array(quiet) < 0.05) < 0.06
    moved = np.zeros(25)
    moved[-1] = 4 * np.sqrt(1 + 1 / 12) * 0.1  # against the mean of the twelve before
    assert surprise(moved, errors, lag=1, season=12) == pytest.approx(6.3e-5, rel=0.01)


def test_an_estimate_is_held_against_its_year_where_that_is_known():
    """The one before it is as unsure as itself; the mean of a year is not."""
    errors = np.array([0.1, 0.1, 0.1, 0.1, 0.1])
    fallen = np.array([1.0, 1.0, 1.0, 1.0, 0.6])
    alone = np.where(np.arange(5) == 3, errors, 0.0)
    alone[4] = 0.1

    assert surprise(fallen, errors, lag=1, season=4) == pytest.approx(
        math.erfc(0.4 / math.sqrt(0.01 + 0.01 / 4) / math.sqrt(2))
    )
    assert surprise(fallen, alone, lag=1, season=4) == pytest.approx(
        math.erfc(0.4 / math.sqrt(0.02) / math.sqrt(2))
    )
    assert surprise(fallen, np.array([0, 0, 0, 0, 0.1]), lag=1, season=4) < 1
    assert surprise(fallen, errors, lag=4, season=4) > 0.001


def test_a_series_that_varies_beyond_sampling_is_held_to_its_own_spread():
    random = np.random.default_rng(3)
    errors = np.full(25, 0.1)
    found = [
        surprise(0.3 * random.standard_normal(25), errors, lag=1, season=12) for _ in range(2000)
    ]

    assert np.mean(np.array(found) < 0.05) < 0.10


def test_few_large_changes_among_many_small_ones_are_usual():
    steps = np.array([0.0, 0.1, 3.0, 0.1, 0.0, 0.1, 4.0, 0.1, 0.0, 0.1, 0.1, 3.5])
    series = np.cumsum(steps)

    assert surprise(series, flat(series), lag=1, season=4) > 0.01


def test_what_rounding_leaves_is_no_change():
    random = np.random.default_rng(4)
    sums = 330.0 + 1e-13 * random.standard_normal(20)
    moved = np.append(sums, 330.0 - 1e-11)

    assert surprise(moved, flat(moved), lag=1, season=12) == 1.0
