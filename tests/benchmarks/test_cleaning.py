"""The benchmark of data.clean(): what is changed is as in the clean company, and most is mended."""

import pytest

import revkit as rk
from benchmarks.cleaning import KINDS, scored


@pytest.fixture(scope="module")
def mended():
    company = rk.generate(accounts=150, months=9, seed=3, dirt="heavy")
    cleaned = rk.Dataset(currency="EUR", **company.tables).clean(*KINDS)
    return company, cleaned.log


@pytest.mark.parametrize("kind", dict.fromkeys(KINDS.values()))
def test_what_is_changed_is_as_in_the_clean_company(mended, kind):
    count = scored(*mended, kind)

    assert count["right"] >= 0.95 * count["changed"]
    assert count["rightly"] >= 0.95 * count["gone"]
    if count["planted"] >= 10:  # few rows tell little of the others, and stay
        assert count["right"] >= 0.9 * count["planted"]
    assert count["rightly"] >= 0.95 * count["rows"]
