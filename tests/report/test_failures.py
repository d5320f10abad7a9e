"""What goes wrong while a report runs: the others are done, the former report stays, one sentence.

Each failure is a notebook of two cells on a company of one deal.
"""

import re
from html import unescape
from pathlib import Path

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

from revkit.cli import app
from revkit.dataset import Dataset
from revkit.report import output, publish
from revkit.report.run import run
from tests.support.small_report import book, company, contents, nothing_to_run


@pytest.fixture
def home(tmp_path, monkeypatch):
    """``crm/opportunities.csv`` and a first report in ``out``, in the current folder."""
    monkeypatch.chdir(tmp_path)
    company(tmp_path)
    return tmp_path


def report(*words, out="out"):
    return CliRunner().invoke(
        app, ["report", "--data", "crm", "--notebooks", "books", "--out", out, *words]
    )


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name[0] != ".")


KINDS = {
    "killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "Its kernel died"),
    "exits": ("import os; os._exit(3)", "Its kernel died"),
    "full disk": ("open('/dev/full', 'w', buffering=1).write('x\\n')", "No space left on device"),
    "timeout": ("while True: pass", "not done after 3 seconds"),
    "left early": ("raise SystemExit(0)", "SystemExit: 0"),
}


def test_whatever_stops_a_notebook_the_others_are_done(home):
    assert report().exit_code == 0
    before = (home / "out" / "index.html").read_bytes()
    for place, (source, _) in enumerate(KINDS.values(), 2):
        book(home / "books", f"0{place}_page", "print('before')", source)
    book(home / "books", "08_last", "print('last')")

    result = report("--timeout", "3")

    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    lines = result.stdout.splitlines()
    assert lines[0] == "01_first: done"
    assert lines[-1] == "08_last: done"
    assert len(lines) == len(KINDS) + 2
    for place, (_, sentence) in enumerate(KINDS.values(), 2):
        assert f"0{place}_page: failed" in lines
        assert re.search(rf"^0{place}_page failed: .*{sentence}", result.stderr, re.M)
        page = (home / "out-failed" / f"0{place}_page.html").read_text()
        assert "before" in page
        assert sentence in page
        assert f"0{place}_page.ipynb" in names(home / "out-failed")
    assert "out is as it was; what was made is in out-failed/index.html" in result.stderr
    assert (home / "out" / "index.html").read_bytes() == before
    assert "01_first.ipynb" not in names(home / "out-failed")


def test_a_report_that_succeeds_takes_away_the_failed_one_but_no_file_of_the_user(home):
    nothing_to_run(home)
    book(home / "books", "02_page", "1 / 0")
    assert report().exit_code == 1
    (home / "out-failed" / "notes.txt").write_text("mine")
    (home / "books" / "02_page.ipynb").unlink()

    assert "holds 'notes.txt'" in report().stderr
    assert report("--force").exit_code == 0
    assert names(home / "out-failed") == ["notes.txt"]

    (home / "out-failed" / "notes.txt").unlink()
    book(home / "books", "02_page", "1 / 0")
    assert report().exit_code == 1
    (home / "books" / "02_page.ipynb").unlink()
    assert report().exit_code == 0
    assert not (home / "out-failed").exists()


def test_a_folder_with_notes_is_refused_and_with_force_keeps_them(home):
    nothing_to_run(home)
    report()
    (home / "out" / "notes.txt").write_text("mine")
    book(home / "books", "01_first", "print('first', note)")

    refused, forced = report("--set", "note=2"), report("--set", "note=2", "--force")

    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"revkit report: {home / 'out'} holds 'notes.txt'.")
    assert forced.exit_code == 0
    assert "left in out as they were: notes.txt" in forced.stderr
    assert (home / "out" / "notes.txt").read_text() == "mine"
    assert "first 2" in (home / "out" / "01_first.html").read_text()


@pytest.mark.parametrize("name", ["rep {Q1}", "{data}", "100%", "a'b"])
def test_the_folders_name_is_taken_literally(home, name):
    nothing_to_run(home)

    assert report(out=name).exit_code == 0
    assert "index.html" in names(home / name)


@pytest.mark.parametrize("place", ["/", ".", "..", "crm", "page.txt", "~nobody-of-that-name/out"])
def test_a_folder_that_is_not_the_reports_is_refused_at_once(home, place):
    """With or without force, and before anything runs."""
    (home / "page.txt").write_text("mine")
    (home.parent / "index.html").touch()
    nothing_to_run(home)

    result = report(out=place)

    assert result.exit_code == 2
    assert result.stderr.startswith("revkit report: ")
    assert result.stdout == ""


def test_a_linked_folder_is_followed(home):
    (home / "2026-10").mkdir()
    (home / "latest").symlink_to("2026-10")
    nothing_to_run(home)

    assert report(out="latest").exit_code == 0
    assert (home / "latest").is_symlink()
    assert names(home / "2026-10") == ["01_first.html", "index.html"]

    book(home / "books", "02_page", "1 / 0")
    assert report(out="latest").exit_code == 1
    assert "index.html" in names(home / "latest-failed")


def test_a_text_may_hold_anything(home):
    text = '{period} $10M+ ($$$) it\'s \\n "x" }{'
    book(home / "books", "01_first", "print(note)")

    assert report("--set", f"note={text}").exit_code == 0

    assert f">{text}\n<" in unescape((home / "out" / "01_first.html").read_text())


def test_the_data_path_is_nowhere_and_text_is_not_changed_for_it(home):
    """A notebook knows a name; what only looks like the path is left, pictures among it."""
    look = f"print('see', {str(home)!r}[:0] + '/crm', '/'.join({list(home.parts[1:])!r}))"
    load = "import revkit as rk; company = rk.load(data); print(company); print(data)"
    book(home / "books", "01_first", load, look)

    assert report().exit_code == 0

    page = (home / "out" / "01_first.html").read_text()
    assert str(home / "crm") not in page
    assert "1 table from crm" in page
    assert "see /crm " + str(home)[1:] in page
    assert str(home) not in (home / "out" / "index.html").read_text()


def test_output_of_a_cell_is_bounded_and_says_so(home, monkeypatch):
    monkeypatch.setattr(output, "LIMIT", 10_000)
    flood = "print('x' * 50_000); print('later'); print('y' * 50_000)"
    table = "from IPython.display import HTML, display; display(HTML('<b>' + 'z' * 50_000))"
    book(home / "books", "01_first", flood, table, "print('after')")

    assert report().exit_code == 0

    page = (home / "out" / "01_first.html").read_text()
    assert 5_000 < page.count("xxxx") * 4 <= 10_000
    assert page.count("at most 10,000 characters") == 2
    assert "zzz" not in page
    assert "after" in page


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("write_text", (28, "No space left on device")),
        ("write_bytes", (28, "No space left on device")),
        ("mkdir", (13, "Permission denied")),
        ("replace", (30, "Read-only file system")),
    ],
)
def test_what_cannot_be_written_at_the_end_leaves_the_former_report(
    home, monkeypatch, kind, problem
):
    nothing_to_run(home)
    report()
    before = contents(home / "out")

    def fails(*_, **__):
        raise OSError(*problem)

    monkeypatch.setattr(Path, kind, fails)
    result = report()
    monkeypatch.undo()

    assert result.exit_code == 1
    assert f"could not be written: {problem[1]}" in result.stderr
    assert contents(home / "out") == before


def test_pages_that_the_system_does_not_take_leave_the_former_report(home):
    """Really refused, while they are written: no file may be longer than the first is."""
    resource = pytest.importorskip("resource")
    nothing_to_run(home)
    report()
    before = contents(home / "out")
    former = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, former[1]))
    try:
        result = report()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)

    assert result.exit_code == 1
    assert "could not be written: File too large" in result.stderr
    assert contents(home / "out") == before
    assert report().exit_code == 0


def test_a_database_that_stops_fails_the_notebook_and_the_numbers_not_the_run(home, monkeypatch):
    def stopped(*_, **__):
        raise ConnectionError("server closed the connection unexpectedly")

    for name in ("measured", "verdict", "prune"):
        monkeypatch.setattr(publish, name, stopped)
    result = report()

    assert result.exit_code == 1
    for name in ("01_first", "Overview"):
        assert f"{name} failed: ConnectionError: server closed the connection" in result.stderr
    page = (home / "out-failed" / "index.html").read_text()
    assert "server closed" in page
    assert "The data could not be checked." in page


def test_other_notebooks_of_a_folder_are_left_alone_and_said(home):
    write(new_notebook(cells=[new_code_cell("1 / 0")]), home / "books" / "Untitled.ipynb")
    (home / "books" / "empty.ipynb").write_text("")
    (home / "books" / ".ipynb_checkpoints").mkdir()
    (home / "books" / ".ipynb_checkpoints" / "01_first-checkpoint.ipynb").write_text("")

    result = report()

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "01_first: done"
    assert "books/Untitled.ipynb, books/empty.ipynb" in result.stderr


def test_a_draft_among_the_kits_own_is_left_alone(home, monkeypatch):
    for name in ("Untitled", "01_first-Copy1"):
        book(home / "books", name, "1 / 0")
    monkeypatch.setattr("revkit.report.notebooks.home", lambda: home / "books")

    result = CliRunner().invoke(app, ["report", "--data", "crm", "--out", "out"])

    assert result.exit_code == 0
    assert "books/01_first-Copy1.ipynb, books/Untitled.ipynb" in result.stderr


@pytest.mark.parametrize("text", ["", "{}", "not json", None])
def test_a_file_that_is_no_notebook_is_refused(home, text):
    if text is not None:
        (home / "draft.ipynb").write_text(text)

    result = CliRunner().invoke(
        app, ["report", "--data", "crm", "--notebooks", "draft.ipynb", "--out", "out"]
    )

    assert result.exit_code == 2
    assert "draft.ipynb cannot be read as a notebook: " in result.stderr
    assert "Traceback" not in result.output


def test_a_kernel_that_does_not_start_is_a_failure(tmp_path):
    ran = run(new_notebook(cells=[]), {}, folder=tmp_path / "nowhere")

    assert ran.error is not None
    assert "nowhere" in ran.error


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("print('half \\ud800')", "half ?"),
        ("print('bell \\x07 \\x1b[31mred')", "red"),
        ("print('\\x00')", ""),
        ("print({'nan': float('nan')})", "nan"),
    ],
)
def test_odd_characters_stop_no_report(home, source, shown):
    book(home / "books", "01_first", source, "print('after')")

    result = report()

    assert result.exit_code == 0, result.output
    page = (home / "out" / "01_first.html").read_text()
    assert shown in page
    assert "after" in page


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ann:s3cret@db/crm",
        "postgresql://ann@db/crm?sslpassword=s3cret",
        "postgresql://ann@db/crm?access_token=s3cret",
        "duckdb:///crm.duckdb?token=s3cret",
    ],
)
def test_an_address_with_a_secret_is_refused_without_showing_it(home, address):
    result = CliRunner().invoke(
        app, ["report", "--data", address, "--notebooks", "books", "--out", "out"]
    )

    assert result.exit_code == 2
    assert "REVKIT_WAREHOUSE" in result.stderr
    assert "s3cret" not in result.output


def test_a_database_that_stops_before_the_start_is_one_sentence(home, monkeypatch):
    def stopped(_):
        raise ConnectionError("server closed the connection unexpectedly")

    monkeypatch.setattr(Dataset, "_repr_html_", stopped)
    result = report()

    assert result.exit_code == 2
    assert result.stderr.startswith("revkit report: The tables of crm cannot be read: Connection")
