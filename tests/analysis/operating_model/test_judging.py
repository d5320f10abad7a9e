"""A measure is unclear while its interval holds the limit, and says nothing of too few rows."""

import pytest

from revkit.analysis.operating_model.criteria import R6, S3
from revkit.analysis.operating_model.judging import judge
from revkit.analysis.operating_model.measures.reading import Reading
from revkit.analysis.operating_model.thresholds import read_thresholds

LIMITS = read_thresholds().of
FEW = Reading(0.3, 30, 0.18, 0.45)  # of 30 lost deals nine without a reason
MANY = Reading(0.3, 300, 0.26, 0.35)
NONE = Reading(0.0, 300, 0.0, 0.01)
UNKNOWN = Reading()


def told(criterion, *readings):
    by_key = {m.key: one for m, one in zip(criterion.measures, readings, strict=True)}
    return judge(criterion, by_key, LIMITS, currency="EUR").told


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ((NONE, NONE, NONE), "not met"),
        ((NONE, MANY, NONE), "met"),
        ((NONE, FEW, NONE), "unclear"),  # the limit of 20 % lies within 18 to 45 %
        ((UNKNOWN, MANY, UNKNOWN), "met"),
        ((UNKNOWN, NONE, NONE), "unclear"),  # what is not known could meet it
        ((UNKNOWN, UNKNOWN, UNKNOWN), "no data"),
        ((Reading(1.0, 49), NONE, NONE), "unclear"),  # fewer than 50 leads tell nothing
    ],
)
def test_any_of_the_measures_meets_a_criterion(readings, expected):
    assert told(R6, *readings) == expected


@pytest.mark.parametrize(
    ("reached", "efficiency", "expected"),
    [
        (Reading(0.8, 40, 0.7, 0.9), Reading(0.6, 12), "met"),
        (Reading(0.8, 40, 0.7, 0.9), Reading(0.4, 12), "not met"),
        (Reading(0.65, 40, 0.5, 0.8), Reading(0.6, 12), "unclear"),
        (UNKNOWN, Reading(0.4, 12), "not met"),
        (UNKNOWN, Reading(0.6, 12), "unclear"),
    ],
)
def test_all_of_the_measures_meet_a_criterion(reached, efficiency, expected):
    assert told(S3, reached, efficiency) == expected
