"""Totals of a part of a metric by its smallest groups, in two periods and by month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from revkit.algebra.evaluate.evaluation import Evaluation
from revkit.algebra.evaluate.groups import label_groups
from revkit.algebra.formula import tree as formulas
from revkit.algebra.formula.nodes import Formula
from revkit.algebra.query.batch import Batch
from revkit.analysis.diagnosis.spans import Span
from revkit.derived import specs as specs_of
from revkit.dimensions import DimensionPath, find
from revkit.errors import DimensionError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from revkit.algebra.metric import Metric
    from revkit.algebra.request import Call
    from revkit.dataset import Dataset

    Array = NDArray[np.float64]

CANDIDATES: Mapping[str, tuple[str, ...]] = {
    "segment": ("account.segment", "segment"),
    "industry": ("account.industry", "industry"),
    "region": ("account.region", "region"),
    "channel": ("channel", "account.channel"),
    "product": ("product",),
    "team": ("rep.team",),
    "kind": ("kind",),
}
"""The dimensions that are looked at where none is given, with the ways to each."""


@dataclass(frozen=True)
class Asking:
    """A metric of a company, and its options, as its parts are read."""

    metric: Metric
    data: Dataset

    def call(
        self, by: Sequence[str], period: str | None, start: date, end: date
    ) -> tuple[Call, Batch]:
        """Return the call of some days with the batch of its queries."""
        batch = Batch()
        plan = self.metric.plan(
            self.data,
            {"by": list(by), "period": period, "start": start, "end": end, "trailing": 1,
             "limit": None},
            batch,
        )  # fmt: skip
        return plan.call, batch

    def reaches(self, dimension: str, part: Formula, span: Span) -> bool:
        """Report whether every total of a part can be grouped by a dimension."""
        try:
            self._evaluation([dimension], part, span)
        except DimensionError:
            return False
        return self.lasts(dimension, part)

    def reached(self, columns: Iterable[str], part: Formula, span: Span) -> frozenset[str]:
        """Return the columns by which every total of a part can be grouped.

        As :meth:`reaches`, but that the part is planned once for all of them; ages of accounts,
        stages, causes and sizes are no columns.
        """
        try:
            evaluation = self._evaluation([], part, span)
        except DimensionError:
            return frozenset()
        return frozenset(
            one for one in columns if _is_reached(one, evaluation) and self.lasts(one, part)
        )

    def is_of_owner(self, dimension: str, part: Formula, span: Span) -> bool:
        """Report whether a part is grouped by the owner that accounts have today."""
        try:
            evaluation = self._evaluation([], part, span)
        except DimensionError:
            return False
        return any(path and _is_of_owner(path) for path in _paths(dimension, evaluation))

    def _evaluation(self, by: Sequence[str], part: Formula, span: Span) -> Evaluation:
        """Return the evaluation of a part, which plans its queries and runs none."""
        call, batch = self.call(by, span.period, span.start, span.end)
        return Evaluation(call, part, batch)

    def lasts(self, dimension: str, part: Formula) -> bool:
        """Report whether what a part counts stays in its group: accounts change their products."""
        if not any(leaf.table == "movements" for leaf, _ in formulas.leaves(part)):
            return True
        path = find(dimension, "subscriptions", self.data.specs)
        return path is not None and bool(path.steps) and path.steps[0].table == "accounts"


@dataclass(frozen=True)
class Totals:
    """Totals of groups, a row a group and a column a period, and the groups' names."""

    groups: pd.DataFrame
    values: Mapping[str, Array]
    starts: tuple[date, ...]

    def at(self, starts: Sequence[date]) -> Totals:
        """Return the totals of the periods that begin on some days; unknown where there is none."""
        places = [self.starts.index(one) if one in self.starts else -1 for one in starts]
        values = {
            name: np.column_stack([
                value[:, place] if place >= 0 else np.full(len(value), np.nan) for place in places
            ])
            for name, value in self.values.items()
        }  # fmt: skip
        return Totals(self.groups, values, tuple(starts))

    def since(self, first: date) -> Totals:
        """Return the totals of the periods that begin on a day or later."""
        return self.at([one for one in self.starts if one >= first])

    def codes(self, dimension: str) -> tuple[NDArray[np.int64], list[str]]:
        """Return the number of each group's value of a dimension, and the names of the values."""
        import pandas as pd

        codes, names = pd.factorize(self.groups[dimension], sort=True)
        return codes.astype(np.int64), [str(name) for name in names]

    def sums(self, dimension: str, name: str) -> Array:
        """Return a total by the values of a dimension."""
        codes, names = self.codes(dimension)
        found = np.zeros((len(names), len(self.starts)))
        np.add.at(found, codes, self.values[name])
        return found


def dimensions_of(
    asking: Asking, part: Formula, span: Span, given: Iterable[str] | None
) -> dict[str, str]:
    """Return the dimensions of a part by the name they are called, with the way to each."""
    if given is not None:
        for name in given:
            if not asking.lasts(name, part):
                raise DimensionError.moving(name, where="rk.diagnose")
            if asking.is_of_owner(name, part, span):
                raise DimensionError.of_owner(name, where="rk.diagnose")
        return {name: name for name in given if asking.reaches(name, part, span)}
    every = [way for ways in CANDIDATES.values() for way in ways]
    reached = asking.reached(every, part, span)
    first = {name: next((way for way in ways if way in reached), None)
             for name, ways in CANDIDATES.items()}  # fmt: skip
    return {name: way for name, way in first.items() if way is not None}


def _is_reached(column: str, evaluation: Evaluation) -> bool:
    """Report whether each total that is grouped reaches a column, not over an account's owner."""
    return all(path is not None and not _is_of_owner(path) for path in _paths(column, evaluation))


def _paths(column: str, evaluation: Evaluation) -> Iterator[DimensionPath | None]:
    """Yield the path of each total that is grouped to a column; None where not one is nearest."""
    specs = evaluation.call.data.specs
    for leaf, ignored in [*evaluation.leaves, *evaluation.sample]:
        if ignored is None or evaluation.sums.is_one_of(column, ignored, leaf.table):
            continue
        key = evaluation.sums.of(leaf, ignored).source
        known, table = specs, "subscriptions"
        if leaf.table != "movements":
            table = leaf.table
            known = specs_of(evaluation.call.data, table, evaluation.batch.sources[key].rows)
        try:
            yield find(column, table, known)
        except DimensionError:  # two ways are equally near
            yield None


def _is_of_owner(path: DimensionPath) -> bool:
    """Report whether a path leads over the owner of an account.

    That is who owns it today. Accounts are handed over for what happens to them, so those of today
    had another past.
    """
    tables = [step.table for step in path.steps]
    return ("accounts", "reps") in pairwise(tables)


def in_periods(
    asking: Asking, parts: Mapping[str, Formula], by: Mapping[str, str], spans: Sequence[Span]
) -> Totals:
    """Return the totals of some parts in two periods, by all dimensions together.

    Parameters
    ----------
    asking
        The metric.
    parts
        Formulas by name.
    by
        Dimensions, as :func:`dimensions_of` returns them.
    spans
        The periods, the earlier first.
    """
    if len({span.period for span in spans}) == 1 and spans[0].period is not None:
        start, end = min(span.start for span in spans), max(span.end for span in spans)
        found = _read(asking, parts, by, spans[0].period, start, end)
        return found.at([span.start for span in spans])
    each = [_read(asking, parts, by, None, span.start, span.end) for span in spans]
    return _beside(each, tuple(span.start for span in spans))


def by_month(
    asking: Asking, parts: Mapping[str, Formula], by: Mapping[str, str], start: date, end: date
) -> Totals:
    """Return the totals of some parts by month."""
    return _read(asking, parts, by, "month", start, end)


def _read(
    asking: Asking, parts: Mapping[str, Formula], by: Mapping[str, str], period: str | None,
    start: date, end: date,
) -> Totals:  # fmt: skip
    call, batch = asking.call(list(by.values()), period, start, end)
    whole = _joined(parts)
    evaluation = Evaluation(call, whole, batch)
    numbers = evaluation.grid.numbers
    if period is None:
        columns = np.flatnonzero(numbers == 0)
        starts: tuple[date, ...] = (start,)
    else:
        first, last = call.calendar.number(start), call.calendar.number(call.until)
        columns = np.flatnonzero((numbers >= first) & (numbers <= last))
        starts = tuple(call.calendar.first_day(int(one)) for one in numbers[columns])
    unknown = evaluation.unknown()[columns]
    read = {name: evaluation.value(part) for name, part in parts.items()}
    if "below" in parts:
        read["cases"] = evaluation.rows()
    values = {
        name: np.where(unknown, np.nan, _known(value[:, columns])) for name, value in read.items()
    }
    return Totals(label_groups(evaluation.grid.groups, list(by)), values, starts)


def _known(value: Array) -> Array:
    """Return the values of groups: those without any add nothing, where others have one."""
    lacking = np.isnan(value)
    return np.where(lacking & ~lacking.all(axis=0), 0.0, value)


def _joined(parts: Mapping[str, Formula]) -> Formula:
    """Return one formula that has all parts, so that they are read on one grid."""
    if "below" in parts:
        return parts["above"] / parts["below"]
    return parts["above"] + parts["rows"] if "rows" in parts else parts["above"]


def _beside(each: Sequence[Totals], starts: tuple[date, ...]) -> Totals:
    """Return the totals of two periods that were read apart, on the groups of both."""
    import pandas as pd

    names = list(each[0].groups.columns)
    if not names:
        values = {key: np.hstack([one.values[key] for one in each]) for key in each[0].values}
        return Totals(each[0].groups, values, starts)
    groups = pd.concat([one.groups for one in each]).drop_duplicates(ignore_index=True)
    index = pd.MultiIndex.from_frame(groups)
    values = {}
    for key in each[0].values:
        found = np.zeros((len(groups), len(each)))
        for column, one in enumerate(each):
            places = index.get_indexer(pd.MultiIndex.from_frame(one.groups))
            found[places, column] = one.values[key][:, 0]
        values[key] = found
    return Totals(groups, values, starts)
