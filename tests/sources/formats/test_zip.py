"""Zip archives are unpacked out of the user's sight, and never out of their folder."""

import gc
import stat
import tempfile
from zipfile import ZipFile, ZipInfo

import pytest

from revkit.errors import SourceError
from revkit.sources import load
from revkit.sources.formats import zip_files
from tests.support.files.workbooks import xlsx, zipped

ACCOUNTS = "account_id,name\n1,Acme\n"


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def archive(tmp_path, temporary):
    def read(parts):
        path = tmp_path / "crm.zip"
        path.write_bytes(parts if isinstance(parts, bytes) else zipped(parts))
        return load(path)

    return read


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_an_archive_is_unpacked_elsewhere_and_deleted_with_the_data(archive, tmp_path, temporary):
    data = archive({"accounts.csv": ACCOUNTS, "notes.pdf": "x", "__MACOSX/._accounts.csv": "x"})

    assert data.accounts.count().execute() == 1
    assert "Not read: notes.pdf." in repr(data)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crm.zip", "temporary"]
    assert [name.partition("/")[2] for name in files(temporary)] == ["crm.zip/accounts.csv"]
    del data
    gc.collect()
    assert files(temporary) == []


@pytest.mark.parametrize(
    "parts",
    [
        {"export 2025/accounts.csv": ACCOUNTS, "export 2025/a.txt": "", "__MACOSX/x": ""},
        {"accounts/part1.csv": ACCOUNTS},
        {"accounts.csv": ACCOUNTS, "accounts 2/x.csv": "a\n1\n"},
        {"crm.xlsx": xlsx({"accounts": [["account_id"], [1]], "b": [["x"]]})},
    ],
)
def test_the_files_may_lie_in_one_folder(parts, archive):
    assert archive(parts).accounts.count().execute() == 1


@pytest.mark.parametrize(
    "name", ["../accounts.csv", "a/../../accounts.csv", "/etc/accounts.csv", "..\\accounts.csv",
             "C:\\accounts.csv"]
)  # fmt: skip
def test_a_name_that_leads_out_of_the_archive_is_refused(name, archive, tmp_path):
    with pytest.raises(SourceError, match=r"crm\.zip holds .*leads out of the archive"):
        archive({"reps.csv": "rep_id\n1\n", name: ACCOUNTS})
    assert [path for path in tmp_path.rglob("*.csv") if path.is_file()] == []


def test_a_link_is_refused(archive, tmp_path):
    path = tmp_path / "crm.zip"
    with ZipFile(path, "w") as made:
        link = ZipInfo("accounts.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")

    with pytest.raises(SourceError, match="a link to another file"):
        load(path)


def test_what_is_too_large_is_refused_before_it_fills_the_disk(archive, monkeypatch, temporary):
    monkeypatch.setattr(zip_files, "MOST_BYTES", 1000)

    with pytest.raises(SourceError, match=r"is larger than .* when unpacked"):
        archive({"accounts.csv": ACCOUNTS + "1,a\n" * 500})
    assert files(temporary) == []


def test_a_size_that_is_not_true_is_refused(archive):
    whole = zipped({"accounts.csv": ACCOUNTS * 100})
    at = whole.index(b"PK\x01\x02") + 24
    lying = whole[:at] + (10).to_bytes(4, "little") + whole[at + 4 :]

    with pytest.raises(SourceError, match=r"crm\.zip"):
        archive(lying)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no archive", r"crm\.zip cannot be read"),
        (zipped({"accounts.csv": ACCOUNTS})[:-30], r"crm\.zip cannot be read"),
        (zipped({"readme.txt": "x"}), r"holds no table that revkit knows.*readme\.txt"),
        (zipped({"accounts.csv": "account_id,name\n1\n"}), r"crm\.zip/accounts\.csv cannot be"),
    ],
)
def test_what_is_no_archive_of_tables_is_refused(content, message, archive):
    with pytest.raises(SourceError, match=message):
        archive(content)


def test_a_locked_archive_is_refused(archive):
    whole = bytearray(zipped({"accounts.csv": ACCOUNTS}))
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    whole[6] |= 1

    with pytest.raises(SourceError, match=r"locked by a password\. Unpack it"):
        archive(bytes(whole))


def test_a_folder_names_its_archives_as_not_read(tmp_path):
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    (tmp_path / "more.zip").write_bytes(zipped({"reps.csv": "rep_id\n1\n"}))

    assert "Not read: more.zip." in repr(load(tmp_path))
