"""The Gini coefficient: how unevenly the groups of a dimension share a quantity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.algebra.evaluate.evaluation import Evaluation
from revkit.algebra.formula.nodes import Formula
from revkit.algebra.query.batch import NO_GROUP, Batch
from revkit.algebra.request import Call

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def balance(call: Call, quantity: Formula, over: str) -> pd.DataFrame:
    """Return the Gini coefficient of a quantity over the groups of a dimension.

    Parameters
    ----------
    call
        The call of the metric.
    quantity
        The formula of what is shared, 0 or more.
    over
        The dimension whose groups share it. A group counts from the first period in which it has
        some; rows without a group are left out.

    Returns
    -------
    DataFrame
        A row per group and period: ``by_0``…, ``period`` (its number), ``value`` (0 to 1 - 1/n)
        and ``n`` (groups that share).
    """
    finer = replace(call, by=(*call.by, over))
    evaluation = Evaluation(finer, quantity, Batch())
    shares, groups = evaluation.value(), evaluation.grid.groups
    *by, place = finer.groups
    named = (groups[place] != NO_GROUP).to_numpy()
    shares, groups = shares[named], groups[named].reset_index(drop=True)
    rows = groups.groupby(by, sort=False).indices if by else {(): np.arange(len(groups))}
    rows = rows if len(groups) else {}
    frames = []
    for group, members in rows.items():
        labels = dict(zip(by, group if isinstance(group, tuple) else (group,), strict=True))
        amounts = shares[members]
        started = np.maximum.accumulate(amounts > 0, axis=1)
        columns = enumerate(evaluation.grid.numbers)
        values = {int(number): amounts[started[:, at], at] for at, number in columns}
        frames += [
            {**labels, "period": number, "value": gini(value), "n": len(value)}
            for number, value in values.items()
        ]
    return pd.DataFrame(frames, columns=[*by, "period", "value", "n"])


def gini(shares: Array) -> float:
    """Return the Gini coefficient of amounts, each 0 or more; NaN where they sum to 0.

    >>> gini(np.array([5.0, 5.0])), gini(np.array([0.0, 0.0, 0.0, 1.0]))
    (0.0, 0.75)
    """
    n, total = len(shares), float(shares.sum())
    if total <= 0:
        return float("nan")
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return float(ranks @ np.sort(shares) / (n * total))
