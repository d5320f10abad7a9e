"""List prices: products whose price for new customers moved, and stayed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.watch.metrics.rows import Window
from revkit.statistics.scan.shapes import FIRST, RECENT

if TYPE_CHECKING:
    from revkit.dataset import Dataset

MOVED = 0.08
"""Share by which a price has to move to be told of."""

STAYED = 0.75
"""Part of the move that every later month has to keep."""

LEAST = 3
"""Months with new customers before a move, and since."""


@dataclass(frozen=True)
class PriceMove:
    """A product's list price before a month, and since."""

    product: str
    onset: int
    before: float
    after: float


def price_moves(data: Dataset, window: Window) -> list[PriceMove]:
    """Return the products whose median list price of a unit moved by over 8 % and stayed."""
    from ibis import _

    if "subscriptions" not in data:
        return []
    known = data.columns("subscriptions")
    if not {"list_unit_price", "product_id", "ended_on"} <= known:
        return []
    lines = data.table("subscriptions").filter(
        _.list_unit_price.notnull(), _.list_unit_price > 0, _.product_id.notnull()
    )
    columns = ["account_id", "product_id", "started_on", "list_unit_price"]
    rows: pd.DataFrame = lines.select(*columns).execute()
    rows = rows.sort_values(["account_id", "product_id", "started_on"])
    rows = rows.drop_duplicates(["account_id", "product_id"])
    rows["month"] = window.of(pd.to_datetime(rows["started_on"]))
    rows = rows[(rows["month"] >= 0) & (rows["month"] < window.months)]
    rows["list_unit_price"] = pd.to_numeric(rows["list_unit_price"]).astype(np.float64)
    names = {}
    if "products" in data:
        table = data.table("products").select("product_id", "name").execute()
        names = dict(zip(table["product_id"], table["name"], strict=True))
    found = []
    for product, of in rows.groupby("product_id", sort=True):
        monthly = of.groupby("month")["list_unit_price"].median()
        move = _move(monthly.index.to_numpy(), monthly.to_numpy(), window.months)
        if move is not None:
            found.append(PriceMove(str(names.get(product, product)), *move))
    return found


def _move(at: np.ndarray, prices: np.ndarray, months: int) -> tuple[int, float, float] | None:
    """Return the month of the clearest move, with the prices before and since; None if none."""
    best: tuple[float, int, float, float] | None = None
    for place in range(LEAST, len(at)):
        onset = int(at[place])
        before, after = float(np.median(prices[:place])), float(np.median(prices[place:]))
        move = after / before - 1
        if onset < max(FIRST, months - RECENT) or abs(move) <= MOVED or len(at) - place < LEAST:
            continue
        kept = (prices[place:] / before - 1) * np.sign(move) >= STAYED * abs(move)
        steady = np.abs(prices[:place] / before - 1) <= (1 - STAYED) * abs(move)
        if kept.all() and steady[-LEAST:].all() and (best is None or abs(move) > best[0]):
            best = (abs(move), onset, before, after)
    return best[1:] if best else None
