"""Rows without a value are no place: never compared, never best or worst, in no group's rest."""

from __future__ import annotations

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.survival import survival
from revkit.analysis.writing.contrasts import named


def deals(**segments: tuple[int, int]) -> rk.Dataset:
    """Deals won and lost by segment; those of "none" have none."""
    rows = [
        {"opportunity_id": f"{name}{at}", "segment": None if name == "none" else name,
         "created_on": f"2026-0{1 + at % 2}-02", "closed_on": f"2026-0{2 + at % 2}-01",
         "is_won": at < won, "amount": 100.0 + at % 7, "discount": 0.5 if name == "none" else 0.1}
        for name, (won, lost) in segments.items()
        for at in range(won + lost)
    ]  # fmt: skip
    return rk.Dataset(opportunities=pd.DataFrame(rows), as_of="2026-03-31", currency="EUR")


@pytest.mark.parametrize("compare", ["rest", None])
def test_it_is_named_by_no_contrast(compare):
    how = {} if compare is None else {"compare": compare}
    frame = rk.metrics.win_rate(
        deals(A=(300, 700), B=(310, 690), none=(0, 1000)), by="segment", period=None, **how
    )

    assert "(missing)" in frame["segment"].tolist()
    assert not named(frame)


def test_it_is_in_no_rest():
    """The rest of A is B with 100 of 1,000; those without a segment may be of either."""
    company = deals(A=(300, 700), B=(100, 900), none=(0, 1000))
    frame = rk.metrics.win_rate(company, by="segment", period=None, compare="rest")
    rest = dict(zip(frame["segment"], frame["value"] - frame["change"], strict=True))

    assert rest == pytest.approx({"A": 0.1, "B": 0.3, "(missing)": 0.2})


def test_two_groups_and_it_are_two_groups():
    company = deals(A=(300, 700), B=(100, 900), none=(200, 800))
    frame = rk.metrics.win_rate(company, by="segment", period=None, compare="rest")

    assert [one.group for one in named(frame)] == ["A"]


@pytest.mark.parametrize(
    ("none", "said"),
    [
        (50, "comes mostly from A"),
        (250, "the largest part is from A, 290 of 640"),
        (300, "of what is in a segment, the largest part is from A, 290 of 690 in all"),
        (2000, "is in no segment"),
    ],
)
def test_a_sum_does_not_come_from_it(none, said):
    won = rk.metrics.won_deals(
        deals(A=(290, 0), B=(100, 0), none=(none, 0)), by="segment", period=None
    )

    assert said in rk.say.largest(won)


def test_nothing_changed_there_for_good():
    month = [f"2024-{at:02}-02" for at in range(1, 13)] + [
        f"2025-{at:02}-02" for at in range(1, 13)
    ]
    rows = [
        {"opportunity_id": f"{name}{at}-{n}", "segment": name, "created_on": day,
         "closed_on": day, "is_won": n < (10 if name or at < 12 else 38)}
        for at, day in enumerate(month)
        for name in ("A", "B", "C", None)
        for n in range(40)
    ]  # fmt: skip
    company = rk.Dataset(opportunities=pd.DataFrame(rows), as_of="2025-12-31")
    rates = rk.metrics.win_rate(company, by="segment", period="month")

    assert rk.say.step(rates).quiet


def test_others_do_not_last_longer_than_it():
    alike = survival(deals(A=(60, 40), B=(50, 50)), "close", by="segment")
    found = survival(deals(A=(60, 40), B=(50, 50), none=(61, 60)), "close", by="segment")

    assert found.difference() == alike.difference()
    assert set(found.hazard_ratios()["value"]) == {"B"}


def test_most_was_not_given_away_there():
    company = deals(A=(60, 10), B=(50, 10), none=(400, 90))
    table = rk.discount_leakage(company, by="segment")

    assert "The largest part went with A" in rk.say.leakage(table)
    assert table.set_index("segment").loc["(missing)", "gives"] == ""
