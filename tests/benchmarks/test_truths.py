"""What scores and coaching are held against: slopes of many companies, and who truly wins less."""

from types import SimpleNamespace

import pandas as pd
import pytest

from benchmarks.coach.truth import others
from benchmarks.scores.ranking import pooled


def test_slopes_are_pooled_by_how_well_each_is_known():
    found = pd.DataFrame({
        "target": ["win", "win", "churn"], "slope": [1.0, 1.3, 0.9],
        "slope_error": [0.1, 0.2, float("nan")], "events": [80, 20, 5],
    })  # fmt: skip
    row = pooled(found, ["target"])

    assert row.index.tolist() == ["win"]
    assert row.loc["win", "slope"] == pytest.approx((100 * 1.0 + 25 * 1.3) / 125)
    assert row.loc["win", "error"] == pytest.approx(0.15)  # they lie further apart than .089
    assert row.loc["win", ["companies", "events"]].tolist() == [2, 50]


def test_who_truly_wins_less_is_weaker_and_no_habit_is():
    """Of a, b and c with one deal, one and two, the usual skill is -.05: only c lies below it."""
    measures = pd.DataFrame({"measure": "win", "rep_id": [*"abc"], "n": [1, 1, 2]})
    rows = [("a", "win"), ("b", "stage: Demo"), ("c", "stage: Demo"), ("c", "pushes")]
    named = pd.DataFrame(rows, columns=["rep_id", "measure"])
    skill = pd.Series({"a": 0.1, "b": 0.0, "c": -0.15})

    found = others(SimpleNamespace(measures=measures, named=named), "a", skill)

    assert found["rep_id"].tolist() == ["b", "c", "c"]
    assert found["less"].tolist() == pytest.approx([-0.05, 0.1, 0.0])
