"""Rules for dates: days that can be, in an order that can be, with the outcome they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from revkit.dataset.validation.problem import Rule
from revkit.periods import FIRST, LAST, days_after
from revkit.schema import ColumnSchema, TableSchema

FAR = 10
"""Years between a date and every other of the company, from which on it cannot be."""

ZERO = timedelta(days=2)
"""Days at the start of 1970 that a clock at zero gives, in any zone, or a number read as a date."""

EPOCH = (
    " Where numbers were read as dates, say in a mapping which: epoch: excel reads Excel's days, "
    "such as 45657."
)
"""What reads numbers that stand for dates."""

OUTCOME = "closed_on: {from: CloseDate, where: IsClosed}"
"""The line of a mapping that leaves the close dates of open deals out."""

WON = "is_won: {from: IsWon, where: IsClosed}"
"""The line of a mapping that gives no outcome to open deals."""

_NOTED = {"paid_before_issued", "due_before_issued"}
"""Orders that happen, such as payments in advance."""


def date_rules(table: TableSchema) -> Iterator[Rule]:
    """Yield the rules for the dates of a table."""
    for column in table.columns.values():
        if column.dated:
            yield _possible(column)
    for earlier, later in table.order:
        yield _order(earlier, later)
    if table.name == "opportunities":
        yield _outcome()
    if table.name == "targets":
        yield _inclusive_end()


def far_off(years: Mapping[int, int]) -> frozenset[int]:
    """Return the years over ten years from all others, except where most dates lie.

    Parameters
    ----------
    years
        The number of dates in each year.

    Examples
    --------
    >>> sorted(far_off({2022: 100, 2023: 120, 2042: 1, 1999: 2}))
    [1999, 2042]
    >>> sorted(far_off({2005: 1, 2014: 3, 2024: 5}))
    []
    """
    groups: list[list[int]] = []
    for year in sorted(years):
        if groups and year - groups[-1][-1] <= FAR:
            groups[-1].append(year)
        else:
            groups.append([year])
    most = max(groups, key=lambda group: sum(years[year] for year in group), default=[])
    return frozenset(years) - frozenset(most)


def _possible(column: ColumnSchema) -> Rule:
    """Return the rule that a date lies between 1970 and 2098, and is not the first one there."""
    import ibis

    name = column.name
    remedy = "Correct it."
    if column.nullable or column.optional:
        remedy = (
            "Where it stands for none, leave it empty, or say so in a mapping: open_ended: "
            '["{value}"]. Else correct it.'
        )
    remedy += EPOCH
    first, last = (ibis.literal(day).cast(column.type) for day in (FIRST + ZERO, LAST))
    return Rule(
        f"{name}_impossible",
        (name,),
        lambda row: (row[name] < first) | (row[name] > last),
        f"{name} is a day that cannot be",
        remedy,
    )


def order_name(start: str, end: str) -> str:
    """Return the name of the rule that one date does not come before another.

    >>> order_name("created_on", "closed_on")
    'closed_before_created'
    """
    earlier, later = (name.rpartition("_")[0] for name in (start, end))
    return f"{later}_before_{earlier}"


def _order(start: str, end: str) -> Rule:
    """Return the rule that one date does not come before another."""
    name = order_name(start, end)
    return Rule(
        name,
        (start, end),
        lambda row: row[start] > row[end],
        f"{start} is after {end}",
        "Swap or correct them.",
        is_note=name in _NOTED,
    )


def _outcome() -> Rule:
    """Return the rule that a won deal has a day of closing."""
    return Rule(
        "won_without_closed_on",
        ("closed_on", "is_won"),
        lambda row: row["is_won"].fill_null(False) & row["closed_on"].isnull(),
        "is_won is true and closed_on is empty",
        "Fill in the day on which it was won, or say in a mapping which column holds it for which "
        "deals: closed_on: {from: <your close date>, where: {<your stage>: [<closed ones>]}}.",
    )


def _inclusive_end() -> Rule:
    """Return the note that spans of whole months end a day early, as ends are the day after."""

    def broken(row: Mapping[str, Any]) -> Any:

        start, end = row["starts_on"], row["ends_on"]
        after = days_after(end)
        return (start.day() == 1) & (after.day() == 1)

    return Rule(
        "ends_inclusive",
        ("starts_on", "ends_on"),
        broken,
        "ends_on is the last day of a month",
        "That day is not counted, since ends_on is the day after; where a file means it to be, "
        "say in a mapping: ends: inclusive",
        is_note=True,
    )
