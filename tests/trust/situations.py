"""Companies of a few rows, for situations in which a number may be wrong."""

from collections.abc import Callable

import pandas as pd

import revkit as rk

SUBSCRIPTIONS = "subscription_id account_id started_on ended_on mrr"
DEALS = "opportunity_id created_on closed_on is_won amount"
DEAL = ("2025-01-05", "2025-01-20")
QUOTA = "target_id kind rep_id starts_on ends_on submitted_on measure amount"
FIRST = ("2025-01-01", "2025-04-01")


def rows(columns: str, *values: tuple[object, ...]) -> pd.DataFrame:
    """A frame whose ``*_on`` columns are dates and whose ``is_*`` columns may be unknown."""
    frame = pd.DataFrame(list(values), columns=columns.split())
    for name in frame:
        if name.endswith(("_on", "_at")):
            frame[name] = pd.to_datetime(frame[name])
        if name.startswith("is_") and frame[name].map(lambda x: x in (True, False, None)).all():
            frame[name] = frame[name].astype("boolean")
    return frame


def company(as_of: str | None = "2025-12-31", **tables: object) -> rk.Dataset:
    return rk.Dataset(as_of=as_of, **tables)


def last(metric: Callable[..., pd.DataFrame], data: rk.Dataset, **how: object) -> float:
    return float(metric(data, **how)["value"].iloc[-1])


def by(metric: Callable[..., pd.DataFrame], data: rk.Dataset, column: str, **how: object):
    found = metric(data, by=column, **how)
    found = found[found["period"] == found["period"].max()] if "period" in found else found
    name = next(iter(found.columns))
    return dict(zip(found[name], found["value"].round(6), strict=True))
