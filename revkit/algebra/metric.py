"""A metric: a definition that can be called with a company for values, parts and queries."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, overload

from revkit.algebra.cards.card import card, help_text
from revkit.algebra.definition import Definition
from revkit.algebra.formula.nodes import Formula, TableName
from revkit.algebra.request import PARAMETERS, Request
from revkit.errors import FormulaError

if TYPE_CHECKING:
    import pandas as pd

    from revkit.algebra.plan import Plan
    from revkit.algebra.query.batch import Batch
    from revkit.algebra.query.sql import Queries
    from revkit.dataset import Dataset


class Metric(Definition):
    """A named formula. Call it with a :class:`~revkit.dataset.Dataset` for its values.

    Called with table names instead, as another metric's formula does, it returns its own formula.
    A metric of ``kind="table"`` has no formula: it computes its values from tables itself.
    """

    def __init__(self, definition: Definition) -> None:
        function = definition.function
        data = inspect.Parameter("data", inspect.Parameter.POSITIONAL_ONLY)
        parameters = [data, *PARAMETERS.values(), *definition.options.values()]
        vars(self).update(
            vars(definition),
            __doc__=help_text(definition),
            __name__=function.__name__,
            __qualname__=function.__name__,
            __module__=function.__module__,
            __signature__=inspect.Signature(parameters),
        )

    @overload
    def __call__(self, table: TableName, /, *tables: TableName, **options: Any) -> Formula: ...

    @overload
    def __call__(self, data: Dataset, /, **arguments: Any) -> pd.DataFrame: ...

    def __call__(self, /, *given: Any, **arguments: Any) -> Any:
        """Return the metric's values.

        Parameters
        ----------
        data
            A Dataset.
        by
            A dimension or several: a column of the metric's tables or of one they refer to
            (``segment``, ``rep.team``), ``cohort`` (month first paid), ``tenure`` (months since)
            or ``size`` (band of the account's MRR), the last two as the period opened; a stock at
            its end counts as of the opening of the next. Movements also have a ``cause``.
        period
            day, week (from Monday), month, quarter, year, or None for one period from ``start``
            to the company's date.
        start, end
            The days to return, end exclusive; whole periods that overlap them are returned.
        trailing
            Periods in the window that ends with each period: 3 for a quarter by month.
        compare
            "previous" or "year": adds the change against the period before (with ``trailing``,
            the window before), or against the same period a year before. "rest": adds the
            difference from all other groups together, whose value is computed from their sums.
        level
            Confidence of the interval, between 0 and 1.
        limit
            The most rows that the result may have; None for any number.

        Returns
        -------
        DataFrame
            One row per group and period, sorted: the ``by`` columns (text), ``period`` (its
            first day), ``value``, ``low`` and ``high`` (NaN for a balance or an exact sum, and
            where an end is unbounded, as for the cost of a single customer), ``n`` (rows in the
            smallest denominator), ``small`` (too few rows for the interval to cover 93 %),
            ``complete`` (no later date can change the value, and none of its days is missing); with
            ``compare`` also ``change``,
            ``change_low``, ``change_high`` and ``certain`` (the interval of the change leaves
            out 0, and neither side is small). ``attrs["unfinished"]`` names the period that lacks
            its last days, and how many, ``attrs["begun_late"]`` the one that lacks its first.

        Raises
        ------
        TableError, ColumnError, DimensionError, PeriodError, ParameterError
            When the company lacks a table or column that the formula needs, or an argument is
            not valid.
        """
        if given and all(isinstance(table, TableName) for table in given):
            return self.formula_of(*given, **arguments)
        return self.plan(self._dataset(given), arguments).frame()

    def plan(self, data: Dataset, arguments: dict[str, Any], batch: Batch | None = None) -> Plan:
        """Check a call and plan it, without running a query; plans of one batch share queries."""
        from revkit.algebra.plan import Plan
        from revkit.algebra.query.batch import Batch

        return Plan(self, data, self.request(arguments), Batch() if batch is None else batch)

    def request(self, arguments: dict[str, Any]) -> Request:
        """Check the arguments of a call, with the metric's own options and defaults."""
        return Request.of(
            arguments,
            where=f"metrics.{self.name}",
            options=self.options,
            rows=self.rows,
            trailing=self.trailing,
        )

    def parts(self, data: Dataset, /, **arguments: Any) -> pd.DataFrame:
        """Return the totals behind each value: the same rows, one column per total.

        Takes the arguments of a call.
        """
        return self.plan(data, arguments).parts()

    def sql(self, data: Dataset, /, **arguments: Any) -> Queries:
        """Return the SQL of a call, to be printed or read one by one; none for ``kind="table"``.

        There is a query per table and date, and one more where rows may share an account. Tables
        have the names that they were loaded from.

        Takes the arguments of a call.
        """
        from revkit.algebra.query.sql import written

        return written(self.plan(data, arguments).queries(), data.backend)

    def _dataset(self, given: tuple[Any, ...]) -> Dataset:
        """Return the company a call was given, and refuse anything else."""
        from revkit.dataset import Dataset

        if len(given) != 1 or not isinstance(given[0], Dataset):
            raise FormulaError.no_dataset(self.name, given)
        return given[0]

    def __repr__(self) -> str:
        return f"<metric {self.name}: {self.title}>"

    def _repr_html_(self) -> str:
        return card(self)
