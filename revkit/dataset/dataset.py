"""Dataset: one company's tables, as known at the end of a day, filtered by ``where``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from revkit import arguments as check
from revkit.dataset.display import Provenance, described
from revkit.dataset.exchange import Exchange
from revkit.dataset.history.days import Recorded
from revkit.dataset.judged import Judged
from revkit.dataset.narrowing import Narrowing, narrowed, unreached
from revkit.dataset.notes import Note
from revkit.dataset.replay import Replay
from revkit.dataset.store import Store
from revkit.dataset.unchecked import Unchecked
from revkit.errors import ColumnError, PeriodError, did_you_mean
from revkit.periods import day
from revkit.policy import Policy
from revkit.schema import TABLES
from revkit.schema.currencies import check_code

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

    from revkit.dimensions import TableSpec


class Dataset(Judged):
    """One company's tables, as known at the end of a day.

    A table is an attribute (``data.opportunities``) or :meth:`table`: an Ibis table with the types
    that :mod:`revkit.schema` declares, absent optional columns filled in, and test accounts
    excluded. It is checked when it is first asked for.

    Parameters
    ----------
    as_of
        The day at whose end the company is known, a date or ISO text; the latest day on which
        anything happened when omitted. Rows and dates after an earlier day are hidden.
    policy
        The counting rules, or the name of a preset: ``rk.policies()`` lists them.
    currency
        The currency of the company's money, such as EUR. Amounts in another currency are
        converted with ``exchange_rates``, at the latest rate on or before their day.
    set_aside
        Rules whose rows are counted nowhere instead of refused: ``spend.amount_not_finite``.
    ignore
        Columns that are right although they look like a mistake: ``accounts.state``.
    **tables
        pandas data frames, Arrow tables or Ibis tables, by their names in the schema. Ibis tables
        stay where they are; frames are copied into the same engine, or into DuckDB in this
        process.

    Raises
    ------
    TableError
        When a name is not a table of the schema.
    ColumnError
        When a required column is absent.
    DataError
        When the type of a column cannot become the declared one; at a table's first use, when
        a value breaks a rule of the schema.

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
        set_aside: Iterable[str] = (),
        ignore: Iterable[str] = (),
        **tables: Any,
    ) -> None:
        if currency is not None:
            check_code(check.text(currency, "currency", "rk.Dataset", example="EUR"), "rk.Dataset")
        given = None if as_of is None else day(as_of, name="as_of")
        counted = Policy.of(policy)
        store = Store(tables, currency, set_aside=set_aside, ignore=ignore)
        self._set(Replay(store, given, counted.timezone), counted, Provenance(), ())

    def _set(
        self,
        replay: Replay,
        policy: Policy,
        provenance: Provenance,
        narrowed: tuple[Narrowing, ...],
    ) -> None:
        """Fill a new Dataset; tables are evaluated when they are first asked for."""
        self._replay = replay
        self._store = replay.store
        self._policy = policy
        self._provenance = provenance
        self._narrowed = narrowed
        self._tables: dict[str, ir.Table] = {}

    @classmethod
    def of(
        cls, store: Store, *, as_of: date | None, policy: Policy, provenance: Provenance
    ) -> Dataset:
        """Build a Dataset of a store that a source has opened."""
        data = cls.__new__(cls)
        data._set(Replay(store, as_of, policy.timezone), policy, provenance, ())
        return data

    @property
    def store(self) -> Any:
        """The tables as loaded, and what their rules say."""
        return self._store

    @property
    def source(self) -> str:
        """The name of the place that the tables were loaded from; empty for tables in memory."""
        return self._provenance.source

    @property
    def policy(self) -> Policy:
        """The counting rules of this company."""
        return self._policy

    @property
    def currency(self) -> str | None:
        """The currency of the company's money; None when neither given nor named by its rows."""
        return self._store.only_currency

    @property
    def backend(self) -> BaseBackend:
        """The Ibis backend that holds the tables and runs the queries."""
        return self._store.backend

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the loaded tables, in the order of the schema."""
        return self._store.tables

    @property
    def specs(self) -> Mapping[str, TableSpec]:
        """Columns, relations and key of each loaded table, for :mod:`revkit.dimensions`."""
        return self._store.specs

    @property
    def as_of(self) -> date:
        """The day at whose end the company is known.

        Raises
        ------
        PeriodError
            When none was given and no table has a date.
        """
        return self._replay.as_of

    @property
    def past(self) -> bool:
        """True when the tables tell of days after ``as_of``, as in a replay."""
        return self._replay.is_past

    @property
    def left_out(self) -> Mapping[str, int]:
        """Excluded rows by kind, with their number: ``{"test accounts": 3}``."""
        return MappingProxyType({"test accounts": n} if (n := self._store.tests) else {})

    @property
    def notes(self) -> tuple[Note, ...]:
        """The doubts about the company's rows, such as rows set aside; every table is checked."""
        return self.notes_on(self.tables)

    def notes_on(self, tables: Iterable[str]) -> tuple[Note, ...]:
        """Return the notes on some tables; those that are not loaded have none."""
        names = list(tables)
        return (*self._store.notes(names), *self._replay.silences(names))

    @cached_property
    def unreached(self) -> Mapping[str, str]:
        """Tables that a ``where`` could not filter, each with the dimension it lacks."""
        return MappingProxyType(unreached(self._narrowed, self.tables, self.specs))

    @property
    def narrowed(self) -> tuple[str, ...]:
        """The filters that :meth:`where` applied, each as text such as ``kind = new``."""
        return tuple(str(narrowing) for narrowing in self._narrowed)

    def columns(self, name: str) -> frozenset[str]:
        """Return the columns a table was loaded with; others are filled with defaults or absent.

        Raises
        ------
        TableError
            When the table is not loaded, or not in the schema.
        """
        self._store.require(name)
        return self.specs[name].columns

    def lacks(self, name: str, column: str) -> ColumnError:
        """Return the error for a column that a formula needs and that was not loaded."""
        self._store.require(name)
        return self._store.missing_column(name, column)

    def table(self, name: str) -> ir.Table:
        """Return a table as known at ``as_of``, filtered by every ``where``.

        Raises
        ------
        TableError
            When the table is not loaded, or not in the schema.
        DataError
            When a value breaks a rule of the schema (checked at the table's first use).
        CurrencyError
            When an amount has no exchange rate on its day.
        """
        if name not in self._tables:
            self._tables[name] = self.narrow(self._replay.table(name), name, self.specs)
        return self._tables[name]

    def planned(self, name: str) -> ir.Table:
        """Return a table as :meth:`table`, with rows of which only planned dates are to come."""
        return self.narrow(self._replay.planned(name), name, self.specs)

    def narrow(self, expr: ir.Table, name: str, specs: Mapping[str, TableSpec]) -> ir.Table:
        """Return the rows of a table, loaded or derived, that every ``where`` keeps."""
        return narrowed(expr, name, specs, self._narrowed, self._replay)

    def lookup(self, name: str) -> ir.Table:
        """Return a table as known at ``as_of``, unfiltered, to be joined by its key."""
        return self._replay.table(name)

    def first_day(self, names: Iterable[str]) -> date:
        """Return the first day on which anything happened in the tables; else ``as_of``."""
        return self._replay.first_day(names)

    def recorded(self, names: Iterable[str]) -> Mapping[str, Recorded]:
        """Return the days on which tables of events were kept; registers are left out."""
        return self._replay.recorded(names)

    def where(self, dimensions: Mapping[str, Any] | None = None, /, **named: Any) -> Dataset:
        """Return the company restricted to rows whose dimensions have the given values.

        Every table that reaches a dimension is filtered; the others stay as they are and are
        listed in :attr:`unreached`.

        Parameters
        ----------
        dimensions
            Values by dimension, for names that are not Python identifiers:
            ``{"rep.region": "West"}``.
        **named
            One value or a list of values by dimension; None and ``"(missing)"`` keep the rows
            without a value.

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
        narrowed = tuple(Narrowing.of(self._replay, name, values) for name, values in asked.items())
        return self._copy(narrowed=(*self._narrowed, *narrowed))

    def replay(self, as_of: date | str) -> Dataset:
        """Return the company as it was known at the end of an earlier day.

        Rows that became known later are absent. Later dates are null, and so are the columns that
        depend on them; planned dates stay.

        Raises
        ------
        PeriodError
            When ``as_of`` is not a date, or later than the day this company is known up to.
        """
        asked, replay = day(as_of, name="as_of"), self._replay
        known = replay.given if replay.given is not None else max(replay.days, default=(asked,))[0]
        if asked > known:
            raise PeriodError.later(asked, known=known)
        return self._copy(replay=replay.at(asked, self._policy.timezone))

    @property
    def whole(self) -> Dataset:
        """The same company without filters."""
        return self._copy(narrowed=()) if self._narrowed else self

    @cached_property
    def in_own_currencies(self) -> Dataset:
        """The same company with each amount in the currency of its row, not converted."""
        return self._copy(replay=self._replay.unconverted)

    @cached_property
    def unchecked(self) -> Dataset:
        """The same company, unfiltered, of which nothing is refused."""
        if isinstance(self._store, Unchecked):
            return self
        replay = Replay(Unchecked(self._store), self._replay.given, self._policy.timezone)
        return self._copy(replay=replay, narrowed=())

    def with_rows(self, rows: Mapping[str, ir.Table]) -> Dataset:
        """Return :attr:`unchecked` with other rows in some tables."""
        return self.unchecked.of_store(self.unchecked.store.with_rows(rows))

    def of_store(self, store: Store) -> Dataset:
        """Return the company with the rows of another store, by the same rules and filters."""
        return self._copy(replay=Replay(store, self._replay.given, self._policy.timezone))

    @property
    def exchange(self) -> Exchange:
        """The rates into the company's currency, as known at ``as_of``."""
        return self._replay.exchange

    def foreign(self, name: str) -> bool:
        """Return whether some money of a table came in another currency than the company's."""
        self._store.require(name)
        return self._store.foreign(name)

    def with_policy(self, policy: Policy | str) -> Dataset:
        """Return the same company counted by other rules; nothing is read again.

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
        >>> example("retention").with_policy("maxio").policy.reactivation_days
        90
        """
        counted = Policy.of(policy)
        moves = counted.timezone != self._policy.timezone
        replay = self._replay.at(self._replay.given, counted.timezone) if moves else None
        return self._copy(policy=counted, replay=replay)

    def _copy(
        self,
        *,
        replay: Replay | None = None,
        policy: Policy | None = None,
        narrowed: tuple[Narrowing, ...] | None = None,
    ) -> Dataset:
        """Return the same company with another as-of date, policy or filters."""
        replay = replay or self._replay
        provenance = self._provenance
        if replay.given != self._replay.given:  # the reason and the notes are those of the old day
            provenance = Provenance(provenance.source)
        data, filters = Dataset.__new__(Dataset), self._narrowed if narrowed is None else narrowed
        data._set(replay, policy or self._policy, provenance, filters)
        return data

    def __contains__(self, name: object) -> bool:
        return name in self._store.raw

    def __getattr__(self, name: str) -> ir.Table:
        if name in TABLES:
            return self.table(name)
        raise AttributeError(
            f"Dataset has no attribute {name!r}.{did_you_mean(name, [*dir(type(self)), *TABLES])}"
        )

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.tables})

    def __repr__(self) -> str:
        return described(self, self._provenance, self._replay).text()

    def _repr_html_(self) -> str:
        return described(self, self._provenance, self._replay).html()
