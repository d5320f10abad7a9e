"""The queries of a call, or of several calls at once, each planned and run only once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from revkit.algebra.formula.leaves import Leaf, Quantile, Stock, Total
from revkit.algebra.query.durations import DurationSource
from revkit.algebra.query.events import EventSource, OnceSource
from revkit.algebra.query.monthly import MonthlySource
from revkit.algebra.query.movements import MovementSource
from revkit.algebra.query.requirements import require_days
from revkit.algebra.query.source import TableSource
from revkit.algebra.query.spells import ExposureSource, SpreadSource
from revkit.algebra.query.stocks import StockSource
from revkit.algebra.request import Call
from revkit.derived.recurring.churn_reasons import REASONS
from revkit.derived.recurring.lapses import COLUMNS as LAPSES
from revkit.errors import FormulaError

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[Any, ...]
"""Identity of a source: table, dates, window, calendar, groups."""

NO_GROUP = "\uffff"
"""Stands for a missing group value: it sorts after every text and equals none."""


@dataclass
class Batch:
    """Queries deduplicated by key, so that metrics share them.

    Attributes
    ----------
    sources
        Every source planned so far, by its key; :meth:`result` runs its query.
    """

    sources: dict[Key, TableSource] = field(default_factory=dict, init=False)
    _reachable: set[Key] = field(default_factory=set, init=False)
    _results: dict[Key, pd.DataFrame] = field(default_factory=dict, init=False)

    def source(
        self, call: Call, leaf: Leaf | Quantile, ignored: frozenset[str], company_wide: bool
    ) -> Key:
        """Return the key of the source that answers a leaf, planning it on first use.

        Parameters
        ----------
        call
            The call that the leaf belongs to.
        leaf
            A total, stock or quantile.
        ignored
            Dimensions of the call by which this leaf is not grouped.
        company_wide
            The leaf is read for the whole company, whatever the ``where``.

        Raises
        ------
        TableError, ColumnError, DimensionError
            When the company lacks what the leaf needs.
        PeriodError
            When the periods are of weeks, and the table is on record by month of the calendar.
        """
        identity, make = _source_of(call, leaf)
        table = leaf.total.table if isinstance(leaf, Quantile) else leaf.table
        cut = call.cut(table)
        key = (*identity, call.calendar, call.by, ignored, cut)
        if key not in self.sources:
            require_days(call, leaf.total if isinstance(leaf, Quantile) else leaf)
            self.sources[key] = make(call=call, ignored=ignored, cut=cut)
        if not company_wide and key not in self._reachable:
            self.sources[key].require_reachable()
            self._reachable.add(key)
        return key

    def result(self, key: Key) -> pd.DataFrame:
        """Return the result of a source's query, run on first use; missing groups are NO_GROUP."""
        if key not in self._results:
            source = self.sources[key]
            frame = source.run()
            self._results[key] = frame.fillna(dict.fromkeys(source.group_columns, NO_GROUP))
        return self._results[key]


def _source_of(call: Call, leaf: Leaf | Quantile) -> tuple[Key, Callable[..., TableSource]]:
    """Return the table, dates and window of a leaf, and a function that makes their source."""
    if isinstance(leaf, Quantile):
        table, at, window = leaf.total.table, leaf.total.at or "", call.trailing
        if leaf.until is None:
            return (table, at, window), partial(EventSource, table=table, at=at, window=window)
        durations = partial(DurationSource, table=table, at=at, window=window, quantile=leaf)
        return (table, at, window, str(leaf), call.level), durations
    if leaf.table == "movements":
        window = 1 if isinstance(leaf, Stock) else call.trailing
        read = f"{leaf.conditions!r} {leaf.value!r}"
        reasons = any(column in read for column in REASONS)
        lapses = any(column in read for column in LAPSES)
        if leaf.monthly:
            months = partial(MonthlySource, table="movements", reasons=reasons)
            return ("movements", 1, reasons, "monthly", call.kept), months
        movements = partial(
            MovementSource, table="movements", window=window, reasons=reasons, lapses=lapses
        )
        return ("movements", window, (reasons, lapses)), movements
    if isinstance(leaf, Stock):
        if leaf.different is not None:
            raise FormulaError.no_distinct(leaf.table)
        start, end = leaf.start or "", leaf.end or ""
        if leaf.unit is not None or (leaf.averaged and call.calendar.period is None):
            unit = leaf.unit or "day"
            spent = partial(ExposureSource, table=leaf.table, start=start, end=end, unit=unit)
            return (leaf.table, unit, start, end, call.kept), spent
        stock = partial(StockSource, table=leaf.table, start=start, end=end)
        return (leaf.table, start, end), stock
    assert isinstance(leaf, Total)
    if leaf.spread is not None:
        start, end = leaf.spread
        spread = partial(SpreadSource, table=leaf.table, start=start, end=end)
        return (leaf.table, "over", start, end), spread
    window = call.trailing if leaf.different is not None else 1
    at = leaf.at or ""
    if leaf.single is not None:
        alone = partial(OnceSource, table=leaf.table, at=at, leaf=leaf)
        return (leaf.table, at, 1, str(leaf.rows)), alone
    return (leaf.table, at, window), partial(EventSource, table=leaf.table, at=at, window=window)
