"""Events that a trend may be read beside: campaigns that stand out, and steps of list prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from revkit.analysis.defaults import since
from revkit.analysis.watch.metrics.prices import price_moves
from revkit.analysis.watch.metrics.rows import window
from revkit.dataset.argument import company

if TYPE_CHECKING:
    from revkit.dataset import Dataset

COLUMNS = ("kind", "name", "starts_on", "ends_on", "change")

MOST = 3
"""Campaigns and price changes that are told, of each."""

OUTSTANDING = 2.0
"""Times the median campaign that a campaign has to cost, where there are more than `MOST`."""


def events(data: Dataset, start: Any = None) -> pd.DataFrame:
    """Return the few campaigns and price changes to be marked on a time axis.

    Parameters
    ----------
    data
        The company.
    start
        The first day of the axis; the last 24 months when omitted.

    Returns
    -------
    DataFrame
        One row an event, by ``starts_on``: ``kind`` (campaign or price), ``name``, ``starts_on``,
        ``ends_on`` (the day after; missing for prices and campaigns that go on) and ``change`` (of
        a price, as a fraction). Of more than three campaigns, those that cost at least twice the
        median one; without ``spend``, none of them. Prices are medians of what new customers of a
        product were quoted for a unit, when they moved by over 8 % and stayed. No rows where the
        company has neither.

    Examples
    --------
    >>> events(example("deals")).empty
    True
    """
    company(data, "rk.notebook.events")
    first = pd.Timestamp(since(data, start))
    rows = [*_campaigns(data, first), *_prices(data, first)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame = frame.astype({"starts_on": "datetime64[us]", "ends_on": "datetime64[us]"})
    frame = frame.sort_values(["starts_on", "kind", "name"], ignore_index=True)
    frame.attrs = {"as_of": data.as_of.isoformat(), "units": {"change": "share"}}
    return frame


def _campaigns(data: Dataset, first: pd.Timestamp) -> list[dict[str, Any]]:
    """Return the dearest campaigns with a first day on the axis."""
    if "campaigns" not in data or "started_on" not in data.columns("campaigns"):
        return []
    names = [name for name in ("name", "ended_on") if name in data.columns("campaigns")]
    told: pd.DataFrame = (
        data.table("campaigns").select("campaign_id", "started_on", *names).execute()
    )
    told = told.reindex(columns=["campaign_id", "name", "started_on", "ended_on"])
    told["starts_on"] = pd.to_datetime(told["started_on"])
    told["ends_on"] = pd.to_datetime(told["ended_on"])
    told = told[told["starts_on"] >= first].assign(kind="campaign")
    told["name"] = told["name"].fillna(told["campaign_id"])
    if len(told) > MOST:
        cost = told["campaign_id"].map(_costs(data)).astype("float64")
        dear = cost >= OUTSTANDING * cost.median()
        told = told.assign(cost=cost)[dear].nlargest(MOST, "cost", keep="first")
    shown = ["kind", "name", "starts_on", "ends_on"]
    return [dict(zip(shown, row, strict=True)) for row in told[shown].itertuples(index=False)]


def _costs(data: Dataset) -> dict[str, float]:
    """Return what each campaign cost."""
    from ibis import _

    if "spend" not in data or "campaign_id" not in data.columns("spend"):
        return {}
    spent = data.table("spend").filter(_.campaign_id.notnull(), _.amount.notnull())
    rows = spent.group_by("campaign_id").aggregate(cost=_.amount.sum().cast("float64")).execute()
    return dict(zip(rows["campaign_id"], rows["cost"], strict=True))


def _prices(data: Dataset, first: pd.Timestamp) -> list[dict[str, Any]]:
    """Return the greatest steps of list prices on the axis."""
    within = window(data)
    moves: list[dict[str, Any]] = [
        {"kind": "price", "name": one.product, "starts_on": within.day(one.onset),
         "ends_on": pd.NaT, "change": one.after / one.before - 1}
        for one in price_moves(data, within)
    ]  # fmt: skip
    shown = [move for move in moves if move["starts_on"] >= first]
    return sorted(shown, key=lambda move: -abs(move["change"]))[:MOST]
