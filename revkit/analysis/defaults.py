"""Defaults of a page: the dimension to split by, and the day to start from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from revkit import arguments as check
from revkit.catalogue import find
from revkit.dataset.argument import company
from revkit.dimensions import resolve
from revkit.errors import DimensionError, Reason, RevkitError
from revkit.language import message
from revkit.periods import day

if TYPE_CHECKING:
    from revkit.dataset import Dataset

USUAL = ("segment", "region", "product", "industry", "channel", "rep.team", "country", "rep")

ALWAYS = {"subscriptions": "tenure", "movements": "tenure", "opportunities": "kind"}
"""Dimensions that every company has, by table, as a last resort."""

OF_DEALS = ("win_rate", "win_rate_value", "pipeline_velocity", "sales_cycle")
"""Metrics that pages and alerts ask of new business alone, where deals say which they are."""


def breakdown(data: Dataset, table: str, by: str | None = None, *, instead: str = "") -> str:
    """Return the dimension to split by: the one asked for, else the first usual one there is.

    Parameters
    ----------
    data
        The company.
    table
        The table whose rows are to be split.
    by
        What was asked for; returned as it is.
    instead
        A dimension not to take, because the page already splits by it.

    Returns
    -------
    str
        The first of segment, region, product, industry, channel, rep.team, country and rep
        that the table reaches; else tenure for subscriptions and kind for opportunities.
    """
    company(data, "rk.notebook.breakdown")
    check.text(table, "table", "rk.notebook.breakdown", example="opportunities")
    if by is not None and by != "":
        return check.text(by, "by", "rk.notebook.breakdown", example="segment")
    for name in USUAL if table in data.specs else ():
        if name == instead:
            continue
        try:
            resolve(name, table, data.specs)
        except DimensionError:
            continue
        return name
    return ALWAYS.get(table, USUAL[0])


def answers(data: Dataset, metric: str, by: str | None = None) -> bool:
    """Report whether the company's tables suffice for a metric, and reach a dimension if given."""
    try:
        plan = find(metric).plan(data, {"by": by})
        if by is not None:
            plan.prepare()
    except RevkitError:
        return False
    return True


def dimensions(data: Dataset, metric: str, also: str | None = None) -> list[str]:
    """Return the usual dimensions that the tables of a metric reach, and one more if they do.

    >>> dimensions(example("deals"), "win_rate")
    ['segment']
    """
    names = dict.fromkeys(USUAL if also is None else (*USUAL, also))
    return [name for name in names if answers(data, metric, name)]


def since(data: Dataset, start: Any = None, *, months: int = 24) -> date:
    """Return the day to start from: the one asked for, else that of the last full months.

    Parameters
    ----------
    data
        The company.
    start
        What was asked for; returned as a day.
    months
        How many complete months to show when nothing was asked for.
    """
    company(data, "rk.notebook.since")
    check.whole(months, "months", "rk.notebook.since", what="number of months", example=24)
    if start is not None and start != "":
        return day(start, name="start")
    tomorrow = data.as_of + timedelta(days=1)
    first = tomorrow.year * 12 + tomorrow.month - 1 - months
    return date(first // 12, first % 12 + 1, 1)


def kinds_unsaid(data: Dataset) -> list[Reason]:
    """Return that deals do not say which are new business, where they do not; else nothing."""
    if "opportunities" not in data or "kind" in data.columns("opportunities"):
        return []
    return [Reason(UNSAID)]


def new_business(data: Dataset) -> Dataset:
    """Return the company without expansions and renewals, where deals say which they are.

    They are won far more often than new business, and by other people.
    """
    company(data, "rk.notebook.new_business")
    if "opportunities" not in data or "kind" not in data.columns("opportunities"):
        return data
    try:
        return data.where(kind="new")
    except DimensionError:
        return data


UNSAID = message("Deals do not say their kind, so all count as new business, also renewals and "
                 "expansions, which are won more often.")  # fmt: skip
