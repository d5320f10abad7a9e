"""What readers stumbled over: words in place of numbers that say nothing, reasons, cut tables."""

from __future__ import annotations

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.writing.formatting import Quantity
from revkit.language import language

VAGUE = "cannot be told from so few"


@pytest.mark.parametrize(
    ("unit", "low", "high", "vague"),
    [
        ("share", -1.0, 3469.9, True),
        ("share", 0.0, 0.9, False),
        ("share", 0.0001, 0.05, False),
        ("ratio", -312.0, 40.0, True),
        ("ratio", -3.0, 4.0, False),
        ("money", 12.0, 90_000.0, True),
        ("money", -500.0, 90_000.0, False),
        ("days", 0.2, 300.0, True),
        ("days", 3.0, 90.0, False),
    ],
)
def test_an_interval_that_holds_almost_anything_is_said_in_words(unit, low, high, vague):
    what = Quantity("x", "X", unit)

    assert (what.span(low, high) == VAGUE) is vague
    assert (what.difference_span(low, high) == VAGUE) is vague


def test_words_in_place_of_an_interval_are_in_the_language_of_the_reader():
    what = Quantity("x", "X", "share", words=language("it"))

    assert what.span(-1.0, 3469.9) == "non si può dire da così pochi"


def growth(values: list[tuple[float, float, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(values, columns=["value", "low", "high"])
    frame.insert(0, "period", pd.date_range("2025-01-01", periods=len(frame), freq="MS"))
    frame = frame.assign(n=3, small=False, complete=True)
    frame.attrs = {"metric": "expansion_rate", "period": "month", "level": 0.95}
    return frame


def test_no_change_is_claimed_from_an_interval_that_says_nothing():
    said = rk.say.change(growth([(0.1, 0.05, 0.2), (9.0, 1.0, 3469.9)]))

    assert said.quiet
    assert "to tell them apart" in said
    assert "%" not in said.partition(":")[2]


def test_so_says_nothing_where_a_value_is_all_there_is():
    rates = rk.metrics.win_rate(rk.example("deals"), period="quarter")

    assert rk.notebook.so(rk.say.level(rates)) is None
    assert str(rk.notebook.so(rk.say.level(rates), "Talk to them.")) == "So: Talk to them."


def lost(reasons: list[str | None]) -> rk.Dataset:
    deals = pd.DataFrame({"lost_reason": reasons, "discount": None}).astype({"discount": "float64"})
    deals["opportunity_id"] = [f"{at}" for at in range(len(deals))]
    won = pd.DataFrame({"opportunity_id": ["w1", "w2"], "discount": [0.4, 0.0], "is_won": True})
    deals = pd.concat([deals.assign(is_won=False), won], ignore_index=True)
    deals = deals.assign(created_on="2026-01-05", closed_on="2026-02-05", amount=1.0)
    return rk.Dataset(opportunities=deals, as_of="2026-03-31")


def test_reasons_are_ranked_among_those_filled_in():
    company = lost(["budget", "price", "price", None, None, None, None])

    card = rk.scorecard(company, period="quarter", metrics=["loss_reasons"])

    told = [line.split("  ")[0] for line in str(card).splitlines()[1:4]]
    assert told == [f"Loss reasons: {name}" for name in ("price", "budget", "not filled in")]
    written = rk.table(rk.metrics.loss_reasons(company, period="quarter"), language="it")
    assert [row[0] for row in written.rows] == ["budget", "price", "non compilato"]


def test_a_band_of_discounts_is_named_in_the_language_of_the_page():
    bands = rk.metrics.discount_bands(lost(["price"]), period="quarter")

    assert [row[0] for row in rk.table(bands, language="it").rows] == ["0 %", "30 % o più"]


def test_a_part_that_is_a_number_says_what_it_numbers():
    card = rk.scorecard(rk.example("deals"), period="quarter", metrics=["bookings_linearity"])

    assert str(card).splitlines()[1].startswith("Bookings linearity: month of quarter 1")


def test_a_cut_table_says_of_how_many():
    frame = pd.DataFrame({"account": [f"a{at}" for at in range(81)]})

    written = rk.table(frame, most=10)

    assert len(written.rows) == 10
    assert written.notes[-1] == "10 of 81 rows."
    assert rk.table(frame, most=10, language="it").notes[-1] == "10 righe di 81."
    assert rk.table(frame, most=81).notes == ()
