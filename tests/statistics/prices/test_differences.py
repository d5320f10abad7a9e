"""Differences-in-differences: what a trend does to before and after, coverage, and the checks."""

import numpy as np
import pytest

from revkit.statistics.prices.differences import LEAST, Months, change, trend

RISE = np.log(1.2)


def drawn(rng, months=36, since=18, elasticity=-0.8, apart=0.0, size=40):
    """Customers of a plan and of the others, under growth, a season and a rise of a fifth."""
    at = np.arange(months)
    common = np.exp(0.02 * at + 0.2 * np.sin(2 * np.pi * at / 12))
    own = np.exp(np.where(at >= since, RISE * elasticity, 0.0) + apart * at)
    one = np.ones(months)
    return Months(
        rng.poisson(size * common * own) * 1.0, one, rng.poisson(2 * size * common) * 1.0, one
    )


def test_before_and_after_calls_the_trend_an_effect_and_the_difference_does_not():
    """An elasticity of -.80 in a company that grows by 2 % a month: alone, demand seems to rise."""
    rng = np.random.default_rng(4)
    made = [drawn(rng) for _ in range(300)]

    beside = [change(one, 18, 0.95) for one in made]
    alone = [change(one.alone, 18, 0.95).value / RISE for one in made]

    assert np.mean([one.value for one in beside]) / RISE == pytest.approx(-0.8, abs=0.06)
    assert np.mean(alone) > 0
    held = np.mean([one.low <= -0.8 * RISE <= one.high for one in beside])
    assert 0.92 <= held <= 0.98


def test_a_slow_trend_hides_most_of_an_effect_from_before_and_after():
    """The published trap: -.14 where the truth is -.80 (growth of 0.7 % a month, no noise)."""
    at = np.arange(36)
    others = 1000 * np.exp(0.12 / 18 * at)
    own = others * np.where(at >= 18, 1.2**-0.8, 1.0)
    told = Months(own, np.ones(36), others, np.ones(36))

    assert change(told, 18, 0.95).value / RISE == pytest.approx(-0.8)
    assert change(told.alone, 18, 0.95).value / RISE == pytest.approx(-0.14, abs=0.01)


def test_published_elasticity():
    """From 20 to 25, customers from 1,000 to 800: -0.8 of percents, -1.0 by the midpoint (feedgot).

    Logs give the midpoint's; the percents are the change in customers over that in price.
    """
    own = np.repeat([1000.0, 800.0], LEAST)
    one = np.ones(2 * LEAST)

    found = change(Months(own, one, one, one), LEAST, 0.95).value

    assert np.expm1(found) / (25 / 20 - 1) == pytest.approx(-0.8)
    assert found / np.log(25 / 20) == pytest.approx(-1.0)


def test_what_happens_to_all_in_a_month_changes_nothing():
    rng = np.random.default_rng(6)
    told = drawn(rng)
    shock = np.exp(rng.standard_normal(36))
    one = told.at_risk

    both = Months(told.events * 3, one * 3, told.others * 7, one * 7)

    assert change(both, 18, 0.95).value == pytest.approx(change(told, 18, 0.95).value)
    level = Months(one * 2 * shock, one, one * 5 * shock, one)
    assert change(level, 18, 0.95).value == pytest.approx(0.0, abs=1e-9)
    assert change(level, 18, 0.95).high < 1e-6


def test_moving_away_beforehand_is_seen():
    rng = np.random.default_rng(8)
    apart = [trend(drawn(rng, apart=0.03)[:18], 0.95) for _ in range(100)]
    together = [trend(drawn(rng)[:18], 0.95) for _ in range(300)]

    assert np.mean([one.clear for one in apart]) > 0.8
    assert np.mean([one.value for one in apart]) == pytest.approx(0.03, abs=0.01)
    assert np.mean([one.clear for one in together]) <= 0.1


def test_nobody_and_few_months_are_not_known():
    one = np.ones(8)

    assert np.isnan(change(Months(one * 0, one, one, one), 4, 0.95).low)
    assert np.isnan(change(Months(one, one, one, one)[:4], 2, 0.95).low)
    assert np.isnan(trend(Months(one, one, one, one)[:5], 0.95).value)
