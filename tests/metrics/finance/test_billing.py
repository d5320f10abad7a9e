"""What nobody wrote down is refused, unknown or said with the number; never 0."""

from datetime import date, datetime

import pandas as pd
import pytest

import revkit as rk
from tests.support.companies.common import MARCH, of
from tests.support.companies.finance import contracts, line, prepaid
from tests.support.companies.service import rated


@pytest.mark.parametrize("metric", ["days_sales_outstanding", "overdue_share"])
def test_without_paid_on_nothing_is_owed_for_ever(metric):
    row = line(1, 100.0)
    del row["paid_on"]

    with pytest.raises(rk.errors.ColumnError, match="paid_on"):
        getattr(rk.metrics, metric)(of(invoices=[row]))


def test_without_due_dates_the_overdue_share_is_unknown():
    assert rk.metrics.overdue_share(of(invoices=[line(1, 100.0)]))["value"].isna().all()


def test_recurring_lines_without_their_service_are_said():
    service = {"service_starts_on": MARCH, "service_ends_on": date(2027, 3, 1)}
    frame = rk.metrics.deferred_revenue(
        of(invoices=[line(1, 1200.0, **service), line(2, 500.0)]), start=MARCH
    )

    assert frame["value"].tolist() == [1100.0]
    assert any("1 recurring line says no service" in note for note in frame.attrs["notes"])


def test_what_is_billed_ahead_is_unearned_in_full_until_its_service_begins():
    data = prepaid(3600, months=36, passed=2, billed_before=45)  # billed on 17 December
    values = rk.metrics.deferred_revenue(data, start="2025-12-01")["value"]

    assert values.round(6).tolist() == [3600, 3600, 3500, 3400]


def test_a_contract_that_ends_early_owes_nothing_from_then_on():
    data = contracts([[1, 1, 1200]], passed=3)
    rows = data.table("subscriptions").to_pandas()
    rows["ended_on"] = date(2026, 3, 1)
    data = rk.Dataset(as_of="2026-03-31", subscriptions=rows)

    values = rk.metrics.remaining_performance_obligation(data, start="2026-01-01")["value"]
    assert values.round(6).tolist() == [1100, 1000, 0]


def test_an_answer_off_the_scale_of_one_to_five_is_refused():
    rows = rated([0, 0, 0, 0, 1]).table("tickets").to_pandas().assign(satisfaction=80.0)

    with pytest.raises(rk.errors.DataError, match="between 1 and 5"):
        rk.metrics.csat(rk.Dataset(as_of="2026-03-31", tickets=rows))


def test_a_competitor_named_on_lost_deals_alone_gives_no_rate():
    deals = pd.DataFrame(
        {
            "opportunity_id": ["1", "2"], "created_on": date(2026, 2, 1), "closed_on": MARCH,
            "is_won": [True, False], "amount": 10.0, "competitor": [None, "X"],
        }
    )  # fmt: skip
    data = rk.Dataset(as_of="2026-03-31", opportunities=deals)

    assert not rk.metrics.competitor_win_rate(data)["value"].notna().any()


def test_a_meeting_without_outcome_was_held_and_says_nothing_of_the_show_rate():
    meeting = {"rep_id": "r", "kind": "demo", "occurred_at": datetime(2026, 3, 5)}
    data = of(activities=[meeting | {"activity_id": "1", "is_selling": True}])

    assert rk.metrics.meetings_held(data, start=MARCH)["value"].item() == 1
    assert rk.metrics.show_rate(data, start=MARCH)["value"].isna().all()
