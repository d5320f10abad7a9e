"""Rows of one account, and accounts of one parent, tell less than as many of different accounts."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.statistics.intervals import wilson


def deals(won: list[int], each: int, **accounts: list[str]) -> rk.Dataset:
    """Accounts with so many deals won of ``each``."""
    rows = [
        {"opportunity_id": f"{account}-{at}", "account_id": f"a{account}", "is_won": at < wins,
         "created_on": "2026-02-01", "closed_on": "2026-03-05", "amount": 100.0}
        for account, wins in enumerate(won)
        for at in range(each)
    ]  # fmt: skip
    names = [f"a{account}" for account in range(len(won))]
    return rk.Dataset(
        opportunities=pd.DataFrame(rows),
        accounts=pd.DataFrame({"account_id": names, **accounts}),
        as_of="2026-03-31",
    )


def march(metric, company):
    return metric(company, start="2026-03-01").iloc[-1]


def test_four_deals_that_go_alike_count_for_one():
    """Of thirty accounts ten won all four deals: the residuals by account are 4 (x - 1/3)."""
    row = march(rk.metrics.win_rate, deals([4] * 10 + [0] * 20, 4))

    by_account = (10 * (4 * 2 / 3) ** 2 + 20 * (4 / 3) ** 2) * 30 / 29
    by_deal = 120 * (1 / 3) * (2 / 3) * 120 / 119
    low, high = wilson(np.array([1 / 3]), np.array([120 * by_deal / by_account]), 0.95)
    assert (row["low"], row["high"]) == pytest.approx((low[0], high[0]))
    assert not row["small"]


def test_one_deal_an_account_is_independent():
    row = march(rk.metrics.win_rate, deals([1] * 20 + [0] * 40, 1))

    low, high = wilson(np.array([1 / 3]), np.array([60.0]), 0.95)
    assert (row["low"], row["high"]) == pytest.approx((low[0], high[0]))


def test_accounts_of_one_parent_count_together():
    parents = [f"a{account // 3 * 3}" for account in range(60)]
    alike = [1 if account // 3 < 7 else 0 for account in range(60)]
    alone = march(rk.metrics.win_rate, deals(alike, 1))
    together = march(rk.metrics.win_rate, deals(alike, 1, parent_account_id=parents))

    assert together["high"] - together["low"] > 1.5 * (alone["high"] - alone["low"])


def test_few_accounts_are_few_however_many_deals_they_have():
    assert march(rk.metrics.win_rate, deals([2] * 6, 20))["small"]


def leaving(parents: list[str] | None) -> rk.Dataset:
    """Sixty accounts of which the first nine leave."""
    names = [f"a{at}" for at in range(60)]
    paid = pd.DataFrame({"account_id": names, "subscription_id": names, "mrr": 100.0})
    paid = paid.assign(started_on="2025-01-01", ended_on=["2026-03-05"] * 9 + [None] * 51)
    accounts = pd.DataFrame({"account_id": names})
    if parents is not None:
        accounts["parent_account_id"] = parents
    return rk.Dataset(subscriptions=paid, accounts=accounts, as_of="2026-03-31")


def test_churn_of_accounts_of_one_parent_is_counted_by_parent():
    """Three parents of three accounts each leave: the residuals by parent are 3 (x - .15)."""
    parents = [f"a{at // 3 * 3}" for at in range(60)]
    row = march(rk.metrics.churn_rate, leaving(parents))

    by_parent = (3 * (3 * 0.85) ** 2 + 17 * (3 * 0.15) ** 2) * 20 / 19
    by_account = 60 * 0.15 * 0.85 * 60 / 59
    low, high = wilson(np.array([0.15]), np.array([60 * by_account / by_parent]), 0.95)
    assert (row["low"], row["high"]) == pytest.approx((low[0], high[0]))
    alone = march(rk.metrics.churn_rate, leaving(None))
    assert alone["high"] < row["high"]


def test_clusters_are_added_up_in_postgres_too():
    parents = [f"a{at // 3 * 3}" for at in range(60)]
    for metric, company in (
        (rk.metrics.churn_rate, leaving(parents)),
        (rk.metrics.win_rate, deals([1] * 30, 2, parent_account_id=parents[:30])),
    ):
        queries = metric.plan(company, {}).queries()
        written = [str(ibis.to_sql(query, dialect="postgres")) for query in queries]
        assert any("by_cluster" in text for text in written)
