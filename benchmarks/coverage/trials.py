"""Trials: simulated companies, their intervals, and the share that contains the true value."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

import revkit as rk
from benchmarks import worlds
from benchmarks.coverage.simulations import NO_TRUTH, SIMULATIONS, Simulation
from benchmarks.worlds import AS_OF, KINDS, MARCH, Scene
from revkit.catalogue.measure import Measured

# ibis sets a pandas option that pandas 3 has made the default.
warnings.filterwarnings("ignore", message=".*future.infer_string.*")

SIZES = (30, 100, 1000)
BUDGET = 1_500_000
"""Most rows of a world; the number of companies is reduced to fit."""
LEAST = 40
"""Fewest companies."""
APART = 100
"""Most companies where each takes a call of its own."""
SEED = 2027
"""Seed of the table; methods and thresholds were chosen with other seeds."""


@dataclass(frozen=True)
class Trial:
    """Coverage of one metric's intervals on one kind of data and sample size.

    ``covered`` is the share of intervals that contain the true value; ``width`` the median width
    relative to it; ``sample`` the mean n. ``small`` is the share of rows flagged ``small`` or
    without an interval; where it is below one half, ``covered`` leaves those rows out.
    """

    metric: str
    interval: str
    kind: str
    n: int
    intervals: int
    covered: float
    width: float
    small: float
    sample: float
    seed: int = 0

    @property
    def mostly_small(self) -> bool:
        """True when most samples were flagged ``small`` or had no interval."""
        return self.small >= 0.5


def intervals() -> dict[str, str]:
    """Return the interval method of each metric that has one."""
    catalogue = rk.catalog().set_index("name")["interval"]
    ours = {*rk.metrics.__all__} - {*NO_TRUTH}
    ours = {name for name in ours if catalogue[name] != "none"}
    return {name: str(catalogue[name]) for name in sorted(ours)}


def trials(
    names: Iterable[str],
    sizes: Iterable[int] = SIZES,
    replicates: int = 1000,
    budget: int = BUDGET,
    seed: int = SEED,
) -> Iterator[Trial]:
    """Yield the coverage of metrics; metrics of one world are measured on the same companies."""
    kinds, groups = intervals(), _groups(names)
    for n in sizes:
        for kind in KINDS:
            for together in groups:
                first = SIMULATIONS[together[0]]
                fit = int(budget * first.per / (n * first.heavy))
                many = min(replicates, max(fit, LEAST), APART if first.apart else replicates)
                random = np.random.default_rng([seed, n, KINDS.index(kind)])
                tables = first.world(Scene(kind, n / first.per, many, random))
                each, whole = _measured(tables, together, first)
                for name in together:
                    aim = many if SIMULATIONS[name].extensive else 1
                    found = trial(name, kinds[name], kind, n, each[name], whole[name], aim)
                    yield replace(found, seed=seed)


def _groups(names: Iterable[str]) -> list[list[str]]:
    """Return metrics in groups that can be measured on the same companies, in one call."""
    groups: dict[Any, list[str]] = {}
    for name in names:
        simulation = SIMULATIONS[name]
        place = (simulation.world, simulation.per, simulation.apart, str(simulation.asked))
        groups.setdefault(place, []).append(name)
    return list(groups.values())


Frames = dict[str, pd.DataFrame]


def _measured(
    tables: worlds.Tables, names: list[str], simulation: Simulation
) -> tuple[Frames, Frames]:
    """Return the frames of every single company, and those of all companies together."""
    data = rk.Dataset(as_of=AS_OF, **tables)  # type: ignore[arg-type]
    asked = {"start": MARCH, **simulation.asked}
    whole = Measured.of(data, names, **asked).frames
    if not simulation.apart:
        return Measured.of(data, names, by="replicate", **asked).frames, whole
    alone = [rk.Dataset(as_of=AS_OF, **one) for one in worlds.apart(tables)]  # type: ignore[arg-type]
    found = [Measured.of(one, names, **asked).frames for one in alone]
    return {name: pd.concat([frames[name] for frames in found]) for name in names}, whole


def trial(
    name: str,
    interval: str,
    kind: str,
    n: int,
    each: pd.DataFrame,
    whole: pd.DataFrame,
    companies: int,
) -> Trial:
    """Compare the intervals of single companies with the true value.

    Parameters
    ----------
    each, whole
        Frames of the single companies and of all together.
    companies
        What to divide the value of all by: their number for extensive values, else 1.
    """
    keys = list(whole.columns[: list(whole.columns).index("value")])
    truth = whole.rename(columns={"value": "truth"})[[*keys, "truth"]]
    both = each.merge(truth, on=keys)
    aim = both["truth"] / companies
    known = both["low"].notna() & both["high"].notna()
    inside = (both["low"] <= aim) & (aim <= both["high"])
    sure = known & ~both["small"]
    judged = sure if sure.mean() > 0.5 else known
    return Trial(
        metric=name,
        interval=interval,
        kind=kind,
        n=n,
        intervals=int(judged.sum()),
        covered=float(inside[judged].mean()) if judged.any() else np.nan,
        width=float(((both["high"] - both["low"]) / aim)[known].median())
        if known.any()
        else np.nan,
        small=float((both["small"] | ~known).mean()),
        sample=float(both["n"].mean()),
    )
