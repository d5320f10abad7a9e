"""Queries for movements netted month by month, whatever the periods of the call."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
import pandas as pd

from revkit.algebra.query.movements import MovementSource
from revkit.algebra.request import Call
from revkit.periods import Calendar

AT_RISK = "_at_risk"
"""Ending of the columns of a stock at the start of each month, times the month's length."""

FINER = ("day", "week")
"""Periods shorter than a month, by which movements are then netted."""


@dataclass
class MonthlySource(MovementSource):
    """Movements netted over each month, or each period of the call where these are shorter.

    Read by period it adds its months up, so that a longer window hides neither an account that
    joined and left within it nor one that left and returned. A month belongs to the period that
    holds its first day.

    Attributes
    ----------
    periods
        The periods of the call, into which the months are added up.
    """

    periods: Calendar = field(init=False)

    def __post_init__(self) -> None:
        self.periods = self.call.calendar
        self.call = _month_by_month(self.call)

    def run(self) -> pd.DataFrame:
        frame = super().run()
        inner, outer = self.call.calendar, self.periods
        last = inner.number(self.call.data.as_of)
        frame = frame[frame["period"] <= last]
        if not len(frame):
            nothing = {f"{name}{AT_RISK}": 0.0 for name in self.sums.values()}
            return pd.concat([frame, pd.DataFrame(nothing, index=frame.index)], axis=1)
        first = int(frame["period"].min())
        numbers = np.arange(first, last + 1)
        lengths = np.array([self._months(int(n)) for n in numbers])
        counts = np.array([self._counts(int(n)) for n in numbers], dtype=np.float64)
        periods = np.array([outer.number(inner.first_day(int(n))) for n in numbers])
        shown, starts = np.unique(periods, return_index=True)
        by = self.group_columns
        row = (
            frame.groupby(by, dropna=False, sort=False).ngroup().to_numpy()
            if by
            else np.zeros(len(frame), dtype=np.int64)
        )
        groups = frame[by].iloc[np.unique(row, return_index=True)[1]]
        found = groups.loc[groups.index.repeat(len(shown))].reset_index(drop=True)
        found["period"] = np.tile(shown, len(groups))
        column = frame["period"].to_numpy(dtype=np.int64) - first
        columns: dict[str, np.ndarray] = {}
        for name in self.sums.values():
            moved = np.zeros((len(groups), len(numbers)))
            np.add.at(moved, (row, column), frame[name].fillna(0.0).to_numpy(dtype=np.float64))
            opening = (np.cumsum(moved, axis=1) - moved).round(6)
            columns[name] = np.add.reduceat(moved * counts, starts, axis=1).ravel()
            at_risk = np.add.reduceat(opening * lengths * counts, starts, axis=1)
            columns[f"{name}{AT_RISK}"] = at_risk.ravel()
        return pd.concat([found, pd.DataFrame(columns, index=found.index)], axis=1)

    def _counts(self, number: int) -> bool:
        """Report whether a month is one of the days that all tables have."""
        calendar, (first, last) = self.call.calendar, self.cut
        early = first is not None and calendar.first_day(number) < first
        return not early and (last is None or calendar.last_day(number) <= last)

    def _months(self, number: int) -> float:
        """Return the length of a period in months, up to the last day on record."""
        calendar, today = self.call.calendar, self.call.data.as_of
        if self.call.kept is not None:
            today = min(today, self.call.kept.last)
        if calendar.first_day(number) > today:
            return 0.0
        if calendar.months and calendar.last_day(number) <= today:
            return float(calendar.months)
        last = min(calendar.last_day(number), today)
        return ((last - calendar.first_day(number)) + timedelta(days=1)).days * 12 / 365.25


def _month_by_month(call: Call) -> Call:
    """Return the call by month, or as it is where its periods are shorter; without a window."""
    return replace(call, calendar=months_of(call.calendar), trailing=1)


def months_of(calendar: Calendar) -> Calendar:
    """Return the calendar of the months, or of the periods where these are shorter."""
    return calendar if calendar.period in FINER else replace(calendar, period="month")
