"""Support worlds: tickets with their answers, closing and satisfaction."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.worlds.accounts import accounts
from benchmarks.worlds.scene import MARCH, Scene, Tables


def tickets(scene: Scene) -> Tables:
    """Draw tickets of the first weeks of March: most closed, half rated."""
    rows = scene.rows(scene.size)
    who = accounts(rows)
    opened = rows.within(MARCH, 21).astype("datetime64[us]")
    waits, takes = 10 * rows.days(30), 60 * rows.days(40)
    answered = opened + waits.astype("timedelta64[m]")
    closed = opened + (waits + takes).astype("timedelta64[m]")
    over = np.datetime64("2026-04-01", "us")
    never = np.datetime64("NaT", "us")
    told = rows.happens(0.9) & (closed < over)
    pleased, rated = rows.happens(0.8), rows.happens(0.5)
    score = np.where(pleased, 5.0, 2.0)
    frame = pd.DataFrame(
        {
            "ticket_id": "k" + who["account_id"],
            "account_id": who["account_id"],
            "opened_at": opened,
            "first_response_at": np.where(answered < over, answered, never),
            "closed_at": np.where(told, closed, never),
            "severity": "normal",
            "satisfaction": np.where(told & rated, score, np.nan),
        }
    )
    return {"accounts": who, "tickets": frame}


def seats(scene: Scene) -> Tables:
    """Draw accounts with their seats and the users of March."""
    rows = scene.rows(scene.size)
    who = accounts(rows)
    bought = np.maximum(np.round(rows.money(40.0)), 1)
    used = scene.random.binomial(bought.astype(np.int64), scene.random.beta(4, 3, len(rows)))
    usage = pd.DataFrame(
        {
            "account_id": who["account_id"], "month": np.datetime64(MARCH, "D"),
            "active_users": used, "seats": bought.astype(np.int64), "events": used * 20,
        }
    )  # fmt: skip
    pleased = rows.happens(0.7)
    tickets = pd.DataFrame(
        {
            "ticket_id": "k" + who["account_id"], "account_id": who["account_id"],
            "opened_at": np.datetime64("2026-03-02", "us"),
            "closed_at": np.datetime64("2026-03-03", "us"), "severity": "normal",
            "satisfaction": np.where(pleased, 5.0, 3.0),
        }
    )  # fmt: skip
    return {"accounts": who, "usage": usage, "tickets": tickets}
