"""Example ``support``: two customers, their tickets of a quarter and their usage by month."""

from __future__ import annotations

from datetime import date, datetime


def _at(month: int, day: int, hour: int = 9) -> datetime:
    """Return a moment of 2026."""
    return datetime(2026, month, day, hour)  # noqa: DTZ001 - timestamps are UTC without tzinfo


SUPPORT: dict[str, tuple[list[str], list[tuple[object, ...]]]] = {
    "accounts": (
        ["account_id", "name", "segment"],
        [("a", "Alder", "SMB"), ("b", "Birch", "Enterprise")],
    ),
    "subscriptions": (
        ["subscription_id", "account_id", "started_on", "ended_on", "mrr"],
        [
            ("s1", "a", date(2025, 6, 1), None, 500.0),
            ("s2", "b", date(2025, 6, 1), None, 2000.0),
        ],
    ),
    "tickets": (
        [
            "ticket_id", "account_id", "opened_at", "first_response_at", "closed_at", "severity",
            "satisfaction",
        ],
        [
            ("K1", "a", _at(1, 12), _at(1, 12, 10), _at(1, 12, 15), "low", 5.0),
            ("K2", "b", _at(1, 20), _at(1, 20, 11), _at(1, 21), "high", 4.0),
            ("K3", "a", _at(2, 3), _at(2, 3, 10), _at(2, 3, 21), "low", 4.0),
            ("K4", "b", _at(2, 10), _at(2, 12), _at(2, 14), "high", 2.0),
            ("K5", "b", _at(3, 30), None, None, "low", None),
        ],
    ),
    "usage": (
        [
            "account_id", "month", "active_users", "seats", "events", "features_used",
            "daily_active_users",
        ],
        [
            (account, date(2026, month, 1), users, seats, 40 * users, 5, users / 4)
            for month in (1, 2, 3)
            for account, users, seats in (("a", 8, 10), ("b", 12, 15))
        ],
    ),
}  # fmt: skip
