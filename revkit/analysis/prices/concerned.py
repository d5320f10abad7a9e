"""Customers by month and group: who is new, who leaves, and the list price they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.derived.recurring.price_periods import price_periods
from revkit.dimensions import MISSING, attach, resolve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.analysis.watch.metrics.rows import Window
    from revkit.dataset import Dataset

    Array = NDArray[np.float64]

OUTCOMES = ("customers", "seats", "leaving")


@dataclass(frozen=True)
class Groups:
    """Groups of customers by month.

    Parameters
    ----------
    names
        Of the groups, in order.
    events, at_risk
        A row a group and a column a month.
    prices
        Median list price of a unit that new customers were shown; NaN in months without any.
    """

    names: tuple[str, ...]
    events: Array
    at_risk: Array
    prices: Array


def groups(data: Dataset, by: str, of: str, window: Window) -> Groups:
    """Count an outcome by group and month.

    Parameters
    ----------
    by
        A dimension of subscriptions.
    of
        ``customers`` or ``seats`` that are new to the company, in the group they begin with; or
        ``leaving``, customers who no longer pay for the group, of those who did as the month began.
    """
    import ibis

    loaded = data.columns("subscriptions")
    table = attach(
        price_periods(data), resolve(by, "subscriptions", data.specs), data.lookup, "__of"
    )
    wanted = [name for name in ("list_unit_price", "quantity") if name in loaded]
    lines = table.mutate(
        __of=table["__of"].fill_null(MISSING),
        __first=table.started_on.min().over(ibis.window(group_by="account_id")),
    )
    if of != "leaving":
        lines = lines.filter(lines["__first"] == lines.started_on)
    rows: pd.DataFrame = lines.select(
        "account_id", "started_on", "ended_on", group="__of",
        **{name: lines[name].cast("float64") for name in wanted},
    ).execute()  # fmt: skip
    rows = rows.reindex(columns=[*rows, *({"list_unit_price", "quantity"} - {*rows})])
    names = tuple(sorted(rows["group"].unique()))
    months = window.complete
    if of == "leaving":
        events, at_risk = _leaving(rows, names, window)
    else:
        first = rows.assign(month=window.of(pd.to_datetime(rows["started_on"])))
        counted = first.drop_duplicates(["account_id", "group"]) if of == "customers" else first
        size = np.ones(len(counted)) if of == "customers" else counted["quantity"].to_numpy(float)
        events = _sums(counted, size, names, months)
        at_risk = np.ones_like(events)
    return Groups(names, events, at_risk, _prices(rows, names, window))


def _sums(rows: pd.DataFrame, size: Array, names: tuple[str, ...], months: int) -> Array:
    """Add up sizes by group and month."""
    found = np.zeros((len(names), months))
    month = rows["month"].to_numpy()
    inside = (month >= 0) & (month < months)
    code = pd.Categorical(rows["group"], categories=names).codes
    np.add.at(found, (code[inside], month[inside]), size[inside])
    return found


def _leaving(rows: pd.DataFrame, names: tuple[str, ...], window: Window) -> tuple[Array, Array]:
    """Count those who leave a group in a month, and those who paid for it as the month began."""
    first = pd.to_datetime(rows["started_on"])
    last = pd.to_datetime(rows["ended_on"])
    open_end = window.months + 1
    rows = rows.assign(
        start=window.of(first), stop=np.where(last.isna(), open_end, window.of(last))
    )
    spells = rows.groupby(["group", "account_id"], as_index=False).agg(
        start=("start", "min"), stop=("stop", "max")
    )
    months = window.complete
    events, at_risk = np.zeros((2, len(names), months))
    code = pd.Categorical(spells["group"], categories=names).codes
    start, stop = spells["start"].to_numpy(), spells["stop"].to_numpy()
    for month in range(months):
        there = (start < month) & (stop >= month)
        np.add.at(at_risk[:, month], code[there], 1.0)
        np.add.at(events[:, month], code[there & (stop == month)], 1.0)
    return events, at_risk


def _prices(rows: pd.DataFrame, names: tuple[str, ...], window: Window) -> Array:
    """Return the median list price of new lines by group and month."""
    found = np.full((len(names), window.complete), np.nan)
    priced = rows.assign(month=window.of(pd.to_datetime(rows["started_on"])))
    inside = (priced["month"] >= 0) & (priced["month"] < window.complete)
    priced = priced[inside & (priced["list_unit_price"] > 0)]
    medians = priced.groupby(["group", "month"], as_index=False)["list_unit_price"].median()
    code = pd.Categorical(medians["group"], categories=names).codes
    found[code, medians["month"].to_numpy()] = medians["list_unit_price"].to_numpy(float)
    return found
