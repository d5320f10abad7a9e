"""Ids that differ only by the blanks around them: two entities where there is one."""

from datetime import date

import ibis
import pandas as pd
import pytest

import revkit as rk
from revkit.dataset.validation.reading import blank, spaced, stripped
from revkit.errors import DataError
from tests.support.ways import WAYS, opened

DAY = date(2025, 1, 1)


def deals(*ids):
    return pd.DataFrame({"opportunity_id": ids, "created_on": [DAY] * len(ids)}).assign(
        closed_on=DAY, is_won=True, amount=10.0
    )


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(
    "other", ["O1 ", " O1", "\tO1", "O1\u00a0", "O1\n", "O1\u200b", "\ufeffO1"]
)
def test_two_keys_that_differ_by_blanks_are_refused_by_both_names(how, other, tmp_path):
    data = opened(how, tmp_path, {"opportunities": deals("O1", other, "O2")})

    with pytest.raises(DataError, match="opportunity_id differ from others only by blanks") as e:
        data.table("opportunities")
    assert "'O1'" in str(e.value)
    assert repr(other) in str(e.value)


@pytest.mark.parametrize("how", WAYS)
def test_a_key_with_a_blank_and_no_twin_is_that_key(how, tmp_path):
    data = opened(how, tmp_path, {"opportunities": deals("O1 ", "O2")})

    assert data.opportunities.count().execute() == 2
    assert data.notes == ()


def test_a_twin_is_found_in_any_period_of_a_line_and_in_any_part_of_a_key():
    lines = pd.DataFrame(
        {
            "subscription_id": ["S1", "S1 "],
            "account_id": ["A", "B"],
            "started_on": [DAY, date(2025, 3, 1)],
            "ended_on": pd.Series([date(2025, 3, 1), None], dtype=object),
            "mrr": [10.0, 12.0],
        }
    )
    stages = pd.DataFrame(
        {
            "object": ["opportunity"] * 2,
            "stage": ["Demo", "Demo "],
            "position": [1, 2],
            "is_closed": [False] * 2,
            "is_won": [False] * 2,
        }
    )

    with pytest.raises(DataError, match=r"some subscription_id .*'S1' and 'S1 '"):
        rk.Dataset(subscriptions=lines).table("subscriptions")
    with pytest.raises(DataError, match=r"some .object, stage. .*stage='Demo' and 'Demo '"):
        rk.Dataset(stages=stages).table("stages")


@pytest.mark.parametrize("how", WAYS)
def test_accounts_that_are_not_loaded_are_noted_in_both_spellings(how, tmp_path):
    lines = pd.DataFrame(
        {
            "subscription_id": ["S1", "S2"],
            "account_id": ["A1", "A1 "],
            "started_on": [DAY] * 2,
            "ended_on": pd.Series([None] * 2, dtype=object),
            "mrr": [10.0, 12.0],
        }
    )
    data = opened(how, tmp_path, {"subscriptions": lines}, as_of="2025-01-31")

    (note,) = data.notes
    assert str(note) == (
        "subscriptions: account_id is spelled in two ways, as 'A1' and 'A1 ': they count as two."
    )
    accounts = pd.DataFrame({"account_id": ["A1"]})
    (note,) = rk.Dataset(subscriptions=lines, accounts=accounts, as_of="2025-01-31").notes
    assert "blanks around them left out" in str(note)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "pyspark"])
def test_no_engine_takes_letters_for_blanks(dialect):
    """Spark reads an escaped v or f in a text as the letter."""
    text = ibis.table({"x": "string"}, name="rows").x
    sql = ibis.to_sql(
        text.as_table().select(a=stripped(text), b=blank(text), c=spaced(text)), dialect=dialect
    )

    assert "\\v" not in str(sql)
    assert "\\f" not in str(sql)
