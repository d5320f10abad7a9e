"""rk.score on drawn companies: chances found, leaks left out, little data refused."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.scores.snapshots.rows import ATTRIBUTES
from tests.analysis.scores import drawn


@pytest.fixture(scope="module")
def won():
    return rk.score(drawn.deals(), "win")


def test_the_chances_that_were_drawn_are_found(won):
    segment = won.values["segment"]
    told = won.scored["probability"].groupby(segment).mean()

    assert told["A"] == pytest.approx(0.6, abs=0.12)
    assert told["B"] == pytest.approx(0.2, abs=0.08)
    assert won.evaluation.loc[0, "auc"] > 0.62
    assert won.evaluation.loc[0, "n_train"] > 200


def test_each_probability_lies_in_its_band_and_is_worth_its_money(won):
    rows = won.rows

    assert (rows["low"] < rows["probability"]).all()
    assert (rows["probability"] < rows["high"]).all()
    assert rows["expected"].to_list() == (rows["probability"] * rows["money"]).to_list()
    assert rows["probability"].is_monotonic_decreasing


def test_reasons_say_what_matters_in_english_and_italian(won):
    best = won.table("en").iloc[0]["reasons"]

    assert best.startswith("Raises it: segment (A)")
    assert won.table("it").iloc[0]["reasons"].startswith("La alza: segmento (A)")
    assert won.finding("it") != won.finding("en")


def test_a_column_that_tells_the_outcome_is_not_learned_from(won):
    """`told` says of each deal what became of it: it is none of the features."""
    assert "told" not in won.moved.columns


def test_an_attribute_edited_after_the_outcome_is_left_out_and_said(won):
    industry = {"won": "Customer", "lost": "Prospect", "open": "Prospect"}
    leaked = rk.score(drawn.deals(industry=industry), "win")

    assert "industry" in ATTRIBUTES
    assert "industry" not in leaked.moved.columns
    assert any("industry" in note for note in leaked.notes)
    assert leaked.evaluation.loc[0, "auc"] == pytest.approx(won.evaluation.loc[0, "auc"], abs=0.02)


def test_customers_who_leave_more_often_are_told(won):
    churn = rk.score(drawn.customers(), "churn")
    told = churn.scored["probability"].groupby(churn.values["segment"]).mean()

    assert told["B"] > 2 * told["A"]
    assert churn.scored["money"].eq(1200).all()


@pytest.mark.parametrize("target", ["win", "churn", "expand", "convert"])
def test_too_little_past_gives_no_number_and_says_so(target):
    leads = {"lead_id": ["1", "2"], "created_at": ["2026-05-01", "2026-06-01"]}
    paid = {"subscription_id": ["1"], "line": "1", "account_id": "1", "mrr": 10.0,
            "started_on": ["2026-05-01"], "ended_on": None}  # fmt: skip
    data = rk.Dataset(
        as_of=drawn.AS_OF, opportunities=drawn.deals(12).opportunities.to_pandas(),
        leads=pd.DataFrame(leads), subscriptions=pd.DataFrame(paid),
    )  # fmt: skip
    score = rk.score(data, target)

    assert score.rows["probability"].isna().all()
    assert score.notes[-1].startswith("Too few to say")
    assert not score.known
    assert "Too few to say" in repr(score)


def test_one_outcome_alone_is_too_few():
    deals = drawn.deals().opportunities.to_pandas()
    deals["is_won"] = deals["is_won"].where(deals["is_won"].isna(), False)
    score = rk.score(rk.Dataset(as_of=drawn.AS_OF, opportunities=deals), "win")

    assert score.rows["probability"].isna().all()
    assert np.isnan(score.rows["expected"]).all()
