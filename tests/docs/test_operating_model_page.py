"""What docs/operating_model.md says of limits is so, and what it shows comes out."""

import doctest
import re

import pytest

from revkit.analysis.operating_model.criteria import CRITERIA
from revkit.analysis.operating_model.thresholds import read_thresholds


@pytest.fixture(scope="module")
def page(pytestconfig):
    return (pytestconfig.rootpath / "docs" / "operating_model.md").read_text("utf-8")


def number(text):
    """A limit as the page writes it: < 5 M, ≥ 60 %, < −2, ≥ 25,000."""
    digits = text.replace(",", "").replace("−", "-")
    value = float(re.search(r"-?[\d.]+", digits).group())
    return value * (1e6 if digits.endswith("M") else 0.01 if digits.endswith("%") else 1)


def test_its_output_is_what_comes_out(page):
    shown = next(block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL))
    example = doctest.DocTestParser().get_doctest(shown, {}, "operating_model.md", None, None)

    assert doctest.DocTestRunner().run(example).failed == 0


def test_its_limits_are_those_of_the_file_and_of_the_measures(page):
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines()]
    limits = [row[3] for row in cells if len(row) == 5 and row[3][:1] in "<≥" and row[3]]
    measures = [(one.id, each) for one in CRITERIA for each in one.measures]

    assert len(limits) == len(measures)
    for text, (criterion, measure) in zip(limits, measures, strict=True):
        known = read_thresholds().of[criterion, measure.key].limit
        assert number(text[1:].strip()) == pytest.approx(known, abs=0.005), measure.key
        assert (text[0] == "<") == (measure.met == "below"), measure.key
