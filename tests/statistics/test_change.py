"""The difference of two values, by a closed form."""

import numpy as np
import pytest

from revkit.statistics.change import change


def side(*numbers):
    return tuple(np.array([float(number)]) for number in numbers)


@pytest.mark.parametrize(
    ("now", "before", "expected", "certain"),
    [
        ((10, 7, 14), (1, -2, 5), (9, 4, 14), True),
        ((1, -2, 5), (10, 7, 14), (-9, -14, -4), True),
        ((10, 7, 14), (8, 5, 12), (2, -3, 7), False),
        ((10, 7, 14), (5, 2, 9), (5, 0, 10), False),
        ((5, 2, 9), (10, 7, 14), (-5, -10, 0), False),
    ],
    ids=["more", "less", "noise", "just more", "just less"],
)
def test_ends_add_in_squares_and_change_is_certain_when_they_leave_out_0(
    now, before, expected, certain
):
    """3 and 4 make 5 whichever way."""
    *found, sure = change(side(*now), side(*before))

    assert [float(one[0]) for one in found] == pytest.approx(expected)
    assert sure.tolist() == [certain]


def test_what_has_no_interval_changes_by_as_much_as_it_does_and_is_never_certain():
    difference, low, high, sure = change(side(3, np.nan, np.nan), side(1, 0, 2))

    assert difference.tolist() == [2]
    assert np.isnan([low, high]).all()
    assert sure.tolist() == [False]
