"""Sums by month shown: of what happens in it, and of what stands at its two ends."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.world import World

Values = dict[str, Numbers]
"""Values of metrics by month; NaN where there is none."""


DAY_SPAN = 1 << 20
"""Upper bound of days, which numbers each day of each account."""

DAYS_A_MONTH = 365.25 / 12


def month_edges(world: World) -> Numbers:
    """Return the first day of each month shown, and of the one after the last."""
    first = world.scenario.burn_in_months
    return world.month_starts[first : first + world.months + 1]


def month_shown(world: World, days: Numbers) -> Numbers:
    """Return the number of the month shown of each day, below 0 before and too high after."""
    return np.asarray(world.month(days) - world.scenario.burn_in_months)


def sum_at_ends(
    world: World, since: Numbers, until: Numbers, amounts: Numbers | None = None
) -> Numbers:
    """Count rows, or sum amounts, in force at the start of the first month and each one's end.

    A row is in force from ``since`` to the day before ``until``; one more value than months.
    """
    amounts = np.ones(len(since), np.int64) if amounts is None else amounts
    steps = np.zeros(world.months + 2, amounts.dtype)
    lasts = since < until
    for days, sign in ((since, 1), (until, -1)):
        month = np.clip(month_shown(world, days[lasts]) + 1, 0, world.months + 1)
        np.add.at(steps, month, sign * amounts[lasts])
    return np.asarray(np.cumsum(steps)[:-1])


def over(part: Numbers, whole: Numbers) -> Numbers:
    """Divide by month; NaN where the whole is 0.

    Examples
    --------
    >>> over(np.array([1, 0]), np.array([4, 0])).tolist()
    [0.25, nan]
    """
    whole = np.asarray(whole, float)
    return np.asarray(part / np.where(whole == 0, np.nan, whole))


def positive(values: Numbers) -> Numbers:
    """Return values above 0; NaN for the others."""
    return np.where(values > 0, values, np.nan)


def trailing(values: Numbers, months: int) -> Numbers:
    """Sum the last months up to each one; NaN before there are as many.

    Examples
    --------
    >>> trailing(np.array([1, 2, 3]), 2).tolist()
    [nan, 3.0, 5.0]
    """
    found = np.full(len(values), np.nan)
    if len(values) >= months:
        found[months - 1 :] = np.convolve(values, np.ones(months), "valid")
    return found


def earlier(values: Numbers, months: int) -> Numbers:
    """Return the value of some months before; NaN where there is none.

    Examples
    --------
    >>> earlier(np.array([1, 2, 3]), 1).tolist()
    [nan, 1.0, 2.0]
    """
    found = np.full(len(values), np.nan)
    found[months:] = values[: max(len(values) - months, 0)]
    return found


def months_of(days: Numbers) -> Numbers:
    """Return days as months, whole ones on the first of each, parts of one after it.

    Examples
    --------
    >>> float(np.diff(months_of(np.array([19723, 20089])))[0])  # 2024-01-01 and 2025-01-01
    12.0
    """
    months = days.astype("M8[D]").astype("M8[M]")
    into = days - months.astype("M8[D]").astype(np.int64)
    return np.asarray(months.astype(np.int64) + into / DAYS_A_MONTH)
