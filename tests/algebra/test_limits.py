"""Intervals end where values do, and say so where a sample can promise nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import revkit as rk

DAY = "2026-03-05"


def sold(amounts) -> rk.Dataset:
    deals = pd.DataFrame({"amount": np.round(amounts, 2), "is_won": True})
    deals = deals.assign(created_on="2026-02-01", closed_on=DAY)
    deals["opportunity_id"] = deals.index.map("o{}".format)
    return rk.Dataset(opportunities=deals, as_of="2026-03-31")


def paying(before: list[float], after: list[float]) -> rk.Dataset:
    """Accounts with what each paid in February and pays since 5 March; 0 for nothing."""
    rows = []
    for at, (then, now) in enumerate(zip(before, after, strict=True)):
        for line, mrr, since, until in (("1", then, "2025-01-01", DAY), ("2", now, DAY, None)):
            if mrr:
                rows.append(
                    {"subscription_id": f"s{at}", "line": line, "account_id": f"a{at}", "mrr": mrr,
                     "started_on": since, "ended_on": until}
                )  # fmt: skip
    return rk.Dataset(subscriptions=pd.DataFrame(rows), as_of="2026-03-31")


def march(metric, company):
    return metric(company, start="2026-03-01").iloc[-1]


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("mrr_growth_rate", -1, np.inf),
        ("net_mrr_churn_rate", -np.inf, 1),
        ("nrr", 0, np.inf),
        ("nrr_with_reactivation", 0, np.inf),
        ("grr", 0, 1),
        ("gross_mrr_churn_rate", 0, 1),
        ("churn_rate", 0, 1),
    ],
)
def test_an_interval_ends_where_values_do(name, least, most):
    """Ten accounts of which the largest nine leave."""
    company = paying([100.0] * 9 + [50.0], [0.0] * 9 + [50.0])
    metric = getattr(rk.metrics, name)

    row = march(metric, company)

    assert metric.limits == (least, most)
    assert least <= row["low"] <= row["value"] <= row["high"] <= most


def test_an_interval_of_a_hundred_times_its_low_end_says_nothing():
    row = march(rk.metrics.won_amount, sold([1_000_000.0, 1, 1]))

    assert np.isnan([row["low"], row["high"]]).all()
    assert row["small"]


@pytest.mark.parametrize("metric", [rk.metrics.deal_size, rk.metrics.won_amount])
def test_a_pareto_tail_promises_nothing(metric):
    """Of forty companies of 200 deals, nearly all say that they are too few."""
    random = np.random.default_rng(4)
    pareto = [1000 * (1 - random.random(200)) ** (-1 / 1.8) for _ in range(20)]
    lognormal = [1000 * np.exp(random.standard_normal(200)) for _ in range(20)]

    assert sum(bool(march(metric, sold(one))["small"]) for one in pareto) >= 18
    assert sum(bool(march(metric, sold(one))["small"]) for one in lognormal) <= 2


def test_revenue_per_account_with_a_pareto_tail_promises_nothing():
    random = np.random.default_rng(5)
    paid = 100 * (1 - random.random(300)) ** (-1 / 1.8)

    row = march(rk.metrics.arpa, paying(paid.round(2).tolist(), paid.round(2).tolist()))

    assert row["small"]


@pytest.mark.parametrize(("many", "known"), [(1, False), (5, False), (6, True), (8, True)])
def test_a_survival_curve_of_few_rows_has_no_interval(many, known):
    """Fewer than six values bound no median at 95 %, whether ranked or by survival."""
    leads = pd.DataFrame({"created_at": pd.Timestamp("2026-03-02 09:00")}, index=range(many))
    leads["lead_id"] = leads.index.map("l{}".format)
    calls = pd.DataFrame({"lead_id": leads["lead_id"], "kind": "call", "direction": "out"})
    calls["occurred_at"] = leads["created_at"] + pd.to_timedelta(10 + leads.index * 7, unit="min")
    calls = calls.assign(activity_id=calls.index.map("c{}".format), rep_id="r", is_selling=True)
    company = rk.Dataset(leads=leads, activities=calls, as_of="2026-03-31")

    row = march(rk.metrics.speed_to_lead, company)

    assert row["value"] > 0
    assert np.isnan(row["low"]) != known
    assert row["small"]
