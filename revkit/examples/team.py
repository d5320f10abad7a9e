"""Example ``team``: three reps with their quotas, deals and activities of one week.

Ada sells 90,000 of 90,000 in the first quarter of 2026, Bruno 54,000 of 60,000, Carla nothing of
10,000. Bruno, hired in October, has sold 80 % of three months' quota by the end of his sixth month.
"""

from __future__ import annotations

from datetime import date, datetime


def _march(day: int) -> datetime:
    """Return nine o'clock on a day of March 2026."""
    return datetime(2026, 3, day, 9)  # noqa: DTZ001 - timestamps are UTC without tzinfo


TEAM: dict[str, tuple[list[str], list[tuple[object, ...]]]] = {
    "reps": (
        ["rep_id", "name", "role", "team", "region", "hired_on", "left_on"],
        [
            ("R1", "Ada", "AE", "North", "Milan", date(2024, 1, 15), None),
            ("R2", "Bruno", "AE", "North", "Turin", date(2025, 10, 1), None),
            ("R3", "Carla", "AE", "South", "Naples", date(2026, 1, 1), None),
        ],
    ),
    "accounts": (
        ["account_id", "name", "segment", "rep_id"],
        [("a", "Alder", "SMB", "R1"), ("b", "Birch", "SMB", "R2"), ("c", "Cedar", "SMB", "R3")],
    ),
    "subscriptions": (
        ["subscription_id", "account_id", "started_on", "ended_on", "mrr"],
        [
            ("s1", "a", date(2026, 1, 20), None, 300.0),
            ("s2", "b", date(2026, 2, 15), None, 100.0),
            ("s3", "c", date(2026, 2, 20), None, 200.0),
        ],
    ),
    "targets": (
        [
            "target_id", "kind", "rep_id", "starts_on", "ends_on", "submitted_on", "measure",
            "amount",
        ],
        [
            ("T1", "quota", "R1", date(2025, 10, 1), date(2026, 1, 1), None, "bookings", 90000.0),
            ("T2", "quota", "R2", date(2025, 10, 1), date(2026, 1, 1), None, "bookings", 30000.0),
            ("T3", "quota", "R1", date(2026, 1, 1), date(2026, 4, 1), None, "bookings", 90000.0),
            ("T4", "quota", "R2", date(2026, 1, 1), date(2026, 4, 1), None, "bookings", 60000.0),
            ("T5", "quota", "R3", date(2026, 1, 1), date(2026, 4, 1), None, "bookings", 10000.0),
            ("T6", "commit", "R1", date(2026, 1, 1), date(2026, 4, 1), date(2026, 2, 20),
             "bookings", 80000.0),
            ("T7", "commit", "R2", date(2026, 1, 1), date(2026, 4, 1), date(2026, 2, 27),
             "bookings", 60000.0),
        ],
    ),
    "opportunities": (
        [
            "opportunity_id", "account_id", "rep_id", "created_on", "closed_on", "is_won", "amount",
            "lost_reason", "competitor",
        ],
        [
            ("O1", "a", "R1", date(2026, 1, 2), date(2026, 1, 20), True, 40000.0, None, None),
            ("O2", "b", "R2", date(2026, 1, 9), date(2026, 2, 15), True, 30000.0, None, None),
            ("O3", "b", "R2", date(2026, 2, 2), date(2026, 3, 5), False, 20000.0, "price",
             "Acme"),
            ("O4", "a", "R1", date(2026, 2, 3), date(2026, 3, 10), True, 50000.0, None, "Acme"),
            ("O5", "b", "R2", date(2026, 2, 9), date(2026, 3, 20), True, 24000.0, None, None),
            ("O6", "c", "R3", date(2026, 3, 2), None, None, 8000.0, None, None),
        ],
    ),
    "activities": (
        [
            "activity_id", "rep_id", "kind", "occurred_at", "minutes", "is_selling",
            "is_automated", "outcome",
        ],
        [
            ("X1", "R1", "call", _march(2), 20.0, True, False, None),
            ("X2", "R1", "meeting", _march(3), 60.0, True, False, "held"),
            ("X3", "R1", "crm", _march(3), 30.0, False, False, None),
            ("X4", "R1", "email", _march(4), None, True, True, None),
            ("X5", "R2", "call", _march(2), 30.0, True, False, None),
            ("X6", "R2", "email", _march(3), 10.0, True, False, None),
            ("X7", "R2", "admin", _march(4), 30.0, False, False, None),
            ("X8", "R3", "training", _march(2), 60.0, False, False, None),
            ("X9", "R3", "demo", _march(5), 0.0, True, False, "no_show"),
        ],
    ),
}  # fmt: skip
