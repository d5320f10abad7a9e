"""A company that repeats itself every month, so that its forecasts are known."""

import pandas as pd

import revkit as rk

STAGES = pd.DataFrame(
    {
        "object": "opportunity",
        "stage": ["Proposal", "Won", "Lost"],
        "position": [1, 2, 3],
        "is_closed": [False, True, True],
        "is_won": [False, True, False],
    }
)


def company(months: int, *, history: bool = True) -> rk.Dataset:
    """Each month from 2024 two deals of 100 are created; one is won the month after, one lost."""
    starts = pd.date_range("2024-01-01", periods=months, freq="MS")
    deals, changes = [], []
    for number, start in enumerate(starts):
        for won in (True, False):
            name = f"{number}-{won}"
            close = start + pd.DateOffset(months=1, days=9)
            closed = number < months - 1
            deals.append((name, start + pd.Timedelta(days=9), close if closed else None,
                          won if closed else None, 100.0))  # fmt: skip
            changes.append((name, start + pd.Timedelta(days=9, hours=9), 0, "Proposal", 100.0))
            if closed:
                stage = "Won" if won else "Lost"
                changes.append((name, close + pd.Timedelta(hours=9), 1, stage, 100.0))
    opportunities = pd.DataFrame(
        deals, columns=["opportunity_id", "created_on", "closed_on", "is_won", "amount"]
    ).astype({"is_won": "boolean", "closed_on": "datetime64[s]"})
    opportunity_history = pd.DataFrame(
        changes, columns=["opportunity_id", "changed_at", "seq", "stage", "amount"]
    )
    tables = {"opportunities": opportunities}
    if history:
        tables |= {"opportunity_history": opportunity_history, "stages": STAGES}
    as_of = starts[-1] + pd.offsets.MonthEnd(0)
    return rk.Dataset(**tables, as_of=as_of.date(), currency="USD")
