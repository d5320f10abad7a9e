"""The chart of a plan draws its outlook: expected, its range, and the way to the target."""

import pytest

import revkit as rk
from revkit import charts


def test_a_plan_is_drawn_as_it_is_expected_and_as_it_must_come():
    plan = rk.plan(rk.example("retention"), 200_000, draws=200)

    ax = charts.plan(plan)

    expected, target = (line.get_ydata() for line in ax.lines[:2])
    assert expected == pytest.approx(plan.outlook["value"])
    assert target == pytest.approx(plan.outlook["target"])
    assert {"target", "expected", "80\u00a0% band"} <= {text.get_text() for text in ax.texts}
