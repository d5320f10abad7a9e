"""Folders, database files and mappings, as someone's export would have them."""

from datetime import date

import duckdb
import pandas as pd
import pytest

from revkit.errors import ColumnError, DataError, MappingError, SourceError, TableError
from revkit.manifest import MANIFEST
from revkit.sources import aliases, load

ACCOUNTS = "account_id,segment,since\n007,SMB,2020\n008,Enterprise,2021\n"


@pytest.fixture
def folder(tmp_path):
    def write(**files):
        place = tmp_path / "export"
        place.mkdir(exist_ok=True)
        for name, text in files.items():
            (place / name.replace("__", ".")).write_text(text, encoding="utf-8")
        return place

    return write


@pytest.fixture
def mapped(folder, tmp_path):
    def follow(text, deals="id,status,closed,amount\n1,Won,31/12/2025,10\n2,Open,,20\n", **options):
        mapping = tmp_path / "our.yaml"
        mapping.write_text(text, encoding="utf-8")
        return load(folder(deals__csv=deals), mapping=mapping, **options)

    return follow


DEALS = """
tables:
  opportunities:
    source: deals
    columns:
      opportunity_id: id
"""


def column(data, table, name):
    expr = data.table(table)
    return expr.order_by(expr[0]).to_pyarrow()[name].to_pylist()


# Folders


def test_csv_parquet_and_parts_are_read_by_the_names_of_their_tables(folder):
    place = folder(accounts__csv=ACCOUNTS, notes__txt="hello", calls__csv="a,b\n1,2\n")
    (place / MANIFEST).write_text("{}")
    pd.DataFrame({"rep_id": ["r1"], "hired_on": [date(2020, 1, 1)]}).to_parquet(
        place / "reps.parquet"
    )
    (place / "products").mkdir()
    for part in ("p1", "p2"):
        pd.DataFrame({"product_id": [part], "name": [part]}).to_parquet(
            place / "products" / f"{part}.parquet"
        )

    data = load(place)

    assert data.tables == ("accounts", "reps", "products")
    assert column(data, "accounts", "account_id") == ["007", "008"]
    assert column(data, "accounts", "since") == [2020, 2021]
    assert column(data, "products", "product_id") == ["p1", "p2"]
    assert "Not read: calls.csv, notes.txt." in repr(data), (
        "and not a word of revkit's own manifest"
    )


def test_a_database_file_is_opened_for_reading(tmp_path):
    path = tmp_path / "company.duckdb"
    with duckdb.connect(str(path)) as engine:
        engine.execute("create table accounts as select 7 as account_id, '2026-01-01' created_on")
        engine.execute("create table scratch as select 1 as x")

    data = load(path)

    assert column(data, "accounts", "account_id") == ["7"]
    assert data.as_of == date(2026, 1, 1)
    assert "Not read: scratch." in repr(data)
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        data.backend.raw_sql("create table other (x int)")


def test_options_reach_the_dataset(folder):
    data = load(folder(accounts__csv=ACCOUNTS), as_of="2026-03-31", currency="EUR")

    assert (data.as_of, data.currency) == (date(2026, 3, 31), "EUR")


def test_a_file_with_a_header_alone_is_an_empty_table(folder):
    data = load(folder(accounts__csv="account_id,segment\n"))

    assert data.accounts.count().execute() == 0


@pytest.mark.parametrize(
    ("files", "error", "message"),
    [
        ({"accounts__csv": ""}, SourceError, "is empty: its first line must name the columns"),
        ({"accounts__csv": "account_id;name\n1;A;B\n"}, SourceError, r"separator: ';'"),
        ({"opportunites__csv": "opportunity_id\n"}, TableError, "nearly 'opportunities'"),
        ({"accounts__csv": ACCOUNTS, "rep__csv": "rep_id\n"}, TableError, "nearly 'reps'"),
        ({"Opportunity__csv": "Id\n"}, SourceError, "export of Salesforce.*mapping='salesforce'"),
        ({"notes__txt": ""}, SourceError, r"holds no table that revkit knows.*notes\.txt"),
        ({"accounts__csv": "id,segment\n1,SMB\n"}, ColumnError, "no column 'account_id'"),
        ({"accounts__parquet": "no parquet"}, SourceError, r"accounts\.parquet cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(folder, files, error, message):
    with pytest.raises(error, match=message):
        load(folder(**files))


def test_a_vendor_name_beside_our_own_tables_is_only_listed(folder):
    data = load(folder(accounts__csv=ACCOUNTS, Account__csv="Id\n1\n", accounts2__csv="x\n"))

    assert "Not read: Account.csv, accounts2.csv." in repr(data)


def test_a_table_that_is_there_twice_is_refused(folder):
    place = folder(accounts__csv=ACCOUNTS)
    pd.DataFrame({"account_id": ["1"]}).to_parquet(place / "accounts.parquet")

    with pytest.raises(SourceError, match="accounts more than once"):
        load(place)


def test_a_path_that_leads_nowhere_names_the_nearest(folder):
    place = folder(accounts__csv=ACCOUNTS)

    with pytest.raises(SourceError, match="Did you mean 'export'"):
        load(place.parent / "exprot")
    (place / "accounts.docx").write_text("")
    with pytest.raises(FileNotFoundError, match="is none of them"):
        load(place / "accounts.docx")


def test_a_day_that_is_none_is_shown_with_its_row_and_the_line_to_write(folder):
    rows = "1,2025-02-30\n2,31/12/2025\n3,2025-01-01\n"
    data = load(folder(opportunities__csv=f"opportunity_id,created_on\n{rows}"))

    with pytest.raises(DataError) as refusal:
        data.table("opportunities")

    assert str(refusal.value) == (
        "opportunities: created_on is not a date written year-month-day in 2 rows, such as "
        "opportunity_id=1, created_on=2025-02-30; opportunity_id=2, created_on=31/12/2025. "
        "Correct it, or say in a mapping how dates are written: "
        'date_format: "%d/%m/%Y" reads 31/12/2025; created_on: {from: created_on, date_format: '
        '["%Y-%m-%d", "%d/%m/%Y"]} reads a column written in both ways; zone: UTC cuts '
        "moments to their day; epoch: ms reads numbers, and epoch: excel those of Excel's days, "
        "such as 45657. Or count these rows nowhere: "
        "set_aside: [opportunities.created_on_unreadable]."
    )


# Mappings


def test_a_mapping_renames_translates_parses_and_fills(mapped):
    data = mapped(
        'date_format: "%d/%m/%Y"\ncurrency: EUR'
        + DEALS
        + """\
      kind: {constant: renewal}
      closed_on: closed
      is_won: {from: status, words: {Won: true, Open: null}}
      stage: {from: status, words: {Won: closed}, others: keep}
"""
    )

    assert column(data, "opportunities", "closed_on") == [date(2025, 12, 31), None]
    assert column(data, "opportunities", "is_won") == [True, None]
    assert column(data, "opportunities", "kind") == ["renewal"] * 2
    assert column(data, "opportunities", "stage") == ["closed", "Open"]
    assert column(data, "opportunities", "amount") == [10.0, 20.0]
    assert data.columns("opportunities") == {
        "opportunity_id",
        "kind",
        "closed_on",
        "is_won",
        "stage",
        "amount",
    }
    assert data.currency == "EUR"


def test_keep_says_which_of_their_columns_come_along(mapped):
    data = mapped(DEALS + "    keep: [status]\n")

    assert data.columns("opportunities") == {"opportunity_id", "status"}


def test_italian_files_are_read_as_they_are_written(folder, tmp_path):
    place = folder()
    (place / "clienti.csv").write_bytes(
        "codice;nome;addetti;dal\n1;Perù €;1.250;31/12/2025\n".encode("cp1252")
    )
    (place / "canoni.csv").write_text(
        "id;cliente;dal;canone\n1;1;01/01/2026;1.234,56\n", encoding="utf-8"
    )
    mapping = tmp_path / "it.yaml"
    mapping.write_text(
        """
separator: ";"
decimal: ","
encoding: cp1252
date_format: "%d/%m/%Y"
tables:
  accounts:
    source: clienti
    columns: {account_id: codice, name: nome, employees: addetti, created_on: dal}
  subscriptions:
    source: canoni
    columns: {subscription_id: id, account_id: cliente, started_on: dal, mrr: canone}
""",
        encoding="utf-8",
    )

    data = load(place, mapping=mapping)

    assert column(data, "accounts", "name") == ["Perù €"]
    assert column(data, "accounts", "employees") == [1250]
    assert column(data, "subscriptions", "mrr") == [1234.56]
    assert data.as_of == date(2026, 1, 1)


def test_the_day_of_a_mapping_and_its_reason_are_shown_unless_another_is_given(mapped):
    text = "as_of: 2025-12-30\nwhy: the file is cut" + DEALS

    assert mapped(text).as_of == date(2025, 12, 30)
    assert "as of 2025-12-30: the file is cut" in repr(mapped(text))
    assert mapped(text, as_of="2026-01-31").as_of == date(2026, 1, 31)
    assert "cut" not in repr(mapped(text, as_of="2026-01-31"))


def test_the_reason_is_escaped_where_it_is_shown(mapped):
    page = mapped("as_of: 2025-12-30\nwhy: <script>" + DEALS)._repr_html_()

    assert "<script>" not in page


def test_one_file_may_feed_two_tables_and_ours_are_read_beside_it(mapped, folder):
    folder(accounts__csv=ACCOUNTS)

    data = mapped(DEALS + "  reps:\n    source: deals\n    columns: {rep_id: id}\n")

    assert data.tables == ("accounts", "reps", "opportunities")


def test_words_and_days_a_mapping_does_not_know_are_refused_with_their_rows(mapped):
    wanted = r"in 1 row, such as id=2, status=Open.*is_won: \{from: status, words: "
    with pytest.raises(DataError, match=wanted):
        mapped(DEALS + "      is_won: {from: status, words: {Won: true}}\n")
    with pytest.raises(DataError, match=r"not a day written as %m/%d/%Y.*id=1, closed=31/12/2025"):
        mapped('date_format: "%m/%d/%Y"' + DEALS + "      closed_on: closed\n")


def test_a_column_may_be_written_in_several_ways(folder, tmp_path):
    """Each row is read by the format that fits it; by two that disagree, by none."""
    place = folder()
    mapping = tmp_path / "ways.yaml"

    def read(rows, *formats):
        (place / "opportunities.csv").write_text(f"opportunity_id,closed_on\n{rows}")
        mapping.write_text(
            "tables:\n  opportunities:\n    source: opportunities\n    columns:\n"
            f"      closed_on: {{from: closed_on, date_format: {[*formats]}}}\n"
        )
        return column(load(place, mapping=mapping), "opportunities", "closed_on")

    rows, day = "1,2025-03-04\n2,04/03/2025\n3,\n", date(2025, 3, 4)
    assert read(rows, "%Y-%m-%d", "%d/%m/%Y") == [day, day, None]
    assert read(rows, "%d/%m/%Y", "%Y-%m-%d") == [day, day, None]
    both = read("1,05/05/2025\n2,31/12/2025\n", "%d/%m/%Y", "%m/%d/%Y")
    assert both == [date(2025, 5, 5), date(2025, 12, 31)]
    with pytest.raises(DataError, match=r"not a day written as %Y-%m-%d or %Y%m%d, .*04/03/2025"):
        read(rows, "%Y-%m-%d", "%Y%m%d")
    with pytest.raises(DataError) as refusal:
        read(rows, "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y")
    assert str(refusal.value) == (
        "opportunities (from opportunities): closed_on could be two different days by %Y-%m-%d or "
        "%d/%m/%Y or %m/%d/%Y, for closed_on in 1 row, such as opportunity_id=2, "
        "closed_on=04/03/2025. Give date_format only formats that never read the same text as "
        "different days."
    )


@pytest.mark.parametrize("wrong", ["[]", "3", "[3]", "{a: b}"])
def test_a_date_format_is_one_or_a_list_of_them(mapped, wrong):
    with pytest.raises(MappingError, match="date_format: it must be a format such as"):
        mapped(f"date_format: {wrong}" + DEALS)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("seperator: ';'" + DEALS, MappingError, "Did you mean 'separator'"),
        (DEALS.replace("source", "sorce"), MappingError, "Did you mean 'source'"),
        (DEALS.replace("    source: deals\n", ""), MappingError, "it needs source:"),
        (DEALS + "      is_won: {form: status}\n", MappingError, "Did you mean 'from'"),
        (DEALS + "      is_won: {words: {}}\n", MappingError, "is_won"),
        (DEALS + "      closd_on: closed\n", MappingError, "Did you mean 'closed_on'"),
        (DEALS.replace("opport", "oport"), MappingError, "Did you mean 'opportunities'"),
        (DEALS + "      on: closed\n", MappingError, r"read by YAML as True.*quotes"),
        (DEALS + "      kind: {constant: no}\n", MappingError, "put it in quotes"),
        (DEALS + "      closed_on: {constant: soon}\n", MappingError, "'soon' cannot be a date"),
        (DEALS + "   x: [\n", MappingError, "is not YAML"),
        ("", MappingError, "must begin with tables:"),
        (DEALS.replace("deals", "deal"), SourceError, "Did you mean 'deals'"),
        (DEALS + "      closed_on: close\n", ColumnError, r"Did you mean 'closed'.*our\.yaml"),
        (DEALS + "    keep: [state]\n", ColumnError, "deals has no column 'state'"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused(mapped, text, error, message):
    with pytest.raises(error, match=message):
        mapped(text)


def test_a_mapping_that_is_not_there_is_refused(folder):
    with pytest.raises(SourceError, match=r"no mapping file at 'saleforce'.*a vendor: salesforce"):
        load(folder(accounts__csv=ACCOUNTS), mapping="saleforce")


def test_a_point_that_is_no_thousands_is_refused_where_a_comma_divides(folder, tmp_path):
    place = folder()
    (place / "canoni.csv").write_text(
        "id;cliente;dal;canone\n1;1;2026-01-01;12500.00\n2;1;2026-01-01;1.250\n", encoding="utf-8"
    )
    mapping = tmp_path / "it.yaml"
    mapping.write_text(
        """
separator: ";"
decimal: ","
tables:
  subscriptions:
    source: canoni
    columns: {subscription_id: id, account_id: cliente, started_on: dal, mrr: canone}
""",
        encoding="utf-8",
    )

    with pytest.raises(DataError, match=r"not a number written as 1.234,56, for mrr in 1 row, "):
        load(place, mapping=mapping)


def test_semicolons_with_decimal_commas_are_refused_as_numbers(folder):
    place = folder()
    (place / "opportunities.csv").write_text(
        "opportunity_id;amount;closed_on\n1;12,5;2026-01-01\n2;1.250,75;2026-01-02\n",
        encoding="utf-8",
    )

    data = load(place)
    with pytest.raises(DataError, match=r'decimal: "," reads 1\.234,50'):
        data.table("opportunities")


def test_a_home_that_is_none_is_said_wherever_a_path_is_given(monkeypatch, tmp_path):
    nowhere = "~nobody-here/crm"
    monkeypatch.chdir(tmp_path)

    for lead in (aliases.of_data, aliases.place_of_data, aliases.place_of_mapping, load):
        with pytest.raises(SourceError, match="~nobody-here/crm cannot be read"):
            lead(nowhere)
    with pytest.raises(SourceError, match="cannot be read"):
        aliases.place_of_data(f"duckdb://{nowhere}.duckdb")
    monkeypatch.setenv("REVKIT_PROFILES", nowhere)
    with pytest.raises(SourceError, match="cannot be read"):
        load("warehouse")
