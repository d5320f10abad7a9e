"""Every chart: names drawn as they are, where dollars make no formula, and notes on the data."""

import inspect
from dataclasses import replace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.cbook import is_math_text
from matplotlib.text import Text

import revkit as rk
from revkit import charts
from revkit.analysis.coaching.result import Coaching
from revkit.analysis.coaching.team.ramp import Ramp
from revkit.analysis.forecasts.forecast import Forecast
from revkit.analysis.prices.answers import Answers
from revkit.analysis.prices.demand import Demand
from revkit.analysis.prices.points import PricePoints
from revkit.analysis.prices.reaction import Reaction
from revkit.analysis.prices.verdicts import PriceTest
from revkit.analysis.survival import Survival
from revkit.analysis.writing.formatting import Quantity
from revkit.statistics.prices.differences import Months

NAMES = ["$10M+ ($$$)", "$1M_a^b$ – $2M", "_none", r"\frac{$x$}"]
MONTHS = pd.date_range("2026-01-01", periods=3, freq="MS")


@pytest.fixture(autouse=True)
def _agg():
    mpl.use("agg")
    yield
    plt.close("all")


def rates(by):
    rows = [
        {by: name, "period": month, "value": 0.5, "low": 0.4, "high": 0.6, "n": 9,
         "small": False, "complete": True}
        for name in NAMES
        for month in MONTHS
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame.attrs = {"metric": "win_rate", "period": "month", "title": "Won $ of $$"}
    return frame


def whole():
    return rates("segment").drop(columns="segment").iloc[:3].assign(value=[0.2, 0.3, 0.4])


def movements():
    kinds = ("new", "expansion", "reactivation", "contraction", "churn")
    frame = pd.DataFrame({"period": MONTHS, **dict.fromkeys(kinds, 1.0)}).assign(
        net=1.0, opening=1.0, closing=2.0, complete=True
    )
    frame.attrs = {"metric": "mrr", "unit": "money", "currency": "USD", "period": "month"}
    return frame


def outlook():
    months = pd.DataFrame({"period": MONTHS, "value": 1.0, "low": 0.5, "high": 1.5})
    what = Quantity("mrr", "MRR $ and $", "money", currency="USD")
    past = months.drop(columns=["low", "high"])
    fields = dict.fromkeys(inspect.signature(Forecast).parameters)
    return Forecast(**{**fields, "quantity": what, "history": past, "ahead": months, "level": 0.8})


def stages():
    return pd.DataFrame({"stage": NAMES, "reached": [4, 3, 2, 1], "value": [float("nan"), 1, 1, 1]})


def cohort_stages():
    rows = [
        {"period": month, "stage": name, "reached": 90, "within": 0.5, "within_low": 0.4,
         "within_high": 0.6, "followed": 1.0}
        for month in MONTHS
        for name in NAMES
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame.attrs = {"period": "month", "within": 30, "notes": ()}
    return frame


def moves():
    frame = movements()
    frame.attrs["units"] = {"closing": "money"}
    return frame


def triangle():
    frame = pd.DataFrame({"cohort": ["2026-01", "all"], "size": 20.0, 0: 1.0, 1: 0.5})
    frame.attrs = {"unit": "mrr", "cumulative": False, "currency": "USD"}
    return frame


def stays():
    rows = [
        {"segment": name, "time": float(month), "cause": 1, "entered": 0.0}
        for name in NAMES
        for month in range(1, 13)
    ]
    return Survival(pd.DataFrame(rows), ("segment",), "churn", 3.0, 0.95)


def chances():
    return pd.DataFrame({"expected": [0.5], "value": 0.4, "low": 0.3, "high": 0.6, "deals": 9})


def findings():
    what = {"table": NAMES, "what": NAMES, "bad": 1, "rows": 9, "share": 1 / 9, "severity": "minor"}
    return pd.DataFrame(what)


def answers():
    """Two hundred people whose four prices rise."""
    prices = [[at + step for at in range(200)] for step in (0, 30, 60, 90)]
    four = ("too_cheap", "cheap", "expensive", "too_expensive")
    return PricePoints(Answers(pd.DataFrame(dict(zip(four, prices, strict=True)))))


def offers():
    rows = {"price": [1.0, 1.0, 2.0, 2.0], "would_buy": [True, True, True, False]}
    return Demand(Answers(pd.DataFrame(rows)))


def visited():
    rows = {"variant": NAMES[:2], "price": [1.0, 2.0], "visitors": 900, "buyers": [90, 60],
            "revenue": [90.0, 120.0], "squares": [90.0, 240.0]}  # fmt: skip
    shares = dict.fromkeys(NAMES[:2], 0.5)
    return PriceTest("page", pd.DataFrame(rows), NAMES[0], shares, 900, 0.95, "USD")


def reacted():
    days = tuple(pd.date_range("2026-01-01", periods=8, freq="MS").date)
    one = np.ones(8)
    counted = Months(5 + np.arange(8.0), one, 9 + np.arange(8.0), one)
    return Reaction("customers", 0.95, NAMES[0], ("other",), 4, days, counted, 0.2, one)


def coached():
    rows = {"rep": NAMES, "team": "$ and $", "n": [40, 40, 40, 5], "value": [0.9, 0.2, 0.2, 0.2],
            "usual": 0.3, "selling": 0.3, "rep_id": NAMES, "weeks": 9}  # fmt: skip
    fields = dict.fromkeys(inspect.signature(Coaching).parameters)
    measures = pd.DataFrame(columns=["rep_id", "measure", "named", "chance"])
    known = {"reps": pd.DataFrame(rows), "measures": measures, "keepers": frozenset()}
    return Coaching(**fields | known)


def ramped():
    return Ramp(pd.DataFrame({"event": "first win", "months": [1.0, 2.0], "reached": [1, 0]}))


def planned():
    return rk.plan(rk.example("retention"), 200_000, draws=50)


DRAWN = {
    "plan": planned,
    "win_rates": coached,
    "ramp": ramped,
    "selling_time": coached,
    "data_quality": findings,
    "over_time": lambda: rates("segment"),
    "by_group": lambda: rates("segment"),
    "small_multiples": lambda: rates("segment"),
    "retention": whole,
    "bridge": movements,
    "forecast": outlook,
    "calibration": chances,
    "funnel": stages,
    "conversion": cohort_stages,
    "waterfall": moves,
    "cohorts": triangle,
    "survival": stays,
    "price_points": answers,
    "demand": offers,
    "price_test": visited,
    "elasticity": reacted,
}
"""By chart, a result to draw: of groups or stages with the names above, if it draws such."""


HELD = {
    "forecast": "history", "price_points": "points", "demand": "prices",
    "price_test": "differences", "elasticity": "months", "plan": "outlook", "win_rates": "reps",
    "ramp": "spells", "selling_time": "reps",
}  # fmt: skip
"""By chart, the table of its result that holds the notes, where it is not the result itself."""


OWN = ("win_rates", "ramp", "selling_time")
"""Charts that say below what their lines are."""


def draw(name, notes=0):
    """Draw a chart of a result with so many notes."""
    result = DRAWN[name]()
    said = tuple(f"deals: note {number} of $5, $6." for number in range(notes))
    if name == "survival":
        result = replace(result, notes=said)
    else:
        table = getattr(result, HELD[name]) if name in HELD else result
        table.attrs["notes"] = said
    return getattr(charts, name)(result)


def below(ax):
    return [text.get_text() for text in ax.texts if text.get_gid() == "notes"]


def test_every_chart_is_here():
    """Add yours to DRAWN."""
    assert {*DRAWN, "headline", "events", "use_theme"} == set(
        charts.__all__
    )  # what is drawn on one


@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_takes_axes_and_a_language_by_name(name):
    taken = inspect.signature(getattr(charts, name)).parameters

    for one in ("ax", "language"):
        assert one in taken, f"give it `*, {one}: … | None = None`"
        assert taken[one].kind is inspect.Parameter.KEYWORD_ONLY
        assert taken[one].default is None


@pytest.mark.parametrize("name", DRAWN)
def test_no_text_of_a_chart_is_a_formula(name):
    ax = draw(name)
    charts.headline(ax, "From $10M+ ($$$) to $x_1$")

    ax.figure.canvas.draw()

    texts = [text for text in ax.findobj(Text) if text.get_text()]
    assert texts
    parsed = [text.get_text() for text in texts if text.get_parse_math()]  # ticks of numbers, days
    assert [text for text in parsed if is_math_text(text)] == []


@pytest.mark.parametrize("name", ["over_time", "by_group", "funnel", "conversion", "survival"])
def test_every_name_is_drawn_in_full(name):
    ax = draw(name)
    ax.figure.canvas.draw()

    drawn = " ".join(text.get_text() for text in ax.findobj(Text))
    assert all(label in drawn for label in NAMES)


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_says_what_its_data_leave_in_doubt(name):
    (text,) = below(draw(name, notes=2))

    lines = [line for line in text.split("\n") if line.startswith("deals")]
    assert lines == ["deals: note 0 of $5, $6.", "deals: note 1 of $5, $6."]
    assert len(text.split("\n")) == len(lines) + (name in OWN)


@pytest.mark.parametrize("name", DRAWN)
def test_without_notes_nothing_is_written(name):
    assert len(below(draw(name))) == (name in OWN)


def test_a_chart_says_as_of_when_and_from_which_tables():
    result = rates("segment")
    result.attrs["as_of"] = "2026-03-31"

    ax = charts.over_time(result)

    said = {text.get_gid(): text.get_text() for text in ax.texts}
    assert said["source"] == "As of 31 March 2026 · opportunities"


def test_of_many_notes_the_number_is_said():
    ax = draw("over_time", notes=5)
    (text,) = below(ax)

    assert text.endswith("note 2 of $5, $6.\n2 more notes on the data.")
    ax.figure.canvas.draw()


@pytest.mark.parametrize("name", ["over_time", "by_group"])
def test_a_chart_without_a_value_says_so(name):
    nothing = float("nan")

    ax = getattr(charts, name)(rates("segment").assign(value=nothing, low=nothing, high=nothing))
    ax.figure.canvas.draw()

    assert "No value to draw." in [text.get_text() for text in ax.texts]
