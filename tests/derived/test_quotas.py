"""Quotas: roll-ups of managers, versions, overlapping grains and the days they are for."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DataError

Q1, Q2, YEAR = date(2025, 1, 1), date(2025, 4, 1), date(2026, 1, 1)
QUARTER = {"period": "quarter", "start": Q1, "end": Q2}


def quota(name, rep, amount, start=Q1, end=Q2, submitted=None, measure="bookings"):
    return {"target_id": name, "kind": "quota", "measure": measure, "rep_id": rep,
            "starts_on": start, "ends_on": end, "submitted_on": submitted,
            "amount": float(amount)}  # fmt: skip


def company(won, quotas, reps=None):
    reps = reps or [("R1", None), ("R2", None)]
    people = [
        {"rep_id": rep, "manager_id": boss, "team": "North", "hired_on": date(2024, 1, 1)}
        for rep, boss in reps
    ]
    deals = [
        {"opportunity_id": f"O{n}", "rep_id": rep, "created_on": Q1, "closed_on": date(2025, 2, 3),
         "is_won": True, "amount": float(amount)}
        for n, (rep, amount) in enumerate(won)
    ]  # fmt: skip
    targets = pd.DataFrame(quotas)
    targets["submitted_on"] = pd.to_datetime(targets["submitted_on"])
    return rk.Dataset(
        as_of="2025-12-31",
        reps=pd.DataFrame(people).assign(left_on=pd.NaT),
        opportunities=pd.DataFrame(deals),
        targets=targets,
    )


def attained(data, **how):
    frame = rk.metrics.quota_attainment(data, **{**QUARTER, **how})
    return frame["value"].round(4).tolist()


LED = [("M", None), ("R1", "M"), ("R2", "M")]


def test_a_managers_quota_repeats_those_of_the_reports():
    rows = [quota("a", "R1", 100), quota("b", "R2", 100), quota("c", "M", 200)]
    data = company([("R1", 100), ("R2", 80)], rows, LED)

    assert attained(data) == [0.9]
    assert attained(data, by="team") == attained(data, by="rep.team") == [0.9]
    frame = rk.metrics.quota_attainment(data, by="rep", **QUARTER).set_index("rep")["value"]
    assert frame.to_dict() == {"M": 0.9, "R1": 1.0, "R2": 0.8}


def test_a_manager_of_managers_is_a_rollup_too_and_one_who_sells_alone_is_none():
    reps = [("V", None), ("M", "V"), ("R1", "M"), ("R2", None), ("S", None)]
    rows = [quota("a", "R1", 100), quota("c", "M", 100), quota("v", "V", 100), quota("s", "S", 50)]
    assert attained(company([("R1", 75)], rows, reps)) == [0.5]


def test_a_manager_whose_reports_have_no_quota_then_or_of_this_has_an_own_one():
    later = quota("a", "R1", 100, Q2, date(2025, 7, 1))
    others = quota("b", "R2", 100, measure="new_mrr")

    assert attained(company([("M", 100)], [quota("c", "M", 200), later, others], LED)) == [0.5]


def test_a_rollup_is_no_head_among_those_who_carry_a_quota():
    rows = [quota("a", "R1", 100), quota("b", "R2", 100), quota("c", "M", 200)]
    data = company([("R1", 100), ("R2", 80)], rows, LED)

    month = rk.metrics.revenue_per_rep(data, start="2025-02-01", end="2025-03-01")

    assert month["value"].tolist() == [90.0]


def test_pipeline_coverage_counts_a_rollup_once():
    rows = [quota("a", "R1", 100), quota("b", "R2", 100), quota("c", "M", 200)]
    data = company([("R1", 100)], rows, LED)
    opportunities = data.table("opportunities").to_pandas()
    opportunities = opportunities.assign(
        created_on=date(2024, 12, 1), closed_on=pd.NaT, is_won=None, expected_close_on=Q1
    )
    data = rk.Dataset(
        as_of="2025-12-31",
        opportunities=opportunities,
        targets=data.table("targets").to_pandas(),
        reps=data.table("reps").to_pandas(),
    )

    assert rk.metrics.pipeline_coverage(data, **QUARTER)["value"].tolist() == [0.5]


def test_of_a_quota_submitted_again_the_last_counts():
    rows = [
        quota("a", "R1", 100, submitted=date(2024, 12, 15)),
        quota("b", "R1", 150, submitted=date(2025, 2, 15)),
    ]

    assert attained(company([("R1", 100)], rows)) == [0.6667]
    assert attained(company([("R1", 100)], rows[::-1])) == [0.6667]
    first = quota("a", "R1", 100)  # never said when: before the one that is
    assert attained(company([("R1", 100)], [first, rows[1]])) == [0.6667]


@pytest.mark.parametrize(
    "rows",
    [
        [quota("a", "R1", 100), quota("b", "R1", 400, Q1, YEAR)],
        [quota("a", "R1", 100), quota("b", "R1", 40, date(2025, 3, 1), date(2025, 5, 1))],
        [quota("a", "R1", 100), quota("b", "R1", 100)],
        [quota("a", "R1", 100), quota("b", None, 200)],
    ],
)
def test_quotas_that_overlap_are_refused_with_their_rows(rows):
    data = company([("R1", 100)], rows)

    with pytest.raises(DataError, match=r"targets: a quota .*overlaps.*target_id=b"):
        attained(data)


def test_quotas_that_adjoin_or_are_of_something_else_do_not_overlap():
    rows = [
        quota("a", "R1", 100),
        quota("b", "R1", 100, Q2, date(2025, 7, 1)),
        quota("c", "R1", 5, measure="new_mrr"),
        quota("d", "R2", 100),
    ]

    assert attained(company([("R1", 100)], rows)) == [0.5]


def test_a_quota_counts_on_the_days_before_its_end():
    data = company([("R1", 31)], [quota("a", "R1", 90, Q1, Q2)])
    parts = rk.metrics.quota_attainment.parts(data, start=Q1, end="2025-02-01")

    assert parts.filter(like="quotas").iloc[0].tolist() == [31.0]


SPLIT = [("V", None), ("M", "V"), ("R1", "M"), ("R2", "M"), ("R3", "V")]


def by_rep(data, metric=rk.metrics.quota_attainment, **how):
    frame = metric(data, by="rep", **{**QUARTER, **how})
    return frame.set_index("rep")["value"].round(4).to_dict()


def loaded(data, name):
    """A table with the columns it was loaded with."""
    return data.table(name).to_pandas()[sorted(data.columns(name))]


def test_a_rollup_is_held_against_all_that_the_team_won_at_every_level():
    """V leads M, R3 and through M also R1 and R2; M sells, too."""
    rows = [quota("a", "R1", 100), quota("b", "R2", 100), quota("c", "M", 250),
            quota("d", "R3", 100), quota("e", "V", 400)]  # fmt: skip
    data = company([("R1", 100), ("R2", 80), ("M", 20), ("R3", 50)], rows, SPLIT)

    assert by_rep(data) == {"M": 0.8, "R1": 1.0, "R2": 0.8, "R3": 0.5, "V": 0.625}
    assert attained(data) == [round(250 / 300, 4)]
    share = rk.metrics.share_of_reps_at_quota
    assert by_rep(data, share) == {"M": 0.0, "R1": 1.0, "R2": 0.0, "R3": 0.0, "V": 0.0}
    full = company([("R1", 200), ("R2", 80)], rows, SPLIT)
    assert by_rep(full, share)["M"] == 1.0  # 280 of 250


def test_a_manager_who_is_filtered_for_keeps_the_team():
    rows = [quota("a", "R1", 100), quota("b", "R2", 100), quota("c", "M", 200)]
    data = company([("R1", 100), ("R2", 80)], rows, LED)

    assert by_rep(data.where(rep="M")) == {"M": 0.9}


def test_a_managers_months_without_a_rollup_have_own_deals_alone():
    rows = [quota("a", "R1", 100, Q2, date(2025, 7, 1)), quota("c", "M", 200),
            quota("m", "M", 200, Q2, date(2025, 7, 1))]  # fmt: skip
    data = company([("R1", 100), ("M", 50)], rows, LED)

    assert by_rep(data)["M"] == 0.25


def test_a_deal_that_two_reports_share_is_their_managers_once():
    rows = [quota("a", "R1", 100), quota("b", "R2", 100), quota("c", "M", 200)]
    data = company([("R1", 100)], rows, LED)
    splits = pd.DataFrame({"opportunity_id": "O0", "rep_id": ["R1", "R2"], "share": [0.5, 0.5]})
    tables = {name: loaded(data, name) for name in data.tables}
    shared = rk.Dataset(as_of="2025-12-31", opportunity_splits=splits, **tables)

    assert by_rep(shared) == {"M": 0.5, "R1": 0.5, "R2": 0.5}


def test_a_managers_pipeline_is_the_teams():
    rows = [quota("a", "R1", 100), quota("b", "R2", 100), quota("c", "M", 200)]
    data = company([("R1", 100)], rows, LED)
    deals = data.table("opportunities").to_pandas().assign(
        created_on=date(2024, 12, 1), closed_on=pd.NaT, is_won=None, expected_close_on=Q1
    )  # fmt: skip
    tables = {name: loaded(data, name) for name in ("targets", "reps")}
    data = rk.Dataset(as_of="2025-12-31", opportunities=deals, **tables)

    assert by_rep(data, rk.metrics.pipeline_coverage) == {"M": 0.5, "R1": 1.0, "R2": 0.0}


def test_a_managers_forecast_is_held_against_what_the_team_won():
    commits = [
        quota(name, rep, amount, submitted=date(2025, 1, 2)) | {"kind": "commit"}
        for name, rep, amount in (("a", "R1", 100), ("b", "R2", 60), ("c", "M", 180))
    ]
    data = company([("R1", 100), ("R2", 80)], commits, LED)

    assert by_rep(data, rk.metrics.forecast_bias, days=60) == {
        "M": 0.0, "R1": 0.0, "R2": round(60 / 80 - 1, 4)
    }  # fmt: skip
