"""Kernels that are forked: they show what others show, and end with the report."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pandas as pd
import pytest
from jupyter_client.connect import LocalPortCache
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook

from revkit.report.kernels import Warm, sockets
from revkit.report.kernels.engine import SleepingEngine
from revkit.report.request import Order, plan
from revkit.report.run import run

PARAMETERS = """\
data: str = "../data/sample"  # folder with the company's tables
mapping: str | None = None  # how its tables and columns are called
as_of: str | None = None  # the day at whose end the company is known
where: dict[str, str] = {}  # dimension and value
"""
LOADED = "import revkit as rk\ncompany = rk.load(data, mapping=mapping, as_of=as_of).where(where)"
FORKED = "import sys; print('revkit.report.kernels.serve' in sys.modules)"


def notebook(*sources):
    cells = [new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    return new_notebook(cells=[*cells, *(new_code_cell(source) for source in sources)])


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    place = tmp_path_factory.mktemp("kernels")
    (place / "crm").mkdir()
    deal = {"opportunity_id": ["o", "p"], "created_on": ["2026-01-05"] * 2, "amount": [100.0, 50.0],
            "closed_on": ["2026-01-28"] * 2, "is_won": [True, False]}  # fmt: skip
    pd.DataFrame(deal).to_csv(place / "crm" / "opportunities.csv", index=False)
    write(notebook(LOADED), place / "first.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        yield plan(Order("crm", notebooks=["first.ipynb"]))


@pytest.fixture
def alone(monkeypatch):
    """Leave the thread out of account by which a runner of tests is told what to do: it waits."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


@pytest.fixture(scope="module")
def warm(planned):
    with Warm(planned.read) as process:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(threading, "active_count", lambda: 1)
            if not process.start():
                pytest.skip("this system cannot fork safely")
        yield process


def shown(planned, warm, *sources, **how):
    ran = run(
        notebook(*sources), planned.jobs[0].parameters, folder=planned.jobs[0].file.parent,
        environment=planned.environment, warm=warm, **how,
    )  # fmt: skip
    texts = [
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for cell in ran.notebook.cells
        for output in cell.get("outputs", [])
    ]
    return "".join(texts), ran.error


def test_a_forked_kernel_shows_what_one_started_anew_shows(planned, warm):
    figure = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    cells = [LOADED, "company", "rk.metrics.win_rate(company)", figure, "import os; os.getcwd()"]

    ours, plain = (
        run(
            notebook(*cells), planned.jobs[0].parameters, folder=Path.cwd(),
            environment=planned.environment, warm=one,
        ).notebook
        for one in (warm, None)
    )  # fmt: skip

    for mine, theirs in zip(ours.cells, plain.cells, strict=True):
        assert mine.get("outputs") == theirs.get("outputs")
    assert shown(planned, warm, FORKED)[0] == "True\n"


def test_the_company_is_not_read_again(planned, warm):
    deals = Path("crm") / "opportunities.csv"
    aside = deals.rename("aside.csv")

    told, error = shown(planned, warm, LOADED, "print(company.tables)")
    aside.rename(deals)

    assert (told, error) == ("('opportunities',)\n", None)


def test_another_company_is_read(planned, warm):
    """The same folder, asked for otherwise, is another company."""
    asked = ["data", "data, as_of='2026-01-30'", "data, currency='EUR'", "Path('crm').resolve()"]
    loads = ", ".join(f"rk.load({one})" for one in asked)
    source = f"print([shared._KEPT[0].data is one for one in ({loads})])"
    imports = "import revkit as rk\nfrom pathlib import Path\nfrom revkit.sources import shared"

    assert shown(planned, warm, imports, source) == ("[True, False, False, False]\n", None)


def test_random_numbers_are_each_kernel_s_own(planned, warm):
    drawn = "import random, numpy as np; print(random.random(), np.random.random())"

    assert shown(planned, warm, drawn) != shown(planned, warm, drawn)


def test_a_kernel_that_dies_is_told_and_the_next_one_runs(planned, warm):
    told = shown(planned, warm, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")

    assert told[1].startswith("Its kernel died")
    assert shown(planned, warm, "print(1)") == ("1\n", None)


def test_rows_that_a_killed_kernel_put_aside_are_taken_away(planned, warm):
    aside = "company.backend.con.sql(\"SELECT current_setting('temp_directory')\").fetchone()[0]"
    kill = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    told, error = shown(planned, warm, LOADED, f"print({aside}, flush=True)", kill)

    assert error.startswith("Its kernel died")
    assert "revkit-" in told
    assert not Path(told.strip()).exists()


def test_a_port_that_another_process_took_is_no_matter(planned, warm, monkeypatch):
    """As on a busy machine, where it was free a moment before."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        monkeypatch.setattr(LocalPortCache, "find_available_port", lambda *_: number)

        assert shown(planned, warm, "print(1)") == ("1\n", None)


def test_where_the_path_of_a_socket_would_be_too_long_ports_are_used(planned, warm, monkeypatch):
    long = Path("x" * sockets.LONGEST)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long.resolve()))

    assert shown(planned, warm, "print(1)") == ("1\n", None)


def test_a_kernel_that_hangs_is_stopped(planned, warm):
    told = shown(planned, warm, "while True: pass", timeout=2)

    assert "not done after 2 seconds" in told[1]


def test_a_folder_that_is_not_there_is_named(planned, warm):
    ran = run(notebook("1"), planned.jobs[0].parameters, folder=Path("nowhere"), warm=warm)

    assert "nowhere" in ran.error


def test_without_the_warm_process_kernels_are_started_anew(planned, alone):
    with Warm(planned.read) as process:
        if process.start():
            os.kill(process._process, 9)
            assert shown(planned, process, FORKED) == ("False\n", None)


def test_where_threads_run_nothing_is_forked(planned):
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()

    with Warm(planned.read) as process:
        started = process.start()

    done.set()
    other.join()
    assert not started


def test_a_switch_has_all_kernels_started_anew(planned, monkeypatch, alone):
    monkeypatch.setenv("REVKIT_FORK", "0")

    with Warm(planned.read) as process:
        assert not process.start()


def test_a_database_server_is_not_forked(planned):
    class Elsewhere:
        backend = object()

    assert SleepingEngine.of(Elsewhere()) is None


def test_rows_on_disk_are_not_forked(planned, monkeypatch):
    monkeypatch.setattr(SleepingEngine, "_one", lambda *_: 1)

    assert SleepingEngine.of(planned.loaded) is None


ORPHAN = """
import os, sys, time
from revkit.report.kernels import Warm
from revkit.report.request import Order, plan
warm = Warm(plan(Order("crm", notebooks=["first.ipynb"])).read)
assert warm.start()
print(warm._process, flush=True)
command = [sys.executable, "-m", "ipykernel_launcher", "-f", "kernel.json", "--log-level=50"]
kernel = warm.fork(command, dict(os.environ), ".", ".")
print(kernel.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_report_that_is_killed_leaves_no_process(planned):
    import psutil

    done = subprocess.run(
        [sys.executable, "-c", ORPHAN], capture_output=True, text=True, check=False
    )

    assert done.returncode == -9, done.stderr
    left = [psutil.Process(int(pid)) for pid in done.stdout.split() if psutil.pid_exists(int(pid))]
    assert psutil.wait_procs(left, timeout=10)[1] == []
