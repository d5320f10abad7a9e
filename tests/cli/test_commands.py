"""The commands beside ``revkit report``: what they print and the number they leave with."""

import json
import re
import runpy
import shlex
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import revkit as rk
from revkit.cli import app, doctor
from revkit.cli.generate import generate
from revkit.report.parameters import parameters_of
from revkit.report.run import read

HOME = Path(__file__).parents[2]
SAMPLE = str(HOME / "data" / "sample")


def run(*words: str):
    return CliRunner().invoke(app, list(words))


def test_every_command_explains_itself_with_its_exit_codes():
    for name, command in get_command(app).commands.items():
        said = run(name, "--help").stdout

        assert command.help, name
        assert name in ("map", "pool") or "Exit codes" in said, name


@pytest.fixture(scope="module")
def deals(tmp_path_factory) -> str:
    """A folder with deals of two regions, closed in two months."""
    folder = tmp_path_factory.mktemp("deals")
    rows = [
        f"{at},2026-0{1 + at % 2}-03,2026-0{1 + at % 2}-20,{at % 3 > 0},{'NA' if at % 5 else 'EU'}"
        for at in range(60)
    ]
    text = "\n".join(["opportunity_id,created_on,closed_on,is_won,region", *rows, ""])
    (folder / "opportunities.csv").write_text(text)
    return str(folder)


def test_a_scorecard_is_that_of_the_package(deals):
    card = rk.scorecard(rk.load(deals), by=["region"], metrics=["win_rate"])

    said = run("scorecard", deals, "win_rate", "--by", "region", "--json").stdout
    rows = json.loads(said)["rows"]
    assert [row["value"] for row in rows] == pytest.approx(card["value"].tolist())
    assert [row["region"] for row in rows] == ["EU", "NA"]
    assert {row["period"] for row in rows} == {"2026-01-01"}
    assert run("scorecard", deals, "win_rate", "--by", "region").stdout == f"{card}\n"


def test_a_scorecard_of_a_part_in_italian(deals):
    asked = ("win_rate", "--where", "region=EU", "--language", "it", "--as-of", "2026-02-28")
    said = run("scorecard", deals, *asked).stdout

    assert "Tasso di vincita" in said
    assert "feb 2026" in said


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("scorecard", SAMPLE, "win_rat"), "Did you mean 'win_rate'?"),
        (("scorecard", SAMPLE, "nrr", "--period", "moon"), "'moon' is not a period"),
        (("scorecard", "nowhere"), "There is no folder or file at 'nowhere'"),
        (("catalog", "win_rat"), "Did you mean 'win_rate'?"),
        (("catalog", "--table", "deals"), "'deals' is not a table"),
        (("generate", "--dirt", "some"), "dirt must be one of clean, light, heavy; it is 'some'."),
        (("init", "x", "--data", "nowhere"), "There is no folder or file at 'nowhere'"),
    ],
)
def test_a_refusal_is_one_sentence_and_exits_with_two(words, problem, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = run(*words)

    assert said.exit_code == 2
    assert problem in said.stderr
    assert said.stderr.startswith(f"revkit {words[0]}: ")
    assert not list(tmp_path.iterdir())


def test_the_catalog_lists_and_explains():
    assert re.search(r"^win_rate +Win rate$", run("catalog").stdout, flags=re.MULTILINE)
    assert re.search(r"^win_rate +Tasso", run("catalog", "--language", "it").stdout, re.MULTILINE)
    assert "Formula     opportunities where is_won" in run("catalog", "win_rate").stdout
    rows = json.loads(run("catalog", "win_rate", "--json").stdout)
    assert [row["name"] for row in rows] == ["win_rate"]


def test_generate_is_what_the_script_runs():
    script = runpy.run_path(str(HOME / "generate_sample_data.py"))["app"]

    assert [one.callback for one in script.registered_commands] == [generate]


def test_generate_lists_the_scenarios():
    assert "broken-handoff" in run("generate", "--list").stdout


def test_init_sets_up_a_folder_that_runs(tmp_path):
    folder = tmp_path / "my crm"
    said = run("init", str(folder), "--data", SAMPLE)

    assert said.exit_code == 0
    line = (folder / "report.sh").read_text().split("exec ")[1].replace("\\\n", "")
    words = shlex.split(line)
    asked = get_command(app).commands["report"].make_context("report", words[2:]).params
    assert (asked["data"], asked["mapping"]) == (SAMPLE, "mapping.yaml")
    notebook = folder / "notebooks" / "01_funnel.ipynb"
    given = parameters_of(read(notebook), "01_funnel")
    assert given["data"].default == SAMPLE
    assert given["mapping"].default == str(folder / "mapping.yaml")
    assert rk.load(SAMPLE, mapping=folder / "mapping.yaml").tables == rk.load(SAMPLE).tables
    assert run("alerts", str(folder / "alerts.yaml")).exit_code == 0
    line = shlex.split((folder / "schedule.cron").read_text().splitlines()[1])
    assert line[5:] == ["sh", str(folder / "report.sh"), ">", "/dev/null"]
    assert not any(cell.get("outputs") for cell in read(notebook).cells)


def test_init_runs_the_script_from_anywhere_and_leaves_with_its_code(tmp_path, monkeypatch):
    stand_in = tmp_path / "a tool"
    stand_in.write_text('#!/bin/sh\npwd\nprintf "%s|" "$@"\nexit 3\n')
    stand_in.chmod(0o755)
    monkeypatch.setattr("revkit.cli.init._command", lambda name: str(stand_in))
    run("init", str(tmp_path / "it's mine"), "--data", SAMPLE)

    done = subprocess.run(
        ["/bin/sh", str(tmp_path / "it's mine" / "report.sh")],
        cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 3
    assert done.stdout.splitlines()[0] == str(tmp_path / "it's mine")
    assert f"report|--data|{SAMPLE}|--mapping|mapping.yaml|" in done.stdout


def test_init_proposes_a_mapping_and_takes_a_vendor_s(tmp_path):
    deals = tmp_path / "export" / "trattative.csv"
    deals.parent.mkdir()
    deals.write_text(
        "ID trattativa;Importo;Data creazione;Data chiusura;Stato\n"
        "1;1.234,50;03/02/2024;28/03/2024;Vinta\n2;500,00;05/02/2024;21/03/2024;Persa\n"
    )
    said = run("init", str(tmp_path / "mine"), "--data", str(deals.parent))
    assert "which is proposed: 5 columns: " in said.stdout
    assert "opportunity_id: ID trattativa" in (tmp_path / "mine" / "mapping.yaml").read_text()

    stripe = tmp_path / "billing" / "invoices.csv"
    stripe.parent.mkdir()
    stripe.write_text(
        "id,customer,total,currency,status,created\nin_1,cus_1,12000,usd,paid,1700000000\n"
    )
    said = run("init", str(tmp_path / "it"), "--data", str(stripe.parent), "--mapping", "stripe")
    assert said.exit_code == 0
    assert (tmp_path / "it" / "mapping.yaml").read_text().startswith("vendor: stripe")


def test_init_replaces_nothing_that_was_changed(tmp_path):
    folder = tmp_path / "crm"
    run("init", str(folder), "--data", SAMPLE)
    (folder / "alerts.yaml").write_text("alerts: [anything]\n")

    again = run("init", str(folder), "--data", SAMPLE)

    assert again.exit_code == 2
    assert "holds 'alerts.yaml', changed since revkit wrote it" in again.stderr
    assert (folder / "alerts.yaml").read_text() == "alerts: [anything]\n"

    (folder / "report.sh").unlink()
    forced = run("init", str(folder), "--data", SAMPLE, "--force")
    assert forced.exit_code == 0
    assert "left as they were: alerts.yaml" in forced.stdout
    assert (folder / "report.sh").exists()
    assert (folder / "alerts.yaml").read_text() == "alerts: [anything]\n"


def test_init_says_where_a_mapping_is_not_complete(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "deals.csv").write_text("deal_id,created\n1,2026-01-02\n2,2026-01-03\n")
    said = run("init", str(tmp_path / "out"), "--data", str(tmp_path / "in"))

    assert said.exit_code == 2
    assert "fill in the mapping first: " in said.stderr
    assert "is_won" in said.stderr
    assert (tmp_path / "out" / "mapping.yaml").exists()


def test_a_scorecard_without_a_row_is_no_success(deals):
    said = run("scorecard", deals, "win_rate", "--by", "sgment", "--json")

    assert said.exit_code == 2
    assert json.loads(said.stdout)["rows"] == []
    assert "sgment" in said.stderr


def test_the_doctor_finds_what_is_needed_and_says_what_is_missing(monkeypatch):
    well = run("doctor")
    assert well.exit_code == 0
    assert re.search(r"^ok +DuckDB engine +answers", well.stdout, flags=re.MULTILINE)

    def broken():
        raise RuntimeError("no such kernel")

    monkeypatch.setattr(doctor, "_kernel", broken)
    monkeypatch.setattr(doctor, "PACKAGES", ("no-such-package",))
    ill = run("doctor", "--json")
    assert ill.exit_code == 1
    missing = {one["what"]: one["said"] for one in json.loads(ill.stdout) if not one["well"]}
    assert missing["Jupyter kernel"].startswith("no such kernel: python -m ipykernel install")
    assert missing["no-such-package"] == "pip install no-such-package"
