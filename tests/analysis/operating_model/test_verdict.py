"""The verdict over all criteria, from their states alone."""

import re

import pytest

from revkit.analysis.operating_model.criteria import CRITERIA, READY
from revkit.analysis.operating_model.judging import Judgement
from revkit.analysis.operating_model.thresholds import read_thresholds
from revkit.analysis.operating_model.verdict import verdict_of
from revkit.language import language

OPEN = "no data"


def judged(met=(), unknown=(), rest="not met"):
    """Every criterion: those met, those without data, and the rest."""
    return [
        Judgement(one, (), "met" if one.id in met else OPEN if one.id in unknown else rest)
        for one in CRITERIA
    ]


def verdict(*args, size="met", **how):
    return verdict_of(
        judged(*args, **how), Judgement(READY, (), size), read_thresholds(), language("en")
    )


ALL = [one.id for one in CRITERIA]
SALES, REVENUE = ALL[:7], ALL[7:13]


@pytest.mark.parametrize(
    ("met", "unknown", "expected"),
    [
        ([], [], "neither yet"),
        (["S3"], [], "SalesOps"),
        (["R2"], [], "RevOps"),
        (["S3", "R2", "B"], [], "both"),
        (["S3", "R2"], ["B"], "cannot tell"),  # whether there is room for both is open
        (["S3", "S4", "R2"], [], "SalesOps"),  # no room: more of its criteria are met
        (["S3", "R2", "R4"], [], "RevOps"),
        (SALES + REVENUE, [], "cannot tell"),  # no room, and as much speaks for each
        (["S3"], ["R1", "R2"], "SalesOps"),  # the rest of RevOps is settled
        (["S3"], REVENUE, "cannot tell"),
        ([], ["R1"], "cannot tell"),
        ([], ["B"], "neither yet"),
    ],
)
def test_the_verdict_follows_from_what_is_met_and_what_is_open(met, unknown, expected):
    assert verdict(met, unknown)[0] == expected


def test_a_company_too_small_needs_neither_yet_whatever_is_met():
    found, sentence = verdict(["S1", "S3"], size="not met")

    assert found == "neither yet"
    assert sentence.endswith(
        "For SalesOps speaks: early stage (S1) and sales works (S3); for RevOps: nothing."
    )


def test_the_first_page_has_the_verdict_alone_and_no_codes():
    for met in ([], ["S3"], ["S3", "R2", "B"], ["S3", "R2"], SALES + REVENUE):
        sentence = verdict(met)[1]

        assert sentence.startswith(sentence.front)
        assert not re.search(r"\b[SRB]\d?\b", sentence.front)
        assert sentence.front.count(".") == 1


@pytest.mark.parametrize("size", ["unclear", "no data"])
def test_a_size_that_is_not_known_excludes_nothing(size):
    assert verdict(["S3"], size=size)[0] == "SalesOps"


def test_the_sentence_lists_what_is_open():
    assert verdict(["S3"], ["R1", "B"])[1].endswith(
        "Open: beyond sales (R1) and room for both (B)."
    )
