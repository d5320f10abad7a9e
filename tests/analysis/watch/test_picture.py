"""Pictures of what moved: the months, the level before and since, words for who cannot see."""

import re
from dataclasses import replace

import numpy as np
import pytest

from revkit.analysis.watch.picture import picture
from revkit.language import language
from tests.analysis.watch.test_moved import CHURN, WINDOW

EN = language("en")


def test_a_picture_shows_each_month_and_both_levels():
    drawn = picture(CHURN, WINDOW, "EUR", EN)

    assert drawn.count("<circle") == 36
    assert re.findall(r">([^<>]+)</text>", drawn) == [
        "2.0\xa0%", "4.0\xa0%", "Jan 2025", "Jan 2023", "Dec 2025"
    ]  # fmt: skip
    assert (
        'aria-label="Customers who leave, a month (SMB), by month: about 2.0\xa0% usually, '
        'and 4.0\xa0% from Jan 2025."'
    ) in drawn


def test_higher_values_stand_higher():
    heights = [float(at) for at in re.findall(r'cy="([\d.]+)"', picture(CHURN, WINDOW, None, EN))]

    order = np.argsort(CHURN.monthly, kind="stable")
    assert (np.diff(np.array(heights)[order]) <= 0).all()
    assert min(heights) >= 0


@pytest.mark.parametrize(("axis", "hollow"), [("calendar", 0), ("opened", 3), ("arrived", 3)])
def test_months_still_to_be_decided_are_hollow(axis, hollow):
    assert picture(replace(CHURN, axis=axis), WINDOW, None, EN).count('fill="#fff" ') == hollow


def test_nothing_is_drawn_of_a_single_month():
    unknown = np.full(36, np.nan)
    assert picture(replace(CHURN, monthly=unknown), WINDOW, None, EN) == ""


def test_names_are_escaped():
    place = replace(CHURN.places[0][0], values=('<script>"',))
    drawn = picture(replace(CHURN, places=((place, 1.0),)), WINDOW, None, EN)

    assert "<script>" not in drawn
    assert "&lt;script&gt;&quot;" in drawn


@pytest.mark.parametrize(("after", "thick"), [(0.02, 1), (0.038, 2)])
def test_a_level_that_has_not_come_back_is_drawn_where_it_stays(after, thick):
    pattern = np.where(np.arange(36) >= 30, 0.0, CHURN.pattern)
    levels = 0.02 + 0.02 * pattern
    passing = replace(CHURN, shape="6 months", pattern=pattern, levels=levels, before=0.02,
                      after=after, months_after=6)  # fmt: skip

    assert picture(passing, WINDOW, None, EN).count('stroke-width="3"/>') == thick


def test_the_usual_range_is_a_band_behind_the_dots():
    drawn = picture(CHURN, WINDOW, None, EN)
    band = re.search(r'<rect [^>]*y="([\d.]+)"[^>]*height="([\d.]+)"', drawn)
    top, height = (float(end) for end in band.groups())
    dots = [float(at) for at in re.findall(r'cy="([\d.]+)"', drawn)]

    inside = [top - 0.1 <= at <= top + height + 0.1 for at in dots]
    assert drawn.index("<rect") < drawn.index("<circle")
    assert 20 <= sum(inside[:24]) < 24
    assert not any(inside[24:])
    early = replace(CHURN, onset=4, pattern=(np.arange(36) >= 4) * 1.0)
    assert "<rect" not in picture(early, WINDOW, None, EN), "four months have no range"
