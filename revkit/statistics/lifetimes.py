"""Customer lifetimes: the shifted-beta-geometric law, fitted to losses by age."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MIN_FOR_AGES = 200
"""Accounts below which a fit uses one churn rate for all ages."""

MIN_SIZE, MAX_SIZE = 0.1, 1e5
"""The range of alpha + beta in which laws near the likeliest are searched."""


@dataclass(frozen=True)
class ChurnLaw:
    """The shifted-beta-geometric law of churn at renewals (Fader and Hardie 2007).

    Each account has its own churn rate, the same at every renewal. Over accounts the rates follow
    a beta distribution, so those most likely to leave do so first and the rest stay longer.

    Parameters
    ----------
    alpha, beta
        The parameters of the beta distribution. With ``beta`` infinite every account has the
        churn rate ``alpha``.
    neighbours
        Pairs of laws one standard error away: with a higher and a lower mean rate, and with
        rates more and less different. They measure the uncertainty of the fit.
    """

    alpha: float
    beta: float
    neighbours: tuple[tuple[ChurnLaw, ChurnLaw], ...] = field(default=(), compare=False, repr=False)

    def survival(self, renewals: Array) -> Array:
        """Return the share of accounts that survive so many renewals.

        Examples
        --------
        >>> ChurnLaw(0.7041, 1.1820).survival(np.array([1.0, 2.0])).round(3)
        array([0.627, 0.474])
        """
        from scipy.special import betaln

        if not np.isfinite(self.beta):
            return np.asarray((1 - self.alpha) ** np.asarray(renewals))
        stayed = betaln(self.alpha, self.beta + renewals) - betaln(self.alpha, self.beta)
        return np.asarray(np.exp(stayed))

    def lifetime(self, discount: float) -> float:
        """Return the expected number of payments of a new account, its first one included.

        Each is discounted to the first one.

        Examples
        --------
        >>> round(ChurnLaw(0.6681, 3.8061).lifetime(0.1), 3)   # Fader and Hardie's high end
        5.922
        """
        return float(1 + self.residual(np.array([1.0]), discount)[0] / (1 + discount))

    def residual_after(self, renewals: Array, discount: float) -> Array:
        """Return :meth:`residual` for accounts that survived so many renewals.

        One payment more than renewals has been made: some publications count the former, some the
        latter, and so get different values for the same number.
        """
        return self.residual(np.asarray(renewals, dtype=np.float64) + 1, discount)

    def residual(self, n: Array, discount: float) -> Array:
        """Return the expected number of future payments of accounts, discounted to the next one.

        Parameters
        ----------
        n
            Payments each account has made, 1 or more: it has survived n - 1 renewals.
        discount
            Discount rate for the time between two payments, above 0.

        Examples
        --------
        >>> regular = ChurnLaw(0.7041, 1.1820)      # Fader and Hardie's regular customers
        >>> regular.residual(np.array([7.0]), 0.1).round(3)
        array([6.576])
        """
        from scipy.special import hyp2f1

        now = 1 / (1 + discount)
        if not np.isfinite(self.beta):
            return np.full(np.shape(n), (1 - self.alpha) / (1 - (1 - self.alpha) * now))
        alive = self.alpha + self.beta + n
        return np.asarray((self.beta + n - 1) / (alive - 1) * hyp2f1(1, self.beta + n, alive, now))


def fit(lost: Array, exposed: Array) -> ChurnLaw | None:
    """Fit the law to losses by age, by maximum likelihood.

    Parameters
    ----------
    lost
        Accounts that left at their first, second and so on renewal.
    exposed
        Accounts that reached that renewal, whether they left or stayed.

    Returns
    -------
    ChurnLaw or None
        None where no account has left. Below 200 accounts the churn rate is the same at every age.

    Examples
    --------
    >>> survived = np.array([1, 0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241]) * 1000
    >>> regular = fit(survived[:-1] - survived[1:], survived[:-1])
    >>> round(regular.alpha, 3), round(regular.beta, 3)
    (0.704, 1.182)
    """
    from scipy.optimize import minimize

    left, reached = float(lost.sum()), float(exposed.sum())
    if left <= 0 or reached <= 0:
        return None
    constant = ChurnLaw(min(left / reached, 1.0), np.inf)
    if len(lost) < 2 or left == reached:
        return replace(constant, neighbours=(_higher_and_lower(constant, left),))
    near = _near(_Losses(lost, exposed), constant)
    if exposed[:1].sum() < MIN_FOR_AGES:
        return replace(constant, neighbours=near)
    age = np.arange(len(lost))

    def negative_log_likelihood(logs: Array) -> float:
        alpha, beta = np.exp(logs)
        both = np.log(alpha + beta + age)
        stayed = exposed - lost
        return float(-(lost * (logs[0] - both) + stayed * (np.log(beta + age) - both)).sum())

    start = np.log([1.0, max(reached / left - 1, 0.1)])
    found = minimize(
        negative_log_likelihood, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9}
    )
    alpha, beta = np.exp(found.x)
    law = ChurnLaw(float(alpha), float(beta)) if beta < 1e6 else constant
    return replace(law, neighbours=near)


def _higher_and_lower(constant: ChurnLaw, left: float) -> tuple[ChurnLaw, ChurnLaw]:
    """Return the laws of one churn rate for all, one standard error higher and lower."""
    error = np.exp(np.sqrt((1 - constant.alpha) / left))
    higher = min(constant.alpha * error, 1.0)
    return ChurnLaw(float(higher), np.inf), ChurnLaw(float(constant.alpha / error), np.inf)


def _near(losses: _Losses, constant: ChurnLaw) -> tuple[tuple[ChurnLaw, ChurnLaw], ...]:
    """Return the laws one standard error from the likeliest, by the profile likelihood.

    A quadratic approximation at its maximum would fail: where losses look the same at all ages
    the maximum is at infinite alpha + beta, yet laws of different rates may be almost as likely.
    """
    from scipy.optimize import brentq, minimize_scalar

    least, most = np.log(MIN_SIZE), np.log(MAX_SIZE)
    found = minimize_scalar(
        lambda log: -losses.profile(log), bounds=(least, most), method="bounded"
    )
    top, all_alike = float(found.x), losses.log_likelihood(constant.alpha, np.inf)
    height = max(losses.profile(top), all_alike)

    def near(log: float) -> float:
        return losses.profile(log) - height + 0.5

    begin = top if near(top) > 0 else most
    crosses = near(least) < 0 < near(begin)
    differ = losses.law(float(brentq(near, least, begin)) if crosses else least)
    if all_alike >= height - 0.5 or near(most) >= 0:
        return _higher_and_lower(constant, losses.left), (differ, constant)
    alike = losses.law(float(brentq(near, top, most)))
    return losses.higher_and_lower(top), (differ, alike)


@dataclass(frozen=True)
class _Losses:
    """Losses by age and their likelihood, in terms of ``size`` = alpha + beta and the mean rate.

    The larger the size, the more alike the accounts are.
    """

    lost: Array
    exposed: Array

    @cached_property
    def left(self) -> float:
        """The number of accounts that left."""
        return float(self.lost.sum())

    @cached_property
    def stayed(self) -> Array:
        """The accounts that stayed, by age."""
        return self.exposed - self.lost

    @cached_property
    def age(self) -> Array:
        """The ages, from 0."""
        return np.arange(len(self.lost), dtype=np.float64)

    def log_likelihood(self, mean: float, size: float) -> float:
        """Return the log-likelihood of a mean churn rate and a size."""
        if not np.isfinite(size):
            return float(self.left * np.log(mean) + self.stayed.sum() * np.log1p(-mean))
        stays = self.stayed @ np.log((1 - mean) * size + self.age)
        reached = self.exposed @ np.log(size + self.age)
        return float(self.left * np.log(mean * size) + stays - reached)

    def mean(self, size: float) -> float:
        """Return the most likely mean churn rate of a size."""
        from scipy.optimize import brentq

        low, high = 1e-9, 1 - 1e-9

        def slope(mean: float) -> float:
            return self.left / mean - float((self.stayed / (1 - mean + self.age / size)).sum())

        return float(brentq(slope, low, high)) if slope(high) < 0 < slope(low) else high

    def profile(self, log: float) -> float:
        """Return the log-likelihood of a size, given as its logarithm, with its best mean."""
        return self.log_likelihood(self.mean(np.exp(log)), np.exp(log))

    def law(self, log: float) -> ChurnLaw:
        """Return the most likely law of a size, given as its logarithm."""
        size = float(np.exp(log))
        mean = self.mean(size)
        return ChurnLaw(mean * size, (1 - mean) * size)

    def higher_and_lower(self, log: float) -> tuple[ChurnLaw, ChurnLaw]:
        """Return the laws of a size with the mean rate one standard error higher and lower."""
        from scipy.special import expit, logit

        size, step = float(np.exp(log)), 1e-3
        odds = float(logit(self.mean(size)))
        below, top, above = (
            self.log_likelihood(expit(odds + way * step), size) for way in (-1, 0, 1)
        )
        error = step / np.sqrt(max(2 * top - below - above, step**2))  # 1 where it is flat
        higher, lower = (float(expit(odds + way * error)) for way in (1, -1))
        return ChurnLaw(higher * size, (1 - higher) * size), ChurnLaw(
            lower * size, (1 - lower) * size
        )
