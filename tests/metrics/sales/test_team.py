"""Team metrics: quotas by the day, reps who never ramp, territories that share what is paid."""

from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.derived import quota_spans, ramps
from tests.support.companies import common as companies
from tests.support.companies import team

QUARTER = {"period": "quarter", "start": "2026-01-01"}
TEAM = ["activities_per_rep", "quota_attainment", "ramp_months", "revenue_per_rep",
        "selling_time_share"]  # fmt: skip


def only(frame):
    (value,) = frame["value"]
    return value


# Quotas


def test_a_team_is_at_sum_over_sum_not_at_the_mean_of_its_reps():
    """200 % of 10 and 50 % of 90: 65 % together, 125 % on average."""
    data = team.quotas([10.0, 90.0], [20.0, 45.0])

    assert only(rk.metrics.quota_attainment(data, **QUARTER)) == pytest.approx(0.65)
    assert rk.metrics.quota_attainment(data, by="rep", **QUARTER)["value"].tolist() == [2.0, 0.5]


def test_a_quota_counts_by_the_day():
    """31 of a quarter's 90 days are March's: 90 less 59 of 9,000 are 3,100."""
    march = rk.metrics.quota_attainment(team.quotas([9000.0], [3100.0]), start="2026-03-01")

    assert only(march) == pytest.approx(1.0)


def test_without_a_quota_or_with_one_of_nothing_attainment_is_unknown():
    data = team.quotas([0.0, 10.0], [50.0, 5.0])

    by_rep = rk.metrics.quota_attainment(data, by="rep", **QUARTER)["value"]

    assert np.isnan(by_rep[0])
    assert by_rep[1] == pytest.approx(0.5)


def test_only_quotas_of_bookings_are_quotas():
    data = team.quotas([10.0], [5.0])
    rows = data.table("targets").to_pandas()
    others = [
        rows.assign(target_id="plan", kind="plan"),
        rows.assign(target_id="x", measure="leads"),
    ]
    more = pd.concat([rows, *others])
    deals, reps = (data.table(name).to_pandas() for name in ("opportunities", "reps"))
    data = rk.Dataset(as_of=companies.AS_OF, targets=more, opportunities=deals, reps=reps)

    assert only(rk.metrics.quota_attainment(data, **QUARTER)) == pytest.approx(0.5)


def test_attainment_has_the_interval_of_what_was_won():
    """The quota is known: each end is an end of the won amount over it."""
    data = team.quotas([100.0] * 4, [100.0, 50.0, 90.0, 60.0])
    won = rk.metrics.won_amount(data, **QUARTER)

    attained = rk.metrics.quota_attainment(data, **QUARTER)

    assert won["low"].notna().all()
    assert attained["low"].tolist() == pytest.approx((won["low"] / 400).tolist())
    assert attained["high"].tolist() == pytest.approx((won["high"] / 400).tolist())


# Who carries a quota


def carried(*quotas, left=None):
    rows = [
        {"target_id": f"t{n}", "kind": "quota", "measure": "bookings", "rep_id": "r0",
         "starts_on": date(2026, start, 1), "ends_on": date(2026, end, 1), "amount": 1.0}
        for n, (start, end) in enumerate(quotas)
    ]  # fmt: skip
    people = [row | {"left_on": left} for row in team.people(1)]
    data = companies.of(targets=rows, reps=people)
    frame = quota_spans(data).order_by("started_on").to_pandas()
    return [(a.month, b.month) for a, b in zip(frame["started_on"], frame["ended_on"], strict=True)]


@pytest.mark.parametrize(
    ("quotas", "times"),
    [
        ([(1, 4), (1, 4)], [(1, 4)]),
        ([(1, 4), (2, 3), (3, 6)], [(1, 6)]),
        ([(1, 3), (3, 5)], [(1, 5)]),
        ([(1, 2), (3, 4)], [(1, 2), (3, 4)]),
    ],
)
def test_quotas_that_overlap_make_one_time(quotas, times):
    assert carried(*quotas) == times


def test_who_leaves_carries_no_quota_any_more():
    assert carried((1, 4), left=date(2026, 2, 1)) == [(1, 2)]


def test_heads_are_the_mean_of_the_two_ends():
    """Two reps open the quarter, three end it: 144,000 over 2.5."""
    assert only(rk.metrics.revenue_per_rep(rk.example("team"), **QUARTER)) == 57600.0


# How time is spent


def test_what_a_sequence_sends_is_no_activity_of_a_rep():
    without, with_it = team.week(calls=44), team.week(calls=44, automated=500)

    for data in (without, with_it):
        assert only(rk.metrics.activities_per_rep(data, start="2026-03-01")) == 2.0


def test_activities_without_minutes_are_counted_and_said():
    data = team.week(selling=1, other=3, unsaid=2)

    shared = rk.metrics.selling_time_share(data, start="2026-03-01")

    assert only(shared) == 0.25
    assert set(shared.attrs["unvalued"].values()) == {2}


# Ramps


def reached(*shares, months=9, **more):
    (row,) = ramps(team.hired(months, shares, **more)).to_pandas().itertuples()
    return row


def test_three_months_are_judged_together():
    """0.8 alone is a good month; 0.7 + 0.8 + 0.9 are 80 % of three."""
    assert reached(0, 0, 0.7, 0.8, 0.9).months == 5
    assert pd.isna(reached(0, 0, 0.8, 0, 0).months)


def test_one_large_deal_may_be_enough():
    assert reached(2.4).months == 1


def test_a_month_that_is_not_over_counts_for_nobody():
    data = team.hired(6, [0, 0, 0, 0, 0, 3])
    tables = {name: data.table(name).to_pandas() for name in data.tables}

    before = rk.Dataset(as_of="2026-03-30", **tables)

    assert ramps(before).to_pandas()["months"].isna().all()
    assert ramps(data).to_pandas()["months"].tolist() == [6]


def test_reps_who_never_get_there_are_censored_not_dropped():
    """Of three, one ramps in 4 months and two are watched for longer without."""
    fast = {"starts": date(2025, 7, 1), "hired": date(2025, 7, 1), "quota": 9.0}
    won = [(date(2025, 10, 9), 2.4)]
    data = team.team([fast | {"won": won}, fast | {"won": []}, fast | {"won": []}])

    found = rk.metrics.ramp_months(data, period=None)

    assert found["n"].tolist() == [3]
    assert found["value"].isna().all()


def test_reps_hired_long_before_quotas_were_recorded_are_not_there():
    data = team.team([{"quota": 1.0, "hired": date(2024, 1, 8), "won": [(companies.AS_OF, 9)]}])

    assert ramps(data).count().execute() == 0


# Territories


def test_equal_territories_are_balanced_and_one_alone_is_not():
    assert (
        only(rk.metrics.territory_balance(team.territories([5, 5, 5, 5]), start="2026-03-01")) == 0
    )
    lonely = rk.metrics.territory_balance(team.territories([0.0001, 8, 8]), start="2026-03-01")
    assert only(lonely) == pytest.approx(1 / 3, abs=1e-4)


def test_a_territory_that_lost_everything_still_is_one():
    """b left in February: a has everything, of two."""
    data = companies.ledger(
        ("a", date(2026, 1, 5), None, 10),
        ("b", date(2026, 1, 5), date(2026, 2, 9), 10),
        accounts=[{"account_id": "a", "rep_id": "r0"}, {"account_id": "b", "rep_id": "r1"}],
        reps=[row | {"region": row["name"]} for row in team.people(2)],
    )

    balance = rk.metrics.territory_balance(data, start="2026-01-01")

    assert balance["value"].tolist() == [0.0, 0.5, 0.5]
    assert balance["n"].tolist() == [2, 2, 2]


def test_accounts_without_a_territory_are_in_none():
    data = companies.ledger(
        ("a", date(2026, 1, 5), None, 10),
        ("b", date(2026, 1, 5), None, 1000),
        accounts=[{"account_id": "a", "rep_id": "r0"}, {"account_id": "b", "rep_id": None}],
        reps=[row | {"region": "North"} for row in team.people(1)],
    )

    assert rk.metrics.territory_balance(data, start="2026-03-01")["n"].tolist() == [1]


@pytest.mark.parametrize("rate", [0.25, 64.0])
def test_the_currency_changes_no_balance(rate):
    base, other = team.territories([1, 3, 2, 4]), team.territories([rate * x for x in (1, 3, 2, 4)])

    values = [only(rk.metrics.territory_balance(d, start="2026-03-01")) for d in (base, other)]

    assert values[0] == pytest.approx(values[1])


def test_balance_by_a_dimension_is_that_of_each_group():
    data = rk.example("team")

    grouped = rk.metrics.territory_balance(data, by="rep.team", start="2026-03-01")

    assert grouped["rep.team"].tolist() == ["North", "South"]
    assert grouped["value"].tolist() == pytest.approx([0.25, 0.0])  # 300 and 100; 200 alone


# Engines


@pytest.mark.parametrize("dialect", ["postgres", "databricks"])
@pytest.mark.parametrize("table", [ramps, quota_spans])
def test_derived_tables_compile_for_other_engines(table, dialect):
    assert "SELECT" in str(ibis.to_sql(table(rk.example("team")), dialect=dialect))


@pytest.mark.parametrize("name", TEAM)
def test_formulas_ask_only_for_aggregates(name):
    for query in getattr(rk.metrics, name).sql(rk.example("team"), by="rep.team"):
        assert "GROUP BY" in query


def test_a_quota_of_no_days_is_no_quota():
    """One whose end was put on its start, beside the one it was replaced by."""
    rows = [
        {"target_id": name, "kind": "quota", "rep_id": "r0", "measure": "bookings",
         "starts_on": date(2026, 3, 1), "ends_on": end, "amount": 1000.0}
        for name, end in (("t1", date(2026, 3, 1)), ("t2", date(2026, 4, 1)))
    ]  # fmt: skip
    deals = team.deals([[(date(2026, 3, 20), 500.0)]])
    data = companies.of(targets=rows, opportunities=deals, reps=team.people(1))

    (value,) = rk.metrics.quota_attainment(data, start=companies.MARCH)["value"]

    assert value == pytest.approx(0.5)
