"""Rules that each row of a table must keep; rows can be set aside by the name of a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from revkit.dataset.notes import dotted
from revkit.dataset.validation.closings import OPEN
from revkit.dataset.validation.dates import date_rules
from revkit.dataset.validation.endings import AT_ZERO, WITHOUT_DAY
from revkit.dataset.validation.keys import IDENTICAL
from revkit.dataset.validation.problem import Problem, Rule
from revkit.dataset.validation.reading import blank
from revkit.errors import ParameterError
from revkit.schema import NUMBERS, TABLES, ColumnSchema, TableSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset.validation.reading import Reading

TOTALS = (
    *("total", "totals", "total:", "grand total", "grandtotal", "subtotal", "sub-total", "sum"),
    *("totale", "totali", "totale generale", "totaux", "total general", "total général"),
    *("gesamt", "summe", "gesamtsumme", "insgesamt"),
)
"""Words in place of an id, in small letters, that make a row one of totals."""

CREDITS = "revenue_as_credits"
"""The rule that some revenue is above 0: a ledger writes it as credits, which are negative."""

_TINY = 1e-9
"""What a share may be off by rounding."""

_MOST: Mapping[str, float] = {"money": 1e15, "rate": 1e12, "number": 1e15}
"""Bounds of numbers, beyond which exact sums overflow, by type."""


OF_TABLES: Mapping[str, tuple[Rule, ...]] = {
    "opportunities": (
        Rule(
            "created_on_empty",
            ("created_on",),
            lambda row: row["created_on"].isnull(),
            "created_on is empty",
            "Such deals are created in no period and have no cycle, and without "
            "opportunity_history they are in no open pipeline; fill it in",
            is_note=True,
        ),
    ),
    "subscriptions": (WITHOUT_DAY,),
    "stages": (
        Rule(
            "won_and_open",
            ("is_won", "is_closed"),
            lambda row: row["is_won"] & ~row["is_closed"],
            "is_won is true and is_closed is false",
            "A stage in which deals are won is closed.",
        ),
    ),
    "targets": (
        Rule(
            "quota_negative",
            ("kind", "amount"),
            lambda row: (row["kind"].lower() == "quota") & (row["amount"] < 0),
            "the amount of a quota is negative",
            "Correct it.",
        ),
    ),
    "usage": (
        Rule(
            "daily_above_monthly",
            ("daily_active_users", "active_users"),
            lambda row: row["daily_active_users"] > row["active_users"] * (1 + _TINY),
            "daily_active_users is more than active_users",
            "Who is active on a day is active in its month: give the mean over the days of the "
            "month, not their sum, or exchange the two columns.",
        ),
    ),
    "spend": (
        Rule(
            "cost_negative",
            ("amount",),
            lambda row: row["amount"] < 0,
            "amount is negative",
            "It counts as a credit, which lowers the cost; costs themselves are positive",
            is_note=True,
        ),
    ),
    "finance": (
        Rule(
            "cost_negative",
            ("line", "amount"),
            lambda row: row["line"].lower().isin(["cogs", "opex"]) & (row["amount"] < 0),
            "amount is negative",
            "It counts as a credit, which lowers the cost; costs themselves are positive",
            is_note=True,
        ),
    ),
}
"""By table, rules between columns that no declaration of one says."""


def rules(table: TableSchema) -> Iterator[Rule]:
    """Yield the rules of a table that its schema declares, in the order they are checked."""
    for column in table.columns.values():
        yield from _emptiness(column)
        yield from _numbers(column)
    yield from _totals(table)
    yield from date_rules(table)
    yield from OF_TABLES.get(table.name, ())


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
        if rule not in (known := _names(TABLES[table])):
            raise ParameterError.no_rule(name, [f"{table}.{one}" for one in known])
    return given


def problems(table: TableSchema, readings: Mapping[str, Reading]) -> Iterator[Problem]:
    """Yield the rules that apply to a table as loaded, each with the rows that break it."""
    for name, reading in readings.items():
        if reading.bad is not None:
            yield Problem(reading.bad, reading.what, (name,), reading.remedy, f"{name}_unreadable")
        yield from reading.thousands(name)
    values = {name: reading.value for name, reading in readings.items()}
    for rule in rules(table):
        if values.keys() >= set(rule.columns):
            yield rule.applied(values)


def no_code(column: str, currency: Any) -> Problem:
    """Return the rule that a currency is written as a code of three letters.

    Parameters
    ----------
    currency
        The column in capital letters, without blanks.
    """
    return Problem(
        currency.notnull() & ~currency.re_search("^[A-Z]{3}$"),
        f"{column} is not a code of three letters",
        (column,),
        f"Write EUR, USD, GBP; in a mapping: {column}: {{from: {column}, words: "
        '{"{value}": {code}}, others: keep}.',
        f"{column}_unknown",
    )


def signs_of_revenue(finance: ir.Table, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the rule on negative revenue: refused where all of it is, else a correction to note.

    Parameters
    ----------
    finance
        The table as loaded.
    values
        Its columns as read.
    """
    if not {"line", "amount"} <= values.keys():
        return
    revenue = (values["line"].lower().strip() == "revenue").fill_null(False)
    negative, positive = revenue & (values["amount"] < 0), revenue & (values["amount"] > 0)
    corrected = finance.aggregate(some=positive.ifelse(1, 0).sum()).to_pyarrow().to_pylist()[0]
    if corrected["some"]:
        yield Problem(
            negative,
            "amount of revenue is negative",
            ("line", "amount"),
            "It counts as a correction, which lowers the revenue; revenue itself is positive",
            "revenue_negative",
            is_note=True,
        )
    else:
        yield Problem(
            negative,
            "amount is negative in every month of revenue,",
            ("line", "amount"),
            "A ledger writes revenue as credits, below 0. Revenue and costs are both positive "
            "here: reverse the sign of the lines that the ledger has below 0 before you load them.",
            CREDITS,
        )


def _names(table: TableSchema) -> list[str]:
    """Return the names of the rules by which rows of a table can be set aside."""
    named = [rule.name for rule in rules(table) if not rule.is_note]
    unknown = [f"{column.name}_unknown" for column in table.columns.values() if column.words]
    unreadable = [f"{column}_unreadable" for column in table.columns]
    unknown += ["currency_unknown"] if "currency" in table.columns else []
    more = _ELSEWHERE.get(table.name, [])
    return [IDENTICAL, *named, *unknown, *unreadable, *more]


_ELSEWHERE = {
    "opportunities": [OPEN],
    "opportunity_history": ["stage_unknown"],
    "finance": [CREDITS],
    "subscriptions": [AT_ZERO],
}
"""By table, the rules that are asked elsewhere."""


def _emptiness(column: ColumnSchema) -> Iterator[Rule]:
    """Yield the rule for a column that must have a value in every row; a blank key is none."""
    name = column.name
    if column.key or not (column.nullable or column.optional):
        remedy = "Fill it in."
        if column.key:
            remedy = "Fill it in, or leave the row out where it holds totals of others."
    elif column.default is not None and not column.nullable:
        remedy = f"Write {column.default}, which is what a table without the column means."
    else:
        return
    if column.words or column.type == "text":
        word = column.words[0] if column.words else column.default or "a word"
        remedy += f' In a mapping: {name}: {{from: {name}, words: {{"": {word}}}, others: keep}}.'
    yield Rule(f"{name}_empty", (name,), _is_empty(column), f"{name} is empty", remedy)


def _totals(table: TableSchema) -> Iterator[Rule]:
    """Yield the rule that no row holds the totals of the others, as exports have at their end."""
    keys = [column.name for column in table.columns.values() if column.key and column.type == "id"]
    for name in keys[:1]:
        yield Rule(
            "total_row",
            (name,),
            _says_total(name),
            f"{name} says that the row is a total of others",
            f"Leave it out, in a mapping by rows: {{where: {{{name}: {{not: [{{value}}]}}}}}}, "
            "with the file's own name of the column.",
        )


def _says_total(name: str) -> Callable[[Mapping[str, Any]], Any]:
    """Return the condition that a word for a total stands in place of an id."""
    first = sorted({ord(letter) for word in TOTALS for letter in (word[0], word[0].upper())})
    # few ids begin with such a letter, and a comparison of numbers costs a tenth of that of words
    return lambda row: row[name].ascii_str().isin(first) & row[name].lower().isin(TOTALS)


def _is_empty(column: ColumnSchema) -> Callable[[Mapping[str, Any]], Any]:
    """Return the condition that a row has no value in a column."""
    name = column.name
    if column.type in ("id", "text"):
        return lambda row: row[name].isnull() | blank(row[name])
    return lambda row: row[name].isnull()


def _numbers(column: ColumnSchema) -> Iterator[Rule]:
    """Yield the rules for numbers: finite, of a size that can be, and within their range."""
    name = column.name
    negative = Rule(
        f"{name}_negative", (name,), lambda row: row[name] < 0, f"{name} is negative", "Correct it."
    )
    if column.type == "count" and not column.signed:
        yield negative
    if column.type not in NUMBERS:
        return
    yield Rule(
        f"{name}_not_finite",
        (name,),
        lambda row: row[name].isinf() | row[name].isnan(),
        f"{name} is not a finite number",
        "Correct it.",
    )
    if column.type == "share":
        yield Rule(
            f"{name}_out_of_range",
            (name,),
            lambda row: (row[name] < 0) | (row[name] > 1 + _TINY),
            f"{name} is not between 0 and 1",
            "A share of 50 % is written 0.5; where a column is in percent, divide it by 100, or "
            f"say so in a mapping: {name}: {{from: {name}, percent: true}}.",
        )
        return
    if column.ends is not None:
        low, high = column.ends
        yield Rule(
            f"{name}_out_of_range",
            (name,),
            lambda row: (row[name] < low) | (row[name] > high),
            f"{name} is not between {low:g} and {high:g}",
            f"Bring it on a scale of {low:g} to {high:g} before you load it.",
        )
        return
    most = _MOST[column.type]
    yield Rule(
        f"{name}_too_large",
        (name,),
        lambda row: (row[name].abs() >= most) & ~row[name].isinf(),
        f"{name} is larger than can be",
        "Correct it.",
    )
    if not column.signed:
        yield negative
