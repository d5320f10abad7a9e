"""In a steady state a metric says the same by month, quarter, year and over all, or adds up."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from tests.support.companies.steady import steady

WINDOWS = {
    "quarter": {"period": "quarter", "trailing": 1},
    "year": {"period": "year", "trailing": 1},
    "three months": {"period": "month", "trailing": 3},
    "twelve months": {"period": "month", "trailing": 12},
    "all": {"period": None},
}


def last(name, **how):
    """The value of the last complete period from 2023 on."""
    frame = getattr(rk.metrics, name)(steady(), start="2023-01-01", **how)
    if "period" in frame:
        frame = frame[frame["complete"] & frame["value"].notna()].tail(1)
    return frame["value"].item()


@pytest.mark.parametrize("window", WINDOWS)
def test_velocity_is_what_is_won_a_day_whatever_the_period(window):
    closed = steady().table("opportunities").to_pandas()
    closed = closed[closed["closed_on"] >= pd.Timestamp("2023-01-01")]
    a_day = closed.loc[closed["is_won"].fillna(False), "amount"].sum() / (3 * 365 + 1)

    assert last("pipeline_velocity", **WINDOWS[window]) == pytest.approx(a_day, rel=0.05)


@pytest.mark.parametrize("window", WINDOWS)
def test_lifetime_value_is_that_of_the_constant_churn(window):
    arpa, margin = last("arpa", period="month"), 0.75

    assert last("cltv", **WINDOWS[window]) == pytest.approx(
        arpa * margin / left_a_month(), rel=0.03
    )


def left_a_month():
    """Accounts that left over account-months, counted one by one over three years."""
    rows = steady().table("subscriptions").to_pandas()
    rows = rows[rows["status"] == "active"].assign(end=rows["ended_on"].fillna("2099-01-01"))
    lives = rows.groupby("account_id").agg(start=("started_on", "min"), end=("end", "max"))
    months = pd.date_range("2023-01-01", "2025-12-01", freq="MS")
    there = [lives[(lives["start"] < m) & (lives["end"] >= m)] for m in months]
    ends = months + pd.DateOffset(months=1)
    left = [(alive["end"] < end).sum() for end, alive in zip(ends, there, strict=True)]
    return sum(left) / sum(map(len, there))


@pytest.mark.parametrize("name", ["cac", "cac_payback", "ltv_cac", "activities_per_rep"])
def test_rates_agree_over_windows(name):
    found = {window: last(name, **how) for window, how in WINDOWS.items()}

    assert np.ptp(list(found.values())) <= 0.03 * found["year"], found
