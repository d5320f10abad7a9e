"""What the metrics say of a generated company is what is true of it: neither knows the other."""

import os
from functools import cache

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.catalogue.catalogue import known
from revkit.synth import generate, scenarios
from revkit.synth.truth.catalogue.values import catalogue_values

START = "2023-01-01"
MONTHS = 26
"""Old enough for the effects of every scenario to have begun."""

SCENARIOS = ["baseline", "sandbagging", "price-rise-and-competitor", "self-serve"]
"""With ``REVKIT_TRUTH=all`` every scenario that is shipped, which takes some minutes."""

if os.environ.get("REVKIT_TRUTH") == "all":
    SCENARIOS = scenarios()

METRICS = [*generate(accounts=1, months=1, seed=0).truth.catalogue[START[:7]]]


@cache
def company(scenario):
    return generate(scenario, accounts=500, seed=5, months=MONTHS)


@cache
def said(scenario):
    """Values by metric and month, all measured at once."""
    found = rk.measure(company(scenario).data, METRICS, start=START)
    return {name: frame["value"].to_numpy(float) for name, frame in found.groupby("metric")}


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_metric_says_what_is_true_in_each_month(scenario, metric):
    """Money to the cent, rates to eight digits: quotas of some tens of euros tell no more."""
    rows = company(scenario).truth.catalogue.values()
    true = np.array([row[metric] for row in rows], float)

    assert len(true) == MONTHS
    assert said(scenario)[metric] == pytest.approx(true, rel=1e-8, abs=1e-9, nan_ok=True)


def test_nearly_every_value_is_there_and_none_stands_still():
    """Comparing nothing with nothing proves nothing."""
    frames = [pd.DataFrame(company(name).truth.catalogue).T for name in SCENARIOS]
    values = pd.concat(frames).astype(float)

    assert values.notna().any().all()
    still = {"fx_movement_mrr"}  # one currency
    assert set(values.columns[values.nunique() < 2]) == still


def test_the_true_values_are_the_same_however_many_chunks_they_are_summed_over(monkeypatch):
    monkeypatch.setattr("revkit.synth.simulate.world.CHUNK", 100)
    several = generate("baseline", accounts=300, seed=5, months=MONTHS)

    assert len(several.world.chunks) == 3
    found, data = catalogue_values(several.world), several.data
    for name in ("mrr", "share_of_reps_at_quota", "cac"):
        value = known()[name](data, start=START)["value"].to_numpy()
        assert value == pytest.approx(np.array(found[name], float), nan_ok=True), name


@pytest.mark.parametrize(("accounts", "months"), [(1, 1), (3, 2)])
def test_the_smallest_companies_have_a_truth_too(accounts, months):
    rows = generate(accounts=accounts, months=months, seed=1).truth.catalogue

    assert len(rows) == months
    assert rows["2023-01"]["leads"] >= 0
    assert rows["2023-01"]["real_revenue_growth"] is None


def test_figures_agree_with_the_values_of_metrics():
    """The figures that effects are judged by are counted apart, and some of new deals alone."""
    one = company("baseline")
    truth, data = one.truth, one.data
    rows = pd.DataFrame(truth.metrics).T.astype(float)
    values = pd.DataFrame(truth.catalogue).T.astype(float)
    new = data.where(kind="new")

    for figure, metric in (
        ("mrr_cents", "mrr"), ("new_mrr_cents", "new_mrr"), ("churned_mrr_cents", "churned_mrr"),
        ("reactivated_mrr_cents", "reactivation_mrr"), ("expansion_mrr_cents", "expansion_mrr"),
        ("contraction_mrr_cents", "contraction_mrr"),
    ):  # fmt: skip
        assert rows[figure].tolist() == (values[metric] * 100).round(6).tolist(), figure
    for figure in ("leads", "mqls", "sqls", "customers"):
        assert rows[figure].tolist() == values[figure].tolist(), figure
    assert rows["pushes"].tolist() == values["push_count"].tolist()
    assert rows["deals_won"].tolist() == values["won_deals"].tolist()
    bookings = rk.metrics.won_amount(new, start=START)["value"]
    assert (bookings * 100).round(6).tolist() == rows["new_bookings_cents"].tolist()
    rate = rk.metrics.win_rate(new, start=START)
    assert rate["value"].tolist() == pytest.approx(rows["win_rate"].tolist(), nan_ok=True)
    assert rate["n"].tolist() == rows["new_deals_closed"].tolist()


def test_a_year_keeps_what_it_keeps():
    one = company("baseline")
    rows = pd.DataFrame(one.truth.metrics).T.astype(float)
    names = ["nrr", "grr", "churn_rate"]
    found = rk.measure(one.data, names, start=START, trailing=12)
    found = found.pivot(index="period", columns="metric", values="value")

    for name in names:
        true = rows[f"{name}_12m"]
        assert true.isna().sum() == 11
        assert found[name].tolist()[11:] == pytest.approx(true.tolist()[11:], rel=1e-12)
