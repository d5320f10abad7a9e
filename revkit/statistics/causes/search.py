"""Search: which cells explain the period in question, if any, among all of them together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from revkit.statistics.causes.lasting import Lasting, lasting
from revkit.statistics.causes.look import OUTCOME, SHARE, Evidence, Look
from revkit.statistics.causes.table import COUNT, RATE, Leaves, waves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NOTHING = 0.7
"""Probability beforehand that nothing but noise moved."""

NAMED = 0.5
"""Probability from which a cause is named."""

SURE = 0.8
"""The same of sums: a few large ones make up most of them, and look like a change of a group."""

TOLD = 0.9
"""Probability that the possible causes, nothing among them, add up to."""

CAUSES = 3
"""Causes that are looked for, at most."""

LASTED = 0.4
"""Probability beforehand that a cause was at work before the period in question already."""

REACH = 1.645
"""Standard deviations on each side of a 90 % interval."""


@dataclass(frozen=True)
class Candidate:
    """A cell that may have moved.

    Parameters
    ----------
    kind
        ``rate`` or ``mix``.
    cell
        Its number.
    probability
        Beside all other cells and nothing at all.
    size, deviation
        Of its effect, in logits, logarithms or the unit itself, and its standard deviation.
    effect, low, high
        By how much it moved the value of all outcomes together, with its interval (90 %).
    onset, months
        Month since which it lasts, from 0, and the fewest months that hold it with 90 %.
    """

    kind: str
    cell: int
    probability: float
    size: float = float("nan")
    deviation: float = float("nan")
    effect: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    onset: int = -1
    months: tuple[int, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """Causes that are named, those that are possible beside, and the probability of nothing more.

    ``drift`` is the change of the level of all cells alike, with its standard deviation: none of
    counts.
    """

    named: tuple[Candidate, ...]
    possible: tuple[Candidate, ...]
    nothing: float
    drift: float
    drifted: float


def verdict(leaves: Leaves, last: int = 1) -> Verdict:
    """Return the causes of what the last months of leaves show.

    Parameters
    ----------
    leaves
        Cases and outcomes by month.
    last
        Months of the period in question, the last ones.
    """
    look = Look.at(joined(leaves, last - 1))
    monthly = look if last == 1 else look.over(leaves)
    drift, drifted = _drift(look)
    bar = NAMED if leaves.kind in (RATE, COUNT) else SURE
    named: list[Candidate] = []
    before = {kind: _lasting(monthly, kind, last) for kind in monthly.scores}
    while True:
        options, nothing = _weighed(look, before)
        best = max(options, key=lambda one: one.probability, default=None)
        if best is None or best.probability <= bar or len(named) == CAUSES:
            break
        named.append(_sized(look, best))
        look = look.naming(best.kind, best.cell)
        monthly = monthly.without(best.kind, best.cell, best.onset)
        before[best.kind] = _lasting(monthly, best.kind, last)
    held = nothing
    possible: list[Candidate] = []
    for one in sorted(options, key=lambda one: -one.probability):
        if held >= TOLD or one.probability < 0.01 or len(possible) == 5:
            break
        held += one.probability
        possible.append(_sized(look, one))
    return Verdict(tuple(named), tuple(possible), nothing, drift, drifted)


def joined(leaves: Leaves, earlier: int) -> Leaves:
    """Return leaves whose last row takes in some months before it."""
    if not earlier:
        return leaves
    first = len(leaves.cases) - 1 - earlier

    def added(values: Array) -> Array:
        return np.vstack([values[:first], values[first:].sum(axis=0)])

    return replace(
        leaves,
        cases=added(leaves.cases),
        outcomes=added(leaves.outcomes),
        base=None if leaves.base is None else added(leaves.base),
        season=np.vstack([leaves.season[:first], leaves.season[first:].mean(axis=0)]),
    )


def _lasting(monthly: Look, kind: str, last: int) -> Lasting:
    leaves = monthly.leaves
    return lasting(monthly.scores[kind], leaves.dimension, last, monthly.slabs)


def _weighed(look: Look, lasted: dict[str, Lasting]) -> tuple[list[Candidate], float]:
    """Return each cell's probability beside those of all others and of nothing."""
    rows: list[tuple[str, int, Array]] = []
    found: dict[str, tuple[Evidence, Lasting]] = {}
    for kind in look.scores:
        now = look.evidence(kind)
        before = lasted[kind]
        found[kind] = now, before
        earlier = max(len(before.onsets) - 1, 1)
        logs = before.factor[:, :-1] + np.log(LASTED / earlier)
        logs[[cell for other, cell in look.named if other == kind]] = -np.inf
        both = np.column_stack([logs, now.factor + np.log(1 - LASTED)])
        rows += [(kind, cell, both[cell]) for cell in range(len(both))]
    if not rows:
        return [], 1.0
    prior = np.log((1 - NOTHING) / len(rows))
    peak = max(max(float(row.max()) for _, _, row in rows) + prior, float(np.log(NOTHING)))
    none = float(np.exp(np.log(NOTHING) - peak))
    mass = [float(np.exp(row + prior - peak).sum()) for _, _, row in rows]
    total = sum(mass) + none
    options = []
    for (kind, cell, row), share in zip(rows, mass, strict=True):
        now, before = found[kind]
        onset, months = before.since(cell)
        size, deviation = float(now.size[cell]), float(now.deviation[cell])
        at = int(row.argmax())
        if at < len(row) - 1:
            size = float(before.size[cell, at])
            deviation = float(1 / np.sqrt(before.information[cell, at] + 1 / look.slab**2))
        options.append(Candidate(kind, cell, share / total, size, deviation, onset=onset,
                                 months=months))  # fmt: skip
    return _of_pairs(look, options), none / total


def _of_pairs(look: Look, options: list[Candidate]) -> list[Candidate]:
    """Return candidates with the two cells of a dimension that has no others as one.

    What one does the other mirrors. Of shares the one that rose is told, of outcomes the one that
    is farther from what it usually is.
    """
    dimension = look.leaves.dimension
    apart = look.own() if OUTCOME in look.scores else np.zeros(len(dimension))
    found = {(one.kind, one.cell): one for one in options}
    for number in np.unique(dimension):
        pair = [int(cell) for cell in np.flatnonzero(dimension == number)]
        if len(pair) != 2:
            continue
        for kind in look.scores:
            first, second = (found[kind, cell] for cell in pair)
            if first.size * second.size >= 0:
                continue
            keeps = abs(apart[pair[0]]) >= abs(apart[pair[1]])
            if kind == SHARE:
                keeps = first.size > 0
            kept, left = (first, second) if keeps else (second, first)
            both = first.probability + second.probability
            found[kind, kept.cell] = replace(kept, probability=both)
            del found[kind, left.cell]
    return list(found.values())


def _sized(look: Look, one: Candidate) -> Candidate:
    """Return a candidate with what it did to the value of all outcomes together."""
    ends = [
        look.shift(one.kind, one.cell, one.size + reach * one.deviation)
        for reach in (0.0, -REACH, REACH)
    ]
    return replace(one, effect=ends[0], low=min(ends[1:]), high=max(ends[1:]))


def _drift(look: Look) -> tuple[float, float]:
    """Return the change of the level of all, and its standard deviation by that of the past."""
    if OUTCOME not in look.scores:
        return float("nan"), float("nan")
    levels = look.scores[OUTCOME].levels
    past = levels[:-1]
    if len(past) < 2:
        return float("nan"), float("nan")
    spread = float(past.std(ddof=1)) * float(np.sqrt(1 + 1 / len(past)))
    return float(levels[-1] - past.mean()), spread


def leaves_by_month(
    cells: Array, dimension: NDArray[np.int64], cases: Array, outcomes: Array, kind: str,
    *, base: Array | None = None, last: int = 1, summed: bool = False, mixed: bool = True,
) -> Leaves:  # fmt: skip
    """Return leaves of some months.

    Parameters
    ----------
    cells, dimension, cases, outcomes, kind, base, summed, mixed
        As of :class:`revkit.statistics.causes.table.Leaves`, all rows being months.
    last
        Months of the period in question: of the others there have to be enough for a season.
    """
    season = waves(np.arange(len(cases), dtype=np.float64), len(cases) - last)
    return Leaves(cells, dimension, cases, outcomes, kind, season, base, summed, mixed)
