"""Which file of an export is which of a vendor's, where its name does not say so."""

import pytest

from revkit.errors import MappingError, SourceError
from revkit.sources import load
from tests.support.files.workbooks import xlsx

WON, LOST, OPEN = (True, "2024-02-01"), (False, "2024-02-02"), (None, "None")
DEALS = {
    "salesforce": "Opportunity ID,Created Date,Close Date,Stage,Amount,Account ID,Type",
    "hubspot": "Record ID,Create Date,Close Date,Deal Stage,Amount,Associated Company ID,Deal Type",
    "pipedrive": "ID,Deal created,Deal closed on,Status,Value,Organization ID,Title",
}
WORDS = {"pipedrive": ("Won", "Lost", "Open")}
KIND = {"salesforce": "New Business", "hubspot": "New Business", "pipedrive": "A"}


def deals(vendor, head=None):
    words = WORDS.get(vendor, ("Closed Won", "Closed Lost", "Qualification"))
    words = ("Closed Won", "Closed Lost", "Contract Sent") if vendor == "hubspot" else words
    days = ("2024-02-01", "2024-02-02", "" if vendor == "pipedrive" else "2024-06-30")
    rows = [
        f"{n},2024-01-02,{day},{word},10,a{n},{KIND[vendor]}"
        for n, (word, day) in enumerate(zip(words, days, strict=True), 1)
    ]
    return "\n".join([head or DEALS[vendor], *rows])


def folder(tmp_path, **files):
    place = tmp_path / f"export{len(list(tmp_path.iterdir()))}"
    place.mkdir()
    for name, text in files.items():
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return place


def own(tmp_path, text):
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def outcomes(data):
    rows = data.table("opportunities").order_by("opportunity_id").to_pyarrow().to_pylist()
    return [(row["is_won"], str(row["closed_on"])) for row in rows]


def read(place, mapping):
    return load(place, mapping=mapping, as_of="2024-03-31", currency="EUR")


@pytest.mark.parametrize("vendor", DEALS)
def test_a_file_of_another_name_is_given_to_a_table_by_its_source(tmp_path, vendor):
    place = folder(tmp_path, export_mio=deals(vendor), other="a\n1\n")
    lines = f"vendor: {vendor}\ntables:\n  opportunities: {{source: export_mio}}\n"
    assert outcomes(read(place, own(tmp_path, lines))) == [WON, LOST, OPEN]
    # the user's columns on top of the vendor's
    lines = lines.replace("export_mio", "export_mio, columns: {kind: {constant: renewal}}")
    data = read(place, own(tmp_path, lines))
    assert outcomes(data) == [WON, LOST, OPEN]
    assert set(data.table("opportunities").to_pyarrow()["kind"].to_pylist()) == {"renewal"}


def test_a_source_of_the_user_stands_instead_of_the_file_of_the_vendors_name(tmp_path):
    old = deals("salesforce").replace("Closed Lost", "Closed Won")
    place = folder(tmp_path, Opportunity=old, abc=deals("salesforce"))
    lines = "vendor: salesforce\ntables:\n  opportunities: {source: abc}\n"
    assert outcomes(read(place, own(tmp_path, lines))) == [WON, LOST, OPEN]


def test_several_sources_are_each_read_as_the_vendors(tmp_path):
    first, *rest = deals("salesforce").splitlines()
    place = folder(tmp_path, q1="\n".join([first, *rest[:2]]), q2="\n".join([first, *rest[2:]]))
    lines = "vendor: salesforce\ntables:\n  opportunities: {source: [q1, q2]}\n"
    assert outcomes(read(place, own(tmp_path, lines))) == [WON, LOST, OPEN]


def test_a_key_of_the_user_is_enough_for_the_rest_of_the_vendors(tmp_path):
    text = deals("salesforce").replace("Opportunity ID", "Numero")
    lines = "vendor: salesforce\ntables:\n  opportunities: {columns: {opportunity_id: Numero}}\n"
    place = folder(tmp_path, Opportunities=text)
    assert outcomes(read(place, own(tmp_path, lines))) == [WON, LOST, OPEN]


def test_a_source_that_is_not_of_the_vendor_is_read_by_the_users_columns_alone(tmp_path):
    place = folder(tmp_path, Opportunities=deals("salesforce"), staff="badge,who\n1,Ann\n")
    reps = "{source: staff, columns: {rep_id: badge, name: who}}"
    lines = f"vendor: salesforce\ntables:\n  reps: {reps}\n"
    data = read(place, own(tmp_path, lines))
    assert data.table("reps").to_pyarrow()["name"].to_pylist() == ["Ann"]


@pytest.mark.parametrize(
    ("vendor", "file"),
    [("salesforce", "report1763200000000"), ("hubspot", "hubspot-crm-exports-my-view-2024-03-31")],
)
def test_a_download_is_told_by_its_columns(tmp_path, vendor, file):
    data = read(folder(tmp_path, **{file: deals(vendor)}), vendor)
    assert outcomes(data) == [WON, LOST, OPEN]
    assert any("told by its columns" in str(note) for note in data.notes)


def test_two_downloads_of_one_table_are_refused(tmp_path):
    place = folder(tmp_path, report1=deals("salesforce"), report2=deals("salesforce"))
    with pytest.raises(MappingError, match="report1, report2 may each be Opportunity"):
        read(place, "salesforce")


def test_a_download_without_the_columns_of_one_file_is_not_taken(tmp_path):
    place = folder(tmp_path, report1="ID,Name,Created Date\n1,A,2024-01-01\n")
    with pytest.raises(SourceError, match=r"source: <your file>.*revkit map"):
        read(place, "salesforce")


def test_the_columns_that_a_file_lacks_are_named(tmp_path):
    text = deals("hubspot").replace("Record ID", "Numero")
    said = r"Deals is deal by its name, but .* opportunity_id \(deal_id, .*it has: Numero"
    with pytest.raises(SourceError, match=said):
        read(folder(tmp_path, Deals=text), "hubspot")


def test_what_was_not_found_in_a_file_for_people_is_noted_once(tmp_path):
    text = deals("salesforce").replace("Amount,Account ID", "Importe Total,Account")
    data = read(folder(tmp_path, Opportunities=text), "salesforce")
    (said,) = [str(note) for note in data.notes if "is known to be" in str(note)]
    assert "account_id, amount, probability; loaded under their own names are Importe Total" in said
    api = "Id,CreatedDate,CloseDate,StageName,Custom__c,IsActive,Owner,More__c"
    text = deals("salesforce", api).replace(",10,", ",10,true,")
    data = read(folder(tmp_path, Opportunity=text), "salesforce")
    assert not any("is known to be" in str(note) for note in data.notes)


@pytest.mark.parametrize(("file", "sheet"), [("deals", "Deals"), ("Deals", "deal"), ("x", "deals")])
def test_a_workbook_of_one_sheet_is_one_file_whatever_both_are_called(tmp_path, file, sheet):
    lines = [line.split(",") for line in deals("pipedrive").splitlines()]
    (tmp_path / f"{file}.xlsx").write_bytes(xlsx({sheet: lines}))
    assert outcomes(read(tmp_path, "pipedrive")) == [WON, LOST, OPEN]


PLACES = "ID,Name,Country of Address\n7,Rossi,Italy\n8,Neri,France\n"
NAMED = "ID,Deal created,Won time,Lost time,Status,Organization\n"


def test_an_organisation_of_pipedrive_is_found_by_its_name(tmp_path):
    text = NAMED + "1,2024-01-02,2024-02-01,,Won,Rossi\n2,2024-01-02,2024-02-02,,Won,Verdi\n"
    data = read(folder(tmp_path, deals=text, organizations=PLACES), "pipedrive")
    rows = data.table("opportunities").order_by("opportunity_id").to_pyarrow()
    assert rows["account_id"].to_pylist() == ["7", "Verdi"]
    said = " ".join(map(str, data.notes))
    assert "the organisation is found by its name, in 2 rows" in said
    assert "account_id names no row of accounts in 1 of 2 rows" in said
    twice = folder(tmp_path, deals=text, organizations=PLACES + "9,Rossi,Spain\n")
    with pytest.raises(Exception, match="Name names several rows, where ID is looked up"):
        read(twice, "pipedrive")


def test_days_of_excel_in_an_export_are_told_by_their_numbers(tmp_path):
    text = deals("salesforce").replace("2024-01-02", "45293").replace("2024-02-01", "45323.5")
    text = text.replace("2024-02-02", "45324.25").replace("2024-06-30", "45473")
    assert outcomes(read(folder(tmp_path, Opportunities=text), "salesforce")) == [WON, LOST, OPEN]


@pytest.mark.parametrize("vendor", ["salesforce", "hubspot"])
def test_an_account_without_an_id_is_found_by_a_name_that_is_one_accounts(tmp_path, vendor):
    head, file, opened, name = {
        "salesforce": ("Account ID,Account Name\n", "Accounts", "Opportunities", "Account Name"),
        "hubspot": ("Record ID,Company name\n", "companies", "deals", "Associated Company"),
    }[vendor]
    text = deals(vendor).replace("Associated Company ID", name).replace("Account ID", name)
    for rows, found in (("7,a1\n8,a2\n", ["7", "8", None]), ("7,a1\n8,a1\n", [None] * 3)):
        data = read(folder(tmp_path, **{file: head + rows, opened: text}), vendor)
        table = data.table("opportunities").order_by("opportunity_id").to_pyarrow()
        ids = table["account_id"].to_pylist() if "account_id" in table.column_names else [None] * 3
        assert ids == found
        assert "found by its name alone where each name is one" in " ".join(map(str, data.notes))
