"""Learning: tested on later rows alone, measured as scikit-learn measures."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from revkit.analysis.scores import learning
from revkit.analysis.scores.evaluation import area, lift, line
from revkit.analysis.scores.guard import unlike

HORIZON = 90


def rows(n=800, seed=0):
    rng = np.random.default_rng(seed)
    days = pd.date_range("2024-01-31", periods=20, freq="ME")
    frame = pd.DataFrame({"x": rng.normal(size=n), "noise": rng.normal(size=n)})
    frame["__day"] = days[rng.integers(0, len(days), n)]
    frame["__entity"] = [f"{place}" for place in range(n)]
    outcome = (rng.random(n) < 1 / (1 + np.exp(-frame["x"]))).astype(float).to_numpy()
    return frame, outcome


def test_no_row_is_learned_from_whose_outcome_came_after_the_first_day_of_the_test(monkeypatch):
    frame, outcome = rows()
    learned_from = []
    fit = learning.fit

    def watched(past, *others):
        learned_from.append(past["__day"].max())
        return fit(past, *others)

    monkeypatch.setattr(learning, "fit", watched)
    learned = learning.learn(frame, outcome, ["x", "noise"], HORIZON, 0.9)
    days = np.unique(frame["__day"])
    first = days[-round(learning.TESTED * len(days))]

    assert learned_from[0] + pd.Timedelta(days=HORIZON) <= first
    assert learned.evaluation.loc[0, "n_test"] == (frame["__day"] >= first).sum()
    assert learned_from[-1] == frame["__day"].max()


def test_below_500_rows_only_a_logistic_regression_is_learned():
    frame, outcome = rows(400)
    few = learning.learn(frame, outcome, ["x", "noise"], HORIZON, 0.9)

    assert few.kind == "logistic regression"
    assert len(few.model.parts) == 1


def test_the_scores_of_what_is_drawn_are_calibrated():
    frame, outcome = rows(6000, seed=2)
    learned = learning.learn(frame, outcome, ["x", "noise"], HORIZON, 0.9)
    told = learned.model.probability(frame)

    assert learned.evaluation.loc[0, "slope"] == pytest.approx(1, abs=0.12)
    assert np.abs(told - 1 / (1 + np.exp(-frame["x"]))).mean() < 0.03


def test_the_model_that_was_better_on_later_rows_is_chosen():
    """Trees see a chance that goes up and down; a line of the log-odds sees nothing of it."""
    frame, _ = rows(4000, seed=5)
    wave = np.sin(6 * frame["x"]) > 0
    outcome = (np.random.default_rng(1).random(4000) < np.where(wave, 0.9, 0.1)).astype(float)

    assert learning.learn(frame, outcome, ["x", "noise"], HORIZON, 0.9).kind == learning.BOTH


def test_months_of_few_customers_are_read_with_more_doubt():
    """Of 60 customers with twenty months each, chances lie nearer together than of 1,200 others."""
    frame, outcome = rows(1200)
    often = frame.assign(__entity=[str(place % 60) for place in range(1200)])

    few, many = (learning.fit(one, outcome, ["x", "noise"], learning.LOGISTIC).log_odds(frame)
                 for one in (often, frame))  # fmt: skip

    assert np.std(few) < 0.95 * np.std(many)
    assert np.corrcoef(few, many)[0, 1] > 0.98


def test_area_and_lift():
    frame, outcome = rows(500)

    assert area(outcome, frame["x"].to_numpy()) == pytest.approx(roc_auc_score(outcome, frame["x"]))
    assert lift(np.array([1.0] * 5 + [0.0] * 95), np.arange(100)[::-1]) == pytest.approx(10)


def test_the_calibration_line_is_the_logistic_regression_on_the_log_odds():
    frame, outcome = rows(2000)
    found = line(outcome, frame["x"].to_numpy(), frame["__entity"].to_numpy())
    known = LogisticRegression(C=1e9).fit(frame[["x"]], outcome)

    assert found.slope == pytest.approx(known.coef_[0, 0], rel=1e-3)
    assert found.shift == pytest.approx(known.intercept_[0], abs=1e-3)
    assert found.covariance[1, 1] ** 0.5 == pytest.approx(0.06, abs=0.015)


def test_a_value_that_is_gone_today_betrays_an_edited_column():
    past = pd.DataFrame({"edited": ["won"] * 40 + ["open"] * 60, "steady": ["a", "b"] * 50,
                         "filled": [5.0] * 60 + [np.nan] * 40})  # fmt: skip
    today = pd.DataFrame({"edited": ["open"] * 50, "steady": ["a", "b"] * 25,
                          "filled": [np.nan] * 50})  # fmt: skip

    assert unlike(past, today, ["edited", "steady", "filled"]) == ["edited", "filled"]
