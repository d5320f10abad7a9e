"""The as-of date comes from what happened, never from what is planned; nothing later is known."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import PeriodError


def subscriptions(**columns):
    frame = {
        "subscription_id": ["s1", "s2"],
        "account_id": ["a", "b"],
        "started_on": [date(2025, 1, 1), date(2025, 3, 10)],
        "ended_on": [date(2028, 1, 1), date(2025, 3, 20)],
        "mrr": [100.0, 50.0],
    }
    return pd.DataFrame(frame | columns)


@pytest.mark.parametrize(
    ("columns", "day", "column"),
    [
        ({}, date(2025, 3, 10), "subscriptions.started_on"),
        ({"started_on": [date(2025, 1, 1)] * 2}, date(2025, 1, 1), "subscriptions.started_on"),
        (
            {"cancel_requested_on": [date(2025, 4, 2), None]},
            date(2025, 4, 2),
            "subscriptions.cancel_requested_on",
        ),
        ({"term_ends_on": [date(2027, 1, 1)] * 2}, date(2025, 3, 10), "subscriptions.started_on"),
    ],
    ids=["ends", "past ends", "requests", "terms"],
)
def test_no_end_of_a_subscription_moves_the_as_of_date(columns, day, column):
    data = rk.Dataset(subscriptions=subscriptions(**columns))

    assert data.as_of == day
    assert f"as of {day}: the latest day in the data ({column})" in repr(data)


def test_a_later_end_is_planned_and_stays_when_the_day_is_given_too():
    inferred = rk.Dataset(subscriptions=subscriptions())
    given = rk.Dataset(subscriptions=subscriptions(), as_of="2025-03-31")

    for data in (inferred, given):
        ends = data.subscriptions.order_by("subscription_id").ended_on.to_pyarrow().to_pylist()
        assert ends == [date(2028, 1, 1), date(2025, 3, 20)]
    assert rk.metrics.mrr(given)["value"].tolist() == [100.0, 100.0, 100.0]
    assert inferred.replay("2025-03-10").subscriptions.ended_on.notnull().sum().execute() == 2


def test_going_back_hides_an_end_that_was_not_asked_for():
    data = rk.Dataset(subscriptions=subscriptions()).replay("2025-03-01")

    assert data.subscriptions.ended_on.to_pyarrow().to_pylist() == [None]


@pytest.mark.parametrize("won", [True, False])
def test_the_date_of_an_open_deal_does_not_move_the_as_of_date(won):
    deals = {
        "opportunity_id": ["o1", "o2"],
        "created_on": [date(2025, 1, 1), date(2025, 1, 5)],
        "closed_on": [date(2025, 2, 3), None],
        "expected_close_on": [date(2027, 1, 1)] * 2,
        "is_won": [won, None],
    }

    assert rk.Dataset(opportunities=pd.DataFrame(deals)).as_of == date(2025, 2, 3)


def test_a_day_after_the_inferred_one_cannot_be_replayed_but_may_be_given_at_load():
    data = rk.Dataset(subscriptions=subscriptions())

    with pytest.raises(PeriodError, match="known up to 2025-03-10"):
        data.replay("2026-01-01")
    assert rk.Dataset(subscriptions=subscriptions(), as_of="2026-01-01").as_of == date(2026, 1, 1)


@pytest.mark.parametrize("day", ["9999-12-31", "2500-01-01", "0001-01-01", date.max, date.min])
def test_a_day_that_cannot_be_is_refused_wherever_one_is_given(day, tmp_path):
    deals = pd.DataFrame(
        {"opportunity_id": ["o"], "created_on": ["2026-01-05"], "closed_on": ["2026-02-01"],
         "is_won": [True], "amount": [1.0]}
    )  # fmt: skip
    data = rk.Dataset(opportunities=deals)
    deals.to_csv(tmp_path / "opportunities.csv", index=False)
    mapping = tmp_path / "our.yaml"
    mapping.write_text(f"as_of: {day}")

    refused = "is a day that cannot be: days lie from 1970-01-01 to 2098-12-31"
    with pytest.raises(PeriodError, match=f"as_of=.* {refused}"):
        rk.Dataset(opportunities=deals, as_of=day)
    with pytest.raises(PeriodError, match=refused):
        rk.load(tmp_path, mapping=mapping)
    with pytest.raises(PeriodError, match=refused):
        data.replay(day)
    for name in ("start", "end"):
        with pytest.raises(PeriodError, match=f"{name}=.* {refused}"):
            rk.metrics.won_amount(data, **{name: day})


def test_a_day_before_everything_is_said_to_be_one():
    deals = pd.DataFrame(
        {"opportunity_id": ["o"], "created_on": ["2026-01-05"], "closed_on": ["2026-02-01"],
         "is_won": [True], "amount": [1.0]}
    )  # fmt: skip
    data = rk.Dataset(opportunities=deals, as_of="2016-01-31")

    (note,) = rk.metrics.won_amount(data).attrs["notes"]
    assert note == (
        "opportunities: the first row is of 2026-01-05, after 2016-01-31: nothing of it is known."
    )
    assert note in repr(data)

    past = rk.Dataset(opportunities=deals).replay("2025-12-31")
    told = rk.metrics.won_amount(past, start="2025-11-01").attrs["notes"]
    assert told[0] == "opportunities: the table has no row."


def test_nobody_owns_anything_before_being_hired():
    """Tables hold the owner of today; who it was before is not known without a history."""
    reps = pd.DataFrame({"rep_id": ["R1", "R2"], "hired_on": [date(2024, 1, 1), date(2025, 6, 1)]})
    owners = {"rep_id": ["R1", "R2"]}
    accounts = pd.DataFrame({"account_id": ["a", "b"], **owners})
    deals = pd.DataFrame(
        {"opportunity_id": ["d1", "d2"], "created_on": date(2025, 1, 1), "closed_on": None,
         "is_won": None, "amount": 1.0, **owners}
    )  # fmt: skip
    splits = pd.DataFrame({"opportunity_id": ["d1", "d1"], **owners, "share": [0.5, 0.5]})
    data = rk.Dataset(
        reps=reps, accounts=accounts, opportunities=deals, opportunity_splits=splits,
        as_of="2025-12-31",
    )  # fmt: skip

    for day, second in (("2025-03-01", None), ("2025-07-01", "R2")):
        then = data.replay(day)
        for table in (then.accounts, then.opportunities):
            assert table.order_by(table.columns[0]).rep_id.to_pyarrow().to_pylist() == [
                "R1",
                second,
            ]
