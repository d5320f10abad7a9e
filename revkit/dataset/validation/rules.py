"""Rules that the rows of a table must keep; rows can be set aside by the name of a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.dataset.notes import dotted
from revkit.errors import DataError, ParameterError
from revkit.schema import NUMBERS, TABLES, ColumnSchema, TableSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset.validation.reading import Reading

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """A rule for the rows of a table.

    Parameters
    ----------
    name
        Its name, such as ``amount_negative``: what ``set_aside`` calls it.
    columns
        The columns it needs; without one of them it does not apply.
    broken
        Returns the condition of the rows that break it, given the columns by name.
    what, remedy
        The words for it.
    """

    name: str
    columns: tuple[str, ...]
    broken: Callable[[Values], Any]
    what: str
    remedy: str


@dataclass(frozen=True)
class Problem:
    """A rule applied to a table.

    ``rows`` is the condition of the rows that break it, ``what`` and ``remedy`` the words for it,
    ``shows`` the columns to show of them, ``rule`` the rule's name where rows can be set aside.
    """

    rows: Any
    what: str
    shows: tuple[str, ...]
    remedy: str
    rule: str = ""


def rules(table: TableSchema) -> Iterator[Rule]:
    """Yield the rules of a table that its schema declares, in the order they are checked."""
    for column in table.columns.values():
        yield from _emptiness(column)
        yield from _numbers(column)
    for earlier, later in table.order:
        yield _order(earlier, later)


def rule_names(table: TableSchema) -> list[str]:
    """Return the names of the rules by which rows of a table can be set aside."""
    unreadable = [_unreadable(column) for column in table.columns]
    return [*(rule.name for rule in rules(table)), *unreadable]


def rules_to_set_aside(names: Iterable[str]) -> frozenset[str]:
    """Return names such as ``opportunities.amount_negative``, each checked to be a rule.

    Raises
    ------
    ParameterError
        When a name is no rule, or not a table and a rule joined by a point.
    TableError
        When there is no such table.
    """
    example = "opportunities.closed_before_created"
    given = dotted(names, "set_aside", what="a rule", example=example)
    for name in sorted(given):
        table, _, rule = name.partition(".")
        if rule not in (known := rule_names(TABLES[table])):
            raise ParameterError.no_choice(
                "set_aside", name, [f"{table}.{one}" for one in known], where="rk.load"
            )
    return given


def problems(table: TableSchema, readings: Mapping[str, Reading]) -> Iterator[Problem]:
    """Yield the rules that apply to a table as loaded, each with the rows that break it."""
    for name, reading in readings.items():
        if reading.bad is not None:
            yield Problem(reading.bad, reading.what, (name,), reading.remedy, _unreadable(name))
    values = {name: reading.value for name, reading in readings.items()}
    for rule in rules(table):
        if values.keys() >= set(rule.columns):
            yield Problem(rule.broken(values), rule.what, rule.columns, rule.remedy, rule.name)


def refuse(problem: Problem, rows: int, table: TableSchema, raw: ir.Table) -> DataError:
    """Return the error for rows that break a rule; it shows the first three by key."""
    keys = [name for name in table.key if name in raw.columns]
    names = list(dict.fromkeys([*keys, *problem.shows]))
    worst = raw.filter(problem.rows).select(names).order_by(names).limit(3).to_pyarrow()
    return DataError.refused(
        problem.what,
        table=table.name,
        rows=rows,
        examples=worst.to_pylist(),
        remedy=problem.remedy,
        rule=problem.rule,
    )


def _unreadable(column: str) -> str:
    """Return the name of the rule that a column's values can be read as its type."""
    return f"{column}_unreadable"


def _emptiness(column: ColumnSchema) -> Iterator[Rule]:
    """Yield the rule for a column that must have a value in every row."""
    name = column.name
    remedy = ""
    if column.key or not (column.nullable or column.optional):
        remedy = "Fill it in."
    elif column.default is not None and not column.nullable:
        remedy = f"Write {column.default}, or drop the column, which means the same."
    if remedy:
        yield Rule(
            f"{name}_empty", (name,), lambda row: row[name].isnull(), f"{name} is empty", remedy
        )


def _numbers(column: ColumnSchema) -> Iterator[Rule]:
    """Yield the rules for numbers: finite, and not negative where money cannot be."""
    name = column.name
    if column.type in NUMBERS:
        yield Rule(
            f"{name}_not_finite",
            (name,),
            lambda row: row[name].isinf() | row[name].isnan(),
            f"{name} is not a finite number",
            "Correct it.",
        )
    if column.type in ("money", "rate") and not column.signed:
        yield Rule(
            f"{name}_negative", (name,), lambda row: row[name] < 0, f"{name} is negative",
            "Correct it.",
        )  # fmt: skip


def _order(start: str, end: str) -> Rule:
    """Return the rule that one date does not come before another."""
    earlier, later = (name.rpartition("_")[0] for name in (start, end))
    return Rule(
        f"{later}_before_{earlier}",
        (start, end),
        lambda row: row[start] > row[end],
        f"{start} is after {end}",
        "Swap or correct them.",
    )
