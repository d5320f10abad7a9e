"""Tests of prices: coverage at the end, false rejections under peeking, and power."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from revkit.statistics.intervals import normal
from revkit.statistics.prices.sequences import reach, welch

BUYS, PRICE, SEATS = 0.06, 40.0, 5.0
LEAST = 10


def spent(
    rng: np.random.Generator, share: float, price: float, size: tuple[int, ...]
) -> np.ndarray:
    """Draw what visitors pay: most nothing, the others for some seats."""
    bought = rng.random(size) < share
    return np.where(bought, (1 + rng.exponential(SEATS, size).astype(int)) * price, 0.0)


def coverage(trials: int) -> Iterator[tuple[str, int, float]]:
    """Yield visitors of an arm and how often Welch's interval of revenue holds the difference."""
    seats = 1 + 1 / np.expm1(1 / SEATS)
    truth = (0.055 * 1.15 - BUYS) * PRICE * seats
    for n in (500, 2000, 10_000):
        rng, held = np.random.default_rng(n), 0
        for _ in range(trials):
            one, other = spent(rng, 0.055, PRICE * 1.15, (n,)), spent(rng, BUYS, PRICE, (n,))
            _, away = welch((one.var(ddof=1), other.var(ddof=1)), (n, n), 0.95)
            gap = one.mean() - other.mean()
            held += abs(gap - truth) <= away
        yield "Welch", n, held / trials


def power(trials: int) -> float:
    """Return how often a test of 2,000 an arm finds 12.5 % more revenue a visitor."""
    rng, seen, n = np.random.default_rng(5), 0, 2000
    for _ in range(trials):
        one, other = spent(rng, BUYS, PRICE * 1.125, (n,)), spent(rng, BUYS, PRICE, (n,))
        _, away = welch((one.var(ddof=1), other.var(ddof=1)), (n, n), 0.95)
        seen += abs(one.mean() - other.mean()) > away
    return seen / trials


def peeking(trials: int, looks: int = 200, a_look: int = 50) -> tuple[float, float, float]:
    """Return how often equal prices look different: at the end, at some look, at any look.

    The third is of the interval that holds at any look; revenue decides, as in ``rk.price_test``.
    """
    rng, planned = np.random.default_rng(9), 2000 / 2
    n = np.arange(1, looks + 1) * float(a_look)
    at_end = at_look = at_any = 0
    for _ in range(trials):
        paid = spent(rng, BUYS, PRICE, (2, looks * a_look))
        by_look = paid.reshape(2, looks, a_look)
        total, squares = by_look.sum(axis=2).cumsum(axis=1), (by_look**2).sum(axis=2).cumsum(axis=1)
        buyers = (by_look > 0).sum(axis=2).cumsum(axis=1).min(axis=0)
        mean = total / n
        spread = (squares - n * mean**2) / (n - 1) / n
        away = np.abs(mean[0] - mean[1]) / np.sqrt(spread.sum(axis=0)).clip(1e-12)
        told = buyers >= LEAST
        fixed = (away > normal(0.95)) & told
        at_end += fixed[-1]
        at_look += fixed.any()
        at_any += bool(((away > reach(n / 2, planned, 0.95)) & told).any())
    return at_end / trials, at_look / trials, at_any / trials
