"""What a replay cannot know is noted, beside the numbers that lack it."""

import pandas as pd
import pytest

import revkit as rk

NOTE = "lost_reason is not known as of 2026-02-28"


@pytest.fixture(scope="module")
def company():
    """A deal that was lost in January, opened again in March and lost for another reason in May."""
    stages = pd.DataFrame({
        "stage": ["Proposal", "Lost", "Won"], "position": [1, 2, 3], "object": "opportunity",
        "is_closed": [False, True, True], "is_won": [False, False, True],
    })  # fmt: skip
    changes = [("a", "2026-01-02", "Proposal"), ("a", "2026-01-20", "Lost"),
               ("a", "2026-03-05", "Proposal"), ("a", "2026-05-08", "Lost"),
               ("b", "2026-01-03", "Proposal"), ("b", "2026-01-25", "Lost")]  # fmt: skip
    history = pd.DataFrame(changes, columns=["opportunity_id", "changed_at", "stage"])
    deals = pd.DataFrame({
        "opportunity_id": ["a", "b"], "created_on": ["2026-01-02", "2026-01-03"],
        "closed_on": ["2026-05-08", "2026-01-25"], "is_won": False, "amount": 100.0,
        "lost_reason": ["timing", "price"],
    })  # fmt: skip
    return rk.Dataset(
        opportunities=deals, opportunity_history=history.assign(amount=100.0), stages=stages,
        as_of="2026-05-31", currency="EUR",
    )  # fmt: skip


def test_reasons_overwritten_later_are_noted_in_a_replay(company):
    then = rk.metrics.loss_reasons(company.replay("2026-02-28"), period=None)

    assert then["lost_reason"].tolist() == ["price", "(missing)"]
    assert [one for one in then.attrs["notes"] if NOTE in one]
    card = rk.scorecard(company.replay("2026-02-28"), metrics=["loss_reasons"], period="month")
    assert NOTE in str(card)


def test_nothing_is_noted_where_all_is_known(company):
    now = rk.metrics.loss_reasons(company, period=None)
    shares = rk.metrics.win_rate(company.replay("2026-02-28"), period=None)

    for frame in (now, shares):
        assert not [one for one in frame.attrs["notes"] if "lost_reason" in one]
