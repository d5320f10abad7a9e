"""The company's own targets beside a plan: those that cover all of it, each in its last version."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.plans.targets.own import own_target, own_targets
from revkit.metrics import new_mrr, won_amount

SUBSCRIPTIONS = pd.DataFrame(
    {
        "subscription_id": list("abcdef"),
        "account_id": list("abcdef"),
        "started_on": [f"2024-{month:02}-05" for month in (2, 5, 8, 11)] + ["2025-03-05"] * 2,
        "ended_on": None,
        "mrr": 100.0,
    }
)


def company(*targets, kind="plan", submitted=None):
    """Six customers of 100 a month, and targets: measure, first day, day after the last, amount."""
    rows = pd.DataFrame(targets, columns=["measure", "starts_on", "ends_on", "amount"])
    rows = rows.assign(
        kind=kind, target_id=[str(n) for n in range(len(rows))], submitted_on=submitted
    )
    return rk.Dataset(subscriptions=SUBSCRIPTIONS, targets=rows, as_of="2025-12-31", currency="EUR")


def plan(data, target=12_000, **how):
    return rk.plan(data, target, draws=200, **how)


def test_targets_of_a_flow_add_up_by_their_days():
    """A quarter of 900, and 90 of the 365 days of 2026 in what begins the year before: 90."""
    rows = own_targets(
        company(
            ("New MRR", "2026-04-01", "2026-07-01", 900),
            (new_mrr.name, "2025-04-01", "2026-04-01", 365),
            (won_amount.name, "2026-01-01", "2027-01-01", 5),
        )
    )

    assert own_target(rows, "new", date(2026, 1, 1), date(2026, 7, 1)) == pytest.approx(990)
    assert own_target(rows, "new", date(2026, 4, 1), date(2026, 7, 1)) == pytest.approx(900)


@pytest.mark.parametrize(
    ("start", "end"), [("2026-01-01", "2026-08-01"), ("2026-03-31", "2026-04-02")]
)
def test_a_target_for_some_of_the_days_is_none(start, end):
    rows = own_targets(
        company(
            ("new_mrr", "2026-01-01", "2026-04-01", 300),
            ("new_mrr", "2026-04-02", "2026-07-01", 300),
        )
    )

    found = own_target(rows, "new", date.fromisoformat(start), date.fromisoformat(end))
    assert pd.isna(found)


def test_the_own_target_for_the_day_is_that_of_the_plan():
    """A balance of MRR is twelve times as much ARR, and the sentence of it is not said twice."""
    made = plan(
        company(("mrr", "2026-10-01", "2027-01-01", 700), ("mrr", "2026-01-01", "2026-10-01", 650)),
        None,
    )

    assert made.target == 8400
    assert made.targets[["measure", "own", "needed"]].to_numpy().tolist() == [
        ["arr", 8400.0, pytest.approx(8400)]
    ]
    assert sum("8,400" in one for one in made.findings) == 1


def test_a_plan_for_another_target_says_what_the_own_one_is():
    made = plan(company(("arr", "2026-01-01", "2027-01-01", 7300)))

    assert made.target == 12_000
    assert any("own target is an ARR of €7,300" in one for one in made.findings)
    assert made.targets["probability"].tolist() == [(made.futures[:, -1] >= 7300).mean()]


def test_new_mrr_is_beside_what_is_needed_and_likely():
    made = plan(company(("new_mrr", "2026-01-01", "2027-01-01", 300)))

    (row,) = made.targets.to_dict("records")
    new = made.drawn.flows["new"].sum(axis=1)
    assert (row["measure"], row["own"]) == ("new", 300.0)
    assert row["needed"] == pytest.approx(made.needed["new"].sum())
    assert row["probability"] == (new >= 300).mean()
    assert row["low"] < row["expected"] < row["high"]
    assert any("targets add up to €300 of new MRR" in one for one in made.findings)


def test_two_targets_on_one_page_say_where_each_comes_from_the_own_one_first():
    """Without an ARR of its own the page asks for as much growth, and says that it does."""
    made = plan(company(("new_mrr", "2026-01-01", "2027-01-01", 300)), None)
    own, asked = made.findings[:2]

    assert own.startswith("The company's own targets add up to €300 of new MRR")
    assert asked.startswith(
        "The company names no ARR as its target, so this page asks what as much"
    )
    needed = made.targets["needed"].iloc[0]
    assert asked.endswith(f"It takes €{needed:,.0f} of new MRR, the company's own targets €300.")
    assert made.aim == asked
    assert "own targets" not in made.scenario(churn=0.9).aim


def test_an_own_arr_is_said_to_be_the_company_s():
    made = plan(company(("arr", "2026-01-01", "2027-01-01", 7300)), None)

    assert made.findings[0].startswith("The company's own target is an ARR of €7,300 on ")
    assert sum("7,300" in one for one in made.findings) == 1


def test_of_what_is_lost_less_is_better():
    """Nobody has left, so nobody is expected to."""
    made = plan(company(("churned_mrr", "2026-01-01", "2027-01-01", 1e9)))

    assert made.targets.set_index("measure").loc["churn", "probability"] == 1


def test_a_target_submitted_anew_replaces_the_former():
    data = company(
        ("new_mrr", "2025-12-01", "2027-01-01", 300),
        ("new_mrr", "2025-12-01", "2027-01-01", 500),
        submitted=["2025-06-01", "2025-12-01"],
    )

    assert plan(data).targets["own"].tolist() == pytest.approx([500 * 365 / 396])
    before = plan(data.replay("2025-11-30"), by="2026-11-30")
    assert before.targets["own"].tolist() == pytest.approx([300 * 365 / 396])


def test_targets_of_two_grains_are_not_summed():
    data = company(("new_mrr", "2026-01-01", "2027-01-01", 400),
                   ("new_mrr", "2026-01-01", "2026-04-01", 100))  # fmt: skip

    with pytest.raises(rk.errors.DataError, match="a plan overlaps another one"):
        plan(data)


def test_quotas_are_no_targets_of_the_company():
    made = plan(company(("new_mrr", "2026-01-01", "2027-01-01", 300), kind="quota"))

    assert made.targets.empty
    assert len(made.findings) == len(plan(rk.Dataset(subscriptions=SUBSCRIPTIONS)).findings)


def test_pace_has_the_own_target_until_that_day():
    targets = [("new_mrr", "2025-07-01", "2026-07-01", 365)]
    before = company(*targets).replay("2025-06-30")

    pace = plan(before, by="2026-06-30").pace(company(*targets)).set_index("measure")

    assert pace.loc["new", "own"] == pytest.approx(184)  # days from July to December
    assert pd.isna(pace.loc["churn", "own"])


def test_the_past_year_is_held_against_its_plan():
    """Two of the six customers came in 2025: 200 of new MRR, of 250 planned; ARR is 7,200."""
    made = plan(company(("new_mrr", "2025-01-01", "2026-01-01", 250),
                        ("arr", "2025-12-01", "2026-01-01", 7200)))  # fmt: skip

    first = str(made.findings[0]).replace("\u00a0", " ").replace("\u2060", "")
    assert first == (
        "The last twelve months against the plan: Annual recurring revenue €7,200, as planned "
        "(€7,200); New MRR €200, 20 % below the plan of €250 (−€50.00)."
    )
    assert not any("against the plan" in one for one in made.scenario(churn=0.9).findings)


def test_a_plan_for_a_part_of_the_past_year_is_no_plan_for_all_of_it():
    made = plan(company(("new_mrr", "2025-02-01", "2026-01-01", 250)))

    assert not any("against the plan" in one for one in made.findings)


@pytest.mark.parametrize(("left", "target", "asks"), [
    ("abcd", 2400.0, "had more twelve months ago, so this page asks what it takes to keep"),
    ("", 10_800.0, "asks what as much growth"),
])  # fmt: skip
def test_who_shrank_is_not_asked_to_shrink_on(left, target, asks):
    """Of four customers all leave and two come: 24 ARR from 48; or six from four, and nine then."""
    rows = SUBSCRIPTIONS.assign(
        ended_on=[("2025-06-05" if name in left else None) for name in SUBSCRIPTIONS["account_id"]]
    )

    made = rk.plan(rk.Dataset(subscriptions=rows, as_of="2025-12-31", currency="EUR"), draws=200)

    assert made.target == pytest.approx(target)
    assert any(asks in sentence for sentence in made.findings)


def test_a_target_of_one_segment_is_none_of_a_company_with_two():
    rows = pd.DataFrame({"measure": "arr", "starts_on": "2026-12-01", "ends_on": "2027-01-01"},
                        index=range(2))  # fmt: skip
    rows = rows.assign(kind="plan", submitted_on=None, segment=["SMB", "Large"], amount=5000.0)
    rows["target_id"] = ["1", "2"]
    accounts = pd.DataFrame({"account_id": list("abcdef"), "segment": ["SMB"] * 3 + ["Large"] * 3})

    def planned(targets):
        return rk.plan(rk.Dataset(subscriptions=SUBSCRIPTIONS, targets=targets, accounts=accounts,
                                  as_of="2025-12-31", currency="EUR"), draws=200)  # fmt: skip

    assert (planned(rows).source, planned(rows).target) == ("own", 10_000)
    assert planned(rows[:1]).source == "grown"


@pytest.mark.parametrize(("arr", "target"), [("2025", 24_000), ("2026", 9_000)])
def test_mrr_counts_where_no_arr_is_planned_for_the_same_days(arr, target):
    made = company(
        ("arr", f"{arr}-01-01", f"{int(arr) + 1}-01-01", 9_000),
        ("mrr", "2026-01-01", "2027-01-01", 2_000),
    )

    assert plan(made, target=None).target == target
