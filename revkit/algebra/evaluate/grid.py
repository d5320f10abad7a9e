"""The grid of a call: groups by periods, filled with the results of its queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.algebra.evaluate.arrays import divide, mask_incomplete, rolling_sum, shift
from revkit.algebra.evaluate.groups import group_positions, sort_groups
from revkit.algebra.formula.leaves import Leaf, Quantile
from revkit.algebra.formula.nodes import TimeUnit
from revkit.algebra.query.batch import Batch, Key
from revkit.algebra.query.durations import DurationSource
from revkit.algebra.query.events import EventSource
from revkit.algebra.query.monthly import AT_RISK, MonthlySource
from revkit.algebra.query.spells import ExposureSource, SpreadSource
from revkit.algebra.query.stocks import StockSource
from revkit.algebra.query.terms import OrderStatistics, Term, TermPair, nonnull_rows
from revkit.algebra.request import Call
from revkit.derived import required_tables
from revkit.periods import months_between
from revkit.statistics import dispersion, quantiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PAST = {"day": 56, "week": 208, "month": 48, "quarter": 16}
"""The most periods from which the dispersion of counts is measured: four years, or eight weeks."""

ALL_ROWS = Term(frozenset())
"""The count of every row of a table."""


@dataclass(frozen=True)
class PlannedSum:
    """One sum of one source, and how a period reads it.

    Parameters
    ----------
    source
        The key of the source in the batch.
    role
        Over the period ("total"), or as a stock at its start ("opening") or end ("end"), on the
        average of both ("average"), or as the time spent in it ("exposure").
    term
        What is summed: a :class:`Term`, or of a stock on movements a :class:`TermPair`.
    leaf
        The leaf of the formula that the sum answers.
    sampled
        Its rows are a sample, not all there is.
    """

    source: Key
    role: str
    term: Any
    leaf: Any = field(compare=False)
    sampled: bool = field(compare=False)


@dataclass
class Grid:
    """Every sum of a formula as an array of groups by periods.

    Parameters
    ----------
    call
        The periods and groups.
    batch
        The sources and their results.

    Attributes
    ----------
    keys
        The sources that the grid reads.
    undated
        Rows that no period holds since their date is null, by table and date column.
    """

    call: Call
    batch: Batch
    keys: list[Key] = field(default_factory=list)
    undated: dict[str, int] = field(default_factory=dict)
    _values: dict[tuple[Key, str], Array] = field(default_factory=dict)
    _placed: dict[Key, tuple[NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """The number of groups and of periods."""
        return len(self.groups), len(self.numbers)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Every combination of groups that some source has: sorted, missing values last."""
        if not self.call.by:
            return pd.DataFrame(index=range(1))
        sources = {key: self.batch.sources[key] for key in self.keys}
        seen = [
            self._frames[key][source.group_columns]
            for key, source in sources.items()
            if not source.ignored
        ]
        return sort_groups(pd.concat(seen, ignore_index=True).drop_duplicates())

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """The numbers of the periods, from the first with a row to that of the company's date.

        A window reaches back before the first with a row, as far as the tables were kept.
        """
        calendar, last = self.call.calendar, self._last
        first = [int(frame["period"].min()) for frame in self._frames.values() if len(frame)]
        if self.call.start is not None:
            first.append(calendar.number(self.call.start))
        if calendar.period is None:
            first.append(0)
        begin = min(first) if first else last + 1
        if self.call.kept is not None and calendar.period is not None:
            recorded = calendar.number(self.call.kept.first)
            begin = min(begin, max(begin - self.call.trailing + 1, recorded))
        return np.arange(begin, max(last, begin - 1) + 1)

    def source(self, leaf: Leaf | Quantile, ignored: frozenset[str], *, company_wide: bool) -> Key:
        """Return the key of the source of a leaf, which the grid reads from now on."""
        key = self.batch.source(self.call, leaf, ignored, company_wide)
        if key not in self.keys:
            self.keys.append(key)
        return key

    def plan(self, *sums: PlannedSum) -> None:
        """Add the columns that some sums need to the queries of their sources."""
        for planned in sums:
            term, source = planned.term, self.batch.sources[planned.source]
            for part in (term.before, term.after) if isinstance(term, TermPair) else (term,):
                source.add(part)

    @cached_property
    def past(self) -> NDArray[np.int64]:
        """The numbers of the periods; those to come are judged as the running one.

        Nothing is on record of them: what is planned for them is known now.
        """
        return np.minimum(self.numbers, self.call.calendar.number(self.call.data.as_of))

    def read(self, planned: PlannedSum) -> Array:
        """Return the values of a planned sum."""
        if planned.role == "total":
            return self.total(planned.source, planned.term)
        if isinstance(self.batch.sources[planned.source], MonthlySource | ExposureSource):
            return self._exposure(planned)
        return self._stock(planned)

    def total(self, key: Key, term: Term) -> Array:
        """Return a sum over each period, or over the trailing window that ends with it."""
        source, trailing = self.batch.sources[key], self.call.trailing
        column = source.sums[term]
        if isinstance(source, SpreadSource):
            return rolling_sum(self._spread(key, column), trailing)
        values = self.column(key, column)
        if source.window > 1:
            return mask_incomplete(values, trailing)
        adds_up = isinstance(source, EventSource | MonthlySource)
        return rolling_sum(values, trailing) if adds_up else values

    def _stock(self, planned: PlannedSum) -> Array:
        """Return a stock at the end, or the start, of each period: the running sum of changes."""
        key, term, source = planned.source, planned.term, self.batch.sources[planned.source]
        if isinstance(source, StockSource):
            change = self.column(key, source.sums[term])
        else:
            before, after = source.sums[term.before], source.sums[term.after]
            change = self.column(key, after) - self.column(key, before)
        level = np.asarray(np.cumsum(change, axis=1).round(6), dtype=np.float64)
        if planned.role == "end":
            return level
        opening = shift(level, self.call.trailing, 0.0)
        if planned.role == "opening":
            return opening
        return mask_incomplete((opening + level) / 2, self.call.trailing)

    def _exposure(self, planned: PlannedSum) -> Array:
        """Return the time that rows, or accounts, spent in each period or trailing window."""
        key, term, source = planned.source, planned.term, self.batch.sources[planned.source]
        if isinstance(source, MonthlySource):
            before, after = (f"{source.sums[t]}{AT_RISK}" for t in (term.before, term.after))
            spent = (self.column(key, after) - self.column(key, before)).round(6)
            return rolling_sum(spent, self.call.trailing)
        spent = self.total(key, term)
        if planned.role == "exposure":
            return spent
        assert isinstance(source, ExposureSource)
        return np.asarray(divide(spent, np.array([source.recorded(int(n)) for n in self.numbers])))

    def quantile(self, key: Key, ranked: OrderStatistics) -> tuple[Array, Array, Array]:
        """Return a quantile, low and high, from the order statistics of each group and period."""
        result, sums = self._frames[key], self.batch.sources[key].sums
        value, low, high = (np.full(self.shape, np.nan) for _ in range(3))
        name, counts = sums[ranked], sums[nonnull_rows(ranked.term)]
        cells = zip(*self._cells(key), result[name], result[counts], strict=True)
        for row, column, values, n in cells:
            if row >= 0:
                found = quantiles.read(values, int(n), ranked.q, self.call.level)
                value[row, column], low[row, column], high[row, column] = found
        width = self.call.trailing
        return (
            mask_incomplete(value, width),
            mask_incomplete(low, width),
            mask_incomplete(high, width),
        )

    def durations(self, key: Key) -> tuple[Array, Array, Array, Array]:
        """Return the quantile of a source of durations: value, low, high and number of rows."""
        value, low, high = (self._cell_values(key, n, np.nan) for n in ("value", "low", "high"))
        rows, source = self._cell_values(key, "rows", 0.0), self.batch.sources[key]
        assert isinstance(source, DurationSource)
        assert source.quantile is not None
        few = rows < quantiles.least(source.quantile.q, self.call.level)
        return value, np.where(few, np.nan, low), np.where(few, np.nan, high), rows

    def shortest_open(self, key: Key) -> Array:
        """Return the shortest time that a row of a duration source, still open, was observed."""
        return self._cell_values(key, "watched", np.nan)

    def _cell_values(self, key: Key, name: str, empty: float) -> Array:
        """Return a column with one value per group and period, ``empty`` where there is none."""
        rows, columns = self._cells(key)
        inside = rows >= 0
        array = np.full(self.shape, empty)
        values = self._frames[key][name].to_numpy(dtype=np.float64, na_value=np.nan)
        array[rows[inside], columns[inside]] = values[inside]
        return mask_incomplete(array, self.call.trailing)

    def length(self, unit: TimeUnit) -> Array:
        """Return the length of each period, or of its trailing window, in a unit."""
        if unit == "month":
            lengths = [self._months(int(number)) for number in self.numbers]
        elif unit == "day":
            lengths = [float(len(self._days(int(number)))) for number in self.numbers]
        else:
            lengths = [
                float(np.sum([day.weekday() < 5 for day in self._days(int(number))]))
                for number in self.numbers
            ]
        values = np.broadcast_to(np.array(lengths, dtype=np.float64), self.shape)
        return rolling_sum(values, self.call.trailing)

    def dispersion(self, counts: PlannedSum) -> Array:
        """Return the dispersion of the counts of each group over the last years, 1 or more.

        Its season is taken out once two years are on record, and enough to tell it from chance.
        """
        source = self.batch.sources[counts.source]
        window = 1 if isinstance(source, SpreadSource) else source.window
        history, season = self._history(counts.source, source.sums[counts.term], window)
        if window == 1 and dispersion.has_season(season):
            return dispersion.around_season(history, season)[:, None]
        return dispersion.around_line(history[:, -12:], window)[:, None]

    def _history(self, key: Key, name: str, window: int) -> tuple[Array, NDArray[np.int64]]:
        """Return the counts of the last complete periods, or windows, and their seasons.

        Those that lack days before the first on record are none of them.
        """
        calendar, as_of = self.call.calendar, self.call.data.as_of
        values = self.column(key, name)
        if calendar.period is None:
            return values[:, :0], np.zeros(0, dtype=np.int64)
        over = np.array([calendar.last_day(int(n)) <= as_of for n in self.numbers], dtype=bool)
        until, most = int(over.sum()), PAST.get(calendar.period, 12)
        days = self.call.recorded(self.batch.sources[key].table)
        late = 0 if days is None else int(days.late(calendar, self.numbers).sum())
        kept = slice(max(until - most, late + window - 1), until)
        season = [calendar.season(int(number)) for number in self.numbers[kept]]
        return values[:, kept], np.array(season, dtype=np.int64)

    @cached_property
    def _last(self) -> int:
        """The number of the period that holds the company's date, or the last day asked for."""
        return self.call.calendar.number(max(self.call.data.as_of, self.call.until))

    @cached_property
    def _frames(self) -> dict[Key, pd.DataFrame]:
        """The result of each source, without rows of no period or of a later one."""
        results = {key: self.batch.result(key) for key in self.keys}
        return {key: self._dated(key, result) for key, result in results.items()}

    def _dated(self, key: Key, frame: pd.DataFrame) -> pd.DataFrame:
        """Drop, and count, the rows of a result that have no period, and drop later periods."""
        source = self.batch.sources[key]
        undated = frame["period"].isna()
        if undated.any() and (rows := source.sums.get(ALL_ROWS)):
            name = f"{source.table}.{source.dates[0]}"
            self.undated[name] = int(frame.loc[undated, rows].sum())
        kept = frame[~undated].astype({"period": "int64"})
        return kept[kept["period"] <= self._last]

    def _days(self, number: int) -> list[date]:
        """Return the days of a period on record, up to the company's date."""
        calendar, kept = self.call.calendar, self.call.kept
        first = calendar.opens(number)
        last = min(calendar.last_day(number), self.call.data.as_of)
        if calendar.period is None and calendar.start is None:
            tables = {
                t for key in self.keys for t in required_tables(self.batch.sources[key].table)
            }
            first = self.call.data.first_day(sorted(tables))
        if kept is not None:
            first, last = max(first, kept.first), min(last, kept.last)
        return [first + timedelta(days=n) for n in range(max((last - first).days + 1, 0))]

    def _months(self, number: int) -> float:
        """Return the months of a period on record, up to the company's date."""
        calendar, days = self.call.calendar, self._days(number)
        if calendar.period is None:
            return months_between(days[0], days[-1]) if days else 0.0
        if calendar.months:
            whole = (calendar.last_day(number) - calendar.first_day(number)).days + 1
            if len(days) == whole:
                return float(calendar.months)
        return len(days) * 12 / 365.25

    def _spread(self, key: Key, name: str) -> Array:
        """Return a rate per day times the days of each period, less the days before it began."""
        rate, rest = self._array(key, name), self._array(key, f"{name}_rest")
        source = self.batch.sources[key]
        assert isinstance(source, SpreadSource)
        lengths = np.array([source.length(int(n)) for n in self.numbers], dtype=np.float64)
        return np.asarray((np.cumsum(rate, axis=1) * lengths + rest).round(6))

    def column(self, key: Key, name: str) -> Array:
        """Return one column of a result on every group and period, computed once."""
        if (key, name) not in self._values:
            self._values[key, name] = self._array(key, name)
        return self._values[key, name]

    def _array(self, key: Key, name: str) -> Array:
        """Return one column of a result on every group and period, 0 where it has no row."""
        rows, columns = self._cells(key)
        own_groups, spread = self._positions[key]
        values = np.zeros((own_groups, len(self.numbers)))
        found = self._frames[key][name].fillna(0.0).to_numpy(dtype=np.float64)
        inside = rows >= 0
        np.add.at(values, (rows[inside], columns[inside]), found[inside])
        values = self._seen(key, values)
        return values if spread is None else values[spread]

    def _seen(self, key: Key, values: Array) -> Array:
        """Return the sums of a source's groups as the grid shows them: their own."""
        return values

    def _cells(self, key: Key) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the row (among the source's groups) and column of each line of a result."""
        if key not in self._placed:
            frame, columns = self._frames[key], self.batch.sources[key].group_columns
            place = frame["period"].to_numpy() - (self.numbers[0] if len(self.numbers) else 0)
            own_groups = self.groups[columns].drop_duplicates()
            self._placed[key] = group_positions(frame[columns], own_groups), place
        return self._placed[key]

    @cached_property
    def _positions(self) -> dict[Key, tuple[int, NDArray[np.int64] | None]]:
        """For each source: how many groups it has, and which of them each group of the grid is in.

        None for a source that ignores no dimension: its groups are those of the grid.
        """
        positions: dict[Key, tuple[int, NDArray[np.int64] | None]] = {}
        for key in self.keys:
            source = self.batch.sources[key]
            if not source.ignored:
                positions[key] = len(self.groups), None
            else:
                here = self.groups[source.group_columns]
                own = here.drop_duplicates()
                count = len(own) if source.group_columns else 1
                positions[key] = count, group_positions(here, own)
        return positions
