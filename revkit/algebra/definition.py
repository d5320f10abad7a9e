"""The definition of a metric: its formula, unit, tables and options."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

from revkit import arguments as check
from revkit import derived
from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Stock
from revkit.algebra.formula.linear import linear
from revkit.algebra.formula.nodes import Formula, TableName
from revkit.algebra.intervals.method import interval_method
from revkit.errors import FormulaError, ParameterError

Owner = Literal["SalesOps", "RevOps", "both"]
Unit = Literal[
    "share", "ratio", "count", "money", "money/month", "money/day", "days", "hours", "minutes",
    "months", "points",
]  # fmt: skip
Better = Literal["higher", "lower", "neither"]
DefinedBy = Literal["formula", "table"]

LIMITS = {"share": (0.0, 1.0)} | dict.fromkeys(("count", "days", "hours"), (0.0, math.inf))
"""The least and the most possible value of a unit."""


@dataclass(frozen=True, eq=False)
class Definition:
    """The definition of a metric, independent of any company.

    Parameters
    ----------
    function
        Returns the formula from table names; with ``kind="table"``, the values from tables.
    title, title_it
        Its name for readers, in English and Italian; without the second, the first.
    owner, unit, better, rows, trailing, kind, formula_in_words, sampled, company_wide
        As :func:`revkit.algebra.metric` takes them.
    noun, percent
        How sentences write it, as there.
    least, most
        The range of values that are possible, as there.
    ahead
        Whether it has values after the company's date, as there.

    Raises
    ------
    ParameterError
        When owner, unit, better or kind is none of the choices, trailing is not 1 or more, or the
        title is empty.
    """

    function: Callable[..., Any]
    title: str
    owner: Owner
    unit: Unit
    better: Better
    title_it: str = ""
    rows: str | None = None
    trailing: int = 1
    kind: DefinedBy = "formula"
    formula_in_words: str = ""
    sampled: bool = True
    company_wide: tuple[str, ...] = ()
    noun: str = ""
    percent: bool = False
    least: float = -math.inf
    most: float = math.inf
    ahead: bool = False

    def __post_init__(self) -> None:
        where = f"metric {self.name}"
        choices = {"owner": Owner, "unit": Unit, "better": Better, "kind": DefinedBy}
        for field, allowed in choices.items():
            given = getattr(self, field)
            if given not in list(get_args(allowed)):
                raise ParameterError.no_choice(field, given, get_args(allowed), where=where)
        check.whole(self.trailing, "trailing", where, what="number of months", example=12)
        check.text(self.title, "title", where, example="Win rate")
        for field in ("title_it", "formula_in_words", "noun"):
            if not isinstance(getattr(self, field), str):
                check.text(getattr(self, field), field, where, example="Ours")
        for field in ("sampled", "percent", "ahead"):
            check.flag(getattr(self, field), field, where)
        for field, unbounded in (("least", -math.inf), ("most", math.inf)):
            if getattr(self, field) != unbounded:
                check.number(getattr(self, field), field, where, example=1)
        if self.rows is not None:
            check.text(self.rows, "rows", where, example="stage")
        check.names(self.company_wide, "company_wide", where, example="spend")
        for name, option in self.options.items():
            if option.default is option.empty:
                raise ParameterError.no_default(name, where=where)
        object.__setattr__(self, "title_it", self.title_it or self.title)

    @property
    def name(self) -> str:
        """The name of the function that defines it."""
        return self.function.__name__

    @property
    def module(self) -> str:
        """The module that defines it."""
        return self.function.__module__

    @property
    def family(self) -> str:
        """The module of revkit.metrics that defines it; empty for a user's own."""
        package, _, module = self.module.rpartition(".")
        ours = package == "revkit.metrics" or package.startswith("revkit.metrics.")
        return module if ours else ""

    @property
    def doc(self) -> str:
        """Its docstring without indentation; empty when it has none."""
        return inspect.cleandoc(self.function.__doc__ or "")

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The tables its formula reads: the names of its positional parameters."""
        parameters = self._parameters.items()
        return tuple(name for name, p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD)

    @cached_property
    def options(self) -> Mapping[str, inspect.Parameter]:
        """Its own options: its keyword-only parameters by name."""
        return {name: p for name, p in self._parameters.items() if p.kind is p.KEYWORD_ONLY}

    @cached_property
    def _parameters(self) -> dict[str, inspect.Parameter]:
        """The parameters of its function, without the call that a ``kind="table"`` one takes."""
        given = list(inspect.signature(self.function).parameters.items())
        return dict(given[1:] if self.kind == "table" else given)

    def changed(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options that differ from their defaults; ``within`` has a label of its own."""
        return {
            name: value
            for name, value in options.items()
            if name != "within" and value != self.options[name].default
        }

    def formula(self, **options: Any) -> Formula:
        """Return the formula over its own tables, for the given options."""
        return self.formula_of(*(TableName(table) for table in self.tables), **options)

    def formula_of(self, *tables: TableName, **options: Any) -> Formula:
        """Return the formula over the given tables.

        Raises
        ------
        FormulaError
            For a metric of ``kind="table"``, which has none.
        """
        if self.kind == "table":
            raise FormulaError.no_formula(self.name)
        formula: Formula = self.function(*tables, **options)
        return formula

    @property
    def words(self) -> str:
        """The formula in words."""
        return self.formula_in_words if self.kind == "table" else str(self.formula())

    @property
    def interval(self) -> str:
        """The method of its interval, "none", or "of its own" for a metric of ``kind="table"``."""
        if self.kind == "table":
            return "of its own" if self.sampled else "none"
        return interval_method(self.formula(), self.unit)

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the most possible value, by its own range and that of its unit."""
        least, most = LIMITS.get(self.unit, (-math.inf, math.inf))
        return max(least, self.least), min(most, self.most)

    @property
    def balance(self) -> bool:
        """True for a stock of subscriptions (MRR, accounts), most of which persists."""
        if self.kind == "table" or linear(self.formula()) is None:
            return False
        return all(
            isinstance(leaf, Stock) and derived.required_tables(leaf.table) == ("subscriptions",)
            for leaf, _ in tree.leaves(self.formula())
        )

    @property
    def additive(self) -> bool:
        """True where values add up over groups: sums do, quotients and distinct counts don't."""
        if self.kind == "table" or linear(self.formula()) is None:
            return False
        return not any(leaf.is_distinct for leaf, _ in tree.leaves(self.formula()))
