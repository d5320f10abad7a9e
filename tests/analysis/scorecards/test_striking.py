"""Changes far beyond chance, of metrics that often move as much, are said for what they are."""

import numpy as np
import pandas as pd
import pytest

from revkit.analysis.scorecards.frame import Scorecard


def card(low, high, direction="same", change=0.386):
    rows = Scorecard([{
        "metric": "overdue_share", "title": "Overdue share of receivables", "family": "",
        "period": pd.Timestamp("2024-10-01"), "unit": "share", "value": 0.491, "low": 0.3,
        "high": 0.68, "n": 100, "small": False, "complete": True, "change": change,
        "change_low": low, "change_high": high, "certain": True, "direction": direction,
        "target": np.nan, "gap": np.nan, "trend": (),
    }])  # fmt: skip
    rows.attrs = {"compare": "year", "period_kind": "quarter", "period": "quarter",
                  "currency": "EUR", "language": "en"}  # fmt: skip
    return rows


def test_a_change_far_beyond_chance_is_said_although_it_may_be_usual():
    (said,) = card(0.102, 0.592).striking

    text = said.replace("\u00a0", " ")
    assert text.startswith("Overdue share of receivables was 49.1 % in Q4 2024, +38.6 points (")
    assert "against a year before" in text
    assert "cannot be told" in text


@pytest.mark.parametrize(
    "rows",
    [
        card(0.02, 0.75),  # beyond chance, but hardly
        card(-0.1, 0.8),
        card(np.nan, np.nan),
        card(0.102, 0.592, "worse"),  # is among the findings
    ],
)
def test_others_are_left_to_the_table(rows):
    assert rows.striking == []
