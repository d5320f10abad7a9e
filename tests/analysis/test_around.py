"""What a channel brought and cost before and since a change, so that worse is told from more."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.watch.result import Watch
from revkit.analysis.writing.finding import Finding
from tests.analysis.watch.test_moved import CHURN, WINDOW, replace

ROTTEN = Finding("Paid Search fell.", place=[("channel", "Paid Search")], since=date(2025, 1, 1))


@pytest.fixture(scope="module")
def company():
    """Ten leads a month of each channel, twenty of paid search since 2025; spend of it alone."""
    months = pd.date_range("2023-07-01", "2025-06-01", freq="MS")
    leads = [
        {"lead_id": f"{channel}{month:%y%m}{at}", "created_at": month, "channel": channel,
         "account_id": None}
        for month in months
        for channel in ("Paid Search", "Organic")
        for at in range(20 if channel == "Paid Search" and month.year == 2025 else 10)
    ]  # fmt: skip
    spend = [
        {"spend_id": f"{month:%y%m}", "spent_on": month, "function": "marketing",
         "category": "programs", "channel": "Paid Search", "amount": 1000.0}
        for month in months
    ]  # fmt: skip
    return rk.Dataset(
        as_of="2025-06-30", currency="EUR", leads=pd.DataFrame(leads), spend=pd.DataFrame(spend)
    )


def test_a_named_channel_is_shown_before_and_since(company):
    found = rk.notebook.around(company, [Finding("Other."), ROTTEN])

    paid, organic = found.table.to_dict("records")
    assert paid["channel"] == "Paid Search"
    assert (paid["leads_before"], paid["leads_since"]) == (10, 20)
    assert (paid["spend_before"], paid["spend_since"]) == (1000, 1000)
    assert (paid["lead_before"], paid["lead_since"]) == (100, 50)
    assert organic["leads_since"] == 10
    assert pd.isna([organic["spend_since"], organic["lead_since"]]).all()
    assert "customer_since" not in paid, "nothing is known of customers"
    assert str(found.finding).replace("\u00a0", " ") == (
        "Paid Search brought 20 leads a month since Jan 2025 and 10 leads a month before "
        "(12 months). For €1,000 a month since then and €1,000 before, a lead cost €50.00 and €100."
    )
    assert str(rk.table(found.table))


def test_before_is_what_is_on_record(company):
    early = Finding("Fell.", place=[("channel", "Organic")], since=date(2023, 10, 1))

    found = rk.notebook.around(company, [early])

    assert "10 leads a month before (3 months)." in found.finding
    first = rk.notebook.around(company, [replace_since(early, date(2023, 7, 1))])
    assert first.table["leads_before"].isna().all(), "nothing is known of before"


def replace_since(found, since):
    return Finding(str(found), place=found.place, since=since)


def test_where_no_channel_is_named_two_years_are_shown(company):
    found = rk.notebook.around(company, [Finding("SMB.", place=[("segment", "SMB")])])

    assert found.finding.quiet
    assert "12 months until Jul 2024" in str(rk.table(found.table))
    assert found.table["leads_since"].tolist() == [10, 15]


def test_a_watch_tells_the_place_that_it_is_sure_of():
    sure, unsure = Watch(WINDOW, (CHURN, replace(CHURN, sure=False))).sentences()

    assert (sure.place, sure.since) == ((("segment", "SMB"),), date(2025, 1, 1))
    assert unsure.place == ()
