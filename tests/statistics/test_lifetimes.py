"""ChurnLaw near the likeliest, against a likelihood written another way."""

import numpy as np
import pytest
from scipy import optimize
from scipy.special import betaln

from revkit.statistics.lifetimes import ChurnLaw, fit

AGES = np.arange(1, 9)


def losses(chances, accounts=1000.0):
    """Losses and exposures of accounts that leave at each renewal with a chance of its age."""
    stay = np.cumprod([1.0, *(1 - np.asarray(chances))])
    return accounts * (stay[:-1] - stay[1:]), accounts * stay[:-1]


def likely(law, lost, exposed):
    """Log likelihood by survival: of leaving at age t, S(t-1) - S(t), where S is a beta ratio."""
    if np.isinf(law.beta):
        stayed = exposed.sum() - lost.sum()
        return lost.sum() * np.log(law.alpha) + stayed * np.log1p(-law.alpha)
    age = np.arange(len(lost) + 1)
    survived = betaln(law.alpha, law.beta + age) - betaln(law.alpha, law.beta)
    hazard = -np.expm1(survived[1:] - survived[:-1])
    return lost @ np.log(hazard) + (exposed - lost) @ np.log1p(-hazard)


def best(lost, exposed, size=None):
    """The likeliest law by brute force, of a size or of any."""

    def worse(x):
        mean = 1 / (1 + np.exp(-x[0]))
        many = np.exp(x[1]) if size is None else size
        return -likely(ChurnLaw(mean * many, (1 - mean) * many), lost, exposed)

    start = [-2.0, 1.0] if size is None else [-2.0]
    found = optimize.minimize(worse, start, method="Nelder-Mead",
                              options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000})  # fmt: skip
    return found.x, -found.fun


FALLING = losses([0.3, 0.2, 0.15, 0.12, 0.1, 0.09, 0.08, 0.07])


def test_the_law_is_the_likeliest():
    lives = fit(*FALLING)

    (odds, size), height = best(*FALLING)
    assert likely(lives, *FALLING) == pytest.approx(height, abs=1e-6)
    assert lives.alpha + lives.beta == pytest.approx(np.exp(size), rel=1e-3)
    assert lives.alpha / (lives.alpha + lives.beta) == pytest.approx(
        1 / (1 + np.exp(-odds)), rel=1e-4
    )


def test_less_and_more_alike_are_the_sizes_at_which_the_profile_has_lost_a_half():
    _, (differ, alike) = fit(*FALLING).neighbours
    _, height = best(*FALLING)

    assert differ.alpha + differ.beta < fit(*FALLING).alpha + fit(*FALLING).beta
    assert differ.alpha + differ.beta < alike.alpha + alike.beta
    for law in (differ, alike):
        size = law.alpha + law.beta
        assert likely(law, *FALLING) == pytest.approx(height - 0.5, abs=1e-4)
        assert best(*FALLING, size)[1] == pytest.approx(height - 0.5, abs=1e-4)


def test_sooner_and_later_are_a_standard_error_of_the_log_odds_apart():
    (sooner, later), _ = fit(*FALLING).neighbours
    (top, size), _ = best(*FALLING)
    many = np.exp(size)

    def at(odds):
        mean = 1 / (1 + np.exp(-odds))
        return likely(ChurnLaw(mean * many, (1 - mean) * many), *FALLING)

    error = 1 / np.sqrt(-(at(top + 0.01) - 2 * at(top) + at(top - 0.01)) / 0.01**2)
    assert np.log(sooner.alpha / sooner.beta) == pytest.approx(top + error, abs=2e-3)
    assert np.log(later.alpha / later.beta) == pytest.approx(top - error, abs=2e-3)
    assert sooner.alpha + sooner.beta == pytest.approx(many, rel=1e-2)


def test_accounts_that_are_all_alike_have_neighbours_by_the_number_of_losses():
    """The log of a chance has the error √((1 - p) / lost); one that differs is half less likely."""
    alike = losses([0.1] * 8)
    lives = fit(*alike)
    (sooner, later), (differ, constant) = lives.neighbours

    error = np.exp(np.sqrt(0.9 / alike[0].sum()))
    assert (sooner.alpha, later.alpha) == pytest.approx((0.1 * error, 0.1 / error))
    assert np.isinf([sooner.beta, later.beta, constant.beta]).all()
    assert constant.alpha == pytest.approx(0.1)
    height = likely(ChurnLaw(0.1, np.inf), *alike)
    assert likely(differ, *alike) == pytest.approx(height - 0.5, abs=1e-3)
    assert lives.residual(np.array([5.0]), 0.01) == pytest.approx(
        ChurnLaw(0.1, np.inf).residual(np.array([5.0]), 0.01), rel=1e-3
    )


def test_where_all_leave_at_once_the_chance_is_one_and_nobody_stays_longer():
    lives = fit(np.array([50.0]), np.array([50.0]))

    assert (lives.alpha, lives.beta) == (1, np.inf)
    assert lives.residual(np.array([1.0]), 0.1).tolist() == [0]
    ((sooner, later),) = lives.neighbours
    assert (sooner.alpha, later.alpha) == (1, 1)


def test_of_one_age_the_law_is_its_chance():
    lives = fit(np.array([75.0]), np.array([300.0]))

    assert (lives.alpha, lives.beta) == (0.25, np.inf)
    ((sooner, later),) = lives.neighbours
    error = np.exp(np.sqrt(0.75 / 75))
    assert (sooner.alpha, later.alpha) == pytest.approx((0.25 * error, 0.25 / error))
    assert fit(np.array([0.0]), np.array([300.0])) is None
    ((most, _),) = fit(np.array([3.0]), np.array([4.0])).neighbours
    assert most.alpha == 1  # no chance is larger, though 0.75 exp(√(0.25 / 3)) is
    assert fit(np.array([0.0, 0.0]), np.array([0.0, 0.0])) is None


@pytest.mark.parametrize(("accounts", "constant"), [(199.0, True), (200.0, False)])
def test_from_two_hundred_accounts_on_the_age_counts(accounts, constant):
    lives = fit(*losses([0.4, 0.2, 0.1, 0.05], accounts))

    assert np.isinf(lives.beta) == constant
    assert len(lives.neighbours) == 2


@pytest.mark.parametrize("law", [ChurnLaw(0.7, 1.2), ChurnLaw(2.0, 9.0), ChurnLaw(0.2, np.inf)])
@pytest.mark.parametrize("made", [1, 4])
def test_what_is_left_is_the_discounted_sum_of_survival(law, made):
    """Term by term: paying again after the renewal to come, and after each that follows."""
    many = np.arange(made, made + 3000)
    hazard = (
        np.full(3000, law.alpha)
        if np.isinf(law.beta)
        else law.alpha / (law.alpha + law.beta + many - 1)
    )
    expected = (np.cumprod(1 - hazard) / 1.05 ** np.arange(3000)).sum()

    assert law.residual(np.array([float(made)]), 0.05)[0] == pytest.approx(expected, rel=1e-9)
