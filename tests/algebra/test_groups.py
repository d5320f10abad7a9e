"""Dimensions that a result cannot show: names of its own columns, and far too many values."""

import pandas as pd
import pytest

import revkit as rk
from revkit.algebra.values import NUMBERS
from revkit.errors import ParameterError

won = rk.metrics.won_amount


def deals(days, **columns):
    rows = {"opportunity_id": range(len(days)), "created_on": days, "closed_on": days,
            "is_won": True, "amount": 1.0}  # fmt: skip
    return rk.Dataset(opportunities=pd.DataFrame(rows | columns))


@pytest.fixture
def data():
    days = ["2025-01-05"] * 3 + ["2025-02-05"] * 3
    return deals(days, n=list("abcabc"), vendor=list("uvwuvw"), period="x")


@pytest.mark.parametrize("name", ["period", "metric", *NUMBERS])
def test_a_dimension_called_like_a_column_of_the_result_is_refused(data, name):
    with pytest.raises(ParameterError, match=f"columns: {{own_{name}: {name}}}"):
        won(data, by=name)
    with pytest.raises(ParameterError, match="overwritten"):
        won(data, by=["vendor", name])


def test_a_result_of_too_many_rows_is_refused_with_their_number(data):
    assert len(won(data, by="vendor", limit=6)) == 6
    assert len(won(data, by="vendor", limit=None)) == 6
    assert len(won(data, by="vendor", start="2025-02-01", limit=3)) == 3
    message = "would have 6 rows, over limit=5, since 'vendor' has 3 values"
    with pytest.raises(ParameterError, match=message):
        won(data, by=["vendor", "is_won"], limit=5)
    with pytest.raises(ParameterError, match="limit"):
        won(data, limit=0)


def test_a_million_rows_are_the_limit_unless_asked_otherwise():
    data = deals(["2023-01-05", *["2025-01-05"] * 59_999])

    with pytest.raises(ParameterError, match="1,500,000 rows"):
        won(data, by="opportunity_id")
    assert len(won(data, by="opportunity_id", start="2025-01-01")) == 60_000
