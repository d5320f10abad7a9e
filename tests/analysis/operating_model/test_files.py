"""Files of thresholds and answers: read strictly, and refused in a sentence that helps."""

import pytest

import revkit as rk
from revkit.analysis.operating_model.answers import read_answers
from revkit.analysis.operating_model.assess import COUNTED
from revkit.analysis.operating_model.criteria import CRITERIA, READY
from revkit.analysis.operating_model.measures.formulas import asked
from revkit.analysis.operating_model.thresholds import SHIPPED, read_thresholds
from revkit.errors import ParameterError


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "my.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_every_measure_has_a_limit_with_its_source_and_a_way_to_read_it():
    keys = [(one.id, each.key) for one in (*CRITERIA, READY) for each in one.measures]
    limits = read_thresholds().of

    assert [*limits] == keys
    assert {key for _, key in keys} == {*asked(), *COUNTED}
    for limit in limits.values():
        assert limit.kind in ("public", "teaching default")
        assert bool(limit.source) == (limit.kind == "public")


def test_a_copy_of_the_shipped_file_changes_nothing(written):
    assert read_thresholds(written(SHIPPED.read_text(encoding="utf-8"))) == read_thresholds()


def test_a_source_of_ones_own_is_kept_and_the_rest_stays(written):
    path = written("R2: {mql_to_sql: {limit: 0.2, source: our board, kind: public}}")
    found = read_thresholds(path).of

    assert found["R2", "mql_to_sql"].source == "our board"
    assert found["R2", "mql_to_sql"].least == 50
    assert found["S1", "arr"] == read_thresholds().of["S1", "arr"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("S9: {arr: {limit: 1}}", "the file has no 'S9'. Known are: S1, S2,"),
        ("S1: {ar: {limit: 1}}", "S1 has no 'ar'. Did you mean 'arr'?"),
        ("S1: {arr: {limits: 1}}", "S1.arr has no 'limits'. Did you mean 'limit'?"),
        ("S1: {arr: 5000000}", "S1.arr must be keys and values; found 5000000."),
        ("S1: 3", "S1 must be a measure of it with its limit; found 3."),
        ("S1: {arr: {limit: five}}", "S1.arr.limit must be a number; found 'five'."),
        ("S1: {arr: {limit: .nan}}", "S1.arr.limit must be a number; found nan."),
        ("S1: {arr: {limit: true}}", "S1.arr.limit must be a number; found True."),
        ("S1: {arr: {least: -1}}", "S1.arr.least must be a number, 0 or more; found -1."),
        ("S1: {arr: {kind: private}}", "S1.arr.kind must be one of public, teaching default, own"),
        ("S1: {arr: {source: 3}}", "S1.arr.source must be a text; found 3."),
        ("verdict: {least_met: x}", "verdict.least_met must be a number, 0 or more; found 'x'."),
        ("- S1", "the file must be a mapping; found ['S1']."),
        ("S1: {arr: {limit: 1}}\nS1: {}", "the key 'S1' is there twice"),
    ],
)
def test_a_file_of_thresholds_that_is_wrong_is_refused(written, text, said):
    path = written(text)

    with pytest.raises(ParameterError) as caught:
        read_thresholds(path)

    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="cannot be read: No such file or directory"):
        read_thresholds(tmp_path / "none.yaml")


@pytest.mark.parametrize("answer", ["yes", "Yes", True, "sì", "SI"])
def test_yes_is_understood(answer):
    assert read_answers({"S1": answer}) == {"S1": True}


def test_answers_are_read_from_a_file_and_open_ones_left_out(written):
    assert read_answers(written("S1: yes\nR2: no\nB:\n")) == {"S1": True, "R2": False}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"S8": "yes"}, "answers: the criteria has no 'S8'."),
        ({"S1": "perhaps"}, "answers: S1 must be yes or no; found 'perhaps'. Write S1: yes"),
        ({"S1": 1}, "answers: S1 must be yes or no; found 1."),
        (["S1"], "rk.assess: answers=['S1'] must be answers by criterion"),
        (3, "rk.assess: answers=3 must be answers by criterion"),
    ],
)
def test_answers_that_are_none_are_refused(given, said):
    with pytest.raises(ParameterError) as caught:
        rk.assess(rk.example("deals"), answers=given)

    assert said in str(caught.value)


def test_a_file_of_answers_is_named_in_its_errors(written):
    with pytest.raises(ParameterError, match=r"my\.yaml: S1 must be yes or no"):
        read_answers(written("S1: perhaps"))


@pytest.mark.parametrize("given", [3, ["x"], {"S1": 1}])
def test_thresholds_are_a_path(given):
    with pytest.raises(ParameterError, match=r"thresholds=.* must be the path of a YAML file"):
        rk.assess(rk.example("deals"), thresholds=given)
