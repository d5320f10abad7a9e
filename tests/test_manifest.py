"""Folders that revkit writes: only what it wrote there is replaced or removed."""

import json

import pytest

from revkit import manifest
from revkit.errors import FolderError, WriteError


def put(folder, *, made="report", force=False, keep=False, **files):
    with manifest.replacing(folder, made=made, force=force, keep=keep) as (staged,):
        for name, text in files.items():
            path = staged / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)


def held(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != manifest.MANIFEST
    }


def test_own_files_are_replaced_and_outdated_ones_removed(tmp_path):
    put(tmp_path / "out", index_html="1", leads__part_csv="1", old_html="1")
    put(tmp_path / "out", index_html="2", new_html="2")

    assert held(tmp_path / "out") == {"index.html": "2", "new.html": "2"}
    assert not (tmp_path / "out" / "leads").exists()
    assert sorted(json.loads((tmp_path / "out" / manifest.MANIFEST).read_text())["files"]) == [
        "index.html",
        "new.html",
    ]


def test_files_of_another_run_are_kept_on_demand(tmp_path):
    put(tmp_path, one_txt="1")
    put(tmp_path, two_txt="2", keep=True)
    put(tmp_path, two_txt="3", keep=True)

    assert held(tmp_path) == {"one.txt": "1", "two.txt": "3"}
    assert manifest.holdings(tmp_path, "report").own == ("one.txt", "two.txt")


@pytest.mark.parametrize("name", ["notes.txt", "sub/notes.txt", "index.html.bak"])
def test_other_files_are_refused_and_with_force_left(tmp_path, name):
    put(tmp_path, index_html="1")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")

    with pytest.raises(FolderError, match=f"holds '{(tmp_path / name).name}'. Move that away"):
        put(tmp_path, index_html="2")
    assert held(tmp_path) == {"index.html": "1", name: "mine"}

    put(tmp_path, index_html="2", force=True)
    assert held(tmp_path) == {"index.html": "2", name: "mine"}
    assert manifest.holdings(tmp_path, "report").left == (
        name.partition("/")[0] + "/" * ("/" in name),
    )


def test_another_file_of_a_new_ones_name_is_never_replaced(tmp_path):
    (tmp_path / "index.html").write_text("mine")

    for force in (False, True):
        with pytest.raises(FolderError, match=r"index\.html"):
            put(tmp_path, index_html="2", force=force)
    assert held(tmp_path) == {"index.html": "mine"}
    assert not (tmp_path / manifest.STAGING).exists()


@pytest.mark.parametrize("force", [False, True])
def test_an_edited_file_is_the_users(tmp_path, force):
    put(tmp_path, index_html="1", old_html="1")
    (tmp_path / "index.html").write_text("edited")

    with pytest.raises(FolderError, match="changed since revkit wrote it"):
        put(tmp_path, index_html="2", force=force)
    assert held(tmp_path) == {"index.html": "edited", "old.html": "1"}

    put(tmp_path, new_html="2", force=True)
    assert held(tmp_path) == {"index.html": "edited", "new.html": "2"}


def test_an_edited_file_beside_a_hidden_one_is_said_to_be_edited(tmp_path):
    with manifest.replacing(tmp_path, made="report") as (folder,):
        for name in (".notes", "index.html"):
            (folder / name).write_text("1")
    for name in (".notes", "index.html"):
        (tmp_path / name).write_text("edited")

    with pytest.raises(FolderError, match=r"'index.html', changed since revkit wrote it"):
        manifest.check(tmp_path, "report")


def test_hidden_files_are_left_without_a_word_of_force(tmp_path):
    (tmp_path / ".DS_Store").write_text("x")
    (tmp_path / ".git").mkdir()

    put(tmp_path, index_html="1")
    put(tmp_path, index_html="2")

    assert held(tmp_path) == {".DS_Store": "x", "index.html": "2"}
    assert manifest.holdings(tmp_path, "report").left == (".DS_Store", ".git/")


def test_a_link_is_followed(tmp_path):
    (tmp_path / "latest").symlink_to(tmp_path / "2026-10")

    put(manifest.real(tmp_path / "latest"), index_html="1")
    put(manifest.real(tmp_path / "latest"), index_html="2")

    assert (tmp_path / "latest").is_symlink()
    assert held(tmp_path / "2026-10") == {"index.html": "2"}


def test_home_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))

    assert manifest.real("~/rep") == tmp_path / "rep"


def test_an_error_leaves_every_folder_as_it_was(tmp_path):
    put(tmp_path / "data", a_csv="1")

    def fail():
        with manifest.replacing(tmp_path / "data", tmp_path / "truth", made="report") as (
            data,
            truth,
        ):
            (data / "a.csv").write_text("2")
            (truth / "t.json").write_text("2")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fail()

    assert held(tmp_path / "data") == {"a.csv": "1"}
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_full_disk_is_one_sentence_and_leaves_what_was(tmp_path):
    put(tmp_path, a_csv="1")

    def fail():
        with manifest.replacing(tmp_path, made="report") as (staged,):
            (staged / "a.csv").write_text("2")
            raise OSError(28, "No space left on device")

    with pytest.raises(WriteError, match=r"No space left on device\. What it held before is still"):
        fail()

    assert held(tmp_path) == {"a.csv": "1"}


def test_a_run_killed_in_the_middle_is_cleared_by_the_next(tmp_path, monkeypatch):
    """Killed while the files were moved: some are new, some old, and all are known as ours."""
    put(tmp_path, a_csv="1", b_csv="1", c_csv="1")
    moved = []

    def move(path, place):
        if len(moved) == 2:  # the manifest, and one file
            raise KeyboardInterrupt
        moved.append(place)
        path.rename(place)

    monkeypatch.setattr("pathlib.Path.replace", move)
    with pytest.raises(KeyboardInterrupt):
        put(tmp_path, a_csv="2", b_csv="2")
    monkeypatch.undo()
    (tmp_path / manifest.STAGING).mkdir()
    (tmp_path / manifest.STAGING / "half.csv").write_text("2")
    assert held(tmp_path)["a.csv"] == "2"
    assert held(tmp_path)["b.csv"] == "1"

    put(tmp_path, a_csv="3")

    assert held(tmp_path) == {"a.csv": "3"}


def test_two_runs_do_not_write_the_same_folder(tmp_path):
    with (
        manifest.replacing(tmp_path, made="report"),
        pytest.raises(WriteError, match="is being written by another run"),
        manifest.replacing(tmp_path, made="report"),
    ):
        pass


def test_what_is_no_manifest_is_another_file(tmp_path):
    (tmp_path / manifest.MANIFEST).write_text('{"files": ["a.csv"]}')

    assert manifest.holdings(tmp_path, "report").left == (manifest.MANIFEST,)
    with pytest.raises(FolderError, match="in the way"):
        put(tmp_path, a_csv="1", force=True)


def test_a_manifest_names_no_file_outside_its_folder(tmp_path):
    put(tmp_path / "out", a_csv="1")
    listed = json.loads((tmp_path / "out" / manifest.MANIFEST).read_text())
    (tmp_path / "b.csv").write_text("1")
    listed["files"]["../b.csv"] = listed["files"]["a.csv"]
    (tmp_path / "out" / manifest.MANIFEST).write_text(json.dumps(listed))

    manifest.remove(tmp_path / "out", "report")

    assert held(tmp_path) == {"b.csv": "1"}


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "out").write_text("mine")

    for place in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(FolderError, match="out is a file"):
            put(place, a_csv="1", force=True)


def test_an_empty_folder_stays_one(tmp_path):
    put(tmp_path / "none")
    (tmp_path / "mine").mkdir()
    put(tmp_path / "mine")

    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_report_and_a_company_do_not_replace_each_other(tmp_path):
    put(tmp_path, made="company", accounts_csv="1")

    with pytest.raises(FolderError, match=r"holds 'accounts\.csv'"):
        put(tmp_path, index_html="1")
    with pytest.raises(FolderError, match="in the way"):
        put(tmp_path, index_html="1", force=True)
    assert held(tmp_path) == {"accounts.csv": "1"}


@pytest.mark.parametrize("place", ["~nobody-of-that-name/out", "loop/out"])
def test_a_path_that_leads_nowhere_is_refused(tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")

    with pytest.raises(FolderError, match="leads to no folder"):
        manifest.real(place)
