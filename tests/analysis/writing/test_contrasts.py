"""A contrast names groups that differ from all others together, whichever way the rates lie."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.writing.contrasts import contrast, named
from revkit.statistics.family import TESTS, by_chance, claimed, probability


def deals(**segments: tuple[int, int]) -> rk.Dataset:
    rows = [
        {"opportunity_id": f"{name}{at}", "segment": name, "created_on": "2026-01-02",
         "closed_on": "2026-02-01", "is_won": at < won, "amount": 100.0 + at % 7}
        for name, (won, lost) in segments.items()
        for at in range(won + lost)
    ]  # fmt: skip
    return rk.Dataset(opportunities=pd.DataFrame(rows), as_of="2026-03-31")


def said(company: rk.Dataset, **how) -> str:
    frame = rk.metrics.win_rate(company, by="segment", period=None, **how)
    return str(contrast(frame)).replace("\u00a0", " ")


def test_small_groups_stay_in_the_rest():
    """B (few) and C: 300 of 1,000 and 9 of 10; the rest of A is 309 of 1,010."""
    text = said(deals(A=(500, 500), B=(9, 1), C=(300, 700)), compare="rest")

    assert "A 50.0 % against 30.6 % elsewhere" in text
    assert "C 30.0 % against 50.4 % elsewhere" in text


def test_of_two_groups_the_higher_is_named():
    text = said(deals(A=(100, 900), B=(300, 700)), compare="rest")

    assert "B 30.0 % against 10.0 % elsewhere" in text
    assert "A 10.0 %" not in text


def test_without_a_rest_the_highest_is_held_against_the_lowest():
    text = said(deals(A=(100, 900), B=(300, 700), C=(200, 800)))

    assert "B 30.0 % against 10.0 % in A" in text


def test_a_difference_that_a_report_would_show_by_chance_is_not_claimed():
    """2.9 standard errors: one test in 270, one report in three."""
    company = deals(A=(300, 700), B=(242, 758))
    frame = rk.metrics.win_rate(company, by="segment", period=None, compare="rest")

    assert frame["certain"].all()
    assert contrast(frame).quiet
    assert not named(frame)


def test_a_difference_whose_intervals_do_not_touch_is_told_with_why_it_is_not_claimed():
    """A reader sees bars apart: "no segment differs" would seem false."""
    text = said(deals(A=(300, 700), B=(242, 758)), compare="rest")
    plain = said(deals(A=(300, 700), B=(290, 710)), compare="rest")

    assert "30.0 % against 24.2 % elsewhere" in text or "24.2 % against 30.0 %" in text
    assert text.endswith("chance alone leaves a gap this clear in one report of 3.")
    assert plain.endswith("no segment differs from the others by more than noise.")


def test_of_two_groups_whose_intervals_do_not_meet_it_says_how_often_chance_does_that():
    """A and B lie on both sides of six others, and neither is clear against all others together."""
    others = dict.fromkeys("CDEFGH", (52, 248))
    company = deals(A=(39, 261), B=(67, 233), **others)
    frame = rk.metrics.win_rate(company, by="segment", period=None, compare="rest")
    rows = frame.set_index("segment")

    text = said(company, compare="rest")

    assert rows.loc["B", "low"] > rows.loc["A", "high"]
    assert not named(frame)
    assert "B 22.3 % against 13.0 % in A" in text
    assert text.endswith("chance alone leaves a gap this clear in most reports.")


def test_the_odds_are_those_of_the_hundred_tests_of_a_report():
    assert by_chance(0.05 / TESTS) == pytest.approx(1 - (1 - 0.05 / TESTS) ** (TESTS / 2))


def test_the_family_holds_each_test_to_its_share():
    assert claimed(0.05 / TESTS)
    assert not claimed(0.051 / TESTS)


@pytest.mark.parametrize(("others", "of"), [({"C": (200, 800)}, 3), ({}, 1)])
def test_the_clearest_of_several_groups_is_held_to_their_number(others, of):
    company = deals(A=(100, 900), B=(300, 700), **others)
    frame = rk.metrics.win_rate(company, by="segment", period=None, compare="rest")
    row = frame[frame["segment"] == "B"].iloc[0]

    surest = max(named(frame), key=lambda one: one.ends[0])

    alone = probability(row["change"], row["change_low"], row["change_high"], 0.95, counted=True)
    assert surest.group == "B"
    assert surest.p == pytest.approx(of * alone)


@pytest.mark.parametrize(
    ("ends", "p"),
    [
        ((1.0, 0.0, 2.0), 0.05),
        ((-1.0, -2.0, 0.0), 0.05),
        ((2.0, 1.0, 3.0), math.erfc(1.959964 * 2 / math.sqrt(2))),
        ((1.0, math.nan, math.nan), 1.0),
        ((0.0, -1.0, 1.0), 1.0),
        ((3.0, 3.0, 3.0), 1.0),
    ],
)
def test_a_probability_is_read_from_an_interval(ends, p):
    assert probability(*ends, 0.95, counted=True) == pytest.approx(p, rel=1e-4)


def test_a_variance_of_amounts_has_the_longer_tail():
    assert probability(2.0, 1.0, 3.0, 0.95, counted=False) > probability(
        2.0, 1.0, 3.0, 0.95, counted=True
    )


@pytest.mark.parametrize(
    ("start", "title"),
    [
        (None, "Win rate: no segment"),
        ("2026-01-01", "Win rate over the 3 months to Mar 2026: no segment"),
        ("2026-01-15", "Win rate from 15 January 2026 to 31 March 2026: no segment"),
    ],
)
def test_a_contrast_over_a_range_says_which(start, title):
    """Beside it stands the same rate of a quarter."""
    text = said(deals(A=(300, 700), B=(290, 710)), compare="rest", start=start)

    assert text.startswith(title)
