"""Analyses, from the waterfall to coaching, are the same on every engine."""

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.operating_model.assess import readings_of
from revkit.analysis.prices.concerned import groups
from revkit.analysis.scores.score import snapshots
from revkit.analysis.watch.leaves import COLUMNS, Place
from revkit.analysis.watch.metrics.customers import customers
from revkit.analysis.watch.metrics.deals import deals
from revkit.analysis.watch.metrics.gates import gates
from revkit.analysis.watch.metrics.mixes import created, mixes
from revkit.analysis.watch.metrics.people import people
from revkit.analysis.watch.metrics.rows import window
from revkit.analysis.watch.metrics.worth import worth


def one_pipeline(data):
    """The deals of one pipeline where stages differ between them."""
    if "pipeline" not in data.columns("stages"):
        return data
    return data.where(pipeline=data.table("stages").execute()["pipeline"].dropna().min())


def criteria(data):
    """The measures of the operating model."""
    found = readings_of(data)
    rows = [(key, one.value, one.n, one.low, one.high) for key, one in found.items()]
    return pd.DataFrame(rows, columns=["measure", "value", "n", "low", "high"])


def watched(data):
    """Cases and outcomes by month of all that a watch looks at."""
    over = window(data)
    rows = []
    for one in (*gates(data, over), *deals(data, over), *customers(data, over)):
        sums = one.sums(())[1]
        rows += [
            (one.metric, one.axis, *of) for of in zip(*(sums[n][0] for n in COLUMNS), strict=True)
        ]
    for one in (*mixes(created(data), over), *people(data, over)):
        for part in one.parts:
            rows += [(one.metric, str(part.place), n, seen, 0.0, 0.0)
                     for n, seen in zip(part.counted, part.seen, strict=True)]  # fmt: skip
    rows += [
        (name, f"worth {place}", worth(data, name, place), 0.0, 0.0, 0.0)
        for name in ("win_rate", "churn_rate", "mql_to_sql_rate")
        for place in (Place(), Place(("segment",), ("SMB",)))
    ]
    return pd.DataFrame(rows, columns=["metric", "axis", *COLUMNS])


def known_on_days(data):
    """Means of what scores learn from, by day."""
    rows = []
    for target in ("win", "churn", "expand", "convert"):
        taken = snapshots(data, target, 90)
        numbers = taken.rows[["day", "outcome", "money", *taken.features]].select_dtypes("number")
        means = numbers.groupby(taken.rows["day"]).mean().round(6)
        for name in means:
            rows += [(target, name, str(day.date()), mean) for day, mean in means[name].items()]
    return pd.DataFrame(rows, columns=["target", "feature", "day", "mean"])


def segments(data):
    """Segments beside each other, and each beside the rest."""
    found = rk.segments(data, "segment")
    return pd.concat([found.table, found.contrasts])


def planned(data):
    """The months of a plan, and the rates that they follow from."""
    made = rk.plan(data, draws=50)
    return pd.concat([made.needed, made.rates, made.outlook])


def coached(data):
    """Reps, what is compared of them, quotas, territories, and how long it takes to the first."""
    found = rk.coach(data)
    return pd.concat([
        found.reps, found.measures, found.quotas.reset_index(), found.territories,
        found.ramp.summary(),
    ])  # fmt: skip


ASKED = {
    "waterfall": lambda data: rk.waterfall(data, by="segment"),
    "cohorts": lambda data: rk.cohorts(data, "mrr"),
    "churn": lambda data: rk.survival(data, by="segment").summary(),
    "close": lambda data: rk.survival(data, "close").curves(),
    "renewal": lambda data: rk.survival(data, "renewal").at([12, 24]),
    "lifetime value": lambda data: rk.lifetime_value(data, by="segment"),
    "leads": lambda data: rk.funnel(data, by="channel", within=30),
    "criteria": criteria,
    "stages": rk.stage_rates,
    "price test": lambda data: rk.price_test(data).variants,
    "price points": lambda data: rk.price_sensitivity(data).points,
    "price, volume, mix": lambda data: rk.price_volume_mix(data).groups,
    "discounts": lambda data: rk.discount_leakage(data, by="rep"),
    "leaving": lambda data: pd.DataFrame(groups(data, "product", "leaving", window(data)).events),
    "watched": watched,
    "scores": known_on_days,
    "segments": segments,
    "plan": planned,
    "targets": lambda data: rk.scorecard(data, metrics=["new_mrr", "leads"])[["metric", "target"]],
    "coach": coached,
    "diagnosis": lambda data: rk.diagnose(data, "win_rate", "quarter", dimensions="segment").split,
    "deals": lambda data: rk.funnel(one_pipeline(data), of="opportunity", cohort="year"),
}


@pytest.mark.parametrize("engine", ["postgresql", "spark"])
@pytest.mark.parametrize("name", ASKED)
def test_an_analysis_is_the_same(data, engine, name):
    here, there = (ASKED[name](data(one)) for one in ("duckdb", engine))

    assert len(here)
    pd.testing.assert_frame_equal(here, there, check_dtype=False, rtol=1e-9, atol=1e-6)
