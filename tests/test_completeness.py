"""Nothing is half added: each metric, chart and notebook is everywhere it has to be."""

import ast
import json
import re
from pathlib import Path

import pytest

import revkit as rk
from benchmarks.coverage.simulations import NO_TRUTH, SIMULATIONS
from revkit.analysis.writing.comparisons import ROWS_OF
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.formatting import HEADINGS, noun
from revkit.language import language
from revkit.report.notebooks import chosen
from revkit.synth import generate
from tests.support.published import ROWS

ROOT = Path(__file__).parents[1]
CATALOGUE = rk.catalog().set_index("name")
METRICS = [*CATALOGUE.index[CATALOGUE["module"].str.startswith("revkit.")]]
PUBLISHED = {row["metric"] for row, _ in ROWS}
REFERENCE, COMPANIES, COVERAGE = (
    (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    for page in ("metrics", "companies", "coverage")
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
REASONS = COMPANIES.split("## Metrics without a true value")[1].split("\n## ")[0]
WITHOUT_TRUTH = re.findall(r"`(\w+)`", REASONS.split("|---|---|")[1])
TRUE = [*generate(accounts=1, months=1, seed=0).truth.catalogue["2023-01"]]

# What dresses a chart and is none.
NO_CHART = {"axes", "headline", "use_theme"}
NOTEBOOKS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_is_exported_documented_simulated_and_tested(metric):
    exact = CATALOGUE.loc[metric, "interval"] == "none" or metric in NO_TRUTH
    counts = f"\n| {metric} | " in COVERAGE

    assert metric in rk.metrics.__all__, "export it in revkit/metrics/__init__.py"
    assert f"\n### {metric}\n" in REFERENCE, "run `make docs`"
    assert exact or metric in SIMULATIONS, "simulate it in benchmarks/coverage/simulations.py"
    assert exact or counts, "run `python -m benchmarks.coverage`, which writes docs/coverage.md"
    assert metric in PUBLISHED, "give it a line in tests/data/published"


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_has_a_true_value_or_a_reason_why_not(metric):
    needed = (
        "give it a true value in revkit/synth/truth/catalogue, or a reason in docs/companies.md"
    )

    assert (metric in TRUE) + WITHOUT_TRUTH.count(metric) == 1, needed


@pytest.mark.parametrize("metric", METRICS)
def test_what_a_metric_counts_has_a_name_in_every_table_and_language(metric):
    rows, italian = noun(getattr(rk.metrics, metric)), language("it")

    assert rows in HEADINGS, f"write {rows!r} in HEADINGS of revkit/analysis/writing/formatting.py"
    assert counted(2, rows, italian) != f"2 {rows}", "give it a case in `counted` of counts.py"
    assert rows in ROWS_OF, f"write {rows!r} in ROWS_OF of revkit/analysis/writing/comparisons.py"


def test_what_is_exported_is_in_the_catalogue():
    tables = {"largest_accounts", "movement_balance"}

    assert {*METRICS} == {*rk.metrics.__all__} - tables


def test_the_simulation_knows_no_metric_that_is_gone():
    assert {*SIMULATIONS, *NO_TRUTH} <= {*METRICS}
    assert {*TRUE, *WITHOUT_TRUTH} == {*METRICS}


def drawn():
    """The public functions of revkit/charts that return Axes."""
    for path in sorted((ROOT / "revkit" / "charts").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                gives = ast.unparse(node.returns) if node.returns else ""
                yield from [node.name] if gives == "Axes" else []


CHARTS = sorted({*drawn(), *rk.charts.__all__} - NO_CHART)


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_exported_tested_and_used_on_a_page(chart):
    tests = "".join(p.read_text("utf-8") for p in sorted((ROOT / "tests" / "charts").rglob("*.py")))
    pages = [name for name, path in NOTEBOOKS.items() if f"rk.charts.{chart}(" in code(path)]

    assert chart in rk.charts.__all__, "export it in revkit/charts/__init__.py"
    assert f"charts.{chart}(" in tests, "test it in tests/charts"
    assert pages, "draw it on a page in notebooks/"


def code(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def test_every_notebook_is_in_the_table_of_the_readme_and_no_other():
    rows = re.findall(r"^\| \[(\w+)\]\(notebooks/(\w+)\.ipynb\) \| (.+) \|$", README, re.MULTILINE)

    assert [name for name, _, _ in rows] == [*NOTEBOOKS]
    assert all(name == file and question.endswith("?") for name, file, question in rows)


def test_every_notebook_is_in_the_report():
    assert [*chosen([])] == [*NOTEBOOKS]


def test_every_subject_of_metrics_has_its_place_and_heading_in_a_scorecard():
    from revkit.analysis.scorecards.display import FAMILIES
    from revkit.analysis.scorecards.layout import SUBJECTS

    families = {getattr(rk.metrics, name).family for name in METRICS}

    assert families <= set(SUBJECTS) <= set(FAMILIES)
