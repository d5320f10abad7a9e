"""A company drawn with known chances: deals of segment A are won three times as often."""

import numpy as np
import pandas as pd

import revkit as rk

AS_OF = "2026-06-30"
WIN = {"A": 0.6, "B": 0.2}


def deals(n: int = 700, seed: int = 1, **columns: object) -> rk.Dataset:
    """Deals of accounts of their own; `columns` replace or add columns of accounts by outcome."""
    rng = np.random.default_rng(seed)
    created = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 910, n), unit="D")
    segment = rng.choice(["A", "B"], n)
    won = rng.random(n) < np.array([WIN[one] for one in segment])
    closed = created + pd.to_timedelta(rng.integers(10, 80, n), unit="D")
    still = closed > pd.Timestamp(AS_OF)
    outcome = np.where(still, "open", np.where(won, "won", "lost"))
    ids = [f"{place:04d}" for place in range(n)]
    account = {"account_id": ids, "name": [f"={one}" for one in ids], "segment": segment}
    edited = {name: pd.Series(outcome).map(values) for name, values in columns.items()}
    table = pd.DataFrame({
        "opportunity_id": ids, "account_id": ids, "created_on": created,
        "closed_on": pd.Series(closed).where(~still), "is_won": pd.Series(won).where(~still),
        "amount": rng.choice([1000.0, 5000.0], n),
        "rep_id": rng.choice(["r1", "r2"], n), "kind": "new",
        "told": outcome,
    })  # fmt: skip
    history = pd.DataFrame({
        "opportunity_id": ids, "changed_at": created, "seq": 1, "stage": "Open",
        "expected_close_on": created + pd.Timedelta(days=45), "rep_id": table["rep_id"],
        "amount": table["amount"],
    })  # fmt: skip
    reps = pd.DataFrame({
        "rep_id": ["r1", "r2"], "name": ["Ada", "Bob"], "hired_on": "2023-01-01",
        "left_on": [None, "2026-06-01"],
    })  # fmt: skip
    return rk.Dataset(
        as_of=AS_OF, currency="EUR", accounts=pd.DataFrame(account | edited),
        opportunities=table, opportunity_history=history, reps=reps,
    )  # fmt: skip


def customers(n: int = 300, seed: int = 2) -> rk.Dataset:
    """Customers by the month, of whom those of segment B leave four times as often."""
    rng = np.random.default_rng(seed)
    started = pd.Timestamp("2023-06-01") + pd.to_timedelta(rng.integers(0, 700, n), unit="D")
    segment = rng.choice(["A", "B"], n)
    stay = rng.exponential(np.where(segment == "A", 1600, 400)).astype(int) + 20
    ended = started + pd.to_timedelta(stay, unit="D")
    ids = [f"{place:04d}" for place in range(n)]
    subscriptions = pd.DataFrame({
        "subscription_id": ids, "line": "1", "account_id": ids, "started_on": started,
        "ended_on": pd.Series(ended).where(ended <= pd.Timestamp(AS_OF)), "mrr": 100.0,
    })  # fmt: skip
    accounts = pd.DataFrame({"account_id": ids, "segment": segment, "rep_id": "r1"})
    return rk.Dataset(as_of=AS_OF, subscriptions=subscriptions, accounts=accounts)
