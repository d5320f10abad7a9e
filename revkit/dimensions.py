"""Dimensions: names of columns to group and filter by, found along relations between tables.

A name is looked for in the table itself, then one relation away, then two: the nearest column
wins; two equally near columns are an error that names both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.errors import DimensionError
from revkit.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir
    import pandas as pd

MISSING = "(missing)"


def placed(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the rows of a table by groups that are of a group; those without a value are of none.

    A table may show those, but they are no place: nothing is better or worse there.

    >>> import pandas as pd
    >>> placed(pd.DataFrame({"segment": ["SMB", MISSING], "n": [3, 1]}), ["segment"])["n"].tolist()
    [3]
    """
    return rows[(rows[list(by)] != MISSING).all(axis=1)]


@dataclass(frozen=True, slots=True)
class TableSpec:
    """Columns, relations and key of one table, for resolving dimensions.

    Parameters
    ----------
    columns
        The columns it has.
    relations
        By relation: the column that refers, the table it refers to.
    key
        The columns that identify a row.
    label
        The column that names a row for a reader, if there is one.
    """

    columns: frozenset[str]
    relations: Mapping[str, tuple[str, str]]
    key: tuple[str, ...]
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One many-to-one relation: ``column`` holds the ``key`` of a row of ``table``."""

    relation: str
    column: str
    table: str
    key: str


@dataclass(frozen=True, slots=True)
class DimensionPath:
    """The relations from a table to a column, and that column."""

    steps: tuple[Step, ...]
    column: str

    @property
    def dotted(self) -> str:
        """The dotted name of the path, such as ``rep.team``."""
        return ".".join([*(step.relation for step in self.steps), self.column])


def resolve(dimension: str, table: str, specs: Mapping[str, TableSpec]) -> DimensionPath:
    """Find the column that a dimension's name refers to, starting from a table.

    Parameters
    ----------
    dimension
        A column (``segment``), a relation (``rep``: its name, else its key) or a dotted name
        (``rep.team``: the column of the nearest relation called so).
    table
        The table to start from.
    specs
        The tables to look in, by name.

    Returns
    -------
    DimensionPath
        The steps from the table to the column; none for a column of its own.

    Raises
    ------
    DimensionError
        When no column has that name, or two equally near columns have it.

    Examples
    --------
    >>> specs = {
    ...     "deals": TableSpec(frozenset({"deal_id", "rep_id"}), {"rep": ("rep_id", "reps")},
    ...                     ("deal_id",)),
    ...     "reps": TableSpec(frozenset({"rep_id", "name", "team"}), {}, ("rep_id",), "name"),
    ... }
    >>> resolve("team", "deals", specs).dotted, resolve("rep", "deals", specs).dotted
    ('rep.team', 'rep.name')
    """
    path = find(dimension, table, specs)
    if path is None:
        raise DimensionError.unknown(dimension, table=table, reachable=reachable(table, specs))
    return path


def find(dimension: str, table: str, specs: Mapping[str, TableSpec]) -> DimensionPath | None:
    """Find a column as :func:`resolve` does; return None where no column has that name."""
    found = _nearest(dimension, table, specs)
    if len(found) > 1:
        raise DimensionError.ambiguous(dimension, table=table, paths=sorted(found))
    return next(iter(found.values()), None)


def narrowing_path(
    dimension: str, table: str, specs: Mapping[str, TableSpec]
) -> DimensionPath | None:
    """Find a column as :func:`find` does; return None where two paths lead to the same column.

    A touch reaches an account by its lead and by its opportunity. The dimension means the same
    column, so a company can be filtered by it, but touches are not: neither path is preferred.
    """
    found = _nearest(dimension, table, specs)
    ends = {(path.steps[-1].table if path.steps else table, path.column) for path in found.values()}
    if len(found) > 1 and len(ends) == 1:
        return None
    return find(dimension, table, specs)


def _nearest(
    dimension: str, table: str, specs: Mapping[str, TableSpec]
) -> dict[str, DimensionPath]:
    """Return the shortest paths to a column of that name, by their dotted names."""
    *relations, column = dimension.split(".")
    for paths in levels(table, specs):
        found = {}
        for steps in paths:
            end = steps[-1].table if steps else table
            path = _follow(relations, column, end, steps, specs)
            if path is not None:
                found[path.dotted] = path
        if found:
            return found
    return {}


def reachable(table: str, specs: Mapping[str, TableSpec]) -> list[str]:
    """Return every name that resolves for a table: bare where unambiguous, else dotted.

    Examples
    --------
    >>> reps = TableSpec(frozenset({"rep_id", "name"}), {}, ("rep_id",), "name")
    >>> reachable("reps", {"reps": reps})
    ['name', 'rep', 'rep_id']
    """
    names: dict[str, None] = {}
    for paths in levels(table, specs):
        here: dict[str, list[str]] = {}
        for steps in paths:
            end = steps[-1].table if steps else table
            spec = specs[end]
            prefix = "".join(f"{step.relation}." for step in steps)
            noun = _noun(spec)
            own = {noun} if noun is not None and not steps else set()
            for name in sorted(own | _groups(end, spec) | spec.relations.keys()):
                here.setdefault(name, []).append(prefix + name)
        for name, dotted in here.items():
            if name not in names:
                names.update(dict.fromkeys([name] if len(dotted) == 1 else dotted))
    return sorted(names)


def levels(table: str, specs: Mapping[str, TableSpec]) -> Iterator[list[tuple[Step, ...]]]:
    """Yield the paths of relations from a table, grouped by their length from 0 up.

    A table reached by a shorter path is not entered again.
    """
    level: list[tuple[Step, ...]] = [()]
    seen: set[str] = set()
    while level:
        yield level
        seen |= {steps[-1].table if steps else table for steps in level}
        level = [
            (*steps, step)
            for steps in level
            for step in _steps(steps[-1].table if steps else table, specs)
            if step.table not in seen
        ]


def attach(
    expr: ir.Table, path: DimensionPath, lookup: Callable[[str], ir.Table], name: str
) -> ir.Table:
    """Add a dimension to a table expression, as text.

    Parameters
    ----------
    expr
        The table the path starts from; the number of its rows does not change.
    path
        As returned by :func:`resolve`.
    lookup
        Returns a table by its name; its key must be unique.
    name
        The column to add; null where the value is null or a reference was not found.
    """
    if not path.steps:
        return expr.mutate(_text(expr[path.column]).name(name))
    first = path.steps[0]
    found, key = f"__{name}_value", f"__{name}_key"
    right = _values(path, lookup, key, found)
    joined = expr.left_join(right, expr[first.column] == right[key])
    return joined.mutate(joined[found].name(name)).drop(key, found)


def narrow(
    expr: ir.Table, path: DimensionPath, lookup: Callable[[str], ir.Table], values: frozenset[str]
) -> ir.Table:
    """Keep the rows of a table whose dimension has one of the given values.

    Parameters
    ----------
    values
        As text; ``(missing)`` keeps rows without a value or whose reference was not found.
    """
    words = sorted(values)
    if not path.steps:
        return expr.filter(_or_missing(_text(expr[path.column]), values).isin(words))
    name = "__narrowed"
    if MISSING in values:
        expr = attach(expr, path, lookup, name)
        return expr.filter(_or_missing(expr[name], values).isin(words)).drop(name)
    right = _values(path, lookup, f"{name}_key", name)
    right = right.filter(right[name].isin(words))
    # its keys are unique; never a semi join: sqlglot loses one that two queries share
    joined = expr.join(right, expr[path.steps[0].column] == right[f"{name}_key"])
    return joined.drop(f"{name}_key", name)


def _values(
    path: DimensionPath, lookup: Callable[[str], ir.Table], key: str, value: str
) -> ir.Table:
    """Return the key and the dimension's value of each row of the path's first table."""
    first, *rest = path.steps
    table = lookup(first.table)
    if rest:
        table = attach(table, DimensionPath(tuple(rest), path.column), lookup, value)
        return table.select(table[first.key].name(key), table[value])
    return table.select(table[first.key].name(key), _text(table[path.column]).name(value))


def _text(column: Any) -> Any:
    """Return a column cast to text."""
    return column if column.type().is_string() else column.cast("string")


def _or_missing(column: Any, values: frozenset[str]) -> Any:
    """Replace null by ``(missing)`` where that is one of the values to keep."""
    return column.fill_null(MISSING) if MISSING in values else column


def _groups(table: str, spec: TableSpec) -> frozenset[str]:
    """Return the columns worth grouping by: ids, text and flags; dates and amounts also resolve."""
    declared = TABLES[table].columns if table in TABLES else {}
    kinds = {"id", "text", "bool"}
    return frozenset(n for n in spec.columns if n not in declared or declared[n].type in kinds)


def _noun(spec: TableSpec) -> str | None:
    """Return the noun for one row of a table: `rep` for a table with key `rep_id`."""
    if len(spec.key) == 1 and spec.key[0].endswith("_id"):
        return spec.key[0].removesuffix("_id")
    return None


def _steps(table: str, specs: Mapping[str, TableSpec]) -> Iterator[Step]:
    """Yield the relations of a table to loaded tables with a single key column."""
    for relation, (column, target) in specs[table].relations.items():
        spec = specs.get(target)
        if spec is not None and len(spec.key) == 1:
            yield Step(relation, column, target, spec.key[0])


def _follow(
    relations: list[str],
    column: str,
    table: str,
    steps: tuple[Step, ...],
    specs: Mapping[str, TableSpec],
) -> DimensionPath | None:
    """Resolve the rest of a dotted name from one table; None where it leads nowhere."""
    spec = specs[table]
    if relations:
        head, *rest = relations
        if not steps and head == _noun(spec):
            return _follow(rest, column, table, steps, specs)
        step = next((s for s in _steps(table, specs) if s.relation == head), None)
        if step is None:
            return None
        return _follow(rest, column, step.table, (*steps, step), specs)
    if column in spec.columns:
        return DimensionPath(steps, column)
    if column in spec.relations:
        reference, target = spec.relations[column]
        step = next((s for s in _steps(table, specs) if s.relation == column), None)
        if step is not None and (label := specs[target].label) is not None:
            return DimensionPath((*steps, step), label)
        return DimensionPath(steps, reference)
    if not steps and column == _noun(spec):
        return DimensionPath(steps, spec.label or spec.key[0])
    return None
