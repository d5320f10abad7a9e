"""A change of a list price, beside what did not change: on generated companies and by hand."""

import math

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import ColumnError, DimensionError, PriceError, TableError

TABLES = ("accounts", "products", "subscriptions")


@pytest.fixture(scope="module")
def risen():
    """Starter costs a fifth more from June 2024, and twice as many small companies leave."""
    made = rk.generate("price-rise-smb", accounts=12_000, seed=5)
    return rk.Dataset(**{name: made.tables[name] for name in TABLES}, as_of="2025-12-31")


def test_the_price_that_moved_is_found_and_demand_that_did_not_move_is_not(risen):
    """Nothing but the price and churn is planted, so no customer was won or lost by it."""
    found = rk.elasticity(risen)

    assert found.name == "Starter"
    assert math.expm1(found.price) == pytest.approx(0.2, abs=0.03)
    row = found.estimates.iloc[0]
    assert row["low"] < 0 < row["high"]
    assert found.parallel
    assert "That is within noise." in found.findings[0]


def test_those_who_left_for_it_are_found(risen):
    """Twice the churn of small companies, for six months."""
    found = rk.elasticity(
        risen, "SMB", by="segment", since="2024-06-01", of="leaving", months=6, price=0.2
    )

    row = found.estimates.iloc[0]
    assert row["change_low"] < 1.0 < row["change_high"]
    assert row["change"] > 0.5
    assert row["elasticity"] == pytest.approx(math.log1p(row["change"]) / math.log(1.2))
    assert "customers leaving moved by" in found.findings[0]


def company(*plans, price=lambda plan, month: 10.0):
    """A company whose plans win customers: name, and how many in each month of 2025 (and 2024)."""
    months = pd.date_range("2024-01-01", periods=24, freq="MS")
    rows = [
        (f"{plan}{month}-{at}", plan, day, price(plan, month))
        for plan, count in plans for month, day in enumerate(months) for at in range(count(month))
    ]  # fmt: skip
    frame = pd.DataFrame(
        rows, columns=["account_id", "product_id", "started_on", "list_unit_price"]
    )
    frame = frame.assign(subscription_id=frame["account_id"], mrr=10.0, quantity=2.0, ended_on=None)
    products = pd.DataFrame(
        {"product_id": [plan for plan, _ in plans], "name": [plan for plan, _ in plans]}
    )
    return rk.Dataset(subscriptions=frame, products=products, as_of="2025-12-31", currency="EUR")


def halved(plan, month):
    return 20.0 if plan == "A" and month >= 12 else 10.0


def test_half_the_customers_at_twice_the_price_is_an_elasticity_of_minus_one():
    data = company(
        ("A", lambda m: 8 + m % 2 if m < 12 else 4 + m % 2),
        ("B", lambda m: 8 + m % 3),
        price=halved,
    )

    found = rk.elasticity(data, "A", since="2025-01-01")
    seats = rk.elasticity(data, "A", since="2025-01-01", of="seats")

    one = found.estimates.iloc[0]
    assert one["elasticity"] == pytest.approx(math.log(4.5 / 8.5) / math.log(2))
    assert seats.estimates.iloc[0]["elasticity"] == pytest.approx(one["elasticity"])
    assert found.months["events"].sum() == 12 * 8.5 + 12 * 4.5
    assert found.months.loc[found.months["since"], "price"].eq(20).all()


def test_a_plan_that_was_moving_away_before_is_no_evidence():
    data = company(("A", lambda m: 24 - m), ("B", lambda m: 10 + m % 2), price=halved)

    found = rk.elasticity(data, "A", since="2025-01-01")

    assert not found.parallel
    assert "moved away from them before the price did" in found.findings[0]


def test_plans_whose_price_moved_as_well_are_not_compared_with():
    data = company(
        ("A", lambda m: 5), ("B", lambda m: 5), ("C", lambda m: 6),
        price=lambda plan, month: 20.0 if plan in "AB" and month >= 12 else 10.0,
    )  # fmt: skip

    assert rk.elasticity(data, "A", since="2025-01-01").others == ("C",)


def test_without_a_price_there_is_a_change_and_no_elasticity():
    data = company(("A", lambda m: 5 + m % 2), ("B", lambda m: 5 + m % 3))

    found = rk.elasticity(data, "A", since="2025-01-01")

    assert math.isnan(found.estimates.iloc[0]["elasticity"])
    assert not math.isnan(found.estimates.iloc[0]["change"])
    assert "give it, as price=0.2" in found.findings[0]


def test_what_cannot_be_compared_is_refused_and_nothing_moved_is_quiet():
    data = company(("A", lambda m: 5), ("B", lambda m: 5))
    alone = company(("A", lambda m: 5))

    assert rk.elasticity(data).findings[0].quiet
    assert rk.elasticity(data).estimates.empty
    for call, said in (
        (lambda: rk.elasticity(data, "C", since="2025-01-01"), "no product 'C'"),
        (lambda: rk.elasticity(data, "A"), "whose price changed and since when"),
        (lambda: rk.elasticity(data, "A", since="2025-12-01"), "fewer than 3"),
        (lambda: rk.elasticity(alone, "A", since="2025-01-01"), "no product beside 'A'"),
    ):
        with pytest.raises(PriceError, match=said):
            call()
    with pytest.raises(DimensionError):
        rk.elasticity(data, "A", since="2025-01-01", by="segment")
    with pytest.raises((TableError, ColumnError)):
        rk.elasticity(rk.example("deals"), "A", since="2025-01-01")
