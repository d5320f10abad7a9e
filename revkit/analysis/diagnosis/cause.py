"""A cause of a change, named or possible."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from revkit.analysis.diagnosis.parts import Part


@dataclass(frozen=True)
class Cause:
    """A cause that is named, or one that is possible.

    Parameters
    ----------
    part
        The total or ratio that it moved.
    dimension, place
        Where.
    kind
        ``rate`` (its own value) or ``mix`` (its share of all).
    probability
        Beside all else, nothing at all among it.
    named
        Whether it is likelier than all else together.
    effect, low, high
        By how much it moved the metric, with its interval (90 %).
    since, since_from, since_to
        First day of the likeliest month of onset, and those that hold it with 90 %.
    older
        Whether it began before the period that is compared with.
    up
        Whether its own value or share rose.
    worth
        Money of the period, NaN where it cannot be known.
    """

    part: Part
    dimension: str
    place: str
    kind: str
    probability: float
    named: bool
    effect: float
    low: float
    high: float
    since: date
    since_from: date
    since_to: date
    older: bool
    up: bool
    worth: float = math.nan
