"""Example ``pipeline``: the first quarter of five deals, four leads and two campaigns.

On 1 March four deals are due in March: 500, 9,000, 4,000 and 6,500, against a quota of 10,000.
Two are won, one is pushed to April, and on one nothing happens. A fifth was won in February.
"""

from __future__ import annotations

from datetime import date, datetime


def _day(month: int, day: int, year: int = 2026) -> date:
    """Return a day, of 2026 unless another year is given."""
    return date(year, month, day)


def _at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    """Return a moment, at nine o'clock in 2026 unless given."""
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - timestamps are UTC without tzinfo


_QUALIFICATION, _PROPOSAL, _WON = "Qualification", "Proposal", "Closed Won"

PIPELINE: dict[str, tuple[list[str], list[tuple[object, ...]]]] = {
    "campaigns": (
        ["campaign_id", "name", "channel", "started_on"],
        [("C1", "Winter search", "search", _day(1, 1)), ("C2", "Trade fair", "events", _day(1, 1))],
    ),
    "leads": (
        ["lead_id", "campaign_id", "email", "created_at"],
        [
            ("L1", "C1", "ada@alder", _at(1, 5)),
            ("L2", "C1", "bea@birch", _at(1, 12)),
            ("L3", "C2", "cleo@cedar", _at(2, 3)),
            ("L4", "C2", "dora@douglas", _at(2, 10)),
            ("L5", "C1", "ada@alder", _at(3, 4)),
        ],
    ),
    "touches": (
        ["touch_id", "lead_id", "campaign_id", "touched_at"],
        [
            ("t1", "L1", "C1", _at(1, 4)),
            ("t2", "L1", "C2", _at(1, 10)),
            ("t3", "L2", "C1", _at(1, 11)),
            ("t4", "L3", "C2", _at(2, 2)),
        ],
    ),
    "stages": (
        ["object", "stage", "position", "probability", "is_closed", "is_won"],
        [
            ("opportunity", _QUALIFICATION, 0, 0.2, False, False),
            ("opportunity", _PROPOSAL, 1, 0.6, False, False),
            ("opportunity", _WON, 2, 1.0, True, True),
            ("opportunity", "Closed Lost", 3, 0.0, True, False),
        ],
    ),
    "opportunities": (
        ["opportunity_id", "lead_id", "created_on", "closed_on", "is_won", "amount", "discount"],
        [
            ("O1", "L1", _day(1, 15), _day(3, 2), True, 500.0, 0.5),
            ("O2", "L2", _day(1, 20), _day(3, 10), True, 9000.0, 0.0),
            ("O3", "L3", _day(2, 5), None, None, 4000.0, None),
            ("O4", None, _day(12, 10, 2025), _day(2, 20), True, 9500.0, None),
            ("O5", None, _day(2, 12), None, None, 6500.0, None),
        ],
    ),
    "opportunity_history": (
        ["opportunity_id", "changed_at", "stage", "amount", "expected_close_on"],
        [
            ("O1", _at(1, 15), _QUALIFICATION, 1000.0, _day(2, 28)),
            ("O1", _at(2, 3), _PROPOSAL, 500.0, _day(2, 28)),
            ("O1", _at(2, 20), _PROPOSAL, 500.0, _day(3, 31)),
            ("O1", _at(3, 2), _WON, 500.0, _day(3, 2)),
            ("O2", _at(1, 20), _QUALIFICATION, 7000.0, _day(3, 15)),
            ("O2", _at(2, 10), _PROPOSAL, 9000.0, _day(3, 15)),
            ("O2", _at(3, 10), _WON, 9000.0, _day(3, 10)),
            ("O3", _at(2, 5), _QUALIFICATION, 4000.0, _day(3, 20)),
            ("O3", _at(3, 18), _QUALIFICATION, 4000.0, _day(4, 30)),
            ("O4", _at(12, 10, year=2025), _QUALIFICATION, 9500.0, _day(1, 31)),
            ("O4", _at(1, 20), _PROPOSAL, 9500.0, _day(2, 28)),
            ("O4", _at(2, 20), _WON, 9500.0, _day(2, 20)),
            ("O5", _at(2, 12), _QUALIFICATION, 6500.0, _day(3, 31)),
        ],
    ),
    "activities": (
        [
            "activity_id", "rep_id", "kind", "direction", "occurred_at", "is_selling",
            "is_automated", "lead_id", "opportunity_id",
        ],
        [
            ("x1", "R1", "call", "out", _at(1, 5, 9, 4), True, False, "L1", None),
            ("x2", "R1", "email", "out", _at(1, 12, 9, 1), True, True, "L2", None),
            ("x3", "R1", "call", "out", _at(1, 12, 9, 30), True, False, "L2", None),
            ("x4", "R1", "email", "out", _at(2, 3, 9, 10), True, False, "L3", None),
            ("x5", "R1", "meeting", "out", _at(3, 4, 11), True, False, "L5", None),
            ("x6", "R1", "call", "out", _at(3, 25), True, False, None, "O3"),
        ],
    ),
    "targets": (
        ["target_id", "kind", "starts_on", "ends_on", "measure", "amount"],
        [
            ("T1", "quota", _day(1, 1), _day(3, 1), "bookings", 19000.0),
            ("T2", "quota", _day(3, 1), _day(4, 1), "bookings", 10000.0),
        ],
    ),
    "spend": (
        ["spend_id", "spent_on", "function", "category", "channel", "campaign_id", "amount"],
        [
            ("S1", _day(1, 5), "marketing", "programs", "search", "C1", 3000.0),
            ("S2", _day(1, 8), "marketing", "programs", "events", "C2", 800.0),
            ("S3", _day(1, 31), "marketing", "people", None, None, 5000.0),
        ],
    ),
    "finance": (
        ["month", "line", "amount"],
        [
            (_day(month, 1), line, amount)
            for month in (1, 2, 3)
            for line, amount in (("revenue", 10000.0), ("cogs", 2000.0))
        ],
    ),
}  # fmt: skip
