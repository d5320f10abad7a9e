"""Whitespace: accounts that pay well below their peers, and so may have room to grow."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.analysis.writing.frames.headings import dimension_name
from revkit.dataset.argument import company
from revkit.derived.recurring.tenure import BOUNDS, GROUPS
from revkit.dimensions import placed
from revkit.language import language as spoken
from revkit.language import message

if TYPE_CHECKING:
    from revkit.dataset import Dataset

PEERS = 8
"""Accounts a group must have before its median says something about one of them."""


def room_to_grow(
    data: Dataset, *, by: str = "segment", settled: int = 6, most: int = 10
) -> pd.DataFrame:
    """List the accounts furthest below the median MRR of their peers.

    Parameters
    ----------
    data
        A company with subscriptions.
    by
        The dimension that says who is whose peer; `tenure` for those as long with us.
    settled
        Months an account must have paid: newcomers are small because they are new.
    most
        How many accounts.

    Returns
    -------
    pandas.DataFrame
        One row an account, the widest gap first: account, the `by` column, months (paying), mrr,
        peers (their median MRR), gap (peers less mrr; money a month), below (share of peers
        that pay more). Only accounts in the lowest quarter of a group of 8 or more.

    Notes
    -----
    A gap is a question, not a forecast: an account may pay less because it needs less. Where
    the number of employees is known, compare with it before calling.
    """
    company(data, "rk.room_to_grow")
    check.text(by, "by", "rk.room_to_grow", example="segment")
    check.whole(settled, "settled", "rk.room_to_grow", least=0, what="number of months")
    check.whole(most, "most", "rk.room_to_grow", what="number of accounts", example=10)
    paying = placed(_paying(data, by), [by])
    paying = paying[paying["months"] >= settled]
    group = paying.groupby(by)["mrr"]
    paying = paying.assign(
        peers=group.transform("median"),
        below=1 - group.rank(method="max", pct=True),
        size=group.transform("size"),
    )
    low = paying[(paying["below"] >= 0.75) & (paying["size"] >= PEERS)]
    low = low.assign(gap=low["peers"] - low["mrr"])
    low = low.sort_values(["gap", "account"], ascending=[False, True])
    found, total = len(low), float(low["gap"].sum())
    low = low.head(most)
    rows = low[["account", by, "months", "mrr", "peers", "gap", "below"]].reset_index(drop=True)
    rows.attrs = {
        "currency": data.currency,
        "by": by,
        "accounts": len(paying),
        "found": found,
        "total": total,
        "titles": {
            "mrr": message("MRR"),
            "peers": message("Peers’ median"),
            "gap": message("Gap"),
            "months": message("Months"),
            "below": message("Peers above"),
        },
        "units": {"mrr": "money", "peers": "money", "gap": "money", "below": "share"},
    }
    return rows


def widest_gap(rows: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say how much MRR lies between the accounts listed and their peers.

    Parameters
    ----------
    rows
        What :func:`room_to_grow` returned.
    language
        "en" or "it"; the default one when omitted.
    """
    columns = ("account", "peers", "gap")
    check.result(rows, "rows", "rk.say.widest_gap", columns=columns, source="rk.room_to_grow")
    words = spoken(language)
    by = dimension_name(rows.attrs["by"], words)
    if rows.empty:
        return Finding(
            words.gettext(
                "No {by} has enough paying accounts to say which of them pay less than their "
                "peers.",
                by=by,
            ),
            quiet=True,
        )
    money = Quantity("mrr", "MRR", "money/month", rows.attrs["currency"], words=words)
    found = int(rows.attrs.get("found", len(rows)))
    sentence = words.ngettext(
        "{count} account of {accounts} would pay {sum} more a month at the median of its {by}; "
        "the widest gap is {account}, {gap}.",
        "{count} accounts of {accounts} would pay {sum} more a month at the median of their {by}; "
        "the widest gap is {account}, {gap}.",
        found,
        count=words.count(found),
        accounts=words.count(rows.attrs["accounts"]),
        sum=money.text(float(rows.attrs.get("total", rows["gap"].sum()))),
        by=by,
        account=rows["account"].iloc[0],
        gap=money.text(float(rows["gap"].iloc[0])),
    )
    if found == len(rows):
        return Finding(sentence)
    shown = words.gettext("{count} of {all} shown.", count=len(rows), all=words.count(found))
    return Finding(f"{sentence} {shown}")


def _paying(data: Dataset, by: str) -> pd.DataFrame:
    """Return one row an account and group that pays at the as-of date."""
    import ibis
    from ibis import _

    from revkit.derived.recurring.customers import customers
    from revkit.derived.recurring.price_periods import price_periods
    from revkit.dimensions import MISSING, attach, resolve

    standing = price_periods(data).filter(_.ended_on.isnull())
    if by == "tenure":
        standing = standing.mutate(tenure=ibis.literal(""))
    else:
        standing = attach(standing, resolve(by, "subscriptions", data.specs), data.lookup, by)
        standing = standing.mutate(standing[by].fill_null(MISSING).name(by))
    mrr = standing.aggregate(by=["account_id", by], mrr=_.mrr.sum().cast("float64"))
    since = customers(data).select(payer=_.account_id, first=_.first_paid_on)
    joined = mrr.join(since, mrr.account_id == since.payer)
    if "accounts" in data and "name" in data.columns("accounts"):
        names = data.table("accounts").select(named=_.account_id, name=_.name)
        joined = joined.left_join(names, joined.account_id == names.named)
    else:
        joined = joined.mutate(name=ibis.null("string"))
    rows: pd.DataFrame = joined.select("account_id", by, "mrr", "first", "name").execute()
    first: Any = pd.to_datetime(rows["first"])
    today = pd.Timestamp(data.as_of)
    months = (today.year - first.dt.year) * 12 + today.month - first.dt.month
    account = rows["name"].where(rows["name"].notna(), rows["account_id"]).astype(str)
    ordered = rows.assign(months=months - (first.dt.day > today.day), account=account)
    if by == "tenure":
        ordered[by] = [GROUPS[bisect_right(BOUNDS, months)] for months in ordered["months"]]
    ordered["mrr"] = np.asarray(ordered["mrr"], dtype=np.float64)
    return ordered.sort_values(["account", "account_id"]).reset_index(drop=True)
