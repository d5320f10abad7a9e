"""What was known on a day, by hand: events counted, the latest of them, notice, worth of a lead."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.scores.design import Design
from revkit.analysis.scores.evaluation import Line, line
from revkit.analysis.scores.snapshots.as_known import counted, days, latest
from revkit.analysis.scores.snapshots.customers import customers, paying
from revkit.analysis.scores.snapshots.leads import leads


def at(*moments):
    return pd.Series(pd.to_datetime(list(moments))).astype("datetime64[s]")


ROWS = pd.DataFrame({"key": ["a", "a", "b"], "day": at("2026-03-31", "2026-01-31", "2026-03-31")})
EVENTS = pd.DataFrame({
    "key": ["a", "a", "a", "b"], "size": [1.0, 2.0, 4.0, 8.0],
    "on": at("2026-01-10", "2026-03-01", "2026-04-02", "2026-03-31"),
})  # fmt: skip


@pytest.mark.parametrize(
    ("how", "found"),
    [
        ({}, [2, 1, 1]),
        ({"span": 31}, [1, 1, 1]),
        ({"span": 30}, [0, 1, 1]),
        ({"weight": "size"}, [3, 1, 8]),
    ],
)
def test_events_are_counted_by_the_day_of_the_row(how, found):
    assert counted(ROWS, EVENTS, "key", **how).tolist() == found


def test_the_latest_event_may_be_asked_of_another_day_and_grows_old():
    def asked(**how):
        return latest(ROWS, EVENTS, "key", ["size"], **how)["size"].tolist()

    assert asked() == [2, 1, 8]
    assert asked(ago=-2) == [4, 1, 8]
    assert asked(ago=60)[0] == 1
    assert np.isnan(asked(within=25)).tolist() == [True, False, False]


def test_days_are_the_ends_of_months_where_the_last_is_one():
    found = days(pd.Timestamp("2026-02-28").date(), pd.Timestamp("2025-12-31").date())

    assert found.strftime("%m-%d").tolist() == ["12-31", "01-31", "02-28"]


def test_notice_is_known_from_its_day_on():
    rows = pd.DataFrame({
        "subscription_id": ["1"], "line": "1", "account_id": "a", "mrr": 10.0,
        "started_on": "2025-01-01", "ended_on": ["2026-03-01"],
        "cancel_requested_on": ["2026-01-20"],
    })  # fmt: skip
    taken = customers(paying(rk.Dataset(subscriptions=rows, as_of="2026-06-30")), 90, "churn")

    notice = taken.rows.set_index("day")["notice"]
    assert notice[["2025-12-31", "2026-01-31", "2026-02-28"]].tolist() == [0, 1, 1]


def test_a_lead_is_worth_the_mean_amount_of_decided_deals_lost_ones_as_nothing():
    deals = pd.DataFrame({
        "opportunity_id": list("abcd"), "created_on": "2026-01-05", "amount": [300.0, 500, 100, 9],
        "closed_on": ["2026-02-05"] * 3 + [None], "is_won": [True, False, True, None],
    })  # fmt: skip
    came = pd.DataFrame({"lead_id": ["1"], "created_at": ["2026-05-05"]})

    taken = leads(rk.Dataset(opportunities=deals, leads=came, as_of="2026-06-30"), 90)

    assert taken.rows["money"].unique().tolist() == [pytest.approx(400 / 3)]


def test_rows_of_one_entity_are_one_piece_of_evidence():
    """Each deal is there four times over: the line is as uncertain as that of each once."""
    rng = np.random.default_rng(0)
    odds = rng.normal(size=400)
    outcome = (rng.random(400) < 1 / (1 + np.exp(-odds))).astype(float)
    once = line(outcome, odds, np.arange(400))

    often = line(np.tile(outcome, 4), np.tile(odds, 4), np.tile(np.arange(400), 4))

    assert often.covariance == pytest.approx(once.covariance, rel=1e-6)


def test_the_band_is_as_wide_as_the_line_is_uncertain():
    sure, unsure = (Line(0.0, 1.0, np.eye(2) * one).band(np.array([0.5]), 0.9)
                    for one in (1e-6, 0.04))  # fmt: skip

    assert unsure[0] < sure[0] < sure[1] < unsure[1]
    spread = np.log(unsure[1] / (1 - unsure[1])) - 0.5
    assert spread == pytest.approx(1.645 * 0.2 * np.sqrt(1 + 0.25), rel=1e-3)


def test_a_level_of_few_rows_stands_with_the_others():
    rows = pd.DataFrame({"of": ["often"] * 40 + ["seldom"] * 19 + ["some"] * 21})

    assert Design.of(rows, ["of"]).levels == {"of": ("often", "some")}
