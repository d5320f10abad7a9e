"""What public packages get wrong on a handful of rows, and what vendors disagree about."""

import re
from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DataError
from tests.support.companies import common as companies

MOVEMENTS = ("new_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "reactivation_mrr")


def movements(data, **how):
    """Every movement that is not nothing, as (first day of its period, metric, amount)."""
    found = []
    for name in MOVEMENTS:
        frame = getattr(rk.metrics, name)(data, **how)
        moved = frame[frame["value"] != 0]
        found += [
            (day.date(), name, value)
            for day, value in zip(moved["period"], moved["value"], strict=True)
        ]
    return sorted(found)


def last(name, data, **how):
    return getattr(rk.metrics, name)(data, **how)["value"].iloc[-1]


def test_a_customer_whose_only_subscription_is_open_is_there():
    data = companies.ledger(("open", date(2026, 1, 1), None, 50))

    assert rk.metrics.mrr(data)["value"].tolist() == [50, 50, 50]
    assert movements(data) == [(date(2026, 1, 1), "new_mrr", 50)]


def test_a_renewal_into_an_open_plan_is_no_churn():
    data = companies.ledger(
        ("renews", date(2025, 2, 1), date(2026, 2, 1), 50), ("renews", date(2026, 2, 1), None, 50)
    )

    assert movements(data) == [(date(2025, 2, 1), "new_mrr", 50)]
    assert rk.metrics.churn_rate(data, start="2026-01-01")["value"].tolist() == [0, 0, 0]


def test_two_subscriptions_that_overlap_are_one_constant_sum():
    data = companies.ledger(
        ("both", date(2026, 1, 1), None, 10), ("both", date(2026, 1, 1), None, 20)
    )

    assert movements(data) == [(date(2026, 1, 1), "new_mrr", 30)]


def test_a_subscription_within_one_month_is_seen_by_day_and_by_week_and_not_by_month():
    data = companies.ledger(
        ("stays", date(2026, 2, 1), None, 100), ("passes", date(2026, 3, 3), date(2026, 3, 20), 40)
    )
    arrived, left = date(2026, 3, 3), date(2026, 3, 20)

    march = {"start": "2026-03-01"}
    assert movements(data, period="day", **march) == [
        (arrived, "new_mrr", 40),
        (left, "churned_mrr", 40),
    ]
    assert movements(data, period="week", **march) == [
        (date(2026, 3, 2), "new_mrr", 40),
        (date(2026, 3, 16), "churned_mrr", 40),
    ]
    assert movements(data, **march) == []


def test_the_card_of_new_mrr_says_what_a_month_cannot_see():
    card = re.sub(r"\s+", " ", rk.metrics.new_mrr._repr_html_())

    assert "gone within one period leaves no trace" in card
    assert "by day" in card


def test_a_start_on_the_15th_counts_in_its_own_month():
    data = companies.ledger(("middle", date(2026, 2, 15), None, 25))

    assert movements(data) == [(date(2026, 2, 1), "new_mrr", 25)]
    assert rk.metrics.mrr(data)["value"].tolist() == [25, 25]


def test_trials_are_no_revenue_and_a_daily_plan_is():
    data = companies.ledger(
        ("tries", date(2026, 3, 1), None, 99, {"status": "trialing", "interval": "month"}),
        ("pays by day", date(2026, 3, 1), None, 30, {"status": "active", "interval": "day"}),
    )

    assert last("mrr", data) == 30


# A package for a CRM


def test_a_rep_with_wins_and_no_losses_wins_always():
    deals = companies.deals(won=3).opportunities.to_pandas().assign(rep_id="r1")

    frame = rk.metrics.win_rate(rk.Dataset(opportunities=deals), by="rep_id", period="quarter")

    assert frame["value"].tolist() == [1]


def test_an_empty_denominator_is_unknown_and_not_nothing():
    unsold, unlost = companies.deals(still_open=4), companies.deals(won=2)

    assert pd.isna(last("win_rate", unsold, start="2026-03-01"))
    assert pd.isna(last("deal_size", unsold, start="2026-03-01"))
    assert pd.isna(last("win_loss_ratio", unlost))


def test_negative_days_to_close_are_refused_or_set_aside_by_name():
    frame = companies.deals(days=[30]).opportunities.to_pandas()
    early = frame.assign(opportunity_id="early", created_on=frame["closed_on"])
    early["closed_on"] -= pd.Timedelta(days=10)
    tables = {"opportunities": pd.concat([frame, early]), "as_of": companies.AS_OF}

    with pytest.raises(DataError, match="created_on is after closed_on in 1 row"):
        last("sales_cycle", rk.Dataset(**tables))
    kept = rk.Dataset(**tables, set_aside=["opportunities.closed_before_created"])
    assert last("sales_cycle", kept) == 30
    assert last("median_sales_cycle", kept) == 30


def test_a_past_report_can_be_run_again():
    deals = companies.deals(won=3, lost=1, still_open=2)
    before = rk.metrics.win_rate(deals.replay("2026-03-25"), period="year")
    opportunities = deals.opportunities.to_pandas()
    news = opportunities.assign(
        opportunity_id="later " + opportunities["opportunity_id"],
        created_on=pd.Timestamp("2026-03-28"),
        closed_on=pd.Timestamp("2026-03-29"),
        is_won=False,
    )
    grown = rk.Dataset(opportunities=pd.concat([opportunities, news]), as_of="2026-06-30")

    again = rk.metrics.win_rate(grown.replay("2026-03-25"), period="year")

    assert again["value"].tolist() == before["value"].tolist() == [0.75]
    assert rk.metrics.win_rate(grown, period="year")["value"].tolist() == [0.3]


# One month of eight customers, about which vendors disagree


@pytest.fixture(scope="module")
def march():
    """A stays, B ends, C grows, D has a gap, E joins, F comes and goes, G returns, H shrinks."""
    since = date(2024, 1, 1)
    return companies.ledger(
        ("A", since, None, 100),
        ("B", since, date(2024, 3, 10), 50),
        ("C", since, date(2024, 3, 15), 40),
        ("C", date(2024, 3, 15), None, 60),
        ("D", since, date(2024, 3, 11), 30),
        ("D", date(2024, 3, 16), None, 30),
        ("E", date(2024, 3, 5), None, 80),
        ("F", date(2024, 3, 6), date(2024, 3, 28), 20),
        ("G", date(2023, 1, 1), date(2023, 10, 1), 70),
        ("G", date(2024, 3, 12), None, 70),
        ("H", since, date(2024, 3, 20), 90),
        ("H", date(2024, 3, 20), None, 60),
        as_of=date(2024, 3, 31),
    )


GOLDEN = {
    "mrr": 400,
    "new_mrr": 80,
    "reactivation_mrr": 70,
    "expansion_mrr": 20,
    "contraction_mrr": 30,
    "churned_mrr": 50,
    "net_new_mrr": 90,
    "churn_rate": 1 / 5,
    "nrr": 250 / 310,  # 80.6 %; with reactivation netted in it would be 103.2 %
    "grr": 230 / 310,  # 74.2 %
    "gross_mrr_churn_rate": 80 / 310,
    "net_mrr_churn_rate": 60 / 310,
    "expansion_rate": 20 / 310,
    "quick_ratio": 1.25,  # with reactivation 2.13
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_month_about_which_vendors_disagree(name, march):
    assert last(name, march) == pytest.approx(GOLDEN[name])


def test_a_dip_within_the_month_is_no_loss():
    """Down to 60 and up to 110 within the month is a loss of nothing: the ends are compared."""
    data = companies.ledger(
        ("dips", date(2025, 1, 1), date(2026, 3, 5), 100),
        ("dips", date(2026, 3, 5), date(2026, 3, 25), 60),
        ("dips", date(2026, 3, 25), None, 110),
    )

    assert (last("grr", data), last("nrr", data)) == pytest.approx((1, 1.1))
