"""The heat map of cohorts: a triangle of cells, sizes, the mean of all and paybacks."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from revkit import charts
from revkit.charts import theme
from revkit.errors import DimensionError, ParameterError

NAN = np.nan


@pytest.fixture(autouse=True)
def _agg():
    mpl.use("agg")
    yield
    plt.close("all")


def triangle(unit="accounts", *, cumulative=False) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "cohort": ["2026-01", "2026-02", "2026-03", "all"],
            "size": [20.0, 5.0, 10.0, 35.0],
            0: [1.0, 1.0, 1.0, 1.0],
            1: [0.9, 0.8, NAN, 0.88],
            2: [0.7, NAN, NAN, 0.7],
        }
    )
    frame.attrs = {"unit": unit, "cumulative": cumulative, "currency": "USD"}
    return frame


def cells(ax):
    """The place and size of each cell."""
    return {
        (round(one.get_x() + 0.5), round(one.get_y() + 0.5, 2))
        for one in ax.patches
        if isinstance(one, Rectangle) and one.get_fill()
    }


def numbers(ax):
    return [text.get_text() for text in ax.texts if text.get_gid() != "notes"]


def notes(ax):
    return [line for t in ax.texts if t.get_gid() == "notes" for line in t.get_text().split("\n")]


def test_months_that_are_not_over_are_empty():
    ax = charts.cohorts(triangle())

    mean = {(age, 3.35) for age in range(3)}
    assert cells(ax) == {(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (0, 2)} | mean
    assert numbers(ax) == ["100", "90", "70", "100", "80", "100", "100", "88", "70"]


def test_names_have_the_size_and_are_grey_where_it_is_small():
    ax = charts.cohorts(triangle(), language="it")

    labels = ax.get_yticklabels()
    assert [label.get_text() for label in labels] == [
        "gen 2026  (n = 20)", "feb 2026  (n = 5)", "mar 2026  (n = 10)", "media di tutte  (n = 35)",
    ]  # fmt: skip
    assert [label.get_color() == theme.GREY for label in labels] == [False, True, False, False]
    assert labels[-1].get_fontweight() == "bold"
    assert notes(ax) == ["In grigio: meno di 10 clienti."]
    assert ax.get_xlabel() == "Quota di clienti che pagano, per mesi dal primo pagamento"


def test_more_is_darker():
    ax = charts.cohorts(triangle())

    def red(one):  # blue has the least of it
        return one.get_facecolor()[0]

    first = [one for one in ax.patches if one.get_y() == -0.5]
    assert red(first[0]) < red(first[1]) < red(first[2])


def test_of_many_cohorts_the_latest_are_drawn_with_their_ages():
    ax = charts.cohorts(triangle(), most=2)

    assert cells(ax) == {(0, 0), (1, 0), (0, 1), (0, 2.35), (1, 2.35)}
    assert notes(ax)[0] == "2 of 3 shown."


def test_money_is_written_and_sizes_of_revenue_are_money():
    profit = triangle("gross_profit", cumulative=True)
    profit[[0, 1, 2]] *= 1234
    ax = charts.cohorts(profit)
    revenue = charts.cohorts(triangle("mrr"))

    assert numbers(ax)[:2] == ["1,234", "1,111"]
    assert ax.get_xlabel().startswith("Gross profit for each customer won, to date")
    assert revenue.get_yticklabels()[0].get_text() == "Jan 2026  ($20.00)"
    assert notes(revenue) == []


def test_where_numbers_do_not_fit_the_colours_have_a_key():
    wide = triangle()
    for age in range(3, 60):
        wide[age] = [0.5, NAN, NAN, 0.5]

    ax = charts.cohorts(wide)

    assert numbers(ax) == []
    assert len(ax.figure.axes) == 2


def test_the_age_of_payback_is_framed_if_it_is_shown():
    rows = triangle("gross_profit", cumulative=True).assign(cac=1.0, payback=[1.0, NAN, 9.0, 2.0])
    rows.attrs = triangle("gross_profit", cumulative=True).attrs

    ax = charts.cohorts(rows)

    frames = [one for one in ax.patches if not one.get_fill()]
    assert [(one.get_x(), one.get_y()) for one in frames] == [(0.5, -0.5), (1.5, 2.85)]
    assert {to_hex(one.get_edgecolor()) for one in frames} == {theme.ORANGE}
    assert notes(ax)[-1] == "Framed: the month in which the acquisition cost was covered."


def test_without_a_cohort_there_is_nothing_to_draw():
    ax = charts.cohorts(triangle().iloc[:0])

    assert numbers(ax) == ["No value to draw."]
    assert not ax.patches


def test_equal_cells_are_drawn():
    ax = charts.cohorts(triangle()[["cohort", "size", 0]])

    assert len(cells(ax)) == 4


def test_cohorts_of_several_groups_are_refused():
    both = pd.concat([triangle(), triangle()])
    both.insert(0, "segment", "SMB")
    both.attrs = triangle().attrs

    with pytest.raises(DimensionError, match="by segment"):
        charts.cohorts(both)
    with pytest.raises(ParameterError, match=r"rk\.cohorts"):
        charts.cohorts(pd.DataFrame({"value": [1.0]}))
