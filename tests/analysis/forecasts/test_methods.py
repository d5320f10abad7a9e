"""Methods are right where the truth is known, and the season is no noise."""

import numpy as np
import pytest

from revkit.analysis.forecasts.methods import (
    POOL,
    added_up,
    damped,
    drift,
    each_of_pool,
    seasonal_naive,
    theta,
    trended,
)
from revkit.analysis.forecasts.origins import ahead_of, pooled, record, weights
from revkit.analysis.forecasts.seasons import season

MONTHS = np.arange(48)
WAVE = 10 * np.sin(2 * np.pi * MONTHS / 12)


@pytest.mark.parametrize("method", POOL.values())
def test_a_constant_stays(method):
    assert method(np.full(30, 7.0), 4) == pytest.approx(np.full(4, 7.0))


@pytest.mark.parametrize("method", [trended, drift])
def test_a_line_goes_on(method):
    assert method(5 + 2.0 * MONTHS, 3) == pytest.approx([101, 103, 105])


def test_what_is_added_every_month_is_added_on():
    assert added_up(np.cumsum(np.full(24, 5.0)), 3) == pytest.approx([125, 130, 135])


def test_theta_follows_a_line_at_half_its_slope():
    """On a line smoothing with alpha = .95 lags by nearly nothing, so each step adds b / 2."""
    steps = np.diff(theta(np.arange(1.0, 13.0), 5))

    assert steps == pytest.approx(np.full(4, 0.5))


def test_theta_equals_its_closed_form():
    """L + b/2 (h - 1 + (1 - (1 - a)^n) / a), Hyndman and Billah (2003), with a = .95, b = 1."""
    values = np.arange(1.0, 11.0)
    level = 1.0
    for value in values[1:]:
        level += 0.95 * (value - level)

    expected = level + 0.5 * (np.arange(3) + (1 - 0.05**10) / 0.95)

    assert theta(values, 3) == pytest.approx(expected)


def test_damped_lies_between_the_last_value_and_the_line():
    ahead = damped(np.arange(1.0, 13.0), 6)

    assert (np.diff(ahead) > 0).all()
    assert (np.diff(np.diff(ahead)) < 0).all()
    assert (ahead < 12 + np.arange(1, 7)).all()


@pytest.mark.parametrize(("cycle", "n"), [(12, 48), (4, 16), (52, 156)])
def test_season_finds_a_clean_wave_and_nothing_in_noise(cycle, n):
    wave = 10 * np.sin(2 * np.pi * np.arange(n) / cycle)
    noise = np.random.default_rng(3).normal(size=n)

    found = season(wave, cycle)

    assert np.corrcoef(found, wave[:cycle])[0, 1] > 0.99
    assert np.abs(season(noise, cycle)).mean() < 0.5 * noise.std()
    assert not season(wave[: 2 * cycle - 1], cycle).any()


def test_trend_and_season_go_on():
    values = 200 + 2 * MONTHS + WAVE
    ahead = np.arange(48, 54)
    truth = 200 + 2 * ahead + 10 * np.sin(2 * np.pi * ahead / 12)

    expected = pooled(values, 6, 12, 12).expected

    assert (
        np.abs(expected - truth).mean() < 0.2 * np.abs(seasonal_naive(values, 6, 12) - truth).mean()
    )


def test_a_series_may_be_negative():
    values = WAVE - 5.0

    ahead = pooled(values, 12, 12, 12).expected

    assert np.corrcoef(ahead, values[-12:])[0, 1] > 0.99
    assert pooled(-values, 12, 12, 12).expected == pytest.approx(-ahead)


def test_currency_does_not_change_a_forecast():
    values = np.random.default_rng(1).gamma(5, 2, size=30)

    assert pooled(64 * values, 3, 12, 12).expected == pytest.approx(
        64 * pooled(values, 3, 12, 12).expected
    )


def test_what_is_never_negative_is_not_forecast_to_be():
    falling = np.maximum(0.0, 50 - 4.0 * np.arange(24))

    assert (each_of_pool(falling, 12, 12) >= 0).all()


def test_a_record_sees_only_the_past():
    values = np.random.default_rng(2).gamma(5, 2, size=24)
    changed = values.copy()
    changed[20:] = 1e6

    before, after = (pooled(of, 2, 12, 12).record.forecasts for of in (values, changed))

    assert before[: 20 - 12 + 1] == pytest.approx(after[: 20 - 12 + 1])
    assert not np.allclose(before, after)


def test_the_method_that_was_nearest_weighs_most_and_none_without_a_past():
    outcomes = np.zeros((30, 3))
    forecasts = np.stack([np.full((30, 3), 1.0), np.full((30, 3), 2.0)], axis=1)

    near, far = weights(outcomes, forecasts)

    assert near > 0.9
    assert near + far == pytest.approx(1)
    assert list(weights(outcomes[:0], forecasts[:0])) == [0.5, 0.5]


def test_outcomes_follow_their_origins():
    values = np.arange(1.0, 6.0)

    kept = record(values, lambda known, horizon: np.repeat(known[-1:], horizon), 2, 3)

    assert kept.outcomes == pytest.approx(ahead_of(values, 2, 3), nan_ok=True)
    assert kept.errors == pytest.approx(np.array([[1.0, 2.0], [1.0, np.nan]]), nan_ok=True)
    assert kept.until(1).outcomes == pytest.approx(np.array([[4.0, np.nan]]), nan_ok=True)


@pytest.mark.parametrize(("n", "kept"), [(35, 23), (36, 12), (60, 36)])
def test_bands_are_of_origins_that_knew_the_season_if_there_are_a_year_of_them(n, kept):
    made = pooled(np.random.default_rng(4).gamma(5, 2, n), 3, 12, 12)

    assert len(made.record.outcomes) == n - 12
    assert len(made.settled.outcomes) == kept
