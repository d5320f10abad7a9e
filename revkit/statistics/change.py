"""The change between two values, with its interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Verdict = Literal["unknown", "same", "few", "noise", "usual", "untold", "moved"]


def verdict(
    difference: float, certain: bool, *, few: bool, census: bool, usual: bool | None
) -> Verdict:
    """Decide whether a value moved: the one rule of scorecards, sentences and reports.

    Parameters
    ----------
    difference
        The later value less the earlier one; NaN where one of them is not known.
    certain
        Whether the interval of the difference leaves out 0.
    few
        Whether one of the two values rests on too few rows to tell, or has no interval.
    census
        Whether the values are counted in full: any difference is then a fact, but no news.
    usual
        Whether the series moves as far where nothing happens; None where too little is on record
        to say.

    Examples
    --------
    >>> verdict(0.1, True, few=False, census=False, usual=False)
    'moved'
    >>> verdict(-5.0, False, few=True, census=True, usual=True)
    'usual'
    >>> verdict(-5.0, False, few=True, census=True, usual=None)
    'untold'
    """
    if math.isnan(difference):
        return "unknown"
    if census and not difference:
        return "same"
    if few and not census:
        return "few"
    if not census and not (certain and difference):
        return "noise"
    if usual is None:
        return "untold"
    return "usual" if usual else "moved"


def change(
    now: tuple[Array, Array, Array], before: tuple[Array, Array, Array]
) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Return the difference of two values, its interval, and whether that leaves out 0.

    The interval is computed from those of the two values by Newcombe's method 10 (1998), which
    holds for any pair of independent estimates (Zou and Donner 2008). Periods that share accounts
    covary positively, so the interval is too wide rather than too narrow.

    Parameters
    ----------
    now, before
        Value, low and high of each, as arrays of one shape.

    Returns
    -------
    tuple
        The difference, its low and high, and where the interval leaves out 0.

    Examples
    --------
    Newcombe's example: 56 of 70 against 48 of 80, by Wilson's intervals of each.

    >>> from revkit.statistics.intervals import wilson
    >>> sides = []
    >>> for share, n in ((56 / 70, 70), (48 / 80, 80)):
    ...     sides.append((np.array([share]), *wilson(np.array([share]), np.array([n * 1.0]), 0.95)))
    >>> difference, low, high, certain = change(*sides)
    >>> difference.round(4), low.round(4), high.round(4), certain
    (array([0.2]), array([0.0524]), array([0.3339]), array([ True]))
    """
    (value, low, high), (past, past_low, past_high) = now, before
    difference = value - past
    least = difference - np.sqrt((value - low) ** 2 + (past_high - past) ** 2)
    most = difference + np.sqrt((high - value) ** 2 + (past - past_low) ** 2)
    with np.errstate(invalid="ignore"):
        certain = (least > 0) | (most < 0)
    return difference, least, most, certain
