"""The funnel: shares, cohorts and days against counts by hand, lead by lead."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DimensionError, ParameterError

DAYS = pd.Timestamp("2026-01-01T09:00")


def walk(*leads, as_of="2026-03-31"):
    """Leads, each as (channel, {stage: day of the year})."""
    rows = [
        {"lead_id": f"l{number}", "stage": stage, "entered_at": DAYS + pd.Timedelta(days=day)}
        for number, (_, steps) in enumerate(leads)
        for stage, day in steps.items()
    ]
    made = [
        {"lead_id": f"l{number}", "channel": channel, "created_at": DAYS}
        for number, (channel, _) in enumerate(leads)
    ]
    return rk.Dataset(leads=pd.DataFrame(made), lead_history=pd.DataFrame(rows), as_of=as_of)


FIVE = walk(
    ("ads", {"lead": 0, "MQL": 4, "SQL": 10}),
    ("ads", {"lead": 0, "MQL": 6}),
    ("ads", {"lead": 1, "disqualified": 20}),
    ("events", {"lead": 40, "SQL": 50}),  # skipped MQL
    ("events", {"lead": 80}),
)


def test_a_skipped_stage_is_reached_with_the_next_one():
    rows = rk.funnel(FIVE).set_index("stage")

    assert rows.loc[["lead", "MQL", "SQL"], "reached"].tolist() == [5, 3, 2]
    assert rows.loc["SQL", "value"] == pytest.approx(2 / 3)
    # left after 4, 6, 10 days, given up after 19, one is open since 9: half are left after ten
    assert rows.loc["MQL", "days"] == 10


def test_the_share_within_days_counts_those_still_open_and_not_those_given_up():
    rows = rk.funnel(FIVE, within=10).set_index("stage")

    # 4 days: 1 of 5; 6 days: 1 of 4 left; the one open since 9 days leaves the risk; 10: 1 of 2
    passed = 1 / 5 + 4 / 5 * 1 / 4 + 3 / 5 * 1 / 2
    assert rows.loc["MQL", "within"] == pytest.approx(passed)
    assert rows.loc["MQL", "within_low"] < passed < rows.loc["MQL", "within_high"]


def test_nobody_followed_so_long_is_unknown():
    assert np.isnan(rk.funnel(FIVE, within=400).set_index("stage").loc["SQL", "within"])


def test_groups_and_cohorts_add_up():
    by = rk.funnel(FIVE, by="channel")
    months = rk.funnel(FIVE, cohort="month")

    assert by.groupby("stage")["reached"].sum()["MQL"] == 3
    assert by[by["stage"] == "lead"].set_index("channel")["reached"].to_dict() == {
        "ads": 3, "events": 2,
    }  # fmt: skip
    firsts = months[months["stage"] == "lead"].set_index("period")["reached"]
    assert firsts.to_dict() == {
        pd.Timestamp("2026-01-01"): 3, pd.Timestamp("2026-02-01"): 1, pd.Timestamp("2026-03-01"): 1,
    }  # fmt: skip


def test_the_sales_process_ends_with_what_is_won():
    data = rk.generate("baseline", seed=6, accounts=200).data
    deals = data.table("opportunities").execute()
    one = data
    if "pipeline" in data.columns("opportunities"):  # each has stages of its own
        one = data.where(pipeline=deals["pipeline"].mode().item())
    rows = rk.funnel(one, of="opportunity", within=90)
    won = rk.metrics.won_deals(one, period=None)["value"].item()

    assert rows["reached"].is_monotonic_decreasing
    assert rows["reached"].iloc[-1] == won
    assert (rows["within"].dropna() <= rows["value"][rows["within"].notna()] + 0.1).all()


def test_what_cannot_be_told_is_refused():
    with pytest.raises(ParameterError, match="opportunity"):
        rk.funnel(FIVE, of="deal")
    with pytest.raises(ParameterError, match="cohort"):
        rk.funnel(FIVE, cohort="week")
    with pytest.raises(DimensionError, match="one funnel"):
        rk.say.narrowest(rk.funnel(FIVE, by="channel"))
    with pytest.raises(DimensionError, match="one funnel"):
        rk.charts.funnel(rk.funnel(FIVE, by="channel"))


def test_followed_is_the_share_whose_outcome_or_whole_time_is_known():
    rows = rk.funnel(FIVE, within=10).set_index("stage")

    assert rows.loc["MQL", "followed"] == 4 / 5  # the lead of day 80 is waiting since 9 days
    assert rk.funnel(FIVE, within=9).set_index("stage").loc["MQL", "followed"] == 1


def test_where_all_have_gone_on_or_been_given_up_the_share_is_known_for_any_days():
    three = walk(
        ("ads", {"lead": 0, "MQL": 4}), ("ads", {"lead": 0, "MQL": 50}),
        ("ads", {"lead": 0, "disqualified": 5}),
    )  # fmt: skip
    rows = rk.funnel(three, within=60).set_index("stage")

    assert rows.loc["MQL", "within"] == pytest.approx(2 / 3)
    assert rk.funnel(three, within=10).set_index("stage").loc["MQL", "within"] == pytest.approx(
        1 / 3
    )


def test_the_last_cohort_followed_for_all_the_days_is_told():
    january = [
        ("ads", {"lead": day, "MQL": day + 3} if day < 10 else {"lead": day}) for day in range(25)
    ]
    march = [("ads", {"lead": 70 + day % 15}) for day in range(25)]
    rows = rk.funnel(walk(*january, *march), cohort="month", within=30)

    assert rk.say.matured(rows) == (
        "Leads of Jan 2026, within 30 days at each step: lead to MQL 40.0\u00a0%."
    )
    few = rk.funnel(walk(*january[:19]), cohort="month", within=30)
    assert rk.say.matured(few).quiet
    with pytest.raises(ParameterError, match="cohort"):
        rk.say.matured(rk.funnel(FIVE))
    both = rk.funnel(FIVE, by="channel", cohort="year", within=30)
    with pytest.raises(DimensionError, match="by channel"):
        rk.say.matured(both)


def cohorts(*shares):
    """Shares of 500 leads that become MQLs, and of these SQLs, in January of some years."""
    rows = [
        (pd.Timestamp(2024 + at, 1 + 3 * quarter, 1), stage, reached, share, 1.0)
        for at, (mql, sql) in enumerate(shares)
        for quarter in range(4)
        for stage, reached, share in (("lead", 500, np.nan), ("MQL", 400, mql), ("SQL", 90, sql))
    ]
    frame = pd.DataFrame(rows, columns=["period", "stage", "reached", "within", "followed"])
    frame = frame.assign(within_low=frame["within"] - 0.03, within_high=frame["within"] + 0.03)
    frame.loc[frame["stage"] == "lead", "followed"] = np.nan
    frame.attrs = {"within": 60, "period": "quarter", "level": 0.95}
    return frame


def test_the_steps_are_told_beside_a_year_before_both_those_that_rose_and_that_fell():
    said = rk.say.matured(cohorts((0.30, 0.40), (0.45, 0.25))).replace("\u00a0", " ")
    assert said == (
        "Leads of Q4 2025, within 60 days at each step: lead to MQL rose to 45.0 %, from 30.0 % a "
        "year before; MQL to SQL fell to 25.0 %, from 40.0 % a year before."
    )
    one = rk.say.matured(cohorts((0.30, 0.40), (0.45, 0.41))).replace("\u00a0", " ")
    assert one.endswith("before. The others differ by no more than noise: MQL to SQL 41.0 % "
                        "(40.0 % a year before).")  # fmt: skip
    same = rk.say.matured(cohorts((0.30, 0.40), (0.31, 0.41))).replace("\u00a0", " ")
    assert "lead to MQL 31.0 % (30.0 % a year before)" in same
    assert same.endswith("No step differs from a year before by more than noise.")


def test_that_a_step_is_the_narrowest_is_left_to_its_page():
    assert rk.say.narrowest(rk.funnel(FIVE)).front == ""


def test_cohorts_are_named_by_their_period():
    rows = rk.funnel(FIVE, cohort="quarter", within=10)
    table = rk.table(rows)

    assert {row[0] for row in table.rows} == {"Q1 2026"}
    assert "Within the days: 95\u00a0% interval" in table.headings


def test_a_funnel_by_what_only_the_lost_have_is_refused():
    leads = FIVE.table("leads").execute()
    reasons = ["fit" if lead == "l2" else None for lead in leads["lead_id"]]
    history = FIVE.table("lead_history").execute()
    leads = leads.assign(disqualified_reason=reasons)
    data = rk.Dataset(leads=leads, lead_history=history, as_of="2026-03-31")

    with pytest.raises(DimensionError, match="known of one alone"):
        rk.funnel(data, by="disqualified_reason")
    assert len(rk.funnel(data, by="channel"))
