"""The benchmark of data.check(): a dirty company's key is found, and little else."""

import pytest

import revkit as rk
from benchmarks.quality import RULES, estimated, planted, scored

COMPANY = rk.generate(accounts=200, months=9, seed=3, dirt="heavy")
CHECK = rk.Dataset(currency="EUR", **COMPANY.tables).check()


@pytest.mark.parametrize("kind", [kind for kind in RULES if kind != "local time"])
def test_what_was_planted_is_found_and_little_else(kind):
    there, hit, flagged, right = scored(COMPANY, CHECK, kind)

    assert there or kind == "won without amount"  # few deals are won in so few months
    assert hit >= 0.95 * there
    assert right >= 0.95 * flagged


def test_of_moments_by_another_clock_a_part_is_told_and_the_number_estimated():
    there, hit, flagged, right = scored(COMPANY, CHECK, "local time")

    assert hit >= 0.25 * there
    assert right >= 0.95 * flagged
    assert estimated(CHECK) == pytest.approx(len(planted(COMPANY, "local time")), rel=0.5)
