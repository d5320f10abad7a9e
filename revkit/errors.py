"""Every way revkit refuses, and every sentence it says when it does.

::

    RevkitError
    ├── TableError      (LookupError)        a table that is not loaded, or that nobody knows
    ├── ColumnError     (LookupError)        a table lacks a column
    ├── DimensionError  (LookupError)        a dimension, or a value of one, that is not there
    ├── PeriodError     (ValueError)         a period, a date or a range that makes no sense
    ├── FormulaError    (ValueError)         a metric whose formula says nothing
    ├── ParameterError  (ValueError)         a parameter misspelt or of the wrong kind
    ├── DataError       (ValueError)         values that cannot be right, counted and shown
    ├── CurrencyError   (ValueError)         money that cannot be added up
    ├── MappingError    (ValueError)         a mapping file that cannot be followed
    ├── SourceError     (FileNotFoundError)  nothing readable at a path
    └── ReportError     (RuntimeError)       a report that could not be made

Each message says where, what was needed, what was found and what to do, in that order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The most similar of ``words``, whatever the case, or None when none is similar.

    >>> nearest("Opportunites", ["accounts", "opportunities"])
    'opportunities'
    """
    folded = {other.casefold(): other for other in words}
    near = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[near[0]] if near else None


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A hint with a leading space, or nothing."""
    near = nearest(word, words)
    return f" Did you mean {near!r}?" if near is not None else ""


def listed(words: Iterable[object], limit: int = 20) -> str:
    """Words with commas between; the rest of a long list is counted."""
    shown = [str(word) for word in words]
    if len(shown) > limit:
        shown[limit:] = [f"and {len(shown) - limit} more"]
    return ", ".join(shown) if shown else "nothing"


class RevkitError(Exception):
    """Base class: catch this to catch every error revkit raises on purpose."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows: the sentence, without the frames that led to it."""
        return [f"{type(self).__name__}: {self}"]


class TableError(RevkitError, LookupError):
    """A table is not loaded, or no table has that name."""

    @classmethod
    def missing(cls, table: str, *, found: Collection[str], needed_by: str = "") -> TableError:
        """A table that exists in the schema, but was not given."""
        who = needed_by or "This call"
        return cls(
            f"{who} needs the table {table!r}; loaded: {listed(found)}. "
            f"Add {table}.csv or {table}.parquet to the folder, or pass {table}=… to rk.Dataset."
        )

    @classmethod
    def unknown(cls, table: str, *, known: Collection[str], where: str = "") -> TableError:
        """A name that is no table of the schema."""
        place = f"{where}: " if where else ""
        return cls(
            f"{place}{table!r} is not a table revkit knows.{did_you_mean(table, known)} "
            f"The tables are: {listed(known, 30)}."
        )

    @classmethod
    def misspelt(cls, file: str, *, table: str, where: str) -> TableError:
        """A file called almost like a table."""
        return cls(
            f"{where} holds {file}, which is not a table but nearly {table!r}. "
            f"Rename it to {table}, or name it in a mapping: "
            f"tables: {{{table}: {{source: {file.split('.')[0]}}}}}."
        )

    @classmethod
    def no_table(cls, table: str, *, found: str) -> TableError:
        """Something given as a table that is none."""
        return cls(
            f"rk.Dataset: {table} must be a table; it is a {found}. Give a pandas DataFrame, "
            "an Arrow table or an Ibis table; files and folders are read by rk.load."
        )

    @classmethod
    def several_engines(cls, tables: Collection[str]) -> TableError:
        """Ibis tables of different connections, which no query can join."""
        return cls(
            f"rk.Dataset: {listed(tables)} are on different connections, which no query can "
            "join. Take them all from one connection."
        )


class ColumnError(RevkitError, LookupError):
    """A table lacks a column."""

    @classmethod
    def missing(
        cls,
        column: str,
        *,
        table: str,
        found: Collection[str],
        remedy: str | None = None,
        taken: Collection[str] = (),
    ) -> ColumnError:
        """A column that is needed; those ``taken`` already mean something else."""
        free = [name for name in found if name not in taken]
        if remedy is None:
            theirs = nearest(column, free) or "<your column>"
            remedy = f"Name it in a mapping: columns: {{{column}: {theirs}}}."
        return cls(
            f"{table} has no column {column!r}; it has: {listed(found, 40)}."
            f"{did_you_mean(column, free)} {remedy}"
        )


class DimensionError(RevkitError, LookupError):
    """A dimension that a table does not reach, or a value that a dimension does not have."""

    @classmethod
    def unknown(cls, dimension: str, *, table: str, reachable: Collection[str]) -> DimensionError:
        """Nothing by that name on the table or along its relations."""
        return cls(
            f"{table} has no dimension {dimension!r}.{did_you_mean(dimension, reachable)} "
            f"It can be grouped by: {listed(reachable, 40)}."
        )

    @classmethod
    def ambiguous(cls, dimension: str, *, table: str, paths: Sequence[str]) -> DimensionError:
        """Two columns by that name, equally near."""
        return cls(
            f"{table} reaches {dimension!r} in {len(paths)} ways: {listed(paths)}. "
            f"Say which one, as in {paths[0]!r}."
        )

    @classmethod
    def nowhere(
        cls, dimension: str, *, tables: Collection[str], reachable: Collection[str]
    ) -> DimensionError:
        """Nothing by that name in the whole company."""
        return cls(
            f"where({dimension}=…): none of {listed(tables)} has {dimension!r}."
            f"{did_you_mean(dimension, reachable)} The company can be narrowed by: "
            f"{listed(reachable, 40)}."
        )

    @classmethod
    def no_values(cls, dimension: str) -> DimensionError:
        """A ``where`` that would leave nothing."""
        return cls(f"where({dimension}=[]) names no value. Give one, a list of them, or None.")

    @classmethod
    def unknown_value(
        cls, dimension: str, value: object, *, found: Collection[str]
    ) -> DimensionError:
        """A value that no row has."""
        return cls(
            f"where({dimension}={value!r}): no row has this value."
            f"{did_you_mean(str(value), found)} Found: {listed(found)}."
        )

    @classmethod
    def unreached(cls, table: str, *, dimension: str, needed_by: str = "") -> DimensionError:
        """A table that a ``where`` could not narrow."""
        who = needed_by or "This"
        return cls(
            f"{who} needs {table}, which where({dimension}=…) could not narrow: {table} reaches "
            f"no {dimension!r}. Ask for it on the whole company, or narrow by a dimension "
            f"that {table} has."
        )


class PeriodError(RevkitError, ValueError):
    """A period, a date or a range that makes no sense."""

    @classmethod
    def not_a_date(cls, parameter: str, value: object) -> PeriodError:
        """A parameter that is no day of the calendar."""
        return cls(
            f"{parameter}={value!r} is not a day of the calendar. "
            f"Write it year-month-day, such as {parameter}='2026-03-31'."
        )

    @classmethod
    def unknown(cls, period: object, *, known: Collection[str]) -> PeriodError:
        """A period that no calendar has."""
        return cls(
            f"period={period!r} is not a period.{did_you_mean(str(period), known)} "
            f"Choose one of {listed(known)}, or None for the whole range."
        )

    @classmethod
    def no_fiscal_month(cls, month: object) -> PeriodError:
        """A fiscal year that begins in no month."""
        return cls(
            f"fiscal_year_start={month!r} is not a month. Give a number from 1, January, "
            "to 12, December."
        )

    @classmethod
    def no_year(cls, period: object) -> PeriodError:
        """A comparison with the year before, by periods that do not make up a year."""
        return cls(
            f"period={period!r} has no fixed number of periods in a year. "
            "Compare years by month, quarter or year."
        )

    @classmethod
    def empty_range(cls, start: object, end: object) -> PeriodError:
        """A range without a day that is known."""
        return cls(
            f"start={start} is after the last day there is to count, {end} (the as-of date, or "
            "the day before end). Choose an earlier start."
        )

    @classmethod
    def no_earlier(cls, what: str) -> PeriodError:
        """Other periods of a call that has only one."""
        return cls(
            f"{what} looks at other periods, but period=None makes one period of the whole "
            "range. Choose period='month' or another."
        )

    @classmethod
    def no_tenure(cls, period: object) -> PeriodError:
        """Tenure by periods shorter than the months it is counted in."""
        return cls(
            f"by='tenure' counts months and can't follow period={period!r}. "
            "Choose month, quarter or year."
        )

    @classmethod
    def bad_trailing(cls, trailing: object) -> PeriodError:
        """A window that holds no period."""
        return cls(f"trailing={trailing!r} must be a number of periods, 1 or more, such as 12.")

    @classmethod
    def later(cls, asked: object, *, known: object) -> PeriodError:
        """A replay of days that are not known."""
        return cls(
            f"replay({str(asked)!r}): this company is known up to {known}. Replay an earlier "
            "day, or start from the Dataset it was made from."
        )

    @classmethod
    def backwards(cls, start: object, end: object) -> PeriodError:
        """A range that ends before it starts."""
        return cls(f"start={start} is not before end={end}: a range is [start, end).")

    @classmethod
    def no_dates(cls, *, tables: Collection[str]) -> PeriodError:
        """A company without a single date, and so without an as-of date."""
        return cls(
            f"There is no date in any table ({listed(tables)}), so the day up to which the "
            "company is known cannot be told. Pass as_of='2026-03-31', or load tables with rows."
        )


class FormulaError(RevkitError, ValueError):
    """A metric whose formula says nothing."""

    @classmethod
    def no_date(cls, table: str) -> FormulaError:
        """A total or a stock without its dates."""
        return cls(
            f"A total of {table!r} needs at=…, a stock start=… and end=…: the dates that say in "
            "which period a row counts. Only movements have their period by themselves."
        )

    @classmethod
    def not_a_formula(cls, value: object) -> FormulaError:
        """Something that is neither a total nor a number."""
        return cls(
            f"A formula is made of totals and numbers; it was given {type(value).__name__} "
            f"{value!r}. Write Total(table, at=…) or Stock(table, start=…, end=…)."
        )

    @classmethod
    def no_quantile(cls, table: str, q: object) -> FormulaError:
        """A quantile of nothing, or beyond 0 and 1."""
        return cls(
            f"A quantile of {table!r} needs a value, Total(…).of(_.amount), and q between 0 and "
            f"1; it has q={q!r}."
        )

    @classmethod
    def negative_window(cls, within: object) -> FormulaError:
        """A window of less than no days."""
        return cls(f"within={within!r} must be 0 or more days, or None for what is known by now.")

    @classmethod
    def no_condition(cls, table: str, wanted: object, kind: str) -> FormulaError:
        """A condition that is no truth, or a value that is no number."""
        return cls(f"{wanted!r} of {table!r} gives {kind}, not what the formula needs there.")

    @classmethod
    def unknown(cls, metric: str, *, known: Collection[str]) -> FormulaError:
        """A metric nobody defined."""
        return cls(
            f"There is no metric {metric!r}.{did_you_mean(metric, known)} rk.catalog() lists them."
        )

    @classmethod
    def no_dataset(cls, metric: str, asked: Sequence[object]) -> FormulaError:
        """A metric asked of something that is no company."""
        found = ", ".join(type(value).__name__ for value in asked) or "nothing"
        return cls(
            f"metrics.{metric} is asked of one Dataset and was given {found}. "
            "Make one: rk.load(folder), or rk.Dataset(opportunities=frame, …)."
        )

    @classmethod
    def twice(cls, metric: str, *, module: str) -> FormulaError:
        """A second metric by the same name."""
        return cls(
            f"A metric {metric!r} is already defined in {module}. Choose another name: two "
            "definitions are two metrics."
        )


class ParameterError(RevkitError, ValueError):
    """A parameter misspelt or of the wrong kind."""

    @classmethod
    def repeated(cls, parameter: str, value: object, *, where: str) -> ParameterError:
        """The same thing named twice."""
        return cls(f"{where}: {parameter}={value!r} names something twice. Name each once.")

    @classmethod
    def out_of_range(cls, parameter: str, value: object, needed: str) -> ParameterError:
        """A number outside its range."""
        return cls(f"{parameter}={value!r} must be {needed}.")

    @classmethod
    def unknown(cls, parameter: str, *, where: str, known: Collection[str]) -> ParameterError:
        """A parameter nobody asked for."""
        return cls(
            f"{where} has no parameter {parameter!r}.{did_you_mean(parameter, known)} "
            f"It takes: {listed(known, 40)}."
        )

    @classmethod
    def not_taken(
        cls, parameter: str, *, notebooks: Collection[str], known: Collection[str]
    ) -> ParameterError:
        """A parameter that no notebook of a report takes."""
        near = nearest(parameter, known)
        hint = f"; did you mean {near!r}?" if near else "."
        return cls(
            f"no parameter {parameter!r} in {listed(notebooks)}{hint} To be set: {listed(known)}."
        )

    @classmethod
    def wrong_kind(
        cls, parameter: str, value: str, *, where: str, needed: str, help: str, example: object
    ) -> ParameterError:
        """A value that is not of the parameter's declared type."""
        meaning = f" ({help})" if help else ""
        return cls(
            f"{parameter}={value!r} does not fit {where}: {parameter}{meaning} must be {needed}, "
            f"such as the notebook's own {parameter}={example}."
        )

    @classmethod
    def given_otherwise(cls, parameter: str, *, option: str) -> ParameterError:
        """A parameter that has its own option on the command line."""
        return cls(f"{parameter!r} is not given with --set: use {option}.")

    @classmethod
    def no_pair(cls, text: str, *, option: str, example: str) -> ParameterError:
        """Something else where ``name=value`` was needed."""
        return cls(f"{option} {text!r} has no name and value. Write: {option} {example}.")

    @classmethod
    def not_declared(cls, line: str, *, where: str) -> ParameterError:
        """A line of a parameters cell that declares no parameter."""
        return cls(
            f"the parameters cell of {where} holds {line!r}. Each of its lines must be "
            f"'name: type = literal  # help', with str, int, float, bool, list, dict or None."
        )


class DataError(RevkitError, ValueError):
    """Values that cannot be right."""

    @classmethod
    def wrong_type(
        cls, column: str, *, table: str, needed: str, found: str, remedy: str
    ) -> DataError:
        """A column whose type cannot become the declared one."""
        return cls(f"{table}.{column} must be {needed}; it holds {found}. {remedy}")

    @classmethod
    def refused(
        cls,
        what: str,
        *,
        table: str,
        rows: int,
        examples: Sequence[Mapping[str, object]],
        remedy: str,
    ) -> DataError:
        """Rows that break a rule of the door: how many, three of them, what to do."""
        shown = "; ".join(
            ", ".join(f"{name}={value!s}" for name, value in row.items()) for row in examples
        )
        plural = "row" if rows == 1 else "rows"
        return cls(f"{table}: {what} in {rows:,} {plural}, such as {shown}. {remedy}")

    @classmethod
    def not_unique(
        cls, key: str, *, table: str, extra: int, examples: Sequence[Mapping[str, object]]
    ) -> DataError:
        """A key that names several rows, in a table that others refer to."""
        shown = "; ".join(f"{row[key]} ({row['rows']} rows)" for row in examples)
        many = "1 row is" if extra == 1 else f"{extra:,} rows are"
        return cls(
            f"{table}: each {key} must name one row, but {many} too many, such as {shown}. "
            "Other tables refer to it and would be counted twice: keep one row of each."
        )

    @classmethod
    def no_columns(cls, table: str) -> DataError:
        """A table without a single column."""
        return cls(
            f"{table} has no columns, so it is not even an empty table. Give it its columns, "
            "or leave it out."
        )

    @classmethod
    def mixed(cls, table: str, *, problem: str) -> DataError:
        """A data frame whose columns hold values of several types."""
        return cls(
            f"{table}: a column holds values of several types ({problem}). "
            "Give each column one type, text if need be."
        )


class CurrencyError(RevkitError, ValueError):
    """Money that cannot be added up."""

    @classmethod
    def several(cls, found: Sequence[str], *, table: str) -> CurrencyError:
        """Money in more than one currency."""
        return cls(
            f"{table}: money must be in one currency to be added up; with this table it is in "
            f"{listed(found)}. Convert the amounts to one of them before loading."
        )


class MappingError(RevkitError, ValueError):
    """A mapping file that cannot be followed."""

    @classmethod
    def unreadable(cls, file: str, *, problem: str) -> MappingError:
        """Text that is no YAML."""
        return cls(f"{file} is not YAML: {problem}")

    @classmethod
    def not_text(cls, file: str, *, place: str, key: object) -> MappingError:
        """A key that YAML reads as something other than text: on, yes, no, a number, a date."""
        return cls(
            f"{file}: a key of {place} was read by YAML as {key!r}, not as text. "
            "Put quotes around it: YAML takes on, off, yes and no for true and false."
        )

    @classmethod
    def unknown(cls, key: str, *, file: str, place: str, known: Collection[str]) -> MappingError:
        """A key that no mapping has."""
        return cls(
            f"{file}: {place} has no {key!r}.{did_you_mean(key, known)} "
            f"It takes: {listed(known, 40)}."
        )

    @classmethod
    def wrong(cls, file: str, *, place: str, problem: str) -> MappingError:
        """A value that a key cannot have."""
        return cls(f"{file}: {place}: {problem}.")


class SourceError(RevkitError, FileNotFoundError):
    """Nothing readable at a path."""

    @classmethod
    def nothing_at(
        cls, path: str, *, what: str, beside: Collection[str], remedy: str = ""
    ) -> SourceError:
        """A path that leads nowhere."""
        name = path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
        hint = did_you_mean(name, beside)
        return cls(f"There is no {what} at {path!r}.{hint} {remedy}".rstrip())

    @classmethod
    def no_kind(cls, path: str) -> SourceError:
        """A path to something that is neither a folder nor a database file."""
        return cls(
            f"rk.load needs a folder of tables or a .duckdb file; {path!r} is neither. Give the "
            "folder that holds the files; of a database, pass Ibis tables to rk.Dataset."
        )

    @classmethod
    def unreadable(cls, path: str, *, problem: str) -> SourceError:
        """A file that its format does not allow."""
        return cls(f"{path} cannot be read: {problem}")

    @classmethod
    def no_header(cls, path: str) -> SourceError:
        """A CSV file without a first line."""
        return cls(
            f"{path} is empty: its first line must name the columns. "
            "A table without rows is a file with that line alone."
        )

    @classmethod
    def separated(cls, path: str, *, separator: str, said: str) -> SourceError:
        """A CSV file separated by something else than was said."""
        return cls(
            f"{path} must be separated by {said!r}; its first line holds {separator!r} instead. "
            f"Say so in a mapping: separator: {separator!r}"
        )

    @classmethod
    def twice(cls, table: str, *, where: str, files: Collection[str]) -> SourceError:
        """Two files for one table."""
        return cls(f"{where} holds {table} more than once: {listed(files)}. Keep one of them.")

    @classmethod
    def no_tables(
        cls, where: str, *, found: Collection[str], vendor: str, example: str
    ) -> SourceError:
        """A place where nothing is called like a table."""
        looks = f", which looks like an export of {vendor}" if vendor else ""
        return cls(
            f"{where} holds no table that revkit knows, such as opportunities.csv or "
            f"subscriptions.parquet; it holds: {listed(found)}{looks}. Say in a YAML file which "
            "file is which table and which column is which, and pass it as "
            f"mapping='my_mapping.yaml'. It begins:\n\n{example}"
        )


class ReportError(RevkitError, RuntimeError):
    """A report that could not be made."""

    @classmethod
    def unknown_notebook(cls, name: str, *, where: str, known: Collection[str]) -> ReportError:
        """A notebook that is not there."""
        near = nearest(name, known)
        hint = f"; did you mean {near!r}?" if near else "."
        return cls(f"no notebook {name!r} in {where}{hint} There are: {listed(known)}.")

    @classmethod
    def no_notebooks(cls, folder: str) -> ReportError:
        """A folder without a notebook."""
        return cls(f"{folder} holds no notebook (.ipynb). Name a folder that does, or a file.")

    @classmethod
    def same_name(cls, name: str, *, files: Sequence[str]) -> ReportError:
        """Two notebooks that would write one page."""
        return cls(f"{listed(files)} are both called {name}. Rename one: a page is named after it.")

    @classmethod
    def not_a_report(cls, folder: str) -> ReportError:
        """An output folder that holds something else."""
        return cls(
            f"--out {folder} holds files that are not a report, and a report replaces its whole "
            f"folder. Name a new folder, such as --out {folder}/report."
        )
