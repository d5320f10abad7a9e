"""Discounts: what they gave away, by band and rep, and who gives more than others."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.derived.opportunities.closed_deals import discounted_deals
from revkit.errors import ColumnError, DimensionError


def company(rows):
    """Deals as (rep, amount, discount, won)."""
    frame = pd.DataFrame(rows, columns=["rep_id", "amount", "discount", "is_won"])
    frame["opportunity_id"] = [f"{at}" for at in range(len(frame))]
    frame = frame.assign(created_on="2026-01-05", closed_on="2026-02-10")
    reps = pd.DataFrame({"rep_id": sorted({*frame["rep_id"]})}).assign(name=lambda of: of["rep_id"])
    return rk.Dataset(opportunities=frame, reps=reps, as_of="2026-03-31", currency="EUR")


def test_worked_by_hand():
    """900 paid of 1,000 and 400 of 500 is 200 of 1,500 given away; one of three closed was lost."""
    found = rk.discount_leakage(
        company([("a", 900, 0.1, True), ("a", 400, 0.2, True), ("a", 50, 0.2, False)])
    )

    assert found["discount_band"].tolist() == ["0–10 %", "10–20 %"]
    assert found["given"].tolist() == pytest.approx([100, 100])
    assert found["list"].tolist() == pytest.approx([1000, 500])
    assert found["win_rate"].tolist() == [1.0, 0.5]
    said = rk.say.leakage(found).replace("\xa0", " ")
    assert said.startswith("€200 was given away of €1,500 at list price: 13.3 %, over 2 won deals.")


def test_bands_are_those_of_the_metric():
    edges = [0.0, 0.001, 0.1, 0.1001, 0.2, 0.25, 0.2999, 0.3, 0.9]
    data = company([("a", 100, edge, True) for edge in edges])

    ours = rk.discount_leakage(data).set_index("discount_band")["deals"]

    theirs = discounted_deals(data).execute()["discount_band"].value_counts()
    assert ours.to_dict() == theirs.to_dict()
    assert ours.to_dict() == {"0 %": 1, "0–10 %": 2, "10–20 %": 2, "20–30 %": 2, "30 % or more": 2}


def test_a_generous_rep_is_named_and_equal_ones_are_not():
    rng = np.random.default_rng(3)

    def deals(rep, mean):
        cuts = np.clip(mean + 0.04 * rng.standard_normal(40), 0, 0.9)
        return [(rep, 1000 * (1 - cut), cut, True) for cut in cuts]

    alike = rk.discount_leakage(
        company([one for rep in "abcde" for one in deals(rep, 0.1)]), by="rep"
    )
    found = rk.discount_leakage(
        company([one for rep in "abcd" for one in deals(rep, 0.1)] + deals("e", 0.2)), by="rep"
    ).set_index("rep")

    assert (alike["gives"] == "").all()
    assert found.loc["e", "gives"] == "more than others"
    assert found.loc["e", "low"] < 0.2 < found.loc["e", "high"]
    assert found["discount"].max() > found["likely"].max() > found["likely"].min()


def test_few_deals_have_no_interval_and_are_drawn_to_all():
    found = rk.discount_leakage(
        company([("a", 900, 0.1, True)] * 20 + [("b", 500, 0.5, True), ("c", 100, 0.1, False)]),
        by="rep",
    ).set_index("rep")

    assert np.isnan(found.loc["b", "low"])
    assert found.loc["b", "small"]
    assert found.loc["b", "likely"] < 0.2
    assert found.loc["c", "deals"] == 0
    assert np.isnan(found.loc["c", "given"])


def test_given_for_nothing_and_without_amounts():
    free = rk.discount_leakage(company([("a", 0, 1.0, True), ("a", None, 0.1, True)]))

    assert rk.say.leakage(free).quiet
    with pytest.raises(ColumnError, match="discount"):
        rk.discount_leakage(rk.example("deals"))


def test_by_a_reason_for_losing_is_refused():
    data = company([("a", 900, 0.1, True), ("a", 100, 0.1, False)])
    lost = data.table("opportunities").execute()
    lost["lost_reason"] = [None if won else "price" for won in lost["is_won"]]

    with pytest.raises(DimensionError, match="known of one alone"):
        rk.discount_leakage(rk.Dataset(opportunities=lost, as_of="2026-03-31"), by="lost_reason")


def test_a_span_of_closing_days():
    data = company([("a", 900, 0.1, True)])

    assert rk.discount_leakage(data, start="2026-02-11").empty
    assert len(rk.discount_leakage(data, start="2026-02-10", end="2026-02-11")) == 1
