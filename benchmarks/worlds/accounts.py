"""Account worlds: churn, growth, acquisition, renewals, trials and lifetimes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from benchmarks.worlds.scene import (
    AS_OF,
    MARCH,
    Rows,
    Scene,
    Tables,
    finance,
    months_of,
    shift,
    spending,
)


def accounts(rows: Rows) -> pd.DataFrame:
    """Return accounts with their replicate."""
    return rows.frame("account_id")


def price_period(
    holders: pd.DataFrame, start: object, end: object, mrr: object, **more: object
) -> pd.DataFrame:
    """Return one price period per account, with columns of subscriptions."""
    ids = holders["account_id"]
    row = {"subscription_id": "s" + ids, "account_id": ids, "started_on": start, "ended_on": end}
    return pd.DataFrame(row | {"mrr": mrr} | more)


def base(scene: Scene, *, leaving: float = 0.05) -> Tables:
    """Draw accounts at the start of March, of which 5 % churn, 15 % expand and 5 % contract.

    In clustered data the largest third churn and expand half as often as the others.
    """
    held = scene.fixed(round(scene.size))
    paid = held.money()
    holders = accounts(held)
    odds = np.ones(len(held))
    if scene.kind == "clustered":
        large = paid > np.quantile(paid, 2 / 3)
        odds = np.where(large, 0.6, 1.2)
    drawn = scene.random.random(len(held)) / odds
    gone = drawn < leaving
    moved = ~gone & (drawn < leaving + 0.2)
    grows = moved & (drawn < leaving + 0.15)
    factor = np.where(grows, 1 + scene.random.gamma(2, 0.1, len(held)), 0.7)
    on = held.within(MARCH)
    nat = np.datetime64("NaT", "D")
    first = price_period(
        holders, np.datetime64("2025-06-01"), np.where(gone | moved, on, nat), paid
    )
    then = price_period(holders, on, nat, np.maximum(np.round(paid * factor, 2), 0.01))[moved]
    fresh = scene.rows(scene.size * 0.1)
    came = accounts(fresh).assign(account_id=lambda frame: "n" + frame["account_id"])
    begun = price_period(came, fresh.within(MARCH), nat, fresh.money())
    gap = scene.rows(scene.size * 0.02)
    back = accounts(gap).assign(account_id=lambda frame: "b" + frame["account_id"])
    price = gap.money()
    once = price_period(back, np.datetime64("2025-06-01"), np.datetime64("2025-11-01"), price)
    again = price_period(back, gap.within(MARCH), nat, price)
    kept = price_period(holders, nat, nat, 0.01)  # the second product is drawn from these
    second = kept[scene.random.random(len(held)) < 0.3].assign(
        started_on=np.datetime64("2025-06-01"), product_id="P2", line="2", mrr=1.0
    )
    periods = [first, then, begun, once, again]
    sold = pd.concat(periods, ignore_index=True).assign(product_id="P1", line="1")
    sold = sold.assign(
        quantity=1.0,
        list_unit_price=sold["mrr"] / scene.random.choice([1.0, 0.9, 0.7], len(sold)),
    )
    ends = first[["account_id", "ended_on"]].assign(gone=gone)
    ends = ends[ends["gone"]].set_index("account_id")["ended_on"]
    second = second.assign(ended_on=second["account_id"].map(ends))
    return {
        "accounts": pd.concat([holders, came, back], ignore_index=True),
        "subscriptions": pd.concat([sold, second], ignore_index=True),
        "products": pd.DataFrame({"product_id": ["P1", "P2"], "name": ["One", "Two"]}),
        "spend": spending(scene, [MARCH]),
        "finance": finance(scene),
    }


def moves(scene: Scene, *, history: bool = False, motions: bool = False) -> Tables:
    """Draw equally many new, churned, expanding, contracting and returning accounts of March.

    With ``motions`` half of the spend is on new customers and half on expansion.
    """
    whole = [_moved(scene, month) for month in months_of(scene, history)]
    spent = spending(scene, [MARCH, MARCH] if motions else [MARCH])
    if motions:
        spent = spent.assign(motion=np.tile(["new", "expansion"], scene.replicates))
    return {
        "accounts": pd.concat([who for who, _ in whole], ignore_index=True),
        "subscriptions": pd.concat([periods for _, periods in whole], ignore_index=True),
        "spend": spent,
        "finance": finance(scene),
    }


def _moved(scene: Scene, month: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the accounts that move in a month, and their price periods."""
    many = {way: scene.rows(scene.size) for way in ("new", "gone", "more", "less", "back")}
    nat, start = np.datetime64("NaT", "D"), np.datetime64("2024-06-01")
    holders, periods = [], []
    for way, rows in many.items():
        who = accounts(rows)
        who = who.assign(account_id=f"{way}{month}" + who["account_id"])
        on, paid = rows.within(month), rows.money()
        holders.append(who)
        if way in ("gone", "more", "less"):
            why = np.where(rows.happens(0.3), "payment_failed", "price")
            periods.append(price_period(who, start, on, paid, churn_reason=why))
        if way == "back":
            periods.append(price_period(who, start, np.datetime64("2024-11-01"), paid))
        if way != "gone":
            factor = {"more": 1.3, "less": 0.6}.get(way, 1.0)
            periods.append(price_period(who, on, nat, np.maximum(np.round(paid * factor, 2), 0.01)))
    return pd.concat(holders, ignore_index=True), pd.concat(periods, ignore_index=True)


def lives(scene: Scene) -> Tables:
    """Draw accounts acquired over two years, with a constant or mixed monthly churn since.

    In even data the monthly churn rate is constant; otherwise it varies between accounts.
    """
    rows = scene.fixed(round(scene.size / 0.63))
    holders, random = accounts(rows), scene.random
    came = np.datetime64("2024-04-01") + random.integers(0, 720, len(rows))
    chance = 0.04 if scene.kind == "even" else random.beta(1, 20, len(rows))
    months = random.geometric(chance, len(rows))
    left = came + (months * 30.4375).astype(np.int64).astype("timedelta64[D]")
    ends = np.where(left <= np.datetime64(AS_OF), left, np.datetime64("NaT", "D"))
    return {
        "accounts": holders,
        "subscriptions": price_period(holders, came, ends, rows.money()),
        "finance": finance(scene),
    }


def _owner(table: pd.DataFrame, owner: pd.Series) -> pd.Series:
    """Return the replicate of each row, its own or its account's."""
    return table["replicate"] if "replicate" in table else table["account_id"].map(owner)


def apart(tables: Tables) -> Iterator[Tables]:
    """Yield the companies of a world one by one."""
    owner = tables["accounts"].set_index("account_id")["replicate"]
    parts = {
        name: dict(iter(table.groupby(_owner(table, owner)))) for name, table in tables.items()
    }
    for replicate in sorted(parts["accounts"]):
        yield {name: frames[replicate] for name, frames in parts.items() if replicate in frames}


def arrivals(scene: Scene) -> Tables:
    """Draw new accounts of each month, and the spend of March."""
    holders, periods = [], []
    for month in months_of(scene, history=True):
        rows = scene.rows(scene.size)
        who = accounts(rows).assign(account_id=lambda frame, m=month: f"{m}" + frame["account_id"])
        holders.append(who)
        periods.append(
            price_period(who, rows.within(month), np.datetime64("NaT", "D"), rows.money())
        )
    return {
        "accounts": pd.concat(holders, ignore_index=True).assign(channel="ads"),
        "subscriptions": pd.concat(periods, ignore_index=True),
        "spend": spending(scene, [MARCH]).assign(channel="ads"),
    }


def contracts(scene: Scene) -> Tables:
    """Draw yearly contracts that end in February; 80 % are renewed, some for more or less."""
    rows = scene.fixed(round(scene.size))
    holders, paid = accounts(rows), rows.money()
    due = rows.within(shift(MARCH, -1), 20)
    odds = np.ones(len(rows))
    if scene.kind == "clustered":
        odds = np.where(paid > np.quantile(paid, 2 / 3), 0.5, 1.25)
    stays = scene.random.random(len(rows)) > 0.2 * odds
    factor = scene.random.choice([1.0, 1.3, 0.7], len(rows), p=[0.6, 0.25, 0.15])
    first = price_period(holders, due - np.timedelta64(365, "D"), due, paid, term_ends_on=due)
    nat = np.datetime64("NaT", "D")
    then = price_period(
        holders, due, nat, np.maximum(np.round(paid * factor, 2), 0.01), term_ends_on=nat
    )[stays]
    return {"accounts": holders, "subscriptions": pd.concat([first, then], ignore_index=True)}


def tries(scene: Scene) -> Tables:
    """Draw trials started in the first days of March, of which 40 % convert."""
    rows = scene.rows(scene.size)
    who, began = accounts(rows), rows.within(MARCH, 9)
    over = began + np.timedelta64(14, "D")
    tried = price_period(who, began, over, rows.money(), status="trialing")
    paid = price_period(who, over, np.datetime64("NaT", "D"), rows.money(), status="active")
    bought = paid[rows.happens(0.4)]
    return {"accounts": who, "subscriptions": pd.concat([tried, bought], ignore_index=True)}
