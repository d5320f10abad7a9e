"""Causes among the cells of made-up firms, and the exact split of a change."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.diagnosis.simulator import firm
from revkit.analysis.diagnosis.split import of_count, of_ratio, of_sum
from revkit.statistics.causes.search import verdict

positive = st.floats(1, 1e4)
cells = st.lists(st.tuples(positive, positive, positive, positive), min_size=1, max_size=8)


@settings(suppress_health_check=[HealthCheck.too_slow])  # of a machine with much else to do
@given(cells)
def test_a_split_adds_up_to_the_change(rows):
    a, b, c, d = np.array(rows).T
    above, below = np.column_stack([a, b]), np.column_stack([c, d])

    before, after = above.sum(axis=0) / below.sum(axis=0)
    assert of_ratio(above, below).total == pytest.approx(
        after - before, rel=1e-9, abs=1e-9 * (before + after)
    )
    assert of_sum(above, below).total == pytest.approx(
        b.sum() - a.sum(), rel=1e-9, abs=1e-9 * above.sum()
    )
    assert of_count(above).total == pytest.approx(
        b.sum() - a.sum(), rel=1e-9, abs=1e-9 * above.sum()
    )


def test_a_cell_of_one_period_alone_changes_the_mix():
    above, below = np.array([[10.0, 10.0], [0.0, 9.0]]), np.array([[20.0, 20.0], [0.0, 10.0]])

    found = of_ratio(above, below)

    assert found.total == pytest.approx(19 / 30 - 0.5)
    assert found.rate == pytest.approx([0, 0])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_causes_are_found_and_nothing_else(seed):
    for kind in ("rate", "mix"):
        made = firm(kind, 4000, seed)
        found = verdict(made.leaves)
        assert [(one.kind, one.cell) for one in found.named] == made.causes
        assert found.nothing > 0.5


def test_a_quiet_firm_has_no_cause():
    found = verdict(firm("stable", 1500, 4).leaves)
    assert not found.named
    assert found.nothing + sum(one.probability for one in found.possible) > 0.5


def test_a_change_that_lasts_is_dated():
    made = firm("rate", 4000, 5, months=6)
    (cause,) = verdict(made.leaves).named
    assert ("rate", cause.cell) == made.causes[0]
    assert made.onset in cause.months
    assert cause.effect < 0


def test_what_all_have_in_common_is_told_by_those_that_did_not_move_by_themselves():
    """Two halves, one of which fell from 30 to 2 of 100."""
    above, below = np.array([[30.0, 2.0], [30.0, 30.0]]), np.full((2, 2), 100.0)

    found = of_ratio(above, below, apart=[0])
    between = of_ratio(above, below)

    assert (found.drift, found.rate.tolist()) == (0.0, pytest.approx([-0.14, 0.0]))
    assert between.drift == pytest.approx(-0.14)
    assert found.total == pytest.approx(-0.14) == between.total
    assert of_count(above, apart=[0]).mix.tolist() == [-28.0, 0.0]
    assert of_count(above, apart=[0, 1]).total == pytest.approx(-28)
