"""The plan of one call of one metric: its queries made first, so that several share them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import derived
from revkit.algebra import recorded_range as record
from revkit.algebra.empty_groups import shown_groups
from revkit.algebra.evaluate.allocation import require_placed_spend
from revkit.algebra.evaluate.arrays import shift
from revkit.algebra.evaluate.evaluation import Evaluation
from revkit.algebra.evaluate.gaps import counted, said, worse_before
from revkit.algebra.evaluate.groups import group_positions, label_groups, sort_groups
from revkit.algebra.evaluate.lead_process import require_stages
from revkit.algebra.evaluate.outcomes import require_both_outcomes
from revkit.algebra.evaluate.rest import RestEvaluation, has_rest
from revkit.algebra.formula.nodes import Formula, TableName
from revkit.algebra.intervals.bounds import Bounds
from revkit.algebra.query.batch import NO_GROUP, Batch
from revkit.algebra.query.rep_days import notes_on_reps
from revkit.algebra.query.requirements import (
    read_tables,
    require_few_rows,
    require_reachable,
    require_tables,
)
from revkit.algebra.reasons import reasons
from revkit.algebra.request import Call, Request
from revkit.algebra.uneven_weeks import on_weeks
from revkit.algebra.values import MetricValues
from revkit.algebra.words import notes_on_words
from revkit.dataset.history.days import Days
from revkit.dimensions import MISSING
from revkit.errors import ParameterError
from revkit.statistics.change import change

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.algebra.definition import Definition
    from revkit.dataset import Dataset

    Array = NDArray[np.float64]


class Plan:
    """One call of a metric: checked, then planned as queries, then computed.

    Making a plan runs no query. :meth:`prepare` checks the tables, with small queries, and plans
    those of the values, which plans of one batch share; :meth:`frame` runs them.

    Parameters
    ----------
    definition
        The metric.
    data
        The company.
    request
        The checked arguments of the call.
    batch
        Where the queries are planned.

    Raises
    ------
    TableError
        When the company lacks a table.
    DimensionError
        When a metric of ``kind="table"`` reads a table that the ``where`` could not filter.
    """

    def __init__(
        self, definition: Definition, data: Dataset, request: Request, batch: Batch
    ) -> None:
        self.definition, self.data, self.request, self._batch = definition, data, request, batch
        self._needed = [
            name for table in definition.tables for name in derived.required_tables(table)
        ]
        require_tables(data, self._needed, definition.name)
        if request.compare == "rest" and (self._formula is None or not has_rest(self._formula)):
            raise ParameterError.no_rest(f"metrics.{definition.name}")
        if definition.kind == "table":
            filtered = [name for name in self._needed if name not in definition.company_wide]
            require_reachable(data, filtered, definition.name)

    @cached_property
    def call(self) -> Call:
        """The request applied to the company, which dates its periods."""
        request, data, kept = self.request, self.data, self._kept
        last, start = request.last_day(data, ahead=self.definition.ahead), request.start
        if request.period is None:
            begun = record.first_day(self._formula, kept, data)
            if start is None or (begun is not None and start < begun <= last):
                start = begun
            if kept is not None and start is not None and not self.definition.ahead:
                last = max(min(last, kept.last), start)
        return Call(
            data, self.definition.name, request.calendar(data, start, last), request.by,
            request.trailing, request.level, start, last, asked=request.start,
            kept=None if kept is None else kept.of_events,
            common=record.common_days(self._formula, kept), limit=request.limit,
        )  # fmt: skip

    @cached_property
    def _formula(self) -> Formula | None:
        """The formula for the options of the call; None for a metric of ``kind="table"``."""
        definition = self.definition
        return None if definition.kind == "table" else definition.formula(**self.request.options)

    @cached_property
    def evaluation(self) -> Evaluation | None:
        """The evaluation of the formula; None for a metric of ``kind="table"``."""
        if self._formula is None:
            return None
        evaluation = Evaluation(self.call, self._formula, self._batch)
        require_both_outcomes(evaluation)
        require_placed_spend(evaluation)
        require_stages(evaluation)
        return evaluation

    @cached_property
    def bounds(self) -> Bounds | None:
        """The intervals of the values; None for a metric of ``kind="table"``, which has its own."""
        evaluation = self.evaluation
        return None if evaluation is None else self._bounded(evaluation)

    @cached_property
    def rest(self) -> Bounds | None:
        """The intervals of the value outside each group, where the call compares with it."""
        if self.request.compare != "rest" or self._formula is None:
            return None
        outside = RestEvaluation(self.call, self._formula, self._batch, within=self.definition.rows)
        return self._bounded(outside)

    def _bounded(self, evaluation: Evaluation) -> Bounds:
        """Return the intervals of an evaluation of the metric."""
        return Bounds(evaluation, self.definition.unit, self.definition.limits)

    def prepare(self) -> Plan:
        """Plan the queries of the values, which are not run yet, and check what they read."""
        _ = self.call, self.bounds, self.rest
        return self

    def queries(self) -> list[Any]:
        """Return the queries of its batch, as Ibis tables."""
        self.prepare()
        return [source.query() for source in self._batch.sources.values()]

    def frame(self) -> pd.DataFrame:
        """Return the values, one row per group and period, without groups that are always empty."""
        return shown_groups(self.definition, self._frame(), self.data)

    def parts(self) -> pd.DataFrame:
        """Return the totals behind each value: the same rows, one column per total."""
        return shown_groups(self.definition, self._parts(), self.data)

    def _frame(self) -> pd.DataFrame:
        """Return the values of the requested periods, one row per group and period."""
        values, columns = self.values, self.columns
        frame = self._keys(columns)
        for name in ("value", "low", "high", "n"):
            frame[name] = getattr(values, name)[:, columns].ravel() + 0.0  # no minus zero
        frame["n"] = frame["n"].astype("Int64")
        frame["small"] = values.small[:, columns].ravel()
        frame["complete"] = values.complete[:, columns].ravel()
        if self.request.compare is not None:
            for name, array in self._changes().items():
                frame[name] = array[:, columns].ravel()
        frame.attrs.update(self._notes())
        return frame

    def _changes(self) -> dict[str, NDArray[Any]]:
        """Return the difference of each value from what the call compares it with."""
        values, rest = self.values, self.rest
        now = values.value, values.low, values.high
        if rest is None:
            steps = self.request.steps(self.call.calendar)
            before = (np.where(values.begun, end, np.nan) for end in now)
            value, low, high = (shift(end, steps) for end in before)
            few = shift(values.small.astype(np.float64), steps, 0.0) > 0
        else:
            value, (low, high) = rest.evaluation.value(), rest.bounds()
            few = rest.small(rest.evaluation.rows())
        *changes, certain = change(now, (value, low, high))
        certain = certain & ~values.small & ~few
        names = ("change", "change_low", "change_high", "certain")
        return dict(zip(names, (*changes, certain), strict=True))

    def _parts(self) -> pd.DataFrame:
        """Return the totals behind the values of the requested periods."""
        frame, columns = self._frame(), self.columns
        keys = frame.loc[:, :"value"].drop(columns="value")
        if self.evaluation is None:
            return self._parts_of_table_metric(frame)
        totals = {
            words: total[:, columns].ravel() for words, total in self.evaluation.parts().items()
        }
        parts = pd.concat([keys, pd.DataFrame(totals), frame["value"]], axis=1)
        parts.attrs = frame.attrs
        return parts

    def _parts_of_table_metric(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the working of a metric of ``kind="table"``, for the last requested period.

        The metric gives it as ``attrs["parts"]``: a function of a period's number, so that it is
        computed only here. Without one, the values themselves.
        """
        compute = self.values.notes.get("parts")
        if compute is None or not len(self.columns):
            return frame
        parts: pd.DataFrame = compute(int(self.values.numbers[self.columns][-1]))
        by = self.call.groups
        parts = parts.assign(**{column: parts[column].fillna(MISSING) for column in by})
        parts = parts.rename(columns=by)
        parts.attrs = frame.attrs
        return parts

    @cached_property
    def values(self) -> MetricValues:
        """The values of every period from the first with data, requested or not."""
        self.prepare()
        if self.evaluation is None:
            return self._values_of_table_metric()
        grid = self.evaluation.grid
        require_few_rows(self.call, grid.groups, len(self._requested(grid.numbers)))
        return self._values_of_formula(self.evaluation)

    @cached_property
    def columns(self) -> NDArray[np.int64]:
        """The positions of the requested periods among all of them."""
        return self._requested(self.values.numbers)

    def _requested(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the positions of the requested periods among some."""
        calendar = self.call.calendar
        if calendar.period is None:
            return np.flatnonzero(numbers == 0)
        start = self.request.start
        begin = numbers[:1] if start is None else calendar.number(start)
        return np.flatnonzero((numbers >= begin) & (numbers <= calendar.number(self.call.until)))

    def _values_of_formula(self, evaluation: Evaluation) -> MetricValues:
        """Run the queries of a formula and compute its values and intervals."""
        grid, bounds = evaluation.grid, self.bounds
        assert bounds is not None
        value, rows = evaluation.value(), evaluation.rows()
        open_rows = evaluation.open_rows()
        unknown = evaluation.unknown()[None, :]
        over = self._over(grid.numbers, evaluation.maturing()) & evaluation.begun() & ~unknown[0]
        low, high = (np.where(unknown, np.nan, end) for end in bounds.bounds())
        return MetricValues(
            groups=grid.groups,
            numbers=grid.numbers,
            value=value,
            low=low,
            high=high,
            n=rows,
            small=bounds.small(rows),
            complete=over[None, :] & (open_rows == 0),
            begun=evaluation.begun(),
            notes={"undated": grid.undated, "gaps": evaluation.gaps()},
        )

    def _values_of_table_metric(self) -> MetricValues:
        """Run a metric that is a function of tables, and arrange its rows by group and period."""
        calendar, start = self.call.calendar, self.request.start
        first = calendar.number(start or self.data.first_day(self._needed))
        if self.request.compare is not None:
            first -= self.request.steps(calendar)
        first = 0 if calendar.period is None else first
        numbers = np.arange(first, calendar.number(self.call.until) + 1)
        tables = [TableName(name) for name in self.definition.tables]
        call = replace(self.call, numbers=tuple(int(number) for number in numbers))
        found = self.definition.function(call, *tables, **self.request.options)
        by = list(self.call.groups)
        for name in [one for one in by if found[one].isna().any()]:
            found[name] = found[name].astype(object).fillna(NO_GROUP)
        numbers = numbers[:0] if start is None and not len(found) else numbers
        found = found[found["period"].isin(numbers)]
        groups = sort_groups(found[by].drop_duplicates()) if by else pd.DataFrame(index=range(1))
        rows = group_positions(found[by], groups)
        columns = found["period"].to_numpy(dtype=np.int64) - first
        arrays: dict[str, Array] = {}
        for name, empty in (("value", np.nan), ("low", np.nan), ("high", np.nan), ("n", 0.0),
                            ("small", 0.0), ("complete", 1.0)):  # fmt: skip
            array = np.full((len(groups), len(numbers)), empty)
            if name in found:
                array[rows, columns] = found[name].to_numpy(dtype=np.float64, na_value=np.nan)
            arrays[name] = array
        if self._kept is not None:
            for name in ("value", "low", "high"):
                arrays[name][:, self._kept.unknown(calendar, numbers)] = np.nan
        return MetricValues(
            groups=groups,
            numbers=numbers,
            value=arrays["value"],
            low=arrays["low"],
            high=arrays["high"],
            n=arrays["n"],
            small=arrays["small"] > 0,
            complete=(arrays["complete"] > 0) & self._over(numbers, 0)[None, :],
            begun=np.ones(len(numbers), dtype=bool),
            notes={"undated": {}, "gaps": {}, **found.attrs},
        )

    @cached_property
    def _kept(self) -> Days | None:
        """The days on which every table of events that the metric reads was kept."""
        return record.kept_days(self.data, self.definition.tables)

    def _over(self, numbers: NDArray[np.int64], maturing: int) -> NDArray[np.bool_]:
        """Report which periods had ended so many days before the last day on record."""
        calendar, matured = self.call.calendar, self._settled - timedelta(days=maturing)
        return np.array([calendar.last_day(int(n)) <= matured for n in numbers], dtype=bool)

    @property
    def _settled(self) -> date:
        """The last day of which no row is missing."""
        as_of, kept = self.data.as_of, self._kept
        return as_of if kept is None else min(as_of, kept.settled)

    def _keys(self, columns: NDArray[np.int64]) -> pd.DataFrame:
        """Return the group and period columns of the result."""
        values, calendar = self.values, self.call.calendar
        places = np.repeat(np.arange(len(values.groups)), len(columns))
        frame = label_groups(values.groups, self.request.by).iloc[places].reset_index(drop=True)
        if calendar.period is not None:
            days = [calendar.first_day(int(number)) for number in values.numbers[columns]]
            starts = np.array(days, dtype="datetime64[us]")
            times = np.tile(starts, len(values.groups))
            frame["period"] = pd.Series(times, dtype="datetime64[us]")
        return frame

    def _notes(self) -> dict[Any, Any]:
        """Return the ``attrs`` of the result."""
        data, definition = self.data, self.definition
        numbers = self.values.numbers[self.columns]
        begins = record.beginnings(self.call, definition.tables, self.values, self.columns)
        read = read_tables(data, definition.tables, self.request.by)
        gaps = counted(self.values.notes["gaps"], self.columns, self.request.trailing)
        shown, undefined = self.values.value[:, self.columns], self._undefined()
        unrecorded = record.lacking_days(self.evaluation, self._kept, self.columns)
        told = (
            *map(str, data.notes_on(read)),
            *begins,
            *said(gaps, data, worse_before(self.values.notes["gaps"], self.columns)),
            *self.values.notes.get("said", ()),
            *notes_on_reps(data, self.request.by, self._needed),
            *notes_on_words(data, {*self._needed, *definition.tables}, self.evaluation),
            *self.request.cut(self.call.calendar, self.call.until),
            *on_weeks(self.call, self.request, numbers, self.evaluation),
        )
        notes = {
            "metric": definition.name,
            "unit": definition.unit,
            "as_of": data.as_of.isoformat(),
            "currency": data.currency,
            "where": data.narrowed,
            "undated": self.values.notes["undated"],
            "unvalued": {str(leaf): without for leaf, (without, _) in gaps.items()},
            "undefined": undefined,
            **self.request.span(data),
            **data.policy.dating,
            "trailing": self.request.trailing,
            "level": self.request.level,
            "compare": self.request.compare,
            "recorded": None if self._kept is None else self._kept.shown,
            "unfinished": self.call.calendar.unfinished(numbers, self._settled),
            "begins": begins,
            "begun_late": record.begun_late(self.call, self.values, self.columns),
            "notes": (*told, *reasons(shown, undefined, told, self._needed, unrecorded)),
            "earlier": self._earlier(),
            "within": self.request.options.get("within"),
            "options": definition.changed(self.request.options),
        }
        if any(
            "opportunity_history" in derived.optional_tables(table) for table in definition.tables
        ):
            notes["from_history"] = "opportunity_history" in data
        return notes

    def _earlier(self) -> tuple[tuple[float, float, float], ...]:
        """Return value, low and high of the periods before those returned, of a whole company."""
        if self.request.by or not len(self.columns):
            return ()
        return self.values.before(int(self.columns[0]))

    def _undefined(self) -> dict[str, int]:
        """Return how many requested values are NaN because a divisor is 0, by divisor."""
        if self.evaluation is None:
            return {}
        found = self.evaluation.undefined()
        counts = {words: int(where[:, self.columns].sum()) for words, where in found.items()}
        return {words: count for words, count in counts.items() if count}
