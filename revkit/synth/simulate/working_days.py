"""Working days: weekends and holidays, and the days that what falls on them is moved to."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.random_streams import Numbers

HOLIDAYS = ((1, 1), (5, 1), (12, 25), (12, 26))
"""Month and day of the holidays that everybody has."""

KNOWN = 1 << 16
"""Days since 1970 whose holidays are known, until 2149; later ones have weekends alone."""


def _moved() -> tuple[Numbers, Numbers, Numbers]:
    """Return the working day before, after and some days after each day; itself on working days."""
    days = np.arange(KNOWN)
    dates = days.astype("M8[D]")
    month = dates.astype("M8[M]")
    number, place = month.astype(np.int64) % 12 + 1, (dates - month).astype(np.int64) + 1
    off = weekday(days) > 4
    for of_month, day in HOLIDAYS:
        off |= (number == of_month) & (place == day)
    before = np.maximum.accumulate(np.where(off, 0, days))
    after = np.minimum.accumulate(np.where(off, KNOWN, days)[::-1])[::-1]
    monday = days + 7 - weekday(days)
    later = monday + (days // 7 + 2 * (weekday(days) == 6)) % 5
    some = np.where(weekday(days) > 4, after[np.minimum(later, KNOWN - 1)], after)
    return before, after, some


def weekday(days: Numbers) -> Numbers:
    """Return the weekday, 0 for Monday to 6 for Sunday."""
    return (days + 3) % 7


BEFORE, AFTER, SOME = _moved()


def previous_working_day(days: Numbers) -> Numbers:
    """Move weekends and holidays to the working day before."""
    return np.where(days < KNOWN, BEFORE.take(days, mode="clip"), days)


def next_working_day(days: Numbers) -> Numbers:
    """Move weekends and holidays to the working day after."""
    return np.where(days < KNOWN, AFTER.take(days, mode="clip"), days)


def some_working_day(days: Numbers) -> Numbers:
    """Move weekends to one of the five working days after, each in turn, and holidays to the next.

    What nobody hurries with would pile up on Mondays otherwise.
    """
    return np.where(days < KNOWN, SOME.take(days, mode="clip"), days)
