"""The bridge by what lies within accounts: what moves between groups is neither gained nor lost."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import revkit as rk

PARTS = ["new", "expansion", "reactivation", "contraction", "churn"]
MONEY = ["opening", *PARTS, "net", "closing"]
BEGUN, AS_OF = date(2026, 1, 1), date(2026, 4, 30)
RATES = pd.DataFrame(
    {"on": [BEGUN, date(2026, 2, 10), date(2026, 4, 5)], "from_currency": "USD",
     "to_currency": "EUR", "rate": [0.5, 0.75, 0.6]}
)  # fmt: skip


def company(*lines, policy=None):
    """Lines: account, product, first day, day after the last or None, MRR, currency."""
    rows = [
        {"subscription_id": f"s{number}", "account_id": account, "product_id": product,
         "started_on": start, "ended_on": end, "mrr": float(mrr), "currency": currency}
        for number, (account, product, start, end, mrr, currency) in enumerate(lines)
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame[["started_on", "ended_on"]] = frame[["started_on", "ended_on"]].apply(pd.to_datetime)
    return rk.Dataset(
        subscriptions=frame, exchange_rates=RATES, as_of=AS_OF, currency="EUR",
        policy=policy or rk.Policy(),
    )  # fmt: skip


def moved(*changes):
    """An account whose products change on 10 March: product, MRR before, MRR after."""
    lines = []
    for product, before, after in changes:
        if before:
            lines.append(("a", product, BEGUN, date(2026, 3, 10), before, "EUR"))
        if after:
            lines.append(("a", product, date(2026, 3, 10), None, after, "EUR"))
    march = rk.bridge(company(*lines), by="product_id", start="2026-03-01", end="2026-04-01")
    return march.set_index("product_id")[["expansion", "contraction", "transfer", "net"]]


def test_what_one_product_loses_to_another_is_transfer():
    rows = moved(("x", 100, 150), ("y", 100, 80))

    assert rows.loc["x"].tolist() == [30, 0, 20, 50]
    assert rows.loc["y"].tolist() == [0, 0, -20, -20]


def test_an_account_that_shrinks_transfers_all_that_it_gained():
    rows = moved(("x", 100, 130), ("y", 100, 20))

    assert rows.loc["x"].tolist() == [0, 0, 30, 30]
    assert rows.loc["y"].tolist() == [0, 50, -30, -80]


def test_a_product_that_replaces_another_at_its_price_moves_nothing_else():
    rows = moved(("x", 100, 0), ("y", 0, 100))

    assert rows.loc["x"].tolist() == [0, 0, -100, -100]
    assert rows.loc["y"].tolist() == [0, 0, 100, 100]


def test_several_gains_share_what_was_transferred():
    rows = moved(("x", 10, 40), ("y", 10, 70), ("z", 100, 70))

    assert rows["transfer"].tolist() == [10, 20, -30]
    assert rows["expansion"].tolist() == [20, 40, 0]


def test_without_groups_there_is_no_transfer_and_by_accounts_it_is_nothing():
    data = company(("a", "x", BEGUN, date(2026, 3, 10), 100, "EUR"),
                   ("a", "y", date(2026, 3, 10), None, 100, "EUR"))  # fmt: skip

    assert "transfer" not in rk.bridge(data)
    assert (rk.bridge(data, by="account_id")["transfer"] == 0).all()


def test_what_rates_moved_is_no_transfer():
    """The dollar rises on 10 February: 100 of them are worth 25 more, and nothing else moves."""
    data = company(("a", "x", BEGUN, None, 100, "USD"), ("a", "y", BEGUN, None, 50, "EUR"),
                   policy=rk.Policy(fx="spot"))  # fmt: skip

    row = rk.bridge(data, by="product_id", start="2026-02-01", end="2026-03-01")

    assert row["fx"].tolist() == [25, 0]
    assert row[[*PARTS, "transfer"]].to_numpy().sum() == 0


def test_a_bridge_of_a_group_is_drawn_with_its_transfer():
    lines = ("a", "x", BEGUN, date(2026, 3, 10), 100, "EUR"), ("a", "y", BEGUN, None, 50, "EUR")
    rows = rk.bridge(
        company(*lines, ("a", "y", date(2026, 3, 10), None, 100, "EUR")), by="product_id",
        start="2026-03-01", end="2026-04-01",
    )  # fmt: skip
    one = rows[rows["product_id"] == "y"].drop(columns="product_id")
    one.attrs = rows.attrs

    axes = rk.charts.waterfall(one)

    names = [text.get_text() for text in axes.get_yticklabels()]
    assert "Transfer" in names
    assert len(axes.patches) == len(names)


DAYS = st.integers(0, 115).map(lambda days: BEGUN + timedelta(days))
LINES = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.sampled_from("xyz"), DAYS, st.one_of(st.none(), DAYS),
        st.integers(1, 90), st.sampled_from(["EUR", "USD"]),
    ).filter(lambda line: line[3] is None or line[3] > line[2]),
    min_size=1, max_size=8,
)  # fmt: skip
POLICIES = {"ends": rk.Policy(), "events": rk.Policy(netting="event"), "spot": rk.Policy(fx="spot")}


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=8, deadline=None, derandomize=True, database=None)
@given(lines=LINES, period=st.sampled_from(["month", "week", None]))
def test_any_bridge_closes_to_the_cent_in_each_group_and_in_all(policy, lines, period):
    data = company(*lines, policy=POLICIES[policy])

    groups = rk.bridge(data, by="product_id", period=period)
    whole = rk.bridge(data, period=period)

    parts = groups[PARTS]
    net = parts[["new", "expansion", "reactivation"]].sum(axis=1)
    net += groups["transfer"] - parts[["contraction", "churn"]].sum(axis=1)
    net += groups["fx"] if policy == "spot" else 0
    gaps = groups["opening"] + net - groups["closing"]
    assert (gaps.abs() < 0.005).all()
    assert (parts >= 0).all(axis=None)
    label = ["period"] if period else ["complete"]
    summed = groups.groupby(label)[[*MONEY, "transfer"]].sum()
    both = summed[MONEY] - whole.set_index(label)[MONEY]
    assert both.abs().max(axis=None) < 0.005
    assert (summed["transfer"].abs() < 0.005).all()
    if period:  # each group opens with what it closed with
        for _product, rows in groups.groupby("product_id"):
            opens, closes = rows["opening"].to_numpy()[1:], rows["closing"].to_numpy()[:-1]
            assert opens == pytest.approx(closes, abs=0.005)


def test_months_before_the_first_on_record_have_no_change():
    rows = pd.DataFrame({"subscription_id": ["a"], "account_id": ["a"], "mrr": [100.0]})
    rows = rows.assign(started_on="2025-02-01", ended_on=None)
    data = rk.Dataset(subscriptions=rows, as_of="2025-04-30", currency="EUR")

    found = rk.bridge(data, start="2024-12-01").set_index("period")

    assert found.loc["2024-12-01", ["opening", "new", "net", "closing"]].isna().all()
    assert found.loc["2025-03-01", "net"] == 0
