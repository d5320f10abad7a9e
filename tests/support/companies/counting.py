"""Companies whose accounts grew in March, by what made them grow."""

from datetime import date

from tests.support.companies import common as companies

BEFORE, ON = date(2026, 1, 1), date(2026, 3, 10)


def grown(upgrades=0, upgrade=0.0, seats=0, seat=0.0):
    """Accounts that took a better plan, each for so much more; others one more seat."""
    rows = []
    for number in range(upgrades):
        rows += repriced_line(f"u{number}", (1, 1), (100, 100 + upgrade), ("core", "plus"))
    for number in range(seats):
        rows += repriced_line(f"s{number}", (1, 2), (seat, seat))
    return companies.ledger(*rows)


def repriced(seats, prices, discounts=(0.0, 0.0)):
    """One account whose seats, their list price and its discount were, and are."""
    return companies.ledger(*repriced_line("a", seats, prices, discounts=discounts))


def repriced_line(account, seats, prices, plans=("core", "core"), discounts=(0.0, 0.0)):
    """The two price regimes of one line."""
    spans = ((BEFORE, ON), (ON, None))
    return [
        (account, start, end, many * price * (1 - off), {
            "subscription_id": account, "product_id": plan, "quantity": float(many),
            "list_unit_price": float(price), "discount": off,
        })
        for (start, end), many, price, plan, off in zip(
            spans, seats, prices, plans, discounts, strict=True
        )
    ]  # fmt: skip
