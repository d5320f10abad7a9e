"""The values of a metric before they are laid out as a frame: arrays of groups by periods."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NUMBERS = (
    "value", "low", "high", "n", "small", "complete", "change", "change_low", "change_high",
    "certain",
)  # fmt: skip
"""The columns of a result that are neither its groups nor its period."""


@dataclass
class MetricValues:
    """The values of a metric on groups by periods, with intervals, samples and notes.

    Parameters
    ----------
    groups
        One row per group; the rows of every array.
    numbers
        The numbers of the periods; the columns of every array.
    value, low, high, n, small, complete
        As the columns of a metric's result.
    begun
        By period: no day before the first on record is missing.
    notes
        What goes into ``attrs``: ``undated`` rows, ``gaps`` in sums, and a table metric's own;
        ``said`` are sentences for its notes.
    """

    groups: pd.DataFrame
    numbers: NDArray[np.int64]
    value: Array
    low: Array
    high: Array
    n: Array
    small: NDArray[np.bool_]
    complete: NDArray[np.bool_]
    begun: NDArray[np.bool_]
    notes: dict[Any, Any] = field(default_factory=dict)

    def before(self, column: int) -> tuple[tuple[float, float, float], ...]:
        """Return value, low and high of the first group in the periods before a column.

        NaN where a period lacks days before the first on record.
        """
        ends = (
            np.where(self.begun, end[0], np.nan)[:column].tolist()
            for end in (self.value, self.low, self.high)
        )
        return tuple(zip(*ends, strict=True))
