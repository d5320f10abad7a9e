"""Curves of survival: steps, bands, medians, and how many are known so long."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from revkit import charts
from revkit.analysis.survival import Survival
from revkit.charts import theme
from revkit.errors import ParameterError


@pytest.fixture(autouse=True)
def _agg():
    mpl.use("agg")
    yield
    plt.close("all")


def spells(times, causes, **columns) -> pd.DataFrame:
    return pd.DataFrame({**columns, "time": times, "cause": causes, "entered": 0.0})


def customers(**groups) -> Survival:
    """Groups of twenty: so many have left, one at each of the first months."""
    rows = [
        spells(
            [*range(1, left + 1), *[20] * (20 - left)], [1] * left + [0] * (20 - left), segment=name
        )
        for name, left in groups.items()
    ]
    return Survival(pd.concat(rows, ignore_index=True), ("segment",), "churn", 12.0, 0.95)


def whole(times, causes, event="churn") -> Survival:
    return Survival(spells(times, causes), (), event, 12.0, 0.95)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_a_line_begins_at_one_and_steps_down_with_each_that_leaves():
    ax = charts.survival(whole([2.0] * 10 + [10.0] * 10, [1] * 10 + [0] * 10))

    line = ax.lines[0]
    assert line.get_drawstyle() == "steps-post"
    assert list(line.get_xdata()) == [0, 2, 10]
    assert list(line.get_ydata()) == [1, 0.5, 0.5]
    assert ax.get_xlabel() == "Months since the first payment"
    assert ax.get_ylabel() == "Share that still pays"
    assert len(ax.collections) == 1  # the band


def test_the_median_is_marked_and_none_where_half_have_not_left():
    half = charts.survival(whole([2.0] * 10 + [10.0] * 10, [1] * 10 + [0] * 10))
    few = charts.survival(whole([2.0] * 9 + [10.0] * 11, [1] * 9 + [0] * 11))

    marks = [line for line in half.lines if line.get_marker() == "o"]
    assert [list(mark.get_xydata()[0]) for mark in marks] == [[2, 0.5]]
    assert [line for line in few.lines if line.get_marker() == "o"] == []


def test_below_the_axis_stands_how_many_are_at_risk():
    ax = charts.survival(whole([2.0] * 10 + [13.0] * 10, [1] * 10 + [0] * 10))

    assert texts(ax) == ["At risk", "20", "10"]
    assert [text.xy[0] for text in ax.texts[1:]] == [0, 12]


def test_groups_have_names_colours_and_numbers_of_their_own():
    ax = charts.survival(customers(Small=15, Large=12))

    left = {"Large": ["20", "9"], "Small": ["20", "9"]}
    below = [text for name in left for text in (name, *left[name])]
    assert texts(ax)[:-1] == ["Large", "Small", "At risk", *below]
    assert texts(ax)[-1] == "Pale: fewer than 10 are known so long."
    names = {text.get_text(): text.get_color() for text in ax.texts}
    assert names["Large"] == theme.SERIES[0]
    assert names["Small"] == theme.SERIES[1]


def test_few_events_are_dashed_and_few_left_are_pale():
    ax = charts.survival(customers(Few=3, Many=15))

    colours = {
        to_hex(line.get_color()): line.get_linestyle()
        for line in ax.lines
        if len(line.get_xdata()) > 3
    }
    assert colours == {theme.SERIES[0]: "--", theme.SERIES[1]: "-"}
    (pale,) = [line for line in ax.lines if line.get_alpha() == 0.35 and len(line.get_xdata()) > 1]
    assert to_hex(pale.get_color()) == theme.SERIES[1]
    assert pale.get_xdata()[0] == 11  # the tenth month is the last with eleven


def test_of_many_groups_the_largest_six_are_drawn_without_bands():
    groups = {f"group {number}": 12 for number in range(8)}
    many = customers(**groups)
    more = pd.concat([many.spells, many.spells[many.spells["segment"] == "group 7"]])

    ax = charts.survival(Survival(more, ("segment",), "churn", 12.0, 0.95))

    assert "group 7" in texts(ax)
    assert "group 6" not in texts(ax)
    assert not ax.collections
    assert "6 of 8 shown." in texts(ax)[-1]


def test_names_too_long_for_the_end_of_a_line_stand_below_alone():
    name = "Public administration and local government"

    ax = charts.survival(customers(**{name: 12, "SMB": 12}))

    written = [text.replace("\n", " ") for text in texts(ax)]
    assert written.count(name) == 1
    assert written.count("SMB") == 1


def test_of_deals_the_shares_won_lost_and_open_are_drawn():
    deals = whole([10.0] * 4 + [20.0] * 16 + [30.0] * 20, [1] * 4 + [2] * 16 + [0] * 20, "close")

    ax = charts.survival(deals, language="it")

    ends = {to_hex(line.get_color()): line.get_ydata()[-1] for line in ax.lines}
    assert ends == pytest.approx({theme.GREEN: 0.1, theme.ORANGE: 0.4, theme.NOTE: 0.5})
    assert {"vinte", "perse", "ancora aperte"} <= {*texts(ax)}
    assert ax.get_ylabel() == "Quota delle trattative"


def test_of_deals_by_group_the_share_won_is_drawn():
    rows = spells([10.0] * 12 + [20.0] * 12, [1] * 12 + [2] * 12, segment="SMB")

    ax = charts.survival(Survival(rows, ("segment",), "close", 180.0, 0.95))

    assert ax.get_ylabel() == "Share won"
    assert ax.lines[0].get_ydata()[0] == 0
    assert ax.lines[0].get_ydata()[-1] == 0.5


def test_of_contracts_those_that_end_near_a_year_are_counted():
    rows = spells([11.9] * 12 + [24.1] * 11, [1] * 3 + [0] * 9 + [1] * 2 + [0] * 9)
    rows["entered"] = rows["time"] - 0.1

    ax = charts.survival(Survival(rows, (), "renewal", 24.0, 0.95))

    assert texts(ax)[:4] == ["Decided", "0", "12", "11"]


def test_without_customers_there_is_nothing_to_draw():
    for by in ((), ("segment",)):
        nobody = Survival(spells([], [], segment=[]), by, "churn", 12.0, 0.95)
        ax = charts.survival(nobody)

        assert not ax.lines
        assert texts(ax) == ["No value to draw."]


def test_one_customer_is_drawn():
    ax = charts.survival(whole([0.0], [0]))

    assert np.isfinite(ax.get_xlim()).all()


def test_another_thing_is_refused():
    with pytest.raises(ParameterError, match=r"rk\.survival"):
        charts.survival(pd.DataFrame())
