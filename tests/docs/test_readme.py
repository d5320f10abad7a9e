"""What the README shows is so."""

import doctest
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

import revkit as rk
from revkit.algebra import METRICS
from revkit.cli import app
from revkit.sources.address import Address
from revkit.sources.mapping import read_mapping
from revkit.synth import scenarios


@pytest.fixture(scope="module")
def readme(pytestconfig):
    return (pytestconfig.rootpath / "README.md").read_text("utf-8")


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_its_output_is_what_comes_out(readme, pytestconfig, monkeypatch):
    monkeypatch.chdir(pytestconfig.rootpath)
    shown = next(block for block in blocks(readme, "python") if ">>>" in block)
    example = doctest.DocTestParser().get_doctest(shown, {"rk": rk}, "README", None, None)

    assert doctest.DocTestRunner().run(example).failed == 0


def test_its_numbers_of_scenarios_and_of_mappings_are_those_there_are(readme, pytestconfig):
    changes = (pytestconfig.rootpath / "CHANGELOG.md").read_text("utf-8")
    mappings = in_words(len([*(pytestconfig.rootpath / "examples").glob("*.yaml")]))
    shipped = in_words(len(scenarios()))

    assert f"`--list` shows the {shipped} scenarios" in readme
    assert f"- {shipped.capitalize()} scenarios, such as" in changes
    assert f"has mappings for {mappings} public data" in readme
    assert f"has mappings for {mappings} public data" in changes


def in_words(number):
    tens, ones = divmod(number, 10)
    if number < len(SMALL):
        return SMALL[number]
    return ["twenty", "thirty", "forty", "fifty"][tens - 2] + (f"-{SMALL[ones]}" if ones else "")


SMALL = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip


def own_mapping(readme):
    """The mapping of tables with other names."""
    return next(block for block in blocks(readme, "yaml") if "sales_pipeline" in block)


def test_its_mapping_is_one(readme, tmp_path):
    file = tmp_path / "crm.yaml"
    file.write_text(own_mapping(readme), encoding="utf-8")

    assert read_mapping(file).tables["opportunities"][0].source == "sales_pipeline"


def test_its_addresses_are_taken_apart_and_its_password_is_not_shown(readme):
    written = re.findall(r'rk\.load\("(\w+://[^"]+)"\)', readme)
    profile = re.findall(r"REVKIT_WAREHOUSE=(postgresql://\S+?)`", readme)

    assert [Address(url).kind for url in written] == ["postgresql", "spark", "duckdb"]
    assert Address(written[0]).options == {"schema": "sales"}
    assert [str(Address(url)) for url in profile] == ["postgresql://ann@…"]


def test_its_metric_works_as_written(readme, pytestconfig):
    code = next(block for block in blocks(readme, "python") if "@rk.metric" in block)
    data = rk.load(pytestconfig.rootpath / "data" / "sample")
    words = {"rk": rk, "data": data}

    try:
        exec(code, words)
        assert words["lost_to_rivals"](data, by="segment")["value"].between(0, 1).any()
    finally:
        METRICS.pop("lost_to_rivals", None)


def test_its_blocks_run_on_tables_of_these_names(readme, pytestconfig, tmp_path, monkeypatch):
    shutil.copytree(pytestconfig.rootpath / "data" / "sample", tmp_path / "exports" / "crm")
    (tmp_path / "crm.yaml").write_text(own_mapping(readme), encoding="utf-8")
    (tmp_path / "exports" / "sales").mkdir()
    (tmp_path / "exports" / "sales" / "sales_pipeline.csv").write_text(
        "opportunity_id,sales_agent,engage_date,close_date,close_value,deal_stage\n"
        "a,Ann,01/05/2026,02/01/2026,1000,Won\nb,Ann,01/05/2026,,,Engaging\n",
        encoding="utf-8",
    )
    (tmp_path / "exports" / "salesforce").mkdir()
    (tmp_path / "exports" / "salesforce" / "Opportunity.csv").write_text(
        "Id,CreatedDate,CloseDate,IsClosed,IsWon,Amount\n1,2026-01-05,2026-02-01,true,true,5\n"
    )
    monkeypatch.chdir(tmp_path)
    loads = [
        block
        for block in blocks(readme, "python")
        if "rk.load(" in block and "://" not in block and ">>>" not in block
    ]
    words = {"rk": rk}

    for block in loads:
        exec(block, words)

    assert len(loads) == 4
    assert rk.metrics.win_rate(words["data"], period=None)["n"].tolist() == [1]


def test_its_table_of_calls_runs(readme, pytestconfig):
    table = readme.split("| you want | you write |")[1].split("\n\n")[0]
    calls = [code for code in re.findall(r"`([^`]+)`", table) if code.startswith(("rk.", "data."))]
    options = [code for code in re.findall(r"`([^`]+)`", table) if code not in calls]
    words = {"rk": rk, "data": rk.load(pytestconfig.rootpath / "data" / "sample")}

    assert all(eval(code, words) is not None for code in calls)
    assert all(len(eval(f"rk.metrics.churn_rate(data, {code})", words)) for code in options)


def test_its_commands_exist(readme, pytestconfig):
    fenced = re.findall(r"^```(\w*)\n(.*?)^```", readme, flags=re.DOTALL | re.MULTILINE)
    shell = "".join(text for language, text in fenced if not language).replace("\\\n", "")
    targets = re.findall(r"(?:^|`)make (\w+)", readme, flags=re.MULTILINE)
    makefile = (pytestconfig.rootpath / "Makefile").read_text("utf-8")
    lines = [shlex.split(line, comments=True) for line in shell.splitlines()]
    report = next(line for line in lines if line[:2] == [".venv/bin/revkit", "report"])
    script = next(line for line in lines if "generate_sample_data.py" in line)

    command = get_command(app).commands["report"]
    known = subprocess.run([sys.executable, *script[1:2], "--help"], cwd=pytestconfig.rootpath,
                           capture_output=True, text=True, check=True).stdout  # fmt: skip

    assert all(f"\n{target}:" in makefile for target in targets)
    assert command.make_context("report", report[2:]).params["out"] == Path("reports/2026-10")
    assert all(word in known for word in script if word.startswith("--"))


def test_its_pictures_are_there_small_and_described(readme, pytestconfig):
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", readme)

    assert {Path(file).stem for _, file in pictures} == {"first_page", "notebook", "dashboard"}
    for words, file in pictures:
        assert len(words.split()) > 5
        assert (pytestconfig.rootpath / file).stat().st_size <= 200_000
