"""Nothing is half added: each metric, chart and notebook is everywhere it has to be."""

import ast
import json
import re
from pathlib import Path

import pytest

import revkit as rk
from benchmarks.coverage.simulations import NO_TRUTH, SIMULATIONS
from revkit.report.notebooks import chosen
from tests.support.laws.excused import EXCUSED
from tests.support.laws.laws import LAWS
from tests.support.published import ROWS

ROOT = Path(__file__).parents[1]
CATALOGUE = rk.catalog().set_index("name")
METRICS = [*CATALOGUE.index[CATALOGUE["module"].str.startswith("revkit.")]]
PUBLISHED = {row["metric"] for row, _ in ROWS}
REFERENCE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")

# What dresses a chart and is none.
NO_CHART = {"axes", "headline", "use_theme"}
NOTEBOOKS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_is_exported_documented_simulated_and_tested(metric):
    exact = CATALOGUE.loc[metric, "interval"] == "none" or metric in NO_TRUTH
    held = [law for law in LAWS if metric not in EXCUSED.get(law, {})]

    assert metric in rk.metrics.__all__, "export it in revkit/metrics/__init__.py"
    assert f"\n### {metric}\n" in REFERENCE, "run `make docs`"
    assert exact or metric in SIMULATIONS, "simulate it in benchmarks/coverage/simulations.py"
    assert metric in PUBLISHED or held, "give it a line in tests/data/published, or a law"


def test_what_is_exported_is_in_the_catalogue():
    tables = {"largest_accounts", "movement_balance"}

    assert {*METRICS} == {*rk.metrics.__all__} - tables


def test_the_simulation_knows_no_metric_that_is_gone():
    assert {*SIMULATIONS, *NO_TRUTH} <= {*METRICS}


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
