"""The algebra: a metric is a formula over totals of tables.

Nothing here touches data. A formula is a small tree that knows which totals it stands on and
how to say itself in words; translation, evaluation and intervals read the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from revkit.errors import FormulaError


class TableName(str):
    """The name of a table as a formula sees it; it marks a metric called for its formula."""


class Formula:
    """Totals joined by ``+ - * /``; see :class:`Total`, :class:`Stock`, :class:`Quantile`."""

    def __add__(self, other: Formula | float) -> Formula:
        return Operation("+", self, formula(other))

    def __radd__(self, other: float) -> Formula:
        return Operation("+", formula(other), self)

    def __sub__(self, other: Formula | float) -> Formula:
        return Operation("-", self, formula(other))

    def __rsub__(self, other: float) -> Formula:
        return Operation("-", formula(other), self)

    def __mul__(self, other: Formula | float) -> Formula:
        return Operation("*", self, formula(other))

    def __rmul__(self, other: float) -> Formula:
        return Operation("*", formula(other), self)

    def __truediv__(self, other: Formula | float) -> Formula:
        return Operation("/", self, formula(other))

    def __rtruediv__(self, other: float) -> Formula:
        return Operation("/", formula(other), self)

    def __neg__(self) -> Formula:
        return Constant(-1.0) * self

    def shift(self, periods: int = 0, *, years: int = 0) -> Formula:
        """Return the value so many periods of the call, or years, earlier."""
        return Shifted(self, periods, years) if periods or years else self

    def overall(self) -> Formula:
        """Return the value of the whole company, beside every group."""
        return Overall(self)

    def share(self, dimension: str) -> Formula:
        """Return the value over its total along a dimension of the call."""
        return Share(self, dimension)

    @property
    def children(self) -> tuple[Formula, ...]:
        """The formulas this one is made of."""
        return ()

    def leaves(self) -> Iterator[Leaf]:
        """Yield the totals, stocks and quantiles this formula stands on, left to right."""
        for child in self.children:
            yield from child.leaves()


@dataclass(frozen=True, eq=False)
class Constant(Formula):
    """A number."""

    number: float

    def __str__(self) -> str:
        return f"{self.number:g}"


@dataclass(frozen=True, eq=False)
class Operation(Formula):
    """Two formulas joined by one of ``+ - * /``."""

    operator: str
    left: Formula
    right: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return self.left, self.right

    def __str__(self) -> str:
        if isinstance(self.left, Constant) and self.left.number == -1 and self.operator == "*":
            return f"−{_within(self.right, '*')}"
        sign = {"*": "×", "-": "−"}.get(self.operator, self.operator)
        left, right = _within(self.left, self.operator), _within(self.right, self.operator, True)
        return f"{left} {sign} {right}"


@dataclass(frozen=True, eq=False)
class Shifted(Formula):
    """A formula some periods or years earlier."""

    inner: Formula
    periods: int
    years: int

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.inner,)

    def __str__(self) -> str:
        steps = f"{self.years} year(s)" if self.years else f"{self.periods} period(s)"
        return f"[{self.inner}, {steps} earlier]"


@dataclass(frozen=True, eq=False)
class Overall(Formula):
    """A formula of the whole company."""

    inner: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.inner,)

    def __str__(self) -> str:
        return f"[{self.inner}, company-wide]"


@dataclass(frozen=True, eq=False)
class Share(Formula):
    """A formula over its total along one dimension."""

    inner: Formula
    dimension: str

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.inner,)

    def __str__(self) -> str:
        return f"{self.inner} / the same over every {self.dimension}"


@dataclass(frozen=True, eq=False)
class Leaf(Formula):
    """What an aggregate can answer: rows of one table, narrowed, counted or summed."""

    table: str
    conditions: tuple[Any, ...] = field(default=(), kw_only=True)
    value: Any = field(default=None, kw_only=True)

    def where(self, condition: Any) -> Self:
        """Return the same over the rows that meet a condition, as ``_.is_won``."""
        return replace(self, conditions=(*self.conditions, condition))

    def of(self, value: Any) -> Self:
        """Return the sum of a value, as ``_.amount``, instead of the number of rows."""
        return replace(self, value=value)

    def leaves(self) -> Iterator[Leaf]:
        yield self

    @cached_property
    def rows(self) -> Leaf:
        """The number of the rows that this one sums over."""
        return self if self.value is None else replace(self, value=None)

    def __str__(self) -> str:
        what = f"{_words(self.value)} of {self.table}" if self.value is not None else self.table
        narrowed = " and ".join(_words(condition) for condition in self.conditions)
        return " ".join([what, *([f"where {narrowed}"] if narrowed else []), self._when()])

    def _when(self) -> str:
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Total(Leaf):
    """Rows of a table by the period that holds one of their dates.

    ``movements`` need no ``at``: their period is the period of the call.

    Examples
    --------
    >>> from ibis import _
    >>> closed = Total("opportunities", at="closed_on")
    >>> print(closed.where(_.is_won) / closed)
    opportunities where is_won by closed_on / opportunities by closed_on
    """

    at: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.at is None and self.table != "movements":
            raise FormulaError.no_date(self.table)

    def _when(self) -> str:
        return f"by {self.at}" if self.at else "in the period"


@dataclass(frozen=True, eq=False)
class Cohort(Total):
    """Rows by the period in which they began, whose outcome comes later.

    Parameters
    ----------
    table, at
        As for a :class:`Total`.
    settled
        Date from which a row can no longer change the outcome; a row without one is open, and
        its period is not complete.
    within
        Days an outcome may take. None counts what is known as of the company's date; a number
        counts only rows that are old enough, and outcomes that came in time.
    """

    settled: str | None = field(default=None, kw_only=True)
    within: int | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.within is not None and self.within < 0:
            raise FormulaError.negative_window(self.within)

    def reaching(self, outcome: Any, *, on: str) -> Cohort:
        """Return the rows that reached an outcome, dated ``on``, in time."""
        from ibis import _

        narrowed = self.where(outcome)
        if self.within is None:
            return narrowed
        days = _[on].cast("date").delta(_[self.at].cast("date"), unit="day")
        return narrowed.where(days <= self.within)

    def _when(self) -> str:
        days = "" if self.within is None else f", within {self.within} days"
        return f"by {self.at}{days}"


@dataclass(frozen=True, eq=False)
class Stock(Leaf):
    """Rows whose ``[start, end)`` holds the last day of the period; ``.opening`` its start.

    ``Stock(movements)`` counts the accounts active, ``.of(_.mrr)`` is their MRR.
    """

    start: str | None = field(default=None, kw_only=True)
    end: str | None = field(default=None, kw_only=True)
    at_opening: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        if (self.start is None or self.end is None) and self.table != "movements":
            raise FormulaError.no_date(self.table)

    @property
    def opening(self) -> Stock:
        """The same at the start of the period."""
        return replace(self, at_opening=True)

    def __str__(self) -> str:
        if self.table != "movements":
            return super().__str__()
        what = "active accounts" if self.value is None else f"{_words(self.value)} of accounts"
        narrowed = " and ".join(_words(condition) for condition in self.conditions)
        return " ".join([what, *([f"where {narrowed}"] if narrowed else []), self._when()])

    def _when(self) -> str:
        return "at the period's start" if self.at_opening else "at the period's end"


@dataclass(frozen=True, eq=False)
class Quantile(Formula):
    """The value below which a fraction ``q`` of the rows of a total lie."""

    total: Total
    q: float

    def __post_init__(self) -> None:
        if self.total.value is None or not 0 < self.q < 1:
            raise FormulaError.no_quantile(self.total.table, self.q)

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.total.rows,)

    def __str__(self) -> str:
        name = "median" if self.q == 0.5 else f"{self.q:g} quantile"
        return f"{name} {self.total}"


def Median(total: Total) -> Quantile:  # noqa: N802 - a word of the algebra, like Total
    """Return the middle value of a total, as ``Median(won.of(_.amount))``."""
    return Quantile(total, 0.5)


def formula(value: Formula | float) -> Formula:
    """Return a formula, a number being one too."""
    if isinstance(value, Formula):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Constant(float(value))
    raise FormulaError.not_a_formula(value)


def _within(part: Formula, operator: str, right: bool = False) -> str:
    loose = isinstance(part, Operation) and (
        (operator in "*/" and part.operator in "+-")
        or (right and operator in "-/" and part.operator in ("+-" if operator == "-" else "*/"))
    )
    return f"({part})" if loose else str(part)


def _words(expression: Any) -> str:
    text = re.sub(r"(?<![\w.])_\.", "", repr(expression))
    text = re.sub(r"\.isin\([\[(](.*?),?[\])]\)", r" in (\1)", text)
    text = re.sub(r"(\w+)\.notnull\(\)", r"\1 is known", text)
    text = re.sub(r"(\w+)\.delta\((\w+), unit='(\w+)'\)", r"\3s from \2 to \1", text)
    return re.sub(r"^\((.*)\)$", r"\1", text).replace(" == ", " is ")
