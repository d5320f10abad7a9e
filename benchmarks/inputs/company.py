"""The company whose tables are mutated: small, valid, without chance, and its metrics."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

import pandas as pd

AS_OF = date(2025, 6, 30)
FIRST = date(2024, 7, 1)

METRICS = {
    "accounts": ("won_amount", "mrr"),
    "reps": ("activities_per_rep", "won_amount"),
    "leads": ("leads",),
    "opportunities": ("won_amount", "win_rate", "deal_size", "sales_cycle", "weighted_pipeline"),
    "subscriptions": ("mrr", "churned_mrr", "nrr", "customers"),
    "activities": ("selling_time_share", "activities_per_rep"),
    "spend": ("cac",),
    "targets": ("quota_attainment",),
}
"""By mutated table, the metrics that read it."""

GROUPS = {"accounts": "segment", "opportunities": "kind", "reps": "team"}
"""By mutated table, a dimension that the first metric is asked by."""


def company() -> dict[str, pd.DataFrame]:
    """Return the tables of the company, which nobody changes in place."""
    return dict(_tables())


@cache
def _tables() -> dict[str, pd.DataFrame]:
    """Build the tables once."""
    tables = (accounts, reps, leads, opportunities, subscriptions, activities, spend, targets)
    return {table.__name__: table() for table in tables}


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def moment(number: int) -> datetime:
    return datetime.combine(day(number), time(8 + number % 9, 30))


def accounts() -> pd.DataFrame:
    rows = range(12)
    return pd.DataFrame(
        {
            "account_id": [f"A{n:03}" for n in rows],
            "name": [f"Perù {n}" for n in rows],
            "segment": [("SMB", "Mid-Market", "Enterprise")[n % 3] for n in rows],
            "created_on": [day(n) for n in rows],
            "is_test": [n == 11 for n in rows],
        }
    )


def reps() -> pd.DataFrame:
    rows = range(4)
    return pd.DataFrame(
        {
            "rep_id": [f"R{n}" for n in rows],
            "role": ["AE"] * 4,
            "team": [("North", "South")[n % 2] for n in rows],
            "hired_on": [date(2024, 1, 1)] * 4,
            "left_on": [None, None, None, date(2025, 3, 1)],
        }
    )


def leads() -> pd.DataFrame:
    rows = range(30)
    return pd.DataFrame(
        {
            "lead_id": [f"L{n:03}" for n in rows],
            "account_id": [f"A{n % 12:03}" for n in rows],
            "channel": [("ads", "events")[n % 2] for n in rows],
            "created_at": [moment(n * 12) for n in rows],
        }
    )


def opportunities() -> pd.DataFrame:
    rows = range(48)
    closed = [n % 4 != 3 for n in rows]
    return pd.DataFrame(
        {
            "opportunity_id": [f"O{n:03}" for n in rows],
            "account_id": [f"A{n % 12:03}" for n in rows],
            "rep_id": [f"R{n % 4}" for n in rows],
            "kind": [("new", "expansion", "renewal")[n % 3] for n in rows],
            "created_on": [day(n * 6) for n in rows],
            "expected_close_on": [day(n * 6 + 90) for n in rows],
            "closed_on": [day(n * 6 + 20 + n % 7) if closed[n] else None for n in rows],
            "is_won": [n % 3 == 0 if closed[n] else None for n in rows],
            "amount": [100.0 + 10 * n for n in rows],
            "currency": ["EUR"] * 48,
            "probability": [0.5 if not closed[n] else float(n % 3 == 0) for n in rows],
            "discount": [0.1 * (n % 3) for n in rows],
        }
    ).astype({"is_won": "boolean"})


def subscriptions() -> pd.DataFrame:
    rows = range(22)
    return pd.DataFrame(
        {
            "subscription_id": [f"S{n:03}" for n in rows],
            "line": ["1"] * 22,
            "account_id": [f"A{n % 11:03}" for n in rows],
            "started_on": [day(n * 12) for n in rows],
            "ended_on": [day(n * 12 + 60) if n % 5 == 0 else None for n in rows],
            "mrr": [50.0 + 5 * n for n in rows],
            "currency": ["EUR"] * 22,
            "interval": [("month", "year")[n % 2] for n in rows],
            "discount": [0.1 * (n % 2) for n in rows],
            "status": [("active", "trialing")[n % 7 == 6] for n in rows],
        }
    )


def activities() -> pd.DataFrame:
    rows = range(40)
    return pd.DataFrame(
        {
            "activity_id": [f"C{n:03}" for n in rows],
            "rep_id": [f"R{n % 4}" for n in rows],
            "kind": [("call", "email", "meeting", "admin")[n % 4] for n in rows],
            "occurred_at": [moment(n * 9) for n in rows],
            "minutes": [15.0 + n for n in rows],
            "is_selling": [n % 4 != 3 for n in rows],
            "is_automated": [n % 9 == 8 for n in rows],
        }
    )


def spend() -> pd.DataFrame:
    rows = range(24)
    return pd.DataFrame(
        {
            "spend_id": [f"P{n:03}" for n in rows],
            "spent_on": [day(n * 15) for n in rows],
            "function": [("sales", "marketing")[n % 2] for n in rows],
            "category": [("people", "programs")[n % 2] for n in rows],
            "amount": [200.0 + n for n in rows],
            "currency": ["EUR"] * 24,
        }
    )


def targets() -> pd.DataFrame:
    starts = [date(2024, 7, 1), date(2024, 10, 1), date(2025, 1, 1), date(2025, 4, 1)]
    ends = [*starts[1:], date(2025, 7, 1)]
    return pd.DataFrame(
        {
            "target_id": [f"T{n:02}" for n in range(16)],
            "kind": ["quota"] * 16,
            "rep_id": [f"R{n % 4}" for n in range(16)],
            "starts_on": [starts[n // 4] for n in range(16)],
            "ends_on": [ends[n // 4] for n in range(16)],
            "measure": ["bookings"] * 16,
            "amount": [500.0] * 16,
        }
    )
