"""Errors about tables, columns and dimensions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from revkit.errors.base import Reason, RevkitError, did_you_mean, listed, nearest

_MADE_TABLES = {
    "NoneType": ", or leave it out",
    "Series": ": .to_frame() makes a frame of one column",
    "LazyFrame": ": .collect() makes one",
    **dict.fromkeys(
        ("dict", "list", "tuple", "ndarray", "recarray"), ": pd.DataFrame(…) makes one"
    ),
}
"""Ways to make a table of values that are none, by their type."""


class TableError(RevkitError, LookupError):
    """A table that is not loaded, or not in the schema."""

    @classmethod
    def missing(cls, table: str, *, found: Collection[str], needed_by: str = "") -> TableError:
        """Report a table of the schema that is not loaded."""
        who = needed_by or "This call"
        return cls(
            f"{who} needs the table {table!r}; loaded: {listed(found)}. "
            f"Add {table}.csv or {table}.parquet to the folder, or pass {table}=… to rk.Dataset.",
            reason=Reason("needs the table {table}", table=repr(table)),
        )

    @classmethod
    def no_stage(cls, stage: str, *, metric: str, found: Collection[str]) -> TableError:
        """Report a stage of leads that a metric counts and the company's process lacks."""
        return cls(
            f"metrics.{metric} counts leads that reached {stage}, and no stage of leads is called "
            f"so: {listed(found)}. Where one of them is meant, say so in a mapping, for "
            f"lead_history and stages: stage: {{from: stage, words: {{<theirs>: {stage}}}, "
            "others: keep}. Where there was none yet, list it in the table stages.",
            reason=Reason("no stage of leads is called {stage}", stage=stage),
        )

    @classmethod
    def unknown(cls, table: str, *, known: Collection[str], where: str = "") -> TableError:
        """Report a name that is not a table of the schema."""
        place = f"{where}: " if where else ""
        return cls(
            f"{place}{table!r} is not a table revkit knows.{did_you_mean(table, known)} "
            f"The tables are: {listed(known, 30)}."
        )

    @classmethod
    def misspelt(cls, file: str, *, source: str, table: str, where: str) -> TableError:
        """Report a file whose name is almost that of a table."""
        return cls(
            f"{where} holds {file}, which is not a table but nearly {table!r}. "
            f"Rename it to {table}, or name it in a mapping: "
            f"tables: {{{table}: {{source: {source}}}}}."
        )

    @classmethod
    def no_table(cls, table: str, *, found: str) -> TableError:
        """Report a value that is not a table."""
        return cls(
            f"rk.Dataset: {table} must be a table; it is of the type {found}. Give a DataFrame of "
            "pandas or Polars, an Arrow table or an Ibis table"
            f"{_MADE_TABLES.get(found, '; files and folders are read by rk.load')}."
        )

    @classmethod
    def several_engines(cls, tables: Collection[str]) -> TableError:
        """Report Ibis tables on different connections, which no query can join."""
        return cls(
            f"rk.Dataset: {listed(tables)} are on different connections, which no query can "
            "join. Take them all from one connection."
        )


class ColumnError(RevkitError, LookupError):
    """A column that a table lacks."""

    @classmethod
    def missing(
        cls,
        column: str,
        *,
        table: str,
        found: Collection[str],
        remedy: str | None = None,
        taken: Collection[str] = (),
        none: bool = False,
    ) -> ColumnError:
        """Report a missing column; columns in ``taken`` have another meaning: not suggested.

        ``none`` says that its values may be null, in every row too.
        """
        free = [name for name in found if name not in taken]
        if remedy is None:
            theirs = nearest(column, free) or "<your column>"
            remedy = f"Name it in a mapping: columns: {{{column}: {theirs}}}."
            if none:
                remedy += f" Where no row has one: {column}: {{constant: null}}."
        return cls(
            f"{table} has no column {column!r}; it has: {listed(found, 40)}."
            f"{did_you_mean(column, free)} {remedy}",
            reason=Reason("{table} has no column {column}", table=table, column=repr(column)),
        )

    @classmethod
    def twice(cls, table: str, *, columns: Sequence[str]) -> ColumnError:
        """Report a frame with two columns of one name."""
        return cls(
            f"{table} has a column more than once: {listed(columns)} (upper and lower case are "
            "the same). Rename or drop one of them."
        )

    @classmethod
    def of_one_name(cls, table: str, *, columns: Sequence[str]) -> ColumnError:
        """Report columns of one name, where upper and lower case differ."""
        return cls(
            f"{table} must have one column of each name; found more of {listed(columns)}. "
            "Rename or drop the others."
        )

    @classmethod
    def two_candidates(cls, column: str, *, table: str, columns: Sequence[str]) -> ColumnError:
        """Report two columns that could both be one of the schema."""
        return cls(
            f"{table} has two columns that could be {column!r}: {listed(columns)}. Drop one, or "
            f"leave it out by name: ignore=['{table}.{columns[1]}']."
        )

    @classmethod
    def resembling(cls, absent: str, *, table: str, column: str) -> ColumnError:
        """Report a column that may be meant as an absent one, whose default changes numbers."""
        return cls(
            f"{table} has no column {absent!r} but {column!r}, which looks like it and would not "
            f"be counted. If it is that, rename it, or say so in a mapping: columns: "
            f"{{{absent}: {column}}}. If it is not: "
            f"ignore=['{table}.{column}'], in a mapping ignore: [{table}.{column}].",
            reason=Reason("{table} has no column {column}", table=table, column=repr(absent)),
        )


class DimensionError(RevkitError, LookupError):
    """An unknown dimension, or a value that no row has."""

    @classmethod
    def unknown(cls, dimension: str, *, table: str, reachable: Collection[str]) -> DimensionError:
        """Report a dimension found neither in a table nor along its relations."""
        return cls(
            f"{table} has no dimension {dimension!r}.{did_you_mean(dimension, reachable)} "
            f"It can be grouped by: {listed(reachable, 40)}.",
            reason=Reason(
                "{table} has no dimension {dimension}", table=table, dimension=repr(dimension)
            ),
        )

    @classmethod
    def ambiguous(cls, dimension: str, *, table: str, paths: Sequence[str]) -> DimensionError:
        """Report a dimension that two equally near columns have."""
        return cls(
            f"{table} reaches {dimension!r} in {len(paths)} ways: {listed(paths)}. "
            f"Say which one, as in {paths[0]!r}.",
            reason=Reason(
                "{table} reaches {dimension} in {ways} ways: {paths}",
                table=table,
                dimension=repr(dimension),
                ways=len(paths),
                paths=listed(paths),
            ),
        )

    @classmethod
    def nowhere(
        cls, dimension: str, *, tables: Collection[str], reachable: Collection[str]
    ) -> DimensionError:
        """Report a dimension that no table of the company has."""
        return cls(
            f"where({dimension}=…): none of {listed(tables)} has {dimension!r}."
            f"{did_you_mean(dimension, reachable)} The company can be narrowed by: "
            f"{listed(reachable, 40)}."
        )

    @classmethod
    def no_values(cls, dimension: str) -> DimensionError:
        """Report a ``where`` with an empty list of values."""
        return cls(f"where({dimension}=[]) names no value. Give one, a list of them, or None.")

    @classmethod
    def unknown_value(
        cls, dimension: str, value: object, *, found: Collection[str]
    ) -> DimensionError:
        """Report a value that no row has."""
        return cls(
            f"where({dimension}={value!r}): no row has this value."
            f"{did_you_mean(str(value), found)} Found: {listed(found)}."
        )

    @classmethod
    def unplaced(cls, dimension: str, *, metric: str, share: float) -> DimensionError:
        """Report a rate of spend by a dimension that part of the spend lacks."""
        return cls(
            f"metrics.{metric} by {dimension!r}: {share:.0%} of the spend has no value there, so "
            "each group would cost less than it does. Use paid_cac for what names a channel, or "
            "share the rest out with cac(…, allocate='customers') or allocate='amount'.",
            reason=Reason(
                "{share} of the spend has no {dimension}", share=f"{share:.0%}", dimension=dimension
            ),
        )

    @classmethod
    def one_outcome(cls, dimension: str, *, where: str) -> DimensionError:
        """Report a rate over both outcomes by a dimension that only one of them has."""
        return cls(
            f"{where} counts both outcomes, and {dimension!r} is known of one alone: each "
            "group would be all of the one or all of the other. Count the rows of that outcome by "
            "it, as lost deals by lost_reason, or choose a dimension known before the outcome.",
            reason=Reason("{dimension} is known of one outcome alone", dimension=repr(dimension)),
        )

    @classmethod
    def moves(cls, dimension: str, *, reps: Sequence[str]) -> DimensionError:
        """Report a filter that keeps some days of a rep, and not others."""
        many = "1 rep has" if len(reps) == 1 else f"{len(reps)} reps have"
        return cls(
            f"where {dimension}: by rep_history {many} not been there all the time: "
            f"{listed(reps, 3)}. A filter keeps all rows of a rep or none, whatever their day. Ask "
            f"metrics by={dimension!r}, which take the one of the day, or filter by rep.",
            reason=Reason(
                "reps have moved between values of {dimension}", dimension=repr(dimension)
            ),
        )

    @classmethod
    def no_cause(cls, metric: str) -> DimensionError:
        """Report groups by ``cause`` for a balance, which has no cause."""
        return cls(
            f"metrics.{metric} needs what accounts pay at one moment, which has no cause: only "
            "movements do. Ask for expansion_mrr, contraction_mrr or net_new_mrr by='cause'.",
            reason=Reason(
                "needs what accounts pay at one moment, which has no cause: only movements do"
            ),
        )

    @classmethod
    def no_size(cls, beside: str) -> DimensionError:
        """Report groups by ``size`` together with a dimension that is not of the account."""
        return cls(
            "size is what an account paid when the period opened; it cannot be combined with "
            f"{beside!r}, which does not belong to the account. Ask for each by itself.",
            reason=Reason("size is what an account paid when the period opened"),
        )

    @classmethod
    def moving(cls, dimension: str, *, where: str) -> DimensionError:
        """A bridge by groups that accounts change by themselves."""
        return cls(
            f"{where}(by={dimension!r}): accounts change their {dimension} from one period to the "
            "next, so no group's opening leads to its closing. Choose a dimension that lasts, "
            "such as segment or cohort; expansion_mrr and the other movements take this one."
        )

    @classmethod
    def of_owner(cls, dimension: str, *, where: str) -> DimensionError:
        """Report a comparison with the past by the owner that accounts have today."""
        return cls(
            f"{where}(dimensions={dimension!r}): accounts are known with the owner of today, who "
            "may have them for what happened since, so a group of today is not compared with its "
            "past. Choose what an account is, such as segment; deals, which keep their rep, take "
            "this one."
        )

    @classmethod
    def not_whole(cls, where: str, *, by: Sequence[str]) -> DimensionError:
        """A result by groups where one row per period is needed."""
        return cls(
            f"{where} needs one row per period; it was given groups by {listed(by)}. Leave out "
            "by=, or narrow the company first, with data.where(…)."
        )

    @classmethod
    def not_one_funnel(cls, where: str) -> DimensionError:
        """Report funnels of several groups where one is needed."""
        return cls(
            f"{where} needs one funnel; it was given one for each group or cohort. Leave out by= "
            "and cohort=, or narrow the company first, with data.where(…)."
        )

    @classmethod
    def several_processes(cls, where: str, *, steps: Sequence[str]) -> DimensionError:
        """Report stages of several pipelines whose order is not one."""
        return cls(
            f"{where} needs stages in one order; pipelines have their own: {listed(steps)}. Take "
            "one of them, as in data.where(pipeline='new business')."
        )

    @classmethod
    def unreached(cls, table: str, *, dimension: str, needed_by: str = "") -> DimensionError:
        """Report a table that a ``where`` could not filter."""
        who = needed_by or "This"
        return cls(
            f"{who} needs {table}, which where({dimension}=…) could not narrow: {table} reaches "
            f"no {dimension!r}. Ask for it on the whole company, or narrow by a dimension "
            f"that {table} has.",
            reason=Reason(
                "needs {table}, which where({dimension}=…) could not narrow: "
                "{table} reaches no {name}",
                table=table,
                dimension=dimension,
                name=repr(dimension),
            ),
        )
