"""The first page says what the check of the data found, the gravest first."""

import numpy as np
import pandas as pd

import revkit as rk
from revkit.analysis.faults import Fault
from revkit.analysis.watch.metrics.rows import window
from revkit.analysis.watch.result import Watch
from revkit.report.overview.verdict import MOST, verdict
from revkit.report.publish import _Watched


def deals(**columns):
    frame = pd.DataFrame(
        {
            "opportunity_id": [f"D{at}" for at in range(4)],
            "created_on": ["2026-01-05", "2026-01-12", "2026-02-01", "2026-02-01"],
            "closed_on": ["2026-02-09", "2026-02-10", "2026-03-20", None],
            "is_won": [True, True, True, None],
            "amount": [1000.0, 2000.0, 3000.0, 500.0],
        }
    )
    return frame.assign(**columns)


def company(**columns):
    return rk.Dataset(opportunities=deals(**columns), as_of="2026-03-31", currency="EUR")


def test_nothing_is_said_of_a_company_without_findings():
    found = verdict(company())

    assert found.sentence == "The check of the data found nothing."
    assert found.notes == ()


def test_a_serious_finding_stands_there_with_its_effect():
    found = verdict(company(amount=[1000.0, None, 3000.0, 500.0]))

    assert found.sentence == "The check of the data has 1 serious finding."
    (line,) = found.notes
    assert "won without an amount" in line
    assert "too low" in line


def test_rows_set_aside_are_counted_beside_it():
    swapped = deals(closed_on=["2026-02-09", "2026-01-01", "2026-03-20", None])
    rules = ["opportunities.closed_before_created"]

    found = verdict(rk.Dataset(opportunities=swapped, as_of="2026-03-31", set_aside=rules))

    assert "1 row is set aside" in found.sentence
    assert any("set aside" in line for line in found.notes)


def test_a_spelling_is_said_once():
    segments = ["SMB", "SMB", "smb ", "SMB"]
    accounts = pd.DataFrame({"account_id": list("abcd"), "segment": segments})
    found = verdict(rk.Dataset(accounts=accounts, as_of="2026-03-31"))

    assert sum("segment" in line for line in found.notes) == 1
    assert len(found.notes) <= MOST


def test_a_fault_that_the_check_finds_is_not_told_again_under_what_moved():
    month = np.repeat(np.arange(24), 30)
    start = pd.Timestamp("2024-01-10")
    created = [start + pd.DateOffset(months=int(at)) for at in month]
    channel = [None if at >= 18 and n % 3 == 0 else "Events" for n, at in enumerate(month)]
    leads = pd.DataFrame({"created_at": created, "channel": channel})
    company = rk.Dataset(leads=leads.assign(lead_id=leads.index.map(str)), as_of="2025-12-31")

    found = verdict(company)
    faults = (Fault("leads", "channel", 18, 0.0, 0.33), Fault("accounts", "region", 18, 0.0, 0.2))
    watched = _Watched(Watch(window(company), faults=faults), ("channel", "region")).beside(found)

    assert any("channel" in line for line in found.notes)
    assert watched.sentences == ("region",)
    assert watched.watch.faults == faults[1:]


def test_what_comes_after_the_day_is_no_fault_and_is_said_to_be_read():
    later = pd.DataFrame({"activity_id": ["V1"], "rep_id": "R1", "kind": "call",
                          "occurred_at": ["2026-05-02T09:00:00"], "is_selling": True})  # fmt: skip
    data = company().table("opportunities").to_pandas()

    found = verdict(rk.Dataset(opportunities=data, activities=later, as_of="2026-03-31"))

    assert (
        "also those dated after 31 March 2026; the numbers of this report count none of these"
        in found.sentence
    )
    assert not any("the first row is of" in note for note in found.notes)
    assert (
        "after 31 March" not in verdict(rk.Dataset(opportunities=data, as_of="2026-03-31")).sentence
    )
