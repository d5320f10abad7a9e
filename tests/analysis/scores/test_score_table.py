"""rk.score_table: a public data set, and tables nobody should learn from."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.errors import ColumnError, ParameterError

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
