"""Where to stop paying for customers."""

import pandas as pd
import pytest

import revkit as rk

COSTS = pd.DataFrame({
    "channel": ["Events", "Search", "Webinars"], "value": [90.0, 20.0, 95.0],
    "low": [80.0, 15.0, 85.0], "high": [99.0, 30.0, 130.0], "n": [40, 40, 3],
    "small": [False, False, True], "complete": True,
})  # fmt: skip
COSTS.attrs = {"metric": "paid_cac", "currency": "EUR", "period": None, "notes": ()}
WORTH = pd.DataFrame({"value": [60.0], "low": [50.0], "high": [70.0], "small": [False]})


def said(costs=COSTS, worth=WORTH):
    return rk.say.ceiling(costs, worth).replace("\u00a0", " ")


def test_a_group_surely_above_what_a_customer_brings_is_named_and_few_rows_never():
    start = "By Events (€90.00) a customer surely costs more than it brings (€60.00, €50.00 to"
    assert said().startswith(start)
    assert "Webinars" not in said()


def test_else_it_says_up_to_what_a_customer_may_cost():
    assert "nobody should pay more than €70.00" in said(COSTS.iloc[1:])


@pytest.mark.parametrize("unknown", [{"low": float("nan")}, {"small": True}])
def test_without_a_sure_value_nothing_is_said(unknown):
    assert rk.say.ceiling(COSTS, WORTH.assign(**unknown)).quiet
