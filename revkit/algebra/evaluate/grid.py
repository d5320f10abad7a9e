"""The grid of a call: groups by periods, filled from the aggregates of its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.algebra.evaluate.arrays import mask_incomplete, rolling_sum, shift
from revkit.algebra.formula.leaves import Leaf, Quantile
from revkit.algebra.query.batch import NOWHERE, Batch, Key
from revkit.algebra.query.events import EventSource, SpreadSource
from revkit.algebra.query.grouping import ORDER
from revkit.algebra.query.stocks import StockSource
from revkit.algebra.query.terms import Ranks, Term
from revkit.algebra.request import Call
from revkit.derived import required_tables
from revkit.dimensions import MISSING
from revkit.statistics import intervals, quantiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

EVERY = Term(frozenset())


@dataclass(frozen=True)
class Sum:
    """One sum of one source, read over the period, or standing at one of its ends."""

    source: Key
    role: str
    term: Any
    leaf: Any = field(compare=False)


@dataclass
class Grid:
    """Every sum of a formula as an array of groups by periods.

    ``keys`` are the sources it stands on. ``groups`` has one row per group, ``numbers`` the
    numbers of the periods, from the first that any of these sources knows.
    """

    call: Call
    batch: Batch
    keys: list[Key] = field(default_factory=list)
    undated: dict[str, int] = field(default_factory=dict)
    _found: dict[tuple[Key, Any], Array] = field(default_factory=dict)
    _placed: dict[Key, tuple[NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """Groups and periods."""
        return len(self.groups), len(self.numbers)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Every combination of groups seen in any source, sorted, missing ones last."""
        sources = self.batch.sources
        if not self.call.by:
            return pd.DataFrame(index=range(1))
        whole = [key for key in self.keys if not sources[key].without]
        seen = [self._frames[key][sources[key].columns] for key in whole]
        return ordered(pd.concat(seen, ignore_index=True).drop_duplicates())

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """The periods, by their numbers, to the one that holds the company's date."""
        calendar, last = self.call.calendar, self._last
        first = [int(frame["period"].min()) for frame in self._frames.values() if len(frame)]
        if self.call.start is not None:
            first.append(calendar.number(self.call.start))
        if calendar.period is None:
            first.append(0)
        begin = min(first) if first else last + 1
        return np.arange(begin, max(last, begin - 1) + 1)

    def source(self, leaf: Leaf | Quantile, without: frozenset[str], *, whole: bool) -> Key:
        """Return the source of a leaf, on which the grid stands from now on."""
        key = self.batch.source(self.call, leaf, without, whole)
        if key not in self.keys:
            self.keys.append(key)
        return key

    def ask(self, asked: Sum) -> None:
        """Ask a source for a sum."""
        for term in asked.term if isinstance(asked.term, tuple) else (asked.term,):
            self.batch.sources[asked.source].ask(term)

    def read(self, asked: Sum) -> Array:
        """Return a sum that was asked for."""
        if asked.role == "total":
            return self.total(asked.source, asked.term)
        return self.standing(asked.source, asked.term, opening=asked.role == "opening")

    def total(self, key: Key, term: Term) -> Array:
        """Return a sum over each period, or over the window that ends with it."""
        source, trailing = self.batch.sources[key], self.call.trailing
        if isinstance(source, SpreadSource):
            return rolling_sum(self._spread(key, term), trailing)
        values = self._values(key, term)
        if source.window > 1:
            return mask_incomplete(values, trailing)
        return rolling_sum(values, trailing) if isinstance(source, EventSource) else values

    def standing(self, key: Key, term: Any, *, opening: bool) -> Array:
        """Return what stands at the end, or the start, of each period."""
        if isinstance(self.batch.sources[key], StockSource):
            change = self._values(key, term)
        else:
            before, after = term
            change = self._values(key, after) - self._values(key, before)
        level = np.asarray(np.cumsum(change, axis=1).round(6), dtype=np.float64)
        return shift(level, self.call.trailing, 0.0) if opening else level

    def quantile(self, key: Key, asked: Ranks) -> tuple[Array, Array, Array]:
        """Return a quantile with its interval."""
        answer = self._frames[key]
        value, low, high = (np.full(self.shape, np.nan) for _ in range(3))
        name, counts = (self.batch.sources[key].sums[ask] for ask in (asked, known(asked.term)))
        cells = zip(*self._cells(key), answer[name], answer[counts], strict=True)
        for row, column, values, n in cells:
            if row >= 0:
                found = quantiles.read(values, int(n), asked.q, self.call.level)
                value[row, column], low[row, column], high[row, column] = found
        width = self.call.trailing
        return (
            mask_incomplete(value, width),
            mask_incomplete(low, width),
            mask_incomplete(high, width),
        )

    def lasting(self, key: Key) -> tuple[Array, Array, Array, Array]:
        """Return what a source that answers for itself found: value, low, high and rows."""
        value, low, high = (self._answered(key, name, np.nan) for name in ("value", "low", "high"))
        return value, low, high, self._answered(key, "rows", 0.0)

    def watched(self, key: Key) -> Array:
        """Return for how little time one of its rows that is not over has been watched."""
        return self._answered(key, "watched", np.nan)

    def _answered(self, key: Key, name: str, empty: float) -> Array:
        rows, columns = self._cells(key)
        inside = rows >= 0
        array = np.full(self.shape, empty)
        values = self._frames[key][name].to_numpy(dtype=np.float64, na_value=np.nan)
        array[rows[inside], columns[inside]] = values[inside]
        return mask_incomplete(array, self.call.trailing)

    def length(self, unit: str) -> Array:
        """Return how long the window of each period is."""
        if unit == "month":
            lengths = [self._months(int(number)) for number in self.numbers]
        else:
            lengths = [
                float(np.sum([day.weekday() < 5 for day in self._days(int(number))]))
                for number in self.numbers
            ]
        values = np.broadcast_to(np.array(lengths, dtype=np.float64), self.shape)
        return rolling_sum(values, self.call.trailing)

    def dispersion(self, counts: Sum) -> Array:
        """Return how much more than chance the counts of each group vary, in the last year."""
        source = self.batch.sources[counts.source]
        window = 1 if isinstance(source, SpreadSource) else source.window
        history = self._history(counts.source, counts.term, window)
        return intervals.dispersion(history, window)[:, None]

    def _history(self, key: Key, term: Term, window: int) -> Array:
        """The counts of the twelve complete periods, or whole windows, before the as-of date."""
        calendar, as_of = self.call.calendar, self.call.data.as_of
        values = self._values(key, term)
        if calendar.period is None:
            return values[:, :0]
        over = np.array([calendar.last_day(int(n)) <= as_of for n in self.numbers], dtype=bool)
        complete = values[:, window - 1 : int(over.sum())]
        return complete[:, -12:]

    @property
    def _last(self) -> int:
        return self.call.calendar.number(self.call.data.as_of)

    @cached_property
    def _frames(self) -> dict[Key, pd.DataFrame]:
        return {key: self._dated(key, self.batch.answer(key)) for key in self.keys}

    def _dated(self, key: Key, frame: pd.DataFrame) -> pd.DataFrame:
        source = self.batch.sources[key]
        nowhere = frame["period"].isna()
        if nowhere.any() and (rows := source.sums.get(EVERY)):
            name = f"{source.table}.{source.dates[0]}"
            self.undated[name] = int(frame.loc[nowhere, rows].sum())
        kept = frame[~nowhere].astype({"period": "int64"})
        return kept[kept["period"] <= self._last]

    def _days(self, number: int) -> list[date]:
        calendar = self.call.calendar
        first = calendar.opens(number)
        if calendar.period is None and calendar.start is None:
            tables = {
                t for key in self.keys for t in required_tables(self.batch.sources[key].table)
            }
            first = self.call.data.first_day(sorted(tables))
        last = min(calendar.last_day(number), self.call.data.as_of)
        return [first + timedelta(days=n) for n in range(max((last - first).days + 1, 0))]

    def _months(self, number: int) -> float:
        calendar = self.call.calendar
        over = calendar.last_day(number) <= self.call.data.as_of
        if calendar.months and over:
            return float(calendar.months)
        return len(self._days(number)) * 12 / 365.25

    def _spread(self, key: Key, term: Term) -> Array:
        """A rate per day, times the days of each period, with what its first days lack."""
        name = self.batch.sources[key].sums[term]
        rate, rest = self._laid(key, name), self._laid(key, f"{name}_rest")
        calendar = self.call.calendar
        days = [(calendar.last_day(int(n)) - calendar.opens(int(n))).days + 1 for n in self.numbers]
        return np.asarray((np.cumsum(rate, axis=1) * np.array(days) + rest).round(6))

    def _values(self, key: Key, term: Term) -> Array:
        if (key, term) not in self._found:
            self._found[key, term] = self._laid(key, self.batch.sources[key].sums[term])
        return self._found[key, term]

    def _laid(self, key: Key, name: str) -> Array:
        """One column of an answer, on every group and period."""
        rows, columns = self._cells(key)
        inner, spread = self._places[key]
        values = np.zeros((inner, len(self.numbers)))
        found = self._frames[key][name].fillna(0.0).to_numpy(dtype=np.float64)
        inside = rows >= 0
        np.add.at(values, (rows[inside], columns[inside]), found[inside])
        return values if spread is None else values[spread]

    def _cells(self, key: Key) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The row, of the source's own groups, and the column of each line of an answer."""
        if key not in self._placed:
            self._placed[key] = self._place(key)
        return self._placed[key]

    def _place(self, key: Key) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        frame, columns = self._frames[key], self.batch.sources[key].columns
        place = frame["period"].to_numpy() - (self.numbers[0] if len(self.numbers) else 0)
        return located(frame[columns], self.groups[columns].drop_duplicates()), place

    @cached_property
    def _places(self) -> dict[Key, tuple[int, NDArray[np.int64] | None]]:
        """How many groups each source has, and which of them every group of the grid is in."""
        places: dict[Key, tuple[int, NDArray[np.int64] | None]] = {}
        for key in self.keys:
            source = self.batch.sources[key]
            if not source.without:
                places[key] = len(self.groups), None
            else:
                here = self.groups[source.columns]
                own = here.drop_duplicates()
                places[key] = len(own) if source.columns else 1, located(here, own)
        return places


def located(rows: pd.DataFrame, groups: pd.DataFrame) -> NDArray[np.int64]:
    """Return which of the groups each row is in; -1 where it is in none of them."""
    if not len(groups.columns) or not len(rows):
        return np.zeros(len(rows), dtype=np.int64)
    places = pd.MultiIndex.from_frame(groups).get_indexer(pd.MultiIndex.from_frame(rows))
    return np.asarray(places, dtype=np.int64)


def labels(groups: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the group columns as the caller named them, missing ones said."""
    named = groups.replace(NOWHERE, MISSING)
    named.columns = pd.Index(list(by))
    return named


def ordered(groups: pd.DataFrame) -> pd.DataFrame:
    """Return groups sorted, missing ones last."""
    names = list(groups.columns)
    return groups.sort_values(names, key=_order, kind="stable", ignore_index=True)


def _order(column: pd.Series) -> pd.Series:
    places = column.map({**ORDER, NOWHERE: len(ORDER)})
    return column if places.isna().any() else places


def known(term: Term) -> Term:
    """Return the rows of a term that have a value, counted."""
    known = frozenset(value.to_expr().notnull().op() for value in term.values)
    return Term(term.conditions | known)
