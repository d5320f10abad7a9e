"""What a case more is worth in a place, against sums by hand; a place is not the whole."""

import math

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.watch.leaves import Place
from revkit.analysis.watch.metrics.worth import worth

SMB = Place(("segment",), ("SMB",))


@pytest.fixture(scope="module")
def data():
    return rk.generate("baseline", accounts=500, seed=11).data


def frames(data, name, place):
    rows = data.table(name).to_pandas()
    accounts = data.table("accounts").to_pandas()
    rows = rows.merge(accounts[["account_id", "segment"]], on="account_id", how="left")
    return rows if not place.by else rows[rows["segment"] == "SMB"]


@pytest.mark.parametrize("place", [Place(), SMB])
def test_a_won_deal_is_worth_the_mean_of_those_won_in_its_place(data, place):
    deals = frames(data, "opportunities", place)
    won = deals[(deals["kind"] == "new") & (deals["is_won"] == True)]  # noqa: E712

    expected = won["amount"].dropna().astype(float).mean()
    assert worth(data, "win_rate", place) == pytest.approx(expected)


@pytest.mark.parametrize("place", [Place(), SMB])
def test_a_customer_is_worth_a_year_of_what_its_place_pays(data, place):
    rows = frames(data, "subscriptions", place)
    ended = pd.to_datetime(rows["ended_on"])
    paying = rows[ended.isna() | (ended > pd.Timestamp(data.as_of))]
    paying = paying[pd.to_datetime(paying["started_on"]) <= pd.Timestamp(data.as_of)]

    expected = 12 * paying["mrr"].astype(float).sum() / paying["account_id"].nunique()
    assert worth(data, "churn_rate", place) == pytest.approx(-expected, rel=0.02)


def test_a_lead_beyond_a_gate_is_worth_its_share_of_a_deal(data):
    deals = frames(data, "opportunities", SMB)
    decided = deals[(deals["kind"] == "new") & deals["is_won"].notna() & deals["amount"].notna()]
    won = np.where(decided["is_won"].astype(bool), decided["amount"].astype(float), 0.0)
    leads = set(frames(data, "leads", SMB)["lead_id"])
    steps = data.table("lead_history").to_pandas()
    steps = steps[steps["lead_id"].isin(leads)].groupby("stage")["lead_id"].nunique()

    expected = won.mean() * steps["opportunity"] / steps["SQL"]
    assert worth(data, "mql_to_sql_rate", SMB) == pytest.approx(expected)


def test_what_the_tables_do_not_reach_has_no_worth(data):
    assert math.isnan(worth(data, "win_rate", Place(("flavour",), ("sweet",))))
    assert math.isnan(worth(data, "reps_left", Place()))
    assert math.isnan(worth(rk.example("deals"), "churn_rate", Place()))
