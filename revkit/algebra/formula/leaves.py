"""The leaves of a formula: rows of a table, counted or summed, over a period or at its end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from revkit.algebra.formula.nodes import Formula
from revkit.errors import FormulaError


@dataclass(frozen=True, eq=False)
class Leaf(Formula):
    """What an aggregate can answer: rows of one table, narrowed, counted or summed."""

    table: str
    conditions: tuple[Any, ...] = field(default=(), kw_only=True)
    value: Any = field(default=None, kw_only=True)
    different: Any = field(default=None, kw_only=True)

    def where(self, condition: Any) -> Self:
        """Return the same over the rows that meet a condition, as ``_.is_won``."""
        return replace(self, conditions=(*self.conditions, condition))

    def of(self, value: Any) -> Self:
        """Return the sum of a value, as ``_.amount``, instead of the number of rows."""
        return replace(self, value=value, different=None)

    def distinct(self, column: Any) -> Self:
        """Return the number of different values of a column, as ``_.account_id``."""
        return replace(self, value=None, different=column)

    @cached_property
    def rows(self) -> Leaf:
        """The number of the rows that this one sums over."""
        return self if self.value is None else replace(self, value=None)

    def __str__(self) -> str:
        what = f"{_words(self.value)} of {self.table}" if self.value is not None else self.table
        if self.different is not None:
            what = f"different {_words(self.different)} of {self.table}"
        narrowed = " and ".join(_words(condition) for condition in self.conditions)
        return " ".join([what, *([f"where {narrowed}"] if narrowed else []), self._when()])

    def _when(self) -> str:
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Total(Leaf):
    """Rows of a table by the period that holds one of their dates.

    ``movements`` need no ``at``: their period is the period of the call. With ``spread``, the
    names of two dates, a row's value is divided over the days of ``[start, end)``.

    Examples
    --------
    >>> from ibis import _
    >>> closed = Total("opportunities", at="closed_on")
    >>> print(closed.where(_.is_won) / closed)
    opportunities where is_won by closed_on / opportunities by closed_on
    """

    at: str | None = field(default=None, kw_only=True)
    spread: tuple[str, str] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.at is None and self.spread is None and self.table != "movements":
            raise FormulaError.no_date(self.table)

    def _when(self) -> str:
        if self.spread is not None:
            return f"over the days from {self.spread[0]} to {self.spread[1]}"
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
    reached
        Date of the outcome that a row must have come to, as :meth:`reaching` says.
    """

    settled: str | None = field(default=None, kw_only=True)
    within: int | None = field(default=None, kw_only=True)
    reached: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.within is not None and self.within < 0:
            raise FormulaError.negative_window(self.within)

    def reaching(self, outcome: Any, *, on: str) -> Cohort:
        """Return the rows that reached an outcome, dated ``on``, in time."""
        return replace(self.where(outcome), reached=on)

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
    """The value below which a fraction ``q`` of the rows of a total lie.

    With ``until``, an expression for how long a row whose value is null has been watched, by
    Kaplan and Meier: such a row is known to last longer than that.
    """

    total: Total
    q: float
    until: Any = None

    def __post_init__(self) -> None:
        if self.total.value is None or not 0 < self.q < 1:
            raise FormulaError.no_quantile(self.total.table, self.q)

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.total.rows,) if self.until is None else ()

    def __str__(self) -> str:
        name = "median" if self.q == 0.5 else f"{self.q:g} quantile"
        return f"{name} {self.total}{', open ones censored' if self.until is not None else ''}"


def Median(total: Total, *, until: Any = None) -> Quantile:  # noqa: N802 - a word, like Total
    """Return the middle value of a total, as ``Median(won.of(_.amount))``."""
    return Quantile(total, 0.5, until)


def _words(expression: Any) -> str:
    text = re.sub(r"(?<![\w.])_\.", "", repr(expression))
    text = re.sub(r"\.isin\([\[(](.*?),?[\])]\)", r" in (\1)", text)
    text = re.sub(r"(\w+)\.notnull\(\)", r"\1 is known", text)
    text = re.sub(r"(\w+)\.delta\((\w+), unit='(\w+)'\)", r"\3s from \2 to \1", text)
    return re.sub(r"^\((.*)\)$", r"\1", text).replace(" == ", " is ")
