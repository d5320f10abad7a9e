"""Series whose making is known, of five kinds, and public ones of the M3 competition."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Series = NDArray[np.float64]
PUBLIC = Path(os.environ.get("REVKIT_PUBLIC_DATA", "../shared/data"))


@dataclass(frozen=True)
class Case:
    """A series to be forecast, and what came.

    Parameters
    ----------
    past, future
        Values, oldest first.
    cycle
        Periods a year.
    limits
        The least and the most possible value.
    balance
        Whether most of a value persists.
    """

    past: Series
    future: Series
    cycle: int = 12
    limits: tuple[float, float] = (0.0, np.inf)
    balance: bool = False

    @property
    def unit(self) -> float:
        """The mean error of the same period a year before, the unit of MASE."""
        back = self.cycle if len(self.past) > self.cycle + 1 else 1
        return float(np.abs(self.past[back:] - self.past[:-back]).mean())


def season(rng: np.random.Generator, n: int, cycle: int, size: float) -> Series:
    """Draw a season of three waves, in months with a push at the end of each quarter."""
    time = np.arange(n)
    waves = sum(
        rng.normal() * np.sin(2 * np.pi * wave * time / cycle + rng.uniform(0, 2 * np.pi)) / wave
        for wave in (1, 2, 3)
    )
    if cycle == 12:
        waves = waves + rng.uniform(0, 1) * (time % 3 == 2)
    spread = np.std(waves)
    return np.asarray(size * (waves - np.mean(waves)) / spread if spread else waves * 0.0)


def trend(rng: np.random.Generator, n: int, cycle: int) -> Series:
    """Draw a growth that wanders, and in three of ten series turns once."""
    turn = rng.integers(n // 3, n) if rng.random() < 0.3 else n
    first, then = rng.normal(0.15, 0.25) / cycle, rng.normal(0.05, 0.2) / cycle
    slope = np.where(np.arange(n) < turn, first, then)
    wander = rng.normal(0, 0.03 / np.sqrt(cycle / 12) * rng.uniform(0.2, 1.5), n)
    return np.cumsum(slope + wander)


def mrr(rng: np.random.Generator, n: int) -> Series:
    """Simulate MRR account by account: new ones, churn (once in four a shock of it), growth."""
    size = rng.uniform(20, 400)
    churn, spread = rng.uniform(0.005, 0.03), rng.uniform(0.6, 1.2)
    accounts = rng.lognormal(6, spread, int(size))
    wave = season(rng, n, 12, 0.15 * (rng.random() < 0.5))
    new = rng.uniform(0.01, 0.05) * size * np.exp(trend(rng, n, 12) + wave)
    mean = np.log(accounts.mean()) - 0.5
    shock = rng.integers(6, n) if rng.random() < 0.25 else -1
    values = []
    for month in range(n):
        lost = churn * (4 if month == shock else 1)
        kept = accounts[rng.random(len(accounts)) > lost]
        accounts = np.concatenate([kept, rng.lognormal(mean, 1, rng.poisson(new[month]))])
        grown = rng.random(len(accounts)) < 0.02
        accounts[grown] *= rng.uniform(0.8, 1.6, grown.sum())
        values.append(accounts.sum())
    return np.array(values)


def _rate(rng: np.random.Generator, n: int, cycle: int, least: float, most: float) -> Series:
    wave = season(rng, n, cycle, rng.choice([0.0, 0.15, 0.3]))
    return np.asarray(rng.uniform(least, most) * np.exp(trend(rng, n, cycle) + wave))


def bookings(rng: np.random.Generator, n: int) -> Series:
    """Simulate the amount won a month: a number of deals of very different sizes."""
    spread = rng.uniform(0.6, 1.3)
    return np.array(
        [rng.lognormal(8, spread, rng.poisson(rate)).sum() for rate in _rate(rng, n, 12, 4, 60)]
    )


def _counted(rng: np.random.Generator, rate: Series) -> Series:
    dispersion = rng.choice([1.0, 2.0, 4.0])
    if dispersion == 1:
        return rng.poisson(rate).astype(np.float64)
    drawn = rng.negative_binomial(rate / (dispersion - 1), 1 / dispersion)
    return drawn.astype(np.float64)


def counts(rng: np.random.Generator, n: int) -> Series:
    """Simulate a number of leads a month, up to four times as uneven as by chance."""
    return _counted(rng, _rate(rng, n, 12, 3, 300))


def rates(rng: np.random.Generator, n: int) -> Series:
    """Simulate a win rate a month that wanders, and in one of four series has a step."""
    deals = rng.poisson(rng.uniform(15, 300) * np.exp(trend(rng, n, 12)) + 3) + 1
    logit = rng.normal(-1, 1) + np.cumsum(rng.normal(0, rng.uniform(0, 0.08), n))
    logit += season(rng, n, 12, rng.choice([0.0, 0.1]))
    if rng.random() < 0.25:
        logit[rng.integers(n // 3, n) :] += rng.normal(0, 0.4)
    return np.asarray(rng.binomial(deals, 1 / (1 + np.exp(-logit))) / deals)


def weekly(rng: np.random.Generator, n: int) -> Series:
    """Simulate a number of leads a week, half of them with more at the end of each quarter."""
    pushed = rng.uniform(0.1, 0.5) * (np.arange(n) % 13 > 10) * (rng.random() < 0.5)
    noise = np.zeros(n)
    for week in range(1, n):
        noise[week] = 0.5 * noise[week - 1] + rng.normal(0, 0.06)
    return _counted(rng, _rate(rng, n, 52, 5, 200) * np.exp(pushed + noise))


MAKERS: dict[str, Callable[[np.random.Generator, int], Series]] = {
    "MRR": mrr, "bookings": bookings, "counts": counts, "rates": rates, "weekly counts": weekly,
}  # fmt: skip


def made(kind: str, number: int, seed: int) -> list[Case]:
    """Draw series of one kind: 27 to 59 months and 6 ahead, or 70 to 169 weeks and 13 ahead."""
    cases: list[Case] = []
    cycle, ahead, lengths = (52, 13, (70, 170)) if kind == "weekly counts" else (12, 6, (27, 60))
    draw = 0
    while len(cases) < number:
        rng = np.random.default_rng([seed, list(MAKERS).index(kind), draw])
        draw += 1
        n = int(rng.integers(*lengths))
        values = MAKERS[kind](rng, n + ahead)
        limits = (0.0, 1.0) if kind == "rates" else (0.0, np.inf)
        case = Case(values[:n], values[n:], cycle, limits, balance=kind == "MRR")
        if case.unit > 0:
            cases.append(case)
    return cases


def m3(months: int | None, number: int, seed: int) -> list[Case]:
    """Return series of the M3 competition, the last 12 months of each as its future."""
    table = pd.read_csv(PUBLIC / "m3_monthly" / "m3_monthly.csv")
    values = [of["value"].to_numpy(np.float64) for _, of in table.groupby("series", sort=True)]
    long = [of for of in values if len(of) >= (months or 48) + 12]
    drawn = np.random.default_rng(seed).choice(len(long), min(number, len(long)), replace=False)
    cut = 0 if months is None else -months - 12
    cases = [Case(long[at][cut:-12], long[at][-12:]) for at in sorted(drawn)]
    return [case for case in cases if case.unit > 0]


def airline() -> list[Case]:
    """Return the airline passengers from nine origins a year apart, 12 months ahead."""
    values = pd.read_csv(PUBLIC / "airpassengers" / "AirPassengers.csv")["value"].to_numpy(float)
    return [Case(values[:origin], values[origin : origin + 12]) for origin in range(36, 133, 12)]
