"""Companies whose money is in several currencies, counted in euros at spot."""

from datetime import date

import pandas as pd

import revkit as rk
from tests.support.companies.common import AS_OF, MARCH

SPOT = rk.Policy(fx="spot")


def dollars(mrr=100.0, before=1.0, after=1.0):
    """One account that pays dollars since January; so many dollars are a euro, then since March."""
    rows = [{"subscription_id": "s", "account_id": "a", "started_on": date(2026, 1, 5),
             "ended_on": None, "mrr": float(mrr), "currency": "USD"}]  # fmt: skip
    rates = [
        {"on": on, "from_currency": "EUR", "to_currency": "USD", "rate": rate}
        for on, rate in ((date(2026, 1, 1), before), (MARCH, after))
    ]
    return rk.Dataset(
        as_of=AS_OF,
        currency="EUR",
        policy=SPOT,
        subscriptions=pd.DataFrame(rows),
        exchange_rates=pd.DataFrame(rates),
    )
