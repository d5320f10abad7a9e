"""Territories: accounts, open pipeline and what could be sold, by rep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.derived.reps.shares import by_rep
from revkit.language import message

if TYPE_CHECKING:
    from revkit.dataset import Dataset

COLUMNS = ("rep_id", "rep", "team", "accounts", "customers", "potential", "open_deals",
           "open_amount")  # fmt: skip


def territories(data: Dataset, new: Dataset, reps: pd.DataFrame) -> pd.DataFrame:
    """Return what each rep who is there has to sell to.

    Returns
    -------
    pandas.DataFrame
        One row a rep who has accounts or open deals, by name: ``rep_id``, ``rep``, ``team``,
        ``accounts``, ``customers`` (of them; a won deal or a subscription), ``potential`` (of the
        other accounts: the share of their segment's accounts that are customers times the mean
        amount of its won new deals), ``open_deals``, ``open_amount`` of new business, as far
        as amounts are known. NaN where none is, and where accounts name no rep.
    """
    found = _open(new).join(_books(data, new), how="outer")
    found = found[found.index.isin(reps.index[reps["there"]])]
    for name in COLUMNS[3:]:
        if name not in found:
            found[name] = np.nan
    counted = ["open_deals"] + (
        ["accounts", "customers"] if found["accounts"].notna().any() else []
    )
    found[counted] = found[counted].astype("float64").fillna(0.0)
    nothing = found["open_deals"] == 0
    found["open_amount"] = found["open_amount"].astype("float64").mask(nothing, 0.0)
    found = found.assign(rep=reps["name"], team=reps["team"]).rename_axis("rep_id").reset_index()
    found = found[[*COLUMNS]].sort_values(["team", "rep", "rep_id"], ignore_index=True)
    found.attrs = {
        "currency": data.currency,
        "titles": {
            "rep": message("Rep"), "team": message("Team"), "accounts": message("Accounts"),
            "customers": message("Customers"), "potential": message("Potential"),
            "open_deals": message("Open deals"), "open_amount": message("Open amount"),
        },
        "units": {"potential": "money", "open_amount": "money", **dict.fromkeys(
            ("accounts", "customers", "open_deals"), "count")},
    }  # fmt: skip
    return found


def _open(new: Dataset) -> pd.DataFrame:
    """Return open deals of new business by rep, each with the rep's part of the amount."""
    if "opportunities" not in new or "rep_id" not in new.columns("opportunities"):
        return pd.DataFrame(index=pd.Index([], name="rep_id"))
    from ibis import _

    table = by_rep(new.table("opportunities").filter(_.closed_on.isnull()), new)
    sums: dict[str, Any] = {"open_deals": _.count()}
    if "amount" in new.columns("opportunities"):
        sums["open_amount"] = _.amount.cast("float64").sum()
    table = table.filter(_.rep_id.notnull()).group_by("rep_id").aggregate(**sums)
    return pd.DataFrame(table.to_pyarrow().to_pandas().set_index("rep_id"))


def _books(data: Dataset, new: Dataset) -> pd.DataFrame:
    """Return accounts, customers and potential by the rep of the account."""
    empty = pd.DataFrame(index=pd.Index([], name="rep_id"))
    if "accounts" not in data or "rep_id" not in data.columns("accounts"):
        return empty
    names = [name for name in ("segment",) if name in data.columns("accounts")]
    accounts = data.table("accounts").select("account_id", "rep_id", *names)
    rows: pd.DataFrame = accounts.to_pyarrow().to_pandas()
    rows["segment"] = rows["segment"].fillna("") if names else ""
    won = _won(new)
    bought = set(won["account_id"])
    if "subscriptions" in data:
        paid = data.table("subscriptions").select("account_id").distinct().to_pyarrow()
        bought |= set(paid["account_id"].to_pylist())
    rows["customers"] = rows["account_id"].isin(bought).astype(float)
    worth = won.merge(rows[["account_id", "segment"]], on="account_id")
    size = worth.groupby("segment")["amount"].mean()
    share = rows.groupby("segment")["customers"].mean()
    left = (1 - rows["customers"]) * rows["segment"].map(share * size).astype("float64")
    rows = rows.assign(accounts=1.0, potential=left)
    by = rows[rows["rep_id"].notna()].groupby("rep_id")
    return by[["accounts", "customers", "potential"]].sum(min_count=1)


def _won(new: Dataset) -> pd.DataFrame:
    from ibis import _

    columns = {"account_id", "amount", "is_won"}
    if "opportunities" not in new or not columns <= new.columns("opportunities"):
        return pd.DataFrame({"account_id": [], "amount": []})
    table = new.table("opportunities").filter(_.is_won, _.account_id.notnull())
    rows = table.select("account_id", amount=_.amount.cast("float64"))
    return pd.DataFrame(rows.to_pyarrow().to_pandas())
