"""Intervals of survival curves where several spells belong to one account."""

import numpy as np
import pytest
from scipy.special import ndtr

from revkit.statistics import clustered
from revkit.statistics.hazards import cox, scores_by_spell
from revkit.statistics.spells import Spells
from revkit.statistics.survival import incidence, kaplan_meier, log_rank


@pytest.fixture(scope="module")
def spells():
    """300 spells with ties, two kinds of events, and some that were seen late."""
    rng = np.random.default_rng(4)
    time, cause = rng.integers(1, 40, 300), rng.integers(0, 3, 300)
    entered = np.minimum(np.where(rng.random(300) < 0.3, rng.integers(0, 10, 300), 0), time - 1)
    return time.astype(float), cause, entered.astype(float)


def twice(spells):
    """Every spell twice, the two of one account."""
    time, cause, entered = (np.repeat(of, 2) for of in spells)
    return Spells.of(time, cause, entered, np.repeat(np.arange(len(spells[0])), 2))


def test_spells_that_share_nothing_have_the_variance_of_greenwood(spells):
    alone = Spells.of(*spells)
    plain, apart = kaplan_meier(alone), Spells.of(*spells, np.arange(300))

    assert apart.cluster is None
    robust = clustered.of_staying(alone, np.arange(300))
    inside = (plain.share < 0.95) & (plain.share > 0.05)
    left = plain.at_risk - plain.events
    greenwood = np.cumsum(plain.events / (plain.at_risk * np.maximum(left, 1)))
    assert robust[inside] == pytest.approx(greenwood[inside], rel=0.1)


def test_every_spell_twice_tells_no_more_than_once(spells):
    once, double = Spells.of(*spells), twice(spells)
    each, pairs = np.arange(300), double.cluster

    assert clustered.of_staying(double, pairs) == pytest.approx(clustered.of_staying(once, each))
    share = incidence(once, 1).share
    before = np.append(1.0, kaplan_meier(once).share[:-1])
    found, expected = (
        clustered.of_incidence(of, cluster, 1, before, share)
        for of, cluster in ((double, pairs), (once, each))
    )
    assert found == pytest.approx(expected)
    beyond = np.linspace(20, 1, len(once.times))
    mean = clustered.of_mean(double, pairs, beyond)
    assert mean == pytest.approx(clustered.of_mean(once, each, beyond))


def test_intervals_of_accounts_are_wider_and_never_narrower(spells):
    time, cause, entered = (np.repeat(of, 2) for of in spells)
    rows, accounts = Spells.of(time, cause, entered), twice(spells)

    for curve in (kaplan_meier, lambda of: incidence(of, 1)):
        plain, wide = curve(rows), curve(accounts)
        known = ~np.isnan(plain.low)
        assert (wide.low <= plain.low + 1e-12)[known].all()
        assert (wide.high >= plain.high - 1e-12)[known].all()
    _, low, high = kaplan_meier(rows).mean(20)
    _, lower, higher = kaplan_meier(accounts).mean(20)
    assert (higher - lower) > 1.3 * (high - low)


def test_intervals_hold_what_they_say_where_accounts_are_alike():
    """60 accounts of four deals on average, whose times and outcomes correlate by 0.3.

    By rows the intervals hold 81 to 91 %.
    """
    rng, inside, trials = np.random.default_rng(9), np.zeros(3), 300
    true = np.exp(-0.75), 0.3 * (1 - np.exp(-1.5)), 40 * (1 - np.exp(-2.25))
    for _ in range(trials):
        account = np.repeat(np.arange(60), rng.poisson(3, 60) + 1)

        def alike(account=account):
            own = rng.normal(size=len(account))
            return np.sqrt(0.3) * rng.normal(size=60)[account] + np.sqrt(0.7) * own

        life, cut = -40 * np.log(1 - ndtr(alike())), rng.uniform(20, 150, len(account))
        cause = np.where(life > cut, 0, np.where(alike() < -0.5244, 1, 2))
        deals = Spells.of(np.minimum(life, cut), cause, None, account)
        stay, won = kaplan_meier(deals), incidence(deals, 1)
        ends = stay.at(30)[1:], won.at(60)[1:], stay.mean(90)[1:]
        low, high = np.array([np.ravel(end) for end in ends]).T
        inside += (low <= true) & (true <= high)

    assert (inside / trials >= 0.93).all()
    assert (inside / trials <= 0.98).all()


def test_scores_are_those_of_statsmodels_and_of_the_log_rank_test(spells):
    from statsmodels.duration.hazard_regression import PHReg

    time, cause, _ = spells
    factor = (np.arange(300) % 3 == 0).astype(float)[:, None]
    fit = PHReg(time, factor, status=cause > 0, ties="efron").fit()
    none = np.zeros(300)

    scores = scores_by_spell(time, cause > 0, none, factor, fit.params)

    known = ~np.isnan(fit.score_residuals).any(axis=1)
    assert scores[known] == pytest.approx(fit.score_residuals[known])
    flat = scores_by_spell(time, cause > 0, none, factor, np.zeros(1))
    groups = [Spells.of(time[of], cause[of]) for of in (factor[:, 0] == 0, factor[:, 0] == 1)]
    statistic, _, p = clustered.score_test(np.arange(300), flat)
    plain, _, by_rank = log_rank(groups)
    assert statistic == pytest.approx(plain, rel=0.25, abs=0.1)
    assert p == pytest.approx(by_rank, abs=0.1)


def test_hazard_ratios_of_every_spell_twice_are_no_surer(spells):
    time, cause, entered = spells
    factor = (np.arange(300) % 3 == 0).astype(float)[:, None]

    once = cox(time, cause > 0, entered, factor)
    rows = [np.repeat(of, 2, axis=0) for of in (time, cause > 0, entered, factor)]
    double = cox(*rows, cluster=np.repeat(np.arange(300), 2))
    plain = cox(*rows)

    width = {name: np.log(of["high"] / of["low"]).item() for name, of in
             {"once": once, "double": double, "plain": plain}.items()}  # fmt: skip
    assert width["double"] == pytest.approx(width["once"], rel=0.1)
    assert width["plain"] < 0.75 * width["once"]
    assert (double["p"] >= plain["p"]).all()
