"""Waterfall, cohorts, survival, lifetime value, funnel, criteria: the same on every engine."""

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.operating_model.assess import readings_of


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


ASKED = {
    "waterfall": lambda data: rk.waterfall(data, by="segment"),
    "cohorts": lambda data: rk.cohorts(data, "mrr"),
    "churn": lambda data: rk.survival(data, by="segment").summary(),
    "close": lambda data: rk.survival(data, "close").curves(),
    "renewal": lambda data: rk.survival(data, "renewal").at([12, 24]),
    "lifetime value": lambda data: rk.lifetime_value(data, by="segment"),
    "leads": lambda data: rk.funnel(data, by="channel", within=30),
    "criteria": criteria,
    "deals": lambda data: rk.funnel(one_pipeline(data), of="opportunity", cohort="year"),
}


@pytest.mark.parametrize("engine", ["postgresql", "spark"])
@pytest.mark.parametrize("name", ASKED)
def test_an_analysis_is_the_same(data, engine, name):
    here, there = (ASKED[name](data(one)) for one in ("duckdb", engine))

    pd.testing.assert_frame_equal(here, there, check_dtype=False, rtol=1e-9, atol=1e-6)
