"""The waterfall leads from one amount to another; its bars hang where the one before ended."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from revkit import charts
from revkit.analysis.flows.waterfall import TITLES
from revkit.analysis.lifetime import TITLES as WORTH
from revkit.charts import theme
from revkit.errors import DimensionError, ParameterError


@pytest.fixture(autouse=True)
def _agg():
    mpl.use("agg")
    yield
    plt.close("all")


def pipeline(**changed) -> pd.DataFrame:
    """Two quarters: 100 due, 60 in, 90 out."""
    moves = {
        "opening": 100.0, "created": 50.0, "reopened": 0.0, "pulled_in": 10.0, "amount_up": 0.0,
        "amount_down": 5.0, "pushed_out": 15.0, "won": 40.0, "lost": 30.0, "closing": 70.0,
    }  # fmt: skip
    row = moves | changed
    quarters = pd.to_datetime(["2026-01-01", "2026-04-01"])
    frame = pd.DataFrame([row, dict.fromkeys(row, 1.0)]).assign(complete=[True, False])
    frame.insert(0, "period", quarters)
    frame.attrs = {
        "units": dict.fromkeys(row, "money"), "currency": "USD", "titles": TITLES,
        "period": "quarter",
    }  # fmt: skip
    return frame


def spans(ax):
    return [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]


def test_each_bar_begins_where_the_one_before_ended_and_the_last_is_what_is_left():
    ax = charts.waterfall(pipeline())

    assert spans(ax) == [
        (0, 100), (100, 150), (150, 160), (160, 155), (155, 140), (140, 100), (100, 70), (0, 70),
    ]  # fmt: skip
    colours = [to_hex(bar.get_facecolor()) for bar in ax.patches]
    assert colours[0] == colours[-1] == theme.NOTE
    assert {*colours[1:3]} == {theme.BLUE}
    assert {*colours[3:7]} == {theme.ORANGE}
    assert [line.get_xdata()[0] for line in ax.lines[:7]] == [100, 150, 160, 155, 140, 100, 70]


def test_a_move_of_nothing_has_no_bar_and_is_named_below():
    ax = charts.waterfall(worth(ageing=1e-12, discounting=-300.0))

    assert spans(ax) == [(0, 900), (900, 600), (0, 600)]
    (note,) = [text.get_text() for text in ax.texts if text.get_gid() == "notes"]
    assert note == "Not drawn, as nothing came of it: Who stays, stays longer."


def test_sizes_are_written_with_their_sign_and_names_in_words():
    ax = charts.waterfall(pipeline())

    texts = [text.get_text() for text in ax.texts]
    assert texts[:3] == ["$100", "+$50.00", "+$10.00"]
    assert texts[5:8] == ["\u2212$40.00", "\u2212$30.00", "$70.00"]
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0] == "Due at the start"
    assert labels[-1] == "Still open at its end"
    assert ax.get_xlabel() == "Q1 2026"  # the last complete one


def test_without_a_complete_period_the_last_is_drawn_pale():
    ax = charts.waterfall(pipeline().assign(complete=False))

    assert ax.get_xlabel() == "Q2 2026"
    assert {bar.get_alpha() for bar in ax.patches} == {0.4}


def test_revenue_has_its_own_moves_and_a_scale_that_says_where_it_begins():
    frame = pd.DataFrame(
        {"period": pd.to_datetime(["2026-01-01"]), "opening": 1000.0, "new": 50.0,
         "expansion": 20.0, "reactivation": 0.0, "contraction": 10.0, "churn": 30.0, "net": 20.0,
         "fx": -10.0, "closing": 1020.0, "complete": True}
    )  # fmt: skip
    frame.attrs = {"units": {"closing": "money"}, "currency": "EUR", "period": "month"}

    ax = charts.waterfall(frame, language="it")

    assert spans(ax)[-2:] == [(1030, 1020), (0, 1020)]
    assert 0 < ax.get_xlim()[0] < 1000
    (note,) = [text.get_text() for text in ax.texts if text.get_gid() == "notes"]
    assert note.startswith("La scala comincia")
    assert "Non disegnato" in note
    assert [label.get_text() for label in ax.get_yticklabels()][:2] == ["Apertura", "Nuovo"]


def worth(**changed) -> pd.DataFrame:
    row = {
        "accounts": 300, "simple": 900.0, "discounting": -400.0, "ageing": 100.0, "value": 600.0,
        "low": 450.0, "high": 800.0, "capped": 300.0, "small": False,
    }  # fmt: skip
    frame = pd.DataFrame([row | changed])
    frame.attrs = {"units": {"value": "money"}, "currency": "USD", "titles": WORTH}
    return frame


def test_a_lifetime_value_is_led_to_from_the_simple_formula_and_has_its_interval():
    ax = charts.waterfall(worth())

    assert spans(ax) == [(0, 900), (900, 500), (500, 600), (0, 600)]
    assert ax.texts[-1].get_text() == "$600 ($450 to $800)"
    segments = ax.collections[0].get_segments()
    assert [list(point) for point in segments[0]] == [[450, 3], [800, 3]]


def test_a_value_of_few_rows_is_grey():
    ax = charts.waterfall(worth(small=True, low=np.nan, high=np.nan))

    assert to_hex(ax.patches[-1].get_facecolor()) == theme.GREY
    assert not ax.collections
    assert ax.texts[-1].get_text() == "$600"


@pytest.mark.parametrize("frame", [pipeline().iloc[:0], worth(simple=np.nan, value=np.nan)])
def test_what_has_no_amounts_says_so(frame):
    ax = charts.waterfall(frame)

    assert not ax.patches
    assert [text.get_text() for text in ax.texts] == ["No value to draw."]


def test_several_groups_are_refused_one_of_them_is_drawn():
    one = pipeline().iloc[:1]
    both = pd.concat([one.assign(rep="a"), one.assign(rep="b")])
    both.attrs = one.attrs

    with pytest.raises(DimensionError, match="one row per period"):
        charts.waterfall(both)
    assert charts.waterfall(both[both["rep"] == "a"]).patches


def test_another_table_is_refused():
    with pytest.raises(ParameterError, match=r"rk\.bridge"):
        charts.waterfall(pd.DataFrame({"value": [1.0]}))
