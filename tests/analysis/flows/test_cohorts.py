"""Cohorts: the triangle against a count account by account, and when a cohort has paid back."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk


@pytest.fixture(scope="module")
def company():
    return rk.generate("baseline", seed=8, accounts=400).data


def paying(company, day):
    """The accounts that pay on a day, with their MRR."""
    lines = company.table("subscriptions").execute()
    begun, ended = pd.to_datetime(lines["started_on"]), pd.to_datetime(lines["ended_on"])
    held = lines[(begun <= day) & (ended.isna() | (ended > day))]
    return held.groupby("account_id")["mrr"].sum().astype(float)


def test_cells_are_those_who_pay_at_the_end_of_a_month(company):
    lines = company.table("subscriptions").execute()
    first = pd.to_datetime(lines["started_on"]).groupby(lines["account_id"]).min()
    month = first.dt.to_period("M")
    made = rk.cohorts(company).set_index("cohort")
    money = rk.cohorts(company, "mrr").set_index("cohort")

    for cohort in made.index[20:-1:12]:
        mine = first.index[month == pd.Period(cohort, "M")]
        assert made.loc[cohort, "size"] == len(mine)
        for age in (0, 3, 9):
            end = (pd.Period(cohort, "M") + age).end_time.normalize()
            cell = made.loc[cohort, age]
            if end.date() > company.as_of:
                assert np.isnan(cell)
                continue
            held = paying(company, end).reindex(mine).dropna()
            assert cell == pytest.approx(len(held) / len(mine))
            ratio = held.sum() / money.loc[cohort, "size"]
            assert money.loc[cohort, age] == pytest.approx(ratio)


def test_the_last_row_is_the_mean_of_the_cohorts_seen_at_that_age(company):
    made = rk.cohorts(company)
    cells, last = made.iloc[:-1], made.iloc[-1]

    assert last["cohort"] == "all"
    for age in (0, 6, 20):
        seen = cells[cells[age].notna()]
        assert last[age] == pytest.approx((seen[age] * seen["size"]).sum() / seen["size"].sum())


def test_profit_adds_up_and_pays_back(company):
    each = rk.cohorts(company, "gross_profit", margin=0.75)
    made = rk.cohorts(company, "gross_profit", cumulative=True, margin=0.75)
    ages = list(range(6))

    assert made.loc[10, ages].tolist() == pytest.approx(each.loc[10, ages].cumsum().tolist())
    paid = made[made["payback"].notna()]
    assert len(paid)
    for _, row in paid.iterrows():
        age = int(row["payback"])
        assert row[age] >= row["cac"]
        assert age == 0 or not row[age - 1] >= row["cac"]


def test_groups_have_cohorts_of_their_own(company):
    whole = rk.cohorts(company)
    parts = rk.cohorts(company, by="segment")

    kept = parts[parts["cohort"] != "all"]
    assert kept.groupby("cohort")["size"].sum().to_dict() == {
        row["cohort"]: row["size"] for _, row in whole.iloc[:-1].iterrows()
    }
