"""Changes of price: how often the difference-in-differences holds a known elasticity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from revkit.statistics.prices.differences import Months, change, trend

TRUTH, RISE = -0.8, np.log(1.2)
CASES = {
    "40 and 80 a month": {},
    "8 and 16 a month": {"size": 8},
    "months that differ by more": {"shocks": 0.2},
    "12 and 12 months": {"months": 24},
    "6 and 6 months": {"months": 12},
}


def drawn(
    rng: np.random.Generator, months: int = 36, size: float = 40, shocks: float = 0.0,
    elasticity: float = TRUTH,
) -> Months:  # fmt: skip
    """Draw new customers of a plan and of others, in a company with growth and a season."""
    at = np.arange(months)
    common = np.exp(0.02 * at + 0.2 * np.sin(2 * np.pi * at / 12))
    common = common * np.exp(shocks * rng.standard_normal(months))
    own = np.exp(np.where(at >= months // 2, RISE * elasticity, 0.0))
    own = own * np.exp(shocks / 2 * rng.standard_normal(months))
    one = np.ones(months)
    return Months(
        rng.poisson(size * common * own) * 1.0, one, rng.poisson(2 * size * common) * 1.0, one
    )


def coverage(trials: int) -> Iterator[tuple[str, float, float, float, float]]:
    """Yield the case, mean and coverage, the mean of before and after, and false doubts."""
    for name, how in CASES.items():
        rng = np.random.default_rng(len(name))
        values, alone, held, doubted = [], [], 0, 0
        for _ in range(trials):
            told = drawn(rng, **how)
            since = len(told) // 2
            found = change(told, since, 0.95)
            values.append(found.value / RISE)
            alone.append(change(told.alone, since, 0.95).value / RISE)
            held += found.low <= TRUTH * RISE <= found.high
            before = told[:since]
            doubted += trend(before, 0.975).clear or change(before, since // 2, 0.975).clear
        yield name, float(np.mean(values)), held / trials, float(np.mean(alone)), doubted / trials
