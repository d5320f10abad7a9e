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
