"""Balances that change every day, read at the end of each period: what is unearned, ages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from revkit.algebra.evaluate.arrays import divide
from revkit.algebra.evaluate.evaluation import Evaluation
from revkit.algebra.formula.leaves import Stock
from revkit.algebra.query.batch import Batch
from revkit.algebra.request import Call
from revkit.derived.billing.months import months

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def falling_balance(call: Call, table: str) -> pd.DataFrame:
    """Return the sum, at the end of each period, of amounts that fall evenly by the month.

    Parameters
    ----------
    call
        The call of the metric.
    table
        A derived table with ``since``, ``until``, ``level`` and ``rate``: a row adds ``level`` less
        ``rate`` for each month from the day after the company's date.

    Returns
    -------
    DataFrame
        A row per group and period: ``by_0``…, ``period`` (its number), ``value`` and ``n`` (rows).
    """
    rows = Stock(table, start="since", end="until")
    level, rate = rows.of(_.level), rows.of(_.rate)
    evaluation = Evaluation(call, level + rate + rows, Batch())
    passed = _passed(call, evaluation.grid.numbers)
    value = evaluation.value(level) - passed * evaluation.value(rate)
    return _frame(evaluation, np.asarray(value.round(6)), evaluation.value(rows))


def mean_age(call: Call, table: str) -> pd.DataFrame:
    """Return the mean age in days, at the end of each period, of the rows in force then.

    Parameters
    ----------
    call
        The call of the metric.
    table
        A derived table with ``since``, ``until`` and ``age``, in days on the company's date.

    Returns
    -------
    DataFrame
        A row per group and period: ``by_0``…, ``period`` (its number), ``value`` (NaN where there
        is no row) and ``n`` (rows).
    """
    rows = Stock(table, start="since", end="until")
    ages = rows.of(_.age)
    evaluation = Evaluation(call, ages / rows, Batch())
    ends = [_end(call, int(number)) for number in evaluation.grid.numbers]
    earlier = np.array([(call.data.as_of - end).days for end in ends], dtype=np.float64)
    n = evaluation.value(rows)
    return _frame(evaluation, divide(evaluation.value(ages), n) - earlier, n)


def _passed(call: Call, numbers: NDArray[np.int64]) -> Array:
    """Return the months from the company's date to the end of each period, 0 or less."""
    origin = months(call.data.as_of + timedelta(days=1))
    ends = [months(_end(call, int(number)) + timedelta(days=1)) for number in numbers]
    return np.array(ends, dtype=np.float64) - origin


def _end(call: Call, number: int):  # type: ignore[no-untyped-def]
    """Return the last day of a period, or the company's date where that is earlier."""
    return min(call.calendar.last_day(number), call.data.as_of)


def _frame(evaluation: Evaluation, value: Array, n: Array) -> pd.DataFrame:
    """Return values on the grid as a row per group and period."""
    grid = evaluation.grid
    places = np.repeat(np.arange(len(grid.groups)), len(grid.numbers))
    frame = grid.groups.iloc[places].reset_index(drop=True)
    period = np.tile(grid.numbers, len(grid.groups))
    return frame.assign(period=period, value=value.ravel(), n=n.ravel())
