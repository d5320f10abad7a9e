"""The JSON schema of mappings that editors read."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from revkit.sources.mapping.editor_schema import FILE, editor_schema

ROOT = Path(__file__).parents[2]
CHECK = Draft202012Validator(editor_schema())


def problems(text):
    content = yaml.safe_load(text)
    plain = json.loads(json.dumps(content, default=str))  # YAML has days, JSON text
    return [error.message for error in CHECK.iter_errors(plain)]


def test_the_published_schema_is_current():
    assert json.loads(FILE.read_text(encoding="utf-8")) == editor_schema(), "run `make docs`"
    Draft202012Validator.check_schema(editor_schema())


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda p: p.stem)
def test_it_takes_the_mappings_that_ship(path):
    if "tables:" in path.read_text():
        assert problems(path.read_text()) == []


def test_it_takes_the_mapping_of_the_documentation():
    import revkit.sources.mapping as package

    shown = package.__doc__.partition("::\n")[2].partition("\nSettings above")[0]

    assert problems(shown) == []
    assert len(yaml.safe_load(shown)["tables"]) == 5


@pytest.mark.parametrize(
    "text",
    [
        "table: {}",
        "file: x",
        "tables: {deals: {source: a}}",
        "tables: {accounts: {columns: {account_id: id}}}",
        "tables: {accounts: []}",
        "tables: {accounts: {source: a, columns: {account_id: {form: id}}}}",
        "tables: {accounts: {source: a, columns: {account_id: {from: id, epoch: us}}}}",
        "tables: {accounts: {source: a, rows: {where: {a: {nott: 1}}}}}",
        "tables: {accounts: {source: a, pivot: {columns: a, values: b}}}",
    ],
)
def test_it_refuses_what_a_mapping_refuses(text, tmp_path):
    from revkit.errors import MappingError
    from revkit.sources.mapping import read_mapping

    assert problems(text)
    (tmp_path / "our.yaml").write_text(text)
    with pytest.raises(MappingError):
        read_mapping(tmp_path / "our.yaml")
