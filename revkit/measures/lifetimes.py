"""Lifetimes: how long those who are customers now are still to be, from who left at what age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FEW = 200
"""Accounts below which losses by age say too little: all ages are then taken to lose alike."""


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
    """

    alpha: float
    beta: float

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
    if exposed[:1].sum() < FEW or len(lost) < 2 or left == came:
        return constant
    age = np.arange(len(lost))

    def unlikely(logs: Array) -> float:
        alpha, beta = np.exp(logs)
        both = np.log(alpha + beta + age)
        stayed = exposed - lost
        return float(-(lost * (logs[0] - both) + stayed * (np.log(beta + age) - both)).sum())

    start = np.log([1.0, max(came / left - 1, 0.1)])
    found = minimize(unlikely, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
    alpha, beta = np.exp(found.x)
    return Lives(float(alpha), float(beta)) if beta < 1e6 else constant
