"""Bands are as wide as errors were, keep to the range of their unit, and hold what they say."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from revkit.analysis.forecasts.accuracy import coverage, errors_of, naive_error
from revkit.analysis.forecasts.bands import Scale, bands, growth, scale_of
from revkit.analysis.forecasts.history import RHYTHMS
from revkit.analysis.forecasts.methods import seasonal_naive
from revkit.analysis.forecasts.origins import Record, pooled
from revkit.analysis.writing.formatting import Quantity

PUBLIC = Path(os.environ.get("REVKIT_PUBLIC_DATA", "../shared/data"))
PLAIN = Scale(lambda x: x, lambda x: x)


def test_the_band_is_the_mean_error_times_a_quantile_and_grows_as_errors_did():
    """Errors of 10 one month ahead and 20 four months ahead grow as the root: 10 × √h."""
    ahead = np.arange(1, 5)
    sign = np.where(np.arange(24) % 2, 1.0, -1.0)[:, None]
    past = Record(100 + sign * 10 * np.sqrt(ahead), np.full((24, 4), 100.0))

    low, high = bands(past, np.full(4, 200.0), PLAIN, (0.9,))[0.9]

    width = 10 * (1 + 1 / 24) * stats.t.ppf(0.95, 5)
    assert growth(past.errors) == 0.5
    assert high - 200 == pytest.approx(width * np.sqrt(ahead))
    assert low == pytest.approx(400 - high)


def test_what_has_happened_cannot_err():
    past = Record(np.tile([[1.0], [-1.0]], (12, 2)), np.zeros((24, 2)))

    (low, high), (low_known, high_known) = (
        bands(past, np.zeros(2), PLAIN, (0.8,), known=known)[0.8] for known in (0.0, 0.75)
    )

    assert high_known[0] - low_known[0] == pytest.approx((high[0] - low[0]) / 2)
    assert high_known[1] == high[1]


@given(
    st.integers(0, 10_000),
    st.sampled_from([((0.0, 1.0), False), ((0.0, np.inf), False), ((0.0, np.inf), True)]),
)
def test_no_band_leaves_the_range_and_wider_levels_hold_narrower_ones(seed, kind):
    limits, balance = kind
    rng = np.random.default_rng(seed)
    values = rng.beta(1, 3, 30) if limits[1] == 1 else rng.gamma(0.5, 100, 30)
    made = pooled(values, 6, 12, 12)

    expected = np.clip(made.expected, *limits)
    ends = bands(made.settled, expected, scale_of(values, limits, balance), (0.5, 0.8, 0.95))

    for low, high in ends.values():
        assert (low >= limits[0]).all()
        assert (high <= limits[1]).all()
        assert (low <= expected).all()
    assert (ends[0.5][0] >= ends[0.8][0]).all()
    assert (ends[0.8][1] <= ends[0.95][1]).all()


def test_errors_are_counted_as_named():
    values = np.array([10.0, 20.0] * 12)
    made = {"low": Record(np.array([[10.0], [20.0]]), np.array([[8.0], [16.0]]))}
    what = Quantity("mrr", "MRR", "money/month")

    row = errors_of(made, values, PLAIN, 0.8, what, RHYTHMS["month"]).iloc[0]

    assert row["wape"] == pytest.approx(6 / 30)
    assert row["bias"] == pytest.approx(-6 / 30)
    assert np.isnan(row["mase"])
    assert row["forecasts"] == 2


def test_coverage_is_of_bands_drawn_at_the_time():
    """Errors of 1 for thirty months, then of 100: the first of those no band could know."""
    errors = np.where(np.arange(40) < 30, 1.0, 100.0)[:, None]

    (held,) = coverage(Record(errors, np.zeros((40, 1))), PLAIN, (0.8,))

    # bands begin at the 20th origin: ten months inside, then 100 until the mean error is 49
    width = stats.t.ppf(0.9, 5)
    inside = [1.0 <= 1.0 * (1 + 1 / n) * width for n in range(20, 30)] + [
        100 <= (30 + 100 * (n - 30)) / n * (1 + 1 / n) * width for n in range(30, 40)
    ]
    assert held == pytest.approx(np.mean(inside))
    assert 0.5 <= held < 1


@pytest.fixture(scope="module")
def series():
    file = PUBLIC / "m3_monthly" / "m3_monthly.csv"
    if not file.exists():
        pytest.skip(f"{file} is not here; REVKIT_PUBLIC_DATA names the folder of public data")
    table = pd.read_csv(file)
    values = [rows["value"].to_numpy(float) for _, rows in table.groupby("series", sort=False)]
    long = [one for one in values if len(one) >= 72]
    return [long[at] for at in np.random.default_rng(2).choice(len(long), 60, replace=False)]


@pytest.mark.parametrize(("months", "at_most"), [(24, 1.05), (36, 0.95), (60, 0.9)])
def test_public_series_twelve_months_ahead(series, months, at_most):
    """MASE beside the 1.19 and .79 to .85 of published combinations; the band keeps its word."""
    mase, naive, inside = [], [], []
    for values in series:
        past, future = values[-(months + 12) : -12], values[-12:]
        unit = naive_error(past, 12)
        if unit == 0:
            continue
        made = pooled(past, 12, 12, 12)
        scale = scale_of(past, (0.0, np.inf), balance=False)
        low, high = bands(made.settled, made.expected, scale, (0.8,))[0.8]
        mase.append(np.abs(future - made.expected).mean() / unit)
        naive.append(np.abs(future - seasonal_naive(past, 12, 12)).mean() / unit)
        inside.append(((future >= low) & (future <= high)).mean())

    assert np.mean(mase) < min(at_most, 0.85 * np.mean(naive))
    assert 0.75 < np.mean(inside) < 0.9


def test_air_passengers():
    """The last year of the airline series from all years before: 144 months, known to all."""
    file = PUBLIC / "airpassengers" / "AirPassengers.csv"
    if not file.exists():
        pytest.skip(f"{file} is not here; REVKIT_PUBLIC_DATA names the folder of public data")
    values = pd.read_csv(file)["value"].to_numpy(float)

    error = np.abs(pooled(values[:-12], 12, 12, 12).expected - values[-12:])

    assert error.mean() / values[-12:].mean() < 0.06
    assert error.mean() < 0.6 * np.abs(seasonal_naive(values[:-12], 12, 12) - values[-12:]).mean()
