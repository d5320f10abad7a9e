"""Table store: a company's tables on one engine, typed, checked once, without test accounts.

All Datasets that filter or replay a company share one store, so that no row is checked twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

from revkit.dataset.as_of import last_known
from revkit.dataset.columns import recognize
from revkit.dataset.engine import arrow, engine
from revkit.dataset.notes import Note, Notes, columns_to_ignore
from revkit.dataset.span import Span, span
from revkit.dataset.validation import Reading, fill, problems, read, refuse, rules_to_set_aside
from revkit.dimensions import Step, TableSpec, levels
from revkit.errors import ColumnError, CurrencyError, DataError, TableError
from revkit.periods import day_of
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NUMBERS = count(1)


class Store:
    """The tables of one company on one engine.

    Parameters
    ----------
    tables
        Data frames, Arrow tables or Ibis tables by the names of the schema.
    currency
        The currency of the company's money; None when it is not given.
    slow
        Tables that are slow to read (CSV files): copied into the engine at their first use.
    set_aside
        Rules whose rows are counted nowhere instead of refused, as ``table.rule``.
    ignore
        Columns whose resemblance to one of the schema, or whose odd dates, are right, as
        ``table.column``.

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
        slow: frozenset[str] = frozenset(),
        *,
        set_aside: Iterable[str] = (),
        ignore: Iterable[str] = (),
    ) -> None:
        for name in tables:
            if name not in TABLES:
                raise TableError.unknown(name, known=TABLES, where="rk.Dataset")
        self.backend, self._ours = engine(tables)
        self.currency = currency
        self._slow = slow
        self._set_aside = rules_to_set_aside(set_aside)
        self.ignore = columns_to_ignore(ignore)
        self._notes = Notes()
        self.raw = {name: self._adopt(name, table) for name, table in tables.items()}
        self._checked: dict[str, ir.Table] = {}
        self._clean: dict[str, ir.Table] = {}
        self._spans: dict[tuple[str, str], Span] = {}
        self._unique: set[str] = set()
        self._currencies: set[str] = {currency} if currency is not None else set()
        self._foreign: set[str] = set()
        self._readings = {name: self._read(name) for name in self.raw}

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the loaded tables, in the order of the schema."""
        return tuple(name for name in TABLES if name in self.raw)

    def require(self, name: str) -> None:
        """Refuse the name of a table that is not loaded.

        Raises
        ------
        TableError
            When the table is not loaded, or not in the schema.
        """
        if name not in TABLES:
            raise TableError.unknown(name, known=TABLES)
        if name not in self.raw:
            raise TableError.missing(name, found=self.tables)

    @cached_property
    def specs(self) -> dict[str, TableSpec]:
        """Loaded columns, relations and key of each table, for :mod:`revkit.dimensions`."""
        specs = {}
        for name, raw in self.raw.items():
            here = frozenset(raw.columns)
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
            table, raw, readings = TABLES[name], self.raw[name], self._readings[name]
            aside = self._check(name)
            values = {
                column: reading.value
                for column, reading in readings.items()
                if reading.value is not raw[column] and not reading.value.equals(raw[column])
            }
            absent = {
                column.name: fill(column, self.currency)
                for column in table.columns.values()
                if column.optional and column.name not in raw.columns
            }
            expr = raw
            if values or aside is not None:
                flag = {} if aside is None else {"__aside": aside.fill_null(False)}
                expr = raw.mutate(**values, **flag)
            if aside is not None:
                expr = expr.filter(~expr["__aside"]).drop("__aside")
            if name in self._slow or any(reading.parsed for reading in readings.values()):
                expr = self.backend.create_table(self._name(f"{name}_read"), expr, temp=True)
            self._checked[name] = expr.mutate(**absent) if absent else expr
        return self._checked[name]

    def add_note(self, note: Note) -> None:
        """Record a note on a table: it travels with every number made of it."""
        self._notes.add(note)

    def notes(self, tables: Iterable[str]) -> tuple[Note, ...]:
        """Return the notes on some tables, which are checked; those not loaded have none."""
        loaded = [name for name in self.tables if name in set(tables)]
        for name in loaded:
            self.typed(name)
        return tuple(self._notes.on(loaded))

    def clean(self, name: str) -> ir.Table:
        """Return a typed table without the rows of test accounts."""
        if name not in self._clean:
            expr = self.typed(name)
            if self.tests:
                expr = self._without_tests(name, expr)
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
        return next(iter(self._currencies), None)

    def foreign(self, name: str) -> bool:
        """Return whether some money of a table is in another currency than the company's."""
        table = TABLES[name]
        if table.valued_with is not None:
            owner = table.columns[table.valued_with].references
            return owner in self.raw and self.foreign(str(owner))
        self.typed(name)
        return name in self._foreign

    def check_unique(self, name: str) -> None:
        """Refuse a table whose key names several rows, before a join multiplies them.

        Raises
        ------
        DataError
            When a key is not unique, with three examples.
        """
        if name in self._unique:
            return
        (key,) = TABLES[name].key
        expr = self.clean(name)
        counts = expr.aggregate(rows=expr.count(), keys=expr[key].nunique()).to_pyarrow()
        rows, keys = (counts[column][0].as_py() for column in ("rows", "keys"))
        if rows != keys:
            twice = expr.group_by(key).aggregate(rows=expr.count())
            twice = twice.filter(twice.rows > 1).order_by(key).limit(3)
            raise DataError.not_unique(
                key, table=name, extra=rows - keys, examples=twice.to_pyarrow().to_pylist()
            )
        self._unique.add(name)

    def missing_column(self, name: str, column: str) -> ColumnError:
        """Return the error for a column that was not loaded; it suggests the nearest one."""
        found = self.raw[name].columns
        return ColumnError.missing(column, table=name, found=found, taken=TABLES[name].columns)

    def _read(self, name: str) -> dict[str, Reading]:
        """Return each declared column of a table, read as its declared type."""
        table, raw = TABLES[name], self.raw[name]
        for column in table.required:
            if column not in raw.columns:
                raise self.missing_column(name, column)
        parses = self.backend is not None and self.backend.name == "duckdb"
        return {
            column: read(raw[column], table.columns[column], table=name, parses=parses)
            for column in raw.columns
            if column in table.columns
        }

    def _adopt(self, name: str, table: Any) -> ir.Table:
        """Return an Ibis table by the schema's names; copy a frame into the engine."""
        import ibis.expr.types as ir

        if not isinstance(table, ir.Table):
            frame = arrow(name, table)
            if not frame.column_names:
                raise DataError.no_columns(name)
            table = self.backend.create_table(self._name(name), frame, temp=not self._ours)
        raw, notes = recognize(name, table, self.ignore)
        for note in notes:
            self.add_note(note)
        return raw

    def _name(self, table: str) -> str:
        """Return a name for a copied table, unique among companies on the same engine."""
        return f"revkit_{table}" if self._ours else f"revkit_{table}_{next(_NUMBERS)}"

    def _check(self, name: str) -> Any:
        """Count the rows that break each rule, in one pass; refuse the table when there are any.

        Returns the condition of the rows to set aside, None when there are none.
        """
        table, raw, readings = TABLES[name], self.raw[name], self._readings[name]
        found = list(problems(table, readings))
        sums = {
            f"p{number}": problem.rows.ifelse(1, 0).sum().fill_null(0)
            for number, problem in enumerate(found)
        }
        if "currency" in raw.columns:
            sums |= {"least": raw.currency.min(), "most": raw.currency.max()}
        if not sums:
            return None
        counted = raw.aggregate(**sums).to_pyarrow().to_pylist()[0]
        aside = None
        for number, problem in enumerate(found):
            if not (rows := int(counted[f"p{number}"])):
                continue
            if f"{name}.{problem.rule}" not in self._set_aside:
                raise refuse(problem, rows, table, raw)
            broken = problem.rows.fill_null(False)
            aside = broken if aside is None else aside | broken
            self.add_note(Note.set_aside(name, problem.rule, problem.what, rows))
        if "currency" in raw.columns:
            self._one_currency(name, counted["least"], counted["most"])
        return aside

    def _one_currency(self, name: str, *found: str | None) -> None:
        """Refuse money in several currencies, within a table or across the tables used so far."""
        named = {currency for currency in found if currency is not None}
        convertible = self.currency is not None and "exchange_rates" in self.raw
        if convertible and named - {self.currency}:
            self._foreign.add(name)
        elif len(self._currencies | named) > 1:
            raise CurrencyError.several(
                sorted(self._currencies | named),
                table=name,
                into=self.currency,
                rates="exchange_rates" in self.raw,
            )
        else:
            self._currencies |= named

    def _without_tests(self, name: str, expr: ir.Table) -> ir.Table:
        """Drop the rows that lead to a test account by their shortest relations."""
        if name == "accounts":
            return expr.filter(~expr.is_test)
        for ways in levels(name, self.specs):
            reaching = [steps for steps in ways if steps and steps[-1].table == "accounts"]
            for steps in reaching:
                keys = self._tests_along(steps)
                # never an anti join: sqlglot loses one that two queries on PostgreSQL share
                joined = expr.left_join(keys, expr[steps[0].column] == keys[0])
                expr = joined.filter(joined["__test"].isnull()).drop("__test")
            if reaching:
                break
        return expr

    def _tests_along(self, steps: tuple[Step, ...]) -> ir.Table:
        """Return the keys of the first step's table whose rows lead to a test account."""
        first, *rest = steps
        expr = self.typed(first.table)
        if rest:
            keys = self._tests_along(tuple(rest))
            expr = expr.join(keys, expr[rest[0].column] == keys[0])
        else:
            expr = expr.filter(expr.is_test)
        return expr.select(expr[first.key].name("__test")).distinct()
