"""Notes on the data stand below every chart that is drawn from them."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from tests.charts import test_literal as literal


@pytest.fixture(autouse=True)
def _agg():
    mpl.use("agg")
    yield
    plt.close("all")


def noted(frame, count):
    frame.attrs["notes"] = tuple(f"deals: note {number} of $5, $6." for number in range(count))
    return frame


def below(ax):
    return [text.get_text() for text in ax.texts if text.get_gid() == "notes"]


def outlook(count):
    made = literal.outlook()
    noted(made.history, count)
    return made


DRAWN = {
    "over_time": lambda n: literal.charts.over_time(noted(literal.rates("segment"), n)),
    "by_group": lambda n: literal.charts.by_group(noted(literal.rates("segment"), n)),
    "retention": lambda n: literal.charts.retention(noted(literal.whole(), n)),
    "bridge": lambda n: literal.charts.bridge(noted(literal.movements(), n)),
    "forecast": lambda n: literal.charts.forecast(outlook(n)),
    "funnel": lambda n: literal.charts.funnel(noted(literal.stages(), n)),
}


def test_every_chart_is_here():
    assert DRAWN.keys() == literal.DRAWN.keys()


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_says_what_its_data_leave_in_doubt(name):
    (text,) = below(DRAWN[name](2))

    assert text.split("\n") == ["deals: note 0 of $5, $6.", "deals: note 1 of $5, $6."]


@pytest.mark.parametrize("name", DRAWN)
def test_without_notes_nothing_is_written(name):
    assert below(DRAWN[name](0)) == []


@pytest.mark.parametrize("name", ["over_time", "by_group", "funnel"])
def test_a_chart_without_a_value_says_so_and_why(name):
    draw = getattr(literal.charts, name)
    frame = literal.stages() if name == "funnel" else literal.rates("segment")
    frame = noted(frame.assign(value=float("nan"), low=float("nan"), high=float("nan")), 1)

    ax = draw(frame)
    ax.figure.canvas.draw()

    assert ("No value to draw." in [text.get_text() for text in ax.texts]) == (name != "funnel")
    assert len(below(ax)) == 1


def test_of_many_notes_the_number_is_said():
    ax = DRAWN["over_time"](5)
    (text,) = below(ax)

    assert text.endswith("note 2 of $5, $6.\n2 more notes on the data.")
    ax.figure.canvas.draw()
