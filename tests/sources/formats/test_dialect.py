"""CSV files whose dialect has one reading are read and told; all others are refused."""

import gzip

import pytest

from revkit.errors import SourceError
from revkit.sources import load

ROWS = "account_id,name,tier\n007,Acme,1\n8,Beta,2\n"
FOOTER = '\n"Accounts by tier"\n"Copyright (c) 2025 salesforce.com, inc."\n'


@pytest.fixture
def accounts(tmp_path):
    def read(content, mapping="", name="accounts.csv"):
        content = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(content)
        (tmp_path / "our.yaml").write_text(mapping)
        data = load(tmp_path, mapping=tmp_path / "our.yaml" if mapping else None)
        data.table("accounts").to_pandas()
        return data

    return read


def ids(data):
    return sorted(data.accounts.account_id.to_pyarrow().to_pylist())


def table(said):
    return f"tables: {{accounts: {{source: accounts, {said}}}}}"


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (ROWS.replace(",", ";"), "accounts.csv: separated by ';'."),
        (ROWS.replace(",", "\t"), "accounts.csv: separated by tabs."),
        ("sep=|\n" + ROWS.replace(",", "|"), "separated by '|', as its first line says."),
        (ROWS.encode("utf-16"), "accounts.csv: encoded in UTF-16, as its mark says."),
        (
            "Accounts\nBy tier, in 2025\n\n" + ROWS,
            "accounts.csv: line 4 names the columns; above it: Accounts; By tier.",
        ),
        (
            ROWS + FOOTER,
            "accounts.csv: its last 2 lines are left out, since they are no rows of the table: "
            "Accounts by tier; Copyright (c) 2025 salesforce.com, inc.",
        ),
        (
            ROWS + "Total,,3\n",
            "accounts.csv: its last line is left out, since it is no row of the table: Total.",
        ),
        (
            ROWS.replace("account_id", ",account_id").replace("00", "0,00").replace("8", "1,8"),
            "accounts.csv: column 1 has no name, and is called column0.",
        ),
    ],
)
def test_what_was_found_out_is_told(content, note, accounts):
    data = accounts(content)

    assert note in repr(data)
    assert ids(data) == ["007", "8"]


@pytest.mark.parametrize(
    "content",
    [
        ROWS,
        ROWS.encode("utf-8-sig"),
        ROWS.replace("\n", ",\n"),
        # what looks like a separator, a title or a total is a value
        "account_id,name,tier\n007,a;b;c,1\n8,d;e;f,2\n",
        'account_id,name,tier\n007,"Report\n\nof",1\n8,Copyright (c) Total,\n',
        "account_id,name,tier\n007,Total,1\n8,,\n",
        "account_id,name,tier\n\n007,,\n8,Total Energies,1\n\n",
    ],
)
def test_a_plain_file_needs_no_note(content, accounts):
    data = accounts(content)

    assert "accounts.csv" not in repr(data)
    assert ids(data) == ["007", "8"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "account_id;name, first\n1;a, b\n",
            r"can be separated by ',' \(2 columns\) or ';' \(2 columns\)\. Say in a mapping by "
            "which: separator: ',' or separator: ';'",
        ),
        ("account_id\tname\n1\ta\tb\n", r'Say so in a mapping: separator: "\\t"'),
        (
            "account_id,name\n1,Città\n".encode("cp1252"),
            "is not encoded in utf-8. Say in a mapping how it is encoded: encoding: cp1252, which "
            "reads 'Città'",
        ),
        ("account_id,name\n1,Süß\n".encode("utf-16-le"), "encoded: encoding: utf-16-le"),
        ("account_id,name\n1,Suss\n".encode("utf-16-be"), "encoded: encoding: utf-16-be"),
        (
            ROWS + "Total,2,3\n",
            r"accounts\.csv ends with a row that begins with 'Total': totals, or a row like the "
            r"others\? Say in a mapping, beside source:, how many rows at the end to leave out: "
            "footer_rows: 1, or footer_rows: 0 to keep it",
        ),
        (b"PK\x03\x04 and so on", "is an Excel workbook or a zip archive, whatever its ending"),
        (
            gzip.compress(b"account_id\n1\n", mtime=0),
            r"is compressed by gzip.*Rename it.*\.csv\.gz",
        ),
        (b"<html><table>", r"is a page of HTML or XML.*save it as \.xlsx"),
        ("\n\n", "is empty: its first line must name the columns"),
        # a line in the middle is no title
        ("account_id,name\n1,a\nsome text\n2,b\n", "line 3 has 1 fields, the header 2"),
        ("account_id,name\n1,a\n\nsome text,\n\n2,b,c\n", "line 6 has 3 fields, the header 2"),
    ],
)
def test_what_has_several_readings_is_refused_with_the_line_to_write(content, message, accounts):
    with pytest.raises(SourceError, match=message):
        accounts(content)


@pytest.mark.parametrize("said", ["", "encoding: utf-16-be", "encoding: cp1252"])
@pytest.mark.parametrize(
    "content",
    [
        ROWS.encode() + bytes(3),
        ROWS.encode() + bytes(2),
        ROWS.encode() * 9000 + bytes(4096),
        ROWS.encode("utf-16") + bytes(8),
    ],
    ids=["3", "2", "large", "utf-16"],
)
def test_a_file_that_ends_in_nul_is_damaged_and_not_in_another_encoding(content, said, accounts):
    with pytest.raises(SourceError, match=r"accounts\.csv ends in NUL bytes.*Export it again"):
        accounts(content, said)


@pytest.mark.parametrize("hole", [1, 4096])
def test_a_file_with_a_hole_is_told_to_be_damaged_by_the_line(hole, accounts):
    content = ROWS.encode()

    with pytest.raises(SourceError, match=r"holds NUL bytes in line 3.*Export it again"):
        accounts(content[:-4] + bytes(hole) + content[-4:])


def test_text_of_one_byte_a_letter_is_not_read_as_of_two(accounts):
    data = accounts(ROWS, "encoding: utf-16-be")

    assert ids(data) == ["007", "8"]
    assert "encoded in UTF-8, and not in utf-16-be as the mapping says" in repr(data)


def test_a_mapping_says_what_cannot_be_found_out(accounts):
    assert ids(accounts(ROWS + "Total,2,3\n", table("footer_rows: 1"))) == ["007", "8"]
    brands = "industry,account_id,tier\nA,007,1\nTotal,8,2\n"
    assert ids(accounts(brands, table("footer_rows: 0"))) == ["007", "8"]
    assert ids(accounts("a,b,c\nd,e,f\n" + ROWS, table("header_row: 3"))) == ["007", "8"]
    assert ids(accounts('"a\nb",c,d\n' + ROWS, table("header_row: 3"))) == ["007", "8"]
    rows = "account_id;name, first\n1;a, b\n"
    assert accounts(rows, "separator: ';'").accounts.columns[:2] == ("account_id", "name, first")
    with pytest.raises(SourceError, match="names no columns in row 30"):
        accounts(ROWS, table("header_row: 30"))


def test_the_mark_and_the_first_line_of_a_file_outweigh_a_mapping(accounts):
    content = ("sep=|\n" + ROWS.replace(",", "|")).encode("utf-8-sig")

    data = accounts(content, "separator: ';'\nencoding: cp1252")

    assert ids(data) == ["007", "8"]
    assert "encoded in UTF-8, as its mark says" in repr(data)
    assert "separated by '|', as its first line says" in repr(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_the_end_of_a_large_file_is_looked_at_too(encoding, accounts):
    """Beyond what is read at its beginning."""
    rows = "".join(f"{n},Größe {n},{n % 7}\n" for n in range(20_000))
    text = "account_id,name,tier\n" + rows + "Total,,60000\n" + FOOTER

    data = accounts(text.encode(encoding), f"encoding: {encoding}")

    assert data.accounts.count().execute() == 20_000
    assert "its last 3 lines are left out" in repr(data)


def test_a_footer_that_is_no_line_of_a_large_packed_file_is_refused(accounts):
    rows = "".join(f"{n},a,{n}\n" for n in range(20_000))
    content = gzip.compress(f"account_id,name,tier\n{rows}{FOOTER}".encode(), mtime=0)

    with pytest.raises(SourceError, match="Error on Line: 20003"):
        accounts(content, name="accounts.csv.gz")
    data = accounts(content, table("footer_rows: 2"), name="accounts.csv.gz")
    assert data.accounts.count().execute() == 20_000


def test_files_that_were_joined_may_end_their_lines_in_several_ways(accounts):
    assert ids(accounts("account_id,name\r\n1,a\n2,b\r\n")) == ["1", "2"]


def test_a_note_names_all_files_it_is_true_of(tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id;name\n1;a\n")
    (tmp_path / "reps.csv").write_text("rep_id;team\n1;a\n")

    assert "accounts.csv, reps.csv: separated by ';'." in repr(load(tmp_path))


def test_a_table_of_many_columns_is_looked_at_as_a_whole(accounts):
    names = ";".join(["account_id", *(f"a_long_name_of_column_{n}" for n in range(5000))])

    data = accounts(f"{names}\n1{';' * 5000}\n2{';' * 5000}\n")

    assert ids(data) == ["1", "2"]


def test_a_text_file_is_read_where_a_mapping_names_it(accounts, tmp_path):
    (tmp_path / "reps.txt").write_text("notes")
    content = "id\tname\r\n7\tSüß\r\n".encode("utf-16")  # "Unicode text" of Excel

    data = accounts(
        content, "tables: {accounts: {source: kunden, columns: {account_id: id}}}", "kunden.txt"
    )

    assert ids(data) == ["7"]
    assert data.tables == ("accounts",)
    assert "Not read: reps.txt." in repr(data)


def test_utf_8_is_read_as_such_whatever_the_mapping_says(accounts):
    data = accounts(ROWS.replace("Acme", "Müller"), "encoding: cp1252")
    assert "Müller" in data.accounts.name.to_pyarrow().to_pylist()
    assert "accounts.csv: encoded in UTF-8, and not in cp1252 as the mapping says." in str(data)
    data = accounts(ROWS.replace("Acme", "Müller").encode("cp1252"), "encoding: cp1252")
    assert "Müller" in data.accounts.name.to_pyarrow().to_pylist()


def test_a_wrong_separator_of_the_mapping_is_told_from_that_of_the_file(accounts):
    with pytest.raises(SourceError) as refusal:
        accounts(ROWS.replace(",", ";"), 'separator: ","')
    assert "by ';', of which" in str(refusal.value)
    assert "and not by ',', as the mapping says" in str(refusal.value)
