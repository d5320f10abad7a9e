"""Companies for billing, contracts and efficiency: what they bill, sign, spend and burn."""

from datetime import date, timedelta

from tests.support.companies.common import AS_OF, MARCH, ledger, of

YEAR = date(2025, 1, 1)


def line(number, amount, issued=MARCH, due=None, paid=None, **more):
    row = {"invoice_line_id": f"i{number}", "invoice_id": f"v{number}", "account_id": "a1"}
    row |= {"issued_on": issued, "due_on": due, "paid_on": paid, "amount": float(amount)}
    return row | {"is_recurring": True} | more


def billed(amounts, credited=()):
    """Invoice lines of March, and credit notes."""
    signed = [*amounts, *[-amount for amount in credited]]
    return of(invoices=[line(n, amount) for n, amount in enumerate(signed)])


def owed(current=0.0, overdue=0.0, undated=0.0, paid=0.0):
    """What is owed at the end of March: due in April, due at the end of February, or without a day.

    ``paid`` was overdue and came in March.
    """
    lines = [
        line(1, current, due=date(2026, 4, 30)),
        line(2, overdue, issued=date(2026, 1, 31), due=date(2026, 2, 28)),
        line(3, undated),
        line(4, paid, issued=date(2026, 1, 31), due=date(2026, 2, 28), paid=date(2026, 3, 9)),
    ]
    return of(invoices=[row for row in lines if row["amount"]])


def year_billed(owed, sales):
    """Sales of 2025, part of which are owed at its end."""
    return of(
        invoices=[
            line(1, owed, issued=date(2025, 12, 1)),
            line(2, sales - owed, issued=YEAR, paid=date(2025, 2, 1)),
        ]
    )


def prepaid(amount, months=12, passed=1, billed_before=0):
    """One invoice for a service of so many months, of which so many have passed by April."""
    first = 2026 * 12 + 3 - passed
    start, end = (date(n // 12, n % 12 + 1, 1) for n in (first, first + months))
    issued = start - timedelta(billed_before)
    return of(
        invoices=[
            line(1, amount, issued=issued, paid=None, service_starts_on=start, service_ends_on=end)
        ]
    )


def contracts(signed, passed=1):
    """Contracts as [how many, years, total value], which began so many months before April."""
    regimes, account = [], 0
    began = 2026 * 12 + 3 - passed
    start = date(began // 12, began % 12 + 1, 1)
    for many, years, value in signed:
        for _ in range(many):
            account += 1
            term = {"term_ends_on": start.replace(year=start.year + years)}
            regimes.append((f"a{account}", start, None, value / years / 12, term))
    return ledger(*regimes)


def won(new=0.0, expansion=0.0, on_new=0.0, on_expansion=0.0, unsaid=0.0):
    """ARR won in March from new accounts and old ones, and the sales spend on each."""
    summer = date(2025, 6, 1)
    spent = {"new": on_new, "expansion": on_expansion, None: unsaid}
    return ledger(
        *([("n1", MARCH, None, new / 12)] if new else []),
        ("a1", summer, MARCH, 100.0),
        ("a1", MARCH, None, 100.0 + expansion / 12),
        spend=[
            {"spend_id": f"x{n}", "spent_on": AS_OF, "function": "sales", "motion": motion,
             "amount": float(amount)}
            for n, (motion, amount) in enumerate(spent.items())
            if amount
        ],
    )  # fmt: skip


def ledgers(sales_and_marketing=0.0, arr=0.0, **lines):
    """Spend and ARR of March, and the lines of its accounts."""
    spend = [
        {"spend_id": "x1", "spent_on": AS_OF, "function": "sales", "amount": sales_and_marketing}
    ]
    finance = [{"month": MARCH, "line": name, "amount": amount} for name, amount in lines.items()]
    return ledger(
        ("a1", date(2025, 6, 1), None, arr / 12 or 1.0),
        finance=finance,
        spend=spend if sales_and_marketing else [],
    )
