"""Causes: what moved recurring revenue, where one price regime of a line follows another."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import revkit as rk
from revkit.derived.recurring.movement_causes import CAUSES
from revkit.errors import DimensionError
from revkit.policy import Policy
from tests.support.companies import common as companies
from tests.support.companies import counting

MARCH = "2026-03-01"
SPLIT = {"by": "cause", "start": MARCH}


def split(data, metric="net_new_mrr"):
    """What each cause moved in March."""
    found = getattr(rk.metrics, metric)(data, **SPLIT)
    return {
        cause: value for cause, value in zip(found["cause"], found["value"], strict=True) if value
    }


def test_a_difference_is_split_in_the_order_seats_price_discount():
    """From 10 seats at 100 to 12 at 110, 20 % off: (12 − 10) 100, 12 (110 − 100), −0.2 · 1,320."""
    data = counting.repriced((10, 12), (100, 110), (0.0, 0.2))

    assert split(data) == pytest.approx({"seats": 200, "price": 120, "discount": -264})
    assert split(data, "expansion_mrr") == split(data)


def test_seats_move_at_the_old_discount_and_its_end_at_the_new_price():
    """From 10 seats at 100, 10 % off, to 8 at 110 without: −2 · 90, 8 · 9, 0.1 · 880."""
    data = counting.repriced((10, 8), (100, 110), (0.1, 0.0))

    assert split(data) == pytest.approx({"seats": -180, "price": 72, "discount": 88})


def line(start, end, mrr, product="core", number="1", **more):
    """A regime of one line of the contract of account a, without its seats."""
    columns = {"subscription_id": "s", "line": number, "product_id": product}
    return "a", start, end, mrr, columns | more


OLD, CHANGE = date(2026, 1, 1), date(2026, 3, 10)


@pytest.mark.parametrize(
    ("regimes", "causes"),
    [
        ([line(OLD, CHANGE, 50), line(CHANGE, None, 80)], {"price": 30}),
        ([line(OLD, CHANGE, 50), line(CHANGE, None, 80, "plus")], {"plan": 30}),
        ([line(OLD, None, 50), line(CHANGE, None, 80, "plus", "2")], {"product": 80}),
        ([line(OLD, None, 50), line(OLD, CHANGE, 80, "plus", "2")], {"product": -80}),
        ([line(OLD, CHANGE, 50), line(CHANGE + timedelta(1), None, 80)], {"product": 30}),
        ([line(OLD, CHANGE, 50)], {"product": -50}),
        ([line(CHANGE, None, 50)], {"product": 50}),
        (
            [line(OLD, CHANGE, 50, quantity=5.0, pricing="flat"),
             line(CHANGE, None, 50, quantity=9.0, pricing="flat")],
            {},
        ),
    ],
    ids=["unknown seats", "plan", "added", "dropped", "a gap", "left", "new", "seats at no price"],
)  # fmt: skip
def test_what_goes_on_changed_and_what_begins_or_ends_is_a_product(regimes, causes):
    products = [{"product_id": name, "name": name} for name in ("core", "plus")]

    assert split(companies.ledger(*regimes, products=products)) == pytest.approx(causes)


def test_a_gap_that_is_none_is_a_change_of_price():
    data = companies.ledger(line(OLD, CHANGE, 50), line(CHANGE + timedelta(4), None, 80))

    assert split(data.with_policy(Policy(gap_days=4))) == pytest.approx({"price": 30})


def test_a_discount_that_counts_nowhere_moves_nothing():
    """Without discounts only the seats and the list price move."""
    data = counting.repriced((10, 12), (100, 110), (0.0, 0.2))

    assert split(data.with_policy(Policy(discounts="none"))) == pytest.approx(
        {"seats": 200, "price": 120}
    )


def test_what_stands_has_no_cause():
    data = counting.repriced((10, 12), (100, 110))

    with pytest.raises(DimensionError, match=r"nrr needs what accounts pay.*has no cause"):
        rk.metrics.nrr(data, by="cause")


SMALL = settings(max_examples=12, deadline=None, derandomize=True, database=None)
MOVED = ["new_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "reactivation_mrr"]
REGIMES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["1", "2"]),
        st.integers(5, 60),  # days it lasts
        st.sampled_from([0, 0, 0, 20]),  # days until the next begins
        st.sampled_from([None, 1.0, 3.0, 7.0]),
        st.sampled_from([9.99, 20.0, 100 / 12]),
        st.sampled_from([0.0, 0.1, 1 / 3]),
        st.sampled_from(["core", "plus"]),
    ),
    min_size=2,
    max_size=10,
)


def lines_of(drawn):
    """Lines that go on, with gaps between some of their regimes, from November to March."""
    at = {}
    for account, number, days, gap, seats, price, off, product in drawn:
        start = at.get((account, number), date(2025, 11, 3))
        end = start + timedelta(days)
        at[account, number] = end + timedelta(gap)
        mrr = (seats or 2.0) * price * (1 - off)
        yield account, start, end if end <= companies.AS_OF else None, mrr, {
            "subscription_id": account, "line": number, "quantity": seats, "discount": off,
            "list_unit_price": price, "product_id": product,
        }  # fmt: skip
        if end > companies.AS_OF:
            at[account, number] = date(2030, 1, 1)


@SMALL
@given(
    drawn=REGIMES, netting=st.sampled_from(["period", "event"]), trailing=st.sampled_from([1, 3])
)
def test_causes_add_up_to_the_movement_to_the_cent(drawn, netting, trailing):
    rows = [row for row in lines_of(drawn) if row[1] <= companies.AS_OF]
    products = [{"product_id": name, "name": name} for name in ("core", "plus")]
    data = companies.ledger(*rows, products=products).with_policy(Policy(netting=netting))

    found = rk.measure(data, MOVED, by="cause", trailing=trailing)
    whole = rk.measure(data, MOVED, trailing=trailing).set_index(["metric", "period"])["value"]

    assert {*found["cause"]} <= {*CAUSES}
    summed = found.groupby(["metric", "period"])["value"].sum(min_count=1)
    assert summed.tolist() == pytest.approx(whole[summed.index].tolist(), abs=1e-6, nan_ok=True)
    assert whole.sum() == pytest.approx(summed.sum(), abs=1e-6)


@SMALL
@given(drawn=REGIMES)
def test_causes_of_a_product_add_up_to_what_it_moved(drawn):
    rows = [row for row in lines_of(drawn) if row[1] <= companies.AS_OF]
    products = [{"product_id": name, "name": name} for name in ("core", "plus")]
    data = companies.ledger(*rows, products=products)

    both = rk.metrics.net_new_mrr(data, by=["product", "cause"])
    alone = rk.metrics.net_new_mrr(data, by="product").set_index(["product", "period"])["value"]

    summed = both.groupby(["product", "period"])["value"].sum()
    assert summed.tolist() == pytest.approx(alone.reindex(summed.index, fill_value=0.0), abs=1e-6)
    assert alone.sum() == pytest.approx(summed.sum(), abs=1e-6)
