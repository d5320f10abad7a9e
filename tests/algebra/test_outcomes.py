"""A rate over both outcomes by what only one of them has is refused."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DimensionError

M = rk.metrics
MARCH = {"start": "2026-03-01"}
OPENED, CLOSED = date(2026, 2, 1), date(2026, 3, 10)


def deals(won=3, lost=3, tables=(), **columns):
    """Won deals of accounts a0, a1 …, then lost ones; a column is (of won, of lost)."""
    rows = [
        {"opportunity_id": f"o{n}", "account_id": f"a{n}", "created_on": OPENED,
         "closed_on": CLOSED, "is_won": n < won, "amount": 100.0}
        | {name: (of_won if n < won else of_lost) for name, (of_won, of_lost) in columns.items()}
        for n in range(won + lost)
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    for column in ("created_on", "closed_on"):
        frame[column] = pd.to_datetime(frame[column])
    return rk.Dataset(as_of="2026-03-31", opportunities=frame, **dict(tables))


def customers(*accounts, since="2026-03-10"):
    frame = pd.DataFrame(
        {"subscription_id": accounts, "account_id": accounts, "mrr": 10.0}
    )  # fmt: skip
    frame["started_on"], frame["ended_on"] = pd.to_datetime(since), pd.NaT
    return {
        "subscriptions": frame,
        "accounts": pd.DataFrame({"account_id": sorted({*accounts, *(f"a{n}" for n in range(6))})}),
    }


RATES = [M.win_rate, M.win_rate_value, M.win_loss_ratio, M.close_rate, M.pipeline_velocity]


@pytest.mark.parametrize("metric", RATES)
@pytest.mark.parametrize("column", ["lost_reason", "competitor", "their_own"])
def test_a_column_of_lost_deals_alone_is_refused(metric, column):
    data = deals(**{column: (None, "price")})

    with pytest.raises(DimensionError, match="known of one alone"):
        metric(data, by=column, **MARCH)


@pytest.mark.parametrize("metric", RATES)
def test_a_column_that_both_have_groups(metric):
    data = deals(competitor=("them", "them"), their_own=("x", "y"))

    for column in ("competitor", "their_own"):
        assert len(metric(data, by=column, **MARCH))


def test_the_outcome_itself_is_refused():
    with pytest.raises(DimensionError, match="is_won"):
        M.close_rate(deals(), by="is_won", **MARCH)


def test_what_is_counted_of_one_outcome_may_be_grouped_by_its_reason():
    data = deals(lost_reason=(None, "price"))

    assert M.won_amount(data, by="lost_reason", **MARCH)["value"].tolist() == [0.0, 300.0]
    assert len(M.deal_size(data, by="lost_reason", **MARCH))


@pytest.mark.parametrize("age", ["tenure", "cohort"])
def test_the_age_of_who_became_a_customer_by_buying_is_refused(age):
    bought = deals(tables=customers("a0", "a1", "a2"))
    before = deals(tables=customers(*(f"a{n}" for n in range(6)), since="2025-01-01"))

    with pytest.raises(DimensionError, match=age):
        M.win_rate(bought, by=age, **MARCH)
    assert M.win_rate(before, by=age, **MARCH)["value"].tolist() == [0.5]


@pytest.mark.parametrize("metric", [M.churn_rate, M.nrr, M.grr, M.logo_retention])
def test_who_left_has_a_reason_to_leave_and_nobody_else(metric):
    tables = customers("a", "b", since="2025-01-01")
    tables["subscriptions"]["churn_reason"] = ["price", None]
    tables["subscriptions"]["ended_on"] = pd.to_datetime(["2026-03-05", None])
    data = rk.Dataset(as_of="2026-03-31", **tables)

    with pytest.raises(DimensionError, match="churn_reason"):
        metric(data, by="churn_reason", **MARCH)
    assert len(M.churned_mrr(data, by="churn_reason", **MARCH))


def test_a_scorecard_and_several_metrics_say_why_one_is_missing():
    data = deals(lost_reason=(None, "price"))

    found = rk.measure(data, by="lost_reason")

    assert "one alone" in found.attrs["unavailable"]["win_rate"]
