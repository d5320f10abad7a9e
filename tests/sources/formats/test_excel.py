"""Workbooks as people make them: titles, merged cells, totals, errors, several sheets."""

from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest

from revkit.errors import DataError, RevkitError, SourceError, TableError
from revkit.sources import load
from tests.support.files.workbooks import (
    Error,
    Formula,
    Percent,
    ods,
    xlsb,
    xlsx,
    zipped,
)

HEADER = ["account_id", "industry", "tier"]
ROWS = [HEADER, [7, "Acme", 1], [8, "Beta", 2]]


@pytest.fixture
def accounts(tmp_path):
    def read(content, mapping="", name="accounts.xlsx", **how):
        if not isinstance(content, bytes):
            content = xlsx({"Sheet1": content}, **how)
        (tmp_path / name).write_bytes(content)
        (tmp_path / "our.yaml").write_text(mapping)
        data = load(tmp_path, mapping=tmp_path / "our.yaml" if mapping else None)
        data.table("accounts").to_pandas()
        return data

    return read


def merged(*cells):
    return {"merged": {"Sheet1": cells}}


def column(data, name):
    return data.accounts.order_by("account_id")[name].to_pyarrow().to_pylist()


def table(said):
    return f"tables: {{accounts: {{source: accounts, {said}}}}}"


# Types


def test_one_and_zero_in_a_sheet_are_yes_and_no_as_they_are_in_csv(tmp_path):
    header = ["opportunity_id", "created_on", "closed_on", "is_won", "amount"]
    rows = [[f"o{won}", date(2025, 1, 5), date(2025, 2, 10), won, 100] for won in (1, 0)]
    (tmp_path / "opportunities.xlsx").write_bytes(xlsx({"Sheet1": [header, *rows]}))

    deals = load(tmp_path).opportunities.order_by("opportunity_id")

    assert deals.is_won.to_pyarrow().to_pylist() == [False, True]


def test_cells_have_their_own_types(accounts):
    moment = datetime(2025, 1, 31, 23, 30, 5)
    data = accounts(
        [
            [
                "account_id",
                "day",
                "moment",
                "some",
                "yes",
                "part",
                "number",
                "mixed",
                "gap",
                "time",
            ],
            [7, date(2025, 1, 31), moment, "07", True, Percent(0.25), 1.5, 12, None, 0.5],
            [8, None, date(2025, 2, 1), " ", False, Percent(1), 2, "x1", None, None],
        ]
    )

    types = {name: str(kind) for name, kind in data.accounts.schema().items()}
    assert column(data, "account_id") == ["7", "8"]
    assert (types["day"], column(data, "day")[0]) == ("date", date(2025, 1, 31))
    assert column(data, "moment") == ["2025-01-31 23:30:05", "2025-02-01"]
    assert column(data, "some") == ["07", None]
    assert column(data, "yes") == [True, False]
    assert column(data, "part") == [0.25, 1.0]
    assert column(data, "number") == [1.5, 2.0]
    assert column(data, "mixed") == ["12", "x1"]
    assert column(data, "gap") == [None, None]


def test_moments_are_read_by_the_clocks_of_the_zone(accounts):
    """Excel's moments have none of their own; shifted from UTC, the day would be the next."""
    rows = [["account_id", "made"], [7, datetime(2025, 1, 31, 23, 30)]]
    settings = "columns: {created_on: {from: made, zone: Europe/Rome}}"

    assert column(accounts(rows, table(settings)), "created_on") == [date(2025, 1, 31)]


def test_days_beside_days_as_text_are_read_by_both_formats(accounts):
    rows = [["account_id", "made"], [7, "31/01/2025"], [8, date(2025, 2, 1)]]
    settings = 'columns: {created_on: {from: made, date_format: ["%Y-%m-%d", "%d/%m/%Y"]}}'

    found = column(accounts(rows, table(settings)), "created_on")

    assert found == [date(2025, 1, 31), date(2025, 2, 1)]


@pytest.mark.parametrize("number", [1.234, 12.345, 123.456])
def test_a_number_beside_text_is_never_read_with_another_decimal_sign(number, accounts):
    rows = [["account_id", "quantity"], [7, number], [8, "1.000,5"]]
    settings = 'decimal: ","\n' + table("columns: {employees: {from: quantity}}")

    with pytest.raises(DataError, match=f"quantity={number}0"):
        accounts(rows, settings)


def test_long_numbers_are_doubted(accounts):
    data = accounts([["account_id"], [1234567890123456789]])

    note = "accounts.xlsx: Sheet1: account_id: numbers of over 15 digits, of which Excel keeps 15"
    assert [str(one) for one in data.notes] == [f"accounts: {note}."]


# Errors and formulas


@pytest.mark.parametrize("name", ["accounts.xlsx", "accounts.ods", "accounts.xlsb"])
def test_errors_are_empty_cells_and_every_number_says_so(name, accounts):
    rows = [HEADER, [7, Error("#N/A"), 1], [8, "b", Error("#REF!")]]
    write = {"xlsx": lambda: xlsx({"Sheet1": rows}), "ods": lambda: ods({"Sheet1": rows}),
             "xlsb": lambda: xlsb(rows)}  # fmt: skip

    data = accounts(write[name.partition(".")[2]](), name=name)

    assert column(data, "industry") == [None, "b"]
    (note,) = data.notes
    assert (note.rule, note.rows) == ("excel_errors", 2)
    assert str(note) == (
        f"accounts: {name}: Sheet1: 2 cells hold an error of Excel (#N/A, #REF! …) and are read as "
        "empty: B2, C3."
    )


def test_an_error_outside_of_the_table_is_not_told(accounts):
    data = accounts([["Checked:", Error("#N/A"), None], [], *ROWS])

    assert data.notes == ()


def test_formulas_have_the_value_that_was_computed(accounts):
    data = accounts([HEADER, [7, "a", Formula(3)], [8, "b", Formula("4")]])

    assert column(data, "tier") == [3, 4]


@pytest.mark.parametrize(("value", "how"), [(None, {}), ("", {}), (0, {"uncomputed": True})])
def test_formulas_that_nobody_computed_are_refused(value, how, accounts):
    """As openpyxl writes them, and XlsxWriter, which puts 0 in their place."""
    rows = [HEADER, [7, "a", Formula(value)], [8, "b", Formula(value)]]

    with pytest.raises(SourceError, match=r"formulas in C2, C3 have no value.*Open it in Excel"):
        accounts(rows, **how)


def test_formulas_of_no_value_outside_of_the_table_do_no_harm(accounts):
    assert column(accounts([["Sum:", Formula()], [], *ROWS]), "account_id") == ["7", "8"]
    assert column(accounts([HEADER, [7, "a", Formula(0)]]), "tier") == [0]


# Where the table is


@pytest.mark.parametrize(
    ("rows", "how", "note"),
    [
        ([["Report"], ["As of", date(2025, 1, 1)], [], *ROWS], {}, "row 4 names the columns"),
        ([[], [None, "Report"], *[[None, None, *row] for row in ROWS]], {}, "row 3 names"),
        ([["Report"], *ROWS], merged("A1:C1"), "row 2 names the columns; above it: Report."),
        (
            [["account_id", "Account", None], [None, "name", "tier"], *ROWS[1:]],
            merged("A1:A2", "B1:C1"),
            "row 2 names the columns; above it: account_id.",
        ),
        ([*ROWS, ["Total", None, 3]], {}, "its last row is left out, since it is no row"),
        (
            [*ROWS, [], ["Grand total", None, 3], [], ["Confidential"]],
            {},
            "its last 2 rows are left out, since they are no rows of the table: Grand total; Conf",
        ),
    ],
)
def test_a_table_is_found_below_titles_and_above_totals(rows, how, note, accounts):
    data = accounts(rows, **how)

    assert f"accounts.xlsx: Sheet1: {note}" in repr(data)
    assert column(data, "account_id") == ["7", "8"]
    assert column(data, "tier") == [1, 2]


@pytest.mark.parametrize(
    "rows", [ROWS, [[], *ROWS], [*ROWS, [None], []], [[None, *row] for row in ROWS]]
)
def test_a_plain_sheet_needs_no_note(rows, accounts):
    data = accounts(rows)

    assert "accounts.xlsx" not in repr(data)
    assert column(data, "account_id") == ["7", "8"]


@pytest.mark.parametrize(
    ("rows", "how", "message"),
    [
        (
            [["account_id", None, "tier"], *ROWS[1:]],
            {},
            "row 1 should name the columns, but column B has values and no name. Give each column "
            "a name in one row; or say in a mapping, beside source:, which row names them, and "
            "leave the others out: header_row: 1",
        ),
        (
            [["Account", None, "tier"], *ROWS[1:]],
            merged("A1:B1"),
            "row 1 should name the columns, but column B has values and no name",
        ),
        ([["account_id", "Name", "name"], *ROWS[1:]], {}, "more than once: Name, name"),
        (
            [HEADER, [7, "Acme", 1], [8, None, 2]],
            merged("B2:B3"),
            "B2:B3 is one cell, merged across rows or columns",
        ),
        (
            [*ROWS, [], ["lead_id", "name", "stage"], [1, "x", "new"], [2, "y", "new"]],
            {},
            "row 5 follows an empty row and looks like the header of another table.*footer_rows: 3",
        ),
        ([["account_id", "name"], ["a", "b"], [], ["account_id", "name"], ["c", "d"]], {}, "row 4"),
        ([*ROWS, ["Total", "x", 3]], {}, "ends with a row that begins with 'Total'.*footer_rows"),
        ([[]], {}, " is empty: its first line must name the columns"),
    ],
)
def test_what_has_several_readings_is_refused_with_the_line_to_write(rows, how, message, accounts):
    with pytest.raises(SourceError, match=rf"accounts\.xlsx: Sheet1.*{message}"):
        accounts(rows, **how)


def test_a_formatted_report_of_salesforce_is_read(accounts):
    """A margin, filters, names over two merged columns, two rows of totals, a footer."""
    rows = [
        [], [None, "Accounts"], [None, "As of 2025-04-01 10:00:00 CET"], [],
        [None, "Filtered By"], [None, "  Show: All accounts"], [],
        [None, "account_id", None, "industry", "created_on", "tier"],
        [None, "001x1", None, "Food", date(2025, 1, 5), 1],
        [None, "001x2", None, "Toys", date(2025, 1, 6), 2],
        [None, "Total", None, "Count", None, 2], [None, None, None, "Sum", None, 3],
        [], [None, "Confidential Information - Do Not Distribute"], [None, "Copyright © 2025"],
    ]  # fmt: skip

    data = accounts(rows, **merged("B8:C8", "B9:C9", "B10:C10"))

    assert column(data, "account_id") == ["001x1", "001x2"]
    assert column(data, "created_on") == [date(2025, 1, 5), date(2025, 1, 6)]
    assert "its last 4 rows are left out" in repr(data)


def test_rows_below_an_empty_one_are_rows(accounts):
    assert column(accounts([*ROWS, [], [9, "Gamma", 3]]), "account_id") == ["7", "8", "9"]
    names = [["account_id", "name"], ["a", "b"], [], ["c", "d"]]
    assert column(accounts(names), "account_id") == ["a", "c"]


def test_a_cell_far_from_the_table_does_not_fill_the_memory(accounts):
    book = xlsx({"Sheet1": ROWS})
    with ZipFile(BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", far)

    with pytest.raises(SourceError, match="as far as row 1,048,576 and column XFD"):
        accounts(zipped(parts))


def test_a_mapping_says_which_rows_are_the_table(accounts):
    rows = [["a", "b", "c"], ["account_id", None, "tier"], [7, "x", 1], ["Total", "y", 1]]

    data = accounts(rows, table("header_row: 2, footer_rows: 1"))

    assert column(data, "account_id") == ["7"]
    assert "column B has no name and is not read." in repr(data)
    brands = [["industry", "account_id"], ["Food", 7], ["Total", 8]]
    assert column(accounts(brands, table("footer_rows: 0")), "account_id") == ["7", "8"]
    for row in (5, 99):
        with pytest.raises(SourceError, match=f"names no columns in row {row}"):
            accounts(rows, table(f"header_row: {row}"))


# Sheets


def test_each_visible_sheet_is_a_table_and_others_are_named(accounts):
    book = xlsx(
        {"Cover": [["CRM"]], "accounts": ROWS, "reps": [["rep_id"], [1]], "stages": [["x"]]},
        hidden=["stages"],
    )

    data = accounts(book, name="crm.xlsx")

    assert data.tables == ("accounts", "reps")
    assert "Not read: crm.xlsx: Cover, crm.xlsx: stages (hidden)" in repr(data)


@pytest.mark.parametrize("source", ["Kunden 2025", "Hidden"])
def test_a_mapping_names_a_sheet(source, accounts):
    book = xlsx({"Kunden 2025": ROWS, "Hidden": ROWS, "x": [["a"]]}, hidden=["Hidden"])

    data = accounts(book, f"tables: {{accounts: {{source: {source}}}}}", name="crm.xlsx")

    assert column(data, "account_id") == ["7", "8"]


@pytest.mark.parametrize("source", ["kunden", "Tabelle1"])
def test_the_only_visible_sheet_is_known_by_two_names(source, accounts):
    book = xlsx({"Tabelle1": ROWS, "Lists": [["x"]]}, hidden=["Lists"])

    data = accounts(book, f"tables: {{accounts: {{source: {source}}}}}", name="kunden.xlsx")

    assert column(data, "account_id") == ["7", "8"]
    assert "Not read: kunden.xlsx: Lists (hidden)." in repr(data)


def test_sheets_of_one_name_are_told_apart_by_their_files(tmp_path):
    for month, number in (("jan", 7), ("feb", 8)):
        book = xlsx({"Data": [HEADER, [number, "a", 1]], "Info": [["x"]]})
        (tmp_path / f"{month}.xlsx").write_bytes(book)
    (tmp_path / "our.yaml").write_text("tables: {accounts: {source: [jan/Data, feb/Data]}}")

    data = load(tmp_path, mapping=tmp_path / "our.yaml")

    assert column(data, "account_id") == ["7", "8"]


def test_workbooks_in_a_folder_are_parts_of_a_table(tmp_path):
    (tmp_path / "accounts").mkdir()
    (tmp_path / "accounts" / "jan.xlsx").write_bytes(xlsx({"Jan": ROWS}))
    (tmp_path / "accounts" / "feb.ods").write_bytes(ods({"Feb": [["account_id"], ["x"]]}))

    assert column(load(tmp_path), "account_id") == ["7", "8", "x"]


def test_a_table_in_two_places_is_refused(tmp_path):
    (tmp_path / "crm.xlsx").write_bytes(xlsx({"accounts": ROWS, "reps": [["rep_id"]]}))
    (tmp_path / "accounts.csv").write_text("account_id\n1\n")

    with pytest.raises(
        SourceError, match=r"accounts more than once: accounts\.csv, crm\.xlsx: acc"
    ):
        load(tmp_path)


def test_a_name_of_a_workbook_and_of_its_sheet_may_not_contradict(accounts):
    with pytest.raises(SourceError, match="is called reps, and its only sheet accounts"):
        accounts(xlsx({"accounts": ROWS}), name="reps.xlsx")


def test_a_misspelt_sheet_is_named_as_a_source(accounts):
    with pytest.raises(TableError, match=r"crm\.xlsx: acounts, which.*source: acounts"):
        accounts(xlsx({"acounts": ROWS, "x": [["a"]]}), name="crm.xlsx")


# What is no workbook


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"<html><table><tr><td>x", "accounts.xls", "is a page of HTML or XML.*save it as"),
        (b"account_id\n1\n", "accounts.xlsx", r"is text, whatever.*Rename it.*\.csv"),
        (xlsx({"S": ROWS})[:-40], "accounts.xlsx", "cannot be read"),
        (b"", "accounts.ods", "cannot be read"),
        (xlsb(ROWS, short=True), "accounts.xlsb", "written in a shortened form.*save it as"),
    ],
)
def test_what_is_no_workbook_is_refused(content, name, message, accounts):
    with pytest.raises(SourceError, match=message):
        accounts(content, name=name)


def test_every_flipped_byte_is_refused_or_harmless(accounts):
    whole = xlsx({"Sheet1": ROWS})
    for at in range(0, len(whole), len(whole) // 40):
        try:
            accounts(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        except RevkitError:
            continue


def test_a_workbook_that_is_open_leaves_a_file_that_is_passed_over(accounts, tmp_path):
    (tmp_path / "~$accounts.xlsx").write_bytes(b"ann")

    assert "~$" not in repr(accounts(ROWS))
