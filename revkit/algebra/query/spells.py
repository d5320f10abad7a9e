"""Queries for rows that last: values spread over the days of a spell, and the time spent in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.algebra.formula.nodes import TimeUnit
from revkit.algebra.query.source import TableSource
from revkit.algebra.query.terms import signed_value

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MONDAY = date(1900, 1, 1)
_DAYS = "__days"


@dataclass
class SpreadSource(TableSource):
    """Rows whose value is divided over the days of an interval, as changes of a rate per day.

    A change of rate on a day adds the rate to every day from then on. Read by period, it adds the
    rate times the period's length from its own period on, less the days of that period before it
    (column ``…_rest``).

    Attributes
    ----------
    first
        The first day on which a row begins, once the query has run.
    """

    start: str = ""
    end: str = ""
    first: date = field(default=date.max, init=False)

    @property
    def dates(self) -> tuple[str, ...]:
        return self.start, self.end

    def _base(self) -> Any:
        base = super()._base()  # a row that is divided among groups keeps its rate per day
        days = self._day(base[self.end]).delta(self._day(base[self.start]), unit="day")
        return base.mutate(days.name(_DAYS))

    def query(self) -> ir.Table:
        start, end = self._day(self.rows[self.start]), self._day(self.rows[self.end])
        lasting = self.rows.filter(end.delta(start, unit="day") > 0)
        days = self.rows[_DAYS]
        sides = []
        for day, sign in ((start, 1.0), (end, -1.0)):
            rates = {
                name: signed_value(term, 1).cast("float64") / days.cast("float64") * sign
                for term, name in self.sums.items()
            }
            sides.append(lasting.select(*self.group_columns, day=day, **rates))
        return self._by_day(*sides)

    def _by_day(self, begun: Any, ended: Any) -> ir.Table:
        """Return the changes of both kinds, added up by group and day."""
        changes = begun.union(ended)
        found: ir.Table = changes.group_by([*self.group_columns, "day"]).aggregate(
            **{name: changes[name].sum().cast("float64") for name in self.sums.values()}
        )
        return found

    def run(self) -> pd.DataFrame:
        frame = super().run()
        calendar = self.call.calendar
        undated = frame["day"].isna()
        days = [pd.Timestamp(day).date() for day in frame["day"][~undated]]
        self.first = min(days, default=date.max)
        numbers = [calendar.number(day) for day in days]
        frame["period"] = pd.Series(pd.NA, index=frame.index, dtype="Int64")
        frame.loc[~undated, "period"] = numbers
        before = np.zeros(len(frame))
        before[~undated] = [self.elapsed(n, day) for day, n in zip(days, numbers, strict=True)]
        rest = {f"{name}_rest": -frame[name] * before for name in self.sums.values()}
        return pd.concat([frame.drop(columns="day"), pd.DataFrame(rest)], axis=1)

    def length(self, number: int) -> float:
        """Return the length of a period, in the unit of the rate."""
        return self.measure(*self._days(number))

    def elapsed(self, number: int, day: date) -> float:
        """Return the length of a period before a day, in the unit of the rate."""
        first, end = self._days(number)
        return self.measure(first, min(max(day, first), end))

    def _days(self, number: int) -> tuple[date, date]:
        """Return the days of a period that count: the first, and the one after the last."""
        calendar, (begin, until) = self.call.calendar, self.cut
        first, last = calendar.opens(number), calendar.last_day(number)
        first, last = max(first, begin or first), min(last, until or last)
        return first, max(last + timedelta(days=1), first)

    def measure(self, start: date, end: date) -> float:
        """Return the time from a day to another, in the unit of the rate."""
        return float((end - start).days)


@dataclass
class ExposureSource(SpreadSource):
    """Rows in force from a start to an end date, as changes of what is in force on each day.

    Read by period, it is the time in force up to the company's date, added up over the rows.

    Parameters
    ----------
    unit
        day, or working day: only Monday to Friday count.
    """

    unit: TimeUnit = "day"

    def query(self) -> ir.Table:
        import ibis

        start, end = self._day(self.rows[self.start]), self._day(self.rows[self.end])
        today = ibis.literal(self.call.data.as_of)
        plus = {name: signed_value(term, 1) for term, name in self.sums.items()}
        minus = {name: signed_value(term, -1) for term, name in self.sums.items()}
        begun = self.rows.filter(start.isnull() | end.isnull() | (start < end))
        begun = begun.filter(start.isnull() | (start <= today))
        ended = self.rows.filter(end <= today, start < end)
        return self._by_day(
            begun.select(*self.group_columns, day=start, **plus),
            ended.select(*self.group_columns, day=end, **minus),
        )

    def recorded(self, number: int) -> float:
        """Return the length of a period from the first row on."""
        first, end = self._days(number)
        first = max(first, self.first)
        return self.measure(first, end) if first < end else 0.0

    def _days(self, number: int) -> tuple[date, date]:
        """Return the days of a period on record: the first, and the one after the last."""
        calendar, kept = self.call.calendar, self.call.kept
        first, last = calendar.opens(number), min(calendar.last_day(number), self.call.data.as_of)
        if kept is not None:
            first, last = max(first, kept.first), min(last, kept.last)
        return first, max(last + timedelta(days=1), first)

    def measure(self, start: date, end: date) -> float:
        if self.unit == "day":
            return super().measure(start, end)
        return float(_working_days(end) - _working_days(start))


def _working_days(day: date) -> int:
    """Return the days from Monday to Friday before a day, counted from 1900."""
    weeks, rest = divmod((day - _MONDAY).days, 7)
    return weeks * 5 + min(rest, 5)
