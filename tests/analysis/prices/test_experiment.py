"""A test of prices: a published comparison, power first, the split, and several variants."""

import math

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DimensionError, PriceError, TableError


def visits(name="page", **variants):
    """Visitors of variants, each given as (price, visitors, buyers)."""
    rows = [
        (f"{name}{variant}{at}", variant, price, at < buyers, price if at < buyers else None)
        for variant, (price, n, buyers) in variants.items() for at in range(n)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["visitor_id", "variant", "price", "bought", "amount"])
    return frame.assign(test=name, seen_at="2026-03-01")


def company(*tests):
    return rk.Dataset(price_tests=pd.concat(tests), as_of="2026-03-31", currency="EUR")


def row(found, measure, looks="end", variant="B"):
    rows = found.differences.set_index(["variant", "measure", "looks"])
    return rows.loc[(variant, measure, looks)]


def test_published_comparison():
    """144 of 1,200 against 192 of 1,200: z = -2.824, so a difference at one look (ab_rpubs)."""
    found = rk.price_test(company(visits(A=(10, 1200, 144), B=(9, 1200, 192))))
    one = row(found, "conversion")

    pooled = math.sqrt(0.14 * 0.86 * 2 / 1200)
    assert -one["value"] / pooled == pytest.approx(-2.824, abs=0.001)
    assert one["value"] == pytest.approx(0.04)
    assert (one["low"], one["high"]) == pytest.approx((0.0122, 0.0678), abs=0.0003)
    assert one["clear"] == "yes"
    assert row(found, "conversion", "any")["clear"] == "no"  # z = 2.82 is not enough for any look


def test_revenue_decides_and_the_sentences_say_last_what_it_could_see():
    found = rk.price_test(company(visits(A=(10, 4000, 400), B=(15, 4000, 150))))

    assert found.findings[-1].startswith("A test of 4,000 visitors a variant can see")
    assert "B at €15.00: 3.8 % bought, 10.0 % at €10.00" in found.findings[0].replace("\xa0", " ")
    assert found.findings[0].endswith("no noise, however often somebody looked.")
    assert row(found, "revenue")["value"] == pytest.approx(15 * 0.0375 - 1.0)


def test_a_small_test_says_that_it_sees_little():
    found = rk.price_test(company(visits(A=(10, 200, 12), B=(11, 200, 13))))

    assert found.power.set_index("measure").loc["conversion", "relative"] > 1
    assert found.findings[0].endswith("cannot be told from the control's.")


def test_an_uneven_split_is_told_first_unless_it_was_planned():
    uneven = company(visits(A=(10, 900, 60), B=(10, 1100, 70)))

    assert rk.price_test(uneven).findings[0].startswith("Visitors were not split as planned")
    planned = rk.price_test(uneven, split={"A": 45, "B": 55})
    assert planned.findings[0].startswith("B at")


def test_several_variants_share_the_level():
    pair = visits(A=(10, 1000, 100), B=(12, 1000, 132))
    two = row(rk.price_test(company(pair)), "conversion")

    found = rk.price_test(company(pair, visits(C=(14, 1000, 90))))

    three = row(found, "conversion")
    assert (three["low"], three["high"]) != (two["low"], two["high"])
    assert three["low"] < two["low"] < two["high"] < three["high"]
    assert set(found.differences["variant"]) == {"B", "C"}
    assert "2 comparisons hold together" in found.findings[-2]


def test_one_test_at_a_time_and_another_control():
    data = company(visits(A=(10, 50, 5), B=(12, 50, 6)), visits("sale", X=(5, 50, 5), Y=(4, 50, 6)))

    with pytest.raises(PriceError, match="Name one: test='page'"):
        rk.price_test(data)
    with pytest.raises(PriceError, match="Did you mean 'sale'"):
        rk.price_test(data, "sales")
    with pytest.raises(PriceError, match="no variant 'Z'"):
        rk.price_test(data, "sale", control="Z")
    with pytest.raises(PriceError, match="each variant a share"):
        rk.price_test(data, "sale", split={"X": 1})
    assert set(rk.price_test(data, "sale", control="Y").differences["variant"]) == {"X"}


def test_what_was_not_paid_for_sure_is_not_known():
    lacking = visits(A=(10, 100, 20), B=(12, 100, 20))
    lacking.loc[lacking["visitor_id"] == "pageB0", "amount"] = None

    found = rk.price_test(company(lacking))

    assert found.variants["revenue"].notna().tolist() == [True, False]
    assert math.isnan(row(found, "revenue")["value"])
    assert any("no amount" in one for one in found.findings)
    without = rk.price_test(company(lacking.drop(columns="amount")))
    assert without.variants["revenue"].isna().all()
    assert not math.isnan(row(without, "conversion")["value"])


def test_no_visitors_one_variant_and_no_buyers_are_no_test():
    one = rk.price_test(company(visits(A=(10, 50, 5))))
    none = rk.price_test(company(visits(A=(10, 50, 0), B=(10, 50, 0))))
    empty = rk.price_test(company(visits(A=(10, 0, 0)).astype({"price": float, "bought": bool})))

    assert one.findings[0].quiet
    assert empty.findings[0].quiet
    assert "Nobody bought" in none.findings[0]
    assert none.power["relative"].isna().all()
    with pytest.raises(TableError):
        rk.price_test(rk.example("deals"))


def test_a_filter_that_cannot_narrow_a_test_or_a_survey_is_refused():
    accounts = pd.DataFrame({"account_id": ["a"], "segment": ["SMB"], "created_on": "2026-01-01"})
    survey = pd.DataFrame({"response_id": ["q"], "too_cheap": 1, "cheap": 2, "expensive": 3})
    survey = survey.assign(too_expensive=4)
    data = rk.Dataset(
        accounts=accounts, price_tests=visits(A=(10, 50, 5), B=(12, 50, 6)), price_survey=survey,
        as_of="2026-03-31",
    ).where(segment="SMB")  # fmt: skip

    with pytest.raises(DimensionError, match="price_tests"):
        rk.price_test(data)
    with pytest.raises(DimensionError, match="price_survey"):
        rk.price_sensitivity(data)


def test_the_planted_effect_of_the_pricing_page_is_found():
    """A third fewer odds at 15 % more: conversion falls by about a third, and revenue with it."""
    made = rk.generate("pricing-page-test", accounts=4000, seed=3)

    found = rk.price_test(rk.Dataset(price_tests=made.tables["price_tests"], as_of="2025-12-31"))

    (planted,) = made.truth.effects
    one = row(found, "conversion")
    odds = found.variants["conversion"] / (1 - found.variants["conversion"])
    assert odds[1] / odds[0] == pytest.approx(planted["factor"], rel=0.12)
    assert one["high"] < 0
    assert row(found, "revenue", "any")["high"] < 0
    assert found.uneven > 0.001
