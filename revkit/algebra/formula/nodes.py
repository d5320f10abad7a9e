"""The algebra: a metric is a formula over totals of tables.

Nothing here touches data. A formula is a small tree that knows which totals it stands on and
how to say itself in words; translation, evaluation and intervals read the tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from revkit.errors import FormulaError


class TableName(str):
    """The name of a table as a formula sees it; it marks a metric called for its formula."""


class Formula:
    """Totals joined by ``+ - * /``."""

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

    def overall(self, *dimensions: str) -> Formula:
        """Return the value over every group, or over every group of some dimensions."""
        return Overall(self, dimensions)

    def daily(self) -> Formula:
        """Return the sum, over the days of the period, of the value of each day."""
        return Daily(self)

    def above(self, floor: float) -> Formula:
        """Return the value where it is above a number; elsewhere it is unknown, not that number."""
        return Above(self, floor)

    def share(self, dimension: str) -> Formula:
        """Return the value over its total along a dimension of the call."""
        return Share(self, dimension)

    @property
    def children(self) -> tuple[Formula, ...]:
        """The formulas this one is made of."""
        return ()


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
    """A formula of the whole company, or of all that differs in some dimensions alone."""

    inner: Formula
    dimensions: tuple[str, ...] = ()

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.inner,)

    def __str__(self) -> str:
        over = f"over every {' and '.join(self.dimensions)}" if self.dimensions else "company-wide"
        return f"[{self.inner}, {over}]"


@dataclass(frozen=True, eq=False)
class Above(Formula):
    """A formula where it is above a number, as a base must be that something is divided by."""

    inner: Formula
    floor: float

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.inner,)

    def __str__(self) -> str:
        return f"[{self.inner}, where above {self.floor:g}]"


@dataclass(frozen=True, eq=False)
class Daily(Formula):
    """The values of the days of a period, added up."""

    inner: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.inner,)

    def __str__(self) -> str:
        return f"sum over days of ({self.inner})"


@dataclass(frozen=True, eq=False)
class Length(Formula):
    """How long the window of a period is, in the period that holds as_of up to that day.

    ``month``: 1, 3 and 12 for months, quarters and years that are over, else days of 365.25 / 12
    a month. ``working day``: the days from Monday to Friday.
    """

    unit: Literal["month", "working day"]

    def __post_init__(self) -> None:
        if self.unit not in ("month", "working day"):
            raise FormulaError.no_length(self.unit)

    def __str__(self) -> str:
        return f"{self.unit}s"


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
