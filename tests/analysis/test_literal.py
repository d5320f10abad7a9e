"""Money in HTML is money: Jupyter typesets no formula between two dollars."""

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.writing.finding import findings, so
from revkit.language import LITERAL

NAME = "$10M+ ($$$)"


@pytest.fixture(scope="module")
def company():
    deals = pd.DataFrame(
        {
            "opportunity_id": [f"o{number}" for number in range(8)],
            "created_on": pd.Timestamp("2026-01-01"),
            "closed_on": pd.date_range("2026-01-02", periods=8, freq="W"),
            "is_won": [True, False] * 4,
            "amount": 100.0,
            "segment": [NAME, "SMB", "SMB", NAME] * 2,
        }
    )
    return rk.Dataset(opportunities=deals)


@pytest.mark.parametrize(
    "shown",
    [
        lambda data: rk.table(rk.metrics.win_rate(data, by="segment", period=None)),
        lambda data: rk.scorecard(data, by="segment", metrics=["win_rate"], period=None),
        lambda data: data.where(segment=NAME),
    ],
)
def test_tables_show_dollars(company, shown):
    html = shown(company)._repr_html_()

    assert NAME in html
    assert html.startswith(f'<div class="{LITERAL}"')


@pytest.mark.parametrize("shown", [findings([f"{NAME} rose to $5."]), so(f"{NAME} rose to $5.")])
def test_sentences_show_dollars(shown):
    bundle = shown._repr_mimebundle_()

    assert NAME in bundle["text/html"]
    assert LITERAL in bundle["text/html"].partition(">")[0]
    assert "$" not in bundle["text/markdown"].replace("\\$", "")
