"""Example ``billing``: three customers, their contracts and the invoices of a quarter.

One pays 12,000 for a year in January, late; one signs for two years in March and is billed the
first; one pays 2,000 a month without a term, has not paid February, and adds 300 in March, to be
billed from April.
"""

from __future__ import annotations

from datetime import date


def _day(month: int, day: int = 1, year: int = 2026) -> date:
    """Return a day, the first of a month of 2026 unless given."""
    return date(year, month, day)


BILLING: dict[str, tuple[list[str], list[tuple[object, ...]]]] = {
    "accounts": (
        ["account_id", "name", "segment"],
        [("a", "Alder", "SMB"), ("b", "Birch", "SMB"), ("c", "Cedar", "Enterprise")],
    ),
    "subscriptions": (
        ["subscription_id", "account_id", "started_on", "ended_on", "mrr", "term_ends_on"],
        [
            ("s1", "a", _day(1), None, 1000.0, _day(1, year=2027)),
            ("s2", "b", _day(3), None, 500.0, _day(3, year=2028)),
            ("s3", "c", _day(2), _day(3), 2000.0, None),
            ("s3", "c", _day(3), None, 2300.0, None),
        ],
    ),
    "spend": (
        ["spend_id", "spent_on", "function", "motion", "amount"],
        [
            ("S1", _day(1, 31), "sales", "new", 20000.0),
            ("S2", _day(2, 28), "marketing", "new", 13600.0),
            ("S3", _day(3, 31), "sales", "expansion", 900.0),
        ],
    ),
    "finance": (
        ["month", "line", "amount"],
        [(_day(month), "employees", 4.0) for month in (1, 2, 3)],
    ),
    "invoices": (
        [
            "invoice_line_id", "invoice_id", "account_id", "issued_on", "due_on", "paid_on",
            "amount", "is_recurring", "service_starts_on", "service_ends_on",
        ],
        [
            ("L1", "I1", "a", _day(1), _day(1, 31), _day(2, 10), 12000.0, True,
             _day(1), _day(1, year=2027)),
            ("L2", "I2", "b", _day(3), _day(3, 31), None, 6000.0, True,
             _day(3), _day(3, year=2027)),
            ("L3", "I3", "c", _day(2), _day(2, 15), None, 2000.0, True, _day(2), _day(3)),
            ("L4", "I4", "c", _day(3), _day(3, 15), _day(3, 20), 2000.0, True, _day(3), _day(4)),
        ],
    ),
}  # fmt: skip
