"""YAML of the user: what a reader of the file would not see is refused."""

import pytest
import yaml

from revkit.errors import MappingError, ParameterError
from revkit.sources import load
from revkit.synth.scenario.load import scenario
from revkit.yaml_files import load_yaml, parse_yaml, yaml_problem

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
REFUSED = {
    BOMB: "by an alias (*); write it out (line 2)",
    "a: &a\n  b: *a\n": "by an alias (*); write it out (line 2)",
    "a: 1\nb: 2\na: 3\n": "the key 'a' is there twice (line 3)",
    "x: {a: 1, a: 2}": "the key 'a' is there twice (line 1)",
    "a: " + "[" * 30 + "]" * 30: "it nests more than 20 levels deep (line 1)",
    "a: 2025-02-30": "day is out of range for month (line 1)",
    "a: !!python/object:os.system x": "could not determine a constructor",
    "a: [\n": "expected the node content",
    "a: " + "9" * 5000: "Exceeds the limit",
}


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_it_is_refused_by_line(text):
    with pytest.raises(yaml.YAMLError) as refusal:
        parse_yaml(text)

    assert REFUSED[text] in yaml_problem(refusal.value)


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_a_mapping_and_a_scenario_are_read_so(text, tmp_path):
    file = tmp_path / "our.yaml"
    file.write_text(text)
    (tmp_path / "accounts.csv").write_text("account_id\n1\n")

    with pytest.raises(MappingError, match=r"our\.yaml"):
        load(tmp_path, mapping=file)
    with pytest.raises(ParameterError, match=r"our\.yaml"):
        scenario(str(file))


def test_its_size_is_bounded_and_it_is_text_in_utf_8(tmp_path):
    file = tmp_path / "our.yaml"
    file.write_text("a: " + "x" * 1_000_000)
    with pytest.raises(yaml.YAMLError, match="larger than 1 MB"):
        load_yaml(file)
    file.write_bytes(b"a: \xff")
    with pytest.raises(yaml.YAMLError, match="not text in UTF-8"):
        load_yaml(file)
    with pytest.raises(yaml.YAMLError, match="directory"):
        load_yaml(tmp_path)


def test_the_same_key_in_two_places_and_anchors_alone_are_no_harm():
    assert parse_yaml("a: {x: 1}\nb: {x: &x 1}\n") == {"a": {"x": 1}, "b": {"x": 1}}
