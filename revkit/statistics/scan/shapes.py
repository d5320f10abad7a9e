"""Shapes a change may have: from which month on, for how long, at once or by and by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FIRST = 6
"""Months before a change, at least: its former level has to be known."""

RECENT = 24
"""Months back to which a change is looked for."""

RAMP = 12
"""Months over which a change that comes by and by grows."""

LASTING: Mapping[str, float] = {"step": 0.55, "3 months": 0.15, "6 months": 0.2, "ramp": 0.1}
"""Probability of each shape beforehand, of rates, means and shares."""

ONE_MONTH: Mapping[str, float] = {"month": 1.0}
"""The shape of what happens on a day, such as that people leave."""


@dataclass(frozen=True)
class Shapes:
    """Shapes of a change over the months of a series.

    Parameters
    ----------
    onset
        Month of each shape's beginning, counted from 0.
    name
        ``step``, ``3 months``, ``6 months``, ``ramp`` or ``month``.
    values
        A row a shape, a column a month: 0 before the change, 1 where it is whole.
    prior
        Probability of each beforehand; they add up to 1.
    """

    onset: NDArray[np.int64]
    name: NDArray[np.str_]
    values: NDArray[np.float64]
    prior: NDArray[np.float64]


def shapes(months: int, chances: Mapping[str, float] = LASTING) -> Shapes:
    """Return every shape over so many months, each month of onset as likely as another.

    Parameters
    ----------
    months
        Length of the series.
    chances
        Probability of each shape, by name.

    Examples
    --------
    >>> found = shapes(8, {"step": 1.0})
    >>> found.onset.tolist(), found.values[1].tolist()
    ([6, 7], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
    """
    at = np.arange(months)
    rows = []
    for onset in range(max(FIRST, months - RECENT), months):
        since = at - onset
        whole = {
            "step": since >= 0,
            "3 months": (since >= 0) & (since < 3),
            "6 months": (since >= 0) & (since < 6),
            "ramp": np.clip((since + 1) / RAMP, 0, 1),
            "month": since == 0,
        }
        for name, chance in chances.items():
            if name != "ramp" or onset <= months - 4:  # shorter, it cannot be told from a step
                rows.append((onset, name, np.asarray(whole[name], dtype=np.float64), chance))
    onsets, names, values, weights = zip(*rows, strict=True) if rows else ((), (), (), ())
    prior = np.array(weights, dtype=np.float64)
    return Shapes(
        np.array(onsets, dtype=np.int64),
        np.array(names, dtype=np.str_),
        np.array(values, dtype=np.float64).reshape(len(rows), months),
        prior / prior.sum() if rows else prior,
    )
