"""A schedule's bad nights: the former report stays, the exit code says so, in one sentence."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from revkit import manifest
from revkit.cli import app
from tests.support.small_report import book, company, contents, nothing_to_run

COMMAND = ["report", "--data", "crm", "--notebooks", "books", "--out", "out"]
STARTED = [sys.executable, "-c", "from revkit.cli import main; main()", *COMMAND]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A company and a first report in ``out``, in the current folder; no notebook runs."""
    monkeypatch.chdir(tmp_path)
    company(tmp_path)
    nothing_to_run(tmp_path)
    assert CliRunner().invoke(app, COMMAND).exit_code == 0
    return tmp_path


def test_a_report_that_is_killed_half_way_leaves_the_former_one_and_runs_again(home):
    before = contents(home / "out")
    book(home / "books", "01_first", f"import os, time, pathlib\npathlib.Path({str(home)!r}, "
         "'pid').write_text(str(os.getpid()))\ntime.sleep(100)")  # fmt: skip
    process = subprocess.Popen(STARTED, stdout=subprocess.DEVNULL)
    kernel = _wait_for(home / "pid")
    process.send_signal(signal.SIGKILL)
    process.wait()

    assert contents(home / "out") == before
    _wait_for_end(kernel)

    nothing_to_run(home)
    again = CliRunner().invoke(app, COMMAND)
    assert again.exit_code == 0
    assert contents(home / "out").keys() == before.keys()


def _wait_for(file):
    for _ in range(1200):
        if file.exists() and file.read_text():
            return int(file.read_text())
        time.sleep(0.1)
    raise AssertionError("the cell did not run")


def _wait_for_end(pid):
    import psutil

    for _ in range(300):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.1)
    raise AssertionError("the kernel outlived its report")


def test_of_two_at_once_the_second_leaves_the_first_alone(home):
    before = contents(home / "out")

    with manifest.replacing(home / "out", made="report"):
        second = CliRunner().invoke(app, COMMAND)
        assert contents(home / "out") == before

    assert second.exit_code == 1
    assert second.stderr.count("\n") == 1
    assert "is being written by another run" in second.stderr


def test_a_folder_that_may_not_be_written_to_is_refused_before_anything_runs(home):
    """By the system itself, which asks nothing of root: there, of a user who owns no file."""
    before = contents(home / "out")
    (home / "out").chmod(0o555)

    with _as_a_user():
        result = CliRunner().invoke(app, COMMAND)
    (home / "out").chmod(0o755)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"{home / 'out'} may not be written to" in result.stderr
    assert contents(home / "out") == before


@contextmanager
def _as_a_user():
    """Take from root, within the block, the rights to go past those of files."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3 of capabilities, of this thread
    held = (ctypes.c_uint32 * 6)()
    assert libc.capget(head, held) == 0
    fewer = (ctypes.c_uint32 * 6)(*held)
    fewer[0] &= ~0b111  # chown, dac_override and dac_read_search: of the effective ones alone
    assert libc.capset(head, fewer) == 0
    try:
        yield
    finally:
        assert libc.capset(head, held) == 0


@pytest.mark.parametrize("year", [1980, 2100])
def test_a_clock_that_moved_changes_nothing(home, year):
    """No number, and no decision on what is new, is of the clock."""
    before = contents(home / "out")
    moved = time.mktime((year, 1, 1, 0, 0, 0, 0, 0, 0))
    for file in [*(home / "out").iterdir(), *(home / "crm").iterdir()]:
        os.utime(file, (moved, moved))

    result = CliRunner().invoke(app, COMMAND)

    assert result.exit_code == 0
    after = contents(home / "out")
    assert after.keys() == before.keys()
    assert "Finished periods read as in the report" in after["index.html"].decode()


@pytest.mark.parametrize("place", [None, "/dev/null"])
def test_without_a_home_it_runs(home, place):
    book(home / "books", "01_first", "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()")
    known = {name: each for name, each in os.environ.items() if name != "HOME"}
    environment = known | ({} if place is None else {"HOME": place})

    done = subprocess.run(STARTED, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "data:image/png" in (home / "out" / "01_first.html").read_text()
