"""Charts of prices draw the numbers of their results."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit import charts
from revkit.errors import DimensionError


@pytest.fixture(autouse=True)
def _agg():
    mpl.use("agg")
    yield
    plt.close("all")


@pytest.fixture
def four():
    steps = {"too_cheap": 0, "cheap": 20, "expensive": 50, "too_expensive": 80}
    return pd.DataFrame({name: np.arange(300) + step for name, step in steps.items()})


def test_price_points_draws_the_curves_and_the_best_price(four):
    found = rk.price_sensitivity(four)

    ax = charts.price_points(found)

    curves = found.curves()
    best = found.points.set_index("point").loc["OPP", "value"]
    assert list(ax.lines[0].get_xdata()) == [best, best]
    for line, name in zip(ax.lines[1:], curves.columns[1:], strict=True):
        assert line.get_ydata() == pytest.approx(curves[name])
    assert {text.get_text() for text in ax.texts} >= {"too cheap", "too expensive"}


def test_groups_and_nobody_are_no_curves(four):
    with pytest.raises(DimensionError, match="groups"):
        charts.price_points(rk.price_sensitivity(four.assign(size="small"), by="size"))

    ax = charts.price_points(rk.price_sensitivity(four.assign(cheap=1000)))
    assert [text.get_text() for text in ax.texts] == ["No value to draw."]


def test_demand_draws_revenue_with_its_interval():
    offers = pd.DataFrame({"price": [10] * 10 + [20] * 10})
    found = rk.price_sensitivity(offers.assign(would_buy=[True] * 9 + [False] * 6 + [True] * 5))

    ax = charts.demand(found)

    assert list(ax.lines[0].get_ydata()) == pytest.approx([900, 1000])
    low, high = found.prices.loc[1, ["revenue_low", "revenue_high"]]
    assert list(ax.lines[3].get_ydata()) == [low, high]
    assert [text.get_text() for text in ax.texts] == ["90.0\xa0%", "50.0\xa0%"]


def test_price_test_draws_both_intervals_as_a_share_of_the_control():
    rows = [
        (f"{variant}{at}", variant, 10.0, at < buyers, 10.0 if at < buyers else None)
        for variant, buyers in (("A", 40), ("B", 30)) for at in range(400)
    ]  # fmt: skip
    visits = pd.DataFrame(rows, columns=["visitor_id", "variant", "price", "bought", "amount"])
    visits = visits.assign(test="page", seen_at="2026-03-01")
    found = rk.price_test(rk.Dataset(price_tests=visits, as_of="2026-03-31"))

    ax = charts.price_test(found)

    drawn = [list(line.get_xdata()) for line in ax.lines if len(line.get_xdata()) == 2]
    ends = found.differences[["low", "high"]].to_numpy()
    assert drawn[0] == pytest.approx(ends[0] / 0.1)
    assert drawn[1] == pytest.approx(ends[1] / 0.1)
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "B: conversion", "B: revenue a visitor",
    ]  # fmt: skip


def test_elasticity_draws_what_was_and_what_would_have_been():
    days = pd.Series(pd.date_range("2024-01-01", periods=24, freq="MS"))
    won = pd.concat([days.repeat([8] * 12 + [6] * 12), days.repeat([8] * 12 + [12] * 12)])
    lines = pd.DataFrame({"started_on": won, "ended_on": None, "mrr": 10.0})
    lines = lines.assign(product_id=["A"] * 168 + ["B"] * 240)
    lines["account_id"] = lines["subscription_id"] = [f"{at}" for at in range(408)]
    data = rk.Dataset(subscriptions=lines, as_of="2025-12-31")

    ax = charts.elasticity(rk.elasticity(data, "A", since="2025-01-01", by="product_id", price=1.0))

    assert list(ax.lines[0].get_ydata()) == pytest.approx([8] * 12 + [12] * 12)
    assert list(ax.lines[1].get_ydata()) == [8] * 12 + [6] * 12


def test_waterfall_draws_price_volume_and_mix():
    total = rk.price_volume_mix(rk.load("data/sample")).total

    ax = charts.waterfall(total)

    assert [label.get_text() for label in ax.get_yticklabels()][:4] == [
        "Before", "Price", "Volume", "Mix",
    ]  # fmt: skip
