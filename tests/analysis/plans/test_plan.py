"""rk.plan on companies: its rates are those of the catalogue, and what is missing is said."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.errors import ParameterError


@pytest.fixture(scope="module")
def company():
    return rk.generate("baseline", accounts=500, seed=4).data


@pytest.fixture(scope="module")
def made(company):
    return rk.plan(company.replay("2025-06-30"), by="2025-12-31", draws=2000)


def test_its_rates_are_those_of_the_bridge(company, made):
    before = company.replay("2025-06-30")
    year = rk.bridge(before, period="month").tail(12)
    rates = made.basis.rates

    churned = rates["churn"].value * year["opening"].sum()
    assert churned == pytest.approx(year["churn"].sum())
    assert rates["new"].value * 12 == pytest.approx(year["new"].sum())
    assert made.basis.course.mrr == pytest.approx(year["closing"].iloc[-1])


def test_deals_to_come_are_as_many_as_came(made):
    """The pipeline of today and deals to come win about what the year before did."""
    course = made.basis.course

    year_before = made.basis.rates["won"].value
    assert course.opportunities == pytest.approx(made.basis.rates["opportunities"].value)
    assert made.expected_path.deals[0].mean() == pytest.approx(year_before, rel=0.35)


def test_it_agrees_with_the_forecast_of_mrr(company, made):
    outlook = rk.forecast(company.replay("2025-06-30"), "mrr", horizon=6)

    low, high = outlook.ahead[["low", "high"]].iloc[-1] * 12
    assert made.range[0] < high
    assert low < made.range[1]


def test_pace_holds_what_came_against_the_plan(company, made):
    pace = made.pace(company.replay("2025-09-30")).set_index("measure")

    came = rk.metrics.new_mrr(company, period=None, start="2025-07-01", end="2025-10-01")
    assert pace.loc["new", "came"] == pytest.approx(came["value"].iloc[0])
    assert pace.loc["arr", "came"] == pytest.approx(
        rk.metrics.arr(company, period="day", start="2025-09-30", end="2025-10-01")["value"].iloc[0]
    )
    assert pace.loc["new", "planned"] == pytest.approx(made.needed["new"].head(3).sum(), rel=0.03)
    assert set(pace["verdict"]) <= {"met", "near", "missed"}


def test_scenarios_stand_side_by_side(made):
    table = made.compare({"more": {"win_rate": 1.2}, "hire": {"hires": 2}})

    assert table["scenario"].tolist() == ["as now", "more", "hire"]
    assert table.loc[1, "probability"] > table.loc[0, "probability"]
    assert table.loc[2, "arr"] >= table.loc[0, "arr"]


def test_a_company_of_subscriptions_alone_is_planned_by_customers(company):
    alone = rk.Dataset(
        subscriptions=company.lookup("subscriptions").to_pyarrow().to_pandas(), as_of="2025-12-31"
    )

    made = rk.plan(alone, draws=500)

    assert made.needed["leads"].isna().all()
    assert made.needed["deals"].notna().all()
    assert "customers" in made.findings[1]
    assert len(made.notes) == 1


def test_three_accounts_and_two_months_make_a_plan_or_a_reason():
    rows = {
        "subscription_id": ["a", "b", "c"],
        "account_id": ["a", "b", "c"],
        "mrr": [10.0, 20, 30],
    }
    days = {"started_on": ["2025-11-03", "2025-11-20", "2025-12-01"], "ended_on": None}
    few = rk.Dataset(subscriptions=pd.DataFrame(rows | days), as_of="2025-12-31")

    made = rk.plan(few, 2000, draws=500)

    assert 0 <= made.probability <= 1
    assert np.isfinite(made.range).all()
    with pytest.raises(ParameterError, match="no MRR twelve months ago"):
        rk.plan(few)


def test_what_a_customer_is_worth_is_unknown_where_none_came():
    """Two customers of three years ago, and nothing since: no lever brings anything either."""
    subscriptions = pd.DataFrame({
        "subscription_id": ["S1", "S2"], "account_id": ["A1", "A2"], "mrr": [100.0, 50.0],
        "started_on": ["2023-01-15", "2023-02-15"], "ended_on": None,
    })  # fmt: skip
    made = rk.plan(rk.Dataset(subscriptions=subscriptions, as_of="2026-03-31"), draws=50)

    assert np.isnan(made.basis.rates["deal_size"].value)
    assert any(note.startswith("no new customer came") for note in made.notes)
    assert not any("brings most" in str(one) for one in made.findings)


def test_a_company_that_all_customers_have_left_is_refused():
    rows = {"subscription_id": ["a"], "account_id": ["a"], "mrr": [10.0]}
    days = {"started_on": ["2024-01-03"], "ended_on": ["2024-12-01"]}
    gone = rk.Dataset(subscriptions=pd.DataFrame(rows | days), as_of="2025-12-31")

    with pytest.raises(ParameterError, match="MRR on its day and a month"):
        rk.plan(gone, 2000)


@pytest.mark.parametrize("by", ["2025-06-30", "2025-07-03", "2030-01-01"])
def test_a_day_that_is_not_ahead_is_refused(company, by):
    with pytest.raises(ParameterError, match="36 months after 2025-06-30"):
        rk.plan(company.replay("2025-06-30"), by=by)


@pytest.mark.parametrize(
    "levers",
    [{"price": 2}, {"win_rate": -1}, {"win_rate": "x"}, {"hires": 1.5}, {"hires": {0: -1}}],
)
def test_what_is_no_lever_is_refused(made, levers):
    with pytest.raises(ParameterError, match=r"plan\.scenario"):
        made.scenario(**levers)


def test_it_speaks_italian(company):
    made = rk.plan(company, draws=200, language="it")

    assert any("probabilità" in one for one in made.findings)
    assert "probability" not in " ".join(made.findings)
