"""Forecasts are right where the truth is known, and no worse than they say where it is not."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.forecasts.accuracy import ENOUGH, band, errors_of, track_record
from revkit.analysis.forecasts.forecast import Forecast, backtest, forecast
from revkit.analysis.forecasts.forecast_methods import (
    accumulated,
    damped,
    mean_of_two,
    naive_error,
    rolling,
    season,
    seasonal_naive,
    theta,
)
from revkit.analysis.forecasts.pipeline import (
    backtest_pipeline,
    forecast_pipeline,
    snapshots,
    stage_rates,
)
from revkit.analysis.writing.formatting import Quantity
from revkit.errors import ParameterError
from revkit.language import language

PUBLIC = Path(os.environ.get("REVKIT_PUBLIC_DATA", "../shared/data"))
MONTHS = np.arange(48)
WAVE = 10 * np.sin(2 * np.pi * MONTHS / 12)


@pytest.mark.parametrize("method", [theta, damped, mean_of_two, seasonal_naive])
def test_a_constant_stays(method):
    assert method(np.full(30, 7.0), 4) == pytest.approx(np.full(4, 7.0))


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
    values = np.arange(1.0, 13.0)

    ahead = damped(values, 6)

    assert (np.diff(ahead) > 0).all()
    assert (np.diff(np.diff(ahead)) < 0).all()
    assert (ahead < 12 + np.arange(1, 7)).all()


def test_season_finds_a_clean_wave_and_nothing_in_noise():
    noise = np.random.default_rng(3).normal(size=36)

    found = season(WAVE)

    assert np.corrcoef(found, WAVE[:12])[0, 1] > 0.99
    assert np.abs(season(noise)).mean() < 0.5 * noise.std()
    assert not season(WAVE[:14]).any()


def test_mean_of_two_continues_trend_and_season():
    values = 200 + 2 * MONTHS + WAVE
    ahead = np.arange(48, 54)
    truth = 200 + 2 * ahead + 10 * np.sin(2 * np.pi * ahead / 12)

    expected = mean_of_two(values, 6)

    assert np.abs(expected - truth).mean() < 0.5 * np.abs(seasonal_naive(values, 6) - truth).mean()


def test_a_series_may_be_negative():
    values = WAVE - 5.0

    ahead = mean_of_two(values, 12)

    assert np.corrcoef(ahead, values[-12:])[0, 1] > 0.99
    assert mean_of_two(-values, 12) == pytest.approx(-ahead)


def test_a_balance_adds_up_what_is_added():
    values = np.cumsum(np.full(24, 5.0))

    assert accumulated(mean_of_two)(values, 3) == pytest.approx([125, 130, 135])


def test_the_band_is_as_wide_as_errors_were_and_grows_as_they_did():
    """Errors of a tenth one month ahead and of a fifth four months ahead: as the root."""
    months = np.array([1, 2, 4] * 8)
    expected = np.full(24, 100.0)
    actual = expected + 10 * np.sqrt(months) * np.tile([1.0, -1.0], 12)

    low, high = band((months, actual, expected), 0.9, np.full(4, 200.0))

    assert high - 200 == pytest.approx(20 * np.sqrt(np.arange(1, 5)))
    assert low == pytest.approx(400 - high)


def test_currency_does_not_change_a_forecast():
    values = np.random.default_rng(1).gamma(5, 2, size=30)

    assert mean_of_two(64 * values, 3) == pytest.approx(64 * mean_of_two(values, 3))


def test_rolling_sees_only_the_past():
    values = np.random.default_rng(2).gamma(5, 2, size=24)
    changed = values.copy()
    changed[20:] = 1e6

    _, _, before = rolling(values, mean_of_two, 1)
    _, _, after = rolling(changed, mean_of_two, 1)

    assert before[: 20 - 12 + 1] == pytest.approx(after[: 20 - 12 + 1])


def test_errors_are_counted_as_named():
    values = np.array([10.0, 20.0] * 12)
    made = {"low": (np.array([1, 1]), np.array([10.0, 20.0]), np.array([8.0, 16.0]))}

    row = errors_of(made, values, 0.8, Quantity("mrr", "MRR", "money/month")).iloc[0]

    assert row["wape"] == pytest.approx(6 / 30)
    assert row["bias"] == pytest.approx(-6 / 30)
    assert np.isnan(row["mase"])
    assert row["forecasts"] == 2


@pytest.fixture(scope="module")
def series():
    file = PUBLIC / "m3_monthly" / "m3_monthly.csv"
    if not file.exists():
        pytest.skip(f"{file} is not here; REVKIT_PUBLIC_DATA names the folder of public data")
    table = pd.read_csv(file)
    values = [rows["value"].to_numpy(float) for _, rows in table.groupby("series", sort=False)]
    long = [one for one in values if len(one) >= 72]
    return [long[at] for at in np.random.default_rng(2).choice(len(long), 60, replace=False)]


@pytest.mark.parametrize(("months", "at_most"), [(24, 1.15), (36, 1.0), (60, 0.9)])
def test_public_series_twelve_months_ahead(series, months, at_most):
    """MASE below the 1.19 and .79 to .85 of published combinations, and the band keeps its word."""
    mase, naive, inside = [], [], []
    for values in series:
        past, future = values[-(months + 12) : -12], values[-12:]
        unit = naive_error(past)
        if unit == 0:
            continue
        expected = mean_of_two(past, 12)
        ahead, actual, forecasts = rolling(past, mean_of_two, 12)
        low, high = band((ahead, actual, forecasts), 0.8, expected)
        mase.append(np.abs(future - expected).mean() / unit)
        naive.append(np.abs(future - seasonal_naive(past, 12)).mean() / unit)
        inside.append(((future >= low) & (future <= high)).mean())

    assert np.mean(mase) < min(at_most, 0.9 * np.mean(naive))
    assert 0.75 < np.mean(inside) < 0.9


def test_air_passengers():
    """The last year of the airline series from all years before: 144 months, known to all."""
    file = PUBLIC / "airpassengers" / "AirPassengers.csv"
    if not file.exists():
        pytest.skip(f"{file} is not here; REVKIT_PUBLIC_DATA names the folder of public data")
    values = pd.read_csv(file)["value"].to_numpy(float)

    error = np.abs(mean_of_two(values[:-12], 12) - values[-12:])

    assert error.mean() / values[-12:].mean() < 0.06
    assert error.mean() < 0.6 * np.abs(seasonal_naive(values[:-12], 12) - values[-12:]).mean()


STAGES = pd.DataFrame(
    {
        "object": "opportunity",
        "stage": ["Proposal", "Won", "Lost"],
        "position": [1, 2, 3],
        "is_closed": [False, True, True],
        "is_won": [False, True, False],
    }
)


def company(months: int, *, last_open: int = 2, history: bool = True) -> rk.Dataset:
    """Each month from 2024 two deals of 100 are created; one is won the month after, one lost."""
    starts = pd.date_range("2024-01-01", periods=months, freq="MS")
    deals, changes = [], []
    for number, start in enumerate(starts):
        for won in (True, False):
            name = f"{number}-{won}"
            close = start + pd.DateOffset(months=1, days=9)
            closed = number < months - 1
            deals.append((name, start + pd.Timedelta(days=9), close if closed else None,
                          won if closed else None, 100.0))  # fmt: skip
            changes.append((name, start + pd.Timedelta(days=9, hours=9), 0, "Proposal", 100.0))
            if closed:
                stage = "Won" if won else "Lost"
                changes.append((name, close + pd.Timedelta(hours=9), 1, stage, 100.0))
    opportunities = pd.DataFrame(
        deals, columns=["opportunity_id", "created_on", "closed_on", "is_won", "amount"]
    ).astype({"is_won": "boolean", "closed_on": "datetime64[s]"})
    opportunity_history = pd.DataFrame(
        changes, columns=["opportunity_id", "changed_at", "seq", "stage", "amount"]
    )
    tables = {"opportunities": opportunities}
    if history:
        tables |= {"opportunity_history": opportunity_history, "stages": STAGES}
    as_of = starts[-1] + pd.offsets.MonthEnd(0)
    return rk.Dataset(**tables, as_of=as_of.date(), currency="USD")


@pytest.mark.parametrize("history", [True, False])
def test_pipeline_of_a_company_that_repeats_itself(history):
    """200 open, half of it won next month; then 100 a month from deals not yet created."""
    outlook = forecast_pipeline(company(24, history=history), horizon=3)

    assert list(outlook.ahead["open"]) == pytest.approx([100, 0, 0])
    assert list(outlook.ahead["later"]) == pytest.approx([0, 100, 100])
    assert list(outlook.ahead["low"]) == pytest.approx([100, 100, 100])
    assert outlook.finding.startswith("Won amount in Mar 2026 is forecast at $100")


def test_pipeline_forecast_learns_nothing_from_its_future():
    """From the company as it was known a year earlier, the same figures as in the backtest."""
    now = company(30)
    seen = snapshots(now, 2)
    then = forecast_pipeline(now.replay("2025-12-31"), horizon=2)

    open_deals, later = seen.expected(list(seen.months).index(pd.Timestamp("2025-12-01")))

    assert list(then.ahead["open"]) == pytest.approx(open_deals)
    assert list(then.ahead["later"]) == pytest.approx(later)


def test_pipeline_backtest_of_a_company_that_repeats_itself():
    table = backtest_pipeline(company(26), horizon=2)

    assert table["method"].iloc[0] == "open deals and those to come"
    assert table["wape"].iloc[0] == pytest.approx(0)
    assert table["coverage"].iloc[0] == 1


def test_stage_rates_count_decided_deals():
    rates = stage_rates(company(24)).set_index("stage").loc["Proposal"]

    assert rates["decided"] == 46
    assert rates["value"] == pytest.approx(0.5)
    assert (rates["open_deals"], rates["open_amount"]) == (2, 200)
    assert rates["expected"] == pytest.approx(100)


@pytest.mark.parametrize("verb", [lambda data: forecast(data, "won_amount"), forecast_pipeline])
def test_too_few_months_are_said_so(verb):
    outlook = verb(company(8))

    assert outlook.missing > 0
    assert outlook.ahead.empty
    assert f"{ENOUGH} are needed" in outlook.finding


def test_too_few_months_have_no_track_record():
    for table in (backtest(company(8), "won_amount"), backtest_pipeline(company(8))):
        assert table.empty
        assert "no track record yet" in track_record(table)


def test_forecast_of_a_metric_starts_after_the_last_complete_month():
    outlook = forecast(company(24), "won_amount", horizon=2)

    assert list(outlook.ahead["period"]) == [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01")]
    assert list(outlook.ahead["value"]) == pytest.approx([100, 100])
    assert len(outlook.history) == 23


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"metric": "won_ammount"}, "won_amount"),
        ({"metric": "mrr", "horizon": 0}, "horizon=0"),
        ({"metric": "mrr", "level": 80}, "level=80"),
    ],
)
def test_impossible_forecasts_are_refused(how, words):
    with pytest.raises(ParameterError, match=words):
        forecast(company(3), **how)


def test_a_forecast_speaks_italian():
    history = pd.DataFrame({"period": pd.date_range("2025-01-01", periods=18, freq="MS")})
    history["value"] = 100.0
    ahead = pd.DataFrame({"period": pd.to_datetime(["2026-07-01"]), "value": [1.2e6]})
    ahead["low"], ahead["high"] = 1e6, 1.4e6
    what = Quantity("mrr", "MRR", "money/month", "EUR", words=language("it"))

    made = Forecast(history, ahead, 0.8, what)

    assert made.finding.replace("\u00a0", " ") == (
        "MRR: previsione per lug 2026 1,20 Mln € (banda 80 %: da 1,00 Mln € a 1,40 Mln €; "
        "media di due metodi, da 18 mesi completi)."
    )
    assert "contare su 1,00 Mln €" in made.caution.replace("\u00a0", " ")
    assert "per i 1 mesi dopo giu 2026" in made.total
    short = Forecast(history.head(3), ahead.head(0), 0.8, what)
    assert "mesi completi 3, ne servono 18" in short.finding
