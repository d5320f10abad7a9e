"""Lifetimes: how long those who are customers now are still to be, from who left at what age."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FEW = 200
"""Accounts below which losses by age say too little: all ages are then taken to lose alike."""
LEAST_ALIKE, MOST_ALIKE = 0.1, 1e5
"""Sums of alpha and beta between which laws near the likeliest are looked for."""


@dataclass(frozen=True)
class Lives:
    """The law by which accounts leave.

    Each has its own chance to leave at a renewal, the same at all of them; over the accounts the
    chances are spread as a beta distribution, so those most likely to leave do so first and the
    rest last longer: the shifted-beta-geometric law. With ``beta`` infinite all are alike.

    Parameters
    ----------
    alpha, beta
        Of the beta distribution; with ``beta`` infinite, ``alpha`` is the chance itself.
    others
        Laws about one standard error away, in pairs: accounts leave sooner or later, and are
        less or more alike. What is drawn from the law is as unsure as these differ from it.
    """

    alpha: float
    beta: float
    others: tuple[tuple[Lives, Lives], ...] = field(default=(), compare=False, repr=False)

    def residual(self, n: Array, discount: float) -> Array:
        """Return the payments still to be expected of accounts, discounted to the next of them.

        Parameters
        ----------
        n
            Payments that each has made, from 1: it has survived n - 1 renewals, and the next one
            is not decided.
        discount
            Rate for the time between two payments, above 0.

        Examples
        --------
        >>> regular = Lives(0.7041, 1.1820)      # Fader and Hardie's regular customers
        >>> regular.residual(np.array([7.0]), 0.1).round(3)
        array([6.576])
        """
        from scipy.special import hyp2f1

        now = 1 / (1 + discount)
        if not np.isfinite(self.beta):
            return np.full(np.shape(n), (1 - self.alpha) / (1 - (1 - self.alpha) * now))
        alive = self.alpha + self.beta + n
        return np.asarray((self.beta + n - 1) / (alive - 1) * hyp2f1(1, self.beta + n, alive, now))


def fit(lost: Array, exposed: Array) -> Lives | None:
    """Return the law under which losses by age are the likeliest.

    Parameters
    ----------
    lost
        Accounts that left at their first, second… renewal.
    exposed
        Accounts that came to it, these included; those that have not are no loss.

    Returns
    -------
    Lives or None
        None where nobody has left: there is then no telling how long they stay. Below 200
        accounts the chance is the same at every age.

    Examples
    --------
    >>> survived = np.array([1, 0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241]) * 1000
    >>> regular = fit(survived[:-1] - survived[1:], survived[:-1])
    >>> round(regular.alpha, 3), round(regular.beta, 3)
    (0.704, 1.182)
    """
    from scipy.optimize import minimize

    left, came = float(lost.sum()), float(exposed.sum())
    if left <= 0 or came <= 0:
        return None
    constant = Lives(min(left / came, 1.0), np.inf)
    if len(lost) < 2 or left == came:
        return replace(constant, others=(_sooner_or_later(constant, left),))
    near = _near(_Losses(lost, exposed), constant)
    if exposed[:1].sum() < FEW:
        return replace(constant, others=near)
    age = np.arange(len(lost))

    def unlikely(logs: Array) -> float:
        alpha, beta = np.exp(logs)
        both = np.log(alpha + beta + age)
        stayed = exposed - lost
        return float(-(lost * (logs[0] - both) + stayed * (np.log(beta + age) - both)).sum())

    start = np.log([1.0, max(came / left - 1, 0.1)])
    found = minimize(unlikely, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
    alpha, beta = np.exp(found.x)
    law = Lives(float(alpha), float(beta)) if beta < 1e6 else constant
    return replace(law, others=near)


def _sooner_or_later(constant: Lives, left: float) -> tuple[Lives, Lives]:
    """Chances one standard error apart from that of accounts that are all alike."""
    error = np.exp(np.sqrt((1 - constant.alpha) / left))
    sooner = min(constant.alpha * error, 1.0)
    return Lives(float(sooner), np.inf), Lives(float(constant.alpha / error), np.inf)


def _near(losses: _Losses, constant: Lives) -> tuple[tuple[Lives, Lives], ...]:
    """Return the laws one standard error from the likeliest, by the profile of the likelihood.

    A quadratic at its top would not do: where losses look the same at all ages the top is where
    all accounts are alike, at infinity, yet a law under which they differ may be as near.
    """
    from scipy.optimize import brentq, minimize_scalar

    least, most = np.log(LEAST_ALIKE), np.log(MOST_ALIKE)
    found = minimize_scalar(
        lambda log: -losses.profile(log), bounds=(least, most), method="bounded"
    )
    top, all_alike = float(found.x), losses.likely(constant.alpha, np.inf)
    height = max(losses.profile(top), all_alike)

    def near(log: float) -> float:
        return losses.profile(log) - height + 0.5

    begin = top if near(top) > 0 else most
    crosses = near(least) < 0 < near(begin)
    differ = losses.law(float(brentq(near, least, begin)) if crosses else least)
    if all_alike >= height - 0.5 or near(most) >= 0:
        return _sooner_or_later(constant, losses.left), (differ, constant)
    alike = losses.law(float(brentq(near, top, most)))
    return losses.sooner_or_later(top), (differ, alike)


@dataclass(frozen=True)
class _Losses:
    """Losses by age, and how likely they are: with ``size`` for alpha + beta, and a mean chance.

    The larger the size, the more accounts are alike. ``profile`` is the likelihood of a size,
    given as its logarithm, with the mean that suits it best.
    """

    lost: Array
    exposed: Array

    @cached_property
    def left(self) -> float:
        return float(self.lost.sum())

    @cached_property
    def stayed(self) -> Array:
        return self.exposed - self.lost

    @cached_property
    def age(self) -> Array:
        return np.arange(len(self.lost), dtype=np.float64)

    def likely(self, mean: float, size: float) -> float:
        if not np.isfinite(size):
            return float(self.left * np.log(mean) + self.stayed.sum() * np.log1p(-mean))
        stays = self.stayed @ np.log((1 - mean) * size + self.age)
        came = self.exposed @ np.log(size + self.age)
        return float(self.left * np.log(mean * size) + stays - came)

    def mean(self, size: float) -> float:
        from scipy.optimize import brentq

        low, high = 1e-9, 1 - 1e-9

        def slope(mean: float) -> float:
            return self.left / mean - float((self.stayed / (1 - mean + self.age / size)).sum())

        return float(brentq(slope, low, high)) if slope(high) < 0 < slope(low) else high

    def profile(self, log: float) -> float:
        return self.likely(self.mean(np.exp(log)), np.exp(log))

    def law(self, log: float) -> Lives:
        size = float(np.exp(log))
        mean = self.mean(size)
        return Lives(mean * size, (1 - mean) * size)

    def sooner_or_later(self, log: float) -> tuple[Lives, Lives]:
        """Laws of a size whose mean chance is one standard error apart, in log odds."""
        from scipy.special import expit, logit

        size, step = float(np.exp(log)), 1e-3
        odds = float(logit(self.mean(size)))
        below, top, above = (self.likely(expit(odds + way * step), size) for way in (-1, 0, 1))
        error = step / np.sqrt(max(2 * top - below - above, step**2))  # 1 where it is flat
        sooner, later = (float(expit(odds + way * error)) for way in (1, -1))
        return Lives(sooner * size, (1 - sooner) * size), Lives(later * size, (1 - later) * size)
