"""What the metrics say of a generated company is what is true of it: neither knows the other."""

import pandas as pd
import pytest

import revkit as rk

MONEY = {
    "mrr": "mrr_cents", "new_mrr": "new_mrr_cents", "reactivation_mrr": "reactivated_mrr_cents",
    "expansion_mrr": "expansion_mrr_cents", "contraction_mrr": "contraction_mrr_cents",
    "churned_mrr": "churned_mrr_cents",
}  # fmt: skip


@pytest.fixture(scope="module", params=["baseline", "price-rise-and-competitor"])
def company(request):
    return rk.generate(request.param, accounts=2500, seed=5)


@pytest.fixture(scope="module")
def truth(company):
    found = pd.DataFrame(company.truth.metrics).T
    return found.set_index(pd.to_datetime(found.index))


def said(data, *metrics):
    """Values by month, a column each."""
    found = rk.measure(data, metrics, start="2023-01-01")
    return found.pivot(index="period", columns="metric", values="value")


def test_recurring_revenue_is_what_it_is_to_the_cent(company, truth):
    found = said(company.data, *MONEY)

    for metric, name in MONEY.items():
        cents = (found[metric] * 100).round(6)
        assert cents.tolist() == truth[name].astype(float).tolist(), metric


def test_a_year_keeps_what_it_keeps(company, truth):
    found = rk.measure(
        company.data, ["nrr", "grr", "churn_rate"], start="2023-01-01", trailing=12
    ).pivot(index="period", columns="metric", values="value")

    for metric in ("nrr", "grr", "churn_rate"):
        told = truth[f"{metric}_12m"].astype(float)
        assert told.isna().sum() == 11
        assert found[metric].loc[told.dropna().index].tolist() == pytest.approx(
            told.dropna().tolist(), rel=1e-12
        )


def test_new_deals_are_worth_what_they_are_to_the_cent(company, truth):
    found = rk.metrics.won_amount(company.data.where(kind="new"), start="2023-01-01")

    assert (found["value"] * 100).round(6).tolist() == truth["new_bookings_cents"].tolist()


def test_deals_are_pushed_as_often_as_they_are(company, truth):
    found = rk.metrics.push_count(company.data, start="2023-01-01")

    assert found["value"].tolist() == truth["pushes"].tolist()


def test_customers_leave_when_they_leave(company, truth):
    parts = rk.metrics.churn_rate.parts(company.data, start="2023-01-01")
    lost = parts.filter(like="churn").iloc[:, 0]

    assert lost.tolist() == truth["churned_customers"].tolist()


def test_new_deals_are_won_and_lost_as_they_are(company, truth):
    found = rk.metrics.win_rate(company.data.where(kind="new"), start="2023-01-01")

    assert found["value"].tolist() == pytest.approx(truth["win_rate"].astype(float).tolist())
    assert found["n"].tolist() == truth["new_deals_closed"].tolist()


def test_leads_pass_the_gates_they_pass(company, truth):
    found = said(company.data, "mqls", "sqls")

    assert found["mqls"].tolist() == truth["mqls"].tolist()
    assert found["sqls"].tolist() == truth["sqls"].tolist()
