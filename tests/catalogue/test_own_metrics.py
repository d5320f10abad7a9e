"""A user's own metric, whatever it is called, goes through every door that the kit's go through."""

from __future__ import annotations

import ast
from types import ModuleType

import pandas as pd
import pytest

import revkit as rk
from revkit.algebra.registry import METRICS
from revkit.analysis.writing.formatting import quantity
from revkit.catalogue.reference import entry
from revkit.catalogue.stubs import metric_stubs
from revkit.report.overview.headlines import tiles

NAMES = [
    "marketing",
    "funnel",
    "sales",
    "tables",
    "accounts",
    "period",
    "value",
    "metric",
    "load",
    "n",
]
CELL = '''
from ibis import _
import revkit as rk

@rk.metric(title="Ours", owner="SalesOps", unit="{unit}", better="higher"{more})
def {name}({table}, *, days: int = 30, note=None):
    """Ours."""
    return {formula}
'''
FORMULAS = {
    "rate": (
        "share",
        "opportunities",
        'rk.Total(opportunities, at="closed_on").where(_.is_won)'
        ' / rk.Total(opportunities, at="closed_on")',
    ),
    "balance": ("money", "movements", "2 * rk.Stock(movements).of(_.mrr)"),
    "count": ("count", "tickets", 'rk.Total(tickets, at="opened_at")'),
}


@pytest.fixture
def define():
    """Define a metric as a notebook does, and forget it afterwards."""
    before = dict(METRICS)

    def run(name, kind="rate", more=""):
        unit, table, formula = FORMULAS[kind]
        text = CELL.format(name=name, unit=unit, table=table, formula=formula, more=more)
        exec(compile(text, "cell", "exec"), ModuleType("__main__").__dict__)
        return METRICS[name]

    yield run
    METRICS.clear()
    METRICS.update(before)


@pytest.fixture(scope="module")
def company(pytestconfig) -> rk.Dataset:
    return rk.load(pytestconfig.rootpath / "data" / "sample")


def asked(company, name):
    return METRICS[name](company, by="segment", period="quarter")


DOORS = {
    "metrics": lambda data, name: getattr(rk.metrics, name)(data)["value"].notna().any(),
    "completion": lambda data, name: name in dir(rk.metrics),
    "catalog": lambda data, name: name in set(rk.catalog()["name"]),
    "measure": lambda data, name: name in set(rk.measure(data, ["win_rate", name])["metric"]),
    "scorecard": lambda data, name: list(rk.scorecard(data, metrics=[name])["family"]) == [""],
    "level": lambda data, name: rk.say.level(METRICS[name](data)).startswith("Ours was"),
    "contrast": lambda data, name: "Ours" in rk.say.contrast(asked(data, name)),
    "change": lambda data, name: "Ours" in rk.say.change(METRICS[name](data)),
    "table": lambda data, name: "Opportunities" in rk.table(METRICS[name](data)).headings,
    "chart": lambda data, name: rk.charts.over_time(METRICS[name](data)).get_ylabel() == "Ours",
    "forecast": lambda data, name: "Ours" in rk.forecast(data, name).finding,
    "backtest": lambda data, name: "Ours" in rk.say.track_record(rk.backtest(data, name, past=18)),
    "tiles": lambda data, name: tiles(data, period="month")[-1].title == "Ours",
    "reference": lambda data, name: f"### {name}" in entry(METRICS[name]),
    "card": lambda data, name: "Ours" in METRICS[name]._repr_html_(),
    "italian": lambda data, name: (
        rk.scorecard(data, metrics=[name], language="it")["title"].iloc[0] == "Ours"
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_it_goes_through_every_door_whatever_its_name(define, company, door):
    import matplotlib.pyplot as plt

    for name in NAMES if door not in ("forecast", "backtest", "tiles") else NAMES[:3]:
        define(name)
        assert DOORS[door](company, name), name
        plt.close("all")


def test_the_kit_itself_is_as_it_was_once_it_is_forgotten(define):
    define("marketing")
    METRICS.pop("marketing")

    assert isinstance(rk.metrics.marketing, ModuleType)
    assert rk.metrics.win_rate is METRICS["win_rate"]


@pytest.mark.parametrize("name", NAMES)
def test_the_stubs_can_be_read_with_it(define, name, monkeypatch):
    define(name)
    monkeypatch.setattr(rk.metrics, "__all__", [*rk.metrics.__all__, name])

    text = metric_stubs()

    assert f"\n{name}: _Metric" in text
    assert "days: int = 30" in text
    ast.parse(text)


@pytest.mark.parametrize(
    ("kind", "more", "noun"),
    [
        ("rate", "", "opportunities"),
        ("rate", ', noun="deals"', "deals"),
        ("balance", "", "accounts"),
        ("count", "", "tickets"),
    ],
)
def test_sentences_call_its_rows_by_their_name(define, company, kind, more, noun):
    result = define("ours", kind, more)(company)

    assert quantity(result).rows == noun
    assert noun.capitalize() in rk.table(result).headings


def test_it_is_read_in_percent_when_it_says_so(define, company):
    result = define("ours", "count", ", percent=True")(company)

    assert quantity(result).text(0.5) == "50.0\u00a0%"


@pytest.mark.parametrize("name", ["ours", "arr_in_our_way"])
def test_a_balance_of_ones_own_is_forecast_as_a_balance(define, company, name):
    define(name, "balance")

    ours, mrr = rk.forecast(company, name), rk.forecast(company, "mrr")

    assert (ours.ahead["value"] / mrr.ahead["value"]).round(9).tolist() == [2.0] * 6


def test_the_kits_own_metrics_have_a_family_and_ones_own_has_none(define):
    define("ours")

    assert [name for name, made in METRICS.items() if not made.family] == ["ours"]


def test_an_option_that_every_call_would_have_to_give_is_refused():
    with pytest.raises(rk.errors.ParameterError, match=r"'days' has no default.*days=None"):

        @rk.metric(title="Ours", owner="both", unit="count", better="higher")
        def ours(opportunities, *, days):
            return rk.Total(opportunities, at="closed_on")


def test_a_scorecard_of_everything_ends_with_ones_own(define):
    define("team")
    deals = rk.example("pipeline").table("opportunities").to_pyarrow().to_pandas()

    card = rk.scorecard(rk.Dataset(opportunities=deals, as_of="2026-03-31"))

    assert list(pd.DataFrame(card)["metric"])[-1] == "team"
    assert "Your own" in card._repr_html_()


def test_only_what_subscriptions_hold_is_a_balance():
    """Open pipeline is gone within months: accumulated, its forecasts were a third further off."""
    assert {name for name, made in METRICS.items() if made.balance} == {"mrr", "arr", "customers"}
