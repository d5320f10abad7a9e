"""Folders and files as they really come: parts, odd names, odd files, damage inside."""

import os
import socket
from datetime import date
from zipfile import ZipFile

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from revkit.errors import RevkitError, SourceError
from revkit.sources import load

WON = {"created_on": [date(2025, 1, 1)], "closed_on": [date(2025, 2, 1)], "is_won": [True]}


def deals(*ids, **columns):
    rows = {name: values * len(ids) for name, values in WON.items()}
    return pd.DataFrame({"opportunity_id": list(ids), **rows, **columns})


def ids(data):
    return sorted(data.opportunities.opportunity_id.to_pyarrow().to_pylist())


@pytest.fixture
def parts(tmp_path):
    folder = tmp_path / "company" / "opportunities"
    (folder / "2024").mkdir(parents=True)
    deals("o1").to_parquet(folder / "part1.parquet")
    deals("o2").to_parquet(folder / "part2.PARQUET")
    deals("o3", amount=[10.0]).to_parquet(folder / "2024" / "part3.parquet")
    return folder


# Parts of a table


def test_all_parts_are_read_by_the_union_of_their_columns(parts):
    (parts / "readme.txt").write_text("x")
    (parts / "part4.docx").write_text("x")
    (parts / "_SUCCESS").write_text("")
    (parts / ".part5.parquet").write_text("")

    data = load(parts.parent)

    assert ids(data) == ["o1", "o2", "o3"]
    assert data.opportunities.amount.sum().to_pyarrow().as_py() == 10
    assert (
        "Not read: opportunities/.part5.parquet, opportunities/part4.docx, "
        "opportunities/readme.txt." in repr(data)
    )


def test_csv_parts_are_read_too_and_ids_stay_as_they_are(tmp_path):
    folder = tmp_path / "accounts"
    folder.mkdir()
    (folder / "a.csv").write_text("account_id\n007\n")
    (folder / "b.CSV").write_text("account_id,segment\n08,SMB\n")

    accounts = load(tmp_path).accounts.order_by("account_id").to_pyarrow()

    assert accounts["account_id"].to_pylist() == ["007", "08"]
    assert accounts["segment"].to_pylist() == [None, "SMB"]


HEADER = "opportunity_id,created_on,closed_on,is_won,amount\n"
ROW = "o2,2025-01-01,2025-01-01,true,50\n"


@pytest.mark.parametrize(
    ("files", "headless"),
    [
        ({"a.csv": HEADER + "o1,2025-01-01,,,1\n", "b.csv": ROW}, "b.csv"),
        ({"a.csv": HEADER, "b.csv": HEADER, "c.csv": ROW + "o3,2025-01-01,,,1\n"}, "c.csv"),
        ({"a.csv": ROW, "b.csv": HEADER + ROW}, "a.csv"),
        ({"a.csv": HEADER + ROW, "b.csv": ROW.replace(",", ";")}, "b.csv"),
        ({"a.csv": "opportunity_id,A\no1,1\n", "b.csv": "1,A\n"}, "b.csv"),
    ],
)
def test_a_part_without_header_is_refused_by_its_name(tmp_path, files, headless):
    (tmp_path / "opportunities").mkdir()
    for name, text in files.items():
        (tmp_path / "opportunities" / name).write_text(text)

    with pytest.raises(SourceError, match=rf"{headless} has no header: its first row is .*Write"):
        load(tmp_path)


def test_a_part_without_header_in_an_archive_is_refused_by_its_name(tmp_path):
    with ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("export/opportunities/a.csv", HEADER + ROW)
        archive.writestr("export/opportunities/b.csv", ROW)

    with pytest.raises(SourceError, match=r"export\.zip.*b\.csv has no header"):
        load(tmp_path / "export.zip")


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_a_part_of_which_no_column_is_one_of_the_first_part_is_refused(tmp_path, ending):
    (tmp_path / "accounts").mkdir()
    for name, columns in (("a", {"account_id": ["a1"]}), ("b", {"Kunde": ["a2"], "Ort": ["x"]})):
        frame, file = pd.DataFrame(columns), tmp_path / "accounts" / f"{name}.{ending}"
        write = {"csv": frame.to_csv, "parquet": frame.to_parquet, "xlsx": frame.to_excel}[ending]
        write(file, index=False)

    with pytest.raises(
        SourceError, match=r"b\.\w+ is a part .*a\.\w+, but shares no column.*Kunde"
    ):
        load(tmp_path)


@pytest.mark.parametrize("place", ["part4.csv", "2024/part4.csv"])
def test_a_mixture_of_formats_is_refused(parts, place):
    deals("o4").to_csv(parts / place, index=False)

    with pytest.raises(SourceError, match=r"opportunities/ holds parts.*several formats.*part4"):
        load(parts.parent)


def test_parts_in_which_a_column_has_no_value_take_its_type_from_the_others(parts):
    empty = pa.table({"opportunity_id": ["o4"], "is_won": pa.nulls(1), "closed_on": pa.nulls(1)})
    pq.write_table(empty, parts / "part4.parquet")

    data = load(parts.parent)

    won = data.opportunities.order_by("opportunity_id").is_won.to_pyarrow().to_pylist()
    assert won == [True, True, True, None]


def test_a_column_that_is_a_folder_name_is_read(tmp_path):
    for kind in ("new", "renewal"):
        place = tmp_path / "opportunities" / f"kind={kind}"
        place.mkdir(parents=True)
        deals(kind).to_parquet(place / "part.parquet")

    data = load(tmp_path)

    assert sorted(data.opportunities.kind.to_pyarrow().to_pylist()) == ["new", "renewal"]


def test_parts_of_which_some_lie_in_a_folder_that_names_a_column_are_refused(parts):
    (parts / "kind=renewal").mkdir()
    deals("o4").to_parquet(parts / "kind=renewal" / "part.parquet")

    with pytest.raises(SourceError, match="name a column, such as kind="):
        load(parts.parent)


def test_a_folder_named_like_a_file_is_a_table_of_parts(tmp_path):
    (tmp_path / "opportunities.parquet").mkdir()
    deals("o1").to_parquet(tmp_path / "opportunities.parquet" / "part-0.parquet")

    assert ids(load(tmp_path)) == ["o1"]


def test_a_lake_table_is_refused_since_its_files_hold_deleted_rows(parts):
    (parts / "_delta_log").mkdir()

    with pytest.raises(SourceError, match="is a table of Delta Lake"):
        load(parts.parent)


def test_a_table_beside_the_one_a_mapping_takes_is_listed(tmp_path):
    deals("o1").to_csv(tmp_path / "deals.csv", index=False)
    deals("o2").to_csv(tmp_path / "opportunities.csv", index=False)
    (tmp_path / "our.yaml").write_text("tables: {opportunities: {source: deals}}")

    data = load(tmp_path, mapping=tmp_path / "our.yaml")

    assert ids(data) == ["o1"]
    assert "Not read: opportunities.csv." in repr(data)


# Names


@pytest.mark.parametrize("name", ["data [1]", "data*", "data?", "{a,b}", "a'b", 'a"b', "~", "$x"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_path_is_taken_literally(name, suffix, tmp_path):
    for folder, id in ((name, "right"), ("data 1", "wrong"), ("dataX", "wrong"), ("a", "wrong")):
        (tmp_path / folder).mkdir()
        frame = deals(id)
        if suffix == "csv":
            frame.to_csv(tmp_path / folder / "opportunities.csv", index=False)
        else:
            frame.to_parquet(tmp_path / folder / "opportunities.parquet")

    assert ids(load(tmp_path / name)) == ["right"]


def test_names_of_parts_are_taken_literally(tmp_path):
    folder = tmp_path / "opportunities"
    folder.mkdir()
    for name in ("p[12]", "p1", "p*"):
        deals(name).to_parquet(folder / f"{name}.parquet")

    assert ids(load(tmp_path)) == ["p*", "p1", "p[12]"]


# Columns there twice


def test_a_csv_file_with_a_column_twice_is_refused(tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id,segment, Segment\n1,a,b\n")

    with pytest.raises(SourceError, match=r"accounts\.csv names a column more than once: segment"):
        load(tmp_path)


def test_a_parquet_file_with_a_column_twice_is_refused(tmp_path):
    table = pa.table({"account_id": ["1"], "segment": ["a"], "SEGMENT": ["b"]})
    pq.write_table(table, tmp_path / "accounts.parquet")

    with pytest.raises(SourceError, match="more than once: segment, SEGMENT"):
        load(tmp_path)


# Odd files


def as_pipe(path):
    os.mkfifo(path)


def as_device(path):
    path.symlink_to("/dev/zero")


def as_socket(path):
    held = socket.socket(socket.AF_UNIX)
    held.bind(str(path))
    held.close()


def as_broken_link(path):
    path.symlink_to(path.parent / "nowhere")


@pytest.mark.parametrize("odd", [as_pipe, as_device, as_socket, as_broken_link])
@pytest.mark.parametrize("name", ["accounts.csv", "accounts.parquet", "accounts/part.csv"])
def test_only_regular_files_are_read(odd, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    odd(path)

    with pytest.raises(SourceError, match="is not a regular file"):
        load(tmp_path)


def test_a_pipe_in_the_place_of_a_mapping_or_a_database_is_refused(tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id\n1\n")
    os.mkfifo(tmp_path / "our.yaml")
    os.mkfifo(tmp_path / "company.duckdb")

    with pytest.raises(SourceError, match="is not a regular file"):
        load(tmp_path, mapping=tmp_path / "our.yaml")
    with pytest.raises(SourceError, match="is not a regular file"):
        load(tmp_path / "company.duckdb")


@pytest.mark.parametrize("name", ["x" * 5000, "\0", "~nobody-of-that-name/x"])
def test_an_impossible_path_is_refused(name):
    with pytest.raises(SourceError):
        load(name)


# Damage


def used(folder):
    """Everything of a company that reads rows."""
    data = load(folder)
    repr(data)
    for name in data.tables:
        data.table(name).to_pandas()


def test_every_flipped_byte_of_a_parquet_file_is_refused_or_harmless(tmp_path):
    path = tmp_path / "opportunities.parquet"
    deals(*(f"o{number}" for number in range(200))).to_parquet(path)
    whole = path.read_bytes()
    refused = 0
    for at in range(4, len(whole), len(whole) // 40):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            used(tmp_path)
        except RevkitError:
            refused += 1
    assert refused > 10


@pytest.mark.parametrize("keep", [0, 3, 10, 400, -1])
def test_a_truncated_parquet_file_is_refused(keep, tmp_path):
    path = tmp_path / "opportunities.parquet"
    deals(*(f"o{number}" for number in range(200))).to_parquet(path)
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(SourceError, match=r"opportunities\.parquet cannot be read"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"account_id,segment\n1,a\n2,b,c\n", "line 3 has 3 fields, the header 2"),
        (b"account_id,segment\n1\n", "line 2 has 1 fields, the header 2"),
        (b'account_id,segment\n1,"a\n2,b\n', "line 3: unexpected end of data"),
        (b"account_id,segment\n1,Citt\xe0\n", "Say in a mapping how it is encoded"),
        (b"account_id,segm\xe0\n1,a\n", "Say in a mapping how it is encoded"),
        (b"\xff\xfe\x00\x00", "is empty: its first line must name the columns"),
        (b"\x1f\x8b\x08\x00", r"is compressed by gzip.*ends in \.csv\.gz"),
    ],
)
def test_a_broken_csv_file_is_refused_by_its_line(text, message, tmp_path):
    (tmp_path / "accounts.csv").write_bytes(text)

    with pytest.raises(SourceError, match=message):
        used(tmp_path)


def test_what_looks_like_a_comment_or_a_quote_is_a_value(tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id,name\n#1,'s-Hertogenbosch\n2,'quoted'\n")

    accounts = load(tmp_path).accounts.order_by("account_id").to_pyarrow()

    assert accounts["account_id"].to_pylist() == ["#1", "2"]
    assert accounts["name"].to_pylist() == ["'s-Hertogenbosch", "'quoted'"]


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "cp1252", "latin-1", "mac-roman", "utf-8-sig"]
)
def test_a_file_is_read_in_the_encoding_that_a_mapping_says(encoding, tmp_path):
    (tmp_path / "kunden.csv").write_bytes("account_id,name\n007,Süß\n".encode(encoding))
    (tmp_path / "our.yaml").write_text(
        f"encoding: {encoding}\ntables: {{accounts: {{source: kunden}}}}"
    )

    accounts = load(tmp_path, mapping=tmp_path / "our.yaml").accounts.to_pyarrow().to_pylist()

    assert [(row["account_id"], row["name"]) for row in accounts] == [("007", "Süß")]


def test_a_file_that_vanishes_before_it_is_read_is_named(tmp_path):
    deals("o1").to_parquet(tmp_path / "opportunities.parquet")
    data = load(tmp_path)
    (tmp_path / "opportunities.parquet").unlink()

    with pytest.raises(SourceError, match=r"cannot be read: .*opportunities\.parquet"):
        data.table("opportunities")


# Database files


def test_a_view_of_a_database_file_reaches_no_other_file(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("a-secret")
    path = tmp_path / "company.duckdb"
    with duckdb.connect(str(path)) as engine:
        engine.execute(
            f"create view accounts as select content as account_id from read_text('{secret}')"
        )

    with pytest.raises(SourceError, match="file system operations are disabled"):
        used(path)


def test_a_database_file_may_have_views_of_its_own_and_reaches_no_network(tmp_path):
    path = tmp_path / "company.duckdb"
    with duckdb.connect(str(path)) as engine:
        engine.execute("create table crm as select 7 as id")
        engine.execute("create view accounts as select id as account_id from crm")

    data = load(path)

    assert data.accounts.account_id.to_pyarrow().to_pylist() == ["7"]
    for name in (
        "autoinstall_known_extensions",
        "autoload_known_extensions",
        "enable_external_access",
    ):
        shown = data.backend.raw_sql(f"select current_setting('{name}')")
        assert shown.fetchone() == (False,)
