"""What docs/companies.md says of scenarios, targets and dirt is so, and what it shows comes out."""

import doctest
import re

import pytest

import revkit as rk
from revkit.synth import scenarios
from revkit.synth.dirt.levels import LEVELS
from revkit.synth.kernel.arrow import COLUMNS
from revkit.synth.kernel.name_pools import locales
from revkit.synth.scenario.effects import TARGETS
from revkit.synth.scenario.load import scenario
from revkit.synth.scenario.questions import SCORES
from revkit.synth.truth.latent_values import latent_tables


@pytest.fixture(scope="module")
def page(pytestconfig):
    return (pytestconfig.rootpath / "docs" / "companies.md").read_text("utf-8")


def table(page, head):
    """The rows of the table whose first column is called so."""
    rows = page.split(f"\n| {head} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", page, flags=re.DOTALL)


def share(level, kind):
    return f"{100 * LEVELS[level][kind]:g} %" if kind in LEVELS[level] else "–"


def test_every_scenario_is_on_it(page):
    assert table(page, "scenario") == [
        [name, f"{scenario(name).min_accounts:,}", scenario(name).story] for name in scenarios()
    ]


def test_every_target_is_on_it(page):
    assert [row[:3] for row in table(page, "target")] == [
        [name, target.op, ", ".join(target.where)] for name, target in TARGETS.items()
    ]


def test_every_part_that_an_answer_may_be_scored_by_is_on_it(page):
    (said,) = re.findall(r"^`score` names .*?\.\n", page, flags=re.DOTALL | re.MULTILINE)

    assert re.findall(r"`(\w+)`", said)[1:] == [*SCORES]


def test_every_kind_of_dirt_is_on_it(page):
    assert [row[:3] for row in table(page, "kind")] == [
        [kind, share("light", kind), share("heavy", kind)] for kind in LEVELS["heavy"]
    ]


def test_every_part_of_the_truth_is_on_it(page):
    company = rk.generate("broken-handoff", accounts=30, months=2, dirt="light")
    world = company.world
    parts = ", ".join(row[0] for row in table(page, "part")).split(", ")
    files = {row[0]: row[2] for row in table(page, "file")}

    assert {*parts} == {*company.truth.as_dict()} - {"format", "method"}
    for name, found in latent_tables(world, company.truth.simulated(0)).items():
        assert all(column in files[name] for column in found.column_names)
    assert files["dirt_key"] == ", ".join(company.key.column_names)
    assert all(locale in page for locale in locales())


def test_its_output_is_what_comes_out(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = "\n".join(block for block in blocks(page, "python") if ">>>" in block)
    example = doctest.DocTestParser().get_doctest(shown, {}, "companies.md", None, None)

    assert doctest.DocTestRunner().run(example).failed == 0


def test_its_scenario_is_one(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "slow-spring.yaml").write_text(blocks(page, "yaml")[0], encoding="utf-8")
    words = {"rk": rk}

    exec(next(block for block in blocks(page, "python") if "slow-spring" in block), words)

    assert words["mine"].detectability == ""
    assert {*words["mine"].once(words["mine"].part(0).sums)} < {*COLUMNS}
