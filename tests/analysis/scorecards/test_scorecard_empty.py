"""A scorecard without a row says so, by groups as well as without."""

import pandas as pd
import pytest

import revkit as rk


@pytest.mark.parametrize("by", [None, "segment"])
@pytest.mark.parametrize("period", ["day", "week"])
def test_a_comparison_that_no_metric_can_make_is_said(by, period):
    deals = pd.DataFrame(
        {
            "opportunity_id": ["o1", "o2"],
            "created_on": pd.Timestamp("2026-01-01"),
            "closed_on": pd.Timestamp("2026-01-09"),
            "is_won": [True, False],
            "segment": ["SMB", "Enterprise"],
        }
    )

    card = rk.scorecard(
        rk.Dataset(opportunities=deals),
        metrics=["win_rate"], by=by, period=period, compare="year",
    )  # fmt: skip

    for shown in (repr(card), card._repr_html_()):
        assert "Nothing to show yet." in shown
        assert "has no fixed number of periods in a year" in shown
