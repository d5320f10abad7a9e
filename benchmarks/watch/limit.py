"""What somebody would see who knows beforehand what was planted, where and when.

A scan that has to be silent of nineteen in twenty quiet companies asks thousands of questions, so
that one answer has to be four to five standard errors from what is usual. Whoever knows metric,
place and month asks one. Where even that answer is nearer than four, no method can name the cause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import pandas as pd

from benchmarks.worlds import shift
from revkit.dataset import Dataset

START = date(2023, 1, 1)
AGES = 36
"""Months since joining in which customers are compared with others of the same age."""


def _deals(company: Dataset, onset: date, industry: str) -> float:
    """Return by how many standard errors new deals of an industry are won otherwise since."""
    deals = company.table("opportunities").to_pandas()
    places = company.table("accounts").select("account_id", "industry").to_pandas()
    deals = deals.merge(places, on="account_id")
    new = deals["kind"].str.startswith("new") & deals["closed_on"].notna()
    deals = deals[new & (deals["industry"] == industry)]
    since = pd.to_datetime(deals["created_on"]) >= pd.Timestamp(onset)
    usual = deals.loc[~since, "is_won"].mean()
    won, count = deals.loc[since, "is_won"].sum(), since.sum()
    return float((won - usual * count) / np.sqrt(usual * (1 - usual) * count))


def _cohort(company: Dataset, first: date, until: date) -> float:
    """Return by how many standard errors those who joined in some months leave otherwise."""
    lines = company.table("subscriptions").to_pandas()
    lines["ended_on"] = pd.to_datetime(lines["ended_on"]).fillna(pd.Timestamp.max.floor("D"))
    lines["started_on"] = pd.to_datetime(lines["started_on"])
    each = lines.groupby("account_id").agg(joined=("started_on", "min"), left=("ended_on", "max"))
    today = pd.Timestamp(company.as_of)
    gone = each["left"] <= today
    age = (each["left"].clip(upper=today) - each["joined"]).dt.days / 30.44
    known = (today - each["joined"]).dt.days / 30.44
    inside = (each["joined"] >= pd.Timestamp(first)) & (each["joined"] < pd.Timestamp(until))
    usual, left = 0.0, 0
    for month in range(AGES):
        there = (age >= month) & (known >= month + 1)
        leaves = there & gone & (age < month + 1)
        usual += inside[there].sum() * leaves[~inside].sum() / max(there[~inside].sum(), 1)
        left += leaves[inside].sum()
    return float((left - usual) / np.sqrt(max(usual, 1.0)))


NEVER = date(2099, 1, 1)

KNOWN: Mapping[str, Callable[[Dataset], float]] = {
    "competitor-in-retail": lambda company: _deals(company, shift(START, 14), "Retail"),
    "onboarding-overload": lambda company: _cohort(company, shift(START, 15), shift(START, 21)),
    "onboarding-fix": lambda company: _cohort(company, shift(START, 18), NEVER),
}
"""The causes that a watch names late, each by what was planted."""
