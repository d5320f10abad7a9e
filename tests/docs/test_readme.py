"""What the README shows is so."""

import doctest
import re

import pytest

import revkit as rk
from revkit.algebra import METRICS
from revkit.sources.address import Address
from revkit.sources.mapping import read_mapping


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


def test_its_mapping_is_one(readme, tmp_path):
    file = tmp_path / "crm.yaml"
    file.write_text(blocks(readme, "yaml")[0], encoding="utf-8")

    assert read_mapping(file).tables["opportunities"].source == "sales_pipeline"


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
