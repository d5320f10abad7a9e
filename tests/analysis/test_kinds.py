"""Deals without a kind: what is asked of new business alone says that it counts all of them."""

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.defaults import UNSAID
from revkit.language import language

ASKED = {
    "segments": lambda data: rk.segments(data, "segment").notes,
    "plan": lambda data: rk.plan(data, target=50_000, draws=50).notes,
    "coach": lambda data: rk.coach(data).notes,
    "assess": lambda data: rk.assess(data).attrs["notes"],
}


@pytest.fixture(scope="module")
def tables():
    """Twenty deals a month over two years, half of them won and paid for since."""
    ids = [f"{month:02}{deal:02}" for month in range(24) for deal in range(20)]
    opened = [pd.Timestamp("2024-01-05") + pd.DateOffset(months=int(one[:2])) for one in ids]
    won = [int(one) % 2 == 0 for one in ids]
    deals = pd.DataFrame({"opportunity_id": ids, "account_id": ids, "is_won": won})
    deals = deals.assign(
        created_on=opened, closed_on=[day + pd.Timedelta(days=20) for day in opened],
        amount=1200.0, rep_id=[f"R{one[-1]}" for one in ids],
    )  # fmt: skip
    paid = deals[deals["is_won"]]
    subscriptions = paid[["account_id"]].assign(
        subscription_id=paid["account_id"], started_on=paid["closed_on"], ended_on=None, mrr=100.0
    )
    accounts = pd.DataFrame({"account_id": ids, "segment": [f"S{one[-1]}" for one in ids]})
    return {"opportunities": deals, "subscriptions": subscriptions, "accounts": accounts}


def company(tables, **columns):
    deals = tables["opportunities"].assign(**columns)
    return rk.Dataset(**{**tables, "opportunities": deals}, as_of="2025-12-31", currency="EUR")


@pytest.mark.parametrize("verb", ASKED)
def test_it_is_said_that_all_deals_count_as_new(tables, verb):
    assert UNSAID in ASKED[verb](company(tables))


def test_it_is_not_said_of_deals_that_have_a_kind(tables):
    assert UNSAID not in ASKED["segments"](company(tables, kind="new"))
    assert language("it").gettext(UNSAID) != UNSAID


def test_a_quiet_watch_shows_its_notes_below_its_answer(tables):
    """All deals are of one size and length, of which no noise is known."""
    assert repr(rk.watch(company(tables))).splitlines()[1:] == [UNSAID]
