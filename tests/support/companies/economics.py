"""Companies for unit economics: what they earn, spend and hold, as of the end of March 2026."""

from datetime import date

import numpy as np
import pandas as pd

import revkit as rk
from tests.support.companies.common import AS_OF, MARCH, ledger, of

SUMMER = date(2025, 6, 1)


def books(**lines):
    """Lines of the accounts in March, or in (a year before, March)."""
    return of(finance=_finance(**lines))


def unit(accounts=100, arpa=100.0, churn_rate=0.0, margin=1.0, new=0, new_pays=None, spend=0.0):
    """A March: so many accounts open it, a share of them leaves, so many others come.

    The books are of a year, since a lifetime of three months is unknown where they begin later.
    """
    leaving = round(accounts * churn_rate)
    regimes = [
        (f"a{number}", SUMMER, MARCH if number < leaving else None, arpa)
        for number in range(accounts)
    ]
    regimes += [
        (f"n{number}", MARCH, None, arpa if new_pays is None else new_pays) for number in range(new)
    ]
    revenue = 1000.0
    return ledger(
        *regimes,
        finance=_finance(revenue=[revenue] * 2, cogs=[revenue * (1 - margin)] * 2),
        spend=_spend({AS_OF: spend}),
    )


def quarters(arr_before=0.0, arr_after=0.0, spent_before=0.0, spent=0.0, burn=None):
    """ARR at the two ends of a quarter, what was spent in it and in the one before, cash burned."""
    return ledger(
        ("a1", SUMMER, MARCH, arr_before / 12),
        ("a1", MARCH, None, arr_after / 12),
        spend=_spend({date(2025, 10, 1): spent_before, AS_OF: spent}),
        finance=_finance(cash_burn=burn),
    )


def won(new=0.0, expansion=0.0, churned=0.0, spent=0.0):
    """A quarter's ARR won from new accounts and old ones, and lost; what it took to win it.

    Spend is kept from the quarter's first day on.
    """
    begun = {"spend_id": "x0", "spent_on": date(2026, 1, 1), "function": "product", "amount": 1.0}
    return ledger(
        ("n1", MARCH, None, new / 12),
        ("a1", SUMMER, MARCH, 100.0),
        ("a1", MARCH, None, 100.0 + expansion / 12),
        *([("c1", SUMMER, MARCH, churned / 12)] if churned else []),
        spend=[begun, *_spend({AS_OF: spent})],
    )


def _finance(**lines):
    rows = []
    for line, amounts in lines.items():
        if amounts is None:
            continue
        pair = amounts if isinstance(amounts, list | tuple) else (None, amounts)
        rows += [
            {"month": month, "line": line, "amount": float(amount)}
            for month, amount in zip((date(2025, 3, 1), MARCH), pair, strict=True)
            if amount is not None
        ]
    return rows


def _spend(amounts):
    return [
        {"spend_id": f"x{day}", "spent_on": day, "function": "sales", "amount": float(amount)}
        for day, amount in amounts.items()
        if amount
    ]


def channels(programmes, customers):
    """Programme spend of March by channel, and the customers that each channel won in it."""
    names = [name for name, many in customers.items() for _ in range(many)]
    regimes = [(f"a{number}", MARCH, None, 10.0) for number in range(len(names))]
    spend = [
        {"spend_id": f"x{name}", "spent_on": MARCH, "function": "marketing",
         "category": "programs", "channel": name, "amount": amount}
        for name, amount in programmes.items()
    ]  # fmt: skip
    accounts = [{"account_id": f"a{n}", "channel": name} for n, name in enumerate(names)]
    return ledger(*regimes, accounts=accounts, spend=spend)


def eight_accounts(**rules):
    """A month on which vendors disagree: 310 becomes 400, or 250, or 320; counted by a policy."""
    a, b, c, d, e, f, g, h = "ABCDEFGH"
    regimes = [
        (a, SUMMER, None, 100), (b, SUMMER, _march(10), 50), (c, SUMMER, _march(12), 40),
        (c, _march(12), None, 60), (d, SUMMER, _march(14), 30), (d, _march(19), None, 30),
        (e, _march(5), None, 80), (f, _march(6), _march(28), 20),
        (g, SUMMER, date(2025, 10, 8), 70), (g, _march(8), None, 70),
        (h, SUMMER, _march(20), 90), (h, _march(20), None, 60),
    ]  # fmt: skip
    rows = [
        (f"s{number}", account, start, end, float(mrr))
        for number, (account, start, end, mrr) in enumerate(regimes, 1)
    ]
    columns = ["subscription_id", "account_id", "started_on", "ended_on", "mrr"]
    return rk.Dataset(
        as_of=AS_OF, policy=rk.Policy(**rules), subscriptions=pd.DataFrame(rows, columns=columns)
    )


def _march(day):
    return date(2026, 3, day)


def due(before, after):
    """Contracts whose year ends in February, by what they bring before and after; 0 is not renewed.

    The first goes on in place, the others on new contracts that name the old.
    """
    start, end, again = date(2025, 2, 10), date(2026, 2, 10), date(2027, 2, 10)
    old = [
        (f"a{number}", start, end, mrr, {"subscription_id": f"s{number}", "term_ends_on": end})
        for number, mrr in enumerate(before)
    ]
    heirs = [
        (f"a{number}", end, None, mrr, {
            "subscription_id": f"s{number}" if number == 0 else f"t{number}",
            "renewed_from": None if number == 0 else f"s{number}",
            "term_ends_on": again,
        })
        for number, mrr in enumerate(after)
        if mrr
    ]  # fmt: skip
    return ledger(*old, *heirs)


def tried(started, converted):
    """Trials of a fortnight begun in March, so many of which then pay."""
    over = date(2026, 3, 16)
    trials = [(f"a{n}", date(2026, 3, 2), over, 10, {"status": "trialing"}) for n in range(started)]
    paid = [(f"a{n}", over, None, 10, {"status": "active"}) for n in range(converted)]
    return ledger(*trials, *paid)


def bundles(accounts, extra):
    """Accounts that have the core product, so many of which have the extra one too."""
    core = [(f"a{n}", SUMMER, None, 10, {"product_id": "core"}) for n in range(accounts)]
    more = [(f"a{n}", SUMMER, None, 5, {"product_id": "extra"}) for n in range(extra)]
    names = [{"product_id": "core", "name": "Core"}, {"product_id": "extra", "name": "Extra"}]
    return ledger(*core, *more, products=names)


def priced(paid, listed, quantity=1):
    """One contract at a price, beside the list price, and one whose list price nobody knows."""
    known = {"quantity": quantity, "unit_price": paid, "list_unit_price": listed}
    unknown = {"quantity": 1, "unit_price": 70.0, "list_unit_price": None}
    return ledger(("a", SUMMER, None, paid * quantity, known), ("b", SUMMER, None, 70, unknown))


def departed(chosen, failed):
    """MRR lost in March to cancellations and to payments that failed."""
    return ledger(
        ("a", SUMMER, MARCH, chosen, {"churn_reason": "price"}),
        ("b", SUMMER, MARCH, failed, {"churn_reason": "payment failed"}),
        ("c", SUMMER, None, 100, {"churn_reason": None}),
    )


def day_by_day(start, leaving):
    """Accounts that leave on the first days of March: so many on the 2nd, on the 3rd."""
    last = [day for day, many in enumerate(leaving, 2) for _ in range(many)]
    last += [None] * (start - len(last))
    return ledger(
        *[
            (f"a{number}", SUMMER, None if day is None else date(2026, 3, day), 10)
            for number, day in enumerate(last)
        ]
    )


def cohort(survival, accounts=1000, mrr=100.0, margin=0.8):
    """Accounts that began in one month, by the share left a month later, two months, and so on.

    The last share is that of March.
    """
    months = [date(2025 + (14 - back) // 12, (14 - back) % 12 + 1, 1) for back in range(12)][::-1]
    begun, leaves = months[-1 - len(survival)], months[-len(survival) :]
    left = [round(accounts * share) for share in (1, *survival)]
    ends = [day for day, many in zip(leaves, -np.diff(left), strict=True) for _ in range(many)]
    ends += [None] * (accounts - len(ends))
    return ledger(
        *[(f"a{number}", begun, end, mrr) for number, end in enumerate(ends)],
        finance=_finance(revenue=1000.0, cogs=1000.0 * (1 - margin)),
    )


def decay(monthly, accounts=10_000):
    """Accounts of which the same share leaves in each of the twelve months up to March."""
    first = [date(2025 + (3 + back) // 12, (3 + back) % 12 + 1, 1) for back in range(12)]
    left = [round(accounts * (1 - monthly) ** month) for month in range(13)]
    ends = [day for day, many in zip(first, -np.diff(left), strict=True) for _ in range(many)]
    ends += [None] * (accounts - len(ends))
    return ledger(*[(f"a{n}", date(2025, 2, 1), end, 10) for n, end in enumerate(ends)])
