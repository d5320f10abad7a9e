"""A step in a share is told from noise, drift and season, with a probability that holds."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy.stats import fisher_exact

from revkit.statistics import steps
from revkit.statistics.steps import step_of_counts
from revkit.statistics.steps import step_of_shares as step


def drawn(random, logits, trials):
    return random.binomial(trials.astype(int), 1 / (1 + np.exp(-logits))).astype(float)


def shares_of_false(random, logits, trials, level, rounds=600):
    found = (step(drawn(random, logits(), trials), trials) for _ in range(rounds))
    return np.mean([one is not None and one.p <= level for one in found])


def logit(share):
    return math.log(share / (1 - share))


@pytest.mark.parametrize(("months", "trials", "share"), [(20, 63, 0.36), (30, 1500, 0.018)])
def test_sampling_alone_claims_no_more_than_its_level(months, trials, share):
    random = np.random.default_rng(1)
    level = np.full(months, logit(share))

    found = shares_of_false(random, lambda: level, np.full(months, float(trials)), 0.05)

    assert found <= 0.05


@pytest.mark.parametrize("kind", ["drift", "season", "varied"])
def test_drift_season_and_variation_beyond_sampling_are_no_steps(kind):
    random = np.random.default_rng(2)
    months, trials = 36, np.full(36, 200.0)
    at = np.arange(months)

    def logits():
        return (
            logit(0.25)
            + {
                "drift": np.cumsum(0.03 * random.standard_normal(months)),
                "season": 0.3 * np.cos(2 * np.pi * (at + random.integers(12)) / 12),
                "varied": 0.15 * random.standard_normal(months),
            }[kind]
        )

    assert shares_of_false(random, logits, trials, 0.004, rounds=300) <= 0.05


def test_a_gate_that_breaks_is_told_a_quarter_later_and_dated():
    """From 36 to 20 % of 63 leads a month: a quarter's rate against another sees half of these."""
    random = np.random.default_rng(3)
    trials = np.full(20, 63.0)
    broken = np.where(np.arange(20) < 16, logit(0.36), logit(0.2))

    found = [step(drawn(random, broken, trials), trials) for _ in range(200)]

    named = [one for one in found if one.p <= 0.005]
    assert len(named) > 170
    assert np.mean([abs(one.at - 16) <= 1 for one in named]) > 0.85


def test_what_all_groups_do_is_no_step_of_one():
    trials = np.full(24, 100.0)
    fallen = np.where(np.arange(24) < 18, 40.0, 20.0)
    steady = np.full(24, 40.0)

    assert step(fallen, trials, (3 * fallen, 3 * trials)).p == 1.0
    assert step(fallen, trials, (3 * steady, 3 * trials)).p < 1e-4
    assert step(fallen, trials, (3 * steady, 3 * trials)).at == 18


@pytest.mark.parametrize(
    ("hits", "trials"),
    [
        ([], []),
        ([3.0] * 6, [10.0] * 6),
        ([0.0] * 24, [50.0] * 24),
        ([50.0] * 24, [50.0] * 24),
        ([0.0] * 24, [0.0] * 24),
        ([0.0] * 23 + [1.0], [5.0] * 24),
    ],
)
def test_nothing_is_said_of_too_few_months_or_counts(hits, trials):
    assert step(np.array(hits), np.array(trials)) is None


def test_months_without_rows_are_left_out():
    hits, trials = np.array([40.0] * 12 + [20.0] * 6), np.full(18, 100.0)
    gaps = [3, 9, 14]

    with_gaps = step(np.insert(hits, gaps, 0.0), np.insert(trials, gaps, 0.0))

    assert with_gaps.at == 14
    assert with_gaps.p < 1e-4


def test_the_gain_is_that_of_weighted_least_squares_over_the_likeliest_noise():
    """An independent path: whiten, fit by least squares with and without the step."""
    random = np.random.default_rng(4)
    months, of = 18, np.full(18, 80.0)
    hits = drawn(random, np.where(np.arange(months) < 12, logit(0.4), logit(0.3)), of)
    share = hits.sum() / of.sum()
    weight = of * share * (1 - share)
    score, at = (hits - of * share) / weight, np.arange(months)
    waves = [np.cos(2 * np.pi * k * at / 12) for k in (1, 2)]
    turns = [np.sin(2 * np.pi * k * at / 12) for k in (1, 2)]
    without, gained, noises = -np.inf, {}, steps.SHARES
    for varied, drifted, returned in product(noises.varied, noises.drifted, noises.returned):
        noise = np.diag(1 / weight + varied**2)
        for day in at:
            reached = (at >= day).astype(float)
            noise = noise + drifted**2 * np.outer(reached, reached)
        for part, (wave, turn) in zip((1, 0.5), zip(waves, turns, strict=True), strict=True):
            noise = noise + returned**2 * part * (np.outer(wave, wave) + np.outer(turn, turn))
        white = np.linalg.inv(np.linalg.cholesky(noise))
        prior = math.log(
            noises.varied[varied] * noises.drifted[drifted] * noises.returned[returned]
        )
        level = white @ np.ones(months)
        size = -np.log(np.diag(np.linalg.cholesky(noise))).sum() - math.log(level @ level) / 2
        for onset in (None, *range(6, months)):
            columns = [level] if onset is None else [level, white @ (at >= onset).astype(float)]
            left = np.linalg.lstsq(np.stack(columns, axis=1), white @ score, rcond=None)[1][0]
            likely = prior + size - left / 2
            if onset is None:
                without = max(without, likely)
            else:
                gained[onset] = max(gained.get(onset, -np.inf), likely)
    best = max(gained, key=lambda onset: gained[onset])
    p = math.erfc(math.sqrt(gained[best] - without))
    table = [[side.sum() for side in (hits[part], (of - hits)[part])]
             for part in (slice(best), slice(best, None))]  # fmt: skip
    exact = fisher_exact(np.array(table).astype(int))[1]

    found = step(hits, of)

    assert found.at == best
    assert found.p == pytest.approx(max(p, exact) * 6.5, rel=1e-6)


def counted(random, months, *, level=30.0, growth=0.0, varied=0.1, wave=0.1):
    at = np.arange(months)
    mean = level * np.exp(growth * at) * (1 + wave * np.sin(2 * np.pi * at / 12))
    return random.poisson(mean * random.gamma(varied**-2, varied**2, months)).astype(float)


@pytest.mark.parametrize(("months", "growth"), [(24, 0.0), (24, 0.03), (36, 0.02), (60, 0.0)])
def test_a_count_that_grows_varies_and_has_a_season_holds_no_step(months, growth):
    random = np.random.default_rng(5)

    found = [step_of_counts(counted(random, months, growth=growth)) for _ in range(100)]

    assert np.mean([one is not None and one.p <= 0.0036 for one in found]) <= 0.04


def test_a_count_that_doubles_is_told_within_a_quarter_and_dated():
    random = np.random.default_rng(6)
    found = []
    for _ in range(60):
        counts = counted(random, 30)
        counts[27:] = random.poisson(2.2 * counts[27:])
        found.append(step_of_counts(counts))

    named = [one for one in found if one.p <= 0.0036]
    assert len(named) >= 48
    assert np.mean([one.at == 27 for one in named]) > 0.8


def test_months_in_which_a_count_was_taken_up_are_not_read():
    steady = np.array([30.0, 27.0, 33.0, 29.0, 31.0, 28.0] * 4 + [62.0, 66.0, 59.0])
    taken_up = np.concatenate([[0.0, 1.0, 0.0, 3.0, 6.0], steady])

    found, later = step_of_counts(steady), step_of_counts(taken_up)

    assert (found.at, found.begun) == (24, 0)
    assert (later.at, later.begun) == (29, 5)
    assert later.p == pytest.approx(found.p, rel=1e-9)


@pytest.mark.parametrize(
    "counts", [[], [5.0] * 7, [0.0] * 24, [0.0] * 13 + [1.0] * 11, [20.0] * 8 + [0.0] * 3]
)
def test_nothing_is_said_of_few_months_or_of_a_count_that_is_mostly_none(counts):
    found = step_of_counts(np.array(counts))

    assert found is None or found.p > 0.004


def test_one_odd_month_is_no_step_of_a_count():
    assert step_of_counts(np.array([30.0, 28.0, 32.0] * 8 + [90.0])).p > 0.05


RHYTHM = np.array([45.0, 4.0, 4.0] * 12)
"""Deals are pushed in the first days after a quarter, and hardly at all between."""


def test_the_rhythm_of_a_quarter_is_no_step():
    """Two quiet months at the end of a year are what the quarters before had, too."""
    random = np.random.default_rng(7)

    found = [
        step_of_counts(random.poisson(RHYTHM * np.exp(random.normal(0, 0.1))).astype(float))
        for _ in range(60)
    ]

    assert all(one is None or one.p > 0.05 for one in found)


def test_a_step_is_told_through_the_rhythm_of_a_quarter():
    random = np.random.default_rng(8)
    level = np.where(np.arange(36) < 30, RHYTHM, 2.2 * RHYTHM)

    found = [step_of_counts(random.poisson(level).astype(float)) for _ in range(20)]

    assert np.mean([one is not None and one.p < 0.004 for one in found]) >= 0.8
