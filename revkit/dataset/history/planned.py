"""Planned starts: beginnings entered ahead of time, which lie apart after all that happened.

A subscription signed in December may start in September, and a rep be hired for the spring. Such a
day says nothing of how far the data reach. It is told by the gap before it: over five weeks after
everything else in the company, longer than any between the starts before it, with hardly a start
behind it. Without other tables twelve days of starts must come before, with them three.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

STARTS = (
    "subscriptions.started_on",
    "reps.hired_on",
    "rep_history.from_on",
    "campaigns.started_on",
)
"""Columns of days that are entered ahead of time."""

APART = timedelta(days=35)
"""The gap up to which a start follows on what happened before."""

PAST = timedelta(days=730)
"""The time before a gap whose gaps it is compared with."""

ALONE, BESIDE = 12, 3
"""Days with a start before the gap from which on it tells something, alone and beside others."""

SOME = 3
"""Deals that must have closed before a day that is told to lie apart."""

FEW = 0.1
"""The share of the days with a start that may lie behind the gap."""


def apart(days: Sequence[date], others: Sequence[date]) -> date | None:
    """Return the last day before the last of some days, where this lies apart from everything.

    Parameters
    ----------
    days
        The days of a column, in order.
    others
        The last days of the other columns.

    Examples
    --------
    >>> apart([date(2026, 3, 15), date(2026, 12, 20)], [date(2026, 1, 10)])
    datetime.date(2026, 3, 15)
    >>> apart([date(2026, 3, 15), date(2026, 4, 2)], [date(2026, 1, 10)]) is None
    True
    """
    *before, last = days
    if not before:
        return None
    since = max([*before, *others])
    recent = [one for one in before if before[-1] - one <= PAST]
    usual = max((later - one for one, later in pairwise(recent)), default=timedelta(0))
    return since if last - since > max(APART, usual) else None


def first_planned(days: Sequence[date], last: date | None) -> date | None:
    """Return the first day of starts that are planned; None where none are.

    Parameters
    ----------
    days
        The days with a start, in order.
    last
        The last day on which anything else happened; None without another date.

    Examples
    --------
    >>> months = [date(2025, month, 1) for month in range(1, 13)]
    >>> first_planned([*months, date(2026, 9, 1)], date(2025, 12, 20))
    datetime.date(2026, 9, 1)
    >>> first_planned([*months, date(2026, 1, 2)], date(2025, 11, 5)) is None
    True
    """
    for place, day in enumerate(days):
        before = days[:place]
        if not before or (last is not None and day <= last):
            continue
        since = before[-1] if last is None else max(before[-1], last)
        recent = [one for one in before if before[-1] - one <= PAST]
        usual = max((later - one for one, later in pairwise(recent)), default=timedelta(0))
        if day - since <= max(APART, usual):
            continue
        enough = len(before) >= (ALONE if last is None else BESIDE)
        if enough and len(days) - place <= max(1, FEW * len(before)):
            return day
    return None
