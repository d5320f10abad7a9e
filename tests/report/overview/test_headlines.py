"""The tiles of the first page: the word for a change, and one warning for one doubt."""

import pandas as pd
import pytest

from revkit.report.overview.headlines import VERDICTS, written


def result(before, now, reach, *, small=False):
    """Win rates of two months, each with an interval of so much on either side."""
    rows = pd.DataFrame({
        "period": pd.to_datetime(["2026-01-01", "2026-02-01"]), "value": [before, now],
        "low": [before - reach, now - reach], "high": [before + reach, now + reach],
        "n": [100, 100], "small": small, "complete": True,
    })  # fmt: skip
    rows.attrs = {"metric": "win_rate", "period": "month", "unit": "share", "notes": (),
                  "title": "Win rate", "level": 0.95}  # fmt: skip
    return rows


def tile(*args, **how):
    return written({"win_rate": result(*args, **how)})[0]


@pytest.mark.parametrize(
    ("before", "now", "reach", "word"),
    [
        (0.40, 0.41, 0.02, "steady"),
        (0.40, 0.41, 0.15, "not sure"),  # it may as well have halved
        (0.40, 0.34, 0.05, "not sure"),  # within noise, but no small change
        (0.10, 0.20, 0.15, "not sure"),
        (0.40, 0.40, 0.15, "unchanged"),
    ],
)
def test_only_what_cannot_have_changed_by_much_is_steady(before, now, reach, word):
    assert tile(before, now, reach).verdict == word


def test_few_rows_are_said_once():
    made = tile(0.4, 0.6, 0.1, small=True)

    assert made.verdict == VERDICTS["few"]
    assert "too few" in made.change
    assert not made.small
