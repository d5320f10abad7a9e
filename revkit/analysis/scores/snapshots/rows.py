"""Rows of a target: what was known of each deal, customer or lead on a day, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.scores.snapshots.as_known import moments

if TYPE_CHECKING:
    from revkit.dataset import Dataset

ATTRIBUTES = ("segment", "industry", "region", "employees")
"""Columns of accounts that are learned from; what they were before is not on record."""


@dataclass(frozen=True)
class Snapshots:
    """Past and present rows of a target.

    Parameters
    ----------
    rows
        One row an entity and day: the ``key``, ``day``, ``account_id``, ``rep_id``, ``money``
        (at stake), ``outcome`` (1 or 0; NaN where the horizon is not over) and the features.
    key
        The column that names an entity.
    features
        The columns to learn from.
    fixed
        Those of them that are known only as they are now.
    notes
        What was left out, and why.
    """

    rows: pd.DataFrame
    key: str
    features: tuple[str, ...]
    fixed: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def frame(table: Any, days: tuple[str, ...] = ()) -> pd.DataFrame:
    """Execute a query, with some columns as days; floats where a number is a decimal."""
    rows: pd.DataFrame = table.to_pyarrow().to_pandas(types_mapper=None)
    for name in days:
        rows[name] = moments(rows[name])
    for name in rows.columns:
        if rows[name].dtype == object and _decimal(rows[name]):
            rows[name] = rows[name].astype(np.float64)
    return rows


def attributes(data: Dataset) -> pd.DataFrame:
    """Return what is known of each account for good: name, owner and :data:`ATTRIBUTES`."""
    columns = ["account_id", "name", "rep_id", *ATTRIBUTES]
    if "accounts" not in data:
        return pd.DataFrame(columns=columns)
    here = data.columns("accounts")
    accounts = data.lookup("accounts")
    known = frame(accounts.select(*[name for name in columns if name in here]))
    for name in columns:
        if name not in known:
            known[name] = np.nan if name == "employees" else None
    known["employees"] = np.log1p(known["employees"].astype(np.float64).clip(lower=0))
    return known[columns].drop_duplicates("account_id")


def with_attributes(rows: pd.DataFrame, data: Dataset) -> pd.DataFrame:
    """Add the attributes of each row's account."""
    known = attributes(data).rename(columns={"name": "account", "rep_id": "account_rep"})
    return rows.merge(known, on="account_id", how="left")


def told(data: Dataset, table: str) -> tuple[str, ...]:
    """Return the attributes that a company's accounts were loaded with."""
    here = data.columns("accounts") if "accounts" in data else frozenset()
    linked = "account_id" in data.columns(table)
    return tuple(name for name in ATTRIBUTES if name in here and linked)


def outcome(happened: Any, rows: pd.DataFrame, known_to: Any, horizon: int) -> Any:
    """Return 1 or 0; NaN where the horizon was not over on the last day that is known."""
    over = rows["day"] + pd.Timedelta(days=horizon) <= pd.Timestamp(known_to)
    return np.where(over, np.asarray(happened, dtype=np.float64), np.nan)


def _decimal(column: pd.Series[Any]) -> bool:
    from decimal import Decimal

    first = column.dropna()
    return bool(len(first)) and isinstance(first.iloc[0], Decimal)
