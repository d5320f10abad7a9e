"""Table store: a company's tables on one engine, typed, checked once, without test accounts.

All Datasets that filter or replay a company share one store, so that no row is checked twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from revkit.dataset.engines.query_errors import of_frames
from revkit.dataset.history.as_of import last_known
from revkit.dataset.history.span import Span, span
from revkit.dataset.history.states import TRACKED
from revkit.dataset.loaded import Loaded
from revkit.dataset.loaded.labels import told_apart
from revkit.dataset.notes import Note
from revkit.dataset.relations import check_relations
from revkit.dataset.relations.currencies import Currencies, distinct_of
from revkit.dataset.validation import (
    Checked,
    check_periods,
    examine,
    fill,
    paid_again,
    refuse,
    rules_to_set_aside,
    unique,
)
from revkit.dataset.validation.closings import HALVES, open_by_column
from revkit.dataset.validation.dates import FAR
from revkit.dataset.validation.exclusion import without_tests
from revkit.dataset.validation.keys import check_spelling
from revkit.dataset.validation.process import Process
from revkit.dataset.validation.rules import signs_of_revenue
from revkit.dataset.validation.variants import variants
from revkit.dataset.validation.years import check_years, count_years, spans_far
from revkit.dimensions import TableSpec
from revkit.periods import FIRST, LAST, day_of
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NUMBERS = count(1)
HISTORIES = ("lead_history", "opportunity_history")


class Store(Loaded):
    """The tables of one company on one engine.

    Parameters
    ----------
    tables
        Data frames, Arrow tables or Ibis tables by the names of the schema.
    currency
        The currency of the company's money; None when it is not given.
    slow
        Tables that are slow to read (CSV files), and what opens each again, by reading its file to
        the end. They are copied into the engine at their first use.
    set_aside
        Rules whose rows are counted nowhere instead of refused, as ``table.rule``.
    ignore
        Columns that are right although they look like a mistake, as ``table.column``.
    notes
        What is known of the rows already.
    remedies
        What to do about rows that break a rule, as ``table.rule``, where a mapping has the usual
        line already.

    Raises
    ------
    ParameterError
        When a name in ``set_aside`` is no rule.
    TableError
        When a name is not in the schema, a value is not a table, or the Ibis tables are on
        several connections.
    ColumnError
        When a required column is absent.
    DataError
        When the type of a column cannot become the declared one.
    """

    def __init__(
        self,
        tables: Mapping[str, Any],
        currency: str | None,
        slow: Mapping[str, Callable[[], ir.Table]] = MappingProxyType({}),
        *,
        set_aside: Iterable[str] = (),
        ignore: Iterable[str] = (),
        notes: Iterable[Note] = (),
        remedies: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.asked = rules_to_set_aside(set_aside)
        self._remedies = remedies
        super().__init__(tables, slow, ignore=ignore, notes=notes)
        self.currency = currency
        self._checked: dict[str, ir.Table] = {}
        self.aside: dict[str, ir.Table] = {}
        self._spaced: dict[str, frozenset[str]] = {}
        self._clean: dict[str, ir.Table] = {}
        self._spans: dict[tuple[str, str], Span] = {}
        self._currencies = Currencies(currency, rates="exchange_rates" in self.raw)

    @cached_property
    def specs(self) -> dict[str, TableSpec]:
        """Loaded columns, relations and key of each table, for :mod:`revkit.dimensions`."""
        specs = {}
        for name, raw in self.raw.items():
            here = frozenset(raw.columns)
            if name == "opportunities" and "opportunity_history" in self.raw:
                here |= {*TRACKED} & {*self.raw["opportunity_history"].columns}
            relations = {
                relation: (column, target)
                for relation, (column, target) in TABLES[name].relations.items()
                if column in here
            }
            label = "name" if "name" in here else None
            specs[name] = TableSpec(here, relations, TABLES[name].key, label)
        return specs

    def typed(self, name: str) -> ir.Table:
        """Return a checked table of declared types, with absent optional columns filled.

        Raises
        ------
        DataError
            When a value breaks a rule of the schema; three examples are shown.
        CurrencyError
            When money is in several currencies that cannot be converted into one.
        """
        if name not in self._checked:
            with of_frames(name in self._frames):
                self._checked[name] = self._checked_rows(name)
        return self._checked[name]

    def _checked_rows(self, name: str) -> ir.Table:
        """Return a table as :meth:`typed`, computed anew."""
        table = TABLES[name]
        self.read(name)
        expr = self._check(name)
        if self._is_slow(name):
            expr = self._copied(name, expr)
        check_spelling(table, expr, self._spaced[name])
        periods = name == "subscriptions" and "ended_on" in expr.columns
        judge = check_periods if periods else unique
        expr, copies = judge(table, expr, self.asked)
        self.add_note(copies)
        self.add_note(paid_again(expr) if periods else None)
        if spans_far(table, expr):
            check_years(table, expr, self.years, self.ignore)
        for note in variants(table, expr, self._readings[name]):
            self.add_note(note)
        expr = told_apart(table, expr)
        return self._filled(name, expr)

    def _filled(self, name: str, expr: ir.Table) -> ir.Table:
        """Return rows with the absent optional columns, which hold their default."""
        columns = [c for c in TABLES[name].columns.values() if c.optional]
        absent = {c.name: fill(c, self.currency) for c in columns if c.name not in expr.columns}
        return expr.mutate(**absent) if absent else expr

    def notes(self, tables: Iterable[str]) -> tuple[Note, ...]:
        """Return the notes on some tables, which are checked; those not loaded have none."""
        loaded = [name for name in self.tables if name in set(tables)]
        for name in loaded:
            self.clean(name)
        return tuple(self._notes.on(loaded))

    def clean(self, name: str) -> ir.Table:
        """Return a typed table without the rows of test accounts."""
        if name not in self._clean:
            with of_frames(name in self._frames):
                related = check_relations(self, name)
            expr = related.rows
            for note in related.notes:
                self.add_note(note)
            if self.tests:
                expr = without_tests(name, expr, self.specs, self.typed)
            self._clean[name] = expr
        return self._clean[name]

    @cached_property
    def tests(self) -> int:
        """The number of test accounts."""
        if "accounts" not in self.raw or "is_test" not in self.raw["accounts"].columns:
            return 0
        accounts = self.typed("accounts")
        return int(accounts.filter(accounts.is_test).count().execute())

    def span(self, name: str, timezone: str) -> Span:
        """Return the number of rows of a clean table and the days it covers."""
        if (name, timezone) not in self._spans:
            columns = self.specs[name].columns
            self._spans[name, timezone] = span(name, self.clean(name), columns, timezone)
        return self._spans[name, timezone]

    def happened(self, name: str, timezone: str) -> dict[str, date]:
        """Return the last day in each column that records when something happened.

        Planned and announced dates are left out, such as the ends of subscriptions, which may lie
        ahead; so is the date of closing of a deal without an outcome.
        """
        table, columns, found = TABLES[name], self.specs[name].columns, {}
        for column, last in self.span(name, timezone).last.items():
            declared, outcome = table.columns[column], table.decided.get(column)
            if not declared.actual or declared.announced:
                continue
            if outcome in columns:
                expr = self.clean(name)
                latest = expr[column].max(where=expr[outcome].notnull()).to_pyarrow().as_py()
                if latest is None:
                    continue
                last = last_known(declared, day_of(latest, timezone))
            found[column] = last
        return found

    @cached_property
    def only_currency(self) -> str | None:
        """The currency given, else the only one that rows name, else None."""
        if self.currency is not None:
            return self.currency
        for name, raw in self.raw.items():
            if "currency" in raw.columns:
                self.typed(name)
        return self._currencies.first

    def foreign(self, name: str) -> bool:
        """Return whether some money of a table is in another currency than the company's."""
        table = TABLES[name]
        if table.valued_with is not None:
            owner = table.columns[table.valued_with].references
            return owner in self.raw and self.foreign(str(owner))
        self.typed(name)
        return name in self._currencies.foreign

    def _check(self, name: str) -> ir.Table:
        """Return the rows of a table that break no rule, of declared types."""
        checked = self.examine(name)
        if checked.refused:
            raise refuse(*checked.refused[0], TABLES[name], self.raw[name])
        self.record(name, checked)
        return checked.rows(self.raw[name])

    def examine(self, name: str) -> Checked:
        """Return what each rule of a table says of its rows as loaded; nothing is refused."""
        raw, readings, more = self.raw[name], self._readings[name], []
        values = {column: reading.value for column, reading in readings.items()}
        process = self.process if name in ("opportunities", *HISTORIES) else Process()
        words = list(process.vocabularies(name, readings))
        if name == "opportunities":
            known = {"opportunity_history", "stages"} <= self.raw.keys() or HALVES in self.ignore
            more = list(open_by_column(raw, values, process.closed, history=known))
        elif name == "finance":
            more = list(signs_of_revenue(raw, values))
        found = examine(TABLES[name], raw, readings, words, self.asked, more)
        found.refused = [
            (replace(one, remedy=self._remedies.get(f"{name}.{one.rule}", one.remedy)), rows)
            for one, rows in found.refused
        ]
        return found

    def record(self, name: str, checked: Checked) -> None:
        """Record what the check of a table found: notes, rows set aside, currencies."""
        for note in checked.notes:
            self.add_note(note)
        self._spaced[name] = checked.spaced
        if checked.aside is not None:
            key = checked.values[TABLES[name].key[0]]
            aside = self.raw[name].select(key=key, aside=checked.aside)
            self.aside[name] = aside.filter(aside.aside).select("key").distinct()
        tells = {other for other, raw in self.raw.items() if "currency" in raw.columns}
        if TABLES[name].money or not any(TABLES[other].money for other in tells):
            # beside money that has its own, the currency of an account is one of its properties
            self._currencies.add(
                name,
                *checked.currencies,
                unnamed=checked.unnamed,
                every=lambda: distinct_of(checked.rows(self.raw[name]), "currency"),
            )

    def is_spaced(self, table: str, column: str) -> bool:
        """Report whether some ids of a column have blanks around them."""
        return column in self._spaced[table]

    @cached_property
    def years(self) -> Counter[int]:
        """Return how many dates of the company lie in each year that can be."""
        years: Counter[int] = Counter()
        for name in self.tables:
            self.read(name)
            values = {column: reading.value for column, reading in self._readings[name].items()}
            years += count_years(TABLES[name], self.raw[name].select(**values))
        return Counter({year: n for year, n in years.items() if FIRST.year <= year <= LAST.year})

    def check_all_years(self, timezone: str) -> None:
        """Refuse days over ten years from every other, in whatever table.

        Raises
        ------
        DataError
            When there are any, in a column that ``ignore`` does not name.
        """
        spans = [self.span(name, timezone) for name in self.tables]
        years = [
            day.year for span in spans for days in (span.first, span.last) for day in days.values()
        ]
        if years and max(years) - min(years) > FAR:
            for name in self.tables:
                check_years(TABLES[name], self.typed(name), self.years, self.ignore)

    @cached_property
    def process(self) -> Process:
        """The stages of leads and deals; none without the table ``stages``."""
        return Process.of(self.typed("stages")) if "stages" in self.raw else Process()

    @property
    def tells_pipelines(self) -> bool:
        """True when stages differ by pipeline; deals must then have one.

        Raises
        ------
        ColumnError
            When they have none.
        """
        if "stages" not in self.raw or "pipeline" not in self.raw["stages"].columns:
            return False
        if "pipeline" not in self.raw["opportunities"].columns:
            raise self.missing_column("opportunities", "pipeline")
        return True
