"""How far a flow of MRR has strayed from its last twelve months in the time after them.

A year's rate is never the next year's. The months of the company's own past say by how much it
moved, beyond what chance alone explains; few years say little of it, so that what was measured in
other companies weighs in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.flows.movements import bridge
from revkit.analysis.plans.engine import FLOWS, Array

if TYPE_CHECKING:
    from revkit.dataset import Dataset

YEAR = 12
SEEN = 24
"""Months that tell how much one differs from the next."""

LEAST = 6
"""Fewer months tell nothing of it."""

USUAL = {"new": 0.25, "expansion": 0.2, "reactivation": 0.4, "contraction": 0.3, "churn": 0.25}
"""Standard deviations of the logarithm from one year to the next, beyond chance."""

WORTH = 4.0
"""Years of the company's own past that the usual ones are worth."""


def months_of(data: Dataset) -> pd.DataFrame:
    """Return the complete months of the company's MRR with their movements."""
    rows = bridge(data, period="month")
    return rows[rows["complete"]].reset_index(drop=True)


def strayed(months: pd.DataFrame, flow: str, ahead: int) -> Array:
    """Return by how much of their mean a flow's rate differs in the months after each year.

    Parameters
    ----------
    months
        Of the bridge.
    flow
        One of the flows.
    ahead
        How many months after.
    """
    amount = months[flow].to_numpy(np.float64)
    opening = months["opening"].to_numpy(np.float64)
    if flow == "new":
        opening = np.ones(len(amount))
    sums, bases = (np.concatenate([[0.0], np.cumsum(one)]) for one in (amount, opening))
    found = []
    for at in range(YEAR, len(amount) - ahead + 1):
        before, base = sums[at] - sums[at - YEAR], bases[at] - bases[at - YEAR]
        after, then = sums[at + ahead] - sums[at], bases[at + ahead] - bases[at]
        if min(before, base, after, then) > 0:
            first, second = before / base, after / then
            found.append(2 * (second - first) / (second + first))
    return np.array(found)


def spreads(months: pd.DataFrame) -> dict[str, float]:
    """Return by flow the relative standard deviation of a month's rate, squared.

    From the differences of months that follow each other, so that a trend does not count; NaN
    where too few months had any.
    """
    found = {}
    for flow in FLOWS:
        rate = _rates(months, flow)[-SEEN:]
        mean = float(rate.mean()) if len(rate) else 0.0
        enough = len(rate) >= LEAST and mean > 0
        found[flow] = float(np.mean(np.diff(rate) ** 2) / 2 / mean**2) if enough else np.nan
    return found


def _rates(months: pd.DataFrame, flow: str) -> Array:
    """Return a flow by month, over the MRR that opened it but for new MRR."""
    opening = months["opening"].to_numpy(np.float64)
    amount = months[flow].to_numpy(np.float64)
    if flow == "new":
        return np.asarray(amount)
    return np.asarray((amount / np.where(opening > 0, opening, np.nan))[opening > 0])


def drifts(months: pd.DataFrame, ahead: int, spread: Mapping[str, float]) -> dict[str, float]:
    """Return by flow the standard deviation of the logarithm of its rate in the time ahead.

    Parameters
    ----------
    months
        Of the bridge.
    ahead
        Months ahead.
    spread
        By flow the relative variance of a month.
    """
    found = {}
    for flow in FLOWS:
        past = strayed(months, flow, min(ahead, YEAR))
        of_year, after = spread[flow] / YEAR, spread[flow] / min(ahead, YEAR)
        worth = len(past) / YEAR
        own = max(0.0, float(np.mean(past**2)) - of_year - after) if len(past) else 0.0
        squared = (worth * own + WORTH * USUAL[flow] ** 2) / (worth + WORTH)
        found[flow] = float(np.sqrt(squared + of_year))
    return found
