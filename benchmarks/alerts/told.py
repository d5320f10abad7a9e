"""What a schedule tells of a company, report after report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from revkit.dataset import Dataset
from revkit.report.alerts.history import as_json, compared
from revkit.report.alerts.judge import UNKNOWN, judge
from revkit.report.alerts.rules import Rule


def month_ends(last: date, count: int) -> list[date]:
    """Return the last days of months up to a day, the earliest first.

    >>> [day.isoformat() for day in month_ends(date(2026, 3, 31), 2)]
    ['2026-02-28', '2026-03-31']
    """
    days = [last]
    while len(days) < count:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return days[::-1]


def reports(data: Dataset, rules: Sequence[Rule], days: Sequence[date]) -> pd.DataFrame:
    """Return what each rule says at each day, and whether it is new to who read the last report."""
    before: Mapping[str, Any] = {}
    rows = []
    for day in days:
        company = data if day == data.as_of else data.replay(day)
        found = judge(company, rules)
        told = compared(found, before, day)
        new = {id(one.alert) for one in told if one.new}
        rows += [
            {"day": day.isoformat(), "rule": one.rule.text, "key": one.key, "state": one.state,
             "new": id(one) in new, "sentence": one.sentence}
            for one in found
        ]  # fmt: skip
        before = json.loads(as_json(told, found, day, before))
    return pd.DataFrame(rows)


def unknown_share(rows: pd.DataFrame) -> float:
    """Return the share of answers that say that nothing can be told."""
    return float((rows["state"] == UNKNOWN).mean())
