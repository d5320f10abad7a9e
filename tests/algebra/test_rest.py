"""A group against the rest: the value of all other rows, from their sums."""

from __future__ import annotations

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import ParameterError
from revkit.statistics.intervals import wilson


def subscriptions(*accounts: tuple[str, str, float, float]) -> rk.Dataset:
    """Accounts with a segment, what each paid in February and what it pays since 10 March."""
    rows, names = [], []
    for account, segment, before, after in accounts:
        names.append({"account_id": account, "segment": segment})
        for line, mrr, since, until in (
            ("1", before, "2025-01-01", "2026-03-10"),
            ("2", after, "2026-03-10", None),
        ):
            rows.append(
                {"subscription_id": account, "line": line, "account_id": account, "mrr": mrr,
                 "started_on": since, "ended_on": until}
            )  # fmt: skip
    return rk.Dataset(
        subscriptions=pd.DataFrame(rows), accounts=pd.DataFrame(names), as_of="2026-03-31"
    )


def rest_of(frame: pd.DataFrame) -> dict[str, float]:
    return dict(zip(frame["segment"], frame["value"] - frame["change"], strict=True))


def test_the_rest_is_a_quotient_of_sums_and_not_a_mean_of_rates():
    """880 of 900 is .978, 150 of 100 is 1.5; with C at 50 of 200 the rest of A is 200 / 300."""
    two = subscriptions(("a", "A", 900, 880), ("b", "B", 100, 150))
    three = subscriptions(("a", "A", 900, 880), ("b", "B", 100, 150), ("c", "C", 200, 50))
    how = {"by": "segment", "start": "2026-03-01", "compare": "rest"}

    assert rest_of(rk.metrics.nrr(two, **how)) == pytest.approx({"A": 1.5, "B": 880 / 900})
    assert rest_of(rk.metrics.nrr(three, **how)) == pytest.approx(
        {"A": 200 / 300, "B": 930 / 1100, "C": 1030 / 1000}
    )


def test_the_rest_is_what_the_other_groups_say_together(pytestconfig):
    company = rk.load(pytestconfig.rootpath / "data" / "sample")
    others = company.where(segment=["Mid-Market", "Enterprise"])

    for name, how in (
        ("win_rate", {"period": None}),
        ("churn_rate", {"period": "quarter", "start": "2025-01-01"}),
        ("nrr", {"period": "quarter", "trailing": 4, "start": "2025-01-01"}),
        ("deal_size", {"period": "quarter", "start": "2025-01-01"}),
        ("pipeline_velocity", {"period": "quarter", "start": "2025-01-01"}),
        ("expansion_rate", {"period": "month", "start": "2025-06-01"}),
        ("mrr", {"period": "month", "start": "2025-06-01"}),
        ("churn_rate_daily", {"period": "quarter", "start": "2025-06-01"}),
    ):
        metric = getattr(rk.metrics, name)
        frame = metric(company, by="segment", compare="rest", **how)
        smb = frame[frame["segment"] == "SMB"]
        alone = metric(others, **how)
        found = (smb["value"] - smb["change"]).to_numpy(dtype=float)
        assert found == pytest.approx(alone["value"].to_numpy(dtype=float), nan_ok=True), name


def test_the_interval_of_the_difference_is_newcombes():
    """30 of 100 against 30 of 200 of all others, two groups of 100 with 10 and 20 won."""
    rows = [
        {"opportunity_id": f"{kind}{at}", "kind": kind, "created_on": "2026-01-02",
         "closed_on": "2026-02-01", "is_won": at < won}
        for kind, won in (("new", 30), ("expansion", 10), ("renewal", 20))
        for at in range(100)
    ]  # fmt: skip
    company = rk.Dataset(opportunities=pd.DataFrame(rows), as_of="2026-03-31")

    frame = rk.metrics.win_rate(company, by="kind", period=None, compare="rest")
    row = frame.set_index("kind").loc["new"]

    (low,), (high,) = wilson(pd.array([0.3]).to_numpy(), pd.array([100.0]).to_numpy(), 0.95)
    (below,), (above,) = wilson(pd.array([0.15]).to_numpy(), pd.array([200.0]).to_numpy(), 0.95)
    assert row["change"] == pytest.approx(0.15)
    assert row["change_low"] == pytest.approx(
        0.15 - ((0.3 - low) ** 2 + (above - 0.15) ** 2) ** 0.5
    )
    assert row["change_high"] == pytest.approx(
        0.15 + ((high - 0.3) ** 2 + (0.15 - below) ** 2) ** 0.5
    )
    assert row["certain"]


def test_stages_are_compared_within_their_stage(pytestconfig):
    company = rk.load(pytestconfig.rootpath / "data" / "sample")
    others = company.where(segment=["Mid-Market", "Enterprise"])

    frame = rk.metrics.stage_conversion(company, by="segment", period=None, compare="rest")
    smb = frame[frame["segment"] == "SMB"].set_index("stage")
    alone = rk.metrics.stage_conversion(others, period=None).set_index("stage")

    assert (smb["value"] - smb["change"]).to_dict() == pytest.approx(alone["value"].to_dict())


def test_a_group_that_is_all_there_is_has_no_rest():
    one = subscriptions(("a", "A", 900, 880), ("b", "A", 100, 150))

    frame = rk.metrics.nrr(one, by="segment", start="2026-03-01", compare="rest")

    assert frame["change"].isna().all()
    assert not frame["certain"].any()


def test_what_does_not_follow_from_sums_is_refused(pytestconfig):
    company = rk.load(pytestconfig.rootpath / "data" / "sample")

    for name in ("median_sales_cycle", "clv"):
        with pytest.raises(ParameterError, match="has no rest"):
            getattr(rk.metrics, name)(company, by="segment", compare="rest")
    with pytest.raises(ParameterError, match="Add by="):
        rk.metrics.win_rate(company, compare="rest")


def test_a_table_that_reaches_a_group_in_two_ways_does_not_keep_others_from_it(pytestconfig):
    company = rk.load(pytestconfig.rootpath / "data" / "sample")

    assert len(rk.metrics.roi(company, by="channel", period=None)) > 2


def test_a_small_side_makes_nothing_certain():
    deals = pd.DataFrame(
        [
            {"opportunity_id": f"{kind}{at}", "kind": kind, "created_on": "2026-01-02",
             "closed_on": "2026-02-01", "is_won": at < won}
            for kind, won, lost in (("new", 0, 4), ("renewal", 90, 10))
            for at in range(won + lost)
        ]
    )  # fmt: skip
    company = rk.Dataset(opportunities=deals, as_of="2026-03-31")

    frame = rk.metrics.win_rate(company, by="kind", period=None, compare="rest")

    assert (frame["change_low"] > 0).any() or (frame["change_high"] < 0).any()
    assert not frame["certain"].any()
