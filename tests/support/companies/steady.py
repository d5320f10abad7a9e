"""A company in a steady state: every day as many leads, deals and customers come as the day before.

What it is asked by month it should say by quarter, year and over all: rates agree, sums are
proportional to days. Nothing is random; what is spread is spread evenly.
"""

import math
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise

import pandas as pd

import revkit as rk

FIRST, START, AS_OF = date(2014, 1, 1), date(2023, 1, 1), date(2025, 12, 31)
CHURN = 0.03
"""The rate at which accounts leave per month, at every age."""
MONTH = 365.25 / 12
CHANNELS = ("search", "events")
PROCESS = (("Discovery", 0.2), ("Proposal", 0.5), ("Won", 1.0), ("Lost", 0.0))


def spread(number):
    """The number-th of numbers spread evenly over 0 to 1, in no order."""
    return (number * 0.6180339887498949 + 0.5) % 1


def days(first, last, every):
    """Days from the first to the last, so many apart (a fraction, too), each with its number."""
    count = int((last - first).days / every) + 1
    return [(n, first + timedelta(int(n * every))) for n in range(count)]


@cache
def steady():
    """Ten years of customers, three of everything else, up to the end of 2025."""
    return rk.Dataset(
        as_of=AS_OF,
        currency="EUR",
        **_customers(),
        **_deals(),
        **_leads(),
        **_team(),
        **_books(),
    )


def _frame(rows):
    frame = pd.DataFrame(rows)
    for column in frame.columns:
        if column.endswith("_at"):
            frame[column] = pd.to_datetime(frame[column])
    return frame


def _known(day):
    return day if day is not None and day <= AS_OF else None


def _customers():
    """One new account a day; it leaves at a constant rate, grows once and shrinks once."""
    rows, accounts = [], []
    for n, came in days(FIRST, AS_OF, 1):
        name, u = f"a{n}", spread(n)
        accounts.append(
            {"account_id": name, "segment": ("SMB", "Enterprise")[n % 2],
             "channel": CHANNELS[n % 3 % 2], "created_on": came}
        )  # fmt: skip
        left = came + timedelta(max(1, round(-math.log(1 - u) / CHURN * MONTH)))
        steps = [came, came + timedelta(100 + n % 50), came + timedelta(300 + n % 90)]
        prices = (100.0 + n % 7, 130.0 + n % 7, 110.0 + n % 7)
        ends = [*steps[1:], None]
        for start, end, mrr in zip(steps, ends, prices, strict=True):
            until = left if end is None else min(end, left)
            if start >= until or start > AS_OF:
                continue
            rows.append(
                {"subscription_id": f"s{n}", "line": "1", "account_id": name, "started_on": start,
                 "ended_on": _known(until), "mrr": mrr, "quantity": 10.0,
                 "unit_price": mrr / 10, "list_unit_price": 15.0, "product_id": "core",
                 "status": "active", "term_ends_on": None, "renewed_from": None,
                 "churn_reason": "payment failed" if n % 4 == 0 else "price"}
            )  # fmt: skip
        rows += _yearly(n, name, came)
        if n % 3 == 0:
            trial = came - timedelta(14)
            rows.append(
                {**rows[-1], "subscription_id": f"t{n}", "started_on": trial, "ended_on": came,
                 "mrr": 100.0, "status": "trialing", "term_ends_on": None, "account_id":
                 name if n % 6 else f"idle{n}", "renewed_from": None}
            )  # fmt: skip
            if not n % 6:
                accounts.append(
                    {"account_id": f"idle{n}", "segment": "SMB", "channel": "search",
                     "created_on": trial}
                )  # fmt: skip
    products = [{"product_id": "core", "name": "Core"}, {"product_id": "yearly", "name": "Yearly"}]
    return {
        "accounts": _frame(accounts),
        "subscriptions": _frame(rows),
        "products": _frame(products),
    }


def _yearly(n, name, came):
    """A yearly contract of every fifth account's twin, renewed four times in five."""
    if n % 5:
        return []
    rows, start, place = [], came, 0
    while start <= AS_OF:
        end = start.replace(year=start.year + 1, day=min(start.day, 28))
        rows.append(
            {"subscription_id": f"y{n}-{place}", "line": "1", "account_id": f"{name}y",
             "started_on": start, "ended_on": _known(end), "mrr": 50.0, "quantity": 1.0,
             "unit_price": 50.0, "list_unit_price": 60.0, "product_id": "yearly",
             "status": "active", "term_ends_on": end,
             "renewed_from": f"y{n}-{place - 1}" if place else None, "churn_reason": "price"}
        )  # fmt: skip
        place += 1
        start = end
        if spread(n * 7 + place) > 0.8:
            break
    return rows


def _deals():
    """Two deals a day; won ones take 40 days and lost ones 60, with two stages on their way."""
    deals, history, touches = [], [], []
    for n, on in days(date(2022, 1, 1), AS_OF, 0.5):
        kind = ("new", "new", "renewal", "new", "expansion", "new", "renewal")[n % 7]
        won = spread(n) < (0.25 if kind == "new" else 0.7)
        lasts = (40 if won else 60) + n % 5
        closed = _known(on + timedelta(lasts))
        amount = 1000.0 + 100 * (n % 9)
        due = on + timedelta(45)
        deals.append(
            {"opportunity_id": f"o{n}", "account_id": f"a{n}", "rep_id": f"r{n % 8}",
             "created_on": on, "closed_on": closed, "kind": kind,
             "is_won": None if closed is None else won, "amount": amount,
             "expected_close_on": due, "discount": 0.1 * (n % 3), "lead_id": f"l{n * 2}"
             if kind == "new" and n % 2 else None}
        )  # fmt: skip
        moves = [(0, "Discovery", due), (20 + n % 3, "Proposal", due + timedelta(15 * (n % 4)))]
        if closed is not None:
            moves.append((lasts, "Won" if won else "Lost", due + timedelta(15 * (n % 4))))
        for seq, (after, stage, planned) in enumerate(moves):
            at = datetime.combine(on + timedelta(after), time(9))
            if at.date() <= AS_OF:
                history.append(
                    {"opportunity_id": f"o{n}", "changed_at": at, "seq": seq,
                     "stage": stage, "amount": amount, "expected_close_on": planned}
                )  # fmt: skip
        if n % 4 == 1:
            touched = on - timedelta(5)
            touches.append(
                {"touch_id": f"x{n}", "opportunity_id": f"o{n}", "campaign_id": f"c{n % 8 // 4}",
                 "touched_at": datetime(touched.year, touched.month, touched.day)}
            )  # fmt: skip
    stages = [
        {"object": "opportunity", "stage": name, "position": place, "probability": chance,
         "is_closed": place > 1, "is_won": name == "Won"}
        for place, (name, chance) in enumerate(PROCESS)
    ]  # fmt: skip
    return {
        "opportunities": _frame(deals),
        "opportunity_history": _frame(history),
        "touches": _frame(touches),
        "campaigns": _frame(
            [{"campaign_id": f"c{n}", "name": f"Campaign {n}", "channel": CHANNELS[n]}
             for n in range(2)]
        ),
        "stages": _frame(stages),
    }  # fmt: skip


def _leads():
    """Four leads a day: half are qualified, half of those by sales; reached after some minutes."""
    leads, history, calls = [], [], []
    for n, on in days(date(2022, 1, 1), AS_OF, 0.25):
        at = datetime(on.year, on.month, on.day, 8)
        gone = _known(on + timedelta(30)) if n % 2 == 0 else None
        leads.append(
            {"lead_id": f"l{n}", "channel": CHANNELS[n % 2], "created_at": at,
             "email": f"person{n}@there", "disqualified_at": gone and
             datetime(gone.year, gone.month, gone.day)}
        )  # fmt: skip
        for after, stage, reaches in ((0, "lead", 1), (2, "MQL", n % 2), (9, "SQL", n % 4 == 1)):
            if reaches and on + timedelta(after) <= AS_OF:
                history.append(
                    {"lead_id": f"l{n}", "entered_at": at + timedelta(after), "stage": stage}
                )
        if n % 3:
            calls.append(
                {"activity_id": f"k{n}", "rep_id": f"r{n % 8}", "kind": ("call", "email")[n % 2],
                 "occurred_at": at + timedelta(minutes=3 + n % 40), "minutes": 10.0,
                 "is_selling": True, "is_automated": False, "lead_id": f"l{n}"}
            )  # fmt: skip
            calls.append(
                {**calls[-1], "activity_id": f"m{n}", "kind": "crm", "is_selling": False,
                 "minutes": 5.0, "lead_id": None}
            )  # fmt: skip
    return {
        "leads": _frame(leads),
        "lead_history": _frame(history),
        "activities": _frame(calls),
    }


def _team():
    """Eight reps at any time, each for two years, with a quota every month."""
    reps = [
        {"rep_id": f"r{n}", "name": f"Rep {n}", "role": "AE", "team": "North", "region":
         f"Region {n % 3}", "hired_on": date(2020, 1, 1), "left_on": None, "manager_id": None}
        for n in range(8)
    ]  # fmt: skip
    months = [d.date() for d in pd.date_range("2022-01-01", "2026-01-01", freq="MS")]
    targets = [
        {"target_id": f"q{rep}-{start}", "kind": "quota", "measure": "bookings",
         "rep_id": f"r{rep}", "starts_on": start, "ends_on": end,
         "amount": 300.0 * (end - start).days}
        for rep in range(8)
        for start, end in pairwise(months)
    ]  # fmt: skip
    return {"reps": _frame(reps), "targets": _frame(targets)}


def _books():
    """The same spend every day, and the same books every month."""
    spend = [
        {"spend_id": f"p{n}", "spent_on": on, "amount": 40.0,
         "function": ("marketing", "marketing", "sales")[n % 3],
         "category": ("programs", "people", "people")[n % 3],
         "channel": CHANNELS[n % 2] if n % 3 == 0 else None,
         "campaign_id": f"c{n % 2}" if n % 3 == 0 else None}
        for n, on in days(date(2022, 1, 1), AS_OF, 0.1)
    ]  # fmt: skip
    lines = {"revenue": 120_000.0, "cogs": 30_000.0, "opex": 70_000.0, "cash_burn": 20_000.0,
             "price_index": 100.0}  # fmt: skip
    finance = [
        {"month": month.date(), "line": line, "amount": amount}
        for month in pd.date_range("2022-01-01", "2025-12-01", freq="MS")
        for line, amount in lines.items()
    ]
    return {"spend": _frame(spend), "finance": _frame(finance)}
