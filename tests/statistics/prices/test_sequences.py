"""Intervals for any number of looks: their width, and how often they err when somebody looks."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from revkit.statistics.intervals import normal
from revkit.statistics.prices.sequences import detectable, reach, welch


def test_it_is_narrowest_where_it_was_planned_to_be_and_wider_than_one_look():
    sizes = np.array([50.0, 200.0, 800.0, 3200.0, 12_800.0])
    widths = reach(sizes, 800.0, 0.95) / np.sqrt(sizes)  # of a mean

    best = [reach(sizes, planned, 0.95) for planned in (200.0, 800.0, 3200.0)]
    assert (reach(sizes, 800.0, 0.95) > normal(0.95)).all()
    assert (np.diff(widths) < 0).all()
    assert np.argmin([of[2] for of in best]) == 1


def test_welch_is_that_of_scipy():
    rng = np.random.default_rng(2)
    one, other = rng.normal(1, 2, 30), rng.normal(0, 5, 50)
    known = ttest_ind(one, other, equal_var=False).confidence_interval(0.95)

    _, away = welch((one.var(ddof=1), other.var(ddof=1)), (30.0, 50.0), 0.95)

    middle = one.mean() - other.mean()
    assert (middle - away, middle + away) == pytest.approx((known.low, known.high))


def test_power_is_what_it_says():
    rng, error = np.random.default_rng(5), 0.3
    seen = rng.normal(detectable(error, 0.95), error, 20_000)

    assert (np.abs(seen) > normal(0.95) * error).mean() == pytest.approx(0.8, abs=0.01)


def test_who_looks_every_day_finds_what_is_not_there_unless_the_interval_holds_at_any_look():
    """100 looks at two equal prices: a fixed end errs in a third, this in 5 % at most."""
    rng = np.random.default_rng(11)
    n = np.arange(1, 101) * 40.0
    bought = rng.binomial(40, 0.06, (600, 2, 100)).cumsum(axis=2)
    share = bought / n
    spread = share * (1 - share) * n / (n - 1) / n
    away = np.abs(share[:, 0] - share[:, 1]) / np.sqrt(spread.sum(axis=1)).clip(1e-12)
    told = bought.min(axis=1) >= 10

    at_end = ((away > normal(0.95)) & told).any(axis=1).mean()
    at_any = ((away > reach(n / 2, 1000.0, 0.95)) & told).any(axis=1).mean()

    assert 0.25 <= at_end <= 0.45
    assert at_any <= 0.05
