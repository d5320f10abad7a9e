"""Years of whole weeks are the same on every engine: numbers, last days, and what is counted."""

import pandas as pd
import pytest

import revkit as rk
from revkit.periods.weeks import PATTERNS
from tests.engines.asked import ENGINES

ASKED = {
    "won_amount": {"compare": "year"},
    "quota_attainment": {"period": "quarter"},
    "bookings_linearity": {"period": "quarter"},
    "churn_rate": {"period": "quarter", "by": "tenure"},
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_engine_numbers_periods_of_weeks_as_the_calendar_does(data, engine, pattern):
    policy = rk.Policy(calendar=pattern, year_ends="saturday nearest january 31")
    deals = data(engine).opportunities
    deals = deals.filter(deals.closed_on.notnull()).select(day=deals.closed_on).distinct()
    months, quarters = policy.periods("month"), policy.periods("quarter")
    numbered = deals.mutate(
        month=months.number_of(deals.day), quarter=quarters.number_of(deals.day),
        last=quarters.last_day_of(deals.day),
    )  # fmt: skip
    found = numbered.mutate(opens=quarters.opening_month(numbered.quarter, None))
    rows = found.to_pyarrow().to_pylist()

    assert len(rows) > 50
    for row in rows:
        assert row["month"] == months.number(row["day"])
        assert row["quarter"] == quarters.number(row["day"])
        assert row["last"] == quarters.last_day(row["quarter"])
        first = quarters.first_day(row["quarter"])
        assert row["opens"] == first.year * 12 + first.month - 1


@pytest.mark.parametrize("engine", ENGINES)
def test_metrics_by_weeks_are_those_of_duckdb(data, engine):
    policy = rk.Policy(calendar="13x4", year_ends="sunday nearest august 31")
    for name, how in ASKED.items():
        here, there = (
            getattr(rk.metrics, name)(data(one).with_policy(policy), **how)
            for one in ("duckdb", engine)
        )
        assert len(here)
        pd.testing.assert_frame_equal(here, there, check_exact=False, rtol=1e-9)
