"""Companies for unit economics: what they earn, spend and hold, as of the end of March 2026."""

from datetime import date

from companies import AS_OF, MARCH, ledger, of

SUMMER = date(2025, 6, 1)


def books(**lines):
    """Lines of the accounts in March, or in (a year before, March)."""
    return of(finance=_finance(**lines))


def unit(accounts=100, arpa=100.0, churn_rate=0.0, margin=1.0, new=0, new_pays=None, spend=0.0):
    """A March: so many accounts open it, a share of them leaves, so many others come."""
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
        finance=_finance(revenue=revenue, cogs=revenue * (1 - margin)),
        spend=_spend({AS_OF: spend}),
    )


def quarters(arr_before=0.0, arr_after=0.0, spent_before=0.0, spent=0.0, burn=None):
    """ARR at the two ends of a quarter, what was spent in it and in the one before, cash burned."""
    return ledger(
        ("a1", SUMMER, MARCH, arr_before / 12),
        ("a1", MARCH, None, arr_after / 12),
        spend=_spend({date(2025, 12, 31): spent_before, AS_OF: spent}),
        finance=_finance(cash_burn=burn),
    )


def won(new=0.0, expansion=0.0, churned=0.0, spent=0.0):
    """A quarter's ARR won from new accounts and old ones, and lost; what it took to win it."""
    return ledger(
        ("n1", MARCH, None, new / 12),
        ("a1", SUMMER, MARCH, 100.0),
        ("a1", MARCH, None, 100.0 + expansion / 12),
        *([("c1", SUMMER, MARCH, churned / 12)] if churned else []),
        spend=_spend({AS_OF: spent}),
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


def eight_accounts():
    """A month on which vendors disagree: 310 becomes 400, or 250, or 320."""

    def day(number):
        return date(2026, 3, number)

    return ledger(
        ("A", SUMMER, None, 100),
        ("B", SUMMER, day(10), 50),
        ("C", SUMMER, day(12), 40),
        ("C", day(12), None, 60),
        ("D", SUMMER, day(14), 30),
        ("D", day(19), None, 30),
        ("E", day(5), None, 80),
        ("F", day(6), day(28), 20),
        ("G", SUMMER, date(2025, 10, 8), 70),
        ("G", day(8), None, 70),
        ("H", SUMMER, day(20), 90),
        ("H", day(20), None, 60),
    )
