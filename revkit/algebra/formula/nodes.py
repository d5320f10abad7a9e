"""The nodes of a formula: arithmetic, shifts in time, totals over groups, lengths of periods.

A metric is a formula over totals of tables. Nothing here touches data: a formula is a small tree
that knows its parts and can write itself in words. Queries, values and intervals are made by
reading that tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from revkit.errors import FormulaError

TimeUnit = Literal["month", "day", "working day"]
"""A unit of time in which periods, and exposures, are measured."""


class TableName(str):
    """The name of a table, as a formula takes it; a metric called with it returns its formula."""


class Formula:
    """Totals of tables joined by ``+ - * /``; the base of every node and leaf."""

    def __add__(self, other: Formula | float) -> Formula:
        return Operation("+", self, as_formula(other))

    def __radd__(self, other: float) -> Formula:
        return Operation("+", as_formula(other), self)

    def __sub__(self, other: Formula | float) -> Formula:
        return Operation("-", self, as_formula(other))

    def __rsub__(self, other: float) -> Formula:
        return Operation("-", as_formula(other), self)

    def __mul__(self, other: Formula | float) -> Formula:
        return Operation("*", self, as_formula(other))

    def __rmul__(self, other: float) -> Formula:
        return Operation("*", as_formula(other), self)

    def __truediv__(self, other: Formula | float) -> Formula:
        return Operation("/", self, as_formula(other))

    def __rtruediv__(self, other: float) -> Formula:
        return Operation("/", as_formula(other), self)

    def __neg__(self) -> Formula:
        return Constant(-1.0) * self

    def shift(self, periods: int = 0, *, years: int = 0) -> Formula:
        """Return the value this many periods of the call, or years, earlier."""
        return Shifted(self, periods, years) if periods or years else self

    def overall(self, *dimensions: str) -> Formula:
        """Return the value over all groups: of every dimension, or of the named ones alone."""
        return Overall(self, dimensions)

    def daily(self) -> Formula:
        """Return the sum of the daily values over the days of the period."""
        return Daily(self)

    def above(self, floor: float) -> Formula:
        """Return the value where it is above a number, and NaN elsewhere."""
        return Above(self, floor)

    def share(self, dimension: str) -> Formula:
        """Return the value as a share of its total along a dimension of the call."""
        return Share(self, dimension)

    def named(self) -> Formula:
        """Return the value in groups that have a value of each dimension, and 0 in the others."""
        return Named(self)

    def unnamed(self) -> Formula:
        """Return the value of the groups that lack a value of a dimension, for every group."""
        return Unnamed(self)

    @property
    def children(self) -> tuple[Formula, ...]:
        """The formulas directly inside this one."""
        return ()


@dataclass(frozen=True, eq=False)
class Constant(Formula):
    """A number."""

    number: float

    def __str__(self) -> str:
        return f"{self.number:g}"


@dataclass(frozen=True, eq=False)
class Operation(Formula):
    """An operation on two formulas: one of ``+ - * /``."""

    operator: str
    left: Formula
    right: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return self.left, self.right

    def __str__(self) -> str:
        if isinstance(self.left, Constant) and self.left.number == -1 and self.operator == "*":
            return f"−{_bracketed(self.right, '*')}"
        sign = {"*": "×", "-": "−"}.get(self.operator, self.operator)
        left, right = (
            _bracketed(self.left, self.operator),
            _bracketed(self.right, self.operator, True),
        )
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
    """A formula over all groups: of every dimension (the whole company), or of some named ones."""

    inner: Formula
    dimensions: tuple[str, ...] = ()

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.inner,)

    def __str__(self) -> str:
        over = f"over every {' and '.join(self.dimensions)}" if self.dimensions else "company-wide"
        return f"[{self.inner}, {over}]"


@dataclass(frozen=True, eq=False)
class Named(Formula):
    """A formula in groups that have a value of each dimension, 0 in the others."""

    inner: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.inner,)

    def __str__(self) -> str:
        return f"[{self.inner}, where the group is known]"


@dataclass(frozen=True, eq=False)
class Unnamed(Formula):
    """A formula in the groups that lack a value of a dimension, added up, for every group."""

    inner: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.inner,)

    def __str__(self) -> str:
        return f"[{self.inner}, where the group is not known]"


@dataclass(frozen=True, eq=False)
class Above(Formula):
    """A formula where it is above a number, NaN elsewhere; used for bases that must be positive."""

    inner: Formula
    floor: float

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.inner,)

    def __str__(self) -> str:
        return f"[{self.inner}, where above {self.floor:g}]"


@dataclass(frozen=True, eq=False)
class Daily(Formula):
    """A formula evaluated day by day and added up over the period."""

    inner: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.inner,)

    def __str__(self) -> str:
        return f"sum over days of ({self.inner})"


@dataclass(frozen=True, eq=False)
class Length(Formula):
    """The length of a period, or of its trailing window, in months, days or working days.

    The period that holds the company's date is measured up to that day. ``month``: 1, 3 and 12
    for months, quarters and years that are over; of a range of days, whole months and shares of
    those at its ends; otherwise days over 365.25 / 12. ``working day``: the days from Monday to
    Friday.

    Raises
    ------
    FormulaError
        When the unit is neither.
    """

    unit: TimeUnit

    def __post_init__(self) -> None:
        if self.unit not in get_args(TimeUnit):
            raise FormulaError.no_length(self.unit)

    def __str__(self) -> str:
        return f"{self.unit}s"


@dataclass(frozen=True, eq=False)
class Share(Formula):
    """A formula as a share of its total along one dimension."""

    inner: Formula
    dimension: str

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.inner,)

    def __str__(self) -> str:
        return f"{self.inner} / the same over every {self.dimension}"


def as_formula(value: Formula | float) -> Formula:
    """Return a formula, a number as a :class:`Constant`.

    Raises
    ------
    FormulaError
        When it is neither.
    """
    if isinstance(value, Formula):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Constant(float(value))
    raise FormulaError.not_a_formula(value)


def _bracketed(part: Formula, operator: str, right: bool = False) -> str:
    """Write one side of an operation, in brackets where precedence asks for them."""
    binds_less = isinstance(part, Operation) and (
        (operator in "*/" and part.operator in "+-")
        or (right and operator in "-/" and part.operator in ("+-" if operator == "-" else "*/"))
    )
    return f"({part})" if binds_less else str(part)
