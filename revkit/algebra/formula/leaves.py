"""The leaves of a formula: rows of a table, counted or summed, over a period or at its end.

A leaf touches no data. It names a table, the dates that place a row in a period, the conditions a
row must meet and the value to sum; :mod:`revkit.algebra.query` turns it into an aggregate query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self, get_args

from revkit import arguments as check
from revkit.algebra.formula.nodes import Formula, TimeUnit
from revkit.errors import FormulaError, ParameterError


@dataclass(frozen=True, eq=False)
class Leaf(Formula):
    """Rows of one table, filtered, then counted or summed.

    Parameters
    ----------
    table
        A table of the schema or a derived one, by its name.
    conditions
        Expressions a row must meet, all of them, as ``_.is_won``.
    value
        Expression that is summed; None counts rows.
    different
        Expression whose distinct values are counted instead of the rows.
    thing
        Expression whose distinct values are the sample, where several rows share one thing;
        :meth:`shared` sets it.
    monthly
        Of movements: net them month by month (by the periods of the call where these are shorter)
        and add the months up, so that a longer window hides no movement.
    """

    table: str
    conditions: tuple[Any, ...] = field(default=(), kw_only=True)
    value: Any = field(default=None, kw_only=True)
    different: Any = field(default=None, kw_only=True)
    thing: Any = field(default=None, kw_only=True)
    monthly: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        where = type(self).__name__
        check.text(self.table, "table", where, example="opportunities")
        check.flag(self.monthly, "monthly", where)
        for name in ("at", "start", "end", "settled", "reached", "single"):
            if getattr(self, name, None) is not None:
                check.text(getattr(self, name), name, where, example="closed_on")

    def where(self, condition: Any) -> Self:
        """Return the same leaf over the rows that also meet a condition, as ``_.is_won``."""
        return replace(self, conditions=(*self.conditions, condition))

    def of(self, value: Any) -> Self:
        """Return the sum of a value, as ``_.amount``, instead of the number of rows."""
        return replace(self, value=value, different=None)

    def distinct(self, column: Any) -> Self:
        """Return the number of distinct values of a column, as ``_.account_id``."""
        return replace(self, value=None, different=column)

    def shared(self, thing: Any) -> Self:
        """Return the same leaf, its rows being shares of things, as ``_.opportunity_id``."""
        return replace(self, thing=thing)

    @property
    def is_distinct(self) -> bool:
        """True where a row may count in several groups, so that groups don't add up."""
        return self.different is not None or getattr(self, "single", None) is not None

    @cached_property
    def rows(self) -> Leaf:
        """The count of the rows that this leaf sums over."""
        return self if self.value is None else replace(self, value=None)

    @cached_property
    def sample(self) -> Leaf:
        """The count of the things behind this leaf: its rows, unless several share one."""
        return self.rows if self.thing is None else self.distinct(self.thing)

    def __str__(self) -> str:
        what = f"{_in_words(self.value)} of {self.table}" if self.value is not None else self.table
        if self.different is not None:
            what = f"different {_in_words(self.different)} of {self.table}"
        return self._sentence(what)

    def _sentence(self, what: str) -> str:
        """Say what is counted, under which conditions, and over which time."""
        conditions = " and ".join(_in_words(condition) for condition in self.conditions)
        return " ".join([what, *([f"where {conditions}"] if conditions else []), self._time()])

    def _time(self) -> str:
        """Say over which time the rows are taken."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Total(Leaf):
    """Rows of a table in the period that holds one of their dates.

    Parameters
    ----------
    at
        The date column that places a row in a period; ``movements`` need none, since their
        period is that of the call.
    spread
        Instead of ``at``, the names of two date columns: a row's value is divided evenly over the
        days of ``[start, end)``.
    single
        The column of which each value counts once in each group; :meth:`once` sets it.

    Raises
    ------
    FormulaError
        Without ``at`` or ``spread``, for any table but ``movements``.

    Examples
    --------
    >>> from ibis import _
    >>> closed = Total("opportunities", at="closed_on")
    >>> print(closed.where(_.is_won) / closed)
    opportunities where is_won by closed_on / opportunities by closed_on
    """

    at: str | None = field(default=None, kw_only=True)
    spread: tuple[str, str] | None = field(default=None, kw_only=True)
    single: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.spread is not None and len(check.names(
            self.spread, "spread", "Total", example="starts_on"
        )) != 2:  # fmt: skip
            raise ParameterError.out_of_range("spread", self.spread, "the names of two dates")
        if self.at is None and self.spread is None and self.table != "movements":
            raise FormulaError.no_date(self.table)

    def once(self, column: str) -> Self:
        """Return the rows with each value of a column counted once in each group.

        It counts on the day of its first row; months then add up to their quarter.
        """
        return replace(self, single=column)

    @property
    def month_by_month(self) -> Self:
        """The same movements netted over each month of the window, and added up."""
        return replace(self, monthly=True)

    def _time(self) -> str:
        if self.monthly:
            return "month by month"
        if self.spread is not None:
            return f"over the days from {self.spread[0]} to {self.spread[1]}"
        once = f", each {self.single} once" if self.single else ""
        return f"by {self.at}{once}" if self.at else "in the period"


@dataclass(frozen=True, eq=False)
class Cohort(Total):
    """Rows in the period in which they began, whose outcome may come later.

    Parameters
    ----------
    table, at
        As for a :class:`Total`.
    settled
        The date column from which a row's outcome can no longer change. A row whose date is null
        is open, and its period is not complete.
    within
        Days an outcome may take, 0 or more. None counts every outcome known on the company's
        date; a number counts only rows at least that old, and outcomes within that time.
    reached
        The date column of the outcome a row must have had; :meth:`reaching` sets it.

    Raises
    ------
    FormulaError
        When ``within`` is negative.
    """

    settled: str | None = field(default=None, kw_only=True)
    within: int | None = field(default=None, kw_only=True)
    reached: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.within is not None and (type(self.within) is not int or self.within < 0):
            raise FormulaError.negative_window(self.within)

    def reaching(self, outcome: Any, *, on: str) -> Cohort:
        """Return the rows that had an outcome, dated by column ``on``, in the time allowed."""
        return replace(self.where(outcome), reached=on)

    def _time(self) -> str:
        days = "" if self.within is None else f", within {self.within} days"
        return f"by {self.at}{days}"


@dataclass(frozen=True, eq=False)
class Stock(Leaf):
    """Rows in force at the end of the period: its last day lies in their ``[start, end)``.

    ``Stock(movements)`` counts the accounts that pay and ``.of(_.mrr)`` sums their MRR;
    ``.opening`` reads either at the start of the period instead, ``.average`` takes the mean of
    both ends, and ``.exposure("day")`` the time that the rows spent in the period.

    Raises
    ------
    FormulaError
        Without ``start`` and ``end``, for any table but ``movements``.
    """

    start: str | None = field(default=None, kw_only=True)
    end: str | None = field(default=None, kw_only=True)
    at_opening: bool = field(default=False, kw_only=True)
    averaged: bool = field(default=False, kw_only=True)
    unit: TimeUnit | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        check.flag(self.at_opening, "at_opening", "Stock")
        check.flag(self.averaged, "averaged", "Stock")
        if self.unit is not None:
            check.choice(self.unit, "unit", "Stock", known=get_args(TimeUnit))
        if (self.start is None or self.end is None) and self.table != "movements":
            raise FormulaError.no_date(self.table)

    @property
    def opening(self) -> Stock:
        """The same stock at the start of the period."""
        return replace(self, at_opening=True)

    @property
    def average(self) -> Stock:
        """The mean of the stock at the two ends of the period; over the whole range, of its days.

        Raises
        ------
        FormulaError
            For ``movements``, of which there are the two ends alone.
        """
        if self.table == "movements":
            raise FormulaError.no_exposure("average", needed="a table with start and end")
        return replace(self, averaged=True)

    def exposure(self, unit: TimeUnit) -> Stock:
        """Return the time that the rows were in force within the period, added up.

        Parameters
        ----------
        unit
            day or working day: the days of the period, or those from Monday to Friday, on which
            each row was in force, up to the company's date. month, for ``movements`` alone: the
            accounts active at the start of each month (of each period, where these are shorter),
            times its length.

        Raises
        ------
        FormulaError
            When the table has no such unit.
        """
        known = ("month",) if self.table == "movements" else ("day", "working day")
        if unit not in known:
            raise FormulaError.no_exposure(unit, needed=" or ".join(known))
        monthly = self.table == "movements"
        return replace(self, unit=unit, monthly=monthly, at_opening=monthly)

    @property
    def is_closing(self) -> bool:
        """True where it is read at the period's end alone."""
        return not (self.at_opening or self.averaged or self.unit is not None)

    @cached_property
    def rows(self) -> Leaf:
        """The count of the rows that this leaf reads, at one end of the period."""
        plain = self.value is None and self.unit is None and not self.averaged
        if plain:
            return self
        opening = self.at_opening and self.unit is None
        return replace(
            self, value=None, unit=None, monthly=False, averaged=False, at_opening=opening
        )

    def __str__(self) -> str:
        if self.table != "movements":
            return super().__str__()
        counted = self.value is None
        return self._sentence(
            "active accounts" if counted else f"{_in_words(self.value)} of accounts"
        )

    def _time(self) -> str:
        if self.averaged:
            return "on average of the period's two ends"
        if self.unit is not None:
            when = "at the start of each" if self.monthly else "in force on each"
            return f"{when} {self.unit} of the period, added up"
        return "at the period's start" if self.at_opening else "at the period's end"


@dataclass(frozen=True, eq=False)
class Quantile(Formula):
    """The value below which a fraction ``q`` of the rows of a total lie.

    Parameters
    ----------
    total
        The rows and, by its :meth:`~Leaf.of`, the value that is ranked.
    q
        The fraction, between 0 and 1.
    until
        For durations: an expression for how long a row whose value is still null has been
        observed. Such rows are censored, and the quantile is Kaplan and Meier's.

    Raises
    ------
    FormulaError
        When the total has no value, or q is not between 0 and 1.
    """

    total: Total
    q: float
    until: Any = None

    def __post_init__(self) -> None:
        needed, example = "a total", "rk.Total('opportunities', at='closed_on').of(_.amount)"
        check.of_kind(self.total, Total, "total", "Quantile", needed=needed, example=example)
        check.fraction(self.q, "q", "Quantile", example=0.5)
        if self.total.value is None:
            raise FormulaError.no_quantile(self.total.table, self.q)

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.total.rows,) if self.until is None else ()

    def __str__(self) -> str:
        name = "median" if self.q == 0.5 else f"{self.q:g} quantile"
        return f"{name} {self.total}{', open ones censored' if self.until is not None else ''}"


def Median(total: Total, *, until: Any = None) -> Quantile:  # noqa: N802 - a word, like Total
    """Return the median of a total's value, as ``Median(won.of(_.amount))``."""
    return Quantile(total, 0.5, until)


def _in_words(expression: Any) -> str:
    """Write an Ibis expression as a reader would say it."""
    text = re.sub(r"(?<![\w.])_\.", "", repr(expression))
    text = re.sub(r"\.isin\([\[(](.*?),?[\])]\)", r" in (\1)", text)
    text = re.sub(r"(\w+)\.notnull\(\)", r"\1 is known", text)
    text = re.sub(r"(\w+)\.isnull\(\)", r"\1 is unknown", text).replace(" | ", " or ")
    text = re.sub(r"(\w+)\.delta\((\w+), unit='(\w+)'\)", r"\3s from \2 to \1", text)
    return re.sub(r"^\((.*)\)$", r"\1", text).replace(" == ", " is ")
