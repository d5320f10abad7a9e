"""Companies for tests: a few words in, a Dataset as of 2026-03-31 out, whose March is the case."""

from datetime import date, datetime, timedelta

import pandas as pd

import revkit as rk

MARCH = date(2026, 3, 1)
AS_OF = date(2026, 3, 31)


def of(as_of=AS_OF, **tables):
    """A company of tables given as lists of rows; an empty one is left out."""
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items() if rows}
    return rk.Dataset(as_of=as_of, **frames)


def ledger(*regimes, accounts=(), products=(), as_of=AS_OF, **more):
    """A company of subscriptions, each (account, start, end or None, mrr, extra columns)."""
    rows = []
    for number, (account, start, end, mrr, *extra) in enumerate(regimes, 1):
        row = {"subscription_id": f"s{number}", "account_id": account}
        row |= {"started_on": start, "ended_on": end, "mrr": float(mrr)}
        rows.append(row | (extra[0] if extra else {}))
    return of(as_of, subscriptions=rows, accounts=list(accounts), products=list(products), **more)


def accounts(base, now):
    """Accounts by what they pay when March opens and when it closes."""
    return ledger(*_moving(base, now))


def book(start=0.0, new=0.0, expansion=0.0, contraction=0.0, churned=0.0):
    """A March of given movements, one account for each."""
    start = start or 10 * (contraction + churned)
    each = (start - churned) / 2
    base = [churned, each, each, 0.0]
    now = [0.0, each - contraction, each + expansion, new]
    return accounts(*zip(*[pair for pair in zip(base, now, strict=True) if any(pair)], strict=True))


def counts(start, churned, joined=0, joined_and_left=0):
    """Accounts that pay 10, by what becomes of them in March."""
    stayed, joined = start - churned, joined - joined_and_left
    base = [10] * (churned + stayed) + [0] * joined
    now = [0] * churned + [10] * (stayed + joined)
    passing = [(f"p{n}", date(2026, 3, 3), date(2026, 3, 20), 10) for n in range(joined_and_left)]
    return ledger(*_moving(base, now), *passing)


def journey(levels):
    """One account by what it pays at the end of each month up to March."""
    months = [
        date(2025 + (14 - back) // 12, (14 - back) % 12 + 1, 1) for back in range(len(levels))
    ]
    starts = [*reversed(months), None]
    return ledger(
        *[
            ("a1", starts[place], starts[place + 1], level)
            for place, level in enumerate(levels)
            if level
        ]
    )


def subscribers(monthly=(), yearly=(), trials=(), one_off=0.0):
    """Accounts by what they pay a month or a year; trials and one-off fees beside them."""
    prices = [*monthly, *(price / 12 for price in yearly)]
    rows = [(f"a{n}", date(2026, 1, 15), None, price) for n, price in enumerate(prices)]
    rows = [(*row, {"status": "active"}) for row in rows]
    rows += [
        (f"t{n}", MARCH, None, price, {"status": "trialing"}) for n, price in enumerate(trials)
    ]
    fee = {"invoice_line_id": "i1", "invoice_id": "i1", "account_id": "a0", "issued_on": MARCH}
    fees = [fee | {"amount": float(one_off), "is_recurring": False}] if one_off else []
    return ledger(*rows, invoices=fees)


def deals(
    won=0, lost=0, still_open=0, opened=0, amount=1000.0, cycle=0, days=(), amounts=(),
    open_amounts=(), standing=0,
):  # fmt: skip
    """Opportunities that close in March, and others that stay open.

    ``opened`` ones are created in March and stay open; ``still_open`` is the same, by the name it
    has in cohorts. ``standing`` are open on average of March's two ends, those that close in it
    among them. ``days`` and ``amounts`` are won deals one by one.
    """
    closes = date(2026, 3, 20)
    cycles = [*days, *[cycle] * (won + len(amounts))]
    worth = [*[amount] * len(days), *[amount] * won, *amounts]
    rows = [
        {"created_on": closes - timedelta(took), "closed_on": closes, "is_won": True, "amount": a}
        for took, a in zip(cycles, worth, strict=True)
    ]
    dead = {"created_on": closes - timedelta(cycle), "closed_on": closes, "is_won": False}
    rows += [dead | {"amount": amount} for _ in range(lost)]
    before = [*cycles, *[cycle] * lost]  # open as March begins, and closed as it ends
    lasting, new = divmod(max(2 * standing - sum(took >= closes.day for took in before), 0), 2)
    pending = {MARCH: [*[amount] * (still_open + opened + new), *open_amounts]}
    pending[MARCH - timedelta(400)] = [amount] * lasting
    rows += [
        {"created_on": day, "closed_on": None, "is_won": None, "amount": float(a)}
        for day, amounts in pending.items()
        for a in amounts
    ]
    frame = pd.DataFrame(rows).assign(opportunity_id=[f"o{n}" for n in range(len(rows))])
    frame["is_won"] = frame["is_won"].astype("boolean")
    return rk.Dataset(as_of=AS_OF, opportunities=frame)


def leads(created, mql=0, sql=0, won=0, opportunity=0):
    """Leads of March, so many of which become MQL, SQL, customers; the first ones get furthest."""
    days = {"lead": 2, "MQL": 9, "SQL": 16, "opportunity": 18}
    reached = {"lead": created, "MQL": mql, "SQL": sql, "opportunity": opportunity}
    history = [
        {"lead_id": f"l{n}", "stage": stage, "entered_at": datetime(2026, 3, days[stage], 9)}
        for stage, many in reached.items()
        for n in range(many)
    ]
    people = [{"lead_id": f"l{n}", "created_at": datetime(2026, 3, 2, 9)} for n in range(created)]
    bought = {"created_on": MARCH, "closed_on": date(2026, 3, 20), "is_won": True}
    sold = [bought | {"opportunity_id": f"o{n}", "lead_id": f"l{n}"} for n in range(won)]
    return of(leads=people, lead_history=history, opportunities=sold)


def spending(sales=0.0, programmes=0.0, people=0.0, leads=0, customers=0):
    """Money spent in March, with the leads and the first customers of the month."""
    lines = [
        ("sales", "people", sales),
        ("marketing", "programs", programmes),
        ("marketing", "people", people),
    ]
    spend = [
        {"spend_id": f"x{n}", "spent_on": AS_OF, "function": function, "category": category,
         "amount": float(amount)}
        for n, (function, category, amount) in enumerate(lines)
        if amount
    ]  # fmt: skip
    created = [{"lead_id": f"l{n}", "created_at": datetime(2026, 3, 5)} for n in range(leads)]
    regimes = [(f"a{n}", date(2026, 3, 9), None, 10) for n in range(customers)]
    return (
        ledger(*regimes, spend=spend, leads=created) if regimes else of(spend=spend, leads=created)
    )


def _moving(base, now):
    summer, march = date(2025, 6, 1), date(2026, 3, 12)
    for number, (before, after) in enumerate(zip(base, now, strict=True), 1):
        if before:
            yield f"a{number}", summer, None if before == after else march, before
        if after and after != before:
            yield f"a{number}", march, None, after
