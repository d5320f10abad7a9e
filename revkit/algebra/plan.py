"""One metric asked of one call: planned first, so that several can share queries, then answered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import derived
from revkit.algebra.evaluate.arrays import shift
from revkit.algebra.evaluate.evaluation import Evaluation
from revkit.algebra.evaluate.grid import labels, located, ordered
from revkit.algebra.formula.nodes import Share, TableName
from revkit.algebra.intervals.bounds import Bounds
from revkit.algebra.query.batch import NOWHERE, Batch
from revkit.algebra.query.requirements import must_have, must_reach
from revkit.algebra.request import Call, Request
from revkit.dimensions import MISSING
from revkit.statistics.change import change

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.algebra.definition import Definition
    from revkit.dataset import Dataset

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
    """A metric asked of a company: checked, then made into queries, then answered.

    Making a plan runs no query; :meth:`prepare` makes the queries, which needs the company's
    date, and plans of one batch share them; :meth:`frame` runs them.
    """

    def __init__(
        self, definition: Definition, data: Dataset, request: Request, batch: Batch
    ) -> None:
        self.definition, self.data, self.request, self._batch = definition, data, request, batch
        needed = self._needs()
        must_have(data, needed, definition.name)
        if definition.kind == "table":
            narrowed = [name for name in needed if name not in definition.company_wide]
            must_reach(data, narrowed, definition.name)

    @cached_property
    def call(self) -> Call:
        """The request, with the periods and the last day that the company's date gives it."""
        request, data = self.request, self.data
        last = request.last_day(data)
        return Call(
            data, self.definition.name, request.calendar(data), request.by, request.trailing,
            request.level, request.start, last,
        )  # fmt: skip

    @cached_property
    def evaluation(self) -> Evaluation | None:
        """The formula's evaluation, its queries in the batch; None for a metric of tables."""
        if self.definition.kind == "table":
            return None
        formula = self.definition.formula(**self.request.options)
        return Evaluation(self.call, formula, self._batch)

    @cached_property
    def bounds(self) -> Bounds | None:
        """The intervals of its values; None for a metric of tables, which has its own."""
        evaluation = self.evaluation
        return None if evaluation is None else Bounds(evaluation, self.definition.unit)

    def prepare(self) -> Plan:
        """Make the queries, without running them."""
        _ = self.call, self.bounds
        return self

    def queries(self) -> list[Any]:
        """Return the queries of its batch, as Ibis tables."""
        self.prepare()
        return [source.query() for source in self._batch.sources.values()]

    def frame(self) -> pd.DataFrame:
        """Return the values that were asked for, without groups in which nothing ever stood."""
        return drop_empty_groups(self.definition, self._frame())

    def _frame(self) -> pd.DataFrame:
        """Return the values that were asked for, one row per group and period."""
        answer, columns = self.answer, self.columns
        frame = self._keys(columns)
        for name in ("value", "low", "high", "n"):
            frame[name] = getattr(answer, name)[:, columns].ravel() + 0.0  # no minus zero
        frame["n"] = frame["n"].astype("Int64")
        frame["small"] = answer.small[:, columns].ravel()
        frame["complete"] = answer.complete[:, columns].ravel()
        if self.request.compare is not None:
            steps = self.request.steps(self.call.calendar)
            now = answer.value, answer.low, answer.high
            before = [shift(end, steps) for end in now]
            changes = change(now, (before[0], before[1], before[2]))
            names = ("change", "change_low", "change_high", "certain")
            for name, array in zip(names, changes, strict=True):
                frame[name] = array[:, columns].ravel()
        frame.attrs.update(self._notes())
        return frame

    def parts(self) -> pd.DataFrame:
        """Return the totals behind each value: the same rows, one column per total."""
        return drop_empty_groups(self.definition, self._parts())

    def _parts(self) -> pd.DataFrame:
        frame, columns = self._frame(), self.columns
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
        start = self.request.start
        begin = numbers[:1] if start is None else calendar.number(start)
        return np.flatnonzero((numbers >= begin) & (numbers <= calendar.number(self.call.until)))

    def _evaluated(self, evaluation: Evaluation) -> Answer:
        grid, bounds = evaluation.grid, self.bounds
        assert bounds is not None
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
        calendar, start = self.call.calendar, self.request.start
        first = calendar.number(start or self.data.first_day(self._needs()))
        if self.request.compare is not None:
            first -= self.request.steps(calendar)
        first = 0 if calendar.period is None else first
        numbers = np.arange(first, calendar.number(self.call.until) + 1)
        tables = [TableName(name) for name in self.definition.tables]
        call = replace(self.call, numbers=tuple(int(number) for number in numbers))
        found = self.definition.function(call, *tables, **self.request.options)
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
        frame = labels(answer.groups, self.request.by).iloc[places].reset_index(drop=True)
        if calendar.period is not None:
            days = [calendar.first_day(int(number)) for number in answer.numbers[columns]]
            starts = np.array(days, dtype="datetime64[us]")
            times = np.tile(starts, len(answer.groups))
            frame["period"] = pd.Series(times, dtype="datetime64[us]")
        return frame

    def _notes(self) -> dict[Any, Any]:
        data, definition = self.data, self.definition
        notes = {
            "metric": definition.name,
            "unit": definition.unit,
            "as_of": data.as_of.isoformat(),
            "currency": data.currency,
            "where": data.narrowed,
            **{name: self.answer.notes[name] for name in ("undated", "unvalued")},
            "undefined": self._undefined(),
            "period": self.request.period,
            "trailing": self.request.trailing,
            "level": self.request.level,
            "compare": self.request.compare,
        }
        if any(
            "opportunity_history" in derived.optional_tables(table) for table in definition.tables
        ):
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
        return [
            needed for table in self.definition.tables for needed in derived.required_tables(table)
        ]


def drop_empty_groups(definition: Definition, frame: pd.DataFrame) -> pd.DataFrame:
    """Drop the rows of a metric's own dimension (``rows=``) in which nothing ever stood.

    A sum of nothing is 0 and stays, whichever periods are asked for; so does a rate of 0, and
    one that is not known yet though rows are there.
    """
    if not definition.rows or "value" not in frame or definition.additive:
        return frame
    groups = list(frame.columns[: frame.columns.get_loc("value")].drop("period", "ignore"))
    here = [name for name in groups if frame[name].dtype != float]
    if definition.kind != "table" and isinstance(definition.formula(), Share):
        stands = frame["value"] > 0
    else:
        stands = frame["value"].notna()
        if "n" in frame:
            stands |= (frame["n"] > 0).fillna(False).astype(bool)
    seen = stands.groupby([frame[name] for name in here], sort=False).transform("any")
    kept = frame[seen].reset_index(drop=True)
    kept.attrs = frame.attrs
    return kept
