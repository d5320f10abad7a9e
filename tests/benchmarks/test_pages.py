"""The benchmark of pages sees cells that fail, and sentences that are false or broken."""

import nbformat
import numpy as np
import pandas as pd
import pytest

import revkit as rk
from benchmarks.pages.runs import Said, run
from benchmarks.pages.sentences import faults, unbacked, unconditional, values

PARAMETERS = 'data: str = "nowhere"  # folder\nperiod: str = "month"  # of the numbers'
LOAD = "import revkit as rk\nwins = rk.metrics.win_rate(rk.load(data), period=period)"
CELLS = (
    "rk.findings(['Nobody knows 17 %.'])",
    "rk.notebook.so(rk.say.level(wins))",
    "1 / 0",
    "2 / 0",
)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A page of a company by quarter: two sentences, and a cell that fails."""
    cells = [nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    cells += [nbformat.v4.new_code_cell(cell) for cell in (LOAD, *CELLS)]
    file = tmp_path_factory.mktemp("pages") / "page.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), file)
    return run(file, rk.example("deals"), {"period": "quarter"}, "en")


def test_it_keeps_what_is_said_and_stops_where_a_cell_fails(page):
    assert page.failed == "cell 5: ZeroDivisionError: division by zero"
    assert {(one.kind, one.text.startswith("Win rate was")) for one in page.said} == {
        ("shown", False),
        ("level", True),
    }
    assert "Q1 2026" in page.said[-1].text


def test_a_number_of_nowhere_is_found_and_a_true_sentence_passes(page):
    found = {one.kind: list(faults(one, "en")) for one in page.said}

    assert found == {"shown": [("a number that no object holds", "17 %")], "level": []}


def test_a_sentence_that_its_frame_contradicts_is_found(page):
    (said,) = {one.text: one for one in page.said if one.kind == "level"}.values()
    wrong = Said("page", "level", said.text.replace("was ", "was 9"), False, said.result)

    ((kind, words),) = faults(wrong, "en")
    assert kind == "not what the frame holds"
    assert words.startswith("9")


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("Win rate was nan in March.", "en", "a value that is none"),
        ("It took 1 months.", "en", "one of several"),
        ("Of {what} nothing is known.", "en", "a place without its word"),
        ("It rose.. By much.", "en", "a doubled mark"),
        ("It is of win_rate.", "en", "a bare name of a column"),
        ("Il tasso was basso.", "it", "English on another page"),
    ],
)
def test_a_broken_text_is_found(text, language, kind):
    assert [found for found, _ in faults(Said("page", "shown", text, False, {}), language)] == [
        kind
    ]


def test_numbers_are_known_by_what_they_are_made_from():
    frame = pd.DataFrame({"value": [30.0, 90.0], "who": ["a", "b"]})

    assert list(unbacked("90 of 120, 75 %, 60 more than before", values(frame))) == []
    assert list(unbacked("In Q1 2026 91 of 120 (95 % interval)", values(frame))) == ["91"]
    assert np.isin([0.25, 60.0, 120.0], values({"result": frame})).all()


def test_what_all_are_told_is_not_of_any():
    said = {name: {"It is so.", f"It is {name}."} for name in "abcde"}

    assert unconditional(said) == ["It is so."]
