"""Charts of reps: points within their limits, a curve with those not there yet, bars by name."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit import charts
from revkit.analysis.coaching.team.ramp import Ramp
from revkit.errors import ParameterError


@pytest.fixture(autouse=True)
def _agg():
    mpl.use("agg")
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def team():
    return rk.coach(rk.example("team"))


@pytest.fixture(scope="module")
def wins():
    won = np.repeat([4.0, 20.0, 20.0, 2.0], [40, 40, 40, 5])
    place = np.r_[np.tile(np.arange(40), 3), np.arange(5)]
    who = np.repeat(list("abcd"), [40, 40, 40, 5])
    deals = pd.DataFrame({"rep_id": who, "is_won": place < won})
    deals = deals.assign(created_on="2026-01-05", closed_on="2026-02-14")
    deals["opportunity_id"] = [f"O{at:03d}" for at in range(len(deals))]
    return rk.coach(rk.Dataset(opportunities=deals, as_of="2026-03-31"))


def test_a_rep_outside_the_limits_carries_a_name_and_few_deals_are_hollow(wins):
    ax = charts.win_rates(wins)
    texts = {text.get_text() for text in ax.texts}
    told, few = ax.collections[:2]

    assert "a" in texts
    assert "d" not in texts
    assert len(told.get_offsets()) == 3
    assert few.get_offsets()[0][0] == 5


def test_who_is_told_about_is_found_in_the_chart():
    """Ada wins 1 of 28 where like deals come to half; the others' deals are won less often."""
    won, n = [1, 27, 8, 8], [28, 28, 100, 100]
    deals = pd.DataFrame({"rep_id": np.repeat(["ada", "bea", "c", "d"], n)})
    deals["is_won"] = np.concatenate([np.arange(of) < at for at, of in zip(won, n, strict=True)])
    deals["opportunity_id"] = [f"O{at:03d}" for at in range(len(deals))]
    deals = deals.assign(created_on="2026-01-05", closed_on="2026-02-14")
    deals["account_id"] = np.where(
        deals["rep_id"].isin(["ada", "bea"]), "L", "S"
    ) + deals.index.astype(str)
    accounts = pd.DataFrame({"account_id": deals["account_id"]})
    accounts["segment"] = accounts["account_id"].str[0]
    team = rk.coach(rk.Dataset(opportunities=deals, accounts=accounts, as_of="2026-03-31"))
    assert "ada" in set(team.named["rep_id"])

    ax = charts.win_rates(team)

    named = {text.get_text(): text.xy for text in ax.texts}
    low, high = ax.get_ylim()
    assert low <= named["ada"][1] <= high
    assert all(low <= y <= high for _, y in ax.collections[0].get_offsets())


def test_the_ramp_ends_below_one_while_somebody_is_not_there():
    spells = pd.DataFrame({"event": "first win", "rep_id": list("abcd"), "cohort": "2025",
                           "months": [1.0, 2.0, 3.0, 4.0], "reached": [1, 1, 0, 1]})  # fmt: skip
    spells.loc[3, "reached"] = 0
    ax = charts.ramp(Ramp(spells))
    curve, waiting = ax.lines[0], ax.lines[1]

    assert curve.get_ydata().tolist() == pytest.approx([0, 0.25, 0.5, 0.5, 0.5])
    assert waiting.get_xdata().tolist() == [3, 4]


def test_selling_time_is_by_name_beside_the_reference(team):
    ax = charts.selling_time(team)

    assert [label.get_text() for label in ax.get_yticklabels()] == ["Carla", "Bruno", "Ada"]
    assert ax.lines[0].get_xdata()[0] == pytest.approx(0.41)


def test_a_ramp_of_nobody_says_so():
    nothing = Ramp(pd.DataFrame(columns=["event", "rep_id", "cohort", "months", "reached"]))
    said = charts.ramp(nothing, "full quota").texts

    assert [text.get_text() for text in said][:1] == ["No value to draw."]


@pytest.mark.parametrize("draw", ["win_rates", "selling_time", "ramp"])
def test_another_table_is_refused(draw):
    with pytest.raises(ParameterError, match=rf"rk\.charts\.{draw}"):
        getattr(charts, draw)(pd.DataFrame())
