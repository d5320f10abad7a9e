"""A window changes how precise a new metric is, never what it says: events over exposure."""

from datetime import date, datetime, timedelta
from functools import cache

import pytest

import revkit as rk
from tests.support.companies.common import of
from tests.support.companies.steady import steady

WINDOWS = [
    {"period": "month", "trailing": 1},
    {"period": "quarter", "trailing": 1},
    {"period": "year", "trailing": 1},
    {"period": "month", "trailing": 12},
    {"period": None},
]
START = date(2024, 1, 1)


@cache
def every_day():
    """Two years, each day like the next: an invoice due in 30, paid in 40 days."""
    days = [START + timedelta(n) for n in range(731)]
    last = days[-1]

    def by(day):
        return day if day <= last else None

    invoices = [
        {"invoice_line_id": f"i{n}", "invoice_id": f"v{n}", "account_id": "a1", "issued_on": day,
         "due_on": day + timedelta(30), "paid_on": by(day + timedelta(40)), "amount": 100.0,
         "is_recurring": True}
        for n, day in enumerate(days)
    ]  # fmt: skip
    tickets = [
        {"ticket_id": f"k{n}", "account_id": "a1", "severity": "low",
         "opened_at": datetime(day.year, day.month, day.day, 9),
         "first_response_at": datetime(day.year, day.month, day.day, 11),
         "closed_at": datetime(day.year, day.month, day.day, 15), "satisfaction": 3.0 + n % 2}
        for n, day in enumerate(days)
    ]  # fmt: skip
    usage = [
        {"account_id": "a1", "month": day, "active_users": 20, "seats": 25, "events": 200,
         "daily_active_users": 5.0}
        for day in days if day.day == 1
    ]  # fmt: skip
    meetings = [
        {"activity_id": f"x{n}", "rep_id": "r0", "kind": "meeting", "is_selling": True,
         "occurred_at": datetime(day.year, day.month, day.day, 9),
         "outcome": "held" if n % 4 else "no_show"}
        for n, day in enumerate(days)
    ]  # fmt: skip
    return of(last, invoices=invoices, tickets=tickets, usage=usage, activities=meetings)


STEADY = {
    "days_sales_outstanding": 40,
    "overdue_share": 9 / 40,
    "csat": 0.5,
    "first_response_time": 2,
    "resolution_time": 6,
    "active_users": 20,
    "seat_utilisation": 0.8,
    "stickiness": 0.25,
    "show_rate": 0.75,
}


@pytest.mark.parametrize("how", WINDOWS, ids=str)
@pytest.mark.parametrize("name", STEADY)
def test_a_rate_is_the_same_by_month_quarter_year_and_over_all(name, how):
    frame = getattr(rk.metrics, name)(every_day(), start=date(2024, 12, 1), **how)
    frame = frame[frame["complete"]] if "period" in frame else frame

    assert frame["value"].iloc[-1] == pytest.approx(STEADY[name], rel=0.035)


SAME = [
    "customers", "acv", "tcv", "contract_length", "cac_ratio", "sales_and_marketing_share",
    "free_cash_flow_margin", "lead_to_mql_rate", "remaining_performance_obligation",
    "pipeline_age",
]  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_windows_agree_in_a_steady_company(name):
    found = []
    for how in WINDOWS[1:]:
        frame = getattr(rk.metrics, name)(steady(), start="2023-01-01", **how)
        found.append(frame["value"].dropna().iloc[-1])

    assert max(found) - min(found) <= 0.03 * abs(max(found))


ADDED = ["new_customers", "leads", "opportunities_created", "won_deals"]


@pytest.mark.parametrize("name", ADDED)
def test_counts_add_up_over_periods(name):
    count = getattr(rk.metrics, name)
    months = count(steady(), start="2023-01-01", end="2026-01-01")["value"]
    whole = count(steady(), period=None, start="2023-01-01", end="2026-01-01")["value"]

    assert months.sum() == whole.item()


@pytest.mark.parametrize("name", ["lead_to_mql_rate", "mql_to_sql_rate", "sql_acceptance_rate"])
def test_a_table_of_stages_for_deals_alone_leaves_leads_their_own_process(name):
    """Not a rate of 0 [0, 0.005] of 700 leads, half of which were qualified."""
    rate = getattr(rk.metrics, name)(steady(), period="year", start="2024-01-01")["value"]

    assert rate.iloc[0] == pytest.approx(0.5, abs=0.05)
