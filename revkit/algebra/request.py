"""The arguments of a metric's call: checked alone, then dated by the company they apply to."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from revkit import arguments as check
from revkit.algebra.values import NUMBERS
from revkit.errors import ParameterError, PeriodError
from revkit.periods import day

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.dataset.history.days import Days
    from revkit.periods import Calendar

RESERVED = frozenset({"metric", "period", *NUMBERS})
"""Columns of results, which no dimension may be called like."""

Cut = tuple[date | None, date | None]
"""The first and the last day of the rows that count; None where none is left out."""

Against = Literal["previous", "year", "rest"]
"""What ``compare`` measures against: the period before, the same a year before, or the rest."""

PARAMETERS: dict[str, inspect.Parameter] = {
    name: inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)
    for name, default in {
        "by": None, "period": "month", "start": None, "end": None, "trailing": None,
        "compare": None, "level": 0.95, "limit": 1_000_000,
    }.items()
}  # fmt: skip
"""The keyword arguments that every metric takes, with their defaults."""


_IN_A_MONTH = {
    "day": 365.25 / 12,
    "week": 365.25 / 84,
    "month": 1,
    "quarter": 1 / 3,
    "year": 1 / 12,
}


def periods_of(months: int, period: str | None) -> int:
    """Return the periods of a window of so many months; a longer period is a window by itself.

    >>> [periods_of(3, period) for period in ("week", "month", "quarter", "year", None)]
    [13, 3, 1, 1, 1]
    """
    in_a_month = _IN_A_MONTH.get(period, 0) if isinstance(period, str) else 0
    return 1 if months == 1 else max(1, round(months * in_a_month))


@dataclass(frozen=True)
class Request:
    """The checked arguments of one call of a metric, before a company dates its periods.

    Parameters
    ----------
    by
        Dimensions to group by.
    period
        day, week, month, quarter, year, or None for one period.
    start, end
        The days the caller gave, end exclusive.
    trailing
        Periods in the window that ends with each period.
    compare
        What a change is measured against, if anything.
    level
        Confidence of the interval, between 0 and 1.
    limit
        The most rows that the result may have, or None.
    options
        The metric's own options.
    """

    by: tuple[str, ...]
    period: str | None
    start: date | None
    end: date | None
    trailing: int
    compare: Against | None
    level: float
    limit: int | None
    options: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        arguments: Mapping[str, Any],
        *,
        where: str,
        options: Mapping[str, inspect.Parameter],
        rows: str | None = None,
        trailing: int = 1,
    ) -> Request:
        """Check the arguments of a call.

        Parameters
        ----------
        arguments
            As the caller gave them.
        where
            The metric, for errors.
        options
            The metric's own options.
        rows
            The dimension by which the metric is always grouped.
        trailing
            The months of the metric's default window.

        Raises
        ------
        ParameterError, PeriodError
            When an argument is unknown, out of range, or contradicts another.
        """
        known = {**PARAMETERS, **options}
        for name in arguments:
            if name not in known:
                raise ParameterError.unknown(name, where=where, known=known)
        given = {name: arguments.get(name, parameter.default) for name, parameter in known.items()}
        by = given["by"]
        by = check.dimensions(by, where)
        by = [*([rows] if rows and rows not in by else []), *by]
        if len(set(by)) < len(by):
            raise ParameterError.repeated("by", by, where=where)
        for name in by:
            if name in RESERVED:
                raise ParameterError.reserved(name, where=where)
        days = {
            name: None if given[name] is None else day(given[name], name=name)
            for name in ("start", "end")
        }
        window = given["trailing"]
        if window is None:
            window = periods_of(trailing, given["period"])
        if type(window) is not int or window < 1:
            raise PeriodError.bad_trailing(window)
        level = check.fraction(given["level"], "level", where)
        limit = given["limit"]
        if limit is not None:
            limit = check.whole(limit, "limit", where, what="number of rows", example=1000)
        if given["compare"] not in [None, "previous", "year", "rest"]:
            needed = "previous, year or rest"
            raise ParameterError.out_of_range("compare", given["compare"], needed)
        if given["compare"] == "rest" and not [name for name in by if name != rows]:
            raise ParameterError.no_groups(where)
        if given["period"] is None and given["compare"] in ("previous", "year"):
            raise PeriodError.no_earlier(f"compare={given['compare']!r}")
        if given["period"] is None and window > 1:
            raise PeriodError.no_earlier(f"trailing={window}")
        return cls(
            by=tuple(by),
            period=given["period"],
            trailing=window,
            compare=given["compare"],
            level=level,
            limit=limit,
            options={
                name: check.option(
                    given[name], name, where, annotation=own.annotation, default=own.default
                )
                for name, own in options.items()
            },
            **days,
        )

    def calendar(
        self, data: Dataset, first: date | None = None, last: date | None = None
    ) -> Calendar:
        """Return the calendar of the call: its periods, numbered by a company's fiscal year.

        Parameters
        ----------
        first, last
            The days of the one period of a whole range, where the call does not give them.
        """
        if self.period is not None:
            return data.policy.periods(self.period)
        end = (last or self.last_day(data)) + timedelta(days=1)
        return data.policy.periods(None, first or self.start, end)

    def cut(self, calendar: Calendar, until: date) -> tuple[str, ...]:
        """Return the note on an ``end`` in a later period than the last day that counts."""
        last = until if self.end is None else self.end - timedelta(days=1)
        if calendar.number(last) <= calendar.number(until):
            return ()
        return (f"end={self.end} is after {until}, the last day known: nothing later is shown.",)

    def last_day(self, data: Dataset, *, ahead: bool = False) -> date:
        """Return the last day that counts: the company's date, or the day before ``end``.

        Parameters
        ----------
        ahead
            Whether ``end`` may lie after the company's date.

        Raises
        ------
        PeriodError
            When ``start`` is after it.
        """
        last = data.as_of
        if self.end is not None:
            before = self.end - timedelta(days=1)
            last = before if ahead else min(last, before)
        if self.start is not None and self.start > last:
            raise PeriodError.empty_range(self.start, last)
        return last

    def span(self, data: Dataset) -> dict[str, Any]:
        """Return the period that was asked for; of one from a given day on its first and last."""
        whole = self.period is None and self.start is not None
        days = (self.start, self.last_day(data, ahead=True)) if whole else ()
        return {"period": self.period, "window": tuple(str(one) for one in days)}

    def steps(self, calendar: Calendar) -> int:
        """Return how many periods earlier the value is that each is compared with."""
        return calendar.a_year() if self.compare == "year" else self.trailing


@dataclass(frozen=True)
class Call:
    """A request applied to a company: its calendar, and the last day that counts.

    A metric of ``kind="table"`` gets it as its first argument.

    Parameters
    ----------
    data
        The company.
    metric
        The metric's name, for errors.
    calendar
        Numbers the periods.
    by, trailing, level, start, limit
        As in the :class:`Request`.
    until
        The last day that counts.
    numbers
        For a metric of ``kind="table"``: the numbers of the periods to compute.
    asked
        The ``start`` that the caller gave; a whole range begins no earlier than its tables.
    kept
        The days on which every table of events that the metric reads was kept.
    common
        The same, where rows outside them are left out: a formula over several tables, whose rows
        are of the same days. None where it reads earlier periods, too.
    """

    data: Dataset
    metric: str
    calendar: Calendar
    by: tuple[str, ...] = ()
    trailing: int = 1
    level: float = 0.95
    start: date | None = None
    until: date = date.max
    numbers: tuple[int, ...] = ()
    asked: date | None = None
    kept: Days | None = None
    common: Days | None = None
    limit: int | None = None
    _recorded: dict[str, Days | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def recorded(self, table: str) -> Days | None:
        """Return the days on which a table was kept, or those it is made of; None if not judged."""
        from revkit.dataset.history.days import Days
        from revkit.derived import recorded_tables

        if table not in self._recorded:
            days = self.data.recorded(recorded_tables(table)).values()
            self._recorded[table] = Days.common(days)
        return self._recorded[table]

    def cut(self, table: str) -> Cut:
        """Return the first and last day of a table's rows that count, where others have fewer."""
        if self.common is None:
            return None, None
        return self.common.within(self.calendar, self.recorded(table))

    @cached_property
    def groups(self) -> dict[str, str]:
        """The dimension of each group column: ``by_0``, ``by_1`` and so on, in every query."""
        return {f"by_{place}": name for place, name in enumerate(self.by)}
