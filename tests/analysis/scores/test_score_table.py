"""rk.score_table: a public data set, and tables nobody should learn from."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.scores.result import ALIKE
from revkit.errors import ColumnError, ParameterError
from revkit.language import language

PUBLIC = Path(os.environ.get("REVKIT_PUBLIC_DATA", Path(__file__).parents[3] / "../shared/data"))
TELCO = PUBLIC / "telco_churn" / "Telco-Customer-Churn.csv"


@pytest.mark.skipif(not TELCO.exists(), reason=f"{TELCO} is not here: set REVKIT_PUBLIC_DATA")
def test_the_customers_of_a_public_telecom_company():
    frame = pd.read_csv(TELCO)
    score = rk.score_table(frame, "Churn", key="customerID")
    test = score.evaluation.loc[0]

    assert test["auc"] >= 0.85
    assert test["brier"] <= 0.134
    assert test["slope"] == pytest.approx(1, abs=0.1)
    assert len(score.rows) == 7043
    assert "at random" in score.notes[0]


def table(n=300):
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    left = np.where(rng.random(n) < 1 / (1 + np.exp(-2 * x)), "Yes", "No").astype(object)
    left[:20] = None
    return pd.DataFrame({"name": [f"n{one}" for one in range(n)], "x": x, "left": left,
                         "day": pd.date_range("2025-01-01", periods=n)})  # fmt: skip


def test_rows_without_an_outcome_are_scored_by_the_others():
    score = rk.score_table(table(), "left", key="name", day="day")
    told = score.rows.merge(table()[["name", "x"]], on="name")

    assert sorted(told["name"]) == sorted(f"n{one}" for one in range(20))
    assert told["probability"].corr(told["x"], method="spearman") > 0.9
    assert score.moved.columns.tolist() == ["x"]


def test_a_column_that_tells_the_outcome_is_said():
    frame = table().assign(closed=lambda rows: rows["left"].eq("Yes").astype(float))
    score = rk.score_table(frame, "left", key="name", day="day")

    assert any(note.startswith("closed: tells the outcome") for note in score.notes)


def test_an_outcome_that_is_not_plain_is_refused():
    with pytest.raises(ParameterError, match="hit='Yes'"):
        rk.score_table(table().assign(left=["a", "b", "c"] * 100), "left")
    with pytest.raises(ColumnError, match="outcome='…'"):
        rk.score_table(table(), "gone")


def test_nothing_is_learned_where_no_column_tells_rows_apart():
    for frame in (table()[["left"]], table()[["left"]].assign(x=1, y=None)):
        score = rk.score_table(frame, "left")

        assert not score.known
        assert score.finding().startswith("Nothing to learn from")
        assert "nulla da imparare" in language("it").gettext(ALIKE)


def test_early_days_on_which_nothing_told_rows_apart_are_learned_from():
    """A column that was filled in only lately: by the days before, all chances are alike."""
    frame = table(400).dropna(subset="left").drop(columns="name")
    late = frame["day"] > frame["day"].quantile(0.8)
    score = rk.score_table(frame.assign(x=frame["x"].where(late)), "left", day="day")

    assert score.evaluation.loc[0, "auc"] == pytest.approx(0.5)
    assert score.rows["low"].isna().all()


@pytest.mark.parametrize("day", ["soon", 20260331, "31/03/2026"])
def test_a_day_that_is_none_is_refused(day):
    frame = table().assign(day=["2026-03-30", day] * 150)

    with pytest.raises(ParameterError, match=r"pd\.to_datetime\(frame\['day'\]"):
        rk.score_table(frame, "left", day="day")


def test_days_may_be_texts_periods_or_of_a_zone():
    frame = table()
    asked = [
        rk.score_table(frame.assign(day=days), "left", day="day", horizon=30).evaluation
        for days in (
            frame["day"], frame["day"].astype(str), frame["day"].dt.to_period("D"),
            frame["day"].dt.tz_localize("Europe/Rome"), frame["day"].dt.date,
        )
    ]  # fmt: skip

    for one in asked[1:]:
        pd.testing.assert_frame_equal(one, asked[0])


def test_columns_of_one_name_and_a_column_for_two_things_are_refused():
    with pytest.raises(ColumnError, match="more of x"):
        rk.score_table(pd.concat([table(), table()[["x"]]], axis=1), "left")
    with pytest.raises(ParameterError, match="named for nothing else"):
        rk.score_table(table(), "left", key="left")


def test_rows_without_a_key_are_each_their_own():
    """Taken for one customer they would all be left out at once, or be too few."""
    frame = table().drop(columns="day")
    none = rk.score_table(frame.assign(name=None), "left", key="name")

    assert none.evaluation.equals(rk.score_table(frame, "left", key="name").evaluation)


def test_lists_are_told_apart_by_their_text_and_days_are_not_learned_from():
    frame = table().assign(
        tags=[[at % 2] for at in range(300)], when=[day.date() for day in table()["day"]]
    )

    assert [*rk.score_table(frame, "left", key="name").moved.columns] == ["x", "tags"]


def test_a_column_that_is_filled_in_only_with_the_outcome_is_said():
    frame = table().assign(
        why=lambda rows: np.where(rows["left"].eq("Yes"), "price", None),
        after=lambda rows: np.where(rows["left"].eq("Yes"), 30.0, np.nan),
        text=lambda rows: [f"{at}" if yes else None
                           for at, yes in enumerate(rows["left"].eq("Yes"))],
    )  # fmt: skip
    score = rk.score_table(frame, "left", key="name", day="day")

    assert any(note.startswith("why, after, text: tells") for note in score.notes)
