"""Guard: columns whose past is not on record, when they look edited after the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.scores.design import MISSING, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWER = 4.0
"""Times by which a value must be rarer today than in the past."""
EXPECTED = 8.0
"""Rows of today that must have been expected to have the value."""


def unlike(past: pd.DataFrame, today: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Return the columns with a value that was common in the past and is nearly gone today.

    What a deal's segment was on an earlier day is not known: past rows have today's. Where it is
    filled in, or changed, because a deal was won or lost, past rows tell their outcome, and
    rows whose outcome is still open have other values.
    """
    return [name for name in columns if _gone(_words(past[name]), _words(today[name]))]


def _gone(past: pd.Series[Any], today: pd.Series[Any]) -> bool:
    before = past.value_counts(normalize=True)
    now = today.value_counts().reindex(before.index).fillna(0)
    expected = before * len(today)
    return bool(np.any((expected >= EXPECTED) & (now * FEWER < expected)))


def _words(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return the values of a category; of a number only whether it is known."""
    if pd.api.types.is_numeric_dtype(column):
        return column.notna().map({True: "known", False: MISSING})
    return words_of(column)
