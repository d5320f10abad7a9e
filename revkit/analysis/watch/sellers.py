"""Sellers: what months have in common because the same people win or lose in them.

Reps differ in skill. Where few sell, one who comes or goes moves a win rate for good, though
nothing happened to market, price or process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from revkit.analysis.watch.leaves import Leaves, Place, score, weight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def skill(leaves: Leaves) -> float:
    """Return the variance of skill among sellers, in squared logits: what exceeds chance."""
    if leaves.seller is None:
        return 0.0
    _sellers, sums = leaves.sums((leaves.seller,))
    gap, known = score(sums, leaves.kind).sum(axis=1), weight(sums, leaves.kind).sum(axis=1)
    squares = float(np.square(known).sum())
    return max(0.0, float((np.square(gap) - known).sum()) / squares) if squares > 0 else 0.0


def shared(leaves: Leaves, places: Sequence[Place], variance: float) -> list[Array | None]:
    """Return by place the covariance over months of its difference from the rest, by who sells.

    Parameters
    ----------
    leaves
        Those of a rate.
    places
        Places of one dimension or pair; of the whole there is no rest.
    variance
        Of the sellers' skill, from :func:`skill`.
    """
    if leaves.seller is None or not variance > 0 or not places:
        return [None] * len(places)
    by = places[0].by
    everybody, sums = leaves.sums((leaves.seller,))
    every = weight(sums, leaves.kind)
    row = {seller.values[0]: at for at, seller in enumerate(everybody)}
    inside = {place.values: np.zeros_like(every) for place in places}
    cells, sums = leaves.sums((*by, leaves.seller))
    for cell, known in zip(cells, weight(sums, leaves.kind), strict=True):
        if cell.values[:-1] in inside:
            inside[cell.values[:-1]][row[cell.values[-1]]] = known
    return [variance * (part.T @ part) for part in (
        _part(own) - _part(every - own) for own in (inside[place.values] for place in places)
    )]  # fmt: skip


def _part(known: Array) -> Array:
    """Return each seller's part of what is known of each month; 0 in a month without any."""
    total = known.sum(axis=0)
    part: Array = np.divide(known, total, out=np.zeros_like(known), where=total > 1e-9)
    return part
