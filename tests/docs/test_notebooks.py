"""The notebooks keep their shape: answer first, more prose than code, needs that exist."""

import ast
import json
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from revkit.catalogue import find
from revkit.derived import DERIVED
from revkit.report.edition import LEFT_OUT, of_report
from revkit.report.parameters import parameters_of
from revkit.schema import TABLES

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MIME = "application/vnd.revkit.findings+json"
SHOWS = ("rk.findings", "rk.notebook.so", "rk.charts.headline")
MOST_CELLS, MOST_BYTES = 40, 600_000

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def loaded(table: str) -> set[str]:
    """The tables of a company that one is made from."""
    made_from = {"movements": ("subscriptions",)} | {
        name: one.required for name, one in DERIVED.items()
    }
    return set().union(*map(loaded, made_from[table])) if table in made_from else {table}


def cells(path: Path, kind: str | None = None) -> list[dict]:
    every = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in every if kind in (None, cell["cell_type"])]


def source(cell: dict) -> str:
    return "".join(cell["source"])


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


def test_opens_with_a_title_and_the_decision_it_serves(path):
    first = cells(path)[0]

    assert first["cell_type"] == "markdown"
    assert source(first).startswith("# ")
    assert "**The decision:**" in source(first)


def test_has_twenty_to_forty_cells_and_at_least_as_much_prose_as_code(path):
    words = {
        kind: sum(len(source(cell).split()) for cell in cells(path, kind))
        for kind in ("markdown", "code")
    }

    assert 20 <= len(cells(path)) <= MOST_CELLS, "merge cells, or make a page of its own"
    assert words["markdown"] >= words["code"], "more code than prose: move logic into revkit"


def test_parameters_come_first_typed_and_explained(path):
    first = cells(path, "code")[0]

    parameters = parameters_of(nbformat.read(path, as_version=4), path.stem)

    assert tags(first) == ["parameters"]
    assert list(parameters)[:4] == ["data", "mapping", "as_of", "where"]
    assert all(parameter.help for parameter in parameters.values())
    assert parameters["data"].default == "../data/sample"


PROMISES = re.compile(
    r"sentences? (below|above)|is told (below|above)|answers [a-z]+ questions"
    r"|(first|second|third|fourth) row\b|are listed below|(below|under) the table,",
    re.IGNORECASE,
)
"""Words of prose that promise what the page of some company does not have."""

FIGURES = re.compile(
    r"\b(charts?|tables?|rows?|columns?|lines?|titles?|bars?|bands?)\b", re.IGNORECASE
)


def test_prose_promises_nothing_that_a_page_may_lack(path):
    shown = [cell for cell in cells(path) if not LEFT_OUT & {*tags(cell)}]
    prose = [source(cell) for cell in shown if cell["cell_type"] == "markdown"]

    assert not [found for text in prose for found in PROMISES.findall(text)]
    for one, following in pairwise(shown):
        if one["cell_type"] == "markdown" and following["cell_type"] == "code":
            needs = {tag for tag in tags(following) if tag.startswith("needs:")}
            kept = needs <= {*tags(one)} or not FIGURES.search(source(one))
            assert kept, f"a page without this figure would describe it: {source(one)[:80]}"


def test_a_question_has_one_answer(path):
    """Worth and payback have several formulas: the page on them gives each as what it is."""
    if path.stem != "06_unit_economics":
        return
    code = "\n".join(map(source, cells(path, "code")))

    assert "say.worth(worth)" in code
    assert "say.paid_back(cohorts)" in code
    assert not re.search(r'"cl(t)?v"|say\.level\((payback|ratio)\)', code)


def test_what_a_page_finds_moved_it_also_draws(path):
    """A sentence on discounts that rose asks for the months in which they did."""
    code = "\n".join(map(source, cells(path, "code")))

    if '"discount_rate"' in code:
        assert "metrics.discount_rate(" in code


def test_code_is_short_and_holds_no_logic(path):
    for cell in cells(path, "code"):
        tree = ast.parse(source(cell))
        logic = (ast.If, ast.For, ast.While, ast.Try, ast.With, ast.FunctionDef, ast.Lambda)

        assert len(source(cell).splitlines()) <= (15 if "parameters" in tags(cell) else 6)
        assert not any(isinstance(node, logic) for node in ast.walk(tree)), source(cell)


def test_sentences_are_made_in_the_package_where_they_are_translated(path):
    for cell in cells(path, "code"):
        for node in ast.walk(ast.parse(source(cell))):
            told = isinstance(node, ast.Call) and ast.unparse(node.func) in SHOWS
            texts = [one for one in ast.walk(node) if isinstance(one, ast.JoinedStr)]

            assert not told or not texts or "teach" in tags(cell), source(cell)


def test_the_answer_comes_before_the_first_chart(path):
    outputs = [output for cell in cells(path, "code") for output in cell["outputs"]]
    kinds = [set(output.get("data", {})) for output in outputs]
    findings = [at for at, kind in enumerate(kinds) if MIME in kind]
    charts = [at for at, kind in enumerate(kinds) if "image/png" in kind]

    assert findings, f"no rk.findings output: has it been run? make notebooks ONLY={path.stem}"
    assert not charts or findings[0] < charts[0], "put the findings above the first chart"


def test_a_worked_example_says_nothing_on_the_first_page(path):
    """What it finds is of a company made up for it."""
    by_hand, shown = False, []
    for cell in cells(path):
        if cell["cell_type"] == "markdown" and source(cell).startswith("## "):
            by_hand = "by hand" in source(cell).splitlines()[0]
        shown += [output.get("data", {}) for output in cell.get("outputs", []) if by_hand]

    assert shown, "add a section '## …, by hand' with an output"
    assert not any(MIME in data for data in shown)


def test_needs_name_tables_and_columns_that_exist(path):
    found = [tag for cell in cells(path) for tag in tags(cell) if tag.startswith("needs:")]
    for need in found:
        table, _, column = need.removeprefix("needs:").partition(".")

        assert table in TABLES or need.removeprefix("needs:") in DERIVED
        assert not column or column in TABLES[table].columns


def test_a_cell_needs_what_the_cells_it_follows_from_need(path):
    """Names are made in cells with the same needs or fewer, so that none is missing when run."""
    made: dict[str, set[str]] = {}
    for cell in cells(path, "code"):
        needs = {tag for tag in tags(cell) if tag.startswith("needs:")}
        covered = needs | {need.partition(".")[0] for need in needs}
        names = [node for node in ast.walk(ast.parse(source(cell))) if isinstance(node, ast.Name)]
        own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        for name in {node.id for node in names} - own:
            assert made.get(name, set()) <= covered, (name, source(cell))
        for name in own:
            made[name] = made.get(name, needs) & needs


def test_a_cell_needs_the_tables_of_the_metrics_that_it_asks(path):
    for cell in cells(path, "code"):
        tagged = [tag.removeprefix("needs:") for tag in tags(cell) if tag.startswith("needs:")]
        named = set().union(*(loaded(need.partition(".")[0]) for need in tagged))
        asked = re.findall(r"rk\.metrics\.(\w+)(?:\.parts)?\(", source(cell))
        read = set().union(*(loaded(table) for name in asked for table in find(name).tables))

        assert "teach" in tags(cell) or read <= named, source(cell)


def test_what_a_report_leaves_out_is_used_nowhere_else(path):
    apart: set[str] = set()
    for cell in cells(path, "code"):
        names = [node for node in ast.walk(ast.parse(source(cell))) if isinstance(node, ast.Name)]
        own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        if LEFT_OUT & set(tags(cell)):
            apart |= own
        else:
            apart -= own
            assert not apart & {node.id for node in names}, source(cell)


def test_a_report_neither_teaches_nor_speaks_of_code(path):
    notebook = of_report(nbformat.read(path, as_version=4))
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]

    assert not [text for text in prose if "by hand" in text.splitlines()[0]]
    assert not [text for text in prose if "Exercises" in text or "`" in text]


def test_says_so_after_its_figures(path):
    text = [
        "".join(output.get("data", {}).get("text/plain", []))
        for cell in cells(path, "code")
        for output in cell["outputs"]
    ]
    text += [source(cell) for cell in cells(path, "markdown")]

    assert sum(line.startswith("So") for line in text) >= 2


def test_closes_with_limits_and_exercises(path):
    titles = [source(cell).splitlines()[0] for cell in cells(path, "markdown")]

    assert "## What this page cannot tell" in titles
    assert titles[-1] == "## Exercises"


def test_carries_no_times_and_stable_ids(path):
    ids = [cell["id"] for cell in cells(path)]

    assert all("execution" not in cell["metadata"] for cell in cells(path))
    assert "papermill" not in json.loads(path.read_text(encoding="utf-8"))["metadata"]
    assert ids == [f"{path.stem.replace('_', '-')}-{at:02d}" for at in range(len(ids))]


def test_was_run_without_errors_and_shows_no_raw_numbers(path):
    for cell in cells(path, "code"):
        for output in cell["outputs"]:
            text = "".join(output.get("data", {}).get("text/plain", []))

            assert output["output_type"] not in ("error", "stream")
            assert "00:00:00" not in text
            assert "dtype" not in text


def test_is_small_enough_to_read_on_a_code_host(path):
    size = path.stat().st_size

    assert size < MOST_BYTES, f"{size:,} bytes with outputs: draw fewer charts, or one page more"
