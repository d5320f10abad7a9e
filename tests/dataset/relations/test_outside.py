"""Rows that fit nothing in another table are told, and count."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk


def company(days, **employed):
    """Activities of one rep on some days of February 2025."""
    activities = pd.DataFrame(
        {
            "activity_id": [f"X{day}" for day in days],
            "rep_id": "R1",
            "kind": "call",
            "occurred_at": [pd.Timestamp(2025, 2, day, 10) for day in days],
            "is_selling": True,
        }
    )
    reps = pd.DataFrame({"rep_id": ["R1"]} | {name: [day] for name, day in employed.items()})
    return rk.Dataset(activities=activities, reps=reps, as_of="2025-02-28")


HIRED, LEFT = date(2025, 2, 10), date(2025, 2, 15)


@pytest.mark.parametrize(
    ("days", "employed", "says"),
    [
        ([3, 12], {"hired_on": HIRED}, "1 of 2 rows are of days"),
        ([3, 12, 20, 21], {"hired_on": HIRED, "left_on": LEFT}, "(1 before hired_on, 2 after"),
        ([12, 20], {"hired_on": None, "left_on": LEFT}, "(1 after left_on), such as 'X20'"),
    ],
)
def test_activities_of_a_rep_who_was_not_there_are_told(days, employed, says):
    frame = rk.metrics.activities_per_rep(company(days, **{"hired_on": None} | employed))

    assert any(note.startswith("activities: ") and says in note for note in frame.attrs["notes"])


@pytest.mark.parametrize(
    "employed", [{"hired_on": HIRED, "left_on": LEFT}, {"hired_on": None, "left_on": None}, {}]
)
def test_a_day_is_no_difference_since_clocks_are_of_two_zones(employed):
    data = company([9, 12, 16], **employed)

    assert data.notes_on(["activities"]) == ()
