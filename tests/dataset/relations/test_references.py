"""References that find nothing: a note with the spelling that would, or a refusal."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DataError
from tests.support.ways import WAYS, opened


def tables(accounts, refers):
    rows = len(refers)
    return {
        "accounts": pd.DataFrame({"account_id": accounts, "segment": ["Ent"] * len(accounts)}),
        "subscriptions": pd.DataFrame(
            {
                "subscription_id": [str(n) for n in range(rows)],
                "account_id": refers,
                "started_on": [date(2025, 1, 1)] * rows,
                "ended_on": pd.Series([None] * rows, dtype=object),
                "mrr": [10.0] * rows,
            }
        ),
    }


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(
    ("accounts", "refers", "says"),
    [
        (
            ["0013000001AbCdEAAV", "0013000001AbCdeAAF"],
            ["0013000001AbCdE", "0013000001AbCde"],
            "writes an id with 15 or with 18",
        ),
        (["A1001", "B"], ["A1001.0", "B.0"], "'.0' at the end left out"),
        (["A1", "B1"], ["A1 ", "B1 "], "blanks around them left out"),
        (["a1", "b1"], ["A1", "B1"], "written in one case"),
        (["x7", "x8"], ["00x7", "00x8"], "leading zeros left out"),
    ],
)
def test_one_spelling_that_explains_most_is_named(how, accounts, refers, says, tmp_path):
    data = opened(how, tmp_path, tables(accounts, refers), as_of="2025-01-31")
    found = rk.metrics.mrr(data, by="segment", start="2025-01-01")

    assert found["segment"].tolist() == ["(missing)"]
    (note,) = data.notes
    assert note.rows == 2
    assert f"{refers[0]!r} against {accounts[0]!r}" in str(note)
    assert says in str(note)
    assert found.attrs["notes"] == (str(note),)


def test_most_of_a_column_without_an_explanation_is_refused():
    with pytest.raises(DataError, match=r"account_id names no row of accounts in 2 of 3 rows"):
        rk.metrics.mrr(rk.Dataset(**tables(["a", "b"], ["a", "x", "y"])))


def test_some_are_noted_with_counts_and_examples():
    data = rk.Dataset(**tables(["a", "b"], ["a", "b", "y"]), as_of="2025-01-31")

    (note,) = data.notes
    assert str(note) == (
        "subscriptions: account_id names no row of accounts in 1 of 3 rows, such as 'y'."
    )


def test_what_all_is_found_or_not_loaded_is_not_said():
    whole = tables(["a", "b"], ["a", "b", "b"])

    assert rk.Dataset(**whole, as_of="2025-01-31").notes == ()
    del whole["accounts"]
    assert rk.Dataset(**whole, as_of="2025-01-31").notes == ()


def test_history_of_a_deal_set_aside_goes_with_it():
    deals = pd.DataFrame(
        {
            "opportunity_id": ["o1", "o2"],
            "created_on": [date(2025, 1, 1)] * 2,
            "amount": [-1.0, 1.0],
        }
    )
    history = pd.DataFrame(
        {
            "opportunity_id": ["o1", "o2"],
            "changed_at": pd.to_datetime(["2025-01-01 10:00"] * 2),
            "stage": ["a", "a"],
        }
    )
    data = rk.Dataset(
        opportunities=deals,
        opportunity_history=history,
        set_aside=["opportunities.amount_negative"],
    )

    assert data.opportunity_history.to_pandas()["opportunity_id"].tolist() == ["o2"]
    assert [note.table for note in data.notes] == ["opportunities"]
