"""The small picture of a headline: what it draws of each period, and its words."""

import re

import numpy as np
import pandas as pd

from revkit.dataset import Dataset
from revkit.language import in_language
from revkit.metrics import win_rate
from revkit.report.overview.headlines import tiles
from revkit.report.overview.trend import HEIGHT, WIDTH, trend


def deals(won: list[list[bool | None]], begin: str = "2024-01-15") -> Dataset:
    """A company with a list of closed deals a month; None is one without an outcome."""
    rows = [
        (day, outcome)
        for day, month in zip(
            pd.date_range(begin, periods=len(won), freq=pd.DateOffset(months=1)), won, strict=True
        )
        for outcome in month
    ]
    frame = pd.DataFrame(rows, columns=["closed_on", "is_won"])
    frame = frame.assign(opportunity_id=[f"o{at}" for at in range(len(frame))])
    frame["created_on"] = frame["closed_on"] - pd.Timedelta(days=9)
    return Dataset(opportunities=frame, as_of=frame["closed_on"].max().strftime("%Y-%m-20"))


def drawn(svg: str, shape: str) -> list[str]:
    return re.findall(rf'<{shape} points="([^"]+)"', svg)


def test_a_line_for_the_complete_periods_and_a_hollow_dot_for_the_one_that_runs():
    svg = trend(win_rate(deals([[True, False], [True], [False], [True]])))

    (line,) = drawn(svg, "polyline")
    assert len(line.split()) == 3
    assert re.findall(r'fill="(#\w+)" stroke', svg) == ["#fff", "#1f5f8b"]
    assert len(drawn(svg, "polygon")[0].split()) == 6


def test_a_period_without_a_value_is_a_gap():
    svg = trend(win_rate(deals([[True, False], [True], [], [False], [True], [True]])))

    assert [len(line.split()) for line in drawn(svg, "polyline")] == [2, 2]


def test_all_stays_within_the_picture_however_wide_an_interval_is():
    result = win_rate(deals([[True, False]] * 5 + [[True]]))
    svg = trend(result.assign(low=-1e9, high=1e9))

    places = np.array(
        [point.split(",") for line in drawn(svg, "poly[a-z]+") for point in line.split()], float
    )
    assert ((places >= 0) & (places <= [WIDTH, HEIGHT])).all()


def test_the_newest_24_months_are_drawn():
    svg = trend(win_rate(deals([[True, False, True]] * 40)))

    assert len(drawn(svg, "polyline")[0].split()) == 23  # the 24th is not over


def test_one_period_is_no_picture():
    assert trend(win_rate(deals([[True], [False]]))) == ""


def test_values_that_never_move_are_a_line_in_the_middle():
    result = win_rate(deals([[True]] * 4)).assign(low=np.nan, high=np.nan)

    heights = {point.split(",")[1] for point in drawn(trend(result), "polyline")[0].split()}
    assert heights == {f"{HEIGHT / 2:.1f}"}


def test_who_cannot_see_it_reads_what_it_shows():
    result = win_rate(deals([[True, False], [True], [False], [True]]))

    assert 'aria-label="Jan 2024 to Mar 2024: lowest in Mar 2024 with 0.0' in trend(result)
    with in_language("it"):
        assert "minimo" in trend(result)


def test_tiles_carry_the_picture_and_the_value_of_a_year_before():
    company = deals([[True, False]] + [[True]] * 11 + [[True, True, True, False], [True]])
    (tile,) = [one for one in tiles(company, period="month") if one.title == "Win rate"]

    assert tile.picture.startswith("<svg")
    assert (tile.when, tile.before) == ("Jan 2025", "Jan 2024: 50.0\u00a0% (+25.0\u00a0points)")
