"""One metric asked of one call: planned first, so that several can share queries, then answered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import derived
from revkit.dimensions import MISSING
from revkit.measures.arrays import later
from revkit.measures.asked import Asked
from revkit.measures.batch import NOWHERE, Batch
from revkit.measures.bounds import Bounds
from revkit.measures.compare import change
from revkit.measures.evaluate import Evaluation
from revkit.measures.formula import TableName
from revkit.measures.grid import labels, located, ordered
from revkit.measures.query import Call
from revkit.measures.reach import must_have, must_reach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.dataset import Dataset
    from revkit.measures.metric import Metric

    Array = NDArray[np.float64]


NUMBERS = (
    "value", "low", "high", "n", "small", "complete", "change", "change_low", "change_high",
    "certain",
)  # fmt: skip
"""What a result has beside its groups and periods."""


@dataclass
class Answer:
    """The values of a metric on groups by periods, with all that is told beside them."""

    groups: pd.DataFrame
    numbers: NDArray[np.int64]
    value: Array
    low: Array
    high: Array
    n: Array
    small: NDArray[np.bool_]
    complete: NDArray[np.bool_]
    notes: dict[Any, Any] = field(default_factory=dict)


class Plan:
    """A metric asked of a company; its queries wait in a batch until its frame is wanted."""

    def __init__(self, metric: Metric, data: Dataset, asked: Asked, batch: Batch) -> None:
        self.metric, self.data, self.asked = metric, data, asked
        self.last = asked.last_day(data)
        calendar = asked.calendar(data)
        self.call = Call(
            data, metric.name, calendar, asked.by, asked.trailing, asked.level, asked.start,
            self.last,
        )  # fmt: skip
        self.evaluation: Evaluation | None = None
        if metric.kind == "table":
            needed = self._needs()
            must_have(data, needed, metric.name)
            narrowed = [name for name in needed if name not in metric.company_wide]
            must_reach(data, narrowed, metric.name)
        else:
            formula = metric.formula(**asked.options)
            self.evaluation = Evaluation(self.call, formula, metric.unit, batch)

    def frame(self) -> pd.DataFrame:
        """Return the values that were asked for, one row per group and period."""
        answer, columns = self.answer, self.columns
        frame = self._keys(columns)
        for name in ("value", "low", "high", "n"):
            frame[name] = getattr(answer, name)[:, columns].ravel() + 0.0  # no minus zero
        frame["n"] = frame["n"].astype("Int64")
        frame["small"] = answer.small[:, columns].ravel()
        frame["complete"] = answer.complete[:, columns].ravel()
        if self.asked.compare is not None:
            steps = self.asked.steps(self.call.calendar)
            now = answer.value, answer.low, answer.high
            before = [later(end, steps) for end in now]
            changes = change(now, (before[0], before[1], before[2]))
            names = ("change", "change_low", "change_high", "certain")
            for name, array in zip(names, changes, strict=True):
                frame[name] = array[:, columns].ravel()
        frame.attrs.update(self._notes())
        return frame

    def parts(self) -> pd.DataFrame:
        """Return the totals behind each value: the same rows, one column per total."""
        frame, columns = self.frame(), self.columns
        keys = frame.loc[:, :"value"].drop(columns="value")
        if self.evaluation is None:
            return self._own_parts(frame)
        totals = self.evaluation.parts()
        shown = {words: total[:, columns].ravel() for words, total in totals.items()}
        parts = pd.concat([keys, pd.DataFrame(shown), frame["value"]], axis=1)
        parts.attrs = frame.attrs
        return parts

    def _own_parts(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return what a metric of tables shows as its working, made only when it is asked for.

        It says under ``attrs["parts"]`` how: a function of a period's number, called for the last
        one asked for.
        """
        made = self.answer.notes.get("parts")
        if made is None or not len(self.columns):
            return frame
        parts: pd.DataFrame = made(int(self.answer.numbers[self.columns][-1]))
        by = self.call.groups
        parts = parts.assign(**{column: parts[column].fillna(MISSING) for column in by})
        parts = parts.rename(columns=by)
        parts.attrs = frame.attrs
        return parts

    @cached_property
    def answer(self) -> Answer:
        """The values on every period that is known."""
        return self._tabled() if self.evaluation is None else self._evaluated(self.evaluation)

    @cached_property
    def columns(self) -> NDArray[np.int64]:
        """The periods that were asked for, among those that are known."""
        numbers, calendar = self.answer.numbers, self.call.calendar
        if calendar.period is None:
            return np.flatnonzero(numbers == 0)
        start = self.asked.start
        begin = numbers[:1] if start is None else calendar.number(start)
        return np.flatnonzero((numbers >= begin) & (numbers <= calendar.number(self.last)))

    def _evaluated(self, evaluation: Evaluation) -> Answer:
        grid, bounds = evaluation.grid, Bounds(evaluation)
        low, high = bounds.bounds()
        rows = evaluation.rows()
        over = self._over(grid.numbers, evaluation.maturing())
        return Answer(
            groups=grid.groups,
            numbers=grid.numbers,
            value=evaluation.value(),
            low=low,
            high=high,
            n=rows,
            small=bounds.small(rows),
            complete=over[None, :] & (evaluation.open_rows() == 0),
            notes={"undated": grid.undated, "unvalued": evaluation.unvalued()},
        )

    def _tabled(self) -> Answer:
        """Run a metric that is a function of tables, and lay out what it returns."""
        calendar, start = self.call.calendar, self.asked.start
        first = calendar.number(start or self.data.first_day(self._needs()))
        if self.asked.compare is not None:
            first -= self.asked.steps(calendar)
        first = 0 if calendar.period is None else first
        numbers = np.arange(first, calendar.number(self.last) + 1)
        tables = [TableName(name) for name in self.metric.tables]
        call = replace(self.call, numbers=tuple(int(number) for number in numbers))
        found = self.metric.definition(call, *tables, **self.asked.options)
        by = list(self.call.groups)
        found = found.fillna(dict.fromkeys(by, NOWHERE))
        numbers = numbers[:0] if start is None and not len(found) else numbers
        found = found[found["period"].isin(numbers)]
        groups = ordered(found[by].drop_duplicates()) if by else pd.DataFrame(index=range(1))
        rows = located(found[by], groups)
        columns = found["period"].to_numpy(dtype=np.int64) - first
        laid: dict[str, Array] = {}
        for name, empty in (("value", np.nan), ("low", np.nan), ("high", np.nan), ("n", 0.0),
                            ("small", 0.0), ("complete", 1.0)):  # fmt: skip
            array = np.full((len(groups), len(numbers)), empty)
            if name in found:
                array[rows, columns] = found[name].to_numpy(dtype=np.float64, na_value=np.nan)
            laid[name] = array
        return Answer(
            groups=groups,
            numbers=numbers,
            value=laid["value"],
            low=laid["low"],
            high=laid["high"],
            n=laid["n"],
            small=laid["small"] > 0,
            complete=(laid["complete"] > 0) & self._over(numbers, 0)[None, :],
            notes={"undated": {}, "unvalued": {}, **found.attrs},
        )

    def _over(self, numbers: NDArray[np.int64], maturing: int) -> NDArray[np.bool_]:
        calendar, matured = self.call.calendar, self.data.as_of - timedelta(days=maturing)
        return np.array([calendar.last_day(int(n)) <= matured for n in numbers], dtype=bool)

    def _keys(self, columns: NDArray[np.int64]) -> pd.DataFrame:
        answer, calendar = self.answer, self.call.calendar
        places = np.repeat(np.arange(len(answer.groups)), len(columns))
        frame = labels(answer.groups, self.asked.by).iloc[places].reset_index(drop=True)
        if calendar.period is not None:
            days = [calendar.first_day(int(number)) for number in answer.numbers[columns]]
            starts = np.array(days, dtype="datetime64[us]")
            times = np.tile(starts, len(answer.groups))
            frame["period"] = pd.Series(times, dtype="datetime64[us]")
        return frame

    def _notes(self) -> dict[Any, Any]:
        data, metric = self.data, self.metric
        notes = {
            "metric": metric.name,
            "unit": metric.unit,
            "as_of": data.as_of.isoformat(),
            "currency": data.currency,
            "where": data.narrowed,
            **{name: self.answer.notes[name] for name in ("undated", "unvalued")},
            "undefined": self._undefined(),
            "period": self.asked.period,
            "trailing": self.asked.trailing,
            "level": self.asked.level,
            "compare": self.asked.compare,
        }
        if any("opportunity_history" in derived.informed(table) for table in metric.tables):
            notes["from_history"] = "opportunity_history" in data
        return notes

    def _undefined(self) -> dict[str, int]:
        """How many of the values asked for are none because a divisor is nothing, by divisor."""
        if self.evaluation is None:
            return {}
        found = self.evaluation.undefined()
        counts = {words: int(where[:, self.columns].sum()) for words, where in found.items()}
        return {words: count for words, count in counts.items() if count}

    def _needs(self) -> list[str]:
        return [needed for table in self.metric.tables for needed in derived.needs(table)]
