"""Cost of acquisition by a dimension that part of the spend lacks, and by motion."""

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DimensionError, ParameterError

M = rk.metrics
MARCH = {"start": "2026-03-01"}
DAY = pd.Timestamp("2026-03-02")
# six customers by search, three by partners, one of whom nobody knows how
CHANNELS = ["search"] * 6 + ["partner"] * 3 + [None]
SPEND = [
    ("marketing", "programs", "search", 300.0, "new"),
    ("marketing", "programs", "events", 100.0, "new"),
    ("marketing", "people", None, 200.0, None),
    ("sales", "people", None, 300.0, "new"),
    ("sales", "people", None, 80.0, "expansion"),
    ("sales", "commission", None, 20.0, "renewal"),
    ("success", "people", None, 999.0, None),
]


def company(spend=SPEND, channels=CHANNELS):
    accounts = [f"a{n}" for n in range(len(channels))]
    frame = pd.DataFrame(
        spend, columns=["function", "category", "channel", "amount", "motion"]
    ).assign(spent_on=DAY)
    frame["spend_id"] = [f"x{n}" for n in range(len(frame))]
    return rk.Dataset(
        as_of="2026-03-31",
        accounts=pd.DataFrame({"account_id": accounts, "channel": channels, "segment": "SMB"}),
        subscriptions=pd.DataFrame(
            {"subscription_id": accounts, "account_id": accounts, "started_on": DAY,
             "ended_on": pd.NaT, "mrr": 50.0}
        ),
        finance=pd.DataFrame(
            {"month": [DAY.replace(day=1)] * 2, "line": ["revenue", "cogs"], "amount": [4.0, 1.0]}
        ),
        spend=frame,
    )  # fmt: skip


def by_channel(metric, data, **how):
    found = metric(data, by="channel", **MARCH, **how)
    return dict(zip(found["channel"], found["value"], strict=True))


def nan(value):
    return pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize("metric", [M.cac, M.cac_payback, M.ltv_cac, M.sales_efficiency])
def test_a_channel_that_most_spend_lacks_is_refused_with_the_ways_out(metric):
    with pytest.raises(DimensionError, match=r"60% of the spend.*paid_cac.*allocate='customers'"):
        metric(company(), by="channel", **MARCH)


def test_up_to_a_twentieth_of_spend_may_lack_it():
    few = [("marketing", "programs", "search", 950.0, None), ("sales", "x", None, 50.0, None)]
    more = [("marketing", "programs", "search", 949.0, None), ("sales", "x", None, 51.0, None)]
    few, more = ([(a, "people", c, d, e) for a, _, c, d, e in rows] for rows in (few, more))

    assert by_channel(M.cac, company(few, ["search"] * 5))["search"] == 190
    with pytest.raises(DimensionError):
        M.cac(company(more, ["search"] * 5), by="channel", **MARCH)


def test_spend_is_shared_out_by_customers():
    found = by_channel(M.cac, company(), allocate="customers")

    # 600 without a channel are 60 for each of ten customers
    assert found == {"events": nan(float("nan")), "search": 110, "partner": 60, "(missing)": 60}


def test_spend_is_shared_out_by_amount():
    found = by_channel(M.cac, company(), allocate="amount")

    # of 600 search gets three quarters: 300 + 450 over six
    assert found["search"] == 125
    assert [found[name] for name in ("partner", "(missing)")] == [nan(float("nan"))] * 2


@pytest.mark.parametrize("allocate", ["customers", "amount"])
def test_without_groups_there_is_nothing_to_share_out(allocate):
    assert M.cac(company(), allocate=allocate, **MARCH)["value"].tolist() == [100.0]


def test_paid_cost_is_programmes_over_the_customers_of_the_channel():
    found = M.paid_cac(company(), **MARCH).set_index("channel")["value"].to_dict()

    assert found["search"] == 50
    assert [found[name] for name in ("partner", "(missing)")] == [nan(float("nan"))] * 2


def test_new_business_leaves_out_what_serves_customers():
    assert M.cac(company(), **MARCH)["value"].tolist() == [100.0]
    assert M.cac(company(), motion="new", **MARCH)["value"].tolist() == [90.0]
    assert M.cac(company(), motion="new", allocate="customers", **MARCH)["value"].tolist() == [90.0]


@pytest.mark.parametrize("option", [{"motion": "old"}, {"allocate": "heads"}])
def test_an_unknown_option_is_refused_with_the_choices(option):
    with pytest.raises(ParameterError, match=r"new|customers"):
        M.cac(company(), **option)


def test_who_joined_and_left_within_the_window_is_a_customer_won():
    data = company()
    rows = data.table("subscriptions").to_pandas()
    rows.loc[:4, "ended_on"] = pd.Timestamp("2026-03-20")
    tables = {name: data.table(name).to_pandas() for name in ("spend", "accounts")}
    gone = rk.Dataset(as_of="2026-03-31", subscriptions=rows, **tables)

    for period in ("week", "month", "quarter", "year"):
        frame = M.cac(gone, start="2026-03-02", end="2026-03-03", period=period)
        assert frame["value"].tolist() == [100.0]
