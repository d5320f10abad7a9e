"""A sample of the mutated inputs, in this process; benchmarks.inputs runs them all."""

import warnings

import pytest

from benchmarks.inputs.__main__ import run, sample
from benchmarks.inputs.company import AS_OF, METRICS, company
from benchmarks.inputs.judge import FAILURES, clean

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    SAMPLE = sample(34)


@pytest.fixture(scope="module")
def right():
    return {table: clean(table, most=1) for table in METRICS}


@pytest.mark.filterwarnings("ignore")  # of pandas, while it writes an odd frame
def test_no_input_of_a_sample_is_wrong_without_a_word(right, tmp_path):
    said = {}
    for given in SAMPLE:
        verdict, why = run(given, tmp_path / "company", right[given.table], most=1)
        if verdict in FAILURES:
            said[f"{given.kind}: {given.name}"] = f"{verdict}: {why}"

    assert said == {}


def test_the_valid_company_has_the_numbers_that_follow_by_hand(right):
    deals, paid = company()["opportunities"], company()["subscriptions"]
    tests = deals["account_id"] == "A011"
    won = deals[deals["is_won"].fillna(False) & ~tests]
    for start, end in (("2024-07-01", "2024-10-01"), ("2025-01-01", "2025-04-01")):
        days = won["closed_on"].map(lambda day: start <= str(day) < end)  # noqa: B023
        assert right["accounts"][f"won_amount SMB {start[:7]}"] == won[days]["amount"].sum()
    open_ = paid[paid["ended_on"].isna() & (paid["status"] == "active")]
    started = open_[open_["started_on"] <= AS_OF]
    assert right["subscriptions"]["mrr  2025-04"] == started["mrr"].sum()
