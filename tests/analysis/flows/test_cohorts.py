"""Cohorts: the triangle against a count account by account, and when a cohort has paid back."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DimensionError, ParameterError


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


def test_sentences_speak_of_the_oldest_age_that_enough_have_reached(company):
    rows = rk.cohorts(company)
    every = rows[rows["cohort"] != "all"]
    known = every.loc[every[24].notna(), "size"].sum()
    mean = rows.loc[rows["cohort"] == "all", 24].iloc[0]

    said = rk.say.kept(rows)

    assert said.startswith(f"Of {known:.0f} customers won 24 months ago or earlier, ")
    assert said.endswith("who came later is not counted here.")
    assert f" {mean * 100:.1f}\u00a0% paid 24 months after" in said
    assert rk.say.kept(rows[rows["cohort"] >= "2100"]).quiet
    assert rk.say.kept(rk.cohorts(rk.example("retention"))).quiet


def test_paybacks_are_told_for_all_together(company):
    rows = rk.cohorts(company, "gross_profit", cumulative=True)
    mean, every = rows[rows["cohort"] == "all"], rows[rows["cohort"] != "all"]
    covered, priced = every["payback"].notna().sum(), every["cac"].notna().sum()

    said = rk.say.paid_back(rows)
    never = rows.assign(payback=np.nan)
    never.attrs = rows.attrs

    assert f"after {mean['payback'].iloc[0]:.0f} months" in said
    assert f"of {covered} of {priced} months have" in said
    assert "has not covered" in rk.say.paid_back(never)
    assert rk.say.paid_back(rows.assign(cac=np.nan)).quiet
    assert rk.say.paid_back(rows.assign(size=0.1)).quiet


def test_sentences_on_cohorts_take_their_own_kind(company):
    with pytest.raises(ParameterError, match="accounts"):
        rk.say.kept(rk.cohorts(company, "mrr"))
    with pytest.raises(ParameterError, match="gross_profit"):
        rk.say.paid_back(rk.cohorts(company))
    with pytest.raises(DimensionError, match="by segment"):
        rk.say.kept(rk.cohorts(company, by="segment"))


def test_a_table_of_cohorts_is_written_in_their_unit(company):
    rows = rk.cohorts(company).tail(2)
    oldest = rows.columns[-1]

    table = rk.table(rows[["cohort", "size", 0, oldest]])

    assert table.headings == ("Cohort", "New customers", "0", str(oldest))
    assert table.rows[0][2:] == ("100.0\u00a0%", "–")


@pytest.mark.parametrize("unit", ["accounts", "gross_profit"])
def test_months_are_those_of_the_calendar_whatever_the_fiscal_year(company, unit):
    weeks = rk.Policy(calendar="4-4-5", year_ends="saturday nearest january 31")

    plain, fiscal = (
        rk.cohorts(data, unit, cumulative=True, margin=0.7)
        for data in (company, company.with_policy(weeks))
    )

    pd.testing.assert_frame_equal(fiscal, plain)
