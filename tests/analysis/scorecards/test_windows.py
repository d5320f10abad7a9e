"""Retention on scorecards and tiles is over twelve months, and says so."""

import pandas as pd
import pytest

import revkit as rk
from revkit.report.overview.headlines import tiles


@pytest.fixture(scope="module")
def company():
    """Two years: of ten accounts of 100, one leaves each month of 2025; a deal a month is won."""
    ends = [pd.Timestamp(2025, month, 15) for month in range(1, 10)] + [pd.NaT]
    names = [f"a{n}" for n in range(10)]
    ledger = pd.DataFrame({"subscription_id": names, "account_id": names, "mrr": 100.0})
    ledger["started_on"], ledger["ended_on"] = pd.Timestamp("2024-01-10"), ends
    months = pd.date_range("2024-01-05", "2025-12-05", freq="MS") + pd.Timedelta(days=5)
    deals = [
        {"opportunity_id": f"{kind}{n}-{m}", "created_on": m, "closed_on": m + pd.Timedelta(days=9),
         "kind": kind, "is_won": n % 4 == 0 if kind == "new" else True,
         "amount": None if kind == "new" and n == 4 else 100.0}
        for m in months
        for kind in ("new", "renewal")
        for n in range(8)
    ]  # fmt: skip
    return rk.Dataset(
        as_of="2025-12-31", currency="EUR", subscriptions=ledger, opportunities=pd.DataFrame(deals)
    )


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_retention_is_over_twelve_months_whatever_the_period(company, period):
    card = pd.DataFrame(rk.scorecard(company, period=period, metrics=["nrr", "grr"]))

    assert card["value"].tolist() == pytest.approx([0.1, 0.1])
    label = "" if period == "year" else " over 12 months"
    assert card["title"].tolist() == [
        f"Net revenue retention{label}", f"Gross revenue retention{label}",
    ]  # fmt: skip


def test_a_window_of_its_own_is_in_the_title(company):
    books = pd.DataFrame(
        [{"month": m, "line": line, "amount": a} for m in pd.date_range("2024-01-01", periods=24,
         freq="MS") for line, a in (("revenue", 4.0), ("cogs", 1.0))]
    )  # fmt: skip
    ledger = company.table("subscriptions").to_pandas()
    data = rk.Dataset(as_of="2025-12-31", currency="EUR", subscriptions=ledger, finance=books)

    by_month = rk.scorecard(data, metrics=["cltv"], at="2025-09-01")
    by_quarter = rk.scorecard(data, metrics=["cltv"], period="quarter", at="2025-09-01")

    assert by_month["title"].tolist() == ["Customer lifetime value over 3 months"]
    assert by_quarter["title"].tolist() == ["Customer lifetime value"]
    assert by_month["value"].tolist() == by_quarter["value"].tolist()


def test_tiles_count_new_business_and_say_so(company):
    found = {tile.title.partition(" (")[0]: tile for tile in tiles(company, period="month")}

    assert found["Win rate"].value == "25.0\u00a0%"
    assert "new business" in found["Win rate"].title
    assert found["Net revenue retention over 12 months"].value.startswith("10")


def test_tiles_say_how_many_deals_lack_an_amount(company):
    found = {tile.title.partition(" (")[0]: tile for tile in tiles(company, period="month")}

    assert found["Win rate by amount"].sample.endswith("23 of 184 rows without amount")
    assert "without" not in found["Win rate"].sample
