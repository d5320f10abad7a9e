"""What is wrong with tables, columns and dimensions that are asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from revkit.errors.base import RevkitError, did_you_mean, listed, nearest


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
    def no_cause(cls, metric: str) -> DimensionError:
        """What stands, grouped by what moved it."""
        return cls(
            f"metrics.{metric} needs what accounts pay at one moment, which has no cause: only "
            "movements do. Ask for expansion_mrr, contraction_mrr or net_new_mrr by='cause'."
        )

    @classmethod
    def no_size(cls, beside: str) -> DimensionError:
        """The size of accounts beside what is no account's."""
        return cls(
            f"size is what an account paid when the period opened; beside {beside!r}, which is not "
            "one of the account, it can't be told. Ask for each by itself."
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
