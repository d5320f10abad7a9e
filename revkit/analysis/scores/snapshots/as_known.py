"""As known: the days snapshots are taken on, and what was the latest of something on each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

PAST = 27
"""Months back to which snapshots are taken, beside those whose outcome is not known yet."""


def days(as_of: date, first: date) -> pd.DatetimeIndex:
    """Return the same day of every month up to the as-of date, from the first that can be."""
    last = pd.Timestamp(as_of)
    back = [last - pd.DateOffset(months=months) for months in range(PAST + 1)]
    if (last + pd.Timedelta(days=1)).day == 1:
        back = [day + pd.offsets.MonthEnd(0) for day in back]
    return pd.DatetimeIndex(sorted(day for day in back if day >= pd.Timestamp(first)))


def standing(states: pd.DataFrame, on: pd.DatetimeIndex, since: str, until: str) -> pd.DataFrame:
    """Return the rows that stand on each day, half-open, with the day as ``day``."""
    begun, over = states[since].to_numpy(), states[until].to_numpy()
    parts = []
    for day in on:
        here = (begun <= day.to_datetime64()) & (np.isnat(over) | (over > day.to_datetime64()))
        parts.append(states[here].assign(day=day))
    none = states.head(0).assign(day=pd.Series(dtype="datetime64[s]"))
    found: pd.DataFrame = pd.concat(parts or [none], ignore_index=True)
    return found


def latest(
    rows: pd.DataFrame, events: pd.DataFrame, key: str, columns: Sequence[str], *,
    ago: int = 0, within: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the columns of each row's latest event by its day, or by so many days before.

    Parameters
    ----------
    rows
        With the key and ``day``.
    events
        With the key and ``on``; the last of several on one day counts.
    ago
        Days before the row's day; negative for after.
    within
        Days after which an event says nothing any more.
    """
    asked = pd.DataFrame({
        key: rows[key].to_numpy(),
        "on": rows["day"].to_numpy().astype("datetime64[s]") - np.timedelta64(ago, "D"),
        "__place": np.arange(len(rows)),
    })  # fmt: skip
    asked = asked[asked[key].notna()].sort_values("on", kind="stable")
    known = events[events["on"].notna() & events[key].notna()]
    known = known.sort_values("on", kind="stable")[[key, "on", *columns]]
    known = known.assign(on=known["on"].to_numpy().astype("datetime64[s]"))
    known[key], asked[key] = known[key].astype(str), asked[key].astype(str)
    limit = None if within is None else pd.Timedelta(days=within)
    found = pd.merge_asof(asked, known, on="on", by=key, tolerance=limit)
    found = found.set_index("__place").reindex(range(len(rows)))[list(columns)]
    return found.set_index(rows.index)


def counted(
    rows: pd.DataFrame, events: pd.DataFrame, key: str, *, span: int | None = None,
    weight: str | None = None,
) -> pd.Series[Any]:  # fmt: skip
    """Return how many events each row had by its day, in all or in the last so many days."""
    ordered = events[events["on"].notna() & events[key].notna()].sort_values("on", kind="stable")
    each = ordered[weight] if weight else pd.Series(1.0, index=ordered.index)
    ordered = ordered.assign(__n=each.groupby(ordered[key]).cumsum())
    now = latest(rows, ordered, key, ["__n"])["__n"].fillna(0.0)
    if span is None:
        return now
    return now - latest(rows, ordered, key, ["__n"], ago=span)["__n"].fillna(0.0)


def moments(column: Any) -> pd.Series[Any]:
    """Return a column of dates as days of one resolution; NaT where unknown."""
    return pd.Series(pd.to_datetime(column)).astype("datetime64[s]").dt.normalize()


def elapsed(rows: pd.DataFrame, since: str) -> pd.Series[Any]:
    """Return the days from a column to each row's day."""
    return (rows["day"] - rows[since]).dt.days.astype(np.float64)
