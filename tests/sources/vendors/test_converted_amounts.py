"""Amounts of deals that a CRM has converted to the currency of the company."""

import pytest

import revkit as rk
from revkit import load
from revkit.errors import CurrencyError

YEAR = {"period": "year", "start": "2026-01-01", "end": "2027-01-01"}
DEALS = (
    "Record ID,Deal Name,Deal Stage,Amount,Create Date,Close Date{0}\n"
    "1,a,Closed Won,2000,2026-01-10,2026-03-15{1}\n2,b,Closed Won,1000,2026-01-10,2026-03-15{2}\n"
)
REPORT = (
    "Opportunity ID,Opportunity Name,Stage,Amount,Created Date,Close Date{0}\n"
    "1,a,Closed Won,2000,2026-01-10,2026-03-15{1}\n2,b,Closed Won,1000,2026-01-10,2026-03-15{2}\n"
)
OURS, THEIRS = "Amount in company currency", "Amount (converted)"


def opened(place, vendor, file, text):
    (place / f"{file}.csv").write_text(text, encoding="utf-8")
    return load(place, mapping=vendor, as_of="2026-12-31")


def noted(data):
    return " ".join(str(note) for note in data.notes)


@pytest.mark.parametrize(
    ("vendor", "file", "text", "column"),
    [("hubspot", "deals", DEALS, OURS), ("salesforce", "opportunities", REPORT, THEIRS)],
)
def test_amounts_of_several_currencies_are_the_converted_ones(tmp_path, vendor, file, text, column):
    data = opened(tmp_path, vendor, file, text.format(f",{column}", ",1800", ",1000"))
    assert rk.metrics.won_amount(data, **YEAR).value.tolist() == [2800.0]
    assert "converted to the currency of the company, in 2 rows" in noted(data)
    mixed = text.format(f",{column},Currency", ",1800,USD", ",1000,EUR")
    code = "Amount Currency" if vendor == "salesforce" else "Currency"
    data = opened(tmp_path, vendor, file, mixed.replace("Currency\n", f"{code[:-8]}Currency\n"))
    assert rk.metrics.won_amount(data, **YEAR).value.tolist() == [2800.0]


def test_amounts_of_one_currency_are_those_of_the_deal(tmp_path):
    text = DEALS.format(f",{OURS},Currency", ",1800,USD", ",900,USD")
    data = opened(tmp_path, "hubspot", "deals", text)
    assert rk.metrics.won_amount(data, **YEAR).value.tolist() == [3000.0]
    assert data.table("opportunities").to_pyarrow()["currency"].to_pylist() == ["USD", "USD"]
    assert "converted" not in noted(data)


def test_the_currency_of_converted_amounts_is_read_where_it_is_there(tmp_path):
    more = f",Amount Currency,{THEIRS},{THEIRS} Currency"
    text = REPORT.format(more, ",USD,1800,EUR", ",EUR,1000,EUR")
    data = opened(tmp_path, "salesforce", "opportunities", text)
    assert set(data.table("opportunities").to_pyarrow()["currency"].to_pylist()) == {"EUR"}


def test_several_currencies_without_converted_amounts_are_refused(tmp_path):
    data = opened(tmp_path, "hubspot", "deals", DEALS.format(",Currency", ",USD", ",EUR"))
    with pytest.raises(CurrencyError):
        rk.metrics.won_amount(data, **YEAR)


@pytest.mark.parametrize(("day", "told"), [("2026-12-20", True), ("2026-04-10", False)])
def test_a_deal_closed_far_from_everything_is_told(tmp_path, day, told):
    text = DEALS.format("", "", "")
    text += "".join(f"{n},c,Closed Won,1000,2026-01-10,2026-03-1{n}\n" for n in range(3, 6))
    text += f"9,z,Closed Won,1000,2026-01-10,{day}\n"
    (tmp_path / "deals.csv").write_text(text, encoding="utf-8")
    data = load(tmp_path, mapping="hubspot")
    said = f"the data end on {day}, on which a deal closed, 280 days after everything else"
    assert (said in noted(data)) == told
    assert ("say as_of='2026-03-15'" in noted(data)) == told
    # who says the day knows how far the data reach
    assert said not in noted(load(tmp_path, mapping="hubspot", as_of=day))


def test_deals_that_all_closed_on_one_day_are_not_far_from_each_other(tmp_path):
    text = DEALS.format("", "", "")
    text += "".join(f"{n},c,Closed Won,1000,2026-01-10,2026-03-15\n" for n in range(3, 9))
    (tmp_path / "deals.csv").write_text(text, encoding="utf-8")
    assert "after everything else" not in noted(load(tmp_path, mapping="hubspot"))
