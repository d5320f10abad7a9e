"""Recurring revenue, retention and contracts: the laws that hold between metrics, and the edges."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.errors import ColumnError
from tests.support.companies import common as companies
from tests.support.companies import economics
from tests.support.results import values

M = rk.metrics


@pytest.fixture(scope="module")
def generated():
    return rk.generate(accounts=200, months=18, seed=6)


@pytest.fixture(scope="module")
def data(generated):
    return generated.data


def same(one, other):
    pd.testing.assert_series_equal(one, other, check_names=False, rtol=1e-9, atol=1e-9)


# What holds between metrics, on a company nobody chose


@pytest.mark.parametrize("period", ["month", "quarter"])
@pytest.mark.parametrize("by", [None, "segment"])
def test_logos_are_kept_or_lost(data, period, by):
    how = {"period": period, "by": by}

    same(values(M.logo_retention, data, **how), 1 - values(M.churn_rate, data, **how))


def test_reactivation_adds_what_came_back_and_nothing_else():
    data = economics.eight_accounts()

    back = values(M.reactivation_mrr, data)
    lost = values(M.contraction_mrr, data) + values(M.churned_mrr, data)

    opening = values(M.mrr, data).shift()
    same(values(M.nrr, data) + back / opening, values(M.nrr_with_reactivation, data))
    ratio = values(M.quick_ratio, data) + back / lost.where(lost > 0)
    same(ratio, values(M.quick_ratio_with_reactivation, data))
    assert back.iloc[-1] == 70


def test_reactivation_never_lowers_what_it_is_counted_in():
    data = economics.eight_accounts()

    for metric, plain in (
        (M.nrr_with_reactivation, M.nrr),
        (M.quick_ratio_with_reactivation, M.quick_ratio),
    ):
        more = values(metric, data) - values(plain, data)
        assert more.min() >= 0
        assert more.max() > 0


def test_the_start_and_what_moved_make_the_end(data):
    mrr, moved = values(M.mrr, data), values(M.net_new_mrr, data)

    same(mrr.shift(fill_value=0.0) + moved, mrr)
    same(values(M.mrr_growth_rate, data).iloc[1:], (mrr / mrr.shift() - 1).iloc[1:])
    same(values(M.arr, data), 12 * mrr)


@pytest.mark.parametrize("metric", [M.mrr, M.arr, M.net_new_mrr], ids=lambda m: m.name)
def test_segments_add_up_and_no_account_is_left_out(data, metric):
    by_segment = values(metric, data, by="segment")

    same(by_segment.groupby("period").sum(), values(metric, data))


def test_an_account_without_a_segment_stands_beside_the_others():
    data = companies.ledger(
        ("a", date(2026, 1, 5), None, 10.0),
        ("b", date(2026, 1, 5), None, 30.0),
        accounts=[
            {"account_id": "a", "segment": "SMB"},
            {"account_id": "b", "segment": None},
        ],
    )

    march = values(M.mrr, data, by="segment", start=companies.MARCH)

    assert march.droplevel("period").to_dict() == {"SMB": 10.0, "(missing)": 30.0}


def test_joining_accounts_only_dilute_churn(data):
    joined, plain = values(M.churn_rate_joined, data), values(M.churn_rate, data)

    assert (plain - joined).min() >= 0
    assert (plain - joined).max() > 0


def test_the_daily_churn_rate_is_that_of_its_days(data):
    days = values(M.churn_rate, data, period="day", start="2023-10-01").fillna(0.0)

    daily = values(M.churn_rate_daily, data, start="2023-10-01")

    same(daily, days.groupby(days.index.to_period("M").to_timestamp()).sum())


def test_reasons_share_out_what_was_lost(data):
    lost = values(M.churned_mrr, data, by="churn_reason")
    share = values(M.involuntary_churn_share, data)

    failed = lost.xs("payment failed") / lost.groupby("period").sum()

    same(share, failed)
    assert (share > 0).any()
    assert (share < 1).any()


def test_upsell_counts_accounts_that_expand(data):
    parts = M.upsell_rate.parts(data).set_index("period")
    opening = M.churn_rate(data).set_index("period")["n"]

    grew, there = parts.iloc[:, 0], parts.iloc[:, 1]

    assert grew.sum() > 0
    assert there.tolist() == opening.astype(float).tolist()
    same(values(M.upsell_rate, data).iloc[1:], (grew / there).iloc[1:])


# Against pandas


@pytest.fixture(scope="module")
def standing(generated):
    """What each account pays for each product on the last day, from the subscriptions alone."""
    rows = generated.tables["subscriptions"].to_pandas()
    rows = rows.assign(
        started_on=pd.to_datetime(rows["started_on"]), ended_on=pd.to_datetime(rows["ended_on"])
    )
    today = pd.Timestamp(generated.as_of)
    on = (rows["started_on"] <= today) & ~(rows["ended_on"] <= today) & (rows["mrr"] > 0)
    return rows[on]


def last(metric, data, **how):
    frame = metric(data, **how)
    return frame[frame["period"] == frame["period"].max()]


def test_concentration_is_the_share_of_the_ten_largest(data, standing):
    paid = standing.groupby("account_id")["mrr"].sum().sort_values(ascending=False)

    found = last(M.concentration, data)

    assert found["value"].item() == pytest.approx(paid.iloc[:10].sum() / paid.sum())
    assert found["n"].item() == len(paid) > 20


def test_concentration_of_a_group_is_that_of_the_group_alone(data):
    grouped = values(M.concentration, data, by="segment", period="quarter")

    for segment in ("SMB", "Mid-Market"):
        alone = values(M.concentration, data.where(segment=segment), period="quarter")
        same(grouped.xs(segment).dropna(), alone.dropna())


def test_attach_rate_counts_each_account_once(data, generated, standing):
    products = generated.tables["products"].to_pandas().set_index("product_id")["name"]
    accounts = generated.tables["accounts"].to_pandas().set_index("account_id")["segment"]
    rows = standing.assign(
        product=standing["product_id"].map(products), segment=standing["account_id"].map(accounts)
    )
    whole = rows["account_id"].nunique()
    expected = rows.groupby("product")["account_id"].nunique() / whole

    found = last(M.attach_rate, data).set_index("product")
    smb = last(M.attach_rate, data, by="segment").set_index(["segment", "product"]).loc["SMB"]

    assert found["value"][found["value"] > 0].to_dict() == pytest.approx(expected.to_dict())
    assert (found["n"] == whole).all()
    mine = rows[rows["segment"] == "SMB"]
    shares = mine.groupby("product")["account_id"].nunique() / mine["account_id"].nunique()
    assert smb["value"][smb["value"] > 0].to_dict() == pytest.approx(shares.to_dict())


def test_prices_are_realised_on_what_has_a_list_price(data, standing):
    known = standing[standing["list_unit_price"].notna() & (standing["quantity"] > 0)]
    expected = known["mrr"].sum() / (known["quantity"] * known["list_unit_price"]).sum()

    assert last(M.price_realisation, data)["value"].item() == pytest.approx(expected)


# Nothing to divide by


@pytest.mark.parametrize("metric", [M.quick_ratio, M.quick_ratio_with_reactivation])
def test_without_losses_there_is_no_quick_ratio(metric):
    data = companies.book(start=100, new=50)

    result = metric(data, start=companies.MARCH)

    assert result["value"].isna().all()
    ((words, count),) = result.attrs["undefined"].items()
    assert "contraction" in words
    assert "churn" in words
    assert count == 1
    assert (
        metric(companies.book(start=100, churned=5), start=companies.MARCH).attrs["undefined"] == {}
    )


@pytest.mark.parametrize(
    "metric",
    [M.mrr_growth_rate, M.logo_retention, M.nrr_with_reactivation, M.upsell_rate,
     M.involuntary_churn_share],
    ids=lambda m: m.name,
)  # fmt: skip
def test_without_an_opening_there_is_no_rate(metric):
    regime = {"churn_reason": None}
    data = companies.ledger(("a", date(2026, 3, 5), None, 10.0, regime))

    assert np.isnan(values(metric, data, start=companies.MARCH).item())


# Renewals

TERM = date(2026, 2, 1)


def contract(start, end, *, id="s1", term=TERM, mrr=100.0, account="a", renewed_from=None):
    more = {"subscription_id": id, "term_ends_on": term, "renewed_from": renewed_from}
    return account, start, end, mrr, more


def renewal(*regimes, metric=M.renewal_rate, **how):
    data = companies.ledger(*regimes)
    return metric(data, **{"start": "2026-02-01", "end": "2026-03-01"} | how)[["value", "n"]]


@pytest.mark.parametrize(
    ("regimes", "expected"),
    [
        ([contract(date(2025, 2, 1), None)], 1.0),
        ([contract(date(2025, 2, 1), TERM)], 0.0),
        ([contract(date(2025, 2, 1), date(2025, 11, 9))], 0.0),
        ([contract(date(2025, 2, 1), date(2026, 2, 11))], 0.0),
        ([contract(date(2025, 2, 1), TERM), contract(TERM, None, term=None)], 1.0),
        (
            [
                contract(date(2025, 2, 1), TERM),
                contract(date(2026, 2, 20), None, id="s2", term=None, renewed_from="s1"),
            ],
            1.0,
        ),
        (
            [
                contract(date(2025, 2, 1), TERM),
                contract(date(2026, 3, 20), None, id="s2", term=None, renewed_from="s1"),
            ],
            0.0,
        ),
    ],
    ids=["goes on", "ends", "left early", "wound up in the grace", "in place", "late", "too late"],
)
def test_a_contract_is_renewed_when_it_is_in_force_after_its_grace(regimes, expected):
    assert renewal(*regimes).to_numpy().tolist() == [[expected, 1]]


def test_what_is_renewed_early_counts_when_it_was_due():
    early = [
        contract(date(2025, 2, 1), date(2025, 12, 1)),
        contract(date(2025, 12, 1), None, id="s2", term=date(2026, 12, 1), renewed_from="s1"),
    ]

    assert renewal(*early).to_numpy().tolist() == [[1.0, 1]]
    assert renewal(*early, start="2025-12-01", end="2026-01-01")["n"].tolist() == [0]


def test_months_that_renew_themselves_and_terms_not_yet_over_are_not_due():
    monthly = contract(date(2026, 1, 1), None)
    years = contract(date(2025, 2, 1), None, term=date(2028, 2, 1), id="s2", account="b")

    found = renewal(monthly, years)

    assert found["n"].tolist() == [0]
    assert found["value"].isna().all()


def test_a_term_younger_than_its_grace_is_not_counted_yet():
    """Due on 10 March, as of the 31st: nine days are missing."""
    data = companies.ledger(contract(date(2025, 3, 10), None, term=date(2026, 3, 10)))

    march = M.renewal_rate(data, start=companies.MARCH)
    known = M.renewal_rate(data, start=companies.MARCH, within=None)

    assert march[["n", "complete"]].to_numpy().tolist() == [[0, False]]
    assert known[["value", "n"]].to_numpy().tolist() == [[1.0, 1]]


def test_one_renewal_that_rises_hides_no_loss_of_another():
    rises = [contract(date(2025, 2, 1), TERM), contract(TERM, None, term=None, mrr=400.0)]
    ends = [contract(date(2025, 2, 1), TERM, id="s2", account="b")]

    count, capped, net = (
        renewal(*rises, *ends, metric=metric)["value"].item()
        for metric in (M.renewal_rate, M.renewal_rate_mrr, M.net_renewal_rate_mrr)
    )

    assert [count, capped, net] == [0.5, 0.5, 2.0]


def test_seats_added_within_the_term_are_due_with_it():
    grown = [
        contract(date(2025, 2, 1), date(2025, 8, 1)),
        contract(date(2025, 8, 1), TERM, mrr=150),
    ]

    whole = renewal(*grown, contract(TERM, None, term=None, mrr=150), metric=M.renewal_rate_mrr)

    assert whole.to_numpy().tolist() == [[1.0, 1]]


def test_renewals_need_to_know_when_terms_end():
    with pytest.raises(ColumnError, match="term_ends_on"):
        M.renewal_rate(companies.accounts([10], [10]))


# Trials


def trial(account, start, end):
    return account, start, end, 10.0, {"status": "trialing"}


def paid(account, start):
    return account, start, None, 10.0, {"status": "active"}


def test_a_customer_who_tries_one_more_product_is_no_trial():
    data = companies.ledger(
        paid("customer", date(2025, 6, 1)),
        trial("customer", date(2026, 3, 2), date(2026, 3, 16)),
        trial("new", date(2026, 3, 2), date(2026, 3, 16)),
    )

    march = M.trial_conversion_rate(data, start=companies.MARCH)

    assert march[["value", "n", "complete"]].to_numpy().tolist() == [[0.0, 1, True]]


def test_a_trial_that_runs_keeps_its_month_open():
    data = companies.ledger(
        trial("a", date(2026, 3, 2), date(2026, 3, 16)),
        paid("a", date(2026, 3, 16)),
        trial("b", date(2026, 3, 25), None),
    )

    march = M.trial_conversion_rate(data, start=companies.MARCH)

    assert march[["value", "n", "complete"]].to_numpy().tolist() == [[0.5, 2, False]]


def test_a_trial_counts_when_it_began_and_converts_within_the_days_asked():
    data = companies.ledger(
        trial("a", date(2026, 1, 5), date(2026, 1, 19)), paid("a", date(2026, 3, 9))
    )

    known = values(M.trial_conversion_rate, data, start="2026-01-01")
    within = values(M.trial_conversion_rate, data, start="2026-01-01", within=30)

    assert known.fillna(-1).tolist() == [1.0, -1, -1]
    assert within.fillna(-1).tolist() == [0.0, -1, -1]


# Why they left


def left(account, end, reason, mrr=10.0):
    return account, date(2025, 6, 1), end, mrr, {"churn_reason": reason}


def test_the_last_subscription_to_end_says_why_an_account_left():
    data = companies.ledger(
        left("a", date(2026, 3, 5), "payment failed"),
        left("a", date(2026, 3, 20), "price"),
        left("b", date(2026, 3, 20), "price", 5.0),
        left("b", date(2026, 3, 21), "payment_failed", 5.0),
        left("c", date(2026, 3, 7), None),
    )

    assert values(M.involuntary_churn_share, data, start=companies.MARCH).item() == 0.25


@pytest.mark.parametrize(
    "word", ["Payment Failed", "payment-failed", " payment  failed", "failed_payment"]
)
def test_a_failed_payment_is_one_however_it_is_written(word):
    data = companies.ledger(
        left("a", date(2026, 3, 5), word), left("b", date(2026, 3, 20), "price")
    )
    frame = M.involuntary_churn_share(data, start=companies.MARCH)

    assert frame["value"].item() == 0.5
    assert not any("payment failed" in note for note in frame.attrs["notes"])


def test_reasons_of_which_none_is_a_failed_payment_are_named():
    data = companies.ledger(
        left("a", date(2026, 3, 5), "card declined"), left("b", date(2026, 3, 20), "price")
    )
    frame = M.involuntary_churn_share(data, start=companies.MARCH)
    silent = companies.ledger(left("a", date(2026, 3, 5), None), left("b", date(2026, 3, 20), ""))
    nothing = M.involuntary_churn_share(silent, start=companies.MARCH)

    (note,) = [one for one in frame.attrs["notes"] if "payment failed" in one]
    assert frame["value"].item() == 0.0
    assert "there are 'card declined', 'price'" in note
    assert 'words: {"card declined": payment failed}, others: keep}' in note
    assert not any("payment failed" in one for one in nothing.attrs["notes"])
    churn = M.churn_rate(data, start=companies.MARCH)
    assert not any("payment failed" in one for one in churn.attrs["notes"])


def test_a_reason_belongs_to_the_window_in_which_the_account_left():
    data = companies.ledger(
        left("a", date(2026, 1, 20), "payment failed"), left("b", date(2026, 3, 20), "price")
    )

    months = values(M.involuntary_churn_share, data, start="2026-01-01")
    window = values(M.involuntary_churn_share, data, start="2026-03-01", trailing=3)

    assert months.fillna(-1).tolist() == [1.0, -1, 0.0]
    assert window.tolist() == [0.5]


def test_reasons_that_nobody_keeps_are_asked_for():
    with pytest.raises(ColumnError, match="churn_reason"):
        M.involuntary_churn_share(companies.accounts([10], [0]))


def test_prices_of_less_than_one_are_prices_too():
    """A call at list 0.5 is sold at 0.4, half a seat at list 80 for 40; nothing has no price."""
    unit = {"quantity": 1000.0, "list_unit_price": 0.5}
    data = companies.ledger(
        ("a", date(2026, 1, 5), None, 400.0, unit),
        ("b", date(2026, 1, 5), None, 40.0, {"quantity": 0.5, "list_unit_price": 80.0}),
        ("c", date(2026, 1, 5), None, 70.0, {"quantity": 1.0, "list_unit_price": 0.0}),
        ("d", date(2026, 1, 5), None, 70.0, {"quantity": 0.0, "list_unit_price": 9.0}),
    )

    (value,) = M.price_realisation(data, start=companies.MARCH)["value"]

    assert value == pytest.approx(440 / 540)
