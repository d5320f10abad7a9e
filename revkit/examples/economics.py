"""Example ``economics``: a company whose unit economics are round numbers.

Ten accounts pay 1,000 each at the start of 2026. By the end of March one has churned, one has
added a product for 600 and three new ones pay 1,000. Four yearly contracts ended on 1 February:
one was not renewed; the others were, one in place, one by running on, one on a new contract.
"""

from __future__ import annotations

from datetime import date, timedelta

_START, _YEAR, _TERM = date(2025, 1, 1), date(2025, 2, 1), date(2026, 2, 1)
_QUARTER = [date(2026, month, 1) for month in (1, 2, 3)]

_COLUMNS = [
    "subscription_id", "line", "account_id", "product_id", "started_on", "ended_on", "mrr",
    "quantity", "unit_price", "list_unit_price", "status", "term_ends_on", "renewed_from",
    "churn_reason",
]  # fmt: skip


def _core(
    number: int,
    start: date,
    end: date | None = None,
    *,
    contract: str = "s",
    status: str = "active",
    term: date | None = None,
    renewed: str | None = None,
    reason: str | None = None,
) -> tuple[object, ...]:
    """Return a subscription row of ten seats of the core product at 100, listed at 125."""
    name, account = f"{contract}{number}", f"a{number:02}"
    price = (1000.0, 10.0, 100.0, 125.0)
    return (name, "1", account, "core", start, end, *price, status, term, renewed, reason)


_SUBSCRIPTIONS = [
    _core(1, _YEAR, _TERM, term=_TERM, reason="payment failed"),
    _core(2, _YEAR, _TERM, term=_TERM),
    _core(2, _TERM, term=date(2027, 2, 1)),
    ("s2", "2", "a02", "extra", _TERM, None, 600.0, 10.0, 60.0, 60.0, "active",
     date(2027, 2, 1), None, None),
    _core(3, _YEAR, term=_TERM),
    _core(4, _YEAR, _TERM, term=_TERM),
    _core(4, _TERM, contract="t", term=date(2027, 2, 1), renewed="s4"),
    *[_core(number, _START) for number in range(5, 11)],
    _core(11, date(2026, 1, 1), date(2026, 1, 15), status="trialing"),
    _core(11, date(2026, 1, 15)),
    _core(12, date(2026, 2, 15)),
    _core(13, date(2026, 3, 15)),
    _core(14, date(2026, 2, 1), date(2026, 2, 15), status="trialing"),
]  # fmt: skip

_FINANCE = [
    (month.replace(year=month.year - back), line, amount)
    for month in _QUARTER
    for back, lines in (
        (0, {"revenue": 12000.0, "cogs": 3000.0, "opex": 6600.0, "cash_burn": 5200.0,
             "price_index": 104.0}),
        (1, {"revenue": 10000.0, "cogs": 2500.0, "opex": 6000.0, "price_index": 100.0}),
    )
    for line, amount in lines.items()
]  # fmt: skip

_SPEND: list[tuple[object, ...]] = [
    (f"S{number}", day - timedelta(days=1), function, amount)
    for number, (day, function, amount) in enumerate(
        [
            *[(month, "sales", 5200.0) for month in (date(2025, 11, 1), date(2025, 12, 1))],
            (date(2026, 1, 1), "marketing", 5200.0),
            *[(date(2026, month, 1), "sales", 6000.0) for month in (2, 3, 4)],
            (date(2026, 3, 1), "success", 900.0),
        ],
        1,
    )
]

ECONOMICS: dict[str, tuple[list[str], list[tuple[object, ...]]]] = {
    "accounts": (
        ["account_id", "name", "segment"],
        [
            (f"a{number:02}", f"Account {number}", "SMB" if number <= 6 else "Enterprise")
            for number in range(1, 15)
        ],
    ),
    "products": (["product_id", "name"], [("core", "Core"), ("extra", "Extra")]),
    "subscriptions": (_COLUMNS, _SUBSCRIPTIONS),
    "finance": (["month", "line", "amount"], sorted(_FINANCE)),
    "spend": (["spend_id", "spent_on", "function", "amount"], _SPEND),
}
