"""A report for each value of a dimension, from data read once."""

import pandas as pd
import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

import revkit.sources
from revkit.cli import app
from revkit.errors import ReportError
from revkit.report.parts import parts
from revkit.report.request import Order

PARAMETERS = """\
data: str = "x"  # folder
mapping: str | None = None  # mapping
as_of: str | None = None  # date
where: dict = {}  # filter
period: str = "month"  # period
"""

COMMAND = ["report", "--as-of", "2026-02-28", "--each", "segment", "--data"]


@pytest.fixture
def folder(tmp_path):
    """Deals of four segments, two of which would be called alike, and one without."""
    segments = ["SMB", "Mid/Market", "mid market", "../x", None]
    rows = pd.DataFrame(
        [(f"d{at}", segments[at % 5], "2026-01-02", "2026-02-03", at % 2 == 0) for at in range(40)],
        columns=["opportunity_id", "segment", "created_on", "closed_on", "is_won"],
    )
    (tmp_path / "data").mkdir()
    rows.to_csv(tmp_path / "data" / "opportunities.csv", index=False)
    cells = [
        new_markdown_cell("# Leads"),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_code_cell("1", metadata={"tags": ["needs:leads"]}),
    ]
    write(new_notebook(cells=cells), tmp_path / "leads.ipynb")
    return tmp_path


def order(folder, **asked):
    asked = {"as_of": "2026-02-28", **asked}
    return Order(str(folder / "data"), notebooks=[str(folder / "leads.ipynb")], **asked)


def test_a_plan_for_each_value_and_the_data_are_read_once(folder, monkeypatch):
    loads = []
    load = revkit.sources.load
    monkeypatch.setattr(
        revkit.sources, "load", lambda *words, **how: loads.append(words) or load(*words, **how)
    )
    found = dict(parts(order(folder), "segment"))

    assert len(loads) == 1
    assert {name: plan.order.where for name, plan in found.items()} == {
        "x": {"segment": "../x"},
        "mid-market": {"segment": "Mid/Market"},
        "smb": {"segment": "SMB"},
        "mid-market-2": {"segment": "mid market"},
    }
    assert all(plan.jobs[0].parameters["where"] == plan.order.where for plan in found.values())
    assert found["smb"].data.table("opportunities").count().execute() == 8


def test_the_filter_of_the_order_holds_for_every_part(folder):
    (part,) = parts(order(folder, where={"segment": ["SMB"]}), "segment")

    assert part[0] == "smb"


def test_the_command_writes_a_folder_for_each(folder):
    said = CliRunner().invoke(
        app,
        ["report", "--data", str(folder / "data"), "--notebooks", str(folder / "leads.ipynb"),
         "--as-of", "2026-02-28", "--each", "segment", "--out", str(folder / "out")],
    )  # fmt: skip

    assert said.exit_code == 0, said.stderr
    assert sorted(path.parent.name for path in (folder / "out").glob("*/index.html")) == [
        "mid-market", "mid-market-2", "smb", "x",
    ]  # fmt: skip
    assert "only segment SMB" in (folder / "out" / "smb" / "index.html").read_text()
    assert said.stdout.splitlines()[-1] == f"open {folder / 'out' / 'index.html'}"
    whole = (folder / "out" / "index.html").read_text()
    assert 'href="mid-market-2/index.html">mid market</a>' in whole
    assert "Revenue report: data, by segment" in whole
    assert "only segment" not in whole

    again = CliRunner().invoke(app, [*COMMAND, str(folder / "data"), "--out", str(folder / "out"),
                                     "--notebooks", str(folder / "leads.ipynb")])  # fmt: skip
    assert again.exit_code == 0, again.stderr


def test_a_folder_with_other_things_is_refused_before_any_part_is_made(folder):
    (folder / "out").mkdir()
    (folder / "out" / "mine.txt").write_text("mine")

    said = CliRunner().invoke(app, [*COMMAND, str(folder / "data"), "--out", str(folder / "out"),
                                    "--notebooks", str(folder / "leads.ipynb")])  # fmt: skip

    assert said.exit_code == 2
    assert "holds 'mine.txt'" in said.stderr
    assert said.stdout == ""


def test_what_nothing_has_is_refused(folder):
    with pytest.raises(ReportError, match="no deal, customer or lead has a sector"):
        parts(order(folder), "sector")


def test_too_many_reports_are_refused(folder):
    rows = pd.read_csv(folder / "data" / "opportunities.csv")
    many = [rows.assign(opportunity_id=rows["opportunity_id"] + f"-{at}", segment=f"s{at}")
            for at in range(60)]  # fmt: skip
    pd.concat(many).to_csv(folder / "data" / "opportunities.csv", index=False)

    with pytest.raises(ReportError, match="would make 60 reports, and 50 is the most"):
        parts(order(folder), "segment")
