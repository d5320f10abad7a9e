"""Firms made up for the diagnosis: deals by month in six dimensions, with a known cause or none.

A deal has a segment, region, source, rep, product and size: 30 cells. Reps are mostly of one
region, sizes mostly of one segment. 24 months are the past; the last one is asked about. In every
kind of firm the rate of each month varies beyond chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from revkit.statistics.causes.search import leaves_by_month
from revkit.statistics.causes.table import RATE, Leaves, cells_of

SIZES = (3, 4, 6, 10, 4, 3)
"""Groups of segment, region, source, rep, product and size."""

SEGMENT, REGION, _SOURCE, REP, _PRODUCT, SIZE = range(6)
PAST = 24
LEVEL = -1.1
"""Logit of a rate of 25 %."""

FALL = -0.9
"""Logits of a planted change."""

INFLOW = 0.2
"""Part of the month's deals that a planted change of the mix replaces."""

QUIET = (
    "stable", "drift", "rep-noise", "mix-noise", "season", "mix-season", "rep-ar", "both-noises",
    "cell-trends", "unequal-reps", "global-season",
)  # fmt: skip
"""Kinds of firms in which nothing happens."""

PLANTED = ("rate", "mix", "rate-season", "rate-rep", "rate-noise", "two-rates", "rate-mix")


@dataclass
class Firm:
    """A firm's leaves, and the causes planted in it: kind and cell."""

    leaves: Leaves
    causes: list[tuple[str, int]]
    onset: int = PAST
    codes: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    counts: tuple[np.ndarray, np.ndarray] | None = None


def firm(kind: str, deals: int, seed: int, months: int = 1, past: int = PAST) -> Firm:
    """Return a firm.

    Parameters
    ----------
    kind
        One of QUIET or PLANTED.
    deals
        A month.
    seed
        Of its stream.
    months
        For how many months a planted cause has been at work, the last one included.
    past
        Months before the one in question.
    """
    rng = np.random.default_rng([seed, deals, *map(ord, kind)])
    shares = [rng.dirichlet(np.full(size, 6.0)) for size in SIZES]
    if kind in ("rate-rep",) or kind != "unequal-reps":
        shares[REP] = rng.dirichlet(np.full(SIZES[REP], 20.0))
    else:
        shares[REP] = rng.dirichlet(np.full(SIZES[REP], 1.0))
    effects = [rng.normal(0, 0.3, size) for size in SIZES]
    home = rng.integers(0, SIZES[REGION], SIZES[REP])
    causes = _planted(kind, rng, shares)
    noise = _noise(kind, rng, past + 1)
    codes, wins = [], []
    for month in range(past + 1):
        at_work = month > past - months
        drawn = _deals(rng, deals, [_tilted(one, noise["mix"][at][month])
                                    for at, one in enumerate(shares)], home)  # fmt: skip
        if at_work:
            for which, cell in causes:
                if which == "mix":
                    drawn = _inflow(rng, drawn, cell, shares, home)
        logit = np.full(deals, LEVEL + noise["all"][month])
        for at in range(len(SIZES)):
            logit += (effects[at] + noise["rate"][at][month])[drawn[:, at]]
        if at_work:
            for which, cell in causes:
                if which == "rate":
                    dimension, code = _place(cell)
                    logit += FALL * (drawn[:, dimension] == code)
        codes.append(drawn)
        wins.append(rng.random(deals) < 1 / (1 + np.exp(-logit)))
    return _firm(codes, wins, causes, past + 1 - months)


def _firm(codes: list[np.ndarray], wins: list[np.ndarray], causes: list[tuple[str, int]],
          onset: int) -> Firm:  # fmt: skip
    radix = np.cumprod([1, *SIZES[:-1]])
    keys = [drawn @ radix for drawn in codes]
    found = np.unique(np.concatenate(keys))
    n = np.zeros((len(keys), len(found)))
    y = np.zeros_like(n)
    for month, (key, won) in enumerate(zip(keys, wins, strict=True)):
        place = np.searchsorted(found, key)
        n[month] = np.bincount(place, minlength=len(found))
        y[month] = np.bincount(place, weights=won, minlength=len(found))
    groups = np.array([[key // step % size for step, size in zip(radix, SIZES, strict=True)]
                       for key in found])  # fmt: skip
    cells, dimension, _ = cells_of(groups)
    leaves = leaves_by_month(cells, dimension, n, y, RATE)
    return Firm(leaves, causes, onset, groups, (n, y))


def _place(cell: int) -> tuple[int, int]:
    """Return the dimension and the group of a cell."""
    for dimension, size in enumerate(SIZES):
        if cell < size:
            return dimension, cell
        cell -= size
    raise IndexError(cell)


def _planted(
    kind: str, rng: np.random.Generator, shares: list[np.ndarray]
) -> list[tuple[str, int]]:
    """Return the causes of a kind of firm, in cells of 8 to 45 % of the deals."""
    flat = np.concatenate(shares)
    dimension = np.repeat(np.arange(len(SIZES)), SIZES)
    able = (flat >= 0.08) & (flat <= 0.45)
    reps = dimension == REP
    if kind == "rate-rep":
        return [("rate", int(rng.choice(np.flatnonzero(able & reps))))]
    able = np.flatnonzero(able & ~reps)
    wanted = {"two-rates": ("rate", "rate"), "rate-mix": ("rate", "mix"), "mix": ("mix",)}.get(
        kind, ("rate",) if kind in PLANTED else ()
    )
    found: list[tuple[str, int]] = []
    taken: set[int] = set()
    for which in wanted:
        cell = int(rng.choice([one for one in able if dimension[one] not in taken]))
        taken.add(int(dimension[cell]))
        found.append((which, cell))
    return found


def _noise(kind: str, rng: np.random.Generator, months: int) -> dict[str, list]:
    """Return what months do by themselves: to all, to the rates of cells, to their shares."""
    zero = [np.zeros((months, size)) for size in SIZES]
    rate, mix = [one.copy() for one in zero], [one.copy() for one in zero]
    every = rng.normal(0, 0.05, months)
    at = np.arange(months)
    if kind == "drift":
        every = every + np.cumsum(rng.normal(0, 0.1, months)) + np.where(at == months - 1, -0.3, 0)
    if kind in ("season", "global-season", "rate-season"):
        every = every + 0.3 * np.cos(2 * np.pi * (at + rng.integers(12)) / 12)
    if kind in ("season", "rate-season"):
        for one in rate:
            one += _waves(rng, at, one.shape[1], 0.2)
    if kind == "mix-season":
        for one in mix:
            one += _waves(rng, at, one.shape[1], 0.3)
    if kind in ("rep-noise", "both-noises", "rate-noise"):
        rate[REP] += rng.normal(0, 0.35, rate[REP].shape)
    if kind == "rep-ar":
        rate[REP] += _autoregressive(rng, months, SIZES[REP], 0.8, 0.35)
    if kind in ("mix-noise", "both-noises", "rate-noise"):
        for one in mix:
            one += rng.normal(0, 0.15, one.shape)
    if kind == "cell-trends":
        for one in rate:
            one += np.outer((at - months / 2) / 12, rng.normal(0, 0.1, one.shape[1]))
    if kind == "unequal-reps":
        rate[REP] += rng.normal(0, 0.2, rate[REP].shape)
    return {"all": every, "rate": rate, "mix": mix}


def _waves(rng: np.random.Generator, at: np.ndarray, size: int, deep: float) -> np.ndarray:
    phase = rng.uniform(0, 2 * np.pi, size)
    return deep * np.cos(2 * np.pi * at[:, None] / 12 + phase) * rng.normal(0, 1, size)


def _autoregressive(
    rng: np.random.Generator, months: int, size: int, kept: float, deviation: float
) -> np.ndarray:
    found = np.zeros((months, size))
    found[0] = rng.normal(0, deviation, size)
    for month in range(1, months):
        found[month] = kept * found[month - 1] + rng.normal(
            0, deviation * np.sqrt(1 - kept**2), size
        )
    return found


def _tilted(share: np.ndarray, by: np.ndarray) -> np.ndarray:
    tilted = share * np.exp(by)
    return tilted / tilted.sum()


def _deals(
    rng: np.random.Generator, n: int, shares: list[np.ndarray], home: np.ndarray
) -> np.ndarray:
    """Return the groups of deals: reps are 4 of 5 times of the region, sizes 3 of 5 the segment."""
    drawn = np.column_stack([rng.choice(size, n, p=share)
                             for size, share in zip(SIZES, shares, strict=True)])  # fmt: skip
    near = rng.random(n) < 0.8
    drawn[near, REGION] = home[drawn[near, REP]]
    alike = rng.random(n) < 0.6
    drawn[alike, SIZE] = drawn[alike, SEGMENT] % SIZES[SIZE]
    return drawn


def _inflow(rng: np.random.Generator, drawn: np.ndarray, cell: int, shares: list[np.ndarray],
            home: np.ndarray) -> np.ndarray:  # fmt: skip
    """Return deals a fifth of which are replaced by others, all of one cell."""
    dimension, code = _place(cell)
    replaced = rng.random(len(drawn)) < INFLOW
    many = _deals(rng, 30 * len(drawn), shares, home)
    many = many[many[:, dimension] == code][: int(replaced.sum())]
    at = np.flatnonzero(replaced)[: len(many)]
    found = drawn.copy()
    found[at] = many
    return found
