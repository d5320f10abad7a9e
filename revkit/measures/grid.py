"""The grid of a call: groups by periods, filled from the aggregates of its sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.dimensions import MISSING
from revkit.measures.dimensions import ORDER
from revkit.measures.query import Call, Dated, Moving, Source, Standing, Term

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Key = tuple[Any, ...]
EVERY = Term(frozenset())
_NOWHERE = "\uffff"  # sorts after every text and is none, so a missing group stays its own


@dataclass(frozen=True)
class Sum:
    """One sum of one source, read over the period, or standing at one of its ends."""

    source: Key
    role: str
    term: Any
    leaf: Any = field(compare=False)


@dataclass
class Grid:
    """Every sum of a call as an array of groups by periods.

    ``groups`` has one row per group, ``numbers`` the numbers of the periods, from the first
    that any source knows; ``found`` the sums as they came, unwindowed.
    """

    call: Call
    sources: Mapping[Key, Source]
    groups: pd.DataFrame = field(default_factory=pd.DataFrame)
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    found: dict[tuple[Key, Term], Array] = field(default_factory=dict)
    undated: dict[str, int] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """Groups and periods."""
        return len(self.groups), len(self.numbers)

    def fetch(self, start: date | None, until: date) -> None:
        """Run one query per source and lay the answers out, to the period that holds a day."""
        frames = {key: _frame(source) for key, source in self.sources.items()}
        calendar = self.call.calendar
        last = calendar.number(until)
        frames = {key: self._dated(key, frame, last) for key, frame in frames.items()}
        self.groups = _groups(frames, self.sources, self.call.by)
        first = [int(frame["period"].min()) for frame in frames.values() if len(frame)]
        if start is not None:
            first.append(calendar.number(start))
        if calendar.period is None:
            first.append(0)
        begin = min(first) if first else last + 1
        self.numbers = np.arange(begin, max(last, begin - 1) + 1)
        for key, frame in frames.items():
            self._lay(key, frame)

    def total(self, key: Key, term: Term) -> Array:
        """Return a sum over each period, or over the window that ends with it."""
        values = self._values(key, term)
        source = self.sources[key]
        if isinstance(source, Dated):
            return _rolled(values, self.call.trailing)
        if isinstance(source, Moving) and source.trailing > 1:
            return _unopened(values, self.call.trailing)
        return values

    def standing(self, key: Key, term: Any, *, opening: bool) -> Array:
        """Return what stands at the end, or the start, of each period."""
        if isinstance(self.sources[key], Standing):
            change = self._values(key, term)
        else:
            before, after = term
            change = self._values(key, after) - self._values(key, before)
        level = np.asarray(np.cumsum(change, axis=1).round(6), dtype=np.float64)
        return _later(level, self.call.trailing, 0.0) if opening else level

    def dispersion_history(self, key: Key, term: Term) -> Array:
        """Return the counts of the twelve complete periods before the company's date."""
        calendar, as_of = self.call.calendar, self.call.data.as_of
        values = self._values(key, term)
        if calendar.period is None:
            return values[:, :0]
        over = np.array([calendar.last_day(int(n)) <= as_of for n in self.numbers], dtype=bool)
        complete = values[:, : int(over.sum())]
        return complete[:, -12:]

    def _values(self, key: Key, term: Term) -> Array:
        values = self.found[key, term]
        return np.broadcast_to(values, self.shape) if self.sources[key].overall else values

    def _dated(self, key: Key, frame: pd.DataFrame, last: int) -> pd.DataFrame:
        source = self.sources[key]
        nowhere = frame["period"].isna()
        if nowhere.any() and (rows := source.sums.get((EVERY,))):
            name = f"{source.table}.{source.dates[0]}"
            self.undated[name] = int(frame.loc[nowhere, rows].sum())
        kept = frame[~nowhere].astype({"period": "int64"})
        return kept[kept["period"] <= last]

    def _lay(self, key: Key, frame: pd.DataFrame) -> None:
        source = self.sources[key]
        rows = 1 if source.overall else len(self.groups)
        place = place_of(frame, source, self.groups)
        column = frame["period"].to_numpy() - (self.numbers[0] if len(self.numbers) else 0)
        for (term,), name in source.sums.items():
            values = np.zeros((rows, len(self.numbers)))
            np.add.at(values, (place, column), frame[name].fillna(0.0).to_numpy(dtype=np.float64))
            self.found[key, term] = values


def place_of(frame: pd.DataFrame, source: Source, groups: pd.DataFrame) -> NDArray[np.int64]:
    """Return the row of its group for each row of an answer."""
    if not source.by or not len(frame):
        return np.zeros(len(frame), dtype=np.int64)
    here = frame[source.columns].fillna(_NOWHERE)
    index = pd.MultiIndex.from_frame(groups)
    return np.asarray(index.get_indexer(pd.MultiIndex.from_frame(here)), dtype=np.int64)


def shifted(values: Array, periods: int) -> Array:
    """Return values so many periods later, NaN before the first."""
    return _later(values, periods, np.nan)


def labels(groups: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the group columns as the caller named them, missing ones said."""
    named = groups.replace(_NOWHERE, MISSING)
    named.columns = pd.Index(list(by))
    return named


def _frame(source: Source) -> pd.DataFrame:
    frame: pd.DataFrame = source.query().to_pyarrow().to_pandas()
    return frame.fillna(dict.fromkeys(source.columns, _NOWHERE))


def _groups(
    frames: Mapping[Key, pd.DataFrame], sources: Mapping[Key, Source], by: Sequence[str]
) -> pd.DataFrame:
    """Every combination of groups seen in any source, sorted, missing ones last."""
    if not by:
        return pd.DataFrame(index=range(1))
    seen = [frame[sources[key].columns] for key, frame in frames.items() if sources[key].by]
    groups = pd.concat(seen, ignore_index=True).drop_duplicates()
    return groups.sort_values(list(groups.columns), key=_order, kind="stable", ignore_index=True)


def _order(column: pd.Series) -> pd.Series:
    places = column.map({**ORDER, _NOWHERE: len(ORDER)})
    return column if places.isna().any() else places


def _rolled(values: Array, width: int) -> Array:
    if width == 1:
        return values
    sums: Array = np.cumsum(values, axis=1)
    return _unopened(np.round(sums - _later(sums, width, 0.0), 6), width)


def _unopened(values: Array, width: int) -> Array:
    opened = values.astype(np.float64, copy=True)
    opened[:, : width - 1] = np.nan
    return opened


def _later(values: Array, periods: int, fill: float) -> Array:
    later = np.full(values.shape, fill)
    if periods == 0:
        return values
    if periods < values.shape[1]:
        later[:, periods:] = values[:, :-periods]
    return later
