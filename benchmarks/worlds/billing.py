"""Billing worlds: invoices with their payment, and contracts signed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.worlds.accounts import accounts, price_period
from benchmarks.worlds.scene import AS_OF, MARCH, Scene, Tables, months_of


def bills(scene: Scene, *, history: bool = False) -> Tables:
    """Draw invoices of each month, due after 30 days and paid after 40 on average."""
    holders, lines = [], []
    for month in months_of(scene, history=True):
        rows = scene.rows(scene.size)
        who = accounts(rows).assign(account_id=lambda frame, m=month: f"{m}" + frame["account_id"])
        issued = rows.within(month)
        paid = issued + rows.days(40).astype("timedelta64[D]")
        holders.append(who)
        lines.append(
            pd.DataFrame(
                {
                    "invoice_line_id": "i" + who["account_id"],
                    "invoice_id": "v" + who["account_id"],
                    "account_id": who["account_id"],
                    "issued_on": issued,
                    "due_on": issued + np.timedelta64(30, "D"),
                    "paid_on": np.where(paid <= np.datetime64(AS_OF), paid, np.datetime64("NaT")),
                    "amount": rows.money(),
                    "is_recurring": True,
                }
            )
        )
    return {
        "accounts": pd.concat(holders, ignore_index=True),
        "invoices": pd.concat(lines, ignore_index=True),
    }


def signed(scene: Scene) -> Tables:
    """Draw contracts of one, two or three years that begin in March."""
    rows = scene.rows(scene.size)
    who, begun = accounts(rows), rows.within(MARCH)
    years = scene.random.choice([365, 731, 1096], len(rows), p=[0.6, 0.25, 0.15])
    ends = begun + years.astype("timedelta64[D]")
    never = np.datetime64("NaT", "D")
    return {
        "accounts": who,
        "subscriptions": price_period(who, begun, never, rows.money(), term_ends_on=ends),
    }
