"""Drift: the distance of a flow of MRR from its last twelve months in the time after them.

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
RECENT = 36
"""Months whose years are compared: a company of few customers says little of one of many."""

QUARTER = 3
LEAST = 4
"""Fewer quarters tell nothing of how much they differ."""

USUAL = {"new": 0.1, "expansion": 0.08, "reactivation": 0.15, "contraction": 0.12, "churn": 0.1}
"""Standard deviations of the logarithm from one year to the next, beyond chance."""

WORTH = 8.0
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
    """Return by flow the relative variance of a month's rate.

    From the differences of quarters that follow each other: a trend does not count, and of the
    season only what lasts. NaN where too few quarters had any.
    """
    found = {}
    for flow in FLOWS:
        rate = _rates(months.tail(RECENT), flow)
        rate = rate[len(rate) % QUARTER :].reshape(-1, QUARTER).mean(axis=1)
        mean = float(rate.mean()) if len(rate) else 0.0
        enough = len(rate) >= LEAST and mean > 0
        squared = np.mean(np.diff(rate) ** 2) / 2 / mean**2 if enough else np.nan
        found[flow] = float(squared * QUARTER)
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

    Beyond chance: neither that of the year it is known from nor that of the months to come.

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
        past = strayed(months.tail(RECENT), flow, min(ahead, YEAR))
        of_year, after = spread[flow] / YEAR, spread[flow] / min(ahead, YEAR)
        worth = len(past) / YEAR
        own = max(0.0, float(np.mean(past**2)) - of_year - after) if len(past) else 0.0
        squared = (worth * own + WORTH * USUAL[flow] ** 2) / (worth + WORTH)
        found[flow] = float(np.sqrt(squared))
    return found
