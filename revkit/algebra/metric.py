"""A metric: a definition that is asked of a company for its values, parts or queries."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, overload

from revkit.algebra.card import card
from revkit.algebra.definition import Definition
from revkit.algebra.formula.nodes import Formula, TableName
from revkit.algebra.request import PARAMETERS, Request
from revkit.errors import FormulaError

if TYPE_CHECKING:
    import pandas as pd

    from revkit.algebra.plan import Plan
    from revkit.algebra.query.batch import Batch
    from revkit.dataset import Dataset


class Metric(Definition):
    """A named formula. Call it with a :class:`~revkit.dataset.Dataset` for its values.

    Called with tables, as another metric's formula does, it is its own formula. One of
    ``kind="table"`` is a function of tables that returns the values itself.
    """

    def __init__(self, definition: Definition) -> None:
        function = definition.function
        data = inspect.Parameter("data", inspect.Parameter.POSITIONAL_ONLY)
        parameters = [data, *PARAMETERS.values(), *definition.options.values()]
        vars(self).update(
            vars(definition),
            __doc__=function.__doc__,
            __name__=function.__name__,
            __qualname__=function.__name__,
            __module__=function.__module__,
            __signature__=inspect.Signature(parameters),
        )

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
            (``segment``, ``rep.team``), ``cohort`` (month first paid), ``tenure`` (months paid)
            or ``size`` (what the account paid), both when the period opened; what stands at its
            end counts by the opening of the next. Movements also go by their ``cause``.
        period
            day, week (from Monday), month, quarter, year, or None for one period from ``start``
            to the company's date.
        start, end
            Days, half-open, snapped outward to periods: which periods are returned.
        trailing
            The value of so many periods that end with each period.
        compare
            previous or year: also the change against the period before (the window before, under
            ``trailing``), or against the same period a year before.
        level
            Confidence of the interval, between 0 and 1.

        Returns
        -------
        DataFrame
            One row per group and period, sorted: the ``by`` columns (text), ``period`` (its
            first day), ``value``, ``low`` and ``high`` (NaN for a balance or an exact sum, and
            where an end is unbounded, as the cost of a customer of whom there was one),
            ``n`` (rows in the smallest denominator), ``small`` (too few for the interval to
            hold what it promises), ``complete`` (no later date can change the value); with
            ``compare`` also ``change``, ``change_low``, ``change_high`` and ``certain`` (the
            interval of the change leaves out 0).

        Raises
        ------
        TableError, ColumnError, DimensionError, PeriodError, ParameterError
            When the company lacks what the formula needs, or the call asks for what is not.
        """
        if asked and all(isinstance(table, TableName) for table in asked):
            return self.formula_of(*asked, **how)
        return self.plan(self._dataset(asked), how).frame()

    def plan(self, data: Dataset, how: dict[str, Any], batch: Batch | None = None) -> Plan:
        """Check what is asked of a company; plans of one batch share queries. Nothing runs yet."""
        from revkit.algebra.plan import Plan
        from revkit.algebra.query.batch import Batch

        return Plan(self, data, self.request(how), Batch() if batch is None else batch)

    def request(self, how: dict[str, Any]) -> Request:
        """Return the arguments of a call, checked, with the metric's own defaults."""
        return Request.of(
            how,
            where=f"metrics.{self.name}",
            options=self.options,
            rows=self.rows,
            trailing=self.trailing,
        )

    def parts(self, data: Dataset, /, **how: Any) -> pd.DataFrame:
        """Return the totals behind each value: the same rows, one column per total."""
        return self.plan(data, how).parts()

    def sql(self, data: Dataset, /, **how: Any) -> list[str]:
        """Return the queries that run, one per table and date; of a formula alone."""
        import ibis

        queries = self.plan(data, how).queries()
        return [str(ibis.to_sql(query, dialect=data.backend.name)) for query in queries]

    def _dataset(self, asked: tuple[Any, ...]) -> Dataset:
        from revkit.dataset import Dataset

        if len(asked) != 1 or not isinstance(asked[0], Dataset):
            raise FormulaError.no_dataset(self.name, asked)
        return asked[0]

    def __repr__(self) -> str:
        return f"<metric {self.name}: {self.title}>"

    def _repr_html_(self) -> str:
        return card(self)
