"""Companies for support and usage: tickets of March, and what accounts used in that month."""

from datetime import date, datetime, timedelta

from tests.support.companies.common import MARCH, of

OPENED = datetime(2026, 3, 5, 9)


def rated(answers, silent=0):
    """Tickets closed in March, by how many answered 1, 2, 3, 4 and 5, and how many did not."""
    given = [score for score, many in enumerate(answers, 1) for _ in range(many)]
    return tickets([{"satisfaction": score} for score in [*given, *[None] * silent]], hours=2)


def resolved(hours, still_open=0):
    """Tickets of March by the hours until they were closed, and others that are still open."""
    rows = [{"closed_at": OPENED + timedelta(hours=each)} for each in hours]
    return tickets([*rows, *[{"closed_at": None}] * still_open])


def answered(hours, waiting=0, unanswered=()):
    """Tickets by the hours until the first answer, waiting ones, and those closed without one."""
    rows = [
        {"first_response_at": OPENED + timedelta(hours=each), "closed_at": None} for each in hours
    ]
    rows += [{"first_response_at": None, "closed_at": None}] * waiting
    rows += [
        {"first_response_at": None, "closed_at": OPENED + timedelta(hours=each)}
        for each in unanswered
    ]
    return tickets(rows)


def tickets(rows, hours=1):
    usual = {"account_id": "a1", "opened_at": OPENED, "severity": "normal"}
    usual |= {"closed_at": OPENED + timedelta(hours=hours)}
    return of(tickets=[usual | row | {"ticket_id": f"k{n}"} for n, row in enumerate(rows)])


def used(active=(), seats=(), daily=()):
    """What accounts used in March: active users, seats and users on an average day, one by one."""
    rows = [
        {"account_id": f"a{n}", "month": MARCH, "active_users": users, "events": 10 * users}
        for n, users in enumerate(active)
    ]
    for name, values in (("seats", seats), ("daily_active_users", daily)):
        for row, value in zip(rows, values, strict=False):
            row[name] = value
    return of(usage=rows)


def healthy(seats_used=1.0, before=100, answers=(), overdue=None):
    """One account in March: seats used of 100, users three months before, answers, days overdue."""
    users = round(100 * seats_used)
    usage = [
        {"account_id": "a1", "month": month, "active_users": n, "events": 10, "seats": 100}
        for month, n in ((date(2025, 12, 1), before), (MARCH, users))
        if n
    ]
    asked = [
        {"ticket_id": f"k{n}", "account_id": "a1", "opened_at": OPENED, "severity": "normal",
         "closed_at": OPENED + timedelta(hours=2), "satisfaction": score}
        for n, score in enumerate(answers)
    ]  # fmt: skip
    owed = [] if overdue is None else [
        {"invoice_line_id": "i1", "invoice_id": "v1", "account_id": "a1", "amount": 10.0,
         "issued_on": date(2025, 11, 1), "due_on": date(2026, 3, 31) - timedelta(days=overdue),
         "paid_on": None, "is_recurring": True}
    ]  # fmt: skip
    return of(usage=usage, tickets=asked, invoices=owed)
