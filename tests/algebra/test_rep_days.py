"""Team, manager and role of a rep are those of the day, where rep_history tells them."""

from datetime import date, datetime

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DimensionError

REPS = {"rep_id": ["R1", "R2", "M1", "M2"], "name": ["Ada", "Bo", "Max", "Mia"],
        "team": ["South", "South", "North", "South"], "manager_id": ["M2", "M2", None, None],
        "hired_on": [date(2024, 1, 1)] * 4}  # fmt: skip
MOVES = {"rep_id": ["R1", "R1"], "from_on": [date(2024, 6, 1), date(2025, 2, 15)],
         "team": ["North", "South"], "manager_id": ["M1", "M2"]}  # fmt: skip
CLOSES = [date(2024, 3, 10), date(2025, 1, 10), date(2025, 3, 10), date(2025, 1, 20)]


def company(moves=MOVES, **tables):
    deals = {"opportunity_id": list("abcd"), "rep_id": ["R1", "R1", "R1", "R2"],
             "created_on": CLOSES, "closed_on": CLOSES, "is_won": True,
             "amount": [1.0, 10.0, 100.0, 1000.0]}  # fmt: skip
    frames = {"opportunities": deals, "reps": REPS} | tables
    frames |= {} if moves is None else {"rep_history": moves}
    return rk.Dataset(
        as_of="2025-03-31", **{name: pd.DataFrame(rows) for name, rows in frames.items()}
    )


def by(metric, data, dimension, **how):
    frame = metric(data, by=dimension, **how)
    found = frame[frame["value"] != 0]
    return {(row[dimension], str(row["period"])[:7]): row["value"] for _, row in found.iterrows()}


@pytest.mark.parametrize("dimension", ["rep.team", "team"])
def test_a_deal_counts_for_the_team_of_the_day_it_closed(dimension):
    assert by(rk.metrics.won_amount, company(), dimension) == {
        ("(missing)", "2024-03"): 1,  # before the first row of the rep
        ("North", "2025-01"): 10,
        ("South", "2025-01"): 1000,  # without a row: the team of now
        ("South", "2025-03"): 100,
    }


def test_the_manager_of_the_day_is_named():
    won = by(rk.metrics.won_amount, company(), "rep.manager", start="2025-01-01")

    assert won == {("Max", "2025-01"): 10, ("Mia", "2025-01"): 1000, ("Mia", "2025-03"): 100}


def test_an_open_deal_moves_with_its_rep():
    deals = {"opportunity_id": ["o"], "rep_id": ["R1"], "created_on": [date(2025, 1, 5)],
             "closed_on": [None], "is_won": [None], "amount": [50.0]}  # fmt: skip
    data = company(opportunities=deals)

    assert by(rk.metrics.pipeline_open, data, "rep.team") == {
        ("North", "2025-01"): 50, ("South", "2025-02"): 50, ("South", "2025-03"): 50
    }  # fmt: skip
    assert rk.metrics.pipeline_open(data)["value"].tolist() == [50, 50, 50]


def test_activities_count_for_the_team_of_the_day():
    calls = {"activity_id": ["x", "y"], "rep_id": ["R1", "R1"], "kind": "call",
             "occurred_at": [datetime(2025, 1, 7, 9), datetime(2025, 3, 7, 9)],
             "is_selling": True, "minutes": [30.0, 60.0]}  # fmt: skip
    parts = rk.metrics.selling_time_share.parts(company(activities=calls), by="rep.team")
    total = parts.columns[-2]
    found = {(r["rep.team"], str(r["period"])[:7]): r[total] for _, r in parts.iterrows()}

    assert (found["North", "2025-01"], found["South", "2025-03"]) == (30, 60)


def test_without_the_history_the_team_is_that_of_now_and_a_note_says_so():
    frame = rk.metrics.won_amount(company(None), by="rep.team")

    assert set(frame["rep.team"]) == {"South"}
    assert any("rep.team is the present one in every period" in n for n in frame.attrs["notes"])
    assert "rep_history (rep_id, from_on, team)" in " ".join(frame.attrs["notes"])
    told = rk.metrics.won_amount(company(), by="rep.team")
    assert not any("present one" in note for note in told.attrs["notes"])
    assert rk.metrics.won_amount(company(None), by="rep").attrs["notes"] == ()


def test_replay_knows_no_later_team():
    then = company().replay("2025-01-31")

    assert by(rk.metrics.won_amount, then, "rep.team", start="2025-01-01") == {
        ("North", "2025-01"): 10, ("South", "2025-01"): 1000
    }  # fmt: skip


@pytest.mark.parametrize("team", ["North", "South", ["North", "(missing)"]])
@pytest.mark.parametrize("dimension", ["team", "rep.team"])
def test_a_filter_that_the_move_of_a_rep_divides_is_refused(dimension, team):
    """It would keep all deals of the rep, as by the team of now, or none."""
    with pytest.raises(DimensionError, match=f"where {dimension}: by rep_history 1 rep has") as e:
        company().where({dimension: team})
    assert "R1" in str(e.value)
    assert f"by='{dimension}'" in str(e.value)


def test_a_filter_by_the_manager_of_the_day_is_refused_too():
    with pytest.raises(DimensionError, match="not been there all the time: R1"):
        company().where({"rep.manager": "Max"})


def test_a_filter_that_no_move_divides_is_the_group_of_its_value():
    moves = {"rep_id": ["R1", "M1"], "from_on": [date(2024, 1, 1), date(2024, 6, 1)],
             "team": ["South", "East"], "manager_id": ["M2", None]}  # fmt: skip
    data = company(moves)

    won = rk.metrics.won_amount(data.where(team="South"), start="2025-01-01")["value"]
    grouped = by(rk.metrics.won_amount, data, "team", start="2025-01-01")
    assert won.sum() == sum(value for (team, _), value in grouped.items() if team == "South")
    assert rk.metrics.won_amount(data.where(rep="Ada"))["value"].sum() == 111
    assert company(None).where(team="South").opportunities.count().execute() == 4
