"""Order statistics: the ranks travel, or all values of a small group, never a whole table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.measures import intervals
from revkit.measures.formula import Quantile
from revkit.measures.grid import Grid, place_of
from revkit.measures.query import Dated

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ALL_TRAVEL = 400


def query(source: Dated, quantile: Quantile, trailing: int, level: float) -> ir.Table:
    """Return the values that a quantile and its interval need, with their ranks.

    Returns
    -------
    ibis Table
        Group columns, ``period``, ``value``, ``rank`` (from 1) and ``n``: every value of a group
        and period up to 400 of them, else those at the ranks that are read.
    """
    import ibis
    from ibis import _

    term = source.term(quantile.total)
    value = term.value.cast("float64")
    conditions = [value.notnull(), *([] if term.where is None else [term.where])]
    numbered = source.rows.filter(*conditions).select(
        *source.columns, period=source.number(), value=value
    )
    if trailing > 1:
        offsets = ibis.array(list(range(trailing)))
        numbered = numbered.mutate(offset=offsets.unnest())
        numbered = numbered.mutate(period=_.period + _.offset).drop("offset")
    keys = [*source.columns, "period"]
    group = ibis.window(group_by=keys)
    ranked = numbered.mutate(
        rank=ibis.row_number().over(ibis.window(group_by=keys, order_by="value")) + 1,
        n=_.count().over(group),
    )
    q, z = quantile.q, intervals.normal(level)
    middle = (ranked.n - 1) * q + 1
    reach = (ranked.n * (q * (1 - q))).sqrt() * z
    read = [
        middle.floor(),
        middle.ceil(),
        (ranked.n * q - reach).floor(),
        (ranked.n * q + reach).ceil() + 1,
    ]
    wanted = ranked.n <= ALL_TRAVEL
    for rank in read:
        wanted = wanted | (ranked.rank == rank.cast("int64"))
    return ranked.filter(wanted)


def fill(grid: Grid, source: Dated, quantile: Quantile, level: float) -> tuple[Array, Array, Array]:
    """Return a quantile with its interval on a grid that is already laid out."""
    answer = query(source, quantile, grid.call.trailing, level).to_pyarrow().to_pandas()
    value, low, high = (np.full(grid.shape, np.nan) for _ in range(3))
    if not len(answer) or not len(grid.numbers):
        return value, low, high
    answer["row"] = place_of(answer, source, grid.groups)
    answer["column"] = answer["period"] - grid.numbers[0]
    inside = answer["column"].between(0, len(grid.numbers) - 1)
    for (row, column), cell in answer[inside].groupby(["row", "column"], sort=False):
        at = dict(zip(cell["rank"].to_numpy(), cell["value"].to_numpy(), strict=True))
        n = int(cell["n"].iloc[0])
        value[row, column] = _interpolated(at, n, quantile.q)
        ranks = intervals.ranks(n, quantile.q, level)
        if ranks is not None:
            low[row, column], high[row, column] = at[ranks[0]], at[ranks[1]]
    opened = grid.call.trailing - 1
    for values in (value, low, high):
        values[:, :opened] = np.nan
    return value, low, high


def _interpolated(at: dict[Any, Any], n: int, q: float) -> float:
    middle = (n - 1) * q + 1
    below, above = int(np.floor(middle)), int(np.ceil(middle))
    return float(at[below] + (middle - below) * (at[above] - at[below]))
