"""Snapshots: past rows are made of what was known on their day, and wait for their outcome."""

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.scores.snapshots.customers import customers, paying
from revkit.analysis.scores.snapshots.deals import deals
from revkit.analysis.scores.snapshots.leads import leads
from tests.support.companies.generated import punctual

DAY = "2025-06-30"
TAKEN = {
    "deals": lambda data: deals(data, 90),
    "customers": lambda data: customers(paying(data), 90, "churn"),
    "leads": lambda data: leads(data, 90),
}


@pytest.fixture(scope="module")
def company():
    return punctual(accounts=250, seed=3).data


@pytest.mark.parametrize("of", TAKEN)
def test_a_past_row_is_what_a_replay_of_its_day_would_tell(company, of):
    """Rows dated later, and fields filled in later, change no feature."""
    later, then = TAKEN[of](company), TAKEN[of](company.replay(DAY))
    columns = [later.key, *later.features]
    past, known = (
        one.rows[one.rows["day"] == pd.Timestamp(DAY)].sort_values(one.key)[columns]
        for one in (later, then)
    )

    assert then.features == later.features
    assert len(past) > 5
    pd.testing.assert_frame_equal(
        past.reset_index(drop=True), known.reset_index(drop=True), check_dtype=False
    )


@pytest.mark.parametrize("of", TAKEN)
def test_an_outcome_is_known_once_its_horizon_is_over(company, of):
    rows = TAKEN[of](company).rows
    over = rows["day"] + pd.Timedelta(days=90) <= pd.Timestamp(company.as_of)

    assert (rows["outcome"].notna() == over).all()
    assert 0 < over.mean() < 1


def paid(*regimes):
    columns = ["account_id", "started_on", "ended_on", "mrr"]
    rows = pd.DataFrame(regimes, columns=columns)
    return rk.Dataset(
        as_of="2026-06-30",
        subscriptions=rows.assign(subscription_id=range(len(rows)), line="1"),
    )


@pytest.mark.parametrize(("target", "who"), [("churn", "left"), ("expand", "grew")])
def test_what_came_of_a_customer(target, who):
    data = paid(
        ("stayed", "2025-01-01", None, 100.0),
        ("left", "2025-01-01", "2026-02-10", 100.0),
        ("grew", "2025-01-01", "2026-02-10", 100.0),
        ("grew", "2026-02-10", None, 150.0),
        ("shrank", "2025-01-01", "2026-02-10", 100.0),
        ("shrank", "2026-02-10", None, 40.0),
        ("paused", "2025-01-01", "2026-02-10", 100.0),
        ("paused", "2026-03-01", None, 100.0),
    )
    rows = customers(paying(data), 90, target).rows
    january = rows[rows["day"] == pd.Timestamp("2026-01-31")].set_index("account_id")

    assert january.index[january["outcome"] == 1].tolist() == [who]
    assert january["outcome"].sum() == 1
    assert january.loc["stayed", "money"] == (1200 if target == "churn" else 600)


@pytest.mark.parametrize(("amounts", "worth"), [([None, None], [None]), ([900.0, None], [600.0])])
def test_a_lead_is_worth_what_deals_are_as_far_as_their_amounts_are_known(amounts, worth):
    days = {"created_on": "2026-01-10", "closed_on": "2026-02-10", "kind": "new"}
    decided = pd.DataFrame({
        "opportunity_id": ["won", "lost"], "is_won": [True, False], "amount": amounts, **days,
    })  # fmt: skip
    unknown = pd.DataFrame(
        {"opportunity_id": ["other"], "is_won": [True], "amount": [None], **days}
    )
    data = rk.Dataset(
        as_of="2026-06-30", currency="EUR",
        leads=pd.DataFrame({"lead_id": ["l"], "created_at": ["2026-06-01"]}),
        opportunities=pd.concat([decided, unknown], ignore_index=True),
    )  # fmt: skip

    rows = leads(data, 90).rows
    found = rows.loc[rows["outcome"].isna(), "money"].drop_duplicates()

    assert found.astype(object).where(found.notna(), None).tolist() == worth
