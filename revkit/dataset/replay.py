"""Replay: one company's tables as they were known at the end of a day, before any ``where``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from revkit.dataset.credit import SPLITS, already_split, check_shares
from revkit.dataset.exchange import Exchange, check_rates, quotes
from revkit.dataset.history.as_of import after, as_known
from revkit.dataset.history.days import Recorded
from revkit.dataset.history.decided import first_decided
from revkit.dataset.history.planned import APART, FEW, SOME, STARTS, apart, first_planned
from revkit.dataset.history.recorded import judged, recorded, recorded_quotas
from revkit.dataset.history.states import TRACKED, as_recorded
from revkit.dataset.notes import Note
from revkit.dataset.store import Store
from revkit.dataset.validation.closings import check_closings
from revkit.errors import PeriodError
from revkit.periods import day_of
from revkit.schema import TABLES, TableSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir

NO_ROW = "the table has no row"


class Replay:
    """Tables of a store as known at the end of a day, with money in the company's currency.

    Parameters
    ----------
    store
        The company's checked tables.
    given
        The as-of date, or None for the latest day on which anything happened.
    timezone
        Where the company's days begin and end.
    converts
        Whether money in other currencies is converted into the company's.
    goes_back
        Whether the company had been known up to a later day, so that later days are rightly there.
    """

    def __init__(
        self,
        store: Store,
        given: date | None,
        timezone: str,
        *,
        converts: bool = True,
        goes_back: bool = False,
    ) -> None:
        self.store = store
        self.given = given
        self.timezone = timezone
        self._converts = converts
        self._goes_back = goes_back
        self._tables: dict[str, ir.Table] = {}
        self._recorded_days: dict[str, Recorded | None] = {}
        self.ahead: dict[str, list[date]] = {}
        self._closings: Note | None = None

    def at(self, given: date | None, timezone: str) -> Replay:
        """Return the same tables as known at another day, or by the days of another time zone."""
        return Replay(self.store, given, timezone, converts=self._converts, goes_back=True)

    @property
    def as_of(self) -> date:
        """The day at whose end the company is known.

        Raises
        ------
        PeriodError
            When none was given and no table has a date.
        """
        return self.given if self.given is not None else self.latest[0]

    @cached_property
    def days(self) -> list[tuple[date, str]]:
        """The latest actual day of each date column, and the ``table.column`` that holds it.

        Starts that are planned are left out.
        """
        found = {
            f"{name}.{column}": last
            for name in self.store.tables
            for column, last in self.store.happened(name, self.timezone).items()
        }
        self.store.check_all_years(self.timezone)
        last = max((day for column, day in found.items() if column not in STARTS), default=None)
        for column in [name for name in STARTS if name in found]:
            if last is None or found[column] > last + APART:
                days = self._days_of(column)
                planned = first_planned(days, last)
                if planned is not None:
                    self.ahead[column] = [day for day in days if day >= planned]
                    found[column] = max(day for day in days if day < planned)
        return [(day, column) for column, day in found.items()]

    def _days_of(self, column: str) -> list[date]:
        """Return the days in a column, ``table.column``, in order."""
        table, _, name = column.partition(".")
        day = self.store.clean(table)[name].name("day").as_table()
        found = day.filter(day.day.notnull()).distinct().order_by("day").to_pyarrow()
        return [day_of(one, self.timezone) for one in found["day"].to_pylist()]

    def _empty(self, names: Collection[str]) -> Iterator[Note]:
        """Yield the notes on tables that have no row."""
        for name in [name for name in self.store.tables if name in names]:
            if not self.store.span(name, self.timezone).rows:
                yield Note(name, "empty", NO_ROW)

    def _planned_starts(self) -> Iterator[Note]:
        """Yield the notes on starts that are planned, where the as-of date is inferred."""
        for column, days in self.ahead.items() if self.given is None else ():
            table, _, name = column.partition(".")
            many = "on 1 day" if len(days) == 1 else f"on {len(days)} days"
            yield Note(
                table,
                "planned",
                f"{name} is {many} from {days[0]} on, apart from everything else; these are taken "
                f"for planned, and the data end on {self.as_of}. Where they are not, say "
                f"as_of='{days[-1]}'",
            )

    def _far_closings(self) -> Iterator[Note]:
        """Yield the note on a deal that alone says how far the data reach."""
        column = "opportunities.closed_on"
        if self.given is not None or self.latest[1] != column:
            return
        others = [day for day, name in self.days if name != column]
        since = apart(self._days_of(column), others)
        if since is None:
            return
        closed = self.store.clean("opportunities").closed_on.name("day").as_table()
        counted = closed.aggregate(
            every=closed.day.count(), last=(closed.day == self.as_of).ifelse(1, 0).sum()
        ).to_pyarrow()
        every, last = (int(counted[name][0].as_py()) for name in ("every", "last"))
        if every <= SOME or last > max(1, FEW * every):
            return
        yield Note(
            "opportunities",
            "far_closing",
            f"the data end on {self.as_of}, on which a deal closed, {(self.as_of - since).days} "
            f"days after everything else. Where that day is only planned, or mistyped, correct it, "
            f"or say as_of='{since}'",
        )

    def _check_closings(self, given: date | None) -> None:
        """Refuse deals whose day of closing is only planned."""
        columns = (
            self.store.specs["opportunities"].columns if "opportunities" in self.store.raw else ()
        )
        if {"closed_on", "is_won"} <= set(columns):
            last = self.store.span("opportunities", self.timezone).last.get("closed_on")
            if given is None or (last is not None and last > given):
                others = [day for day, column in self.days if column != "opportunities.closed_on"]
                deals = self.store.clean("opportunities")
                self._closings = check_closings(deals, others, given)

    @cached_property
    def latest(self) -> tuple[date, str]:
        """The latest day on which anything happened, and the ``table.column`` that holds it."""
        if not self.days:
            raise PeriodError.no_dates(tables=self.store.tables)
        if self.given is None:
            self._check_closings(None)
        return max(self.days, key=lambda found: found[0])

    def table(self, name: str) -> ir.Table:
        """Return a table as known at ``as_of``.

        From the latest day on which anything happened on, all that was loaded is known: a later
        date, such as the end of a subscription, is a planned one.

        Raises
        ------
        TableError
            When the table is not loaded, or not in the schema.
        DataError
            When a value breaks a rule of the schema (checked at the table's first use).
        CurrencyError
            When an amount has no exchange rate on its day.
        """
        self.store.require(name)
        return self._known(name, TABLES[name])

    def planned(self, name: str) -> ir.Table:
        """Return a table as :meth:`table`, with the rows of which only planned dates are to come.

        A quota of the next quarter without a day of submission is one.
        """
        self.store.require(name)
        table = TABLES[name]
        actual = tuple(column for column in table.known_on if table.columns[column].actual)
        return self._known(name, replace(table, known_on=actual), key=f"{name} planned")

    def _known(self, name: str, table: TableSchema, key: str = "") -> ir.Table:
        """Return a table as known at ``as_of`` by the columns that a schema names."""
        key = key or name
        if key not in self._tables:
            expr = self.store.clean(name)
            if name == "opportunities" and self.given is not None and not self._goes_back:
                self._check_closings(self.given)
            ahead = any(table.columns[column].planned for column in table.known_on)
            if self.given is not None or ahead:
                last = self.store.span(name, self.timezone).last
                later = any(day > self.as_of for day in last.values())
                if ahead or not later or self.is_past:
                    expr = as_known(table, expr, self.as_of, last, self._later_keys, self.timezone)
            if name == SPLITS:
                check_shares(expr)
                hired_later = self._later_keys("reps", "hired_on")
                expr = expr if hired_later is None else already_split(expr, hired_later)
            if name == "opportunities" and "opportunity_history" in self.store.raw:
                expr = self._recorded(expr)
            if self._converts and table.money and self.store.foreign(name):
                expr = self._convert(name, expr)
            self._tables[key] = expr
        return self._tables[key]

    def first_day(self, names: Iterable[str]) -> date:
        """Return the first day on which anything happened in the tables; else ``as_of``."""
        found = [
            first
            for name in names
            for column, first in self.store.span(name, self.timezone).first.items()
            if TABLES[name].columns[column].actual
        ]
        return min(found, default=self.as_of)

    def recorded(self, names: Iterable[str]) -> dict[str, Recorded]:
        """Return the days on which tables of events were kept, up to ``as_of``."""
        for name in sorted({*names} & {*self.store.tables} - self._recorded_days.keys()):
            if name == "targets":
                self._recorded_days[name] = recorded_quotas(self.planned(name), self.as_of)
            elif judged(TABLES[name]):
                columns = self.store.specs[name].columns
                days = recorded(name, self.table(name), columns, self.timezone, self.as_of)
                if days is not None and name == "opportunities":
                    decided = first_decided(self.table(name), self.timezone, self.as_of)
                    days = days if decided is None else days.from_day(decided)
                self._recorded_days[name] = days
        found = {name: self._recorded_days.get(name) for name in names}
        return {name: days for name, days in found.items() if days is not None}

    def silences(self, names: Iterable[str]) -> Iterator[Note]:
        """Yield the notes on tables that end or fall silent before ``as_of``, or begin after it.

        A company without any date has none.
        """
        names = list(names)
        yield from self._empty(names)
        if self.given is None and not self.days:
            return
        yield from (note for note in self._planned_starts() if note.table in names)
        yield from self._far_closings() if "opportunities" in names else ()
        known = self.recorded(names)
        for name in names if self._converts else ():
            if name in self.store.tables and TABLES[name].money and self.store.foreign(name):
                self.table(name)
                yield from (note for note in self.exchange.notes if note.table == name)
        if self._closings is not None and "opportunities" in names:
            yield self._closings
        for name, days in known.items():
            yield from days.notes(name, self.as_of)
        for name in sorted({*names} & {*self.store.tables} - {*known}):
            first = self.first_day([name])
            if judged(TABLES[name]) and first > self.as_of:
                if self._goes_back:  # what comes later is not told of
                    yield Note(name, "empty", NO_ROW)
                    continue
                text = f"the first row is of {first}, after {self.as_of}: nothing of it is known"
                yield Note(name, "later", text)

    @cached_property
    def is_past(self) -> bool:
        """True when anything happened after the as-of date."""
        return self.given is not None and any(day > self.given for day, _ in self.days)

    @cached_property
    def unconverted(self) -> Replay:
        """The same tables with each amount in the currency of its row."""
        return Replay(
            self.store, self.given, self.timezone, converts=False, goes_back=self._goes_back
        )

    @cached_property
    def exchange(self) -> Exchange:
        """The rates into the company's currency, as known at ``as_of``."""
        into = self.store.only_currency
        assert into is not None
        rates = check_rates(self.table("exchange_rates"))
        return Exchange(into, quotes(rates, into), self.as_of, self.timezone)

    def _recorded(self, deals: ir.Table) -> ir.Table:
        """Return opportunities in the state that their history gives them."""
        store, own = self.store, self if not self._converts else self.unconverted
        if not {"closed_on", "is_won"} <= set(deals.columns):
            return deals
        name = "opportunity_history"
        last = store.span(name, self.timezone).last.get("changed_at", self.as_of)
        every = store.clean(name) if self.is_past and last > self.as_of else None
        return as_recorded(
            deals,
            own.table(name),
            [column for column in TRACKED if column in store.raw[name].columns],
            self.timezone,
            stages=own.table("stages") if "stages" in store.raw else None,
            by_pipeline=store.tells_pipelines,
            past=self.is_past,
            later=None
            if every is None
            else every.filter(after(every.changed_at, self.as_of, self.timezone)),
        )

    def _convert(self, name: str, expr: ir.Table) -> ir.Table:
        """Return a table with its money in the company's currency."""
        table = TABLES[name]
        if table.valued_with is None:
            return self.exchange.convert(table, expr)
        owner = str(table.columns[table.valued_with].references)
        key = TABLES[owner].key[0]
        valued = self.exchange.add_valuation(TABLES[owner], self.unconverted.table(owner))
        valued = valued.select(key, "__currency", "__day").rename(__owner=key)
        return self.exchange.convert(table, expr, valued)

    def _later_keys(self, name: str, column: str) -> ir.Table | None:
        """Return the keys of rows dated after ``as_of``; None when the table has no such row."""
        if name not in self.store.raw:
            return None
        last = self.store.span(name, self.timezone).last.get(column)
        if last is None or last <= self.as_of:
            return None
        expr = self.store.clean(name)
        return expr.filter(expr[column] > self.as_of).select(TABLES[name].key[0])
