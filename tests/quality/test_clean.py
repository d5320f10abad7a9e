"""data.clean(): only what is named is mended, into a new company, with every change in the log."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import ParameterError
from revkit.quality.cleaning import MENDS

DAY = "2026-03-31"
STAGES = pd.DataFrame({
    "object": "opportunity", "stage": ["New", "Demo", "Offer", "Talks", "Won"],
    "position": range(5), "is_closed": [False] * 4 + [True], "is_won": [False] * 4 + [True],
})  # fmt: skip


def company(**tables):
    return rk.Dataset(as_of=DAY, currency="EUR", **tables)


def rules(data):
    return {one.rule for one in data.check().findings}


def rows(data, table):
    return data.table(table).to_pandas()


def accounts(**columns):
    count = len(next(iter(columns.values())))
    return pd.DataFrame({"account_id": [f"A{n}" for n in range(count)], **columns})


def test_a_category_gets_its_usual_spelling_and_the_rest_stays():
    written = accounts(country=["Italy"] * 5 + ["italy ", "ITALY", "France"], segment=["SMB"] * 8)
    data = company(accounts=written)
    cleaned, log = data.clean("spelling")

    assert log.to_numpy().tolist() == [
        ["spelling", "accounts", "A5", "country", "italy ", "Italy"],
        ["spelling", "accounts", "A6", "country", "ITALY", "Italy"],
    ]
    assert rows(cleaned, "accounts")["country"].value_counts().to_dict() == {
        "Italy": 7,
        "France": 1,
    }
    assert "spelling" in rules(data)
    assert "spelling" not in rules(cleaned)


def test_nothing_is_changed_in_place_or_unasked():
    written = accounts(country=["Italy"] * 5 + ["italy "], name=[*"abcd", "Rossi", "Verdi"])
    data = company(accounts=written)
    before = written.copy()
    alone, _ = data.clean("twin")
    data.clean("spelling")

    assert written.equals(before)
    for untouched in (data, alone):
        assert rows(untouched, "accounts")["country"].tolist() == before["country"].tolist()


def test_the_mended_company_says_what_was_done_and_keeps_day_policy_and_filters():
    policy = rk.Policy(gap_days=3)
    written = accounts(country=["Italy"] * 5 + ["italy "])
    data = rk.Dataset(accounts=written, as_of=DAY, policy=policy).where(country="Italy")
    cleaned, _ = data.clean("spelling")

    assert [str(note) for note in cleaned.notes] == [
        "accounts: 1 cell of country was mended (spelling)."
    ]
    assert (cleaned.as_of, cleaned.policy) == (date(2026, 3, 31), policy)
    assert cleaned.narrowed == ("country = Italy",)
    assert len(rows(cleaned, "accounts")) == 6


def test_second_entries_are_merged_with_all_that_names_them():
    written = accounts(name=["Rossi S.r.l.", "ROSSI", "Bianchi"], created_on=["2025-01-01"] * 3)
    deals = pd.DataFrame({
        "opportunity_id": ["D1", "D2"], "account_id": ["A1", "A0"],
        "created_on": "2026-01-05", "closed_on": ["2026-02-09", "2026-02-10"], "is_won": True,
        "amount": [1.0, 2.0],
    })  # fmt: skip
    data = company(accounts=written, opportunities=deals)
    cleaned, log = data.clean("twin")

    assert sorted(rows(cleaned, "accounts")["account_id"]) == ["A0", "A2"]
    assert {*rows(cleaned, "opportunities")["account_id"]} == {"A0"}
    assert log.fillna("").to_numpy().tolist() == [
        ["twin", "accounts", "A1", "", "there", "left out"],
        ["twin", "opportunities", "D1", "account_id", "A1", "A0"],
    ]
    assert "twin" not in rules(cleaned)


def test_the_entry_that_pays_stays():
    written = accounts(name=["rossi", "Rossi"], created_on=["2025-01-01", "2025-02-01"])
    paid = pd.DataFrame({
        "subscription_id": ["S"], "account_id": ["A1"], "line": ["1"], "started_on": ["2025-03-01"],
        "ended_on": [None], "mrr": [10.0],
    })  # fmt: skip
    cleaned, _ = company(accounts=written, subscriptions=paid).clean("twin")

    assert rows(cleaned, "accounts")["account_id"].tolist() == ["A1"]


def test_the_history_of_a_second_entry_is_left_out_where_the_first_has_one():
    twice = deals(["2025-02-10", "2025-02-10"]).assign(account_id="A0")
    passed = pd.DataFrame({
        "opportunity_id": ["D0", "D1"], "changed_at": "2025-01-01 09:00:00", "seq": 1,
        "stage": "New",
    })  # fmt: skip
    split = pd.DataFrame({"opportunity_id": ["D0", "D1"], "rep_id": ["R", "R"], "share": 1.0})
    people = pd.DataFrame({"rep_id": ["R"]})
    data = company(
        opportunities=twice, opportunity_history=passed, opportunity_splits=split, reps=people,
        accounts=accounts(name=["a"]),
    )  # fmt: skip
    cleaned, log = data.clean("twin")

    assert log["table"].tolist() == ["opportunities", "opportunity_history", "opportunity_splits"]
    assert {*log["after"]} == {"left out"}
    for table in log["table"]:
        assert rows(cleaned, table)["opportunity_id"].tolist() == ["D0"]


def test_copies_stand_once():
    spend = pd.DataFrame({
        "spend_id": ["S1", "S1", "S2"], "spent_on": "2026-01-05", "function": "sales",
        "amount": 5.0,
    })  # fmt: skip
    cleaned, log = company(spend=spend).clean("identical_rows")

    assert sorted(rows(cleaned, "spend")["spend_id"]) == ["S1", "S2"]
    assert log[["key", "before", "after"]].to_numpy().tolist() == [["S1", "2", "1"]]


def deals(days):
    return pd.DataFrame({
        "opportunity_id": [f"D{n}" for n in range(len(days))], "created_on": "2025-01-01",
        "closed_on": days, "is_won": [None if day is None else True for day in days],
        "amount": 1.0,
    })  # fmt: skip


def test_days_in_another_order_are_read_where_every_one_tells_the_same():
    data = company(opportunities=deals(["2025-02-10", "13/02/2025", "04/03/2025"]))
    cleaned, log = data.clean("closed_on_unreadable")

    read = rows(cleaned, "opportunities").sort_values("opportunity_id")["closed_on"]
    found = [str(day)[:10] for day in read]
    assert found == ["2025-02-10", "2025-02-13", "2025-03-04"]
    assert log["after"].tolist() == ["2025-02-13", "2025-03-04"]
    assert "closed_on_unreadable" not in rules(cleaned)


@pytest.mark.parametrize(
    "days", [["04/03/2025", "2025-02-10"], ["13/02/2025", "02/14/2025", "04/03/2025"]]
)
def test_days_that_may_be_either_stay_as_they_are(days):
    data = company(opportunities=deals(days))
    cleaned, log = data.clean("closed_on_unreadable")

    assert log.empty
    assert "closed_on_unreadable" in rules(cleaned)


def test_deals_without_an_amount_are_left_out():
    written = deals(["2025-02-10", "2025-02-11"]).assign(amount=[None, 5.0])
    cleaned, log = company(opportunities=written).clean("won_without_amount")

    assert rows(cleaned, "opportunities")["opportunity_id"].tolist() == ["D1"]
    assert log["key"].tolist() == ["D0"]
    assert "won_without_amount" not in rules(cleaned)


def history(*steps):
    """Deals that go on by a stage a month, each with an amount; and one with other stages."""
    lines = [
        (f"D{n}", f"2025-0{month}-01", month, stage, 100.0)
        for n in range(20)
        for month, stage in enumerate(["New", "Demo", "Offer", "Talks"], start=1)
    ]
    lines += [("X", f"2025-0{month}-02", month, *step) for month, step in enumerate(steps, start=1)]
    named = ["opportunity_id", "changed_at", "seq", "stage", "amount"]
    return company(opportunity_history=pd.DataFrame(lines, columns=named), stages=STAGES)


@pytest.mark.parametrize(
    ("stages", "true"),
    [
        (["New", "Demo", "New", "Demo"], "Demo"),  # the next row has the stage before
        (["New", "Demo", "New", "Talks"], "Offer"),  # the next row is two stages on
        (["New", "Demo", "Offer", "New"], "Talks"),  # nothing else changes: other deals move on
    ],
)
def test_a_stage_set_back_is_told_by_the_rows_around(stages, true):
    cleaned, log = history(*[(stage, 100.0) for stage in stages]).clean("stage_back")

    assert log[["table", "before", "after"]].to_numpy().tolist() == [
        ["opportunity_history", "New", true]
    ]
    assert "stage_back" not in rules(cleaned)


def test_a_stage_that_nothing_tells_stays():
    steps = [("New", 100.0), ("Demo", 100.0), ("New", 90.0)]  # no other deal changes its amount

    assert history(*steps).clean("stage_back").log.empty


def test_the_currency_of_the_account_is_taken():
    invoices = pd.DataFrame({
        "invoice_line_id": [f"L{n}" for n in range(8)], "invoice_id": [f"I{n}" for n in range(8)],
        "account_id": "A0", "issued_on": "2026-01-05", "amount": [float(n) for n in range(8)],
        "currency": ["EUR"] * 7 + ["USD"], "is_recurring": True,
    })  # fmt: skip
    data = rk.Dataset(accounts=accounts(name=["a"]), invoices=invoices, as_of=DAY)
    cleaned, log = data.clean("currency_unlike_others")

    assert log[["key", "before", "after"]].to_numpy().tolist() == [["L7", "USD", "EUR"]]
    assert {*rows(cleaned, "invoices")["currency"]} == {"EUR"}


def test_a_name_that_is_no_mend_lists_those_that_are():
    data = company(accounts=accounts(country=["Italy"]))

    with pytest.raises(ParameterError, match=r"no mend 'speling'. Did you mean 'spelling'.*twin"):
        data.clean("speling")
    with pytest.raises(ParameterError, match=r"mends what is named.*won_without_amount"):
        data.clean()


def test_more_changes_than_allowed_are_refused():
    data = company(accounts=accounts(country=["Italy"] * 5 + ["italy ", "ITALY"]))

    with pytest.raises(ParameterError, match="more than 1 changes"):
        data.clean("spelling", limit=1)
    assert len(data.clean("spelling", limit=2).log) == 2


def test_every_mend_runs_where_there_is_nothing_to_mend():
    data = rk.example("deals")
    cleaned, log = data.clean(*MENDS)

    assert log.empty
    assert list(log.columns) == ["rule", "table", "key", "column", "before", "after"]
    assert cleaned is data
