"""A metric: a formula with a name, asked of a company for its values, parts or queries."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from revkit.errors import FormulaError
from revkit.measures.asked import ASKED, Asked
from revkit.measures.formula import Formula, TableName

if TYPE_CHECKING:
    import pandas as pd

    from revkit.dataset import Dataset
    from revkit.measures.batch import Batch
    from revkit.measures.plan import Plan

Owner = Literal["SalesOps", "RevOps", "both"]
Unit = Literal[
    "share", "ratio", "count", "money", "money/month", "money/day", "days", "minutes", "months",
    "points",
]  # fmt: skip
Better = Literal["higher", "lower", "neither"]


class Metric:
    """A named formula. Call it with a :class:`~revkit.dataset.Dataset` for its values.

    Called with tables, as another metric's formula does, it is its own formula. One of
    ``kind="table"`` is a function of tables that returns the values itself.
    """

    def __init__(
        self,
        definition: Callable[..., Any],
        *,
        title: str,
        title_it: str,
        owner: Owner,
        unit: Unit,
        better: Better,
        rows: str | None = None,
        trailing: int = 1,
        kind: Literal["formula", "table"] = "formula",
        formula: str = "",
        sampled: bool = True,
        company_wide: tuple[str, ...] = (),
    ) -> None:
        self.definition = definition
        self.name = definition.__name__
        self.title, self.title_it, self.owner = title, title_it, owner
        self.unit, self.better, self.rows, self.trailing = unit, better, rows, trailing
        self.kind, self._words, self._sampled = kind, formula, sampled
        self.company_wide = company_wide
        given = list(inspect.signature(definition).parameters.values())
        given = given[1:] if kind == "table" else given
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
        (data,) = self._only_data(asked)
        return self.occupied(self.plan(data, how).frame())

    def formula(self, **options: Any) -> Formula:
        """Return the formula, for the options given."""
        return self.formula_of(*(TableName(table) for table in self.tables), **options)

    def formula_of(self, *tables: TableName, **options: Any) -> Formula:
        """Return the formula over tables.

        Raises
        ------
        FormulaError
            For a metric of ``kind="table"``, which has none.
        """
        if self.kind == "table":
            raise FormulaError.no_formula(self.name)
        made: Formula = self.definition(*tables, **options)
        return made

    def plan(self, data: Dataset, how: dict[str, Any], batch: Batch | None = None) -> Plan:
        """Return the metric asked of a company; metrics planned on one batch share queries."""
        from revkit.measures.batch import Batch
        from revkit.measures.plan import Plan

        asked = Asked.of(
            how,
            where=f"metrics.{self.name}",
            options=self.options,
            rows=self.rows,
            trailing=self.trailing,
        )
        return Plan(self, data, asked, Batch() if batch is None else batch)

    def parts(self, data: Dataset, /, **how: Any) -> pd.DataFrame:
        """Return the totals behind each value: the same rows, one column per total."""
        return self.occupied(self.plan(data, how).parts())

    def sql(self, data: Dataset, /, **how: Any) -> list[str]:
        """Return the queries that run, one per table and date; of a formula alone."""
        import ibis

        from revkit.measures.batch import Batch

        batch = Batch()
        self.plan(data, how, batch)
        queries = [source.query() for source in batch.sources.values()]
        return [str(ibis.to_sql(query, dialect=data.backend.name)) for query in queries]

    @property
    def words(self) -> str:
        """Its formula in words."""
        return self._words if self.kind == "table" else str(self.formula())

    @property
    def interval(self) -> str:
        """The kind of interval its values get."""
        from revkit.measures.shape import kind

        if self.kind == "table":
            return "of its own" if self._sampled else "none"
        return kind(self.formula(), self.unit)

    def occupied(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Leave out the rows of a metric's own dimension in which nothing ever stood.

        A sum of nothing is 0 and stays, whichever periods are asked for; so does a rate of 0, and
        one that is not known yet though rows are there.
        """
        from revkit.measures.catalogue import additive
        from revkit.measures.formula import Share

        if not self.rows or "value" not in frame or additive(self):
            return frame
        groups = list(frame.columns[: frame.columns.get_loc("value")].drop("period", "ignore"))
        here = [name for name in groups if frame[name].dtype != float]
        if self.kind != "table" and isinstance(self.formula(), Share):
            stands = frame["value"] > 0
        else:
            stands = frame["value"].notna()
            if "n" in frame:
                stands |= (frame["n"] > 0).fillna(False).astype(bool)
        seen = stands.groupby([frame[name] for name in here], sort=False).transform("any")
        kept = frame[seen].reset_index(drop=True)
        kept.attrs = frame.attrs
        return kept

    def _only_data(self, asked: Sequence[Any]) -> tuple[Dataset]:
        from revkit.dataset import Dataset

        if len(asked) != 1 or not isinstance(asked[0], Dataset):
            raise FormulaError.no_dataset(self.name, asked)
        return (asked[0],)

    def __repr__(self) -> str:
        return f"<metric {self.name}: {self.title}>"

    def _repr_html_(self) -> str:
        from revkit.measures.card import card

        return card(self)
