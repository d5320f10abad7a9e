"""Deals that several reps share: money by share, counts once for each rep, totals as they are."""

from datetime import date, datetime

import pandas as pd
import pytest

import revkit as rk
from revkit.derived import ramps
from revkit.derived.opportunities.forecasts import forecasts
from revkit.errors import DataError

CREATED, CLOSED = date(2026, 3, 2), date(2026, 3, 20)


def company(shares=(("o1", "R1", 0.6), ("o1", "R2", 0.4)), **tables):
    deals = {"opportunity_id": ["o1", "o2"], "rep_id": ["R1", "R2"], "created_on": [CREATED] * 2,
             "closed_on": [CLOSED] * 2, "is_won": [True, False],
             "amount": [100.0, 70.0]}  # fmt: skip
    reps = {"rep_id": ["R1", "R2", "R3"], "name": ["Ada", "Bo", "Cy"],
            "team": ["North", "North", "South"], "hired_on": [date(2024, 1, 1)] * 3}  # fmt: skip
    frames = {"opportunities": deals, "reps": reps} | tables
    frames = {name: pd.DataFrame(rows) for name, rows in frames.items()}
    splits = pd.DataFrame(shares, columns=["opportunity_id", "rep_id", "share"])
    return rk.Dataset(as_of="2026-03-31", opportunity_splits=splits, **frames)


def by(metric, data, dimension="rep", **how):
    frame = metric(data, by=dimension, period="month", start="2026-03-01", **how)
    return dict(zip(frame[dimension], frame["value"], strict=True))


def total(metric, data):
    return metric(data, start="2026-03-01")["value"].tolist()


def test_money_goes_by_share_and_counts_count_a_deal_once_for_each_of_its_reps():
    data = company()

    assert by(rk.metrics.won_amount, data) == {"Ada": pytest.approx(60), "Bo": pytest.approx(40)}
    assert by(rk.metrics.win_rate, data) == {"Ada": 1, "Bo": 0.5}
    assert by(rk.metrics.deal_size, data) == {"Ada": pytest.approx(60), "Bo": pytest.approx(40)}
    assert total(rk.metrics.win_rate, data) == [0.5]
    assert total(rk.metrics.deal_size, data) == [100]
    assert total(rk.metrics.won_amount, data) == [100]


def test_a_team_has_a_deal_once_however_many_of_its_reps_share_it():
    data = company((("o1", "R1", 0.5), ("o1", "R2", 0.2), ("o1", "R3", 0.3)))

    assert by(rk.metrics.won_amount, data, "rep.team") == {
        "North": pytest.approx(70), "South": pytest.approx(30)
    }  # fmt: skip
    assert by(rk.metrics.win_rate, data, "rep.team") == {"North": 0.5, "South": 1}
    assert by(rk.metrics.won_amount, data, "rep_id") == {
        "R1": pytest.approx(50), "R2": pytest.approx(20), "R3": pytest.approx(30)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("where", "won", "rate"),
    [
        ({"rep": "Ada"}, 60, 1),
        ({"rep": "Bo"}, 40, 0.5),
        ({"rep": ["Ada", "Bo"]}, 100, 0.5),
        ({"team": "North", "rep": "Bo"}, 40, 0.5),
        ({"team": "North"}, 100, 0.5),
    ],
)
def test_a_filter_keeps_the_part_of_the_reps_it_keeps(where, won, rate):
    data = company().where(where)

    assert total(rk.metrics.won_amount, data) == [pytest.approx(won)]
    assert total(rk.metrics.win_rate, data) == [rate]
    assert sum(by(rk.metrics.won_amount, data).values()) == pytest.approx(won)


def test_the_open_pipeline_is_shared_too():
    changed = {"opportunity_id": ["o3"], "changed_at": [datetime(2026, 3, 2, 9)],
               "stage": ["Demo"], "amount": [50.0], "rep_id": ["R3"]}  # fmt: skip
    deals = {"opportunity_id": ["o3"], "rep_id": ["R3"], "created_on": [CREATED],
             "closed_on": [None], "is_won": [None], "amount": [50.0]}  # fmt: skip
    data = company((("o3", "R1", 0.2), ("o3", "R2", 0.8)), opportunities=deals,
                   opportunity_history=changed)  # fmt: skip

    shares = {"Ada": pytest.approx(10), "Bo": pytest.approx(40)}
    assert by(rk.metrics.pipeline_open, data) == shares
    assert by(rk.metrics.pipeline_created, data) == shares
    assert total(rk.metrics.pipeline_open, data.where(rep="Bo")) == [pytest.approx(40)]
    assert total(rk.metrics.pipeline_open, data) == [50]


@pytest.mark.parametrize("shares", [(0.6, 0.3), (0.6, 0.6)])
def test_shares_that_do_not_add_up_to_one_are_refused(shares):
    data = company((("o1", "R1", shares[0]), ("o1", "R2", shares[1])))

    with pytest.raises(DataError, match=r"shares of a deal do not add up to 1 in 1 row.*o1"):
        rk.metrics.won_amount(data, by="rep")


def test_thirds_are_one():
    data = company((("o1", "R1", 0.333), ("o1", "R2", 0.333), ("o1", "R3", 0.333)))

    assert sum(by(rk.metrics.won_amount, data).values()) == pytest.approx(100, abs=0.02)


QUARTER = {"starts_on": [date(2026, 1, 1)] * 2, "ends_on": [date(2026, 4, 1)] * 2}
QUOTAS = {"target_id": ["t1", "t2"], "kind": "quota", "rep_id": ["R1", "R2"], **QUARTER,
          "measure": "bookings", "amount": [60.0, 40.0]}  # fmt: skip


def test_a_rep_reaches_the_quota_by_the_share_of_each_deal():
    alone = company((), targets=QUOTAS).replay("2026-03-31")
    shared = company(targets=QUOTAS)

    assert by(rk.metrics.share_of_reps_at_quota, alone) == {"Ada": 1, "Bo": 0}
    assert by(rk.metrics.share_of_reps_at_quota, shared) == {"Ada": 1, "Bo": 1}


def test_a_rep_ramps_by_the_share_of_each_deal():
    """Quotas of 20 a month: Bo's 40 of the shared deal, after two months, are 67 % of three."""
    deals = {"opportunity_id": ["o1"], "rep_id": ["R1"], "created_on": [CREATED],
             "closed_on": [CLOSED], "is_won": [True], "amount": [200.0]}  # fmt: skip
    reps = {"rep_id": ["R1", "R2"], "hired_on": [date(2026, 1, 1)] * 2, "left_on": [None] * 2}
    quotas = QUOTAS | {"amount": [240.0, 240.0]}
    known = {"opportunities": deals, "reps": reps, "targets": quotas}

    halves = company((("o1", "R1", 0.5), ("o1", "R2", 0.5)), **known)
    whole = company((), **known)

    assert ramps(whole).order_by("rep_id").to_pandas()["months"].fillna(0).tolist() == [3, 0]
    assert ramps(halves).to_pandas()["months"].isna().all()


def test_a_forecast_by_rep_is_set_beside_the_share_that_was_won():
    calls = QUOTAS | {"kind": "commit", "submitted_on": [date(2026, 1, 1)] * 2}
    found = forecasts(company(targets=calls)).filter(lambda row: row.days == 30)

    won = dict(found.select("rep_id", "won").to_pandas().itertuples(index=False))
    assert won == {"R1": pytest.approx(60), "R2": pytest.approx(40)}
