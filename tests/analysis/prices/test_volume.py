"""Price, volume and mix: worked by hand, and to the cent whatever the company."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import revkit as rk
from revkit.analysis.prices.volume import MOVES, _split
from revkit.errors import PeriodError, TableError


def company(*lines):
    """Lines as (product, seats, price before, seats, price after); None where there are none."""
    rows = []
    for at, (product, seats, price, later, now) in enumerate(lines):
        if seats is not None:
            rows.append((f"{at}", product, "2025-01-01", "2025-07-01", seats, seats * price))
        if later is not None:
            rows.append((f"{at}", product, "2025-07-01", None, later, later * now))
    names = ["account_id", "product_id", "started_on", "ended_on", "quantity", "mrr"]
    frame = pd.DataFrame(rows, columns=names)
    frame["subscription_id"] = frame["account_id"]
    return rk.Dataset(subscriptions=frame, as_of="2025-12-31", currency="EUR")


SPAN = {"start": "2025-03-31", "end": "2025-09-30", "by": "product_id"}


def test_worked_by_hand():
    """A from 10 seats at 10 to 12 at 11; B from 10 at 30 to 9 at 30; the mean price was 20.

    Price 1 × 12 = 12; volume 20 × (2 − 1) = 20; mix −10 × 2 + 10 × −1 = −30.
    """
    found = rk.price_volume_mix(company(("A", 10, 10, 12, 11), ("B", 10, 30, 9, 30)), **SPAN)

    row = found.total.iloc[0].to_dict()
    assert row == {
        "before": 400, "price": 12, "volume": 20, "mix": -30, "new": 0, "lost": 0, "after": 402,
    }  # fmt: skip
    assert "price +€12.00, volume +€20.00 and mix −€30.00" in found.findings[0].replace("\xa0", " ")


def test_new_and_lost_products_and_rows_without_units_stand_apart():
    found = rk.price_volume_mix(
        company(("A", 10, 10, 10, 10), ("B", 5, 8, None, None), ("C", None, None, 3, 7)), **SPAN
    )

    row = found.total.iloc[0]
    assert (row["lost"], row["new"], row["price"], row["volume"]) == (-40, 21, 0, 0)
    assert "unsplit" not in found.total

    flat = rk.price_volume_mix(rk.example("retention"), start="2026-02-28", by="account")
    assert flat.total["unsplit"].item() == 1300
    assert flat.total["price"].item() == 0


units = st.sampled_from([0.0, 1.0, 3.0, 7.5, 1000.0])
money = st.floats(0, 1e6).map(lambda value: round(value, 2))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(units, money, units, money, money, money), min_size=1, max_size=6))
def test_the_parts_add_up_to_the_cent(groups):
    names = ["units_before", "mrr_before", "units_after", "mrr_after", "rest_before", "rest_after"]
    rows = pd.DataFrame(groups, columns=names)
    rows.loc[rows["units_before"] == 0, "mrr_before"] = 0.0
    rows.loc[rows["units_after"] == 0, "mrr_after"] = 0.0

    cents = (_split(rows) * 100).round().astype(np.int64)

    assert (cents["before"] + cents[[*MOVES]].sum(axis=1) == cents["after"]).all()
    assert (cents["after"] == ((rows["mrr_after"] + rows["rest_after"]) * 100).round()).all()


def test_before_and_after_are_mrr():
    data = rk.load("data/sample")
    found = rk.price_volume_mix(data)

    mrr = rk.metrics.mrr(data, period="year", start="2024-01-01")["value"]
    assert found.total[["before", "after"]].to_numpy()[0] == pytest.approx(mrr.to_numpy(), abs=0.02)


def test_nothing_to_split_and_days_that_are_none():
    free = company(("A", 1, 0, 1, 0))

    assert rk.price_volume_mix(free).findings[0].quiet
    with pytest.raises(PeriodError, match="before the first day of subscriptions, 2025-01-01"):
        rk.price_volume_mix(free, start="2020-01-01", end="2020-06-01")
    with pytest.raises(PeriodError):
        rk.price_volume_mix(company(("A", 1, 1, 1, 1)), start="2025-09-30", end="2025-03-31")
    with pytest.raises(TableError):
        rk.price_volume_mix(rk.example("deals"))


def test_days_after_the_last_on_record_are_not_split():
    """A customer a month until December 2025; nothing is known of 2030."""
    rows = pd.DataFrame({"started_on": pd.date_range("2024-01-01", periods=24, freq="MS")})
    rows["subscription_id"] = rows["account_id"] = [f"{at}" for at in range(24)]
    rows = rows.assign(product_id="A", ended_on=None, quantity=1, mrr=50.0)
    later = rk.Dataset(subscriptions=rows, as_of="2030-12-31", currency="EUR")

    found = rk.price_volume_mix(later)

    assert (found.start, found.end) == (date(2024, 12, 1), date(2025, 12, 1))
    assert found.total[["before", "volume", "after"]].to_numpy()[0].tolist() == [600, 600, 1200]
    with pytest.raises(PeriodError):
        rk.price_volume_mix(later, start="2029-12-31")


def test_a_young_company_is_split_since_its_first_day():
    """Of the year before nothing is known: it was not 0."""
    rows = pd.DataFrame({"subscription_id": ["a", "b"], "account_id": ["a", "b"]})
    rows = rows.assign(started_on=["2025-02-01", "2025-03-01"], ended_on=None, product_id="A")
    rows = rows.assign(mrr=[100.0, 400.0], quantity=[10, 40])

    found = rk.price_volume_mix(rk.Dataset(subscriptions=rows, as_of="2025-06-30", currency="EUR"))

    assert found.start == date(2025, 2, 1)
    assert found.total[["before", "volume", "after"]].to_numpy()[0].tolist() == [100, 400, 500]
