"""Forecasts from the pipeline are right where every month repeats itself, and add up."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.pipelines.calibration import calibration, chances
from revkit.analysis.pipelines.calls import backtest_calls
from revkit.analysis.pipelines.forecast_pipeline import (
    OURS,
    backtest_pipeline,
    forecast_pipeline,
)
from revkit.analysis.pipelines.model import PipelineModel
from revkit.analysis.pipelines.rep_calls import callers, rep_calls
from revkit.analysis.pipelines.snapshots import snapshots
from revkit.analysis.pipelines.stage_rates import stage_rates
from tests.analysis.forecasts.repeating import company
from tests.support.companies.generated import punctual


@pytest.fixture(scope="module")
def generated():
    return punctual(accounts=300, months=36, seed=11).data


@pytest.mark.parametrize("history", [True, False])
def test_pipeline_of_a_company_that_repeats_itself(history):
    """200 open, half of it won next month; then 100 a month from deals not yet created."""
    outlook = forecast_pipeline(company(24, history=history), horizon=3)

    assert list(outlook.ahead["open"]) == pytest.approx([100, 0, 0], abs=1e-9)
    assert list(outlook.ahead["later"]) == pytest.approx([0, 100, 100], abs=1e-9)
    assert list(outlook.ahead["low"]) == pytest.approx([100, 100, 100])
    assert outlook.finding.startswith("Won amount in Mar 2026 is forecast at $100")


def test_a_month_that_has_begun_keeps_what_is_won():
    """On 20 December the deal of December is won; that of January is open since the 10th."""
    outlook = forecast_pipeline(company(24).replay("2025-12-20"), horizon=2)

    assert list(outlook.ahead["period"]) == [pd.Timestamp("2025-12-01"), pd.Timestamp("2026-01-01")]
    assert list(outlook.ahead["won"]) == [100, 0]
    assert list(outlook.ahead["open"]) == pytest.approx([0, 100], abs=1e-9)
    assert list(outlook.ahead["later"]) == pytest.approx([0, 0], abs=1e-9)
    assert len(outlook.history) == 22


@pytest.mark.parametrize("day", ["2025-06-30", "2025-06-12"])
def test_pipeline_forecast_learns_nothing_from_its_future(generated, day):
    """From the company as it was known a year earlier, the same figures as in the backtest."""
    then = generated.replay(day)
    seen = snapshots(generated.replay("2025-12-31" if day.endswith("30") else "2025-12-12"), 2, 60)

    place = list(seen.months).index(pd.Timestamp("2025-06-01"))
    won, opened, later = PipelineModel(seen).expected(place)
    ahead = forecast_pipeline(then, horizon=2).ahead

    assert list(ahead["won"]) == pytest.approx(won)
    assert list(ahead["open"]) == pytest.approx(opened)
    assert list(ahead["later"]) == pytest.approx(later)


@pytest.mark.parametrize("by", ["segment", "rep", "rep.team"])
@pytest.mark.parametrize("day", ["2025-12-31", "2025-12-12"])
def test_the_parts_add_up_to_the_whole(generated, by, day):
    made = forecast_pipeline(generated.replay(day), by=by, level=0.8)

    sums = made.parts.groupby("period")[["won", "open", "later", "value"]].sum()

    whole = made.ahead.set_index("period")[["won", "open", "later", "value"]]
    assert sums.to_numpy() == pytest.approx(whole.to_numpy(), abs=0.01)
    assert (made.parts["low"] >= made.parts["won"] - 1e-9).all()
    assert (made.parts["high"] >= made.parts["value"]).all()


def test_chances_add_up_to_what_was_won(generated):
    """Over the snapshots they are learned from, expected and won amounts are the same."""
    seen = snapshots(generated, 2, 60)
    model, now = PipelineModel(seen), len(seen.months) - 1

    known = seen.cells[seen.cells["taken"].between(now - 36, now - 1)]

    expected, _ = model.of_open(known, model.rates(now))
    assert expected[0] == pytest.approx(known.loc[known["won_in"] == 1, "gain"].sum())


def test_pipeline_backtest_of_a_company_that_repeats_itself():
    table = backtest_pipeline(company(26), horizon=2)

    assert table["method"].iloc[0] == "open deals and those to come"
    assert table["wape"].iloc[0] == pytest.approx(0, abs=1e-9)


def test_the_pipeline_knows_more_than_its_past_alone(generated):
    table = backtest_pipeline(generated).set_index("method")["wape"]

    assert set(table.index[1:]) == {
        "weighted mean of five methods",
        "seasonal naive",
        "mean of the last three months",
        "CRM percentages",
    }
    assert table.iloc[0] < 0.9 * table.iloc[1:].min()


def test_what_history_does_not_tell_is_not_taken_from_the_present(generated):
    """The expected close on record is that of the end: it would know the day of each close."""
    tables = {name: generated.table(name).to_pyarrow() for name in ("accounts", "opportunities")}
    bare = rk.Dataset(**tables, as_of=generated.as_of, currency="EUR")

    cells = snapshots(bare, 2, 60).cells

    assert set(cells["due"]) == {"?"}
    assert set(cells["stage"]) == {"?"}


def test_stage_rates_count_decided_deals():
    rates = stage_rates(company(24)).set_index("stage").loc["Proposal"]

    assert rates["decided"] == 46
    assert rates["value"] == pytest.approx(0.5)
    assert (rates["open_deals"], rates["open_amount"]) == (2, 200)
    assert rates["expected"] == pytest.approx(100)


def test_stages_of_two_pipelines_with_one_label_are_told_apart(generated):
    rates = stage_rates(generated)

    assert rates.groupby("stage")["pipeline"].nunique().max() == 2
    assert rates["open_amount"].sum() == pytest.approx(
        float(rk.metrics.pipeline_open(generated, period=None)["value"].iloc[0])
    )


def test_a_stage_that_nobody_has_left_yet_is_shown_without_a_share():
    tables = {name: company(24).table(name).execute() for name in company(24).tables}
    history = tables["opportunity_history"]
    open_deal = tables["opportunities"].loc[tables["opportunities"]["closed_on"].isna()]
    one = open_deal["opportunity_id"].iloc[0]
    last = history.loc[history["opportunity_id"] == one].tail(1)
    later = pd.to_datetime(last["changed_at"]) + pd.Timedelta(days=1)
    moved = last.assign(stage="Signing", changed_at=later)
    tables["opportunity_history"] = pd.concat([history, moved])
    stages = tables["stages"]
    own = stages[stages["stage"] == "Proposal"].assign(stage="Signing", position=2)
    tables["stages"] = pd.concat([stages, own])
    tables["opportunities"] = tables["opportunities"].dropna(axis="columns", how="all")
    rates = stage_rates(rk.Dataset(**tables, as_of=company(24).as_of, currency="USD"))
    row = rates.set_index("stage").loc["Signing"]
    assert (row["decided"], row["open_deals"]) == (0, 1)
    assert np.isnan(row["value"])
    assert np.isnan(row["low"])


def test_too_few_months_are_said_so():
    outlook = forecast_pipeline(company(8))

    assert outlook.missing > 0
    assert outlook.ahead.empty
    assert [*outlook.ahead] == [*forecast_pipeline(company(24)).ahead]
    assert str(rk.table(outlook.ahead[["period", "won", "open", "later"]]))
    assert backtest_pipeline(company(8)).empty


def quarters(calls):
    """A team of which each rep forecast and won these amounts, quarter by quarter."""
    days = pd.date_range("2023-01-01", periods=8, freq="QS")
    rows = [
        (f"{rep}{at}", kind, "bookings", rep, day.date(), (day + pd.DateOffset(months=3)).date(),
         amount, day.date())
        for rep, amounts in calls.items()
        for at, (day, (amount, _)) in enumerate(zip(days, amounts, strict=True))
        for kind in ["commit"]
    ]  # fmt: skip
    targets = pd.DataFrame(
        rows,
        columns=["target_id", "kind", "measure", "rep_id", "starts_on", "ends_on", "amount",
                 "submitted_on"],
    )  # fmt: skip
    won = [
        (f"{rep}{at}", rep, day.date(), (day + pd.Timedelta(days=80)).date(), True, amount)
        for rep, amounts in calls.items()
        for at, (day, (_, amount)) in enumerate(zip(days, amounts, strict=True))
    ]
    deals = pd.DataFrame(
        won, columns=["opportunity_id", "rep_id", "created_on", "closed_on", "is_won", "amount"]
    )
    return rk.Dataset(targets=targets, opportunities=deals, as_of="2024-12-31", currency="EUR")


def test_a_rep_who_forecasts_half_of_what_comes_is_told_and_noise_is_not():
    rng = np.random.default_rng(5)
    team = {f"R{n}": [(100 * rng.uniform(0.8, 1.2), 100.0) for _ in range(8)] for n in range(9)}
    team["low"] = [(50 * rng.uniform(0.9, 1.1), 100.0) for _ in range(8)]

    table = rep_calls(quarters(team))

    assert list(table.loc[table["calls"] != "", "rep"]) == ["low"]
    first = table.iloc[0]
    assert first["value"] == pytest.approx(-0.5, abs=0.05)
    assert first["value"] < first["likely"] < table.attrs["bias"]
    assert callers(table).startswith("All reps together forecast 4.8")
    assert "low (−48.3\u00a0%) forecast less than they won, and less" in callers(table)
    assert callers(rep_calls(quarters({k: v for k, v in team.items() if k != "low"}))).quiet


def test_who_forecasts_what_is_won_is_right_however_far_off_the_others_are():
    """All but one promise four fifths of what they win: a habit, and no fault of that one."""
    rng = np.random.default_rng(5)
    team = {f"R{n}": [(100 * rng.uniform(0.6, 1), 100.0) for _ in range(8)] for n in range(9)}
    team["right"] = [(100 * rng.uniform(0.999, 1.001), 100.0) for _ in range(8)]
    team["once"] = [(50.0, 100.0), *[(0.0, 0.0)] * 7]
    # an interval that just leaves out the habit of all is the largest of many, and no news
    team["lowest"] = [(100 * rng.uniform(0.35, 0.8), 100.0) for _ in range(8)]

    table = rep_calls(quarters(team)).set_index("rep")

    assert table.loc["right", "low"] > table.attrs["bias"] > table.loc["lowest", "high"]
    assert not any(table["calls"])
    assert np.isnan(table.loc["once", "likely"])


def test_calls_are_judged_at_each_day_and_over_the_same_quarters(generated):
    table = backtest_calls(generated)

    assert len({*table["quarters"]}) == 1
    assert table.groupby("method")["days"].agg(list).map(lambda days: days == [90, 60, 30]).all()
    of = table.set_index(["method", "days"])["wape"]
    assert of["open deals and those to come", 60] < of["commit", 60]


def test_chances_are_those_that_were_given_and_what_came_of_them():
    """Of the two deals open at a month's end one is won in the next month: a chance of a half."""
    table = calibration(company(36), horizon=1)

    (row,) = table.to_dict("records")
    assert (row["from"], row["to"]) == (0.5, 0.6)
    assert row["expected"] == pytest.approx(0.5)
    assert row["value"] == pytest.approx(0.5)
    assert "50.0" in chances(table)


def test_months_are_those_of_the_calendar_whatever_the_fiscal_year(generated):
    weeks = rk.Policy(calendar="4-4-5", year_ends="saturday nearest january 31")

    plain, fiscal = (
        forecast_pipeline(data.replay("2025-12-12"), by="segment", level=0.8)
        for data in (generated, generated.with_policy(weeks))
    )

    pd.testing.assert_frame_equal(fiscal.ahead, plain.ahead)
    pd.testing.assert_frame_equal(fiscal.parts, plain.parts)
    assert fiscal.finding == plain.finding


def test_deals_that_are_won_on_the_day_they_are_created_are_all_to_come():
    days = pd.date_range("2023-01-10", periods=24, freq="MS") + pd.Timedelta(days=9)
    names = [str(number) for number in range(24)]
    deals = pd.DataFrame({"opportunity_id": names, "created_on": days, "closed_on": days})
    data = rk.Dataset(opportunities=deals.assign(is_won=True, amount=100.0), as_of="2024-12-31")

    ahead = forecast_pipeline(data, horizon=2).ahead

    assert list(ahead["open"]) == [0, 0]
    assert list(ahead["later"]) == pytest.approx([100, 100])
    assert calibration(data).empty


def test_amounts_that_nobody_knows_are_no_forecast_of_nothing():
    days = pd.date_range("2023-01-10", periods=24, freq="MS") + pd.Timedelta(days=9)
    names = [str(number) for number in range(24)]
    deals = pd.DataFrame({"opportunity_id": names, "created_on": days - pd.Timedelta(days=40)})
    deals = deals.assign(closed_on=days, is_won=True, amount=np.nan)
    data = rk.Dataset(opportunities=deals, as_of="2024-12-31")

    made = forecast_pipeline(data)

    assert made.ahead.empty
    assert "it has 0 complete months" in made.finding
    assert calibration(data).empty


def test_months_after_the_last_deal_on_record_are_unknown_and_not_empty():
    whole = company(30)
    tables = {name: whole.table(name).execute() for name in whole.tables}
    later = rk.Dataset(**tables, as_of="2027-03-31", currency="USD")
    last = later.recorded(["opportunities"])["opportunities"]
    assert last.ended

    made = forecast_pipeline(later)

    pd.testing.assert_frame_equal(made.ahead, forecast_pipeline(later.replay(last.last)).ahead)
    assert made.history["value"].min() > 0
    assert len(backtest_pipeline(later)) == len(backtest_pipeline(later.replay(last.last)))


def test_a_band_holds_what_is_won_already(generated):
    for day in ("2025-08-29", "2025-10-30", "2025-12-30"):
        ahead = forecast_pipeline(generated.replay(day)).ahead

        assert (ahead[["low_50", "low_80", "low_95"]].min(axis=1) >= ahead["won"]).all()


def test_parts_may_have_the_name_of_what_tells_deals_apart_but_not_of_their_columns(generated):
    parts = forecast_pipeline(generated, by="kind").parts

    assert {"new", "renewal"} <= set(parts["kind"])
    with pytest.raises(rk.errors.ParameterError, match="would be overwritten"):
        forecast_pipeline(generated, by="later")


def test_quarters_of_weeks_have_no_forecast_by_months(generated):
    weeks = rk.Policy(calendar="13x4", year_ends="sunday nearest august 31")

    methods = backtest_calls(generated.with_policy(weeks))["method"].unique().tolist()

    assert OURS not in methods
    assert "commit" in methods


def test_parts_err_as_much_together_as_the_whole_has(generated):
    """Apart by chance, together by what all share: the whole's error lies between the two sums."""
    made = forecast_pipeline(generated, by="segment", level=0.8)
    errors = PipelineModel(snapshots(generated, 3, 60)).record.errors

    usual = np.sqrt(np.nanmean(np.square(errors), axis=0))
    sizes = made.parts.assign(size=(made.parts["high"] - made.parts["value"]) / 1.28155)
    apart = sizes.groupby("period")["size"].agg(lambda of: np.sqrt(np.square(of).sum()))
    together = sizes.groupby("period")["size"].sum()
    assert (apart.to_numpy() <= usual * 1.001).all()
    assert (together.to_numpy() >= usual * 0.999).all()
