"""Surveys whose best price is known: how far off the points are, and which price is chosen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from revkit.analysis.prices.sensitivity import price_sensitivity
from revkit.statistics.prices.crossings import crossing, interval

BEST, LEVEL = 100.0, 0.95
PRICES = np.array([60.0, 80.0, 100.0, 120.0, 140.0])
"""Prices that are offered; 100 brings most."""


def points(trials: int) -> Iterator[tuple[str, int, float, float]]:
    """Yield kind, answers, standard deviation and coverage of the optimal point.

    The level of people is lognormal (sd .35) about 100, the prices named 30 % around it, rounded
    to a whole number.
    """
    for n in (50, 200, 400):
        rng, found, held = np.random.default_rng(n), [], 0
        for _ in range(trials):
            level = BEST * np.exp(0.35 * rng.standard_normal(n))
            own = np.exp(0.1 * rng.standard_normal((2, n)))
            cheap, dear = np.rint(level / 1.3 * own[0]), np.rint(level * 1.3 * own[1])
            found.append(crossing(cheap, dear))
            low, high = interval(cheap, dear, LEVEL)
            held += low <= BEST <= high
        yield "optimal point", n, float(np.std(found)), held / trials


def choices(trials: int) -> Iterator[tuple[str, int, float, float]]:
    """Yield answers, how often the price that brings most is the right one, and held as possible.

    Each person is offered all prices; the highest accepted is lognormal about 122 (sd .40), by
    which 100 brings 1 % more than 80.
    """
    large = _worth(np.random.default_rng(1), 2_000_000)
    truth = PRICES[np.argmax([price * (large >= price).mean() for price in PRICES])]
    for n in (100, 300, 1000):
        rng, right, held = np.random.default_rng(n), 0, 0
        for _ in range(trials):
            most = _worth(rng, n)
            rows = pd.DataFrame(
                {
                    "respondent": np.repeat(np.arange(n), len(PRICES)),
                    "price": np.tile(PRICES, n),
                    "would_buy": (most[:, None] >= PRICES).ravel(),
                }
            )
            told = price_sensitivity(rows).prices.set_index("price")
            right += told["revenue"].idxmax() == truth
            held += told.loc[truth, "best"] != ""
        yield "Gabor-Granger", n, right / trials, held / trials


def _worth(rng: np.random.Generator, n: int) -> np.ndarray:
    return 122 * np.exp(0.4 * rng.standard_normal(n))
