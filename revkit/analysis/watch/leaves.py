"""Leaves of a watched metric: what was seen and what was expected, by month and dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PULL = 5.0
"""Rows of the mean of all that each stratum's own mean is drawn with."""

ROUNDS = 4
"""Rounds in which the effects of groups are found, one dimension after the other."""

ROUNDING = 1e-9
"""Part of an outcome below which it differs from what is usual by rounding alone."""

RATE, MEAN, LOG = "rate", "mean", "logarithm"

COLUMNS = ("n", "seen", "expected", "variance")


@dataclass(frozen=True)
class Place:
    """A group of a company by one dimension or two, or the whole of it (no dimension)."""

    by: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " · ".join(self.values)


@dataclass(frozen=True)
class Leaves:
    """A metric's rows, added up to the smallest groups.

    Parameters
    ----------
    metric
        Its name.
    axis
        What its months are: ``closed``, ``opened``, ``arrived``, ``calendar`` or ``cohort``.
    kind
        ``rate``, ``mean``, or ``logarithm`` where outcomes are logarithms of amounts or days.
    rows
        One row a month and group: ``month`` (from 0), the dimensions, ``n``, ``seen`` and
        ``expected`` (sums of outcomes and expectations) and ``variance`` (of ``seen`` about
        ``expected``).
    months
        How many months there are.
    by
        The dimensions, or pairs of them, whose groups are watched.
    scale
        What an outcome of 1 stands for; of means, their usual size.
    seller
        Column of the rows with who sold, as sellers differ in skill; None where that is not known.
    """

    metric: str
    axis: str
    kind: str
    rows: pd.DataFrame
    months: int
    by: tuple[tuple[str, ...], ...]
    scale: float = 1.0
    seller: str | None = None

    def sums(self, by: tuple[str, ...]) -> tuple[list[Place], dict[str, Array]]:
        """Return the places of a dimension and their sums, a row a place and a column a month."""
        if not by:
            places, codes = [Place()], pd.Series(0, index=self.rows.index)
        else:
            groups = self.rows.groupby(list(by), observed=True, sort=True, dropna=True)
            codes = groups.ngroup().fillna(-1)
            found = groups.size().index
            values = found if len(by) > 1 else [(one,) for one in found]
            places = [Place(by, tuple(map(str, one))) for one in values]
        rows = self.rows[codes >= 0]
        where = codes[codes >= 0].astype("int64") * self.months + rows["month"]
        sums: dict[str, Array] = {}
        for name in COLUMNS:
            total = np.zeros(len(places) * self.months)
            np.add.at(total, where.to_numpy(), rows[name].to_numpy(np.float64))
            sums[name] = total.reshape(len(places), self.months)
        return places, sums

    def without(self, names: frozenset[str]) -> Leaves:
        """Return the leaves with some dimensions left out of what is watched."""
        return replace(self, by=tuple(one for one in self.by if not names & set(one)))

    def changed(self, place: Place, by_month: Array) -> Leaves:
        """Return the leaves with a change expected of a place: of its odds, or of its mean."""
        inside = np.ones(len(self.rows), dtype=bool)
        for name, value in zip(place.by, place.values, strict=True):
            inside &= (self.rows[name].astype(object) == value).to_numpy()
        return self.shifted(np.where(inside, by_month[self.rows["month"].to_numpy()], 0.0))

    def shifted(self, shift: Array) -> Leaves:
        """Return the leaves with the odds, or the mean, that are expected of each row shifted."""
        n, expected, variance = (
            self.rows[name].to_numpy(np.float64) for name in ("n", "expected", "variance")
        )
        if self.kind != RATE:
            return replace(self, rows=self.rows.assign(expected=expected + shift * n))
        share = np.clip(expected / n, 1e-9, 1 - 1e-9)
        tilted = 1 / (1 + (1 - share) / share * np.exp(-shift))
        spread = variance * tilted * (1 - tilted) / (share * (1 - share))
        return replace(self, rows=self.rows.assign(expected=n * tilted, variance=spread))


def of_rows(
    metric: str,
    axis: str,
    kind: str,
    rows: pd.DataFrame,
    months: int,
    by: Sequence[tuple[str, ...]],
    strata: Sequence[str],
    *,
    expected: str | None = None,
    within: str | None = None,
    scale: float = 1.0,
    seller: str | None = None,
) -> Leaves:
    """Return the leaves of rows with an outcome, by what is usual in each row's stratum.

    Parameters
    ----------
    metric, axis, kind
        As :class:`Leaves` has them.
    rows
        One row a case: ``month``, ``seen`` (0 or 1, or a number), the dimensions and strata.
    months
        How many months there are; rows of others are left out after the usual is known.
    by
        The dimensions, or pairs of them, to watch.
    strata
        Columns within which cases are alike.
    expected
        A column with the share of the outcome that could be seen by now; all of it if None.
    within
        A stratum, numbered from 0, in which each group may have an effect of its own.
    scale
        What an outcome of 1 stands for.
    seller
        A column with who sold.
    """
    part = np.ones(len(rows)) if expected is None else rows[expected].to_numpy(np.float64)
    seen = rows["seen"].to_numpy(np.float64)
    overall = seen.sum() / part.sum() if part.sum() else 0.0
    if strata:
        groups = rows.groupby(list(strata), observed=True, sort=True, dropna=False)
        codes = groups.ngroup().to_numpy()
        n, hits = np.bincount(codes, part), np.bincount(codes, seen)
        usual = ((hits + PULL * overall) / (n + PULL))[codes]
    else:
        usual = np.full(len(rows), overall)
    mean = part * usual
    if kind == RATE:
        mean = np.clip(mean, 1e-6, 1 - 1e-6)
        variance = mean * (1 - mean)
    else:
        varied = not np.allclose(seen, mean, rtol=ROUNDING, atol=ROUNDING)
        variance = np.full(len(rows), float(np.square(seen - mean).mean()) if varied else 0.0)
    dimensions = list(dict.fromkeys(name for one in by for name in one))
    dimensions += [name for name in (within, seller) if name is not None]
    cases = rows[["month", *dimensions]].assign(n=1.0, seen=seen, expected=mean, variance=variance)
    cases = cases[(cases["month"] >= 0) & (cases["month"] < months)]
    leaves = cases.groupby(["month", *dimensions], observed=True, sort=True, dropna=False).sum()
    found = Leaves(metric, axis, kind, leaves.reset_index(), months, tuple(by), scale, seller)
    return _usual(found, within)


def _usual(leaves: Leaves, within: str | None) -> Leaves:
    """Return leaves whose groups are expected to be as they usually are, beside their strata.

    Each group of each dimension has an effect of its own on the odds, or the mean, the same in all
    months. Without it the score of a group far from its stratum would be of another size than the
    change that it stands for.
    """
    part = 0 if within is None else leaves.rows[within].to_numpy(np.int64)
    parts = 1 + int(np.max(part, initial=0))
    for _ in range(ROUNDS):
        for by in leaves.by:
            if len(by) > 1:
                continue
            group = leaves.rows[by[0]].cat.codes.to_numpy(np.int64)
            known, codes = group >= 0, group * parts + part
            gap = leaves.rows["seen"].to_numpy() - leaves.rows["expected"].to_numpy()
            held = leaves.rows["n" if leaves.kind != RATE else "variance"].to_numpy()
            gaps, spread = (np.bincount(codes[known], one[known], parts) for one in (gap, held))
            effect = np.clip(gaps / (spread + 1.0), -1.0, 1.0)
            leaves = leaves.shifted(np.where(known, effect[codes], 0.0))
    return leaves


def contrasts(sums: Mapping[str, Array], whole: Mapping[str, Array], kind: str) -> dict[str, Array]:
    """Return each place beside the rest: ``value``, ``variance`` and the weights of both.

    The unit is the logit of a rate or that of the mean itself.
    """
    inside, outside = weight(sums, kind), weight(whole, kind) - weight(sums, kind)
    outside = np.where(outside > 1e-9, outside, 0.0)
    ours = score(sums, kind)
    theirs = score(whole, kind) - ours
    with np.errstate(divide="ignore", invalid="ignore"):
        value = ours / inside - theirs / outside
        variance = 1 / inside + 1 / outside
    seen = (inside > 0) & (outside > 0)
    return {
        "value": np.where(seen, value, 0.0),
        "variance": np.where(seen, variance, np.inf),
        "inside": inside,
        "outside": outside,
    }


def score(sums: Mapping[str, Array], kind: str) -> Array:
    """Return the score of a change by month: seen less expected, in units of the change."""
    gap = sums["seen"] - sums["expected"]
    if kind == RATE:
        return gap
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled: Array = gap * np.where(sums["variance"] > 0, sums["n"] / sums["variance"], 0.0)
    return scaled


def weight(sums: Mapping[str, Array], kind: str) -> Array:
    """Return the information on a change by month."""
    if kind == RATE:
        return sums["variance"]
    with np.errstate(divide="ignore", invalid="ignore"):
        information: Array = np.where(sums["variance"] > 0, sums["n"] ** 2 / sums["variance"], 0.0)
    return information
