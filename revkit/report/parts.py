"""Reports of a company's parts: one for each value of a dimension, from data read once."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from revkit.errors import ColumnError, DimensionError, ReportError, TableError
from revkit.report.request import Order, ReportPlan, plan

if TYPE_CHECKING:
    from revkit.dataset import Dataset

ASKED = ("win_rate", "mrr", "mqls")
"""Metrics whose groups are the parts: of deals, of customers, of leads."""

MOST = 50


def parts(order: Order, dimension: str) -> list[tuple[str, ReportPlan]]:
    """Return a folder's name and the plan of a report for each value of a dimension.

    Parameters
    ----------
    order
        For the whole company; its filter holds for every part.
    dimension
        Such as segment. Rows without a value are in no part.

    Raises
    ------
    ReportError
        When nothing has the dimension, or it has more than 50 values.
    RevkitError
        As of :func:`revkit.report.request.plan`.
    """
    whole = plan(order)
    values = _values(whole.data, dimension)
    if not values:
        raise ReportError.no_parts(dimension)
    if len(values) > MOST:
        raise ReportError.too_many_parts(dimension, parts=len(values), most=MOST)
    names = _names(values)
    return [
        (names[value], plan(replace(order, where={**order.where, dimension: value}), whole.loaded))
        for value in values
    ]


def _values(data: Dataset, dimension: str) -> list[str]:
    from revkit.catalogue import find

    found: set[str] = set()
    for name in ASKED:
        try:
            rows = find(name)(data, by=dimension, period=None)
        except (ColumnError, DimensionError, TableError):
            continue
        found |= {str(value) for value in rows.loc[rows["n"] > 0, dimension].unique()}
    return sorted(value for value in found if value != "(missing)")


def _names(values: list[str]) -> dict[str, str]:
    """Return a folder's name for each value; two that would be called alike get numbers."""
    names: dict[str, str] = {}
    for value in values:
        plain = re.sub(r"[^\w-]+", "-", value).strip("-").lower() or "value"
        taken = set(names.values())
        numbered = (f"{plain}-{number}" for number in range(2, len(values) + 2))
        names[value] = plain if plain not in taken else next(n for n in numbered if n not in taken)
    return names
