"""Deals of reps as they are compared: by whom, of what kind, with what outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.derived.reps.shares import by_rep
from revkit.dimensions import attach, find
from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

NEEDED = ("rep_id", "created_on", "closed_on", "is_won")
"""Columns of deals without which nobody can be compared."""

OPTIONAL = ("lead_id", "amount", "discount", "expected_close_on")

PATHS = {"segment": "account.segment", "channel": "account.channel",
         "parent": "account.parent_account_id"}  # fmt: skip

SIZES = (0.25, 0.5, 0.75)
"""Quantiles of the first amount that part deals by size."""

TENURE = (90, 180, 365)
"""Days since hire that part the tenure of a rep when a deal begins."""

AGES = (15, 30, 60, 90, 150, 240)
"""Days that part the age at which a deal closes, or a stage ends."""

LIKE = ("segment", "channel", "source", "size", "entered", "tenure", "inherited")
"""Columns that make deals alike, where they are known."""

QUARTER = 3
"""Months of beginning within which deals are exchanged: what changed for all blames nobody."""


@dataclass(frozen=True)
class Span:
    """The months that are looked at, to the company's day.

    Parameters
    ----------
    start
        The first day.
    end
        The day after the last.
    """

    start: date
    end: date

    @classmethod
    def of(cls, data: Dataset, months: int) -> Span:
        """Return so many months to the company's day."""
        end = data.as_of + timedelta(days=1)
        return cls((pd.Timestamp(end) - pd.DateOffset(months=months)).date(), end)

    def quarter(self, days: Any) -> Any:
        """Return how many quarters before the end each day lies; all before the first are one."""
        last = pd.Timestamp(self.end) - pd.Timedelta(days=1)
        before = pd.Timestamp(self.start) - pd.Timedelta(days=1)
        days = days.where(days > before, before)
        months = (last.year - days.dt.year) * 12 + last.month - days.dt.month
        return (months - (days.dt.day > last.day)).clip(lower=0) // QUARTER


def deals_of(data: Dataset, span: Span, reps: pd.DataFrame) -> pd.DataFrame:
    """Return one row a deal and rep: those closed in the span, and those still open.

    Parameters
    ----------
    data
        A company of new business alone.
    span
        The months.
    reps
        By rep_id, with ``hired_on``.

    Returns
    -------
    pandas.DataFrame
        ``opportunity_id``, ``rep_id``, ``created_on``, ``closed_on``, ``won`` (NaN while open),
        what deals have in common (:data:`LIKE`), ``account``, ``age`` in days, ``quarter``, and
        ``amount``, ``discount``, ``expected_close_on`` where they are loaded.
    """
    from ibis import _

    table: Any = data.table("opportunities")
    for name, path in PATHS.items():
        found = find(path, "opportunities", data.specs)
        if found is not None:
            table = attach(table, found, data.lookup, f"of_{name}")
    table = table.filter(
        _.created_on.notnull(), _.closed_on.isnull() | ((_.closed_on >= span.start)
                                                        & _.is_won.notnull()),
    )  # fmt: skip
    kept = [name for name in ("account_id", *OPTIONAL) if name in data.columns("opportunities")]
    taken = [f"of_{name}" for name in PATHS if f"of_{name}" in table.columns]
    rows: pd.DataFrame = (
        by_rep(table, data).filter(_.rep_id.notnull())
        .select("opportunity_id", *NEEDED, *kept, *taken).to_pyarrow().to_pandas()
    )  # fmt: skip
    rows = rows.sort_values(["opportunity_id", "rep_id"], ignore_index=True)
    for name in ("created_on", "closed_on", "expected_close_on"):
        if name in rows:
            rows[name] = pd.to_datetime(rows[name])
    rows["won"] = rows["is_won"].astype("float64").where(rows["closed_on"].notna())
    first = _beginnings(data, span)
    rows = rows.merge(first, on="opportunity_id", how="left")
    return _alike(rows, span, reps)


def history_of(data: Dataset, span: Span) -> pd.DataFrame:
    """Return the changes of deals that were open in the span, in order, with their day."""
    from ibis import _

    if "opportunity_history" not in data:
        return pd.DataFrame(columns=["opportunity_id", "stage", "day"])
    deals = data.table("opportunities").filter(_.closed_on.isnull() | (_.closed_on >= span.start))
    table: ir.Table = data.table("opportunity_history")
    known = [name for name in ("rep_id", "amount") if name in data.columns("opportunity_history")]
    table = table.mutate(day=local_day(table.changed_at, data.policy.timezone))
    table = table.semi_join(deals, "opportunity_id")
    rows: pd.DataFrame = (
        table.select("opportunity_id", "changed_at", "seq", "stage", "day", *known)
        .to_pyarrow().to_pandas()
    )  # fmt: skip
    rows["day"] = pd.to_datetime(rows["day"])
    return rows.sort_values(["opportunity_id", "changed_at", "seq"], ignore_index=True)


def _beginnings(data: Dataset, span: Span) -> pd.DataFrame:
    """Return the first stage, amount and owner of each deal, as far as a history tells."""
    rows = history_of(data, span)
    names = {"stage": "entered", "amount": "first_amount", "rep_id": "first_owner"}
    taken = {name: own for name, own in names.items() if name in rows}
    first = rows.groupby("opportunity_id", sort=False)[list(taken)].first()
    return first.rename(columns=taken).reset_index()


def _alike(rows: pd.DataFrame, span: Span, reps: pd.DataFrame) -> pd.DataFrame:
    """Add what makes deals alike."""
    today = pd.Timestamp(span.end) - pd.Timedelta(days=1)
    for name in ("segment", "channel"):
        rows[name] = rows[f"of_{name}"].fillna("") if f"of_{name}" in rows else ""
    rows["source"] = rows["lead_id"].notna().astype(str) if "lead_id" in rows else ""
    amount = rows.get("first_amount", rows.get("amount"))
    rows["size"] = "" if amount is None else sizes(pd.to_numeric(amount, errors="coerce"))
    rows["entered"] = rows["entered"].fillna("") if "entered" in rows else ""
    rows["tenure"] = tenures(rows["created_on"], rows["rep_id"], reps)
    owner = rows.get("first_owner", rows["rep_id"])
    rows["inherited"] = (owner.notna() & (owner != rows["rep_id"])).astype(str)
    account = rows.get("account_id", rows["opportunity_id"]).fillna(rows["opportunity_id"])
    rows["account"] = rows["of_parent"].fillna(account) if "of_parent" in rows else account
    end = rows["closed_on"].fillna(today)
    rows["age"] = (end - rows["created_on"]).dt.days.clip(lower=0)
    rows["quarter"] = span.quarter(rows["created_on"])
    return rows


def sizes(amount: pd.Series) -> pd.Series:
    """Return the size band of each amount; none of unknown ones."""
    edges = amount.quantile(list(SIZES)).to_numpy()
    bands = pd.Series(np.searchsorted(edges, amount.to_numpy(float)).astype(str), amount.index)
    return bands.where(amount.notna(), "")


def tenures(days: pd.Series, rep: pd.Series, reps: pd.DataFrame) -> pd.Series:
    """Return how long each rep had been there on a day, in bands; the last where it is unknown."""
    since = (days - pd.to_datetime(rep.map(reps["hired_on"].to_dict()))).dt.days
    return pd.Series(np.searchsorted(TENURE, since.fillna(10**4).to_numpy()), days.index).astype(
        str
    )


def features(rows: pd.DataFrame, names: tuple[str, ...]) -> Any:
    """Return a column for each value of each of several columns but its most frequent one."""
    parts = []
    for name in names:
        codes, values = pd.factorize(rows[name], sort=True)
        usual = np.bincount(codes, minlength=1).argmax()
        parts += [(codes == one).astype(np.float64) for one in range(len(values)) if one != usual]
    return np.column_stack(parts) if parts else np.empty((len(rows), 0))
