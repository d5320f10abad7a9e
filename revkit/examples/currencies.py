"""Example ``currencies``: three accounts, one that pays euros and two that pay dollars.

A dollar is 0.80 euros until 9 March 2026 and 0.90 from then on. Alder pays 100 euros, Birch 100
dollars; Cedar pays 50 dollars until it leaves on 20 March. At spot March opens with 100 + 80 + 40
euros; the rate adds 10 of Birch and 5 of Cedar, 45 leave with Cedar, and 190 remain.
"""

from __future__ import annotations

from datetime import date

CURRENCIES: dict[str, tuple[list[str], list[tuple[object, ...]]]] = {
    "accounts": (
        ["account_id", "name", "segment"],
        [("a", "Alder", "SMB"), ("b", "Birch", "Enterprise"), ("c", "Cedar", "SMB")],
    ),
    "subscriptions": (
        ["subscription_id", "account_id", "started_on", "ended_on", "mrr", "currency"],
        [
            ("s1", "a", date(2026, 1, 8), None, 100.0, "EUR"),
            ("s2", "b", date(2026, 1, 15), None, 100.0, "USD"),
            ("s3", "c", date(2026, 2, 3), date(2026, 3, 20), 50.0, "USD"),
        ],
    ),
    "exchange_rates": (
        ["on", "from_currency", "to_currency", "rate"],
        [
            (date(2026, 1, 1), "USD", "EUR", 0.8),
            (date(2026, 3, 10), "USD", "EUR", 0.9),
        ],
    ),
}
