"""Dataset: one company's tables, reached lazily, as known on a day, narrowed as asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from revkit.dataset.as_of import as_known
from revkit.dataset.display import About, Line, as_html, as_text
from revkit.dataset.exchange import Exchange, checked, quotes
from revkit.dataset.filters import Narrowing
from revkit.dataset.store import Company, span
from revkit.dimensions import narrow, narrowing_path
from revkit.errors import ColumnError, PeriodError, TableError, did_you_mean
from revkit.periods import day
from revkit.policy import Policy
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

    from revkit.dimensions import Sketch


class Dataset:
    """One company's tables, as known at the end of a day.

    A table is an attribute (``data.opportunities``) or :meth:`table`, and is an Ibis table: of
    the types that :mod:`revkit.schema` declares, with the columns that may be absent filled in,
    without test accounts. It is checked when it is first asked for.

    Parameters
    ----------
    as_of
        The day at whose end the company is known, a date or ISO text. When omitted, the latest
        day on which anything happened; when earlier than that, later rows and dates are not
        there and what they would tell is not known.
    policy
        How this company counts, or the name of a preset: ``rk.policies()`` lists them.
    currency
        The currency of its money, such as EUR. Rows that say another are converted with
        ``exchange_rates``, at the latest rate on or before their day.
    **tables
        pandas data frames, Arrow tables or Ibis tables, by the names of the schema. Ibis tables
        stay where they are; frames join them there, or in an engine of this process.

    Raises
    ------
    TableError
        When a name is no table of the schema.
    ColumnError
        When a column without which the table says nothing is absent.
    DataError
        When a column has a type that cannot become the declared one; and, when the table is
        first used, when values cannot be right.

    Examples
    --------
    >>> import pandas as pd
    >>> deals = pd.DataFrame({
    ...     "opportunity_id": [1, 2],
    ...     "created_on": ["2026-01-05", "2026-01-12"],
    ...     "closed_on": ["2026-02-09", None],
    ...     "is_won": [True, None],
    ... })
    >>> data = Dataset(opportunities=deals)
    >>> data
    A company of 1 table, as of 2026-02-09: the latest day in the data (opportunities.closed_on)
      opportunities             2 rows  2026-01-05 to 2026-02-09
    >>> data.replay("2026-01-31").opportunities.is_won.count().to_pyarrow().as_py()
    0
    """

    def __init__(
        self,
        *,
        as_of: date | str | None = None,
        policy: Policy | str = "default",
        currency: str | None = None,
        **tables: Any,
    ) -> None:
        given = None if as_of is None else day(as_of, name="as_of")
        self._set(Company(tables, currency), given, Policy.of(policy), About(), ())

    def _set(
        self,
        company: Company,
        given: date | None,
        policy: Policy,
        about: About,
        narrowed: tuple[Narrowing, ...],
    ) -> None:
        self._company = company
        self._given = given
        self._policy = policy
        self._about = about
        self._narrowed = narrowed
        self._tables: dict[str, ir.Table] = {}
        self._known: dict[str, ir.Table] = {}
        self._converts = True

    @classmethod
    def of(cls, company: Company, *, as_of: date | None, policy: Policy, about: About) -> Dataset:
        """Make a Dataset of tables that a source has opened."""
        data = cls.__new__(cls)
        data._set(company, as_of, policy, about, ())
        return data

    @property
    def policy(self) -> Policy:
        """How this company counts."""
        return self._policy

    @property
    def currency(self) -> str | None:
        """The currency of its money, given or named by its rows; None when nobody says."""
        return self._company.only_currency

    @property
    def backend(self) -> BaseBackend:
        """The Ibis backend that holds the tables and runs the queries."""
        return self._company.backend

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that are loaded, in the order of the schema."""
        return tuple(name for name in TABLES if name in self._company.raw)

    @property
    def specs(self) -> Mapping[str, Sketch]:
        """Each loaded table as :mod:`revkit.dimensions` sees it."""
        return self._company.specs

    @property
    def as_of(self) -> date:
        """The day at whose end the company is known.

        Raises
        ------
        PeriodError
            When none was given and no table has a date.
        """
        return self._given if self._given is not None else self._latest[0]

    @property
    def left_out(self) -> Mapping[str, int]:
        """What the door left out, counted."""
        tests = self._company.tests
        return MappingProxyType({"test accounts": tests} if tests else {})

    @cached_property
    def unreached(self) -> Mapping[str, str]:
        """The tables that a ``where`` could not narrow, each with the dimension it lacks."""
        return MappingProxyType(
            {
                name: narrowing.dimension
                for narrowing in reversed(self._narrowed)
                for name in self.tables
                if narrowing_path(narrowing.dimension, name, self.specs) is None
            }
        )

    @property
    def narrowed(self) -> tuple[str, ...]:
        """What ``where`` has narrowed it to, as ``kind = new``."""
        return tuple(str(narrowing) for narrowing in self._narrowed)

    def columns(self, name: str) -> frozenset[str]:
        """The columns of a table that really came; the others are filled in or absent."""
        self._must_have(name)
        return self.specs[name].columns

    def lacks(self, name: str, column: str) -> ColumnError:
        """Return the error for a column of a table that a formula needs and that did not come."""
        self._must_have(name)
        return self._company.lacks(name, column)

    def table(self, name: str) -> ir.Table:
        """Return a table as known at ``as_of``, narrowed by every ``where``.

        Raises
        ------
        TableError
            When it is not loaded, or is no table.
        DataError
            At its first use, when values cannot be right.
        """
        if name not in self._tables:
            expr = self._whole(name)
            for narrowing in self._narrowed:
                path = narrowing_path(narrowing.dimension, name, self.specs)
                if path is not None:
                    end = path.steps[-1].table if path.steps else name
                    words = narrowing.words(self._whole(end)[path.column].type())
                    expr = narrow(expr, path, self.lookup, words)
            self._tables[name] = expr
        return self._tables[name]

    def lookup(self, name: str) -> ir.Table:
        """Return a whole table as known at ``as_of``, to be joined: its keys are unique.

        Raises
        ------
        DataError
            When a key names several rows.
        """
        expr = self._whole(name)
        self._company.unique(name)
        return expr

    def first_day(self, names: Iterable[str]) -> date:
        """Return the first day on which anything happened in some tables; else ``as_of``."""
        found = [
            first
            for name in names
            for column, first in self._company.span(name, self._policy.timezone).first.items()
            if TABLES[name].columns[column].actual
        ]
        return min(found, default=self.as_of)

    def where(self, dimensions: Mapping[str, Any] | None = None, /, **named: Any) -> Dataset:
        """Return a smaller company: the rows whose dimensions have some values.

        Every table that reaches a dimension is narrowed; the others stay whole and are listed in
        :attr:`unreached`.

        Parameters
        ----------
        dimensions
            Values by dimension, for names that are no Python names: ``{"rep.region": "West"}``.
        **named
            One value or a list of them by dimension; None and ``"(missing)"`` mean that it is
            missing.

        Raises
        ------
        DimensionError
            When no table has the dimension, when two columns are equally near, or when no row
            has the value.

        Examples
        --------
        >>> import pandas as pd
        >>> reps = pd.DataFrame({"rep_id": ["r1", "r2"], "region": ["West", None]})
        >>> data = Dataset(reps=reps)
        >>> data.where(region=["West", None]).reps.count().to_pyarrow().as_py()
        2
        """
        asked = {**(dimensions or {}), **named}
        narrowed = tuple(Narrowing.of(self, name, values) for name, values in asked.items())
        return self._view(self._given, (*self._narrowed, *narrowed))

    def replay(self, as_of: date | str) -> Dataset:
        """Return the company as it was known at the end of an earlier day.

        Rows that became known later are not there. Dates that came later are null, and so is
        what they brought; plans stay.

        Raises
        ------
        PeriodError
            When ``as_of`` is no day, or later than the day this company is known up to.
        """
        asked = day(as_of, name="as_of")
        if self._given is not None and asked > self._given:
            raise PeriodError.later(asked, known=self._given)
        return self._view(asked, self._narrowed)

    @cached_property
    def in_own_currencies(self) -> Dataset:
        """The same company with each amount in the currency of its row, not converted."""
        data = Dataset.__new__(Dataset)
        data._set(self._company, self._given, self._policy, self._about, self._narrowed)
        data._converts = False
        return data

    @cached_property
    def exchange(self) -> Exchange:
        """The rates into the company's currency, as known at ``as_of``."""
        assert self.currency is not None
        rates = checked(self._whole("exchange_rates"))
        zone = self._policy.timezone
        return Exchange(self.currency, quotes(rates, self.currency), self.as_of, zone)

    def foreign(self, name: str) -> bool:
        """Whether some money of a table came in another currency than the company's."""
        self._must_have(name)
        return self._company.foreign(name)

    def under(self, policy: Policy | str) -> Dataset:
        """Return the same company counted by other rules.

        Nothing is read again.

        Parameters
        ----------
        policy
            A policy, or the name of a preset: ``stripe``.

        Raises
        ------
        ParameterError
            When no preset has the name.

        Examples
        --------
        >>> example("retention").under("maxio").policy.reactivation_days
        90
        """
        return self._view(self._given, self._narrowed, Policy.of(policy))

    def _view(
        self, given: date | None, narrowed: tuple[Narrowing, ...], policy: Policy | None = None
    ) -> Dataset:
        about = self._about if given == self._given else About(self._about.source)
        data = Dataset.__new__(Dataset)
        data._set(self._company, given, policy or self._policy, about, narrowed)
        data._converts = self._converts
        reread = {"timezone", "fx"} & {*self._policy.differs(data._policy)}
        if given == self._given and not reread:
            data._known = self._known
        return data

    def _whole(self, name: str) -> ir.Table:
        """A table as known at ``as_of``; without a given day, all rows are known already."""
        self._must_have(name)
        if name not in self._known:
            expr = self._company.clean(name)
            table = TABLES[name]
            ahead = any(table.columns[column].planned for column in table.known_on)
            if self._given is not None or ahead:
                zone = self._policy.timezone
                last = self._company.span(name, zone).last
                expr = as_known(table, expr, self.as_of, last, self._unborn, zone)
            if self._converts and table.money and self._company.foreign(name):
                expr = self._converted(name, expr)
            self._known[name] = expr
        return self._known[name]

    def _converted(self, name: str, expr: ir.Table) -> ir.Table:
        """A table with its money in the company's currency."""
        table = TABLES[name]
        if table.valued_with is None:
            return self.exchange.convert(table, expr)
        told = str(table.columns[table.valued_with].references)
        dated = self.exchange.dated(TABLES[told], self.in_own_currencies.lookup(told))
        owner = dated.select(TABLES[told].key[0], "__currency", "__day")
        return self.exchange.convert(table, expr, owner.rename(__owner=TABLES[told].key[0]))

    def _unborn(self, name: str, column: str) -> ir.Table | None:
        """The keys of the rows of a table that came after ``as_of``, if there are any."""
        if name not in self:
            return None
        last = self._company.span(name, self._policy.timezone).last.get(column)
        if last is None or last <= self.as_of:
            return None
        expr = self._company.clean(name)
        return expr.filter(expr[column] > self.as_of).select(TABLES[name].key[0])

    def _must_have(self, name: str) -> None:
        if name not in TABLES:
            raise TableError.unknown(name, known=TABLES)
        if name not in self:
            raise TableError.missing(name, found=self.tables)

    @cached_property
    def _latest(self) -> tuple[date, str]:
        """The latest actual day in any table, and the column that holds it."""
        days = [
            (last, f"{name}.{column}")
            for name in self.tables
            for column, last in self._company.happened(name, self._policy.timezone).items()
        ]
        if not days:
            raise PeriodError.no_dates(tables=self.tables)
        return max(days, key=lambda found: found[0])

    def __contains__(self, name: object) -> bool:
        return name in self._company.raw

    def __getattr__(self, name: str) -> ir.Table:
        if name in TABLES:
            return self.table(name)
        raise AttributeError(
            f"Dataset has no attribute {name!r}.{did_you_mean(name, [*dir(type(self)), *TABLES])}"
        )

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.tables})

    def __repr__(self) -> str:
        return as_text(*self._shown())

    def _repr_html_(self) -> str:
        return as_html(*self._shown())

    def _shown(self) -> tuple[str, list[Line], list[str]]:
        lines = [self._line(name) for name in self.tables]
        count = f"{len(lines)} table" + ("s" if len(lines) != 1 else "")
        notes = [f"Narrowed to {narrowing}." for narrowing in self._narrowed]
        if self.unreached:
            whole = ", ".join(f"{name} (no {lacks})" for name, lacks in self.unreached.items())
            notes.append(f"Not narrowed: {whole}.")
        notes += [
            f"Left out: {count:,} {what if count > 1 else what.removesuffix('s')}."
            for what, count in self.left_out.items()
        ]
        if self.currency is not None:
            others = any(self._company.foreign(name) for name in self.tables)
            rest = ", other currencies at the rate of their day" if others else ""
            notes.append(f"Money in {self.currency}{rest}.")
        if self._policy != Policy():
            notes.append(f"Counted by the policy {self._policy}.")
        source = f" from {self._about.source}" if self._about.source else ""
        return f"A company of {count}{source}, {self._when()}", lines, [*notes, *self._about.notes]

    def _when(self) -> str:
        try:
            as_of = self.as_of
        except PeriodError:
            return "without a date"
        if self._given is None:
            return f"as of {as_of}: the latest day in the data ({self._latest[1]})"
        return f"as of {as_of}" + (f": {self._about.as_of_why}" if self._about.as_of_why else "")

    def _line(self, name: str) -> Line:
        columns = TABLES[name].columns
        zone = self._policy.timezone
        found = span(name, self.table(name), self.specs[name].columns, zone)
        actual = [name for name in found.first if columns[name].actual]
        first = min((found.first[column] for column in actual), default="")
        last = min(max(found.last[column] for column in actual), self.as_of) if actual else ""
        return Line(name, found.rows, str(first)[:10], str(last)[:10])
