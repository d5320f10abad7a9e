"""Bayes factors, beside the integrals they stand for."""

import numpy as np
import pytest
from scipy import integrate, stats

from revkit.statistics.scan.evidence import in_part, in_whole, learnt, likelihood, log_factors
from revkit.statistics.scan.noise import Scores, grid, scores
from revkit.statistics.scan.pulses import log_factors as of_pulses
from revkit.statistics.scan.shapes import shapes

MONTHS = 36
SHAPES = shapes(MONTHS)
KINDS = grid(MONTHS)


@pytest.mark.parametrize("estimate", [0.0, 0.3, -1.1])
def test_the_factor_is_the_integral_over_sizes(estimate):
    information, slab = 40.0, 0.7

    def likelihood(size: float) -> float:
        return float(np.exp(estimate * information * size - 0.5 * information * size**2))

    integral, _ = integrate.quad(
        lambda size: likelihood(size) * stats.norm.pdf(size, 0, slab), -6, 6, points=[0, estimate]
    )
    found = log_factors(np.array([estimate * information]), np.array([information]), [slab])
    assert found[0] == pytest.approx(np.log(integral), rel=1e-6)


def drawn(step: float, seed: int) -> Scores:
    variance = np.full(MONTHS, 0.01)
    values = np.random.default_rng(seed).normal(0, 0.1, MONTHS) + step * (np.arange(MONTHS) >= 24)
    return scores(values, variance, KINDS, SHAPES.values)


def test_a_step_has_evidence_where_it_is_and_none_speaks_against_a_step():
    every = np.ones(len(SHAPES.prior))
    found = in_whole(drawn(0.6, 2), KINDS.prior, (0.25, 0.7), every)
    best = found.argmax()
    assert SHAPES.onset[best] == 24
    assert found[best] > 20
    none = in_whole(drawn(0.0, 2), KINDS.prior, (0.25, 0.7), every)
    assert np.average(np.exp(none), weights=SHAPES.prior) < 1


def test_a_part_that_is_no_part_of_the_whole_stands_alone():
    part, whole = drawn(0.6, 2), drawn(0.0, 5)
    every = np.ones(len(SHAPES.prior))
    alone = in_whole(part, KINDS.prior, (0.25, 0.7), every)
    found = in_part(part, KINDS.prior, whole, KINDS.prior, 0 * every, (0.25, 0.7), every)
    likely = alone > alone.max() - 10
    assert np.allclose(found[likely], alone[likely], atol=0.01)


def test_kinds_of_noise_are_learnt_from_the_other_series():
    rng = np.random.default_rng(8)
    wave = 0.4 * np.cos(2 * np.pi * np.arange(MONTHS) / 12)
    variance = np.full(MONTHS, 0.01)
    series = [
        scores(wave + rng.normal(0, 0.1, MONTHS), variance, KINDS, SHAPES.values) for _ in range(12)
    ]
    rows = np.array([likelihood(one, (0.25, 0.7), SHAPES.prior) for one in series])
    found = learnt(rows, 1.0, KINDS.prior, 4.0)
    assert found.sum() == pytest.approx(1.0)
    of_season = found.reshape(3, 3, 3).sum(axis=(0, 1))
    assert of_season[1:].sum() > 0.8 > KINDS.prior.reshape(3, 3, 3).sum(axis=(0, 1))[1:].sum()
    assert np.array_equal(learnt(np.array([]), 1.0, KINDS.prior, 4.0), KINDS.prior)


def test_a_pulse_stands_out_of_counts_and_chance_does_not():
    counts = np.random.default_rng(4).poisson(1.0, (6, MONTHS)).astype(float)
    counts = np.minimum(counts, 4)
    quiet, _ = of_pulses(counts)
    assert quiet.max() < 5
    counts[2, 30] = 14
    found, factor = of_pulses(counts)
    assert np.unravel_index(found.argmax(), found.shape) == (2, 30)
    assert found.max() > 10
    assert np.exp(factor[2, 30]) == pytest.approx(14 / counts[2, :30].mean(), rel=0.3)
