"""Comparison with peers: one case by hand, its laws, and who is named by chance."""

import numpy as np
import pytest

from revkit.statistics.peers.exchange import Cases, chance_of


def cases(who, seen, stratum=None, cluster=None, expected=0.4):
    who = np.asarray(who)
    stratum = np.zeros(len(who), dtype=np.int64) if stratum is None else stratum
    cluster = np.arange(len(who)) if cluster is None else cluster
    seen = np.asarray(seen, dtype=np.float64)[:, None]
    return Cases(who, stratum, cluster, seen, np.full_like(seen, expected), np.array([-1.0]))


TWO = np.repeat([0, 1], 10), [1] * 2 + [0] * 8 + [1] * 6 + [0] * 4


def test_two_people_by_hand():
    """2 of 10 beside 6 of 10: 2 below 4; variance 10·10/19·.24, by hypergeometric draws."""
    found = cases(*TWO)

    assert found.gap[:, 0] == pytest.approx([-2, 2])
    assert found.variance[:, 0] == pytest.approx([10 * 10 / 19 * 0.24] * 2)
    assert found.distance[:, 0] == pytest.approx([2 / np.sqrt(24 / 19), -2 / np.sqrt(24 / 19)])


def test_what_is_expected_of_all_alike_changes_nothing():
    assert cases(*TWO, expected=0.1).distance == pytest.approx(cases(*TWO).distance)


def test_who_has_no_peers_is_not_compared():
    who, seen = TWO
    found = cases(who, seen, stratum=who.copy())

    assert not found.compared.any()
    assert (found.n == 0).all()


def test_deals_of_one_account_count_as_one():
    who, seen = TWO
    twice = cases(np.tile(who, 2), seen * 2, cluster=np.tile(np.arange(20), 2))

    assert twice.gap[:, 0] == pytest.approx([-4, 4])
    assert twice.distance == pytest.approx(cases(who, seen).distance)


def test_whose_name_it_is_makes_no_difference():
    rng = np.random.default_rng(3)
    who, seen = rng.integers(0, 4, 200), rng.random(200) < 0.3
    swapped = np.array([1, 0, 2, 3])[who]
    one, other = cases(who, seen), cases(swapped, seen)
    told = np.ones((4, 1), dtype=bool)

    assert one.distance[[1, 0, 2, 3]] == pytest.approx(other.distance)
    assert (one.furthest(told, 50) == other.furthest(told, 50)).all()


@pytest.mark.parametrize(("weak", "least", "most"), [(0.4, 0, 12), (0.1, 85, 100)])
def test_few_are_named_by_chance_and_the_weak_are(weak, least, most):
    """Of 100 teams of six with 40 deals each, nobody differs, or one wins a tenth for 40 %."""
    rng, named = np.random.default_rng(11), 0
    for _ in range(100):
        who = np.repeat(np.arange(6), 40)
        seen = rng.random(240) < np.where(who == 0, weak, 0.4)
        found, told = cases(who, seen), np.ones((6, 1), dtype=bool)
        chance = chance_of(found.distance, told, [found.furthest(told, 99)])
        named += bool((chance[:1] if weak < 0.4 else chance).min() <= 0.05)

    assert least <= named <= most
