"""A metric's forecast: its periods, its parts, the period under way, its words and its record."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.forecasts.accuracy import track_record
from revkit.analysis.forecasts.backtest import backtest, known_then
from revkit.analysis.forecasts.forecast import Forecast, forecast
from revkit.analysis.forecasts.history import RHYTHMS, UnderWay, past_of
from revkit.analysis.writing.formatting import Quantity
from revkit.catalogue import find
from revkit.errors import ParameterError
from revkit.language import language
from tests.analysis.forecasts.repeating import company


@pytest.fixture(scope="module")
def generated():
    return rk.generate(accounts=300, months=36, seed=11).data


@pytest.mark.parametrize("metric", ["mrr", "won_amount", "leads"])
def test_parts_add_up_to_the_whole(generated, metric):
    made = forecast(generated, metric, by="segment", horizon=4)

    sums = made.parts.groupby("period")["value"].sum()

    assert sums.to_numpy() == pytest.approx(made.ahead["value"].to_numpy(), abs=0.01)
    assert set(made.parts["segment"]) == {"Enterprise", "Mid-Market", "SMB"}
    assert made.parts[["low", "high"]].notna().all(axis=None)


@pytest.mark.parametrize("by", ["segment", "rep", "account"])
def test_a_whole_is_the_same_whatever_it_is_divided_by(generated, by):
    alone = forecast(generated, "won_amount", horizon=4).ahead

    made = forecast(generated, "won_amount", by=by, horizon=4)

    pd.testing.assert_frame_equal(made.ahead, alone)
    sums = made.parts.groupby("period")["value"].sum()
    assert sums.to_numpy() == pytest.approx(alone["value"].to_numpy(), abs=0.01)
    assert (made.parts["value"] >= 0).all()


def test_parts_of_a_rate_are_forecast_each_alone(generated):
    made = forecast(generated, "win_rate", by="segment", period="quarter", horizon=2)

    assert made.parts["high"].le(1).all()
    assert len(made.parts) == 3 * 2


@pytest.mark.parametrize("period", ["week", "month", "quarter"])
def test_bands_are_nested_and_named_by_their_level(generated, period):
    ahead = forecast(generated, "leads", period=period, horizon=2, level=(0.5, 0.8, 0.95)).ahead

    ends = ["low_95", "low_80", "low_50", "value", "high_50", "high_80", "high_95"]
    assert (np.diff(ahead[ends].to_numpy(), axis=1) >= 0).all()
    assert list(ahead["low"]) == list(ahead["low_80"])
    assert "low_80" not in forecast(generated, "leads", period=period, level=0.8).ahead
    first = forecast(generated, "leads", period=period, horizon=2, level=(0.95, 0.5))
    assert first.level == 0.95
    assert list(first.ahead["low"]) == list(ahead["low_95"])


def test_what_came_in_a_month_that_has_begun_is_kept(generated):
    """By the 20th a part has come; the whole month is forecast at that and a rest of the usual."""
    day = generated.replay("2025-11-20")
    so_far = rk.metrics.leads(day, period="month", start="2025-11-01")["value"].iloc[0]

    first = forecast(day, "leads", horizon=1).ahead.iloc[0]

    assert first["period"] == pd.Timestamp("2025-11-01")
    past = past_of(day, "leads", "month", 60)[None]
    usual = rk.metrics.leads(day, period="day", start="2024-11-01", end="2025-11-01")
    early = usual["period"].dt.day <= (20 / 30 * usual["period"].dt.days_in_month).round()
    assert past.under_way.value == so_far
    assert past.under_way.share == pytest.approx(
        usual.loc[early, "value"].sum() / usual["value"].sum()
    )
    assert first["value"] > so_far


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("leads", [40 + 0.25 * 100, 100]),  # 40 came, a quarter of the usual 100 is to come
        ("win_rate", [0.75 * 40 + 0.25 * 100, 100]),
        ("mrr", [40 + 0.25 * (100 - 60), 100 + 50 - 100]),  # all later months move with it
    ],
)
def test_a_period_under_way_is_completed(metric, expected):
    now = UnderWay(40.0, 0.75).completed(np.array([100.0, 100.0]), 60.0, find(metric))

    assert list(now) == pytest.approx(expected)


def test_a_rate_that_climbs_is_not_forecast_above_one():
    rows = [
        (f"{month}-{n}", day, day, n < min(10, 2 + month // 2), 1.0)
        for month, day in enumerate(pd.date_range("2024-01-05", periods=20, freq="MS"))
        for n in range(10)
    ]
    columns = ["opportunity_id", "created_on", "closed_on", "is_won", "amount"]
    data = rk.Dataset(opportunities=pd.DataFrame(rows, columns=columns), as_of="2025-09-30")

    ahead = forecast(data, "win_rate", horizon=12).ahead

    assert ahead["value"].between(0.9, 1).all()
    assert ahead["high"].le(1).all()


def test_a_backtest_knows_what_was_known_then(generated):
    """Of deals whose owner or close was entered later, the months before say less than today."""
    today = past_of(generated, "pipeline_open", "month", 16)[None]

    then = known_then(generated, "pipeline_open", today, "month", 16, 12)

    first = generated.replay(today.rows["period"].iloc[12] - pd.Timedelta(days=1))
    assert then[0][-1] == pytest.approx(
        rk.metrics.pipeline_open(first, period="month")["value"].iloc[-1]
    )
    assert [len(one) for one in then] == list(range(12, len(today.values)))


def test_a_backtest_scores_every_method(generated):
    table = backtest(generated, "mrr", horizon=2, past=24)

    assert list(table["method"]) == [
        "weighted mean of five methods", "last value", "seasonal naive",
        "theta", "damped trend", "trend", "drift", "added up",
    ]  # fmt: skip
    assert table["mase"].iloc[0] < 0.5
    assert (table["forecasts"] == 2 * 12 - 1).all()


@pytest.mark.parametrize(
    ("held", "origins", "relied"),
    [(0.33, 3, False), (0.83, 6, True), (0.5, 19, False), (0.75, 19, True)],
)
def test_a_band_that_held_too_little_is_not_praised(held, origins, relied):
    ours = {"method": "weighted mean of five methods", "mase": 0.4, "wape": 0.1, "bias": 0.0,
            "coverage": held, "forecasts": 3 * origins}  # fmt: skip
    table = pd.DataFrame([ours, ours | {"method": "last value", "wape": 0.3}])
    table.attrs = {"metric": "won_amount", "currency": "EUR", "level": 0.8, "origins": origins}
    said = track_record(table).replace("\u00a0", " ")

    assert ("its 80 % band held" in said) == relied
    assert said.startswith("Do not rely on the 80 % band of Won amount") != relied
    assert (f"from {origins} points in time" in said) != relied


def test_a_backtest_says_from_how_many_points_in_time_its_bands_were_drawn(generated):
    table = backtest(generated, "mrr", horizon=2, past=24)

    assert 0 < table.attrs["origins"] < 12


def test_a_forecast_starts_after_the_last_complete_month():
    outlook = forecast(company(24), "won_amount", horizon=2)

    assert list(outlook.ahead["period"]) == [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01")]
    assert list(outlook.ahead["value"]) == pytest.approx([100, 100])
    assert len(outlook.history) == 23


def test_too_few_months_are_said_so():
    outlook = forecast(company(8), "won_amount")

    assert outlook.missing > 0
    assert outlook.ahead.empty
    assert {"low", "high", "low_50", "high_95"} < {*outlook.ahead}
    assert "it has 7 complete months, and 18 are needed" in outlook.finding
    table = backtest(company(8), "won_amount")
    assert table.empty
    assert "no track record yet" in track_record(table)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"metric": "won_ammount"}, "won_amount"),
        ({"metric": "mrr", "horizon": 0}, "horizon=0"),
        ({"metric": "mrr", "level": 80}, "level=80"),
        ({"metric": "mrr", "level": (0.5, 95)}, "level=95"),
        ({"metric": "mrr", "level": ()}, "level"),
        ({"metric": "mrr", "period": "day"}, "'week', 'month', 'quarter'"),
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
        "media pesata di cinque metodi, da 18 mesi completi)."
    )
    assert "contare su 1,00 Mln €" in made.caution.replace("\u00a0", " ")
    assert "da lug 2026 a lug 2026" in made.total
    short = Forecast(history.head(3), ahead.head(0), 0.8, what, rhythm=RHYTHMS["month"])
    assert "3 mesi completi" in short.finding


def test_a_backtest_of_nothing_has_no_rows():
    nothing = pd.DataFrame({"subscription_id": ["a"], "account_id": ["a"], "mrr": [1.0],
                            "started_on": ["2026-01-01"], "ended_on": [None]}).iloc[:0]  # fmt: skip

    assert rk.backtest(rk.Dataset(subscriptions=nothing, as_of="2026-01-31"), "mrr").empty


def test_levels_that_are_near_have_columns_of_their_own(generated):
    ahead = rk.forecast(generated, "mrr", level=[0.9, 0.9000001], horizon=1).ahead

    assert {"low_90", "low_90.00001"} <= set(ahead.columns)
