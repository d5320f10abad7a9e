"""A metric: a formula with a name, asked of a company for its values, parts or queries."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, overload

from revkit.errors import FormulaError, ParameterError, PeriodError
from revkit.measures.formula import Formula, Quantile, TableName
from revkit.periods import Calendar, day

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from revkit.dataset import Dataset
    from revkit.measures.evaluate import Evaluation

Owner = Literal["SalesOps", "RevOps", "both"]
Unit = Literal[
    "share", "ratio", "count", "money", "money/month", "money/day", "days", "minutes", "months",
    "points",
]  # fmt: skip
Better = Literal["higher", "lower", "neither"]

ASKED: dict[str, inspect.Parameter] = {
    name: inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)
    for name, default in {
        "by": None, "period": "month", "start": None, "end": None, "trailing": None, "level": 0.95,
    }.items()
}  # fmt: skip


class Metric:
    """A named formula. Call it with a :class:`~revkit.dataset.Dataset` for its values.

    Called with tables, as another metric's formula does, it is its own formula.
    """

    def __init__(
        self,
        definition: Callable[..., Formula],
        *,
        title: str,
        title_it: str,
        owner: Owner,
        unit: Unit,
        better: Better,
        rows: str | None = None,
        trailing: int = 1,
    ) -> None:
        self.definition = definition
        self.name = definition.__name__
        self.title, self.title_it, self.owner = title, title_it, owner
        self.unit, self.better, self.rows, self.trailing = unit, better, rows, trailing
        given = inspect.signature(definition).parameters.values()
        self.tables = tuple(p.name for p in given if p.kind is p.POSITIONAL_OR_KEYWORD)
        self.options = {p.name: p for p in given if p.kind is p.KEYWORD_ONLY}
        self.__doc__, self.__name__ = definition.__doc__, self.name
        self.__qualname__, self.__module__ = self.name, definition.__module__
        data = inspect.Parameter("data", inspect.Parameter.POSITIONAL_ONLY)
        self.__signature__ = inspect.Signature([data, *ASKED.values(), *self.options.values()])

    @overload
    def __call__(self, table: TableName, /, *tables: TableName, **options: Any) -> Formula: ...

    @overload
    def __call__(self, data: Dataset, /, **how: Any) -> pd.DataFrame: ...

    def __call__(self, /, *asked: Any, **how: Any) -> Any:
        """Return the metric's values.

        Parameters
        ----------
        data
            A Dataset.
        by
            A dimension or several: a column of the metric's tables or of one they refer to
            (``segment``, ``rep.team``), ``cohort`` (month first paid) or ``tenure`` (months paid
            when the period opened; what stands at its end counts by the opening of the next).
        period
            day, week (from Monday), month, quarter, year, or None for one period from ``start``
            to the company's date.
        start, end
            Days, half-open, snapped outward to periods: which periods are returned.
        trailing
            The value of so many periods that end with each period.
        level
            Confidence of the interval, between 0 and 1.

        Returns
        -------
        DataFrame
            One row per group and period, sorted: the ``by`` columns (text), ``period`` (its
            first day), ``value``, ``low`` and ``high`` (NaN for a balance or an exact sum, and
            where an end is unbounded, as the cost of a customer of whom there was one),
            ``n`` (rows in the smallest denominator), ``small`` (too few for the interval to
            hold what it promises), ``complete`` (no later date can change the value).

        Raises
        ------
        TableError, ColumnError, DimensionError, PeriodError, ParameterError
            When the company lacks what the formula needs, or the call asks for what is not.
        """
        if asked and all(isinstance(table, TableName) for table in asked):
            return self.definition(*asked, **how)
        (data,) = self._only_data(asked)
        return self._values(data, **self._asked(how))

    def formula(self, **options: Any) -> Formula:
        """Return the formula, for the options given."""
        return self.definition(*(TableName(table) for table in self.tables), **options)

    def parts(self, data: Dataset, /, **how: Any) -> pd.DataFrame:
        """Return the totals behind each value: the same rows, one column per total."""
        import pandas as pd

        asked = self._asked(how)
        evaluation, columns = self._run(data, asked)
        frame = self._frame(evaluation, columns, asked)
        leaves = {str(leaf): leaf for leaf in evaluation.formula.leaves()}
        shown = {name: evaluation.value(leaf)[:, columns].ravel() for name, leaf in leaves.items()}
        keys = frame.loc[:, :"value"].drop(columns="value")
        parts = pd.concat([keys, pd.DataFrame(shown), frame["value"]], axis=1)
        parts.attrs = frame.attrs
        return self._occupied(parts, asked)

    def sql(self, data: Dataset, /, **how: Any) -> list[str]:
        """Return the queries that run, one per table and date."""
        import ibis

        evaluation = self._evaluation(data, self._asked(how))
        queries = [source.query() for source in evaluation.sources.values()]
        dialect = data.backend.name
        return [str(ibis.to_sql(query, dialect=dialect)) for query in queries]

    @property
    def interval(self) -> str:
        """The kind of interval its values get."""
        from revkit.measures.shape import kind

        return kind(self.formula(), self.unit)

    def _values(self, data: Dataset, **asked: Any) -> pd.DataFrame:
        evaluation, columns = self._run(data, asked)
        return self._occupied(self._frame(evaluation, columns, asked), asked)

    def _frame(self, evaluation: Evaluation, columns: Any, asked: dict[str, Any]) -> pd.DataFrame:
        import numpy as np

        from revkit.measures.bounds import Bounds

        data, bounds = evaluation.call.data, Bounds(evaluation)
        frame = self._keys(evaluation, columns, asked)
        grid = evaluation.grid
        value, rows = evaluation.value(), evaluation.rows()
        if isinstance(evaluation.formula, Quantile):
            value, low, high = self._quantile(evaluation)
        else:
            low, high = (np.where(np.isnan(value), np.nan, end) for end in bounds.bounds(value))
        complete = self._complete(evaluation)
        for name, array in (("value", value), ("low", low), ("high", high), ("n", rows)):
            frame[name] = array[:, columns].ravel() + 0.0  # no minus zero
        frame["n"] = frame["n"].astype("Int64")
        frame["small"] = bounds.small(rows)[:, columns].ravel()
        frame["complete"] = complete[:, columns].ravel()
        frame.attrs = {
            "metric": self.name,
            "unit": self.unit,
            "as_of": data.as_of.isoformat(),
            "currency": data.currency,
            "where": data.narrowed,
            "undated": grid.undated,
            "unvalued": evaluation.unvalued(),
            "period": asked["period"],
            "trailing": asked["trailing"],
            "level": asked["level"],
        }
        if "pipeline_changes" in self.tables:
            frame.attrs["from_history"] = "opportunity_history" in data
        return frame

    def _occupied(self, frame: pd.DataFrame, asked: dict[str, Any]) -> pd.DataFrame:
        """Leave out the rows of a metric's own dimension in which nothing ever stood."""
        if not self.rows:
            return frame
        seen = frame.groupby(asked["by"], sort=False)["value"].transform("max") > 0
        kept = frame[seen].reset_index(drop=True)
        kept.attrs = frame.attrs
        return kept

    def _quantile(self, evaluation: Evaluation) -> Any:
        from revkit.measures import quantiles
        from revkit.measures.query import Dated

        assert isinstance(evaluation.formula, Quantile)
        holder = next(s for s in evaluation.sources.values() if isinstance(s, Dated))
        return quantiles.fill(evaluation.grid, holder, evaluation.formula, evaluation.level)

    def _complete(self, evaluation: Evaluation) -> Any:
        import numpy as np

        grid, calendar = evaluation.grid, evaluation.call.calendar
        matured = evaluation.call.data.as_of - timedelta(days=evaluation.maturing())
        over = [calendar.last_day(int(number)) <= matured for number in grid.numbers]
        return np.array(over, dtype=bool)[None, :] & (evaluation.open_rows() == 0)

    def _run(self, data: Dataset, asked: dict[str, Any]) -> tuple[Evaluation, np.ndarray[Any, Any]]:
        import numpy as np

        evaluation = self._evaluation(data, asked)
        calendar, start = evaluation.call.calendar, asked["start"]
        last = _last_day(data, asked)
        if start is not None and start > last:
            raise PeriodError.empty_range(start, last)
        evaluation.grid.fetch(start, data.as_of)
        numbers = evaluation.grid.numbers
        if calendar.period is None:
            return evaluation, np.flatnonzero(numbers == 0)
        begin = numbers[:1] if start is None else calendar.number(start)
        asked_for = (numbers >= begin) & (numbers <= calendar.number(last))
        return evaluation, np.flatnonzero(asked_for)

    def _evaluation(self, data: Dataset, asked: dict[str, Any]) -> Evaluation:
        from revkit.measures.evaluate import Evaluation
        from revkit.measures.query import Call

        fiscal = data.policy.fiscal_year_start
        calendar = Calendar(asked["period"], fiscal)
        if asked["period"] is None:
            if asked["trailing"] > 1:
                raise PeriodError.no_earlier(f"trailing={asked['trailing']}")
            after = _last_day(data, asked) + timedelta(days=1)
            calendar = Calendar(None, fiscal, asked["start"], after)
        call = Call(data, self.name, calendar, tuple(asked["by"]), asked["trailing"])
        options = {name: asked[name] for name in self.options}
        return Evaluation(call, self.formula(**options), self.unit, asked["level"])

    def _keys(self, evaluation: Evaluation, columns: Any, asked: dict[str, Any]) -> pd.DataFrame:
        import numpy as np
        import pandas as pd

        from revkit.measures.grid import labels

        grid, calendar = evaluation.grid, evaluation.call.calendar
        places = np.repeat(np.arange(len(grid.groups)), len(columns))
        frame = labels(grid.groups, asked["by"]).iloc[places].reset_index(drop=True)
        if calendar.period is not None:
            days = [calendar.first_day(int(number)) for number in grid.numbers[columns]]
            starts = np.array(days, dtype="datetime64[us]")
            frame["period"] = pd.Series(np.tile(starts, len(grid.groups)), dtype="datetime64[us]")
        return frame

    def _only_data(self, asked: Sequence[Any]) -> tuple[Dataset]:
        from revkit.dataset import Dataset

        if len(asked) != 1 or not isinstance(asked[0], Dataset):
            raise FormulaError.no_dataset(self.name, asked)
        return (asked[0],)

    def _asked(self, how: dict[str, Any]) -> dict[str, Any]:
        """Check what a call asks for, and fill in what it leaves open."""
        known = {**ASKED, **self.options}
        for name in how:
            if name not in known:
                raise ParameterError.unknown(name, where=f"metrics.{self.name}", known=known)
        asked = {name: how.get(name, parameter.default) for name, parameter in known.items()}
        by = asked["by"]
        by = [] if by is None else [by] if isinstance(by, str) else list(by)
        asked["by"] = [*([self.rows] if self.rows and self.rows not in by else []), *by]
        if len(set(asked["by"])) < len(asked["by"]):
            raise ParameterError.repeated("by", asked["by"], where=f"metrics.{self.name}")
        for name in ("start", "end"):
            asked[name] = None if asked[name] is None else day(asked[name], name=name)
        if asked["trailing"] is None:
            asked["trailing"] = 1 if asked["period"] is None else self.trailing
        if not isinstance(asked["trailing"], int) or asked["trailing"] < 1:
            raise PeriodError.bad_trailing(asked["trailing"])
        if not 0 < asked["level"] < 1:
            raise ParameterError.out_of_range("level", asked["level"], "between 0 and 1")
        return asked

    def __repr__(self) -> str:
        return f"<metric {self.name}: {self.title}>"

    def _repr_html_(self) -> str:
        from revkit.measures.card import card

        return card(self)


def _last_day(data: Dataset, asked: dict[str, Any]) -> date:
    """Return the last day that counts in a call."""
    if asked["end"] is None:
        return data.as_of
    before: date = asked["end"] - timedelta(days=1)
    return min(data.as_of, before)
