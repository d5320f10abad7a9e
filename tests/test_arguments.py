"""Every public function refuses arguments of the wrong kind in one sentence, before it computes."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.errors import ParameterError, PeriodError, RevkitError

NUMBERS = [True, 2.5, "3", math.nan, math.inf, -1, [3], np.True_]
WRONG = {
    "company": [None, 3, "data", pd.DataFrame(), rk.Dataset],
    "whole": [*NUMBERS, None],
    "positive": [*NUMBERS, None, 0],
    "size": [*NUMBERS, 0],  # which may be None
    "share": [True, "0.9", math.nan, 0, 1, -0.5, 2, [0.9], None],
    "shares": [True, "0.9", math.nan, 0, 1, -0.5, 2, [], [0.5, 95], None],
    "unit": [3, True, "fortnight", math.nan, ["day"], ""],
    "bound": [True, "0.9", math.nan, [0.9], None],
    "text": [3, True, math.nan, None, ["x"], {"x": 1}, b"x", ""],
    "name": [3, True, math.nan, ["x"], {"x": 1}, b"x"],  # which may be None
    "names": [3, True, math.nan, {"x": 1}, [3], [None], b"x"],
    "day": ["2026-02-31", "yesterday", 3, True, math.nan, pd.NaT, [], ["2026-01-01"]],
    "period": ["moth", 3, True, math.nan, ["month"], {}],
    "compare": ["before", 3, True, ["previous"], math.nan],
    "list": [3, True, None, "x", math.nan],
    "frame": [None, 3, "x", [], {}, pd.DataFrame(), pd.DataFrame({"x": [1]})],
    "frames": [None, 3, "x", {}, [3], [pd.DataFrame()]],
    "flag": [1, "yes", None, math.nan],
    "numbers": [3, "x", [1], {"mrr": "x"}, {"mrr": True}, {"mrr": {"SMB": math.nan}}],
    "kind": [3, True, None, [], "nothing of the kind", math.nan],
    "total": [3, None, "opportunities"],
    "forecast": [3, None, "mrr", pd.DataFrame()],
    "tables": [3, "x"],
    "answers": [3, True, ["S1"], {"S8": True}, {"S1": 3}, "nowhere.yaml"],
    "thresholds": [3, True, ["x"], {"S1": 1}, "nowhere.yaml"],
    "survey": [3, None, [], {}, "nowhere.csv", pd.DataFrame(), pd.DataFrame({"x": [1]})],
}
ASKED = {
    "by": "names",
    "period": "period",
    "start": "day",
    "end": "day",
    "compare": "compare",
    "level": "share",
    "trailing": "size",
}
FORECAST = {"data": "company", "horizon": "positive", "level": "shares", "past": "size"}
BACKTEST = FORECAST | {"level": "share"}
DEFINED = {"title": "x", "owner": "both", "unit": "count", "better": "higher"}


def define(**about):
    return rk.metric(**about)(lambda opportunities: rk.Total(opportunities, at="closed_on"))


def named(function, *first):
    """Call by name a function some of whose parameters are positional alone."""
    return lambda **how: function(*(how.pop(name) for name in first), **how)


CALLS = {
    # public name: the call, arguments that are right, and the kind of each parameter
    "rk.Dataset": (
        rk.Dataset,
        {
            "opportunities": pd.DataFrame(
                {
                    "opportunity_id": ["1"],
                    "created_on": ["2026-01-01"],
                    "closed_on": [None],
                    "is_won": [None],
                }
            )
        },
        {
            "as_of": "day",
            "policy": "kind",
            "currency": "name",
            "opportunities": "tables",
            "set_aside": "list",
            "ignore": "list",
        },
    ),
    "rk.Policy": (
        rk.Policy,
        {},
        {
            "trials": "kind",
            "paused": "kind",
            "usage": "kind",
            "past_due_days": "whole-",
            "churn_at": "kind",
            "gap_days": "whole",
            "discounts": "kind",
            "fx": "kind",
            "reactivation_days": "whole-",
            "netting": "kind",
            "timezone": "text",
            "fiscal_year_start": "positive",
            "week_start": "name",
            "calendar": "name",
            "year_ends": "name",
            "variants": "list",
            "name": "text-",
        },
    ),
    "rk.policies": (rk.policies, {}, {}),
    "rk.load": (
        rk.load,
        {"source": "data/sample"},
        {
            "source": "text",
            "mapping": "name-",
            "as_of": "day",
            "policy": "kind",
            "currency": "name",
            "set_aside": "list",
            "ignore": "list",
        },
    ),
    "rk.propose_mapping": (
        rk.propose_mapping,
        {"source": "data/sample"},
        {"source": "text", "encoding": "name"},
    ),
    "rk.generate": (
        rk.generate,
        {"accounts": 5, "months": 1},
        {
            "scenario": "kind",
            "seed": "whole",
            "months": "positive",
            "accounts": "size",
            "locale": "name",
            "dirt": "kind",
            "workers": "positive",
        },
    ),
    "rk.example": (rk.example, {}, {"name": "kind"}),
    "rk.catalog": (rk.catalog, {}, {"owner": "name", "table": "name"}),
    "rk.metric": (
        define,
        DEFINED,
        {
            "title": "text",
            "owner": "kind",
            "unit": "kind",
            "better": "kind",
            "title_it": "name",
            "rows": "name",
            "trailing": "positive",
            "kind": "kind",
            "formula": "name",
            "sampled": "flag",
            "company_wide": "names",
            "noun": "name",
            "percent": "flag",
            "least": "bound",
            "most": "bound",
            "ahead": "flag",
        },
    ),
    "rk.measure": (
        named(rk.measure, "data", "metrics"),
        {"metrics": ["win_rate"]},
        {"data": "company", "metrics": "names", "arguments": ""},
    ),
    "rk.Total": (
        rk.Total,
        {"table": "opportunities", "at": "closed_on"},
        {
            "table": "text",
            "conditions": "",
            "value": "",
            "different": "",
            "thing": "",
            "at": "name",
            "spread": "names",
            "single": "name",
            "monthly": "flag",
        },
    ),
    "rk.Stock": (
        rk.Stock,
        {"table": "opportunities", "start": "created_on", "end": "closed_on"},
        {
            "table": "text",
            "conditions": "",
            "value": "",
            "different": "",
            "thing": "",
            "start": "name",
            "end": "name",
            "at_opening": "flag",
            "averaged": "flag",
            "monthly": "flag",
            "unit": "unit",
        },
    ),
    "rk.Cohort": (
        rk.Cohort,
        {"table": "opportunities", "at": "created_on"},
        {
            "table": "text",
            "conditions": "",
            "value": "",
            "different": "",
            "thing": "",
            "at": "name",
            "spread": "names",
            "single": "name",
            "monthly": "flag",
            "settled": "name",
            "within": "size-0",
            "reached": "name",
        },
    ),
    "rk.Median": (
        rk.Median,
        {"total": rk.Total("leads", at="created_at").of(1)},
        {"total": "total", "until": ""},
    ),
    "rk.Quantile": (
        rk.Quantile,
        {"total": rk.Total("leads", at="created_at").of(1), "q": 0.5},
        {"total": "total", "q": "share", "until": ""},
    ),
    "rk.Length": (rk.Length, {}, {"unit": "kind"}),
    "rk.findings": (rk.findings, {"sentences": []}, {"sentences": "list", "language": "kind-"}),
    "rk.table": (
        rk.table,
        lambda data: {"frame": rk.metrics.win_rate(data, by="segment", period="quarter")},
        {"frame": "frames", "across": "name", "most": "size", "language": "kind-"},
    ),
    "rk.check": (rk.check, {}, {"data": "company", "language": "kind-"}),
    "rk.clean": (
        lambda data, mends="spelling", limit=10: rk.clean(data, mends, limit=limit),
        {},
        {"data": "company", "mends": "kind", "limit": "size"},
    ),
    "rk.assess": (
        rk.assess,
        {},
        {
            "data": "company",
            "answers": "answers",
            "thresholds": "thresholds",
            "language": "kind-",
        },
    ),
    "rk.scorecard": (
        rk.scorecard,
        {"metrics": ["win_rate"]},
        {
            "data": "company",
            "owner": "name",
            "period": "period",
            "compare": "compare",
            "by": "names",
            "at": "day",
            "targets": "numbers",
            "language": "kind-",
            "metrics": "names",
        },
    ),
    "rk.bridge": (
        rk.bridge,
        {},
        {
            "data": "company",
            "by": "names",
            "period": "period",
            "start": "day",
            "end": "day",
            "options": "",
        },
    ),
    "rk.reconcile": (
        rk.reconcile,
        {"metric": "mrr", "policies": ["default", "stripe"]},
        {
            "data": "company",
            "metric": "kind",
            "policies": "list",
            "period": "period",
            "start": "day",
            "end": "day",
            "language": "kind-",
            "limit": "whole",
            "options": "",
        },
    ),
    "rk.funnel": (
        rk.funnel,
        {},
        {
            "data": "company",
            "of": "kind",
            "by": "names",
            "cohort": "kind-",
            "within": "size",
            "start": "day",
            "end": "day",
            "level": "share",
        },
    ),
    "rk.waterfall": (
        rk.waterfall,
        {},
        {"data": "company", "by": "names", "period": "period", "start": "day", "end": "day"},
    ),
    "rk.cohorts": (
        rk.cohorts,
        {"unit": "gross_profit"},
        {
            "data": "company",
            "unit": "kind",
            "by": "names",
            "cumulative": "flag",
            "margin": "bound-",
        },
    ),
    "rk.survival": (
        rk.survival,
        {},
        {
            "data": "company",
            "event": "kind",
            "by": "names",
            "within": "bound-",
            "start": "day",
            "level": "share",
        },
    ),
    "rk.lifetime_value": (
        rk.lifetime_value,
        {},
        {
            "data": "company",
            "by": "names",
            "margin": "bound-",
            "discount": "bound",
            "horizon": "positive",
            "level": "share",
        },
    ),
    "rk.room_to_grow": (
        rk.room_to_grow,
        {},
        {"data": "company", "by": "text", "settled": "whole", "most": "positive"},
    ),
    "rk.score": (
        rk.score,
        {"target": "win"},
        {"data": "company", "target": "kind", "horizon": "positive", "level": "share"},
    ),
    "rk.score_table": (
        rk.score_table,
        {"frame": pd.DataFrame({"x": [1.0, 2.0], "left": [True, False]}), "outcome": "left"},
        {
            "frame": "frame",
            "outcome": "text",
            "key": "name",
            "day": "name",
            "hit": "",
            "horizon": "whole",
            "level": "share",
        },
    ),
    "rk.next_actions": (
        rk.next_actions,
        {},
        {
            "data": "company",
            "owner": "name",
            "only": "kind-",
            "capacity": "size",
            "horizon": "positive",
        },
    ),
    "rk.forecast": (
        rk.forecast,
        {"metric": "mrr"},
        FORECAST | {"metric": "kind", "by": "name", "period": "kind", "language": "kind-"},
    ),
    "rk.backtest": (
        rk.backtest,
        {"metric": "mrr"},
        BACKTEST | {"metric": "kind", "period": "kind"},
    ),
    "rk.forecast_pipeline": (
        rk.forecast_pipeline,
        {},
        FORECAST | {"by": "name", "target": "bound-", "language": "kind-"},
    ),
    "rk.backtest_pipeline": (rk.backtest_pipeline, {}, BACKTEST),
    "rk.backtest_calls": (rk.backtest_calls, {}, {"data": "company"}),
    "rk.rep_calls": (
        rk.rep_calls,
        {},
        {"data": "company", "forecast": "kind", "days": "positive"},
    ),
    "rk.calibration": (
        rk.calibration,
        {},
        {"data": "company", "horizon": "positive", "past": "positive"},
    ),
    "rk.price_sensitivity": (
        rk.price_sensitivity,
        {"answers": pd.DataFrame({"price": [10], "would_buy": ["yes"]})},
        {"answers": "survey", "by": "text-", "level": "share"},
    ),
    "rk.price_test": (
        rk.price_test,
        {},
        {
            "data": "company",
            "test": "name-",
            "control": "name-",
            "split": "numbers-",
            "planned": "positive",
            "level": "share",
        },
    ),
    "rk.elasticity": (
        rk.elasticity,
        {},
        {
            "data": "company",
            "name": "text-",
            "since": "day",
            "by": "text",
            "of": "kind",
            "price": "bound-",
            "months": "positive",
            "level": "share",
        },
    ),
    "rk.price_volume_mix": (
        rk.price_volume_mix,
        {},
        {"data": "company", "start": "day", "end": "day", "by": "text"},
    ),
    "rk.discount_leakage": (
        rk.discount_leakage,
        {},
        {"data": "company", "by": "text", "start": "day", "end": "day", "level": "share"},
    ),
    "rk.say.leakage": (rk.say.leakage, {}, {"table": "frame", "language": ""}),
    "rk.diagnose": (
        rk.diagnose,
        {"metric": "win_rate"},
        {
            "data": "company",
            "metric": "kind",
            "period": "period",
            "versus": "period",
            "dimensions": "names",
        },
    ),
    "rk.watch": (rk.watch, {}, {"data": "company", "metric": "name"}),
    "rk.plan": (
        rk.plan,
        {"target": 1e6, "draws": 100},
        {
            "data": "company",
            "target": "bound-",
            "by": "day-",
            "level": "share",
            "draws": "positive",
            "seed": "whole",
            "language": "kind-",
        },
    ),
    "rk.coach": (rk.coach, {}, {"data": "company", "rep": "name", "months": "positive"}),
    "rk.what_if": (
        rk.what_if,
        {"target": 1e6},
        {"data": "company", "target": "bound-", "by": "day-", "language": "kind-"},
    ),
    "rk.segments": (
        rk.segments,
        {},
        {"data": "company", "by": "names", "language": "kind-"},
    ),
    "rk.use_language": (rk.use_language, {}, {"code": "kind-"}),
    "rk.stage_rates": (rk.stage_rates, {}, {"data": "company"}),
    "rk.notebook.breakdown": (
        rk.notebook.breakdown,
        {"table": "opportunities"},
        {"data": "company", "table": "text", "by": "name", "instead": ""},
    ),
    "rk.explore": (
        rk.explore,
        {},
        {"data": "company", "metric": "kind-", "by": "name-", "period": "kind"},
    ),
    "rk.notebook.since": (
        rk.notebook.since,
        {},
        {"data": "company", "start": "day", "months": "positive"},
    ),
    "rk.notebook.new_business": (rk.notebook.new_business, {}, {"data": "company"}),
    "rk.notebook.moved": (
        rk.notebook.moved,
        {"metrics": []},
        {"data": "company"},
    ),
    "rk.notebook.around": (
        rk.notebook.around,
        {},
        {"data": "company", "found": "several", "language": "kind-"},
    ),
    "rk.notebook.so": (
        rk.notebook.so,
        {"sentence": "x"},
        {"sentence": "text", "language": "kind-"},
    ),
    "rk.metrics": (
        named(rk.metrics.win_rate, "data"),
        {},
        ASKED | {"data": "company", "within": "size-0"},
    ),
    "rk.metrics.mrr": (named(rk.metrics.mrr, "data"), {}, ASKED | {"data": "company"}),
    "rk.say.level": (
        rk.say.level,
        lambda data: {"result": rk.metrics.win_rate(data)},
        {"result": "frame", "language": "kind-"},
    ),
    "rk.say.year": (
        rk.say.year,
        lambda data: {"result": rk.metrics.win_rate(data)},
        {"result": "frame", "language": "kind-"},
    ),
    "rk.say.largest": (
        rk.say.largest,
        lambda data: {"result": rk.metrics.win_rate(data, by="segment")},
        {"result": "frame", "language": "kind-"},
    ),
    "rk.say.change": (
        rk.say.change,
        lambda data: {"result": rk.metrics.win_rate(data)},
        {"result": "frame", "periods": "positive", "language": "kind-"},
    ),
    "rk.say.contrast": (
        rk.say.contrast,
        lambda data: {"result": rk.metrics.win_rate(data, by="segment")},
        {"result": "frame", "most": "positive", "language": "kind-"},
    ),
    "rk.say.step": (
        rk.say.step,
        lambda data: {"result": rk.metrics.win_rate(data)},
        {"result": "frame", "language": "kind-"},
    ),
    "rk.say.growth": (rk.say.growth, {}, {"movements": "frame", "language": ""}),
    "rk.say.sources": (rk.say.sources, {}, {"movements": "frame", "language": ""}),
    "rk.say.narrowest": (rk.say.narrowest, {}, {"stages": "frame", "language": ""}),
    "rk.say.callers": (rk.say.callers, {}, {"table": "frame", "language": ""}),
    "rk.say.chances": (rk.say.chances, {}, {"table": "frame", "language": ""}),
    "rk.say.earliness": (rk.say.earliness, {}, {"table": "frame", "language": ""}),
    "rk.say.track_record": (rk.say.track_record, {}, {"table": "frame", "language": ""}),
    "rk.say.widest_gap": (rk.say.widest_gap, {}, {"rows": "frame", "language": ""}),
    "rk.say.matured": (rk.say.matured, {}, {"stages": "frame", "language": ""}),
    "rk.charts.conversion": (
        rk.charts.conversion,
        {},
        {"stages": "frame", "ax": "", "language": ""},
    ),
    "rk.say.kept": (rk.say.kept, {}, {"rows": "frame", "language": ""}),
    "rk.say.paid_back": (rk.say.paid_back, {}, {"rows": "frame", "language": ""}),
    "rk.say.outcome": (rk.say.outcome, {}, {"moves": "frame", "language": ""}),
    "rk.say.affordable": (
        rk.say.affordable,
        lambda data: dict.fromkeys(
            ("worth", "by_group"),
            pd.DataFrame(columns=["segment", "accounts", "value", "low", "high", "small"]),
        ),
        {"worth": "frame", "by_group": "frame", "language": ""},
    ),
    "rk.say.ceiling": (
        rk.say.ceiling,
        lambda data: {
            "costs": rk.metrics.win_rate(data, by="segment", period=None),
            "worth": pd.DataFrame(columns=["value", "low", "high", "small"]),
        },
        {"costs": "frame", "worth": "frame", "language": ""},
    ),
    "rk.say.worth": (rk.say.worth, {}, {"rows": "frame", "language": ""}),
    "rk.say.simple_worth": (rk.say.simple_worth, {}, {"rows": "frame", "language": ""}),
    "rk.say.lasted": (rk.say.lasted, {}, {"result": "frame", "language": ""}),
    "rk.say.ended": (rk.say.ended, {}, {"result": "frame", "language": ""}),
    "rk.say.unequal": (rk.say.unequal, {}, {"result": "frame", "language": ""}),
    "rk.charts.survival": (rk.charts.survival, {}, {"result": "frame", "ax": "", "language": ""}),
    **{
        f"rk.charts.{made.__name__}": (made, {}, {"result": "frame", "ax": "", "language": ""})
        for made in (
            rk.charts.price_points,
            rk.charts.demand,
            rk.charts.price_test,
            rk.charts.elasticity,
        )
    },
    "rk.charts.waterfall": (rk.charts.waterfall, {}, {"moves": "frame", "ax": "", "language": ""}),
    "rk.charts.cohorts": (
        rk.charts.cohorts,
        lambda data: {"rows": rk.cohorts(data)},
        {"rows": "frame", "ax": "", "most": "positive", "language": ""},
    ),
    "rk.charts.bridge": (rk.charts.bridge, {}, {"movements": "frame", "ax": "", "language": ""}),
    "rk.charts.by_group": (
        rk.charts.by_group,
        lambda data: {"result": rk.metrics.win_rate(data, by="segment")},
        {"result": "frame", "most": "positive", "ax": "", "language": ""},
    ),
    "rk.charts.calibration": (
        rk.charts.calibration,
        {},
        {"table": "frame", "ax": "", "language": ""},
    ),
    "rk.charts.forecast": (
        rk.charts.forecast,
        {},
        {"outlook": "forecast", "ax": "", "language": ""},
    ),
    "rk.charts.plan": (rk.charts.plan, {}, {"outlook": "forecast", "ax": "", "language": ""}),
    "rk.charts.ramp": (
        rk.charts.ramp,
        {"result": None},
        {"result": "forecast", "event": "kind", "ax": "", "language": ""},
    ),
    "rk.charts.selling_time": (
        rk.charts.selling_time,
        {},
        {"team": "forecast", "ax": "", "language": ""},
    ),
    "rk.charts.win_rates": (
        rk.charts.win_rates,
        {},
        {"team": "forecast", "ax": "", "language": ""},
    ),
    "rk.charts.data_quality": (
        rk.charts.data_quality,
        {},
        {"findings": "frame", "ax": "", "language": ""},
    ),
    "rk.charts.funnel": (rk.charts.funnel, {}, {"stages": "frame", "ax": "", "language": ""}),
    "rk.charts.small_multiples": (
        rk.charts.small_multiples,
        lambda data: {"result": rk.metrics.win_rate(data, by="segment")},
        {"result": "frame", "ax": "", "most": "positive", "language": ""},
    ),
    "rk.charts.events": (
        rk.charts.events,
        lambda data: {"result": rk.notebook.events(data)},
        {"result": "frame", "ax": "", "language": ""},
    ),
    "rk.charts.over_time": (rk.charts.over_time, {}, {"result": "frame", "ax": "", "language": ""}),
    "rk.charts.retention": (rk.charts.retention, {}, {"result": "frame", "ax": "", "language": ""}),
    "rk.charts.headline": (rk.charts.headline, {}, {"ax": "", "sentence": ""}),
    "rk.charts.use_theme": (rk.charts.use_theme, {}, {}),
}


def wrong(kind):
    """The wrong values of a kind; "-" marks those that None or another default may be."""
    name, _, but = kind.partition("-")
    values = list(WRONG.get(name, []))
    if kind.endswith("-"):
        values = [value for value in values if value is not None and value != ""]
    return [value for value in values if not (but == "0" and type(value) is int and value == 0)]


CASES = [
    pytest.param(name, parameter, value, id=f"{name}-{parameter}-{type(value).__name__}-{at}")
    for name, (_, _, kinds) in CALLS.items()
    for parameter, kind in kinds.items()
    for at, value in enumerate(wrong(kind))
]


@pytest.fixture(scope="module")
def company(pytestconfig):
    return rk.load(pytestconfig.rootpath / "data" / "sample")


@pytest.mark.parametrize(("name", "parameter", "value"), CASES)
def test_a_wrong_argument_is_refused_in_one_sentence(company, name, parameter, value):
    function, right, kinds = CALLS[name]
    how = dict(right(company) if callable(right) else right)
    how |= {"data": company} if "data" in kinds else {}

    with pytest.raises(RevkitError) as caught:
        function(**how | {parameter: value})

    assert len(str(caught.value)) > 35
    assert isinstance(caught.value, ValueError | LookupError)


def test_every_public_function_and_each_of_its_parameters_is_here():
    public = {f"rk.{name}": getattr(rk, name) for name in rk.__all__}
    public |= {f"rk.say.{name}": getattr(rk.say, name) for name in rk.say.__all__}
    public |= {f"rk.charts.{name}": getattr(rk.charts, name) for name in rk.charts.__all__}
    public = {name: made for name, made in public.items() if callable(made)}

    assert set(public) <= set(CALLS)
    for name, made in public.items():
        taken = {parameter.removeprefix("**") for parameter in inspect.signature(made).parameters}
        assert taken - {"tables"} <= set(CALLS[name][2]), name


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda data: rk.forecast(data, "mrr", horizon=2.5),
            "rk.forecast: horizon=2.5 must be a whole number of months, 1 or more, such as 6.",
        ),
        (
            lambda data: rk.metrics.mrr(data, level="0.9"),
            "metrics.mrr: level='0.9' must be a number between 0 and 1, such as 0.95.",
        ),
        (
            lambda data: rk.metrics.mrr(data, by=3),
            "metrics.mrr: by=3 must be a name or a list of names, such as 'segment'.",
        ),
        (
            lambda data: rk.room_to_grow(pd.DataFrame()),
            "rk.room_to_grow: data=(DataFrame) must be a Dataset, such as rk.load(folder).",
        ),
    ],
)
def test_the_sentence_says_where_what_was_needed_and_what_was_found(company, call, said):
    with pytest.raises(ParameterError) as caught:
        call(company)

    assert str(caught.value) == said


def test_a_window_of_truth_is_no_window(company):
    with pytest.raises(PeriodError, match="trailing=True"):
        rk.metrics.mrr(company, trailing=True)


@pytest.mark.parametrize("right", [np.int64(3), 3])
def test_whole_numbers_of_numpy_are_whole_numbers(company, right):
    assert len(rk.forecast(company, "mrr", horizon=right).ahead) == 3
