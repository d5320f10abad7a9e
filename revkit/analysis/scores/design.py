"""Design: the matrix of numbers that a model reads, made of a table of features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MISSING = "(missing)"
RARE = 20
"""Rows below which a level of a category is counted with the other rare ones."""
KNOTS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Design:
    """Columns of a matrix: numbers as they are, categories as one column a level.

    Parameters
    ----------
    numbers
        Features that are numbers; NaN where unknown.
    levels
        The levels of each category that are frequent enough to stand alone.
    bends
        Numbers with values enough to let the odds bend along them.
    """

    numbers: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    bends: tuple[str, ...]

    @classmethod
    def of(cls, rows: pd.DataFrame, features: Sequence[str], *, rare: int = RARE) -> Design:
        """Read the columns off the rows that a model learns from; constant ones are left out."""
        varied = [name for name in features if len(rows[name].unique()) > 1]
        numbers = [name for name in varied if pd.api.types.is_numeric_dtype(rows[name])]
        levels = {}
        for name in [name for name in varied if name not in numbers]:
            counts = words_of(rows[name]).value_counts()
            levels[name] = tuple(sorted(counts.index[counts >= rare]))
        known = {name: rows[name].dropna().to_numpy(dtype=np.float64) for name in numbers}
        bends = [
            name
            for name, values in known.items()
            if len(values) and len(np.unique(np.quantile(values, KNOTS))) == len(KNOTS)
        ]
        known_numbers = tuple(name for name in numbers if len(known[name]))
        return cls(known_numbers, {k: v for k, v in levels.items() if v}, tuple(bends))

    @property
    def features(self) -> tuple[str, ...]:
        """The features that the matrix has columns of."""
        return (*self.numbers, *self.levels)

    def matrix(self, rows: pd.DataFrame) -> Array:
        """Return one row a row: the numbers first, then the levels."""
        parts = [rows[name].to_numpy(dtype=np.float64) for name in self.numbers]
        for name, levels in self.levels.items():
            words = words_of(rows[name]).to_numpy()
            parts += [(words == level).astype(np.float64) for level in levels]
        return np.column_stack(parts) if parts else np.zeros((len(rows), 0))

    @property
    def places(self) -> dict[str, list[int]]:
        """The columns of the matrix that each feature has."""
        found = {name: [place] for place, name in enumerate(self.numbers)}
        start = len(self.numbers)
        for name, levels in self.levels.items():
            found[name] = [*range(start, start + len(levels))]
            start += len(levels)
        return found

    def usual(self, rows: pd.DataFrame) -> Array:
        """Return a row of usual values: the median, or how frequent each level is."""
        middle = {name: [float(rows[name].median())] for name in self.numbers}
        for name, levels in self.levels.items():
            words = words_of(rows[name])
            middle[name] = [float((words == level).mean()) for level in levels]
        return np.array([one for values in middle.values() for one in values])


def words_of(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return the values of a category as texts, :data:`MISSING` where there is none."""
    return column.astype(object).where(column.notna(), MISSING).astype(str)
