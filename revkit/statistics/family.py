"""The family of all that a report tests, and the level at which a single claim is made.

A report tests about a hundred things: the changes of its metrics, each group against the others.
At 5 % each, half the reports of companies where nothing happens would claim something. Each claim
is therefore held to 5 % divided by their number (Bonferroni), so that at most one such report in
twenty holds a false claim, whatever else is true of the company. Benjamini and Hochberg's procedure
does not keep that promise: where many groups do differ, it lets the other tests pass more easily.

The few sentences that read all months of a share at once see most, and share one half of the 5 %
among them; all the others share the other half.
"""

from __future__ import annotations

import math

import numpy as np

from revkit.statistics.intervals import beyond, student

TESTS = 200
"""Twice the number of tests of a report: about a hundred differ in the kit's own notebooks."""

STEPS = 14
"""Twice the number of sentences of a report on lasting changes."""

LEVEL = 0.05
"""Share of reports about companies where nothing happens that may hold a false claim."""

FEW_DEGREES = 10
"""Degrees of freedom of a variance that few large rows decide."""


def claimed(p: float, tests: int | None = None) -> bool:
    """Report whether a test is clear enough to be claimed in a report.

    Parameters
    ----------
    p
        The probability of a difference as large where there is none; of the clearest of several
        differences, that times their number.
    tests
        :data:`STEPS` for a lasting change, otherwise :data:`TESTS`.

    Examples
    --------
    >>> claimed(0.0001), claimed(0.004)
    (True, False)
    >>> claimed(0.0035, STEPS)
    True
    """
    return p * (TESTS if tests is None else tests) <= LEVEL


def by_chance(p: float) -> float:
    """Return how likely a report of a company where nothing happens holds a test as clear.

    Parameters
    ----------
    p
        As :func:`claimed` takes it.

    Examples
    --------
    >>> round(by_chance(0.001), 2)
    0.1
    """
    return 1.0 - (1.0 - min(p, 1.0)) ** (TESTS // 2)


def probability(value: float, low: float, high: float, level: float, *, counted: bool) -> float:
    """Return the probability of a difference as large where there is none, from its interval.

    Parameters
    ----------
    value, low, high
        The difference and its interval; without one, 1.
    level
        Confidence of the interval.
    counted
        Whether it comes from counts alone; a variance of amounts is itself uncertain, so its tail
        is Student's.

    Examples
    --------
    >>> round(probability(1.0, 0.0, 2.0, 0.95, counted=True), 3)
    0.05
    """
    end = low if value > 0 else high
    if math.isnan(end) or math.isnan(value) or value in (0, end):
        return 1.0
    degrees = math.inf if counted else FEW_DEGREES
    reach = float(student(np.array(degrees), level))
    return beyond(value / (value - end) * reach, degrees)
