"""What is said of exports that lack something, or that are read without their vendor's mapping."""

import re

import pytest

import revkit as rk
from revkit import load
from revkit.errors import DataError, MappingError, SourceError


def opened(place, mapping, **files):
    for name, text in files.items():
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return load(place, mapping=mapping)


REPORT = (
    "Opportunity ID,Opportunity Name,Stage,Amount,Created Date,Close Date\n"
    "1,a,Closed Won,2000,2026-01-10,2026-03-15\n2,b,Closed Won,1000,2026-01-10,2026-03-15\n"
    "Subtotal,,,3000,,\nTotal,,,3000,,\n"
)


@pytest.mark.parametrize("source", ["    source: report1\n", ""])
def test_the_last_rows_of_a_vendors_file_are_left_out_as_said(tmp_path, source):
    path = tmp_path / "ours.yaml"
    path.write_text(f"vendor: salesforce\ntables:\n  opportunities:\n{source}    footer_rows: 2\n")
    file = "report1" if source else "opportunities"
    data = opened(tmp_path, path, **{file: REPORT})
    assert rk.metrics.won_amount(data, period="year").value.tolist() == [3000.0]


def test_the_interval_that_an_amount_lacks_is_named(tmp_path):
    text = "id,Customer ID,Currency,Amount,Status,Start (UTC)\ns1,c1,eur,10.00,active,2026-01-05\n"
    with pytest.raises(SourceError, match=re.escape("no column for mrr (")) as refusal:
        opened(tmp_path, "stripe", subscriptions=text)
    named = str(refusal.value).partition("mrr (")[2].partition(")")[0]
    assert named.startswith("Interval, ")
    assert "Amount" not in named


@pytest.mark.parametrize(
    ("text", "vendor"),
    [
        ("id,Amount Due,Currency,Customer,Date (UTC),Paid,Total\ni,1.0,eur,c,2026-01-01,true,1.0\n",
         "stripe"),
        ("id,customer_id,status,date,due_date,currency_code,total,amount_due\n"
         "i,c,paid,2026-01-01,2026-01-01,EUR,100,0\n", "chargebee"),
    ],
)  # fmt: skip
def test_a_vendors_file_with_our_name_is_told(tmp_path, text, vendor):
    with pytest.raises(MappingError, match=f"invoices.csv has the columns.*mapping='{vendor}'"):
        opened(tmp_path, None, invoices=text)


def test_a_file_of_ours_is_no_vendors(tmp_path):
    names = "invoice_line_id,invoice_id,account_id,amount,issued_on,is_recurring"
    text = f"{names}\ni,i,c,1,2026-01-01,1\n"
    assert opened(tmp_path, None, invoices=text).tables == ("invoices",)


def test_one_day_among_epochs_is_named(tmp_path):
    text = "hs_object_id,dealname,dealstage,amount,createdate,closedate\n"
    text += "".join(f"{n},d,closedwon,1,1768003200000,1773532800000\n" for n in range(9))
    text += "90,d,closedwon,1,1768003200000,2026-03-04\n"
    with pytest.raises(DataError, match=r"in 1 row, such as deal.*closedate=2026-03-04") as refusal:
        opened(tmp_path, "hubspot", deals=text.replace("hs_object_id", "deal_id"))
    assert "milliseconds since 1970" in str(refusal.value)


def test_a_company_in_several_currencies_is_shown(tmp_path):
    text = "account_id,annual_revenue,currency\n1,5,EUR\n2,5,USD\n"
    data = opened(tmp_path, None, accounts=text)
    for shown in (repr(data), data._repr_html_()):
        assert "money must be in one currency" in shown


def test_days_that_are_written_otherwise_are_told_with_the_line_that_reads_them(tmp_path):
    text = "ID record,Nome dell'azienda,Data di creazione\n1,Rossi,01/05/2024 23:30\n"
    with pytest.raises(DataError) as refusal:
        opened(tmp_path, "hubspot", aziende=text).table("accounts")
    said = (
        'date_format: "%d/%m/%Y %H:%M" reads 01/05/2024 23:30 as 2024-05-01, '
        'and "%m/%d/%Y %H:%M" as 2024-01-05'
    )
    assert said in str(refusal.value)


def test_pipedrive_in_german_is_read_by_its_headings(tmp_path):
    path = tmp_path / "ours.yaml"
    path.write_text('vendor: pipedrive\ndecimal: ","\ndate_format: "%d.%m.%Y %H:%M"\n')
    deals = (
        "Deal - ID;Deal - Besitzer;Deal - Status;Deal - Wert;Deal - Währung;"
        "Deal - Deal erstellt am;Deal - Gewonnen am;Deal - Verloren am\n"
        "1;Weiß;Gewonnen;1.234,50;EUR;10.01.2026 08:05;15.03.2026 14:05;\n"
        "2;Weiß;Verloren;10,00;EUR;10.01.2026 08:05;;16.03.2026 14:05\n"
        "3;Weiß;Offen;10,00;EUR;10.01.2026 08:05;;\n"
    )
    data = opened(tmp_path, path, deals=deals)
    assert rk.metrics.won_amount(data, period="year").value.tolist() == [1234.5]
    assert rk.metrics.win_rate(data, period="year").value.tolist() == [0.5]


def test_an_export_of_another_vendor_is_called_so(tmp_path):
    with pytest.raises(SourceError, match=r"like an export of Salesforce. .* mapping='salesforce'"):
        opened(tmp_path, "hubspot", Opportunity=REPORT)


def test_a_broken_workbook_and_an_empty_folder_say_what_to_do(tmp_path):
    with pytest.raises(SourceError, match=r"is empty\. Put the files of an export there"):
        load(tmp_path)
    (tmp_path / "opportunities.xlsx").write_bytes(b"PK\x03\x04abc")
    with pytest.raises(SourceError, match=r"it is no whole Excel workbook\. Open it in Excel"):
        load(tmp_path).table("opportunities")
