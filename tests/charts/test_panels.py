"""Small multiples: a panel a group, on one scale, the largest groups where there are many."""

from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest

import revkit as rk
from revkit.errors import ParameterError


@pytest.fixture(autouse=True)
def _agg():
    mpl.use("agg")
    yield
    plt.close("all")


def rates(**groups):
    """Rates of groups over four quarters, the last of which is not over; n as given."""
    days = pd.date_range("2025-01-01", periods=4, freq="QS")
    frame = pd.concat([
        pd.DataFrame({
            "segment": name, "period": days, "value": values, "low": 0.1, "high": 0.5, "n": n,
            "small": False, "complete": [True, True, True, False],
        })
        for name, (n, *values) in groups.items()
    ], ignore_index=True)  # fmt: skip
    frame.attrs = {"metric": "win_rate", "period": "quarter"}
    return frame


def test_a_panel_shows_its_group_over_the_others_on_one_scale():
    ax = rk.charts.small_multiples(rates(SMB=(9, 0.2, 0.3, 0.4, 0.5), Large=(5, 0.1, 0.1, 0.2, 0)))

    smb, large = ax.child_axes
    assert [panel.get_title(loc="left") or panel.get_title() for panel in (smb, large)] == [
        "SMB", "Large",
    ]  # fmt: skip
    assert smb.get_ylim() == large.get_ylim()
    behind, own, unfinished = (list(line.get_ydata()) for line in smb.lines)
    assert (behind, own, unfinished) == ([0.1, 0.1, 0.2], [0.2, 0.3, 0.4], [0.5])


def test_of_many_groups_those_with_the_most_rows_are_drawn_and_it_says_so():
    many = {f"G{n}": (n, 0.1, 0.2, 0.3, 0.4) for n in range(1, 9)}

    ax = rk.charts.small_multiples(rates(**many), most=3)

    assert len(ax.child_axes) == 3
    (note,) = [text.get_text() for text in ax.texts if text.get_gid() == "notes"]
    assert note == "3 of 8 shown."


def test_a_result_without_groups_is_refused():
    with pytest.raises(ParameterError, match=r"small_multiples"):
        rk.charts.small_multiples(rates(A=(1, 0.1, 0.2, 0.3, 0.4)).drop(columns="segment"))


def test_small_groups_are_drawn_below_the_others():
    rows = rates(
        A=(90, 0.1, 0.2, 0.3, 0.4), B=(3, 0.45, 0.45, 0.45, 0.45), C=(80, 0.2, 0.2, 0.2, 0.2)
    )
    rows["small"] = rows["segment"] == "B"

    ax = rk.charts.by_group(rows)

    names = [label.get_text()[0] for label in ax.get_yticklabels()]  # from the bottom up
    assert names == ["B", "C", "A"]


def test_of_many_groups_a_few_rows_that_are_all_won_do_not_crowd_out_the_others():
    lucky = {f"L{n}": (2, 1.0, 1.0, 1.0, 1.0) for n in range(6)}
    rows = rates(**lucky, A=(90, 0.1, 0.2, 0.3, 0.4), B=(80, 0.2, 0.2, 0.2, 0.2))
    rows["small"], rows["high"] = rows["n"] < 10, 1.0

    ax = rk.charts.by_group(rows, most=3)

    names = {label.get_text()[0] for label in ax.get_yticklabels()}
    assert {"A", "B"} < names


@pytest.mark.parametrize("alone", [True, False])
def test_many_names_beside_a_chart_do_not_touch(alone):
    many = {f"G{n:02d}": (90 + n, 0.1, 0.2, 0.3, 0.4) for n in range(40)}
    ax = None if alone else plt.subplots(1, 2, figsize=(8, 3))[1][0]

    ax = rk.charts.by_group(rates(**many), most=40, ax=ax)

    ax.figure.canvas.draw()
    boxes = sorted(label.get_window_extent().intervaly.tolist() for label in ax.get_yticklabels())
    assert len(boxes) == 40
    assert all(below[1] <= above[0] for below, above in pairwise(boxes))


def test_long_waits_are_read_in_hours():
    rows = rates(A=(9, 100.0, 300.0, 600.0, 200.0)).drop(columns="segment")
    rows[["low", "high"]] = [60.0, 700.0]
    rows.attrs["metric"] = "speed_to_lead"

    ax = rk.charts.over_time(rows)
    ax.figure.canvas.draw()

    ticks = [label.get_text() for label in ax.get_yticklabels()]
    assert "6\u00a0hours" in ticks
    assert "10\u00a0hours" in str(rk.table(rows))
