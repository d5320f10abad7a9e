"""The dispersion of counts, around a line and around their season."""

from __future__ import annotations

import numpy as np
import pytest

from revkit.statistics import dispersion

MONTHS = np.arange(36) % 12


def test_dispersion_needs_six_periods_and_is_never_below_one():
    regular = np.full((1, 12), 10.0)
    erratic = np.array([[0.0, 20.0] * 6])

    assert dispersion.around_line(regular).tolist() == [1.0]
    around = np.polyfit(range(12), erratic[0], 1, full=True)[1][0]
    assert dispersion.around_line(erratic)[0] == pytest.approx(around / 10 / 10)
    assert dispersion.around_line(erratic[:, :5]).tolist() == [1.0]


@pytest.mark.parametrize("window", [1, 2, 3, 5, 6, 7, 9])
def test_dispersion_divides_by_what_a_line_leaves_of_windows_that_overlap(window):
    """The trace of the residual maker times the correlation of overlapping sums."""
    history = np.array([[12.0, 45, 3, 60, 22, 9, 51, 30, 7, 44, 2, 39], [0.0] * 12])
    design = np.column_stack([np.ones(12), np.arange(12)])
    maker = np.eye(12) - design @ np.linalg.pinv(design)
    apart = np.abs(np.subtract.outer(np.arange(12), np.arange(12)))
    degrees = np.trace(maker @ np.clip(1 - apart / window, 0, None))

    found = dispersion.around_line(history, window)

    around = ((maker @ history[0]) ** 2).sum() / history[0].mean()
    assert found[0] == pytest.approx(around / degrees if degrees >= 4 else 1)
    assert found[1] == 1
    assert (degrees >= 4) == (window <= 5)


def test_five_counts_tell_no_dispersion_and_six_do():
    erratic = np.array([0.0, 20, 0, 20, 0, 20])

    assert dispersion.around_line(erratic[:5]) == 1
    assert dispersion.around_line(np.tile(erratic, 2), 12).shape == ()
    assert dispersion.around_line(erratic) > 5


def test_growth_is_no_dispersion():
    growing = np.array([100 + 10.0 * np.arange(12)])

    assert dispersion.around_line(growing).tolist() == [1.0]


def drawn(random, mean, excess, many=400):
    """Counts with variance over mean ``excess``, around a mean of each period."""
    if excess == 1:
        return random.poisson(mean, (many, len(mean))).astype(float)
    rate = random.gamma(mean / (excess - 1), excess - 1, (many, len(mean)))
    return random.poisson(rate).astype(float)


@pytest.mark.parametrize("excess", [1, 3, 8])
@pytest.mark.parametrize("growth", [0.0, 0.03])
def test_a_season_is_no_dispersion(excess, growth):
    """A swing of 40 % either way, and growth; what is left is the variance over the mean."""
    mean = 500 * (1 + 0.4 * np.sin(2 * np.pi * MONTHS / 12)) * (1 + growth) ** np.arange(36)
    counts = drawn(np.random.default_rng(excess), mean, excess)

    found = dispersion.around_season(counts, MONTHS)

    assert np.median(found) == pytest.approx(excess, rel=0.12)
    assert np.median(dispersion.around_line(counts[:, -12:])) > 10 + excess


def test_two_years_of_months_or_three_of_quarters_tell_a_season():
    assert dispersion.has_season(np.arange(24) % 12)
    assert not dispersion.has_season(np.arange(23) % 12)
    assert dispersion.has_season(np.arange(12) % 4)
    assert not dispersion.has_season(np.arange(11) % 4)
    assert not dispersion.has_season(np.ones(40, dtype=int))


def test_counts_of_nothing_have_the_dispersion_of_chance():
    assert dispersion.around_season(np.zeros((2, 24)), MONTHS[:24]).tolist() == [1.0, 1.0]
    once = np.zeros((1, 24))
    once[0, 3] = 5.0
    assert np.isfinite(dispersion.around_season(once, MONTHS[:24])).all()
