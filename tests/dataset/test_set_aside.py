"""Rows set aside by the name of a rule: counted nowhere, and said wherever they would count."""

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DataError, ParameterError, TableError

SPEND = pd.DataFrame(
    {
        "spend_id": ["1", "2", "3"],
        "spent_on": ["2026-01-05", "2026-01-06", "2026-01-07"],
        "function": ["sales", "sales", "marketing"],
        "amount": [100.0, 50.0, float("inf")],
    }
)
RULE = "spend.amount_not_finite"
SAID = "spend: 1 row is set aside: amount is not a finite number (amount_not_finite)."


def test_a_broken_rule_is_refused_with_the_line_that_sets_its_rows_aside():
    with pytest.raises(DataError, match=r"set_aside: \[spend.amount_not_finite\]"):
        rk.Dataset(spend=SPEND).spend.count()


def test_rows_set_aside_are_counted_nowhere_and_said():
    data = rk.Dataset(spend=SPEND, set_aside=[RULE])

    assert data.spend.amount.sum().to_pyarrow().as_py() == 150
    assert [str(note) for note in data.notes] == [SAID]
    assert data.notes[0].rows == 1
    assert SAID in repr(data)
    assert SAID in data._repr_html_()
    assert [str(note) for note in data.replay("2026-01-06").notes] == [SAID]


def test_a_result_carries_the_notes_on_the_tables_it_was_made_of():
    leads = pd.DataFrame({"lead_id": ["1"], "created_at": ["2026-01-05"]})
    accounts = pd.DataFrame({"account_id": ["a"], "employees": [1.5]})
    data = rk.Dataset(
        spend=SPEND,
        leads=leads,
        accounts=accounts,
        set_aside=[RULE, "accounts.employees_unreadable"],
    )

    assert rk.metrics.cost_per_lead(data).attrs["notes"] == (SAID,)
    assert "notes" in rk.metrics.cost_per_lead(data).attrs


def test_a_file_takes_the_same_words(tmp_path):
    SPEND.to_parquet(tmp_path / "spend.parquet")

    data = rk.load(tmp_path, set_aside=[RULE])

    assert data.spend.count().to_pyarrow().as_py() == 2
    assert SAID in repr(data)


def test_a_company_without_doubts_has_no_notes():
    data = rk.Dataset(spend=SPEND.head(2), set_aside=[RULE])

    assert data.notes == ()
    assert "aside" not in repr(data)


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (["spend.amount_negatve"], ParameterError, "no such rule"),
        (["amount_not_finite"], ParameterError, "a table and a rule, joined by a point"),
        (["spending.amount_not_finite"], TableError, "'spend'"),
        ([3], ParameterError, "a list of names"),
    ],
)
def test_names_that_are_no_rule_are_refused_at_once(given, error, says):
    with pytest.raises(error, match=says):
        rk.Dataset(spend=SPEND, set_aside=given)


@pytest.mark.parametrize("given", [["state"], "accounts."])
def test_columns_to_ignore_are_named_with_their_table(given):
    with pytest.raises(ParameterError, match=r"a table and a column, .*\['accounts.state'\]"):
        rk.Dataset(spend=SPEND, ignore=given)
