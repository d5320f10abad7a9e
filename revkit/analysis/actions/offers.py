"""Offers: what a customer's peers have that it has not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.scores.snapshots.rows import frame
from revkit.analysis.whitespace import PEERS
from revkit.derived.recurring.price_periods import price_periods

if TYPE_CHECKING:
    from collections.abc import Mapping

    from revkit.dataset import Dataset

COMMON = 0.2
"""Share of an account's peers that must have a product before it is offered."""


def with_offers(rows: pd.DataFrame, data: Dataset) -> pd.DataFrame:
    """Add ``offer`` (a product), ``offered`` (the share of peers with it) and ``gap``.

    Peers are the paying customers of the same segment, 8 or more. The product is the one that
    most of them have and the account has not, among those dearer than what it has, or of a family
    it has nothing of. The gap is what the account's MRR lacks to their median.
    """
    rows = rows.assign(offer=None, offered=np.nan, gap=np.nan)
    if "segment" not in rows or rows["segment"].isna().all():
        return rows
    peers = rows.groupby("segment")["mrr"]
    median = peers.transform("median").where(peers.transform("size") >= PEERS)
    rows["gap"] = median - rows["mrr"]
    if not {"product_id"} <= data.columns("subscriptions") or "products" not in data:
        return rows
    from ibis import _

    held = frame(price_periods(data).filter(_.ended_on.isnull()).select("account_id", "product_id"))
    columns = ["product_id", "name", "family", "list_price"]
    table = data.lookup("products")
    products = frame(table.select(*[name for name in columns if name in table.columns]))
    for name in columns:
        if name not in products:
            products[name] = np.nan if name == "list_price" else None
    held = held.drop_duplicates().merge(rows[["account_id", "segment"]], on="account_id")
    held = held.merge(products, on="product_id")
    size = rows["segment"].value_counts().to_dict()
    common: dict[Any, int] = held.groupby(["segment", "product_id"]).size().to_dict()
    shares = {place: n / size[place[0]] for place, n in common.items()}
    own = dict(iter(held.groupby("account_id")))
    offers = [
        _offer(segment, own.get(account), shares, products)
        if size.get(segment, 0) >= PEERS else (None, np.nan)
        for account, segment in zip(rows["account_id"], rows["segment"], strict=True)
    ]  # fmt: skip
    rows["offer"] = pd.Series([one for one, _ in offers], index=rows.index, dtype=object)
    rows["offered"] = [share for _, share in offers]
    return rows


def _offer(
    segment: str, held: pd.DataFrame | None, shares: Mapping[Any, float], products: pd.DataFrame
) -> tuple[str | None, float]:
    """Return the product to offer an account, and the share of its peers that have it."""
    if held is None:
        return None, np.nan
    dearest = held.groupby("family", dropna=False)["list_price"].max()
    best: tuple[str | None, float] = (None, COMMON)
    for product in products.itertuples():
        share = float(shares.get((segment, product.product_id), 0.0))
        has = product.product_id in set(held["product_id"])
        beside = dearest.get(product.family, np.nan)
        cheaper = product.list_price <= beside
        if not has and not cheaper and share >= best[1]:
            best = (str(product.name), share)
    return best if best[0] is not None else (None, np.nan)
