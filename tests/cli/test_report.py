"""The command line: what it prints and the number it leaves with."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from revkit.cli import app
from revkit.errors import SourceError
from revkit.report import publish, request


@pytest.fixture
def run(monkeypatch):
    """Call ``revkit report`` with a plan and a build that stand for the real ones."""

    def call(*words, failures=(), refusal=None):
        def planned(order):
            call.order = order
            if refusal:
                raise refusal
            return type("Plan", (), {"jobs": ("01_funnel", "02_churn"), "read": None})

        def built(plan, out, *, tell, warm):
            for name in plan.jobs:
                tell(name, "runs")
                tell(name, "failed" if name in failures else "done")
            folder = out.with_name(out.name + "-failed") if failures else out
            return publish.Report(folder, dict.fromkeys(failures, "ValueError: no"))

        monkeypatch.setattr(request, "plan", planned)
        monkeypatch.setattr(publish, "build", built)
        return CliRunner().invoke(app, ["report", *words])

    return call


def test_one_line_a_notebook_and_where_to_look(run):
    result = run("--data", "x", "--out", "reports/now")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "01_funnel: done",
        "02_churn: done",
        "open reports/now/index.html",
    ]


def test_rules_are_set_aside(run):
    run("--data", "x", "--set-aside", "spend.total_row", "--set-aside", "reps.total_row")

    assert run.order.set_aside == ["spend.total_row", "reps.total_row"]


def test_the_currency_is_said(run):
    run("--data", "x", "--currency", "EUR")

    assert run.order.currency == "EUR"


def test_failed_notebook_exits_with_one(run):
    result = run("--data", "x", "--out", "reports/now", failures=["02_churn"])

    assert result.exit_code == 1
    assert "01_funnel: done" in result.stdout
    assert "02_churn failed: ValueError: no" in result.stderr
    assert "reports/now-failed/index.html" in result.stderr


def test_refusal_is_one_sentence_and_exits_with_two(run):
    result = run("--data", "x", refusal=SourceError("no folder x"))

    assert result.exit_code == 2
    assert result.stderr == "revkit report: no folder x\n"


def test_options_reach_the_order(run):
    options = (
        "--mapping m.yaml --notebooks 01_funnel --set period=quarter "
        "--where segment=SMB --where rep.region=West --as-of 2026-03-31"
    )

    run("--data", "x", *options.split())

    assert run.order == request.Order(
        "x",
        "m.yaml",
        ["01_funnel"],
        {"period": "quarter"},
        {"segment": "SMB", "rep.region": "West"},
        "2026-03-31",
        jobs=2,
    )


@pytest.mark.parametrize("words", [[], ["--data", "x", "--set", "period"], ["--nothing"]])
def test_wrong_usage_exits_with_two(words):
    assert CliRunner().invoke(app, ["report", *words]).exit_code == 2


def test_help_comes_before_anything_heavy():
    heavy = "{'pandas', 'ibis', 'papermill', 'matplotlib', 'pydantic'}"
    code = f"import sys, revkit.cli; sys.exit(bool({heavy} & sys.modules.keys()))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_help_lists_the_options():
    result = CliRunner().invoke(app, ["report", "--help"])

    assert result.exit_code == 0
    assert all(option in result.stdout for option in ("--data", "--mapping", "--set", "--where"))


@pytest.mark.parametrize("locale", ["xx_XX", "it-IT-", "", "../it_IT"])
def test_a_pool_of_no_locale_is_refused_in_one_sentence(locale):
    result = CliRunner().invoke(app, ["pool", "--locale", locale])

    assert result.exit_code == 2
    assert result.stderr.startswith("revkit pool: ")
    assert repr(locale) in result.stderr
    assert "Traceback" not in result.output


def test_a_misspelt_locale_names_the_nearest():
    result = CliRunner().invoke(app, ["pool", "--locale", "it_iT"])

    assert "Did you mean 'it_IT'?" in result.stderr


def test_map_prints_a_proposal_or_writes_it(tmp_path):
    place = tmp_path / "export"
    place.mkdir()
    (place / "Kunden.csv").write_text("Kundennummer;Branche\nK1;Food\nK2;Toys\n", encoding="utf-8")

    def proposed(*words):
        return CliRunner().invoke(app, ["map", str(place), *words])

    assert "account_id: Kundennummer   # sure: unique" in proposed().stdout
    out = str(tmp_path / "crm.yaml")
    assert "2 columns: 2 sure" in proposed("--out", out).stdout
    again = proposed("--out", out)
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    assert proposed("--out", out, "--force").exit_code == 0
